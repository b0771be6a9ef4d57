"""A mailbox as a source, against a server on loopback."""

import asyncio
import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage

import pytest

from monitor.adapters.imap.mailbox import ImapMailbox
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.domain.source_policy import MailboxPolicy
from monitor.stages.parse.mails import items_of_bundle
from tests.adapters.imap.mail_server import MailServer
from tests.builders import NOW
from tests.loopback import held_port
from tests.processes import came


def mail(number: int, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Newsletter <news@example.org>"
    message["Subject"] = f"Mail {number}"
    message["Message-ID"] = f"<{number}@example.org>"
    message["Date"] = "Wed, 25 Nov 2026 08:00:00 +0100"
    for name, value in headers.items():
        message.replace_header(name, value)
    message.set_content(f"Text {number}")
    return message.as_bytes()


def feed_at(server: MailServer, folder: str = "INBOX", password: str = "word") -> Feed:
    url = f"imap://reader@127.0.0.1:{server.port}/{folder}"
    return Feed(FeedId("mails"), url, FeedKind.IMAP, options={"password": password, "tls": "none"})


async def fetch(
    server: MailServer, known: str | None = None, policy=None, allowed=("127.0.0.0/8",), failures=0, **kwargs
) -> Fetched:
    feed = feed_at(server, **kwargs)
    state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), etag=known, failures=failures)
    mailbox = ImapMailbox(policy or MailboxPolicy(), allowed)
    try:
        return await mailbox.fetch(feed, state, NOW)
    finally:
        await mailbox.close()


def titles(fetched: Fetched) -> list[str]:
    return [item["title"] for item in items_of_bundle(fetched.body)] if fetched.body is not None else []


async def test_the_first_look_reads_the_last_days_and_marks_nothing():
    async with MailServer({3: mail(3), 5: mail(5)}) as server:
        fetched = await fetch(server)
    assert titles(fetched) == ["Mail 3", "Mail 5"]
    assert fetched.headers["etag"] == "7:5"
    assert "UID SEARCH SINCE 22-Nov-2026" in server.commands
    assert any(command.startswith("EXAMINE") for command in server.commands)
    assert all("PEEK" in command for command in server.commands if "FETCH" in command)


async def test_later_looks_read_what_came_since():
    async with MailServer({3: mail(3), 5: mail(5)}) as server:
        again = await fetch(server, "7:5")
        server.mails[6] = mail(6)
        more = await fetch(server, again.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, None, "7:5")
    assert (titles(more), more.headers["etag"]) == (["Mail 6"], "7:6")


async def test_a_mailbox_that_was_numbered_anew_is_read_as_at_the_first_time():
    async with MailServer({1: mail(1)}, validity=8) as server:
        fetched = await fetch(server, "7:500")
    assert (titles(fetched), fetched.headers["etag"]) == (["Mail 1"], "8:1")


@pytest.mark.parametrize("refused", ["LOGIN", "UID SEARCH", "UID FETCH 6"])
async def test_a_server_that_says_no_just_now_is_a_failure_and_what_it_held_back_is_read_later(refused):
    async with MailServer({5: mail(5), 6: mail(6)}, refused=(refused,)) as server:
        with pytest.raises(FetchError, match="try again later"):
            await fetch(server, "7:5")
        server.refused = ()
        assert titles(await fetch(server, "7:5")) == ["Mail 6"]


async def test_what_a_server_holds_back_is_read_later_and_what_it_gave_out_once():
    async with MailServer({5: mail(5), 6: mail(6), 7: mail(7)}, refused=("UID FETCH 7",)) as server:
        first = await fetch(server)
        server.refused = ()
        rest = await fetch(server, first.headers["etag"])
    assert (titles(first), first.headers["etag"]) == (["Mail 5", "Mail 6"], "7:6")
    assert (titles(rest), rest.headers["etag"]) == (["Mail 7"], "7:7")


async def test_a_mail_that_is_never_given_out_is_left_out_and_told_once_others_are():
    async with MailServer({5: mail(5), 6: mail(6), 7: mail(7), 8: mail(8)}, refused=("UID FETCH 6",)) as server:
        for failures in (0, 2):
            with pytest.raises(FetchError, match="mail 6"):
                await fetch(server, "7:5", failures=failures)
        rest = await fetch(server, "7:5", failures=3)
        assert (titles(rest), rest.headers["etag"]) == (["Mail 7", "Mail 8"], "7:8")
        assert rest.notes == ("the server does not give out mail 6: it is left out, and what came after it is read",)
        assert (await fetch(server, "7:8", failures=0)).status == 304
        # What failed for another reason is read where it is given out after all.
        server.refused = ()
        whole = await fetch(server, "7:5", failures=9)
        assert (titles(whole), whole.notes) == (["Mail 6", "Mail 7", "Mail 8"], ())
        # Where nothing is given out, nothing is left out.
        server.refused = ("UID FETCH",)
        with pytest.raises(FetchError, match="try again later"):
            await fetch(server, "7:5", failures=9)


async def test_a_first_look_that_had_no_room_for_all_goes_on_where_it_stopped():
    policy = MailboxPolicy(max_bytes=10)
    async with MailServer({5: mail(5), 6: mail(6)}) as server:
        first = await fetch(server, policy=policy)
        rest = await fetch(server, first.headers["etag"], policy)
    assert (titles(first), titles(rest)) == (["Mail 5"], ["Mail 6"])


async def test_an_empty_mailbox_begins_at_its_end():
    async with MailServer({}) as server:
        fetched = await fetch(server)
    assert (titles(fetched), fetched.headers["etag"]) == ([], "7:0")


@pytest.mark.parametrize("policy", [MailboxPolicy(max_mails=2), MailboxPolicy(max_bytes=300)])
async def test_many_new_mails_are_read_one_look_after_the_other(policy):
    async with MailServer({number: mail(number) for number in range(1, 6)}) as server:
        seen, mark = [], "7:0"
        for _ in range(5):
            fetched = await fetch(server, mark, policy)
            seen += titles(fetched)
            mark = fetched.headers["etag"]
    assert seen == [f"Mail {number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"password": "wrong"}, "refuses the name or the password"),
        ({"folder": "Nowhere"}, 'has no folder "Nowhere"'),
        ({"password": ""}, "a mailbox is imaps://user@host/Folder"),
    ],
)
async def test_what_goes_wrong_is_told_in_plain_words(kwargs, words):
    async with MailServer() as server:
        with pytest.raises(FetchError, match=words):
            await fetch(server, **kwargs)


async def test_a_private_address_is_not_reached_unless_allowed():
    async with MailServer() as server:
        with pytest.raises(FetchError, match="allow_private_addresses") as caught:
            await fetch(server, allowed=())
    assert caught.value.kind is FetchFault.REFUSED
    assert server.commands == []


async def test_a_closed_port_is_told_in_plain_words():
    with held_port() as port, pytest.raises(FetchError, match="refuses connections"):
        await fetch(MailServer(port=port))


class Flooding(MailServer):
    """A server that answers the question for a mail with *pieces*, the last of them again and again."""

    pieces: tuple[bytes, ...] = ()
    pause_s: float = 0.0

    async def _talk(self, reader, writer):
        await super()._talk(reader, Pausing(writer, self))


class Pausing:
    """Writes what a server says; in the place of a mail, what it floods with."""

    def __init__(self, writer, server):
        self._writer, self._server = writer, server

    def write(self, data: bytes) -> None:
        self._flood = b" FETCH " in data
        self._writer.write(b"" if self._flood else data)

    async def drain(self) -> None:
        if self._flood:
            first, last = self._server.pieces
            self._writer.write(first)
            while not self._writer.is_closing():
                self._writer.write(last)
                await self._writer.drain()
                await asyncio.sleep(self._server.pause_s)
        await self._writer.drain()


@pytest.mark.parametrize(
    ("pieces", "pause_s"),
    [
        ((b"* 1 FETCH (UID 3 BODY[] {10737418240}\r\n", b"a" * 65536), 0.0),
        ((b"* 1 FETCH (", b"a" * 65536), 0.0),
        ((b"", b"* 1 FETCH (FLAGS ())\r\n" * 1000), 0.0),
        ((b"* 1 FETCH (UID 3 BODY[] {900}\r\n", b"a"), 0.05),
        ((b"* 1 FETCH (UID 3 ", b"a"), 0.05),
    ],
    ids=["a mail of 10 GB", "a line without end", "answers without end", "a drip", "a drip of a line"],
)
async def test_a_server_that_floods_or_drips_is_given_up(pieces, pause_s):
    policy = dataclasses.replace(MailboxPolicy(), patience=timedelta(seconds=1), max_bytes=500_000)
    async with Flooding({3: mail(3)}) as server:
        server.pieces, server.pause_s = pieces, pause_s
        with pytest.raises(FetchError, match=r"sends more than a mailbox may|does not answer in time"):
            await fetch(server, policy=policy)


async def test_what_there_is_no_time_for_comes_with_the_next_look():
    policy = dataclasses.replace(MailboxPolicy(), max_bytes=1)
    async with MailServer({3: mail(3), 5: mail(5)}) as server:
        first = await fetch(server, "7:2", policy)
        second = await fetch(server, first.headers["etag"], policy)
    assert (titles(first), titles(second)) == (["Mail 3"], ["Mail 5"])


async def test_mailboxes_that_hang_take_no_threads_from_others():
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    policy = dataclasses.replace(MailboxPolicy(), patience=timedelta(minutes=1), at_once=2)
    async with Flooding({3: mail(3)}) as server:
        server.pieces, server.pause_s = (b"* 1 FETCH (UID 3 ", b"a"), 0.05
        hanging = [asyncio.create_task(fetch(server, policy=policy)) for _ in range(3)]
        await came(lambda: any("FETCH" in command for command in server.commands), "a mail is asked for")
        assert await asyncio.to_thread(str, "saved") == "saved"
        assert not any(task.done() for task in hanging)
    # The end of the server is theirs.
    for result in await asyncio.gather(*hanging, return_exceptions=True):
        assert isinstance(result, FetchError)

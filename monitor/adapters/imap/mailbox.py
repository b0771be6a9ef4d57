"""
A mailbox as a source: newsletters and alert mails, read over IMAP and never marked, moved or deleted.

What is new is told by the server's own numbers: the last one read is kept where web feeds keep their ETag.
"""

import asyncio
import contextlib
import hashlib
import imaplib
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.adapters.address_guard import AddressGuard, AddressRefusedError
from monitor.adapters.imap.client import Account, GuardedImap
from monitor.domain.errors import FetchError, FetchFault
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.source_policy import MailboxPolicy
from monitor.stages.parse.mails import bundle

_PORTS = {"imap": 143, "imaps": 993}
_READ, _UNCHANGED = 200, 304
_LONGEST_WORDS = 120
# What a server may send beside mails.
_MORE_BYTES = 2 * 2**20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ImapMailbox:
    """
    Keeps the promise of ``Fetcher`` for mailboxes. The body is a bundle of mails as they came: what strangers wrote is
    read in the processes that read documents.

    *allowed* are networks that may be reached although they are private.
    """

    def __init__(self, policy: MailboxPolicy, allowed: Iterable[str] = ()) -> None:
        self._policy = policy
        self._guard = AddressGuard(allowed)
        # Threads of its own: servers that hang would else take those that the store is written with.
        self._threads = ThreadPoolExecutor(policy.at_once, thread_name_prefix="imap")

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        """
        Read the mails that came since the last time; at the first time those of the last days.

        Raises:
            FetchError: in plain words; the password is never in them.
        """
        account = _account(feed)
        known = state.etag if state.address(feed) == state.url else None
        started = asyncio.get_running_loop().time()
        try:
            loop = asyncio.get_running_loop()
            look = _Look(account, known, now, state.failures >= self._policy.left_out_after)
            mails, mark, notes = await loop.run_in_executor(self._threads, self._read, look)
        except AddressRefusedError as error:
            raise FetchError(f"{account.host} is not connected to: {error}", kind=FetchFault.REFUSED) from error
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise FetchError(f"{account.host} {_words(error)}") from error
        elapsed_s = asyncio.get_running_loop().time() - started
        if not mails and known:
            # What the mailbox itself says is proof that it is read again.
            digest = hashlib.sha256(mark.encode()).hexdigest()
            return Fetched(feed.id, _UNCHANGED, feed.url, None, {"etag": mark}, elapsed_s=elapsed_s, body_hash=digest)
        body = bundle(mails)
        headers = {"etag": mark, "content-type": "message/rfc822"}
        digest = hashlib.sha256(body).hexdigest()
        return Fetched(feed.id, _READ, feed.url, body, headers, elapsed_s=elapsed_s, body_hash=digest, notes=notes)

    async def close(self) -> None:
        """Begin no further look; nothing is held open between two of them."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read(self, look: "_Look") -> tuple[list[bytes], str, tuple[str, ...]]:
        """The mails that are given out, where to go on, and what the operator is to know."""
        with self._opened(look.account) as server:
            validity, newest = _select(server, look.account.folder)
            before, _, last = (look.known or "").partition(":")
            is_continued = before == validity and last.isdigit()
            numbers = self._new(server, int(last) if is_continued else None, look.now)
            # Looks that failed one after the other failed at the first of them, or at the mailbox as a whole.
            doubted = numbers[:1] if look.is_often_failed and len(numbers) > 1 else []
            numbers = numbers[len(doubted) :]
            mails = self._mails(server, numbers)
            # The rest comes with the next look. After a first one that was whole, what is older is never looked at.
            if len(mails) < len(numbers):
                mark = numbers[len(mails) - 1]
            else:
                mark = max(numbers, default=int(last)) if is_continued else max(newest, *numbers, 0)
            held, notes = self._last_try(server, doubted)
            return held + mails, f"{validity}:{mark}", notes

    def _last_try(self, server: GuardedImap, doubted: Sequence[int]) -> tuple[list[bytes], tuple[str, ...]]:
        """A mail at which looks failed, now that others were given out; whatever comes of it costs nobody else."""
        try:
            return [self._mail(server, uid) for uid in doubted], ()
        except (OSError, imaplib.IMAP4.error, ValueError):
            return [], tuple(
                f"the server does not give out mail {uid}: it is left out, and what came after it is read"
                for uid in doubted
            )

    def _mails(self, server: GuardedImap, numbers: Sequence[int]) -> list[bytes]:
        """Mails from the first number on: as many as the server gives out, as there is time for, and no more bytes."""
        mails = list[bytes]()
        for uid in numbers:
            try:
                mails.append(self._mail(server, uid))
            except _RefusedError:
                if not mails:
                    raise
                break
            if sum(map(len, mails)) > self._policy.max_bytes or server.is_late():
                break
        return mails

    def _new(self, server: imaplib.IMAP4, last: int | None, now: datetime) -> list[int]:
        """The numbers of the mails to read, oldest first: the newest at the first time, then one after another."""
        most = self._policy.max_mails
        if last is None:
            since = now - self._policy.first_days
            numbers = _search(server, f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}")
            return numbers[-most:]
        # "n:*" always holds the newest mail, even where its number is smaller than n.
        return [number for number in _search(server, f"UID {last + 1}:*") if number > last][:most]

    def _mail(self, server: imaplib.IMAP4, uid: int) -> bytes:
        parts = _agreed(server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{self._policy.max_mail_bytes}>)"), f"mail {uid}")
        # Nothing at all where it was deleted a moment ago.
        return next((part[1] for part in parts if isinstance(part, tuple)), b"")

    @contextlib.contextmanager
    def _opened(self, account: Account) -> Iterator[GuardedImap]:
        policy = self._policy
        most = policy.max_bytes + policy.max_mail_bytes + _MORE_BYTES
        timeout_s, patience_s = policy.timeout.total_seconds(), policy.patience.total_seconds()
        server = GuardedImap(account, self._guard, timeout_s, patience_s, most)
        try:
            if not account.is_tls and not account.is_plain:
                server.starttls(ssl.create_default_context())
            _log_in(server, account)
            yield server
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                server.logout()
            with contextlib.suppress(OSError):
                server.shutdown()  # where the server did not let us say goodbye


@dataclass(frozen=True, slots=True)
class _Look:
    """What is looked for: ``known`` tells where the last look ended, ``is_often_failed`` that several failed since."""

    account: Account
    known: str | None
    now: datetime
    is_often_failed: bool


class _RefusedError(ValueError):
    """The server said no: its connection is fine, and another time it may say yes."""


def _agreed(answer: tuple[str, list[Any]], what: str) -> list[Any]:
    """What came with an answer; a server that is too busy says no, and the mails are there all the same."""
    outcome, found = answer
    if outcome != "OK":
        raise _RefusedError(f"does not give out what was asked for ({what}): {_quoted(found[0] if found else b'')}")
    return found


def _quoted(words: object) -> str:
    """What a server said, so that it may stand in a sentence."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return '"' + "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST_WORDS].strip() + '"'


def _search(server: imaplib.IMAP4, criterion: str) -> list[int]:
    found = _agreed(server.uid("SEARCH", criterion), "search")
    return sorted(int(number) for number in (found[0] or b"").split() if number.isdigit())


def _log_in(server: imaplib.IMAP4, account: Account) -> None:
    try:
        server.login(account.user, account.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if "AUTHENTICATIONFAILED" in str(error).upper():
            raise ValueError("refuses the name or the password of the mailbox") from None
        said = _quoted(error.args[0] if error.args else "").replace(account.password, "***")
        raise ValueError(f"lets nobody in under this name and password: {said}") from None


def _select(server: imaplib.IMAP4, folder: str) -> tuple[str, int]:
    """Open *folder* for reading only: under which number its numbers hold, and the newest one."""
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    outcome, _ = server.select(quoted, readonly=True)
    if outcome != "OK":
        raise ValueError(f'has no folder "{folder}"')
    return _told(server, "UIDVALIDITY"), max(int(_told(server, "UIDNEXT")) - 1, 0)


def _told(server: imaplib.IMAP4, name: str) -> str:
    _, values = server.response(name)
    text = (values[0] or b"").decode("ascii", "replace") if values else ""
    return text if text.isdigit() else "0"


def _account(feed: Feed) -> Account:
    try:
        parts = urlsplit(feed.url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise FetchError("the address is none that can be read", kind=FetchFault.REFUSED) from error
    user = str(feed.options.get("user") or unquote(parts.username or ""))
    password = str(feed.options.get("password") or unquote(parts.password or ""))
    if parts.scheme not in _PORTS or not parts.hostname or not user or not password:
        raise FetchError("a mailbox is imaps://user@host/Folder with options.password", kind=FetchFault.REFUSED)
    return Account(
        host=parts.hostname,
        port=port,
        is_tls=parts.scheme == "imaps",
        user=user,
        password=password,
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_plain=feed.options.get("tls") == "none",
    )


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"shows a certificate that cannot be trusted ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "refuses connections"
    if isinstance(error, socket.gaierror):
        return "is not known to the name server, or the name server cannot be reached"
    if isinstance(error, ValueError):
        return str(error)
    if "more than a mailbox may" in str(error):
        return "sends more than a mailbox may: is this the address of an IMAP server?"
    if isinstance(error, imaplib.IMAP4.abort):
        ended = "unexpected response" not in str(error)
        return "ends the connection before it has answered" if ended else "does not answer as an IMAP server does"
    return f"cannot be read as a mailbox ({type(error).__name__})"

"""Every sender against real receivers in every mood."""

import base64
import io
import json
import resource
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from monitor.adapters.packaged.messages import wording_for
from monitor.adapters.senders.apprise_sender import AppriseSender
from monitor.adapters.senders.attempt import judge_status, retry_after_seconds
from monitor.adapters.senders.open_sender import open_sender
from monitor.domain.notification import Channel, ChannelKind, Delivery, Notification, NotificationId, Outcome
from monitor.domain.policy import DeliveryPolicy
from monitor.domain.watchlist import Severity
from monitor.stages.compose.alert import Occasion, outline_alert
from monitor.stages.compose.message import degraded, write
from tests.adapters.senders.receivers import http_receiver, mailbox
from tests.occasions import NOW, attacked, channel

# A busy machine may need longer than it is waited for: so only those are hurried that never answer.
PATIENT = DeliveryPolicy(send_timeout=timedelta(minutes=1))
QUICK = DeliveryPolicy(send_timeout=timedelta(seconds=5))
LOOPBACK = ("127.0.0.0/8",)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def notification(target: Channel, occasion: Occasion | None = None, name: str = "n-1") -> Notification:
    made = replace(occasion or attacked(), channel=target)
    text = write(outline_alert(made, wording_for("en")), target)
    return Notification(NotificationId(name), target.id, made.alert.id, Severity.CRITICAL, text, NOW, NOW)


async def send(
    target: Channel,
    one: Notification | None = None,
    *,
    allowed: tuple[str, ...] = LOOPBACK,
    stream: io.StringIO | None = None,
    policy: DeliveryPolicy = PATIENT,
) -> Delivery:
    sender = open_sender(target, policy, allowed=allowed, stream=stream or io.StringIO(), user_agent="Monitor/1")
    try:
        return await sender.send(one or notification(target), NOW)
    finally:
        await sender.close()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


async def test_the_console_gets_the_whole_message_and_colour_only_on_a_terminal() -> None:
    screen, pipe = Terminal(), io.StringIO()
    assert (await send(channel(), stream=screen)).outcome is Outcome.DELIVERED
    assert (await send(channel(), stream=pipe)).outcome is Outcome.DELIVERED
    assert "\x1b[1;31mCRITICAL - Apple" in screen.getvalue()
    assert "\x1b" not in pipe.getvalue()
    assert "CRITICAL - Apple" in pipe.getvalue()
    assert "systems of *Apple* and wants" in pipe.getvalue()


async def test_a_narrow_terminal_gets_lines_that_end_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    screen, pipe = Terminal(), io.StringIO()
    await send(channel(), stream=screen)
    await send(channel(), stream=pipe)
    lines = screen.getvalue().splitlines()
    assert max(len(line) for line in lines if "http" not in line and "\x1b" not in line) <= 60
    shown = screen.getvalue().replace("\x1b[1;31m", "").replace("\x1b[0m", "").replace("\u2500", "")
    assert shown.split() == pipe.getvalue().replace("\u2500", "").split()


async def test_a_console_that_is_gone_is_tried_again() -> None:
    delivery = await send(channel(), stream=Gone())
    assert delivery.outcome is Outcome.RETRY
    assert "Broken pipe" in delivery.detail


async def test_the_file_gets_one_json_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "alerts.jsonl"
    target = channel(str(path), ChannelKind.FILE)
    assert (await send(target)).outcome is Outcome.DELIVERED
    assert (await send(target, notification(target, name="n-2"))).outcome is Outcome.DELIVERED
    first, second = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert (first["id"], second["id"]) == ("n-1", "n-2")
    assert first["type"] == "monitor.alert.opened"
    assert first["data"]["under_attack"] == ["apple"]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_half_a_line_of_a_crash_spoils_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"id": "half', encoding="utf-8")
    await send(channel(str(path), ChannelKind.FILE))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == '{"id": "half'
    assert json.loads(lines[1])["id"] == "n-1"


async def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    delivery = await send(channel(str(tmp_path), ChannelKind.FILE))
    assert delivery.outcome is Outcome.RETRY
    assert "Is a directory" in delivery.detail


async def test_a_full_disk_is_tried_again_and_leaves_no_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    target = channel(str(path), ChannelKind.FILE)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        delivery = await send(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert delivery.outcome is Outcome.RETRY
    assert (await send(target)).outcome is Outcome.DELIVERED
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["id"] == "n-1"


async def test_the_webhook_is_signed_and_carries_its_id() -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url("/ok"), ChannelKind.WEBHOOK, secret=SECRET)
        sender = open_sender(target, PATIENT, allowed=LOOPBACK, stream=io.StringIO(), user_agent="Monitor/1")
        now = datetime.now(UTC)  # the verifier knows no other clock
        delivery = await sender.send(notification(target), now)
        (post,) = receiver.posts
    assert delivery.outcome is Outcome.DELIVERED
    headers = {name.lower(): value for name, value in post.headers.items()}
    body = Webhook(SECRET).verify(post.body, headers)
    assert headers["webhook-id"] == body["id"] == "n-1"
    assert body["specversion"] == "1.0"
    assert body["data"]["story"]["independent_sources"] == 3
    assert headers["user-agent"] == "Monitor/1"


def patience(path: str) -> DeliveryPolicy:
    return QUICK if path == "/hang" else PATIENT


HTTP_MOODS = [
    pytest.param("/ok", Outcome.DELIVERED, "200", None, id="taken"),
    pytest.param("/500", Outcome.RETRY, "500", 77.0, id="server fault"),
    pytest.param("/429", Outcome.RETRY, "429", 77.0, id="too many"),
    pytest.param("/503", Outcome.RETRY, "503", 77.0, id="down for a while"),
    pytest.param("/400", Outcome.REJECTED, "400", None, id="refused"),
    pytest.param("/401", Outcome.REJECTED, "check the token", None, id="wrong token"),
    pytest.param("/404", Outcome.REJECTED, "check the address", None, id="not there"),
    pytest.param("/login", Outcome.REJECTED, "redirects", None, id="redirect to a login page"),
    pytest.param("/hang", Outcome.UNKNOWN, "may or may not", None, id="no answer"),
    pytest.param("/big", Outcome.DELIVERED, "200", None, id="200 MB in answer"),
    pytest.param("/close", Outcome.UNKNOWN, "broke", None, id="hung up"),
]


@pytest.mark.parametrize(("path", "outcome", "detail", "retry_after_s"), HTTP_MOODS)
async def test_what_a_webhook_answers(path: str, outcome: Outcome, detail: str, retry_after_s: float | None) -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url(path), ChannelKind.WEBHOOK, secret=SECRET)
        delivery = await send(target, policy=patience(path))
    assert delivery.outcome is outcome
    assert detail in delivery.detail
    assert delivery.retry_after_s == retry_after_s
    assert len(receiver.posts) == 1


@pytest.mark.parametrize("way", ["webhook", "apprise"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]", "169.254.169.254"])
async def test_private_addresses_are_not_reached_unless_allowed(way: str, host: str) -> None:
    async with http_receiver() as receiver:
        if way == "webhook":
            target = channel(f"http://{host}:{receiver.port}/ok", ChannelKind.WEBHOOK)
        else:
            target = channel(f"json://{host}:{receiver.port}/ok")
        delivery = await send(target, allowed=())
    assert delivery.outcome in {Outcome.REJECTED, Outcome.RETRY}
    assert receiver.posts == []


async def test_a_webhook_nobody_listens_to_is_tried_again() -> None:
    delivery = await send(channel("http://127.0.0.1:9/x", ChannelKind.WEBHOOK))
    assert delivery.outcome is Outcome.RETRY
    assert "cannot connect" in delivery.detail


@pytest.mark.parametrize(
    ("path", "outcome", "detail", "retry_after_s"), [one for one in HTTP_MOODS if one.id not in {"refused"}]
)
async def test_what_a_service_answers_to_apprise(
    path: str, outcome: Outcome, detail: str, retry_after_s: float | None
) -> None:
    async with http_receiver() as receiver:
        delivery = await send(channel(receiver.url(path, "json")), policy=patience(path))
        assert delivery.outcome is outcome
        assert detail in delivery.detail
        assert delivery.retry_after_s == retry_after_s
        assert len(receiver.posts) == 1


async def test_an_answer_that_drips_for_ever_holds_nobody_up() -> None:
    async with http_receiver() as receiver:
        delivery = await send(channel(receiver.url("/drip", "json")))
    assert delivery.outcome is Outcome.DELIVERED


async def test_after_a_hang_the_channel_works_again_and_nothing_arrives_late() -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url("/hang", "json"))
        sender = AppriseSender(target, LOOPBACK, QUICK.send_timeout.total_seconds())
        assert (await sender.send(notification(target), NOW)).outcome is Outcome.UNKNOWN
        receiver.released.set()
        sender._timeout_s = PATIENT.send_timeout.total_seconds()
        assert (await sender.send(notification(target), NOW)).outcome is Outcome.DELIVERED
        await sender.close()
        assert len(receiver.posts) == 2


async def test_one_process_sends_many() -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url("/ok", "json"))
        sender = open_sender(target, PATIENT, allowed=LOOPBACK, stream=io.StringIO(), user_agent="x")
        outcomes = {(await sender.send(notification(target, name=f"n-{i}"), NOW)).outcome for i in range(20)}
        await sender.close()
        assert outcomes == {Outcome.DELIVERED}
        assert len(receiver.posts) == 20


async def test_a_child_without_work_is_let_go_and_started_again() -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url("/ok", "json"))
        sender = AppriseSender(target, LOOPBACK, 60.0, idle_s=0.0)
        await sender.send(notification(target), NOW)
        child = sender._child
        assert child is not None
        await child.wait()
        assert (await sender.send(notification(target), NOW)).outcome is Outcome.DELIVERED
        await sender.close()


async def test_several_receivers_in_one_address_are_refused_before_anything_is_sent() -> None:
    with mailbox() as box:
        delivery = await send(channel(f"mailto://127.0.0.1:{box.port}/a@x.example/b@x.example?from=me@x.example"))
        assert delivery.outcome is Outcome.REJECTED
        assert "several receivers" in delivery.detail
        assert box.mails == []


async def test_no_secret_is_in_what_is_kept_of_an_attempt() -> None:
    token = "s3cret-t0ken-of-the-channel"
    async with http_receiver() as receiver:
        for target in (
            channel(receiver.url(f"/401/{token}", "json")),
            channel(f"json://user:{token}@127.0.0.1:{receiver.port}/404"),
            channel(receiver.url(f"/500/{token}?key={token}"), ChannelKind.WEBHOOK),
            channel(f"tgram://{token}/12345"),
            channel(f"pagerduty://{token}@{token}"),
            channel(f"slack://{token}"),
        ):
            # Whatever comes of it, also where no name server answers.
            delivery = await send(target, policy=QUICK)
            assert delivery.outcome is not Outcome.DELIVERED
            assert token not in delivery.detail
            assert token not in repr(target)


async def test_the_child_sees_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_CHANNEL_TOKEN", "x")
    async with http_receiver() as receiver:
        target = channel(receiver.url("/ok", "json"))
        sender = open_sender(target, PATIENT, allowed=LOOPBACK, stream=io.StringIO(), user_agent="x")
        await sender.send(notification(target), NOW)
        child: Any = sender._child
        environment = Path(f"/proc/{child.pid}/environ").read_bytes()
        await sender.close()
    assert b"OTHER_CHANNEL_TOKEN" not in environment


async def test_the_second_try_of_a_refused_form_is_plain_text() -> None:
    async with http_receiver() as receiver:
        target = channel(receiver.url("/ok", "json"))
        made = notification(target)
        await send(target, replace(made, message=degraded(made.message)))
        (post,) = receiver.posts
    body = json.loads(post.body)
    assert len(body["message"]) <= 500
    assert "Alert al-7c31" in body["message"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("-1", None),
        ("soon", None),
        ("9" * 40, 1e9),
        ("Wed, 25 Nov 2026 09:31:00 GMT", 60.0),
        ("Wed, 25 Nov 2020 09:31:00 GMT", 0.0),
        ("Wed, 99 Nov 2026", None),
        ("x" * 10_000, None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize("status", [200, 202, 204])
def test_accepted_is_delivered(status: int) -> None:
    assert judge_status(status, None, NOW).outcome is Outcome.DELIVERED

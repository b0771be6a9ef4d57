"""Which channels are accepted, and that no fault prints a secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.notification import ChannelKind
from monitor.stages.channels.services import SCHEMES, channel_faults, channel_secrets, redact, scheme_of
from tests.occasions import channel

FINE = [
    "mailto://user:password@mail.example?to=soc@theirs.example",
    "mailtos://mail.example/soc@theirs.example",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#soc",
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "tgram://123456789:abcdefghijklmnop/12315544",
    "matrixs://user:password@matrix.example/!room:matrix.example",
    "workflows://prod.example:443/workflow/signature",
    "ntfys://ntfy.example/topic",
    "json://127.0.0.1:8080/path/of/any/depth?x=1",
    "jsons://user:pass@hook.example/?+X-Token=abcdef&verify=yes",
    "signal://signal.example:8080/15551232000/15551232001",
    "gotifys://push.example/token123",
]


@pytest.mark.parametrize("url", FINE)
def test_good_addresses_have_no_fault(url: str) -> None:
    assert channel_faults(channel(url)) == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("hello world", "no URL"),
        ("", "empty"),
        ("://x", "no URL"),
        ("slack://", "no URL"),
        ("slack://a b", "no URL"),
        ("slack://a/\nb", "no URL"),
        ("json://[::1", "no URL"),
        ("json://host:notaport/", "no number"),
        ("macosx://", "no URL"),
        ("macosx://x", "on the screen of the server"),
        ("dbus://x", "on the screen of the server"),
        ("syslog://x", "never tells whether"),
        ("apprise://host/token", "not supported"),
        ("xmpp://host/x", "not supported"),
        ("file:///etc/passwd", "not supported"),
        ("https://hooks.slack.com/services/A/B/C", "slack://TokenA"),
        ("https://example.org/hook", "`webhook`"),
        ("discord://1/2?template=/etc/passwd", 'leave out "template="'),
        ("discord://1/2?TEMPLATE=/etc/passwd", 'leave out "template="'),
        ("slack://a/b/c?optional=yes", 'leave out "optional="'),
        ("json://host?retry=3", 'leave out "retry="'),
        ("json://host?wait=3", 'leave out "wait="'),
        ("json://host?tag=x", 'leave out "tag="'),
        ("json://host?redirect=yes", 'leave out "redirect="'),
        ("json://host?verify=no", "certificates are always checked"),
        ("json://host?store=/x", 'leave out "store="'),
        ("json://host?format=markdown", 'leave out "format="'),
        ("mailto://host?to=a@x.example&pgpkey=/x", 'leave out "pgpkey="'),
        ("mailto://host?to=a@x.example,b@x.example", "several receivers"),
        ("mailto://host?to=a@x.example&cc=b@x.example", "several receivers"),
        ("mailto://host/a@x.example/b@x.example", "several receivers"),
        ("slack://a/b/c/#one/#two", "several receivers"),
        ("tgram://123456789:abcdefghijklmnop/1/2", "several receivers"),
        ("twilio://sid:token@from/to1/to2", "several receivers"),
        ("matrixs://u:p@host/#a/#b", "several receivers"),
        ("a" * 5_000 + "://x", "no URL"),
    ],
)
def test_faults_say_what_to_do(url: str, says: str) -> None:
    faults = channel_faults(channel(url or " "))
    assert any(says in fault for fault in faults), faults
    assert all(len(fault) < 250 for fault in faults)


@pytest.mark.parametrize(
    ("url", "secret", "says"),
    [
        ("https://example.org/hook", "whsec_" + "QUJD" * 8, None),
        ("https://example.org/hook", "", None),
        ("http://127.0.0.1:9/x", "", None),
        ("ftp://example.org/", "", "https:// or http://"),
        ("https:///path", "", "no host name"),
        ("https://example.org/", "tiny!", "too short"),
        ("https://example.org/", "whsec_!!!", "too short"),
        ("https://example.org:99999/", "", "no number"),
    ],
)
def test_webhooks(url: str, secret: str, says: str | None) -> None:
    faults = channel_faults(channel(url, ChannelKind.WEBHOOK, secret=secret))
    assert faults == [] if says is None else any(says in fault for fault in faults)
    assert not secret or all(secret not in fault for fault in faults)


def test_the_console_and_files_need_little() -> None:
    assert channel_faults(channel()) == []
    assert channel_faults(channel("storage/alerts.jsonl", ChannelKind.FILE)) == []
    assert channel_faults(channel("a\0b", ChannelKind.FILE)) != []


@given(
    st.sampled_from(sorted(SCHEMES | {"macosx", "https", "evil"})),
    st.text(alphabet="abcXYZ019-_", min_size=8, max_size=40),
)
def test_no_fault_prints_a_secret(scheme: str, token: str) -> None:
    secret = f"tok{token}"
    for url in (
        f"{scheme}://{secret}/{secret}?optional={secret}",
        f"{scheme}://u:{secret}@h.example/a/b/c?template={secret}",
    ):
        target = channel(url)
        assert all(secret not in fault for fault in channel_faults(target))
        told = redact(f"cannot post to {url}: {secret}", channel_secrets(target))
        assert secret not in told
        assert secret not in repr(target)


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(channel_faults(channel(text)), list)
    assert isinstance(scheme_of(channel(text)), str)


def test_secrets_are_found_as_written_and_decoded() -> None:
    secrets = channel_secrets(channel("json://user:p%40ssw0rd@host.example/t0ken%2Fpart?key=abcdefgh"))
    assert {"p%40ssw0rd", "p@ssw0rd", "t0ken/part", "abcdefgh"} <= secrets
    assert redact("https://host.example is down", secrets) == "https://host.example is down"

"""The real program as a process with a real mail server: a thread of mails, and what people do with the links in them."""

import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import pytest

from monitor.entrypoints.cli.main import main
from tests.adapters.senders.receivers import Mailbox, mailbox
from tests.loopback import held_port
from tests.processes import END_S, Installation, install, wait_until

CLAIMED = (
    "The ransomware gang Night Heron claims it encrypted systems of Okta and stole data of 340,000 customers. Okta did not"
    " answer questions."
)
CONFIRMED = (
    "Okta confirmed on Wednesday that it was hit by ransomware. The gang Night Heron stole data of {} customers,"
    " the company said."
)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = install(tmp_path)
    for seed in (tmp_path / "seeds").iterdir():
        seed.unlink()
    yield found
    found.stop()


def tell(installation: Installation, name: str, title: str, text: str) -> None:
    front = f"---\ntitle: {title}\nlanguage: en\nurl: https://{name}.example/okta\n---\n"
    # Written aside and moved, so that no half of it is read.
    draft = installation.root / f"{name}.draft"
    draft.write_text(f"{front}{text}\n", encoding="utf-8")
    draft.rename(installation.root / "seeds" / f"{name}.md")


def mails(box: Mailbox) -> list[EmailMessage]:
    return [message_from_bytes(one.original_content, policy=policy.SMTP) for one in box.mails]


def reasons(installation: Installation) -> set[str]:
    """Every reason of a verdict that the log tells of."""
    return {
        name for event in installation.events() if event["event"] == "assess.finished" for name in event["verdicts"]
    }


def links(mail: EmailMessage) -> dict[str, str]:
    """What each link of the text part says, and where it leads."""
    body = mail.get_body(("plain",))
    assert body is not None
    return dict(re.findall(r"- (.+): (http://127\.0\.0\.1:\d+/\S+)", body.get_content()))


def typed(installation: Installation, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints, beside the running service."""
    assert main([*words, "--config", str(installation.config)]) == 0
    return capsys.readouterr().out


def click(url: str, **form: str) -> str:
    with urllib.request.urlopen(url, data=urlencode(form).encode(), timeout=60) as answer:
        return str(answer.read().decode())


def test_mails_are_a_thread_and_their_links_do_what_they_say(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    with held_port() as port, mailbox() as box:
        to = f"mailto://127.0.0.1:{box.port}?from=monitor@ours.example&to=soc@theirs.example"
        installation.write("config/channels.yaml", f"channels: {{mail: {{url: '{to}', default: true}}}}\n")
        installation.write(
            "config/monitor.yaml",
            "seeds: [seeds/]\nallow_private_addresses: [127.0.0.0/8]\nalerts: {group_wait: 0s}\n"
            f"web: {{listen: '127.0.0.1:{port}', base_url: 'http://127.0.0.1:{port}'}}\n",
        )
        process = installation.start("run")
        tell(installation, "first", "Gang claims ransomware attack on Okta", CLAIMED)
        wait_until(lambda: len(box.mails) == 1, "the first mail")
        deeds = links(mails(box)[0])
        assert "Done" in click(deeds["I take care of it"], name="Kim")
        assert "Done" in click(deeds["Tell us whether this was useful"], name="Kim", deed="noise", comment="known")
        tell(installation, "second", "Okta confirms ransomware attack", CONFIRMED.format("340,000"))
        wait_until(lambda: len(box.mails) == 2, "the update")
        update = mails(box)[1]
        assert "Kim takes care of it." in (update.get_body(("plain",)) or update).get_content()
        assert "Done" in click(
            links(update)["Silence this story for 24 hours"], name="Kim", what="entity:okta", hours="4"
        )
        tell(installation, "third", "Okta: data of 940,000 customers stolen", CONFIRMED.format("940,000"))
        wait_until(lambda: "silenced" in reasons(installation), "the verdict that is silenced")
        (silence,) = json.loads(typed(installation, capsys, "silence", "list", "-o", "json"))
        assert (silence["entity"], silence["author"]) == ("okta", "Kim")
        typed(installation, capsys, "silence", "end", silence["id"])
        tell(installation, "fourth", "Okta: what is known", CONFIRMED.format("940,000"))
        wait_until(lambda: len(box.mails) == 3, "what was held back by the silence, with the next news")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=END_S) == 0
        one, two, three = mails(box)
    assert one["Subject"] == "CRITICAL - Okta - ransomware and data breach, claimed by attackers - 1 source"
    assert [mail["Subject"] for mail in (two, three)] == [f"Re: {one['Subject']}"] * 2
    assert one["In-Reply-To"] is None
    assert two["In-Reply-To"] == three["In-Reply-To"] == two["References"] == one["References"]
    assert len({mail["Message-ID"] for mail in (one, two, three)}) == 3
    (opinion, *_) = [
        row
        for row in json.loads(typed(installation, capsys, "alerts", "report", "--each", "-o", "json"))
        if row["kind"] == "noise"
    ]
    assert (opinion["author"], opinion["rule"], opinion["entity"], opinion["role"]) == (
        "Kim",
        "under-attack",
        "okta",
        "victim",
    )
    assert (opinion["comment"], bool(opinion["article"])) == ("known", True)

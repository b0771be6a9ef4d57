"""`monitor alerts` and `monitor channels`, as typed, on a real store."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.packaged.messages import wording_for
from monitor.app import open_catalogue, open_store
from monitor.domain.notification import (
    ChannelId,
    Delivery,
    Notification,
    NotificationId,
    OutboxState,
    Outcome,
)
from monitor.domain.settings import Settings
from monitor.entrypoints.cli.configured import read_settings
from monitor.entrypoints.cli.main import main
from monitor.ports import Assessment
from monitor.stages.compose.alert import outline_alert
from monitor.stages.compose.message import write
from tests.occasions import NOW, attacked, channel, in_attack_news

SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two alerts: one message was delivered, one was refused."""
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Apple]\n", encoding="utf-8")
    (folder / "channels.yaml").write_text(
        "channels:\n"
        "  screen: {console: true, default: true}\n"
        "  log: {file: storage/alerts.jsonl}\n"
        f"  hook: {{webhook: 'http://127.0.0.1:9/hidden-token', secret: {SECRET}}}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("MONITOR_CONFIG", str(folder))
    made = read_settings(None)
    with open_store(made, NOW) as store:
        first, second = attacked(), in_attack_news()
        news = replace(second.alert, id="al-news", story_id=second.story.id)
        messages = tuple(
            Notification(
                NotificationId(name),
                ChannelId(where),
                alert.id,
                alert.severity,
                write(outline_alert(occasion, wording_for("en")), channel()),
                NOW,
                NOW,
            )
            for name, where, alert, occasion in (
                ("n-good", "screen", first.alert, first),
                ("n-bad", "hook", first.alert, first),
                ("n-news", "hook", news, second),
            )
        )
        store.save_assessment(
            Assessment(stories=(first.story, second.story), alerts=(first.alert, news), notifications=messages), NOW
        )
        for name, outcome in (("screen", Outcome.DELIVERED), ("hook", Outcome.REJECTED)):
            for one in store.claim_notifications(ChannelId(name), NOW, 9, timedelta(minutes=1)):
                attempt = Delivery(one.id, one.channel, 1, outcome, NOW, 0.2, "HTTP 401: check the token")
                store.save_delivery(one, attempt, None)
    return made


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_list_names_the_companies_and_who_is_attacked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "list", "-o", "jsonl"]) == 0
    listed = {row["id"]: row for row in rows(capsys)}
    assert listed["al-7c31"]["under_attack"] == ["apple"]
    assert listed["al-news"]["under_attack"] == []
    named = listed["al-7c31"]["entities"]
    assert isinstance(named, list)
    assert list(named[0]) == ["id", "name", "role", "attacks", "evidence"]
    assert (named[0]["id"], named[0]["attacks"]["ransomware"]) == ("apple", "alleged")
    assert main(["alerts", "list", "--limit", "1", "-o", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_show_tells_the_story_and_every_attempt(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "show", "al-7c31"]) == 0
    shown = capsys.readouterr().out
    assert "Gang says it locked Apple's systems" in shown
    assert "attempt 1: rejected  HTTP 401: check the token" in shown
    assert main(["alerts", "show", "al-7c31", "-o", "json"]) == 0
    ((alert),) = json.loads(capsys.readouterr().out)
    assert {message["state"] for message in alert["messages"]} == {"sent", "dead"}


def test_dead_letters_are_listed_and_replayed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "dead", "-o", "jsonl"]) == 0
    assert [(row["id"], row["fault"]) for row in rows(capsys)] == [
        ("n-bad", "HTTP 401: check the token"),
        ("n-news", "HTTP 401: check the token"),
    ]
    assert main(["alerts", "replay", "n-bad"]) == 0
    assert "1 message will be sent again" in capsys.readouterr().out
    assert main(["alerts", "replay", "n-bad"]) == 1
    assert "no dead message has the id n-bad" in capsys.readouterr().err
    assert main(["alerts", "replay", "--channel", "hook"]) == 0
    with open_catalogue(settings, NOW) as catalogue:
        assert list(catalogue.notifications(state=OutboxState.DEAD)) == []
        assert len(list(catalogue.notifications(state=OutboxState.PENDING))) == 2


def test_replay_wants_to_know_what(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "replay"]) == 2
    assert "--all" in capsys.readouterr().err


def test_people_acknowledge_and_judge(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "ack", "al-7c31", "--author", "Kim"]) == 0
    assert main(["alerts", "feedback", "al-7c31", "noise", "--comment", "an advert", "--author", "Kim"]) == 0
    with open_catalogue(settings, NOW) as catalogue:
        found = catalogue.alert("al-7c31")
    assert found is not None
    assert found.acknowledged_by == "Kim"


def test_opinions_are_kept_with_the_finding_and_the_rule_and_reported(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["alerts", "feedback", "al-7c31", "noise", "--author", "Kim"]) == 0
    assert main(["alerts", "feedback", "al-7c31", "wrong-company", "--entity", "microsoft", "--author", "Kim"]) == 0
    capsys.readouterr()
    assert main(["alerts", "report", "--each", "-o", "jsonl"]) == 0
    told = [(row["kind"], row["entity"], row["role"], row["attacks"], row["article"]) for row in rows(capsys)]
    assert told == [
        ("noise", "apple", "victim", {"ransomware": "alleged", "data-breach": "alleged"}, "a1"),
        ("wrong-company", "microsoft", "responder", {"ransomware": "alleged"}, "a1"),
    ]
    assert main(["alerts", "report", "-o", "jsonl"]) == 0
    worth = {row["id"]: row for row in rows(capsys)}
    assert worth["under-attack"]["noise"] == 1
    assert "exclude" in str(worth["microsoft"]["advice"])
    assert main(["alerts", "report", "--since", "soon"]) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["alerts", "feedback", "al-7c31", "noise", "--entity", "ibm"],
        ["alerts", "show", "no-such"],
        ["alerts", "ack", "no-such"],
        ["alerts", "feedback", "no-such", "noise"],
        ["alerts", "feedback", "al-7c31", "rude"],
        ["channels", "test", "no-such"],
    ],
)
def test_what_is_not_there_is_said_with_the_next_step(
    words: list[str], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert ":" in said.err


def test_channels_are_listed_without_their_secrets(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "replay", "--all"]) == 0
    assert main(["channels", "list", "-o", "jsonl"]) == 0
    said = capsys.readouterr().out
    listed = {row["id"]: row for row in map(json.loads, said.splitlines()[1:])}
    assert listed["hook"]["waiting"] == 2
    assert (listed["screen"]["service"], listed["screen"]["state"]) == ("console", "well")
    assert "hidden-token" not in said
    assert SECRET not in said


def test_what_waits_for_a_channel_that_is_gone_is_seen(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = attacked(), in_attack_news()
    with open_store(settings, NOW) as store:
        said = write(outline_alert(first, wording_for("en")), channel())
        name, where = NotificationId("n-held"), ChannelId("renamed")
        held = Notification(name, where, None, second.alert.severity, said, NOW, NOW, fold_key="digest:renamed:daily:x")
        store.save_notifications([held, replace(held, id=NotificationId("n-log"), channel=ChannelId("log"))])
    assert main(["channels", "list", "-o", "jsonl"]) == 0
    listed = {str(row["id"]): row for row in rows(capsys)}
    assert (listed["renamed"]["held"], listed["log"]["held"], listed["log"]["waiting"]) == (1, 1, 0)
    assert "not in channels.yaml" in str(listed["renamed"]["state"])
    main(["doctor", "-o", "jsonl"])
    assert {"what": "channel renamed", "state": "note"}.items() <= next(
        row for row in rows(capsys) if row["what"] == "channel renamed"
    ).items()


def test_a_test_message_shows_whether_a_channel_works(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["channels", "test", "screen"]) == 0
    said = capsys.readouterr().out
    assert "NOTICE - Test message for the channel screen" in said
    assert "screen: delivered" in said
    assert main(["channels", "test", "log"]) == 0
    (line,) = (settings.root / "storage" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["data"]["notice"] == "test"


def test_a_channel_that_does_not_work_fails_its_test_without_its_secret(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["channels", "test", "hook"]) == 1
    said = capsys.readouterr()
    assert "allow_private_addresses" in said.out
    assert "hidden-token" not in said.out + said.err

"""Rules tried before they ring: on articles written for the purpose, and on what is stored."""

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.finding import Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import StoryId
from monitor.entrypoints.cli.main import main
from monitor.stages.decide.reasons import alert_id
from monitor.stages.decide.replay import replay
from tests.pipeline.station import NEWS, Station, open_station
from tests.pipeline.wire import DK, DK_ES, EARLY, FORUM, Wire

SINCE = ("--since", "3650d", "-o", "csv")
STRUCK = "Ransomware cripples Okta"
RULE_TEST = """\
tests:
  - name: the supplier is hit
    given: [{{title: {title}, text: "{text}", published: "2026-11-25T09:00:00Z"}}]
    expect:
      alerts: [{{rule: {rule}, entities: [okta], notifications: 1}}]
"""


async def filled(station: Station) -> None:
    """A store with an attack on Okta that rang, and one on Siemens, whom nobody watched."""
    await station.start()
    await station.later(minutes=1)
    for company in ("Okta", "Siemens"):
        station.stand.publish(f"{company} under attack: what we know", NEWS[company], company.lower(), station.now)
    await station.later(hours=2)
    assert station.told() == [["okta"]]


async def test_a_backtest_tells_what_a_changed_watchlist_would_gain_and_lose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_station(tmp_path, "Okta") as station:
        await filled(station)
        station.watch("w", "Siemens")
        assert main(["backtest", "--config", str(tmp_path / "config"), *SINCE]) == 0
        told = capsys.readouterr()
        rows = [(row["change"], row["rule"], row["entities"]) for row in csv.DictReader(told.out.splitlines())]
        assert rows == [("gained", "hit", "siemens"), ("lost", "hit", "okta")]
        assert "2 articles, 1 alert," in told.err
        station.watch("w", "Okta", "Siemens")
        assert main(["backtest", "--config", str(tmp_path / "config"), *SINCE]) == 0
        rows = [(row["change"], row["entities"]) for row in csv.DictReader(capsys.readouterr().out.splitlines())]
        assert sorted(rows) == [("gained", "siemens"), ("same", "okta")]
        # Where a rule would be too loud, a script can tell.
        for most, code in (("0.0001", 1), ("9", 0)):
            assert main(["backtest", "--config", str(tmp_path / "config"), *SINCE, "--most", most]) == code
        # Nothing of it was sent, and nothing was stored.
        assert station.told() == [["okta"]]
        assert len(list(station.catalogue.alerts())) == 1


@pytest.mark.parametrize(
    ("pause", "status", "says"),
    [
        pytest.param(None, Status.CONFIRMED, ["updated: more-sources", "updated: status-stronger"], id="at once"),
        pytest.param(timedelta(hours=1), Status.ALLEGED, ["updated: more-sources"], id="after a cool-down"),
    ],
)
async def test_a_replay_tells_what_the_service_told_of_stories_that_proved_to_be_one(
    wire: Wire, pause: timedelta | None, status: Status, says: list[str]
) -> None:
    wire.configure([replace(wire.rules[0], cooldown=pause)], wire.channels)
    wire.publish("one", EARLY, victim="kelvora")
    wire.publish("two", FORUM, "de", victim="bramholt")
    await wire.later(minutes=1)
    wire.publish("three", (DK[0], f"{FORUM[1]} {DK[1]}"), victim="kelvora bramholt")
    wire.publish("four", DK_ES, "es", victim="kelvora bramholt", status=status)
    for _ in range(3):
        await wire.later(hours=1)
    played = replay(wire.steps(), wire.desk.new_window(), GroupPolicy(), wire.bench)
    assert wire.told() == ["opened", "opened", *says]
    assert sorted(one.message.subject for one in played.messages.values()) == sorted(
        one["subject"] for one in wire.said()
    )
    assert played.alerts.keys() == {one.id for one in wire.catalogue.alerts()}
    kept = alert_id(wire.rules[0].id, StoryId(wire.of("one")))
    assert {str(one.entity_id) for one in played.alerts[kept].entities} == {"kelvora", "bramholt"}


@pytest.mark.parametrize(
    ("rule", "title", "text", "code", "says"),
    [
        pytest.param("hit", STRUCK, NEWS["Okta"], 0, "", id="as expected"),
        pytest.param("hit", "Okta grows", "Okta opened an office.", 1, "missing: rule hit", id="no alert"),
        pytest.param("other", STRUCK, NEWS["Okta"], 1, "not expected: rule hit, entities [okta]", id="another rule"),
    ],
)
def test_a_rule_is_tried_on_articles_written_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, title: str, text: str, code: int, says: str
) -> None:
    folder = tmp_path / "config" / "watchlists"
    folder.mkdir(parents=True)
    (folder / "w.yaml").write_text(
        "watchlist: w\nentities: [Okta]\nrules: [{id: hit, roles: [victim]}]\n", encoding="utf-8"
    )
    (tmp_path / "config" / "channels.yaml").write_text(
        "channels: {screen: {console: true, default: true}}\n", encoding="utf-8"
    )
    (folder / "w.test.yaml").write_text(RULE_TEST.format(rule=rule, title=title, text=text), encoding="utf-8")
    assert main(["test", "--config", str(tmp_path / "config")]) == code
    assert says in capsys.readouterr().out
    assert main(["test", "--config", str(tmp_path / "config"), "-o", "json"]) == code
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["result"], any(says in one for one in row["differences"]) or not says) == (
        "failed" if code else "passed",
        True,
    )

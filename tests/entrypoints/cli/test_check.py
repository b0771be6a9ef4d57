"""`monitor check`, as typed: faults stop, warnings only tell, each with the line it is about."""

import json
import signal
from pathlib import Path

import pytest

from monitor.adapters.yaml_settings.load import load_settings
from monitor.entrypoints.cli.main import main
from tests.processes import END_S, install, wait_until

CHANNELS = """\
channels:
  office:
    console: true
    default: true
    hours: {start: "08:00", end: "18:00"}
    tags: [teir-1]
  spare:
    file: storage/spare.jsonl
    watchlists: [suplliers]
    languages: [nl, uk]
    fallback: last
  last:
    file: storage/last.jsonl
    fallback: spare
"""
WATCHLIST = """\
watchlist: suppliers
entities:
  - {name: Okta, tags: [tier-1]}
rules:
  - id: hit
    roles: [victim]
  - id: night
    channels: [last]
    roles: [victim]
"""
WARNED = [
    'channels.yaml:6:5: channels.office.tags: no company has the tag "teir-1" (did you mean "tier-1"?): nothing comes in by it',
    "channels.yaml:2:3: channels.office: no rule leads to it, nor is it anybody's fallback: it never gets an alert (it takes"
    " companies tagged teir-1; other channels are named by rules)",
    'channels.yaml:9:5: channels.spare.watchlists: no watchlist is called "suplliers" (did you mean "suppliers"?): nothing'
    " comes in by it",
    'channels.yaml:10:5: channels.spare.languages: no article is read in the language "uk": nothing comes in by it',
    "channels.yaml:11:5: channels.spare.fallback: fallbacks run in a circle (spare -> last -> spare): where all of them are"
    " down, nobody else is told",
    "watchlists/w.yaml:5:5: rules.hit.channels: no channel takes its alerts, they are only stored (office: it takes companies"
    " tagged teir-1; spare: it is no default channel, and the rule names none; last: it is no default channel, and the rule"
    " names none)",
]


def configured(folder: Path, channels: str, watchlist: str) -> str:
    (folder / "watchlists").mkdir(parents=True)
    (folder / "channels.yaml").write_text(channels, encoding="utf-8")
    (folder / "watchlists" / "w.yaml").write_text(watchlist, encoding="utf-8")
    return str(folder)


def test_what_would_reach_nobody_is_warned_of_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(tmp_path / "config", CHANNELS, WATCHLIST)
    assert main(["check", "--config", folder]) == 0
    *warned, last = capsys.readouterr().out.splitlines()
    assert sorted(warned) == sorted(f"warning: {folder}/{line}" for line in WARNED)
    assert last.startswith("right, with 6 warnings: ")
    assert last.endswith("1 entity in 1 watchlist, 2 rules, 3 channels")
    assert main(["check", "--strict", "--config", folder]) == 1
    capsys.readouterr()
    assert main(["check", "-o", "jsonl", "--config", folder]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["kind"] for row in rows} == {"warning"}
    shown = {f"{row['file']}:{row['line']}:{row['column']}: {row['key']}: {row['text']}" for row in rows}
    assert shown == {f"{folder}/{line}" for line in WARNED}


def test_what_is_well_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(
        tmp_path / "config",
        "channels: {screen: {console: true, default: true}}\n",
        "watchlist: w\nentities: [Okta]\nrules: [{id: hit, roles: [victim]}]\n",
    )
    assert main(["check", "--strict", "--config", folder]) == 0
    assert capsys.readouterr().out.startswith("fine: ")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('quiet: {start: "22:00", end: "22:00"}', "quiet: start and end are equal: that would be all day or never"),
        (
            'quiet: {start: "22:00+02:00", end: "07:00"}',
            'quiet.start: a time of day is written "22:00", not "22:00+02:00"',
        ),
        ('hours: {start: "08:00", end: "1800"}', 'hours.end: a time of day is written "22:00", not "1800"'),
        ('hours: {start: "08:00", end: "18:00", days: []}', "hours.days: must not be empty"),
        (
            'hours: {start: "08:00", end: "18:00", pierce: critical}',
            "hours.pierce: unknown key (known: start, end, days)",
        ),
        ("digest: daily, digest_at: 08:00Z", 'digest_at: a time of day is written "22:00", not "08:00Z"'),
    ],
)
def test_hours_that_nobody_can_mean_are_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str, says: str
) -> None:
    channels = f"channels: {{screen: {{console: true, default: true, {written}}}}}\n"
    folder = configured(tmp_path / "config", channels, WATCHLIST)
    assert main(["check", "--config", folder]) == 2
    assert f"channels.screen.{says}" in capsys.readouterr().out


def test_a_fault_stops_and_is_all_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(tmp_path / "config", CHANNELS.replace("fallback: last", "fallbak: last"), WATCHLIST)
    assert main(["check", "--config", folder]) == 2
    told = capsys.readouterr()
    place = f"{folder}/channels.yaml:11:5: channels.spare.fallbak"
    assert told.out == f'{place}: unknown key (did you mean "fallback"?)\n'
    assert told.err == "1 fault\n"
    assert main(["check", "-o", "json", "--config", folder]) == 2
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["line"], row["column"], row["key"]) == ("fault", 11, 5, "channels.spare.fallbak")


def test_the_service_says_what_it_doubts_and_runs_all_the_same(tmp_path: Path) -> None:
    installation = install(tmp_path)
    installation.write("config/channels.yaml", "channels: {log: {file: storage/alerts.jsonl}}\n")
    process = installation.start("run")
    try:
        # By then it listens to signals as well.
        wait_until(lambda: any(e["event"] == "assess.finished" for e in installation.events()), "the first round")
        doubts = [event["text"] for event in installation.events() if event["event"] == "config.doubted"]
        assert len(doubts) == 3
        assert all("it is no default channel, and the rule names none" in text for text in doubts)
        second = installation.told("once", check=False)
        assert (second.returncode, "another service works on this store" in second.stderr) == (3, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=END_S) == 0
    finally:
        installation.stop()


def test_a_name_that_is_nearly_one_and_no_rule_at_all_are_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = configured(
        tmp_path / "config",
        "channels: {screen: {console: true, default: true}}\n",
        "watchlist: w\nentities: [Simens, Qwzzk]\n",
    )
    assert main(["check", "--config", folder]) == 0
    told = capsys.readouterr().out
    assert 'w.yaml:2:12: entities.0: "Simens" is in no catalogue' in told
    assert '(did you mean "Siemens"?)' in told
    assert "Qwzzk" not in told
    assert "no watchlist has a rule" in told


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("monitor", "storage: postgres://x\n", "no address of a store: it is sqlite:///FILE or postgresql+psycopg://"),
        ("channels", "channels: {desk: {email: me@example.org}}\n", "email: unknown key (known: url, webhook"),
        ("feeds", "feeds:\n\t- url: x\n", "indent with blanks, not tabs"),
        (
            "feeds",
            "feeds:\n  - https://a.example/rss daily\n",
            '2:5: feeds.0.url: "https://a.example/rss daily" is no address',
        ),
        (
            "monitor",
            "allow_private_addresses: [10.0.0.0/88]\n",
            "1:27: allow_private_addresses.0: a network is an address",
        ),
    ],
)
def test_faults_tell_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, fault: str
) -> None:
    folder = configured(tmp_path / "config", "channels: {screen: {console: true}}\n", WATCHLIST)
    (tmp_path / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["check", "--config", folder]) == 2
    assert fault in capsys.readouterr().out


def test_a_secret_that_is_not_set_is_one_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(tmp_path / "config", "channels: {screen: {url: '${NO_SUCH_SECRET}'}}\n", WATCHLIST)
    assert main(["check", "--config", folder]) == 2
    assert "is empty" not in capsys.readouterr().out


def test_faults_of_entities_are_told_along_with_those_of_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = "watchlist: w\nentities: [{name: Okta, alias: [O]}]\nrules: [{id: a, roles: [victm]}]\n"
    folder = configured(tmp_path / "config", "channels: {}\n", written)
    assert main(["check", "--config", folder]) == 2
    told = capsys.readouterr().out
    assert 'w.yaml:2:25: entities.0.alias: unknown key (did you mean "aliases"?)' in told
    assert 'w.yaml:3:25: rules.0.roles.0: "victm" is none of' in told


def test_the_folder_of_seeds_that_nobody_wrote_is_a_feed_only_where_it_is_there(tmp_path: Path) -> None:
    configured(tmp_path / "config", CHANNELS, WATCHLIST)
    assert load_settings(tmp_path / "config", {}).seeds == ()
    (tmp_path / "seeds").mkdir()
    assert [one.name for one in load_settings(tmp_path / "config", {}).seeds] == ["seeds"]
    (tmp_path / "seeds").rmdir()
    (tmp_path / "config" / "monitor.yaml").write_text("seeds: [seeds/]\n", encoding="utf-8")
    assert [one.name for one in load_settings(tmp_path / "config", {}).seeds] == ["seeds"]


def test_a_rule_that_stands_twice_is_told_once_and_with_its_other_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = "rules:\n  - {id: r, severity: info}\n  - {id: r, severity: info}\n  - {id: r, role: [victim]}\n"
    folder = configured(tmp_path, CHANNELS, f"watchlist: w\nentities: [Microsoft]\n{rules}")
    assert main(["check", "--config", folder]) == 2
    assert [line.partition("w.yaml:")[2].partition(" (")[0] for line in capsys.readouterr().out.splitlines()] == [
        '5:10: rules.1.id: "r" stands twice: give one of them another id',
        '6:10: rules.2.id: "r" stands twice: give one of them another id',
        "6:13: rules.2.role: unknown key",
    ]


def test_a_folder_of_articles_that_is_not_there_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = configured(tmp_path / "config", CHANNELS, WATCHLIST)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "config" / "monitor.yaml").write_text("seeds: [seeds/, seedz/]\n", encoding="utf-8")
    assert main(["check", "--config", folder]) == 0
    (warned,) = (line for line in capsys.readouterr().out.splitlines() if "seeds" in line)
    assert warned.startswith(f'warning: {folder}/monitor.yaml:1:17: seeds.1: there is no folder "seedz/"')
    assert warned.endswith('(did you mean "seeds"?)')


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        pytest.param(
            "monitor",
            "fetch: {concurrency: 0}\nretention: {articles: 0s}\ncanary: {hour: 25}\nalerts: {third_source: -1}\n",
            (
                "fetch.concurrency: a number from 1 is wanted here: 0; concurrency: How many feeds are polled at once",
                "retention.articles: some time is wanted here",
                "canary.hour: a number up to 23 is wanted here: 25",
                "alerts.third_source: a number from 1 is wanted here: -1",
            ),
            id="numbers that would stop the service or lose all",
        ),
        pytest.param(
            "monitor",
            "poll: {evry: 1m}\nweb: {listen: 8437}\nhealth: {heartbeat_url: ping.example.org}\n",
            (
                'poll.evry: unknown key (did you mean "every"?)',
                "web.listen: an IP address",
                "health.heartbeat_url: is no http(s)",
            ),
            id="sections that are right so far are looked into all the same",
        ),
        pytest.param(
            "watchlists/w",
            "watchlist: w\nentities: [Okta]\nrules:\n  - {id: a, roles: [victm]}\n"
            "  - {id: b, text: '(open', channels: [scren], attacks: []}\n  - {id: c, text: '(open', channels: [scren]}\n"
            "  - {id: d, entities: okta}\n",
            (
                '4:21: rules.0.roles.0: "victm" is none of',
                ": rules.1.attacks: must not be empty",
                "5:19: rules.1.text: at character 1",
                '5:39: rules.1.channels.0: no channel is called "scren"',
                "6:19: rules.2.text: ",
                '6:39: rules.2.channels.0: no channel is called "scren"',
                "7:23: rules.3.entities: a list of ids is wanted here, or tags: {tags: [tier-1]}",
            ),
            id="a rule with a fault hides none of the others",
        ),
        pytest.param(
            "channels",
            "channel: {}\nchannels: {screen: {consol: true}}\n",
            ('1:1: channel: unknown key (did you mean "channels"?)', "2:21: channels.screen.consol: unknown key"),
            id="a key at the top hides no channel",
        ),
        pytest.param(
            "feeds",
            "feed: []\nfeeds: [{url: https://a.example/rss, titel: A}]\n",
            ("1:1: feed: unknown key", '2:38: feeds.0.titel: unknown key (did you mean "title"?)'),
            id="nor a feed",
        ),
        pytest.param(
            "channels",
            "channels: {screen: {console: true, languages: [Dutch]}}\n",
            ("languages.0: a language is its code, such as nl: Dutch",),
            id="languages",
        ),
    ],
)
def test_every_fault_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, faults: tuple[str, ...]
) -> None:
    folder = configured(tmp_path / "config", "channels: {screen: {console: true}}\n", WATCHLIST)
    (tmp_path / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["check", "--config", folder]) == 2
    told = capsys.readouterr().out
    assert [fault for fault in faults if fault not in told] == []


def test_what_is_written_and_changes_nothing_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(
        tmp_path / "config",
        "channels:\n  screen: {console: true, default: true, language: it, secret: abc}\n",
        "watchlist: w\nentities: [{name: Okta, sector: helth}]\nrules: [{id: hit, roles: [victim]}]\n",
    )
    assert main(["check", "--config", folder]) == 0
    told = capsys.readouterr().out
    assert 'channels.yaml:2:52: channels.screen.language: there are no messages in "it", they come in English' in told
    assert "channels.screen.secret: only what goes to a `webhook` is signed" in told
    assert '"helth" is no sector known here and says nothing (did you mean "health"?)' in told


# Apprise loads a library that loads a module on its way out of Python.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
def test_an_address_that_lacks_a_part_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = configured(
        tmp_path / "config",
        "channels:\n  half: {url: 'slack://TokenA', default: true}\n"
        "  whole: {url: 'slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ', default: true}\n",
        "watchlist: w\nentities: [Okta]\nrules: [{id: hit, roles: [victim]}]\n",
    )
    assert main(["check", "--config", folder]) == 0
    *warned, _ = capsys.readouterr().out.splitlines()
    assert [line.partition("channels.yaml: ")[2].partition(",")[0] for line in warned] == [
        "channels.half.url: it is no complete address of that service"
    ]

"""
What a newcomer sees: the program as a process, from an empty folder to the first alert and a calm end.

What it then answers when asked is asked within this process.
"""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import COMMAND_S, END_S, Installation, came, install, open_newsstand, wait_until

SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = install(tmp_path)
    yield found
    found.stop()


@pytest.fixture(scope="module")
def first_round(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, str]:
    """An installation after its first round, made once, and what that said; to be copied, not to be changed."""
    made = install(tmp_path_factory.mktemp("first"))
    return made, made.run("once").stdout


@pytest.fixture
def begun(first_round: tuple[Installation, str], tmp_path: Path) -> Installation:
    """A copy of it."""
    shutil.copytree(first_round[0].root, tmp_path, dirs_exist_ok=True)
    return Installation(tmp_path)


def test_the_first_run_without_internet_shows_one_alert(installation: Installation) -> None:
    installation.write("config/feeds.yaml", "feeds: [{id: far, url: 'https://feed.invalid/rss'}]\n")
    process = installation.start("run")
    wait_until(lambda: bool(installation.alerts()), "an alert")
    wait_until(lambda: any(e["event"] == "feed.failed" for e in installation.events()), "the line of the feed")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=END_S) == 0
    (alert,) = installation.alerts()
    assert alert["data"]["rule"] == "in-attack-news"
    assert alert["data"]["under_attack"] == []
    assert sorted(alert["data"]["story"]["languages"]) == ["en", "nl"]
    named = {entity["id"] for entity in alert["data"]["entities"]}
    assert named >= {"apple", "google", "microsoft", "amazon", "ibm", "jpmorgan-chase", "southern-company"}
    assert "none reported as attacked" in installation.output()
    (failed,) = [event for event in installation.events() if event["event"] == "feed.failed"]
    assert failed["feed"] == "far"
    assert "next_try_at" in failed
    assert installation.events()[-1]["event"] == "monitor.stopped"
    # What it said of itself a second ago does not make it well.
    ended = installation.told("healthcheck", check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("unwell: the service is not running")


def test_a_service_that_was_killed_a_moment_ago_is_not_well(begun: Installation) -> None:
    process = begun.start("run")
    wait_until(lambda: begun.told("healthcheck", check=False).stdout == "well\n", "a sign of life")
    process.kill()
    process.wait(timeout=END_S)
    ended = begun.told("healthcheck", check=False)
    assert (ended.returncode, ended.stderr) == (1, f"unwell: the service (process {process.pid}) has ended\n")


def test_once_is_one_round_and_a_second_one_says_nothing_new(
    first_round: tuple[Installation, str], begun: Installation
) -> None:
    assert "in attack news" in first_round[1]
    assert begun.told("once").stdout == ""
    assert len(begun.alerts()) == 1


def test_a_program_without_standard_output_tells_its_channels_all_the_same(installation: Installation) -> None:
    words = [sys.executable, "-m", "monitor.entrypoints.cli.main", "once"]
    closed = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *words]

    done = subprocess.run(closed, cwd=installation.root, env=installation.environ(), timeout=COMMAND_S)

    assert done.returncode == 0
    assert len(installation.alerts()) == 1


def test_a_file_dropped_into_seeds_is_picked_up(installation: Installation) -> None:
    installation.write("config/monitor.yaml", "seeds: [seeds/]\nalerts: {group_wait: 0s}\n")
    installation.start("run")
    wait_until(lambda: bool(installation.alerts()), "the alert of the seeds")
    installation.write(
        "seeds/okta.md",
        "---\ntitle: Ransomware cripples Okta\nlanguage: en\n---\nOkta was hit by ransomware. The company confirmed"
        " on Monday that its servers had been encrypted by attackers.\n",
    )
    wait_until(lambda: len(installation.alerts()) > 1, "the alert of the new file")
    alert = installation.alerts()[1]
    assert (alert["data"]["rule"], alert["data"]["severity"]) == ("under-attack", "critical")
    assert alert["data"]["under_attack"] == ["okta"]


async def test_news_of_an_attack_reaches_a_signed_webhook_once(installation: Installation) -> None:
    async with open_newsstand() as stand:
        installation.write(
            "config/monitor.yaml", "seeds: []\nallow_private_addresses: [127.0.0.0/8]\nalerts: {group_wait: 0s}\n"
        )
        installation.write("config/feeds.yaml", f"feeds: [{{id: stand, url: '{stand.base}/feed.xml', every: 1s}}]\n")
        installation.write(
            "config/channels.yaml",
            f"channels: {{hook: {{webhook: '{stand.base}/hook', secret: '{SECRET}', default: true}}}}\n",
        )
        stand.publish("A quiet day", "Nothing happened in the village.", "quiet")
        process = installation.start("run")
        await came(lambda: stand.not_modified > 0, "a poll that brought nothing new")
        stand.answers = [503]
        stand.publish("Okta hit by ransomware", "Okta was hit by ransomware. The company confirmed the attack.", "okta")
        await came(lambda: bool(stand.received), "the webhook, in spite of a 503")
        stand.publish(
            "Okta hit by ransomware!", "Okta was hit by ransomware. The company confirmed the attack!", "okta-2"
        )
        polls = stand.polls
        await came(lambda: stand.polls > polls + 3, "some more polls")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=END_S) == 0
    (message,) = stand.received
    assert message["data"]["under_attack"] == ["okta"]
    assert stand.headers[0]["webhook-signature"].startswith("v1,")


def test_why_prints_the_chain(begun: Installation) -> None:
    listed = begun.told("articles", "list", "-o", "csv").stdout.splitlines()
    assert listed[0] == "id,feed,guid,title,url,published_at,first_seen_at,language,story"
    key = listed[1].split(",")[0]
    told = begun.told("why", key).stdout
    for word in ("Findings", "Story", "in-attack-news", "new-story", "delivered"):
        assert word in told
    told_not = begun.told("why-not", key, "--watch", "apple").stdout
    assert "under-attack" in told_not
    assert "Conclusion" in told_not


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(["why", "nowhere"], 2, "no article is stored", id="unknown article"),
        pytest.param(["why-not", "x", "--watch", "aple"], 2, "no watched entity", id="unknown entity"),
        pytest.param(["nonsense"], 2, "No such command", id="unknown command"),
        pytest.param(["--config"], 2, "", id="no value"),
        pytest.param(["healthcheck"], 1, "not running", id="not running"),
        pytest.param(["check", "--config", "nowhere"], 2, "no such folder", id="no folder"),
        pytest.param(["--config", "nowhere", "check"], 2, "no such folder", id="no folder, said first"),
        pytest.param(["--config=nowhere", "feeds", "list"], 2, "no such folder", id="no folder, in one word"),
        pytest.param(["articles", "list", "--since", "yesterday"], 2, "no date", id="no date"),
    ],
)
def test_wrong_use_says_so_and_has_its_exit_code(
    installation: Installation, words: list[str], code: int, says: str
) -> None:
    done = installation.told(*words, check=False)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_faults_stop_the_start_and_name_their_place(installation: Installation) -> None:
    installation.write("config/monitor.yaml", "storage: sqlite:///storage/monitor.db\npol: {every: 5m}\n")
    done = installation.run("run", check=False)
    assert done.returncode == 2
    assert 'config/monitor.yaml:2:1: pol: unknown key (did you mean "poll"?)' in done.stderr


def test_a_store_that_cannot_be_opened_is_exit_code_3(installation: Installation) -> None:
    installation.write("storage/monitor.db", "this is no database at all, just some words" * 100)
    done = installation.run("once", check=False)
    assert done.returncode == 3
    assert "no store" in done.stderr


def test_a_changed_configuration_is_taken_up_and_a_wrong_one_refused(installation: Installation) -> None:
    process = installation.start("run")
    wait_until(lambda: bool(installation.alerts()), "the first alert")
    installation.write("config/channels.yaml", "channels: {screen: {consol: true}}\n")
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: any(e["event"] == "config.refused" for e in installation.events()), "the refusal")
    installation.write("config/channels.yaml", "channels: {screen: {console: true}}\n")
    installation.write("config/monitor.yaml", "storage: sqlite:///storage/other.db\n")
    process.send_signal(signal.SIGHUP)
    refused = "storage: another store is taken up by a start"
    wait_until(lambda: any(refused in str(e.get("faults")) for e in installation.events()), "the refusal of a store")
    listen = 'web: {listen: "127.0.0.1:0"}\n'
    installation.write("config/monitor.yaml", f"storage: sqlite:///storage/monitor.db\n{listen}")
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: sum(e["event"] == "config.loaded" for e in installation.events()) == 2, "the new configuration")
    assert any("by the next start" in str(event.get("text")) for event in installation.events())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=END_S) == 0


def test_backup_and_restore_bring_back_what_was_there(begun: Installation) -> None:
    before = begun.told("articles", "list", "-o", "jsonl").stdout
    copy = begun.told("db", "backup").stdout.strip()
    (begun.root / "storage" / "monitor.db").unlink()
    begun.told("db", "restore", copy)
    assert begun.told("articles", "list", "-o", "jsonl").stdout == before
    assert begun.told("db", "check").stdout.strip() == "sound"
    assert begun.told("once").stdout == ""


def test_the_doctor_and_the_search_answer(begun: Installation) -> None:
    assert "integrity" not in begun.told("doctor").stdout
    found = begun.told("search", "koffie", "-o", "csv").stdout
    assert "Tim Cook" in found
    # To find nothing is no failure.
    nothing = begun.told("search", "nothing-of-the-kind", "-o", "jsonl")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "nothing stored" in nothing.stderr

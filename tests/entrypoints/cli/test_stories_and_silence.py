"""`monitor group`, `stories` and `silence` as a person types them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.processes import COMMAND_S, Installation, install

EN = {
    "id": "en", "published": "2025-03-03T08:00:00Z", "title": "Kelvora loses data of 340,000 customers",
    "text": "The Danish travel agency Kelvora says that intruders copied passport numbers of 340,000 customers on Sunday.",
}  # fmt: skip
DE = {
    "id": "de", "published": "2025-03-03T09:00:00Z", "title": "Daten von 340.000 Kunden bei Kelvora gestohlen",
    "text": "Beim dänischen Reiseveranstalter Kelvora haben Unbekannte am Sonntag Passnummern von 340.000 Kunden kopiert.",
}  # fmt: skip
OTHER = {
    "id": 7,
    "published": "2025-03-01T09:00:00Z",
    "title": "Snow in the Alps",
    "text": "It snows, and the roads are shut.",
}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    found = install(tmp_path)
    yield found
    found.stop()


def group(*lines: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "monitor.entrypoints.cli.main", "group", "--format", "jsonl", "-"]
    return subprocess.run(words, input="\n".join(lines), capture_output=True, text=True, timeout=COMMAND_S, check=False)


def test_group_answers_each_article_in_the_order_given() -> None:
    done = group(*(json.dumps(row) for row in (DE, OTHER, EN, EN)))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [row["id"] for row in rows] == ["de", 7, "en", "en"]
    assert rows[0]["story"] == rows[2]["story"] == rows[3]["story"] != rows[1]["story"]


def test_group_names_bad_lines_and_answers_the_others() -> None:
    faults = ["{", "[]", '{"id": "x", "title": 5}', '{"id": "x", "title": "", "text": "", "published": "soon"}']
    done = group(json.dumps(EN), *faults, json.dumps(DE))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [f"line {number}" for number in (2, 3, 4, 5)]


def test_stories_are_listed_shown_and_edited(installation: Installation) -> None:
    installation.told("once")
    (row,) = json.loads(installation.told("stories", "list", "-o", "json").stdout)
    assert (row["articles"], row["languages"]) == (2, "nl en")
    shown = json.loads(installation.told("stories", "show", row["id"], "-o", "json").stdout)[0]
    joined = next(member for member in shown["members"] if member["shared"])
    assert {"kind", "value", "weight"} == set(joined["shared"][0])
    told = installation.told("stories", "show", row["id"], "--language", "nl").stdout
    assert told.splitlines()[0].endswith(row["headlines"]["nl"]) != told.splitlines()[0].endswith(
        row["headlines"]["en"]
    )
    installation.told("stories", "pin", row["id"], "--author", "Kim")
    assert "pinned by Kim" in installation.told("stories", "show", row["id"]).stdout
    installation.told("stories", "unpin", row["id"])
    assert "pinned by" not in installation.told("stories", "show", row["id"]).stdout
    refused = installation.told("stories", "split", row["id"], "https://elsewhere.example/", check=False)
    assert f"`monitor stories show {row['id']}` lists them" in refused.stderr
    said = installation.told("stories", "split", row["id"], joined["article"]).stdout
    assert said.startswith(f"{joined['article']} stands in st-")
    first, second = json.loads(installation.told("stories", "list", "-o", "json").stdout)
    assert {first["articles"], second["articles"]} == {1}
    assert installation.told("once").stdout == ""
    other = next(one["id"] for one in (first, second) if one["id"] != row["id"])
    installation.told("stories", "merge", row["id"], other, "--author", "Kim")
    (whole,) = json.loads(installation.told("stories", "list", "-o", "json").stdout)
    assert (whole["id"], whole["articles"]) == (row["id"], 2)
    shown = json.loads(installation.told("stories", "show", row["id"], "-o", "json").stdout)[0]
    assert [(one["kind"], one["other"]) for one in shown["edits"]] == [("split", joined["article"]), ("merge", other)]
    assert "that is this one" not in installation.told("stories", "show", row["id"]).stdout
    for words in (("stories", "show", row["id"]), ("why", joined["article"])):
        assert "Kim merged its story into this one" in installation.told(*words).stdout
    assert "one story already" in installation.told("stories", "merge", other, row["id"], check=False).stderr
    assert installation.told("stories", "pin", other).stdout.startswith(f"{row['id']} stays as it is")
    assert installation.told("stories", "split", other, joined["article"]).stdout == said
    assert installation.told("stories", "show", "nowhere", check=False).returncode == 2
    # The seeds have no URL, and yet an empty one is no name for them.
    assert installation.told("why", "", check=False).returncode == 2


def test_a_silence_is_made_listed_and_ended(installation: Installation) -> None:
    made = installation.told("silence", "add", "--rule", "in-attack-news", "--until", "2h", "--author", "Kim").stdout
    (row,) = json.loads(installation.told("silence", "list", "-o", "json").stdout)
    assert (row["id"], row["rule"], row["author"]) == (made.split(":")[0], "in-attack-news", "Kim")
    assert installation.told("once").stdout == ""
    installation.told("silence", "end", row["id"])
    year = datetime.now(UTC).year + 1
    told = installation.told("silence", "add", "--entity", "apple", "--until", f"{year}-03-01T09:00+02:00").stdout
    assert f"until {year}-03-01 07:00 UTC" in told
    installation.told("silence", "end", told.split(":")[0])
    assert installation.told("silence", "list", "-o", "jsonl").stdout == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["silence", "add"], "over everything"),
        (["silence", "add", "--entity", "nobody-we-know"], "no watched entity"),
        (["silence", "add", "--rule", "nothing"], "no rule is"),
        (["silence", "add", "--story", "st-none"], "no story has the id"),
        (["silence", "add", "--text", "(a"], "not closed"),
        (["silence", "add", "--rule", "under-attack", "--until", "soon"], "neither a duration"),
        (["silence", "add", "--rule", "under-attack", "--until", "2020-01-01"], "over already"),
        (["silence", "end", "si-none"], "no silence"),
        (["stories", "merge", "a", "a"], "with itself"),
        (["stories", "merge", "a", "b"], "no story has the id"),
        (["stories", "unpin", "a"], "nobody pinned"),
        (["db", "move", "x"], "what to move to is no address of a store"),
    ],
)
def test_wrong_use(installation: Installation, words: list[str], says: str) -> None:
    done = installation.told(*words, check=False)
    assert done.returncode == 2
    assert says in done.stderr

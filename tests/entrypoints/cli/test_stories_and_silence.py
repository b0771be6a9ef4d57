"""`monitor group`, `stories` and `silence` as a person types them."""

import json
import socket
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


def group(given: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "monitor.entrypoints.cli.main", "group", *words]
    return subprocess.run(command, input=given, capture_output=True, timeout=COMMAND_S, check=False)


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_group_answers_each_article_in_the_order_given() -> None:
    done = group(lines(DE, OTHER, EN, EN), "--format", "jsonl", "-")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [row["id"] for row in rows] == ["de", 7, "en", "en"]
    assert rows[0]["story"] == rows[2]["story"] == rows[3]["story"] != rows[1]["story"]


def test_group_names_bad_lines_and_answers_the_others() -> None:
    bad = [[], {"id": "x", "title": 5}, {**EN, "text": None}, {**EN, "id": True}, {**EN, "language": 5}]
    bad += [{**EN, "published": moment} for moment in ("soon", None, 5, "9999-12-31T23:59:59-12:00")]
    done = group(lines(EN, *bad) + b'{"id": "\xff", "title": "", "text": ""}\n{\n' + lines({**DE, "language": None}))
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["en", "de"]
    told = [line.split(":")[:2] for line in done.stderr.decode().splitlines()]
    assert told == [["standard input", str(number)] for number in range(2, 13)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_group_reads_a_file_with_a_mark_of_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "marked.jsonl"
    path.write_bytes(("\ufeff" + lines(EN, DE).decode()).encode(encoding))
    done = group(b"", str(path))
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["en", "de"]


def test_a_file_that_cannot_be_read_is_exit_code_1_as_for_analyze(tmp_path: Path) -> None:
    done = group(b"", str(tmp_path / "nothing.jsonl"))
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().endswith("nothing.jsonl: cannot be read: No such file or directory\n")


def test_group_has_nothing_to_say_of_nothing() -> None:
    done = group(b"\n \n")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_stories_are_listed_shown_and_edited(installation: Installation) -> None:
    installation.told("once")
    (row,) = json.loads(installation.told("stories", "list", "-o", "json").stdout)
    assert (row["articles"], row["languages"]) == (2, ["nl", "en"])
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


def test_one_round_leaves_the_port_of_the_pages_to_a_service(tmp_path: Path) -> None:
    installation = install(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        installation.write("config/monitor.yaml", f"web: {{listen: '127.0.0.1:{taken.getsockname()[1]}'}}\n")
        assert installation.told("once").returncode == 0

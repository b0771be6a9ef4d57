"""`monitor analyze` as a person types it: what it answers, in which order, and what it says of what is no article."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ARTICLE = {"id": "a", "title": "Ransomware hits Acme", "text": "Acme, a maker of anvils, has lost its files.", "x": 1}
WATCHLIST = "watchlist: w\nentities: [Acme]\n"


def analyze(tmp_path: Path, given: bytes, *words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    watchlist = tmp_path / "w.yaml"
    watchlist.write_text(WATCHLIST, encoding="utf-8")
    command = [sys.executable, "-m", "monitor.entrypoints.cli.main", "analyze", "--watchlist", str(watchlist), *words]
    return subprocess.run(command, input=given, capture_output=True, timeout=120, check=False, env=environ or None)


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_ids_come_back_as_they_were_given_and_in_order(tmp_path: Path) -> None:
    ids = ["z", 7, "7", -1, 10**30, "é", "\ud800", "half \udc00", ""]
    done = analyze(tmp_path, lines(*({**ARTICLE, "id": one} for one in ids)))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ids
    assert {tuple(row["under_attack"]) for row in rows} == {("acme",)}


def test_a_batch_that_goes_to_all_cores_keeps_its_order(tmp_path: Path) -> None:
    done = analyze(tmp_path, lines(*({**ARTICLE, "id": number} for number in range(500))), "--processes", "2")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == list(range(500))


def test_bad_lines_are_named_and_the_others_answered(tmp_path: Path) -> None:
    bad = [{**ARTICLE, "id": one} for one in (True, None, 1.5, [])]
    bad += [[ARTICLE], {"id": "no text", "title": ""}, {**ARTICLE, "title": 5}, {**ARTICLE, "published": "soon"}]
    given = lines(*bad) + b"\n\xff\n{\n" + b"[" * 100_000 + b"\n" + lines(ARTICLE)
    done = analyze(tmp_path, given)
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a"]
    told = [line.split(":")[:2] for line in done.stderr.decode().splitlines()]
    assert told == [["standard input", str(number)] for number in (*range(1, 9), 10, 11, 12)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_json_lines_with_a_mark_of_their_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "marked.jsonl"
    path.write_bytes(("\ufeff" + lines(ARTICLE, {**ARTICLE, "id": "b"}).decode()).encode(encoding))
    done = analyze(tmp_path, b"", str(path))
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that takes nothing is one of Linux")
@pytest.mark.parametrize("count", [1, 300], ids=["at the end", "in the middle"])
def test_a_full_disk_is_said_in_words(tmp_path: Path, count: int) -> None:
    (tmp_path / "w.yaml").write_text(WATCHLIST, encoding="utf-8")
    words = ["-m", "monitor.entrypoints.cli.main", "analyze", "--watchlist", str(tmp_path / "w.yaml")]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, *words], input=lines(*[ARTICLE] * count), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "there is no room left on the disk: what was to be written is not whole\n"


def test_what_the_terminal_has_no_sign_for_is_escaped(tmp_path: Path) -> None:
    done = analyze(tmp_path, lines({**ARTICLE, "id": "€"}), PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("latin-1"))["id"] == "€"

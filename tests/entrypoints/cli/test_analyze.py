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
    bad += [{**ARTICLE, key: 5} for key in ("published", "language", "url")]
    given = lines(*bad) + b"\n\xff\n{\n" + b"[" * 100_000 + b"\n" + lines(ARTICLE)
    done = analyze(tmp_path, given)
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a"]
    told = [line.split(":")[:2] for line in done.stderr.decode().splitlines()]
    assert told == [["standard input", str(number)] for number in (*range(1, 12), 13, 14, 15)]


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


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_what_is_said_is_json_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    done = analyze(tmp_path, lines({**ARTICLE, "id": "€ é \U0001f600 \ud800"}), PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["id"] == "€ é \U0001f600 \ud800"


def test_surfaces_are_what_stands_in_the_article_as_given_and_in_its_order(tmp_path: Path) -> None:
    article = {
        "id": "a",
        "title": "\U0001f600 Ac\u00adme &amp; Acme: <b>Acme</b> hit by ransomware",
        "text": "Cafe\u0301s were shut. Acm\u200be, of Utrecht, said so.",
    }
    (row,) = map(json.loads, analyze(tmp_path, lines(article)).stdout.splitlines())
    (mention,) = row["mentions"]
    places = [(span["field"], span["start"]) for span in mention["spans"]]
    assert places == sorted(places, key=lambda place: (place[0] == "text", place[1]))
    assert [span["surface"] for span in mention["spans"]] == ["Ac\u00adme", "Acme", "Acme", "Acm\u200be"]
    for span in mention["spans"]:
        assert article[span["field"]][span["start"] : span["end"]] == span["surface"]


@pytest.mark.parametrize(
    ("name", "text", "ids", "faults"),
    [
        pytest.param("a.jsonl", f"oops\n{json.dumps(ARTICLE)}\n", ["a"], 1, id="lines of which the first is none"),
        pytest.param("a.ndjson", "oops\n", [], 1, id="no line that is one"),
        pytest.param("a", f"\n{json.dumps(ARTICLE)}\n", ["a"], 0, id="lines without an ending"),
        pytest.param("b.txt", f"{json.dumps(ARTICLE)}\n", ["a"], 0, id="lines in a text file"),
        pytest.param("b.txt", "[Update] Ransomware hits Acme\n\nAcme has lost its files.\n", ["b"], 0, id="a bracket in a title"),
        pytest.param("b.txt", "", [], 0, id="an empty file"),
    ],
)  # fmt: skip
def test_lines_are_told_from_article_files(tmp_path: Path, name: str, text: str, ids: list[str], faults: int) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    done = analyze(tmp_path, b"", str(path))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ids
    assert done.returncode == min(faults, 1)
    assert [line.rpartition("/")[2].split(":")[:2] for line in done.stderr.decode().splitlines()] == [
        [name, "1"]
    ] * faults

"""`monitor watch`: who is added, what is refused, and which names will not be heard."""

from pathlib import Path

import pytest

from monitor.entrypoints.cli.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Acme]\n", encoding="utf-8")
    return tmp_path


def added(folder: Path) -> Path:
    return folder / "watchlists" / "w.added.csv"


def add(folder: Path, *words: str) -> int:
    return main(["watch", "add", *words, "--config", str(folder)])


def test_who_is_watched_under_any_name_is_not_added_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(folder, "Qwzzk Widgets B.V.", "--alias", "Qwz") == 0
    for again in ("Acme B.V.", "qwzzk widgets", "QWZ"):
        assert add(folder, again) == 2
        assert "is watched already" in capsys.readouterr().err
    assert added(folder).read_text(encoding="utf-8").splitlines() == [
        "name,id,aliases,domains,tags",
        "Qwzzk Widgets B.V.,,Qwz,,",
    ]


def test_a_name_that_is_nearly_one_is_asked_about(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(folder, "Microsft") == 0
    assert 'not in the catalogue: did you mean "Microsoft"?' in capsys.readouterr().out


def test_who_is_added_can_be_taken_out_again_where_it_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(folder, "Zoë & Søn") == 0
    told = capsys.readouterr().out
    assert told.startswith("zoe-and-son is watched in w.yaml")
    assert f"delete its line in {added(folder)}" in told


def test_a_product_of_somebody_watched_is_told_from_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(folder, "Microsoft") == 0
    assert add(folder, "Azure") == 0
    assert '"Azure" stood for microsoft until now: what is told of it is told of azure alone' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "told"), [("", "is no name"), (" - ", "is no name"), ("Two\nlines", "a line break in a cell")]
)
def test_what_would_be_a_fault_is_not_written(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    assert add(folder, name) == 2
    assert told in capsys.readouterr().err
    assert not added(folder).exists()
    assert main(["check", "--config", str(folder)]) == 0


def test_a_folder_that_takes_no_files_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added(folder).symlink_to(folder / "nowhere" / "file.csv")
    assert add(folder, "Qwzzk") == 2
    assert "w.added.csv: cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_row_goes_into_the_columns_that_an_editor_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added(folder).write_text("name;tags\nFirst", encoding="utf-8")
    assert add(folder, "Second; Third", "--tag", "tier-1") == 0
    assert added(folder).read_text(encoding="utf-8").splitlines() == ["name;tags", "First", '"Second; Third";tier-1']
    assert add(folder, "Fourth", "--alias", "4th") == 2
    assert "has no column `aliases`" in capsys.readouterr().err


def test_names_that_are_not_heard_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = "watchlist: w\nentities:\n  - {name: Qwzzk GmbH}\n  - {id: one, name: Zwaq}\n  - {id: two, name: ZWAQ}\n"
    (folder / "watchlists" / "w.yaml").write_text(written, encoding="utf-8")
    assert main(["watch", "lint", "--config", str(folder), "-o", "csv"]) == 1
    told = capsys.readouterr().out
    assert 'add the alias ""Qwzzk""' in told
    assert '""ZWAQ"" is a name of one as well: what is told of it goes there alone' in told


def test_of_the_list_that_ships_nothing_is_noisy(capsys: pytest.CaptureFixture[str]) -> None:
    config = Path(__file__).resolve().parents[3] / "config"
    assert main(["watch", "lint", "--config", str(config), "-o", "json"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err.startswith("fine: ")) == ("[]\n", True)


def test_an_id_for_two_companies_and_files_that_are_not_read_are_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "watchlist: other\nentities: [{id: acme, name: Borealis Dairy}]\n"
    (folder / "watchlists" / "other.yaml").write_text(other, encoding="utf-8")
    (folder / "watchlists" / "more.yml").write_text("watchlist: more\nentities: [Okta]\n", encoding="utf-8")
    assert main(["check", "--config", str(folder)]) == 0
    told = capsys.readouterr().out
    assert '"acme" is Borealis Dairy in other and Acme in w: they count as one company' in told
    assert "more.yml: this file is not read: call it more.yaml" in told


def test_what_is_shown_of_a_name_says_whether_it_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    for name, said in (("Microsoft", "known to the catalogue"), ("Microsft", 'did you mean "Microsoft"?')):
        assert main(["watch", "show", name, "-o", "json"]) == 0
        told = capsys.readouterr()
        assert said in told.err
        assert told.out.startswith("[")
    assert main(["watch", "show", " "]) == 2

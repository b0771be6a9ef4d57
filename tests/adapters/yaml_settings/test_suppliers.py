"""Lists of suppliers as spreadsheets write them: what is watched, and which row could not be meant."""

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.adapters.yaml_settings.legal_forms import is_legal_form, without_legal_form
from monitor.adapters.yaml_settings.load import load_settings
from monitor.adapters.yaml_settings.watchlists import load_watchlist_file
from monitor.domain.errors import ConfigError
from monitor.domain.watchlist import Entity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "w.yaml").write_text("watchlist: w\nentities: [Microsoft, {file: list.csv}]\n", encoding="utf-8")
    return tmp_path


def entities(folder: Path, csv: str | bytes) -> tuple[Entity, ...]:
    (folder / "list.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return load_watchlist_file(folder / "w.yaml").entities[1:]


def faults(folder: Path, csv: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        entities(folder, csv)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


@pytest.mark.parametrize(
    "csv",
    [
        pytest.param("name,id\nAcme Widgets,a-1\n", id="commas"),
        pytest.param("\ufeffName;ID\r\nAcme Widgets;a-1\r\n", id="Excel with semicolons and a mark at the start"),
        pytest.param("name\tid\r\nAcme Widgets\ta-1\r\n", id="tabs"),
        pytest.param("sep=;\r\nname;id\r\nAcme Widgets;a-1\r\n", id="Excel's own first line"),
        pytest.param("\r\n\r\nname,id\r\n\r\nAcme Widgets,a-1\r\n,\r\n", id="empty lines"),
        pytest.param("name,id,,\rAcme Widgets,a-1,,\r", id="empty columns, line ends of an old Mac"),
        pytest.param("name\tid\r\nAcme Widgets\ta-1\r\n".encode("utf-16"), id="Excel's Unicode text"),
    ],
)
def test_what_spreadsheets_write_is_read(folder: Path, csv: str | bytes) -> None:
    assert [(entity.id, entity.name) for entity in entities(folder, csv)] == [("a-1", "Acme Widgets")]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("Firma;Schlagworte", ['unknown column "firma" (did you mean "name"?)', 'unknown column "schlagworte" (did you mean "tags"?)']),
        ("company name;country", ['unknown column "company name" (did you mean "name"?)', 'unknown column "country": rename it or take it out']),
        ("Acme Widgets;Utrecht", ["no column `name`: the first line says what each column is"]),
        ("id;tags", ["no column `name`: the first line says what each column is"]),
    ],
    ids=["in German", "with more than we read", "a list without columns", "a list without names"],
)  # fmt: skip
def test_each_column_that_we_do_not_know_is_told_with_what_it_is_called(
    folder: Path, columns: str, told: list[str]
) -> None:
    expected = [f"list.csv:1:1: {one}; the columns are name[,id,aliases,domains,tags]" for one in told]
    assert faults(folder, f"{columns}\nAcme Widgets;x\n") == expected


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        pytest.param(
            "name,id\nAcme, Inc.\nWidgets, Gadgets & Co\n",
            [
                'list.csv:2:1: id: "Inc." is no id: a name with a "," in it stands in quotes',
                'list.csv:3:1: id: "Gadgets & Co" is no id: a name with a "," in it stands in quotes',
            ],
            id="a name with a comma would be half a name, with the rest as its id",
        ),
        pytest.param(
            "name;id\nAcme;a;;\nOther; Widgets;b;c\n",
            ['list.csv:3:1: there are more cells than columns: a name with a ";" in it stands in quotes'],
            id="more cells than columns",
        ),
        pytest.param(
            'name\n"Acme\nOther\nLast\n',
            [
                'list.csv:2:1: there is a line break in a cell: is a quote (") before it not closed? A name stands in one line'
            ],
            id="a quote that is not closed would swallow all that follows",
        ),
        pytest.param(
            "name,name\nAcme,Other\n",
            ['list.csv:1:1: the column "name" stands twice; the columns are name[,id,aliases,domains,tags]'],
            id="a column twice",
        ),
        pytest.param(
            b"name\nAcme\n" + "Müller\n".encode("cp1252"),
            ['list.csv:3:1: byte 11 is no UTF-8: save it as UTF-8 (in Excel: "CSV UTF-8")'],
            id="Windows' own letters",
        ),
        pytest.param("name\nAc\0me\n", ["list.csv:2:1: there is a NUL in a cell: save the list as text"], id="NUL"),
        pytest.param("name,id\n,a\n", ["list.csv:2:1: name: is empty"], id="no name"),
    ],
)
def test_a_row_that_cannot_be_meant_is_a_fault_with_its_line(folder: Path, csv: str | bytes, told: list[str]) -> None:
    assert faults(folder, csv) == told


def test_a_name_with_commas_is_whole_where_there_is_one_column(folder: Path) -> None:
    acme, widgets = entities(folder, "name\nAcme, Inc.\nWidgets, Gadgets & Toys,,,\n")
    assert (acme.name, acme.aliases) == ("Acme", ("Acme, Inc.",))
    assert widgets.name == "Widgets, Gadgets & Toys"


def test_two_rows_of_one_supplier_keep_both_names(folder: Path) -> None:
    (supplier,) = entities(folder, "name,id\nAcme Widgets,17\nBorealis Dairy BV,17\n")
    assert {supplier.name, *supplier.aliases} == {"Acme Widgets", "Borealis Dairy", "Borealis Dairy BV"}


def test_a_row_joins_whom_it_means_wherever_that_one_stands(folder: Path) -> None:
    (folder / "w.added.csv").write_text("name,tags\nC und A Stores GmbH,\nC and A Stores,new\n", encoding="utf-8")
    stores, *others = entities(
        folder, "name,tags\nC&A Stores,tier-1\nMicrosoft B.V.,tier-2\nSmith & Co,\nSmith and Co,\n"
    )
    assert (stores.id, stores.tags) == ("c-and-a-stores", ("tier-1", "new"))
    assert [entity.id for entity in others] == ["smith-and-co", "c-und-a-stores"]
    microsoft = load_watchlist_file(folder / "w.yaml").entities[0]
    assert "Microsoft B.V." in microsoft.aliases
    assert microsoft.tags == ("tier-2",)


def test_names_that_differ_in_letters_of_other_scripts_are_different_companies(folder: Path) -> None:
    ids = [str(entity.id) for entity in entities(folder, "name\nАльфа 24\nБета 24\nAcme 株式会社\nSøndergård\n")]
    assert len(set(ids)) == 4
    assert [one.startswith("24-") for one in ids] == [True, True, False, False]
    assert ids[2:] == ["acme", "sondergard"]


def test_ids_of_other_scripts_are_the_same_in_each_process() -> None:
    ask = "from monitor.adapters.yaml_settings.catalogue import slug; print(slug('Яндекс'))"
    told = {subprocess.check_output([sys.executable, "-c", ask], text=True) for _ in range(2)}
    assert len(told) == 1


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Acme Holding B.V.", "Acme"),
        ("Acme (Nederland) B.V.", "Acme"),
        ("Acme B.V. i.o.", "Acme"),
        ("Acme GmbH (Berlin)", "Acme"),
        ("Acme GmbH & Co. KG", "Acme"),
        ("Acme AG & Co. KG", "Acme"),
        ("ACME GMBH & CO. KGAA", "ACME"),
        ("Acme UG (haftungsbeschränkt)", "Acme"),
        ("Acme Co., Ltd.", "Acme"),
        ("Acme S.à r.l.", "Acme"),
        ("Acme S.A. de C.V.", "Acme"),
        ("Acme sp. z o.o.", "Acme"),
        ("Acme s.r.o.", "Acme"),
        ("Acme LLP", "Acme"),
        ("Acme S.A.U.", "Acme"),
        ("Acme Pvt. Ltd.", "Acme"),
        ("Acme Private Limited", "Acme"),
        ("Acme Sdn Bhd", "Acme"),
        ("Acme BV/SRL", "Acme"),
        ("Acme S. de R.L. de C.V.", "Acme"),
        ("Acme Ltd. Şti.", "Acme"),
        ("Acme 株式会社", "Acme"),
        ("Acme AB (publ)", "Acme"),
        ("Coöperatie Acme U.A.", "Coöperatie Acme"),
        ("Smith & Co.", "Smith & Co."),
        ("Smith & Co., Inc.", "Smith & Co."),
        ("Hotel & Spa", "Hotel & Spa"),
        ("Ministry of Defence (UK)", "Ministry of Defence (UK)"),
        ("Apple (Fruit Trading) B.V.", "Apple (Fruit Trading)"),
        ("Holding B.V.", "Holding"),
        ("The Group", "The Group"),
        ("B.V.", "B.V."),
        ("Plan B", "Plan B"),
    ],
)
def test_the_press_leaves_legal_forms_out(written: str, name: str) -> None:
    assert without_legal_form(written) == name


@pytest.mark.parametrize(
    ("written", "aliases"),
    [
        pytest.param("Groupe Qwzzk", ("Qwzzk",), id="a group"),
        pytest.param("Grupo Qwzzk S.A.", ("Qwzzk", "Grupo Qwzzk S.A."), id="with its form"),
        pytest.param("Groupe Qwz", (), id="hardly a name without it"),
        pytest.param("Groupe Philips", (), id="the name of another"),
        pytest.param("Grupo de Qwzzk", (), id="no name follows"),
    ],
)
def test_the_press_leaves_out_that_a_supplier_is_a_group(folder: Path, written: str, aliases: tuple[str, ...]) -> None:
    (entity,) = entities(folder, f"name\n{written}\n")
    assert entity.aliases == aliases


def test_a_legal_form_is_told_from_a_name() -> None:
    assert [text for text in ("Inc.", "GmbH & Co. KG", "acme", "", "17") if is_legal_form(text)] == [
        "Inc.",
        "GmbH & Co. KG",
    ]


def test_a_bare_name_is_heard_without_its_legal_form(folder: Path) -> None:
    (folder / "w.yaml").write_text("watchlist: w\nentities: [Qwzzk Transport B.V.]\n", encoding="utf-8")
    (entity,) = load_watchlist_file(folder / "w.yaml").entities
    assert (entity.name, entity.aliases) == ("Qwzzk Transport B.V.", ("Qwzzk Transport",))


def test_a_company_of_two_watchlists_has_the_names_and_tags_of_both(tmp_path: Path) -> None:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "a.yaml").write_text("watchlist: a\nentities: [{name: Acme, exclude: [Acme Road, ACME Labs]}]\n")
    (folder / "b.yaml").write_text("watchlist: b\nentities: [{name: Acme, aliases: [Acme Labs], tags: [tier-1]}]\n")
    (acme,) = load_settings(tmp_path, {}).entities()
    assert (acme.aliases, acme.tags, acme.exclude) == (("Acme Labs",), ("tier-1",), ("Acme Road",))


def test_a_changed_list_is_another_version_of_the_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "w.yaml").write_text("watchlist: w\nentities: [{file: list.csv}]\n", encoding="utf-8")
    versions = set()
    for name in ("Acme", "Borealis"):
        (folder / "list.csv").write_text(f"name\n{name}\n", encoding="utf-8")
        versions.add(load_settings(tmp_path, {}).version)
    assert len(versions) == 2


def test_a_variable_that_is_nearly_a_key_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Acme]\n", encoding="utf-8")
    others = {"MONITOR_PORT": "tcp://10.0.0.1:80", "MONITOR_SERVICE_HOST": "10.0.0.1"}
    load_settings(tmp_path, others)
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, others | {"MONITOR_STORGE": "sqlite:///x.db", "MONITOR_POL__EVERY": "1m"})
    assert [str(fault) for fault in caught.value.faults] == [
        "MONITOR_POL__EVERY: unknown key (did you mean MONITOR_POLL__EVERY?)",
        "MONITOR_STORGE: unknown key (did you mean MONITOR_STORAGE?)",
    ]

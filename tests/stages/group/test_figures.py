"""What is counted in a text: in digits and in words, with its scale, and whether it is money."""

import pytest

from monitor.stages.group import FactReader
from monitor.stages.group.numerals import Numerals, number_of
from tests.builders import NOW


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "The gang demands ten million euros.", [(1e7, "$")]),
        ("en", "Twenty-five million customers are affected.", [(2.5e7, "")]),
        ("en", "Data of two hundred thousand customers", [(2e5, "")]),
        ("en", "three and a half million users", [(3.5e6, "")]),
        ("en", "half a million users", [(5e5, "")]),
        ("en", "a million users", [(1e6, "")]),
        ("en", "a thousand things, two days and one of ten firms", []),
        ("en", "five and ten million dollars", [(1e7, "$")]),
        ("en", "40 million dollars for 850,000 records in 2026", [(4e7, "$"), (850_000, "")]),
        ("en", "$2.5bn and 12 per cent", [(2.5e9, "$")]),
        ("de", "Die Bande fordert zehn Millionen Euro.", [(1e7, "$")]),
        ("de", "fünfundzwanzig Milliarden Euro", [(2.5e10, "$")]),
        ("de", "10 Mio. Euro und 1,5 Mrd. Euro", [(1e7, "$"), (1.5e9, "$")]),
        ("de", "zweihunderttausend Kunden, zehntausend davon neu", [(2e5, ""), (1e4, "")]),
        ("de", "eine halbe Million Kunden, eine Million Konten", [(5e5, ""), (1e6, "")]),
        ("de", "ein Millionenschaden", []),
        ("nl", "De bende eist tien miljoen euro.", [(1e7, "$")]),
        ("nl", "vijfentwintig miljoen klanten en tweeëntwintig miljard euro", [(2.5e7, ""), (2.2e10, "$")]),
        ("nl", "anderhalf miljoen klanten en 10 mln. euro", [(1.5e6, ""), (1e7, "$")]),
        ("nl", "tweehonderdduizend klanten", [(2e5, "")]),
        ("fr", "Les pirates exigent dix millions d'euros.", [(1e7, "$")]),
        ("fr", "soixante-dix-sept millions d'euros", [(7.7e7, "$")]),
        ("fr", "quatre-vingt-dix mille clients", [(9e4, "")]),
        ("fr", "dix-sept millions de clients", [(1.7e7, "")]),
        ("fr", "deux milliards d'euros, un million de clients", [(2e9, "$"), (1e6, "")]),
        ("es", "Exigen diez millones de euros.", [(1e7, "$")]),
        ("es", "treinta y cinco millones de clientes", [(3.5e7, "")]),
        ("es", "dos mil millones de euros", [(2e9, "$")]),
        ("es", "doscientos mil clientes y veinticinco millones de euros", [(2e5, ""), (2.5e7, "$")]),
        ("it", "Chiedono dieci milioni di euro.", [(1e7, "$")]),
        ("it", "duecentomila clienti, 10 mln di euro", [(2e5, ""), (1e7, "$")]),
        ("pt", "Exigem dez milhões de euros.", [(1e7, "$")]),
        ("pt", "vinte e cinco milhões de clientes", [(2.5e7, "")]),
        ("pt", "2 mil milhões de euros", [(2e9, "$")]),
    ],
)
def test_what_is_counted(reader: FactReader, language: str, text: str, figures: list[tuple[float, str]]) -> None:
    assert list(reader.figures("", text, NOW, language)) == figures


@pytest.mark.parametrize(
    ("parts", "number"),
    [((), 0), ((4, 20, 10, 7), 97), ((2, 100, 5, 20), 225), ((2, 1000, 1e6), 2e9), ((0.5, 1e6), 5e5), ((5, 10), 10)],
)
def test_parts_make_a_number(parts: tuple[float, ...], number: float) -> None:
    assert number_of(parts) == number


def test_a_word_is_put_together_from_others_or_is_no_number() -> None:
    numerals = Numerals({"zwei": 2, "hundert": 100, "tausend": 1000, "zwanzig": 20, "million": 1e6}, ["und"])
    assert numerals["zweiundzwanzig"] == (2, 20)
    assert numerals["zweihunderttausend"] == (2, 100, 1000)
    for word in ("zweifel", "hundertste", "millionzwei", "", "und", "zwei" * 40):
        assert numerals[word] == ()

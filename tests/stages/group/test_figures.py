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
    ("language", "text", "figures"),
    [
        ("fr", "La rançon est de 10 M€, une perte de 1,5 Md€ et 250 k€.", [(1e7, "$"), (1.5e9, "$"), (2.5e5, "$")]),
        ("fr", "10 M d'euros, 2 Mds d'euros, 12M de clients", [(1e7, "$"), (2e9, "$"), (1.2e7, "")]),
        ("de", "3 Mrd. € Schaden, 3 Mio. US-Dollar, 500 Tsd. Kunden", [(3e9, "$"), (3e6, "$"), (5e5, "")]),
        ("de", "CHF 4 Mio., 2 Mrd. Kunden", [(4e6, "$"), (2e9, "")]),
        ("pt", "R$ 2 mi, R$ 3,5 bi e 223 mi de brasileiros", [(2e6, "$"), (3.5e9, "$"), (2.23e8, "")]),
        ("en", "US$ 4bn, USD 4 bn, 4bn USD, $1.2B, $350k", [(4e9, "$")] * 3 + [(1.2e9, "$"), (3.5e5, "$")]),
        ("en", "EUR 3.2 million, 4 billion US dollars, Rs 5 crore", [(3.2e6, "$"), (4e9, "$"), (5e7, "$")]),
        ("en", "6.5m members, 12M Exampleton customers, 40k accounts", [(6.5e6, ""), (1.2e7, ""), (4e4, "")]),
        ("en", "a wall 12m wide, a 4K screen for 5 people, 6 m of rope", []),
        ("en", "CVE-2026-12345 b, room 9B, 3.5mm jacks, US$ or euro", []),
        ("nl", "€3 mld, 1,2 mln euro, 40k klanten", [(3e9, "$"), (1.2e6, "$"), (4e4, "")]),
        ("es", "1.500 M€, US$ 15 MM, 10 M de euros", [(1.5e9, "$"), (1.5e7, "$"), (1e7, "$")]),
        ("it", "1,2 mld di euro, € 2 mld, 10 mln €", [(1.2e9, "$"), (2e9, "$"), (1e7, "$")]),
        ("und", "10 M€ and $4", [(4, "$")]),
    ],
)
def test_what_is_counted_in_short(
    reader: FactReader, language: str, text: str, figures: list[tuple[float, str]]
) -> None:
    assert list(reader.figures("", text, NOW, language)) == figures
    assert list(reader.figures(text, "", NOW, language)) == figures


def test_what_is_written_short_changes_no_fact_of_grouping(reader: FactReader) -> None:
    def facts(text: str) -> dict[str, float]:
        return dict(reader.fingerprint("a", "", text, NOW, language="fr").facts)

    assert not any(fact.startswith("#") for fact in facts("La rançon est de 10 M€.")), "weights were fitted without"


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

from datetime import UTC, datetime

import pytest

from monitor.stages.parse.dates import read_date

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Wed, 25 Nov 2026 12:00:00 GMT", NOON),
        ("Wed, 25 Nov 2026 13:00:00 +0100", NOON),
        ("2026-11-25T12:00:00Z", NOON),
        ("2026-11-25T14:00:00+02:00", NOON),
        ("2026-11-25T12:00:00.999Z", NOON),
        ("2026-11-25 12:00:00", NOON),
        ("2026-11-25", DAY),
        pytest.param("wo, 25 november 2026 13:00:00 +0100", NOON, id="nl"),
        pytest.param("Mi, 25 Nov 2026 12:00:00 GMT", NOON, id="de, short"),
        pytest.param("Mittwoch, 25. November 2026, 13:00 Uhr MEZ", NOON, id="de"),
        pytest.param("25. März 2026 12:00", datetime(2026, 3, 25, 12, tzinfo=UTC), id="de, umlaut"),
        pytest.param("mer., 25 nov. 2026 12:00:00 +0000", NOON, id="fr, short"),
        pytest.param("25 août 2026 à 12h00", datetime(2026, 8, 25, 12, tzinfo=UTC), id="fr, hour"),
        pytest.param("mié, 25 nov 2026 12:00:00 +0000", NOON, id="es, short"),
        pytest.param("25 de noviembre de 2026 12:00", NOON, id="es"),
        pytest.param("mer, 25 novembre 2026 12:00:00 GMT", NOON, id="it"),
        pytest.param("25 de novembro de 2026 12:00", NOON, id="pt"),
        pytest.param("2026年11月25日 12:00", NOON, id="zh, ja"),
        pytest.param("November 25, 2026 12:00 pm", NOON, id="en, month first"),
        pytest.param("25.11.2026 12:00", NOON, id="numbers, day first"),
        pytest.param("11/25/2026 12:00 PM", NOON, id="numbers, no such month"),
    ],
)
def test_dates_in_seven_languages(raw: str, moment: datetime) -> None:
    assert read_date(raw) == moment


FIVE_PAST_TWO = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "25 nov. 2026 14:05", "25 nov 2026 14.05", "25. November 2026, 14:05", "25.11.26 14:05", "25.11.2026, 14.05 Uhr",
        "mercredi 25 novembre 2026 à 14h05", "mercredi 25 novembre 2026 à 14 h 05", "le 25/11/2026 à 14h05",
        "25 de noviembre de 2026 a las 14:05", "25 noviembre 2026 2:05 p. m.", "25 nov 2026 2:05 p.\u00a0m.",
        "miércoles, 25 de noviembre del 2026 14:05", "25/nov/2026 14:05", "25-nov-2026 14:05",
        "mercoledì 25 novembre 2026 alle 14.05", "25 novembre 2026, ore 14:05", "25° novembre 2026 14:05",
        "quarta-feira, 25 de novembro de 2026 14:05", "25 de nov. de 2026 às 14h05",
        "woensdag 25 november 2026 om 14:05 uur", "wo 25 nov. 2026, 14:05", "25-11-2026 14:05",
        "Nov. 25, 2026 at 2:05 PM", "2:05 PM, 25 Nov 2026", "November 25th, 2026 - 14:05", "11/25/26 2:05 PM",
        "Wednesday, 25-Nov-26 14:05:00 GMT", "Wed Nov 25 14:05:00 2026", "Wed,25 Nov 2026 14:05:00GMT",
        "2026/11/25 14:05", "2026.11.25 14:05", "20261125T140500Z", "2026-11-25T14:05Z", "1795615500", "1795615500000",
    ],
)  # fmt: skip
def test_one_moment_as_it_is_written(raw: str) -> None:
    assert read_date(raw) == FIVE_PAST_TWO


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        pytest.param("nov 25, 2026 9:05 AM EST", FIVE_PAST_TWO, id="eastern"),
        pytest.param("Nov. 25, 2026, 9:05 a.m. ET", FIVE_PAST_TWO, id="eastern, short"),
        pytest.param("Wed, 25 Nov 2026 15:05:00 CET", FIVE_PAST_TWO, id="central Europe"),
        pytest.param("Wed, 25 Nov 2026 16:05:00 CEST", FIVE_PAST_TWO, id="central Europe, summer"),
        pytest.param("25. November 2026, 15:05 Uhr (MEZ)", FIVE_PAST_TWO, id="in German, in brackets"),
        pytest.param("Wed, 25 Nov 2026 15:05:00 BST", FIVE_PAST_TWO, id="British summer"),
        pytest.param("Wed, 25 Nov 2026 19:35:00 IST", FIVE_PAST_TWO, id="India"),
        pytest.param("Wed, 25 Nov 2026 15:05:00 GMT+1", FIVE_PAST_TWO, id="hours only"),
        pytest.param("25 Nov 2026 15:05 +01", FIVE_PAST_TWO, id="offset of two digits"),
        pytest.param("Wed, 25 Nov 2026 19:35:00 +530", FIVE_PAST_TWO, id="offset of three digits"),
        pytest.param("Wed, 25 Nov 2026 15:05:00 UTC+01:00", FIVE_PAST_TWO, id="offset behind a name"),
        pytest.param("Wed, 25 Nov 2026 09:05:00 -0500 (EST)", FIVE_PAST_TWO, id="a name behind the offset"),
        pytest.param("Wed Nov 25 15:05:00 CET 2026", FIVE_PAST_TWO, id="the year last"),
        pytest.param("2026-11-25 15:05:00 CET", FIVE_PAST_TWO, id="the year first"),
        pytest.param("2026-11-25T15:05:00+01:00[Europe/Berlin]", FIVE_PAST_TWO, id="a place behind the offset"),
        pytest.param("Wed, 25 Nov 2026 14:05:00 +9999", FIVE_PAST_TWO, id="an offset that is none"),
        pytest.param("25 Nov 2026 14:05 XYZ", FIVE_PAST_TWO, id="a zone that nobody knows"),
    ],
)
def test_zones(raw: str, moment: datetime) -> None:
    assert read_date(raw) == moment


@pytest.mark.parametrize(
    ("names", "month"),
    [
        ("january januari januar janvier enero gennaio janeiro jän ene gen ian jänner janv", 1),
        ("february februari februar février febrero febbraio fevereiro fev févr feber", 2),
        ("march maart märz mars marzo março mrt mrz maa maerz", 3),
        ("april avril abril aprile avr abr", 4),
        ("may mei mai mayo maggio maio mag", 5),
        ("june juni juin junio giugno junho giu", 6),
        ("july juli juillet julio luglio julho juil lug", 7),
        ("august augustus août agosto ago aoû aout", 8),
        ("september septembre septiembre settembre setembro sept set sett", 9),
        ("october oktober octobre octubre ottobre outubro okt ott out", 10),
        ("november novembre noviembre novembro nov", 11),
        ("december dezember décembre diciembre dicembre dezembro dez déc dic", 12),
    ],
)
def test_months_of_seven_languages(names: str, month: int) -> None:
    for name in names.split():
        assert read_date(f"8. {name}. 2026 09:00") == datetime(2026, month, 8, 9, tzinfo=UTC), name
        assert read_date(f"8 de {name.upper()} de 2026") == datetime(2026, month, 8, tzinfo=UTC), name


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        pytest.param("11/12/2026 2:05 PM", datetime(2026, 11, 12, 14, 5, tzinfo=UTC), id="American: AM or PM"),
        pytest.param("11/12/2026 14:05", datetime(2026, 12, 11, 14, 5, tzinfo=UTC), id="day first elsewhere"),
        pytest.param("11/12/2026 2:05 p. m.", datetime(2026, 12, 11, 14, 5, tzinfo=UTC), id="Spanish, day first"),
        pytest.param("12:05 AM, 25 Nov 2026", datetime(2026, 11, 25, 0, 5, tzinfo=UTC), id="after midnight"),
        pytest.param("25 Nov 2026 12:05 PM", datetime(2026, 11, 25, 12, 5, tzinfo=UTC), id="after noon"),
        pytest.param("25. November 2026 um 14 Uhr", datetime(2026, 11, 25, 14, tzinfo=UTC), id="an hour alone"),
        pytest.param("le 25/11/2026 à 14h", datetime(2026, 11, 25, 14, tzinfo=UTC), id="an hour alone, fr"),
        pytest.param("November 25, 2026 2 PM EST", datetime(2026, 11, 25, 19, tzinfo=UTC), id="an hour alone, en"),
        pytest.param(f"Wed,{' ' * 200}25 Nov 2026\n\t\t12:00 GMT", NOON, id="on two lines"),
        pytest.param("24 November 2026 24:00", DAY, id="the end of a day"),
        pytest.param("Wed, 25 Nov 2026 11:59:60 GMT", datetime(2026, 11, 25, 11, 59, 59, tzinfo=UTC), id="leap second"),
        pytest.param("Fri, 31 Dec 99 23:00:00 GMT", datetime(1999, 12, 31, 23, tzinfo=UTC), id="the last century"),
        pytest.param("2026-11-25 오후 11:23:17", datetime(2026, 11, 25, 14, 23, 17, tzinfo=UTC), id="Korean"),
        pytest.param("2026년 11월 25일 11:31:15", datetime(2026, 11, 25, 2, 31, 15, tzinfo=UTC), id="Korean words"),
        pytest.param("2026-július-13T9:15-05:00", datetime(2026, 7, 13, 14, 15, tzinfo=UTC), id="Hungarian"),
        pytest.param("Τετ, 25 Νοέ 2026 12:00:00 EST", datetime(2026, 11, 25, 17, tzinfo=UTC), id="Greek"),
        pytest.param("2026-11-25 ?? 11:23", DAY, id="what stands between is not understood"),
    ],
)
def test_what_is_easily_misread(raw: str, moment: datetime) -> None:
    assert read_date(raw) == moment


@pytest.mark.parametrize(
    "raw",
    [
        "", "yesterday", "3 hours ago", "vor 3 Stunden", "il y a 2 jours", "soon", "12:00", "0000-00-00T00:00:00Z", "-1",
        "9999-99-99", "30 Feb 2026 10:00", "+9999", "1" * 500, "Wed, 99 Nov 2026 99:99:99 +9999", "\ud800", "2026", "０",
    ],
)  # fmt: skip
def test_what_is_no_date(raw: str) -> None:
    found = read_date(raw)
    assert found is None or found.year in {1, 9999, 2026}


@pytest.mark.parametrize("raw", ["12:00", "04", "-0003-01-01", "2025 or so", "2025년", "07-29"])
def test_nothing_is_taken_from_the_day_on_which_it_is_asked(raw: str) -> None:
    # feedparser's reader of ISO dates does that, and what it made of them may be given as well.
    assert read_date(raw) is None
    assert read_date(raw, (2026, 11, 26, 0, 0, 0, 3, 330, 0)) is None


def test_a_tuple_beyond_the_calendar_is_no_date() -> None:
    assert read_date("x", (-1, 1, 1, 0, 0, 0, 0, 1, 0)) is None
    assert read_date("x", (10**9, 1, 1, 0, 0, 0, 0, 1, 0)) is None


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ("Wed, 25 Nov 2026 13:00:00 Europe/Brussels", 12),
        ("Wed, 25 Nov 2026 12:00:00 Europe/London", 12),
        ("Wed, 25 Nov 2026 04:00:00 America/Los_Angeles", 12),
        ("Wed, 25 Nov 2026 09:00:00 America/Argentina/Buenos_Aires", 12),
        ("2026-07-15 14:00:00 Europe/Madrid", 12),
        ("Wed, 15 Jul 2026 08:00:00 America/New_York", 12),
        ("Sun, 29 Mar 2026 01:59:59 Europe/Berlin", 0),  # an hour before clocks are put forward there
        ("Sun, 29 Mar 2026 03:00:00 Europe/Berlin", 1),
        ("Sun, 25 Oct 2026 04:00:00 Europe/Berlin", 3),
        ("Sun, 01 Nov 2026 03:00:00 America/New_York", 8),
        ("Wed, 25 Nov 2026 12:00:00 Mars/Olympus_Mons", 12),
    ],
)
def test_the_zone_of_a_place_is_that_of_its_season(raw: str, hour: int) -> None:
    read = read_date(raw)
    assert read is not None
    assert read.hour == hour


@pytest.mark.parametrize(
    "raw", ["20261125120000", "202611251200", "1795608000", "1795608000.0", "@1795608000", "1795608000000", "2026-11-25 at 12:00"]
)  # fmt: skip
def test_numbers_that_are_moments(raw: str) -> None:
    assert read_date(raw) == NOON


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        pytest.param("2026-11-25T14:00:7+02:00", NOON.replace(second=7), id="one digit, and a zone behind it"),
        pytest.param("2026-11-25T12:00:007Z", NOON.replace(second=7), id="three digits"),
        pytest.param("Wed, 25 Nov 2026 14:00:7 +0200", NOON.replace(second=7), id="as in mails"),
        pytest.param("Wed, 25 Nov 2026 08:00 -040", NOON, id="a zone whose last zero is missing"),
        pytest.param("Wed, 25 Nov 2026 17:30 +530", NOON, id="a zone whose first zero is missing"),
        pytest.param("26-11-25T12:00:00+00:00", NOON, id="a year of two digits, first"),
        pytest.param("25-11-26 12:00", NOON, id="a year of two digits, last"),
    ],
)
def test_numbers_with_a_digit_too_few_or_too_many(raw: str, moment: datetime) -> None:
    assert read_date(raw) == moment

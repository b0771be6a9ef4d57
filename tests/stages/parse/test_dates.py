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
        pytest.param("November 25, 2026 12:00 pm", NOON, id="en, month first"),
        pytest.param("25.11.2026 12:00", NOON, id="numbers, day first"),
        pytest.param("11/25/2026 12:00 PM", NOON, id="numbers, no such month"),
    ],
)
def test_dates_in_seven_languages(raw: str, moment: datetime) -> None:
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


def test_a_tuple_beyond_the_calendar_is_no_date() -> None:
    assert read_date("x", (-1, 1, 1, 0, 0, 0, 0, 1, 0)) is None
    assert read_date("x", (10**9, 1, 1, 0, 0, 0, 0, 1, 0)) is None

"""Dates as feeds write them, in the formats that feedparser knows and in the words of seven languages."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from feedparser.datetimes import _parse_date

_LONGEST = 120
_FOUR_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jän feber mrt apr mei jun jul aug sept okt nov dez",
    "janv févr mär avr mai juin juil août sep oct nov déc",
    "ene fev mrz abr mag giu lug ago set ott nov dic",
    "gen febr maa avr maj giugn juill aou sett out nov des",
):
    _MONTHS |= {name: number for number, name in enumerate(_names.split(), 1) if name not in _MONTHS}
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|º|er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+|del\s+)?(\d{4})"
)
_MONTH_DAY_YEAR = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)")
_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?::|h|\s?uhr\s?)(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(am|pm)?", re.IGNORECASE)
_ZONE = re.compile(
    r"(?:(?:gmt|utc)\s*)?([+-])(\d{2}):?(\d{2})\s*$|\b(gmt|utc|z|cet|cest|mez|mesz|est|edt|pst|pdt)\s*$", re.IGNORECASE
)
_ZONE_HOURS = {"cet": 1, "mez": 1, "cest": 2, "mesz": 2, "est": -5, "edt": -4, "pst": -8, "pdt": -7}


def read_date(raw: str, parsed: Any = None) -> datetime | None:
    """
    The moment that *raw* names, in UTC; None where it names none, or one that no calendar has.

    *parsed* is what feedparser made of it already, a tuple in UTC. A date without a zone counts as UTC.
    """
    if not raw or len(raw) > _LONGEST:
        return None
    moment = _from_tuple(parsed if parsed is not None else _parse_date(raw))
    if moment is not None:
        return moment
    for reading in _readings(raw.strip().lower()):
        if reading is not None:
            return reading
    return None if _is_read(raw.lower()) else _by_dateparser(raw)


def _from_tuple(parsed: Any) -> datetime | None:
    if parsed is None:
        return None
    try:
        seconds = calendar.timegm(parsed)
        return datetime.fromtimestamp(seconds, UTC) if parsed[0] > 0 else None
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _readings(text: str) -> Iterator[datetime | None]:
    if found := _DAY_MONTH_YEAR.search(text):
        yield _moment(text, found.end(), found[3], _MONTHS.get(found[2], 0), found[1])
    if found := _MONTH_DAY_YEAR.search(text):
        yield _moment(text, found.end(), found[3], _MONTHS.get(found[1], 0), found[2])
    if found := _NUMBERS.search(text):
        # Day first, as in all our languages but American English, where only a day above 12 tells.
        day, month = (found[1], found[2]) if int(found[2]) <= 12 else (found[2], found[1])
        yield _moment(text, found.end(), found[3], int(month), day)
    yield _iso(text)


def _is_read(text: str) -> bool:
    """Whether day, month and year were there, and were none of any calendar: nobody else would find them either."""
    found = _DAY_MONTH_YEAR.search(text)
    return bool(found and found[2] in _MONTHS) or _NUMBERS.search(text) is not None


def _moment(text: str, end: int, year: str, month: int, day: str) -> datetime | None:
    time = _TIME.search(text, end) or _TIME.search(text)
    hour, minute, second = (int(time[1]), int(time[2]), int(time[3] or 0)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "pm" else 0)
    try:
        return datetime(int(year), month, int(day), hour, minute, second, tzinfo=_zone(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    found = _ZONE.search(text)
    if not found:
        return UTC
    if found[4]:
        return timezone(timedelta(hours=_ZONE_HOURS.get(found[4].lower(), 0)))
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset) if offset < timedelta(hours=24) else UTC


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_dateparser(raw: str) -> datetime | None:
    """The last resort, loaded only when needed. It must see a year: "3 hours ago" is no date."""
    if not _FOUR_DIGITS.search(raw):
        return None
    import dateparser

    settings = {
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PARSERS": ["absolute-time"],
        "STRICT_PARSING": True,
    }
    try:
        found = dateparser.parse(raw, languages=["en", "nl", "de", "fr", "es", "it", "pt"], settings=settings)
    except (ValueError, OverflowError, TypeError, KeyError, IndexError, RecursionError):
        return None
    return found.astimezone(UTC) if isinstance(found, datetime) else None

"""
Dates as feeds write them: ours first, in the words of seven languages, then what feedparser makes of them.

Ours first, because feedparser takes the start of many a date for all of it: of `2026/11/25` it reads the
first of November, of `25-11-2026` a day in 2025, and the zones of Europe are GMT to it.
"""

import calendar
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from feedparser.datetimes import _date_handlers

from monitor.stages.parse.place_zones import place_zone

_LONGEST = 120
_FOUR_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_YEAR_AND_MORE = re.compile(r"\d{4}-?(?:\d\d|W\d\d)")
_LENIENT = "_parse_date_iso8601"
_MONTHS: dict[str, int] = {}
for _names in (
    "january february march april may june july august september october november december",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jänner feber maerz avr mei juni juli aout setiembre okt nov dez",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jän fevrier mrt apr mei jun jul aug sept okt nov dez",
    "janv févr mär avr mai juin juil aoû sep oct nov déc",
    "ene fev mrz abr mag giu lug ago set ott nov decembre",
    "gen fév maa avr maj giugn juill aou sett out nov dic",
    "ian feb marco avr may giugno luglio ago setem outub novem dezem",
):
    _MONTHS |= {name: number for number, name in enumerate(_names.split(), 1) if name not in _MONTHS}
_MONTH = r"([^\W\d_]{3,12})"
_YEAR = r"(\d{4}|\d{2})(?![\d:.])"
_ORDINAL = r"(?:\.|º|°|er|st|nd|rd|th)?"
_DAY_MONTH_YEAR = re.compile(
    rf"(?<![\d:])(\d{{1,2}}){_ORDINAL}[\s/-]+(?:de\s+|of\s+)?{_MONTH}\.?,?[\s/-]+(?:de\s+|del\s+)?{_YEAR}"
)
_MONTH_DAY_YEAR = re.compile(rf"{_MONTH}\.?\s+(\d{{1,2}}){_ORDINAL},?\s+(\d{{4}})(?!\d)")
_MONTH_DAY_TIME_YEAR = re.compile(rf"{_MONTH}\s+(\d{{1,2}})\s+\d\d?:\d\d(?::\d\d)?(?:\s+[a-z]{{1,5}})?\s+(\d{{4}})$")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d./-])")
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?=$|[\s,t])")
_SHORT_YEAR_FIRST = re.compile(r"(\d{2})-(\d{2})-(\d{2})(?=t\d)")
_EASTERN = re.compile(r"(\d{4})\s?(年)\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
# What may stand between a date that begins with its year and the hour: where it is more, the hour may be another.
_NOTHING = re.compile(r"[\s,t-]*(?:(?:at|um|om|à|às|alle|ore|a las)\s)?\s*")
_MERIDIEM = r"(?:\s*([ap])(\.?)\s?m\b)"
_CLOCK = re.compile(
    rf"(?<![\d:.])(\d{{1,2}})(?:\s?(?::|h|uhr)\s?|\.)(\d{{2}})(?::?(\d{{2}}))?(?:[.,]\d+)?(?!\d){_MERIDIEM}?"
    rf"|(?<![\d:.])(\d{{1,2}})(?:{_MERIDIEM}|\s?(?:h|uhr|uur)\b)"
)
_CLOCK_BEFORE = re.compile(rf"(?<![\d:.])(\d{{1,2}})(?::|h)(\d{{2}})(?::(\d{{2}}))?(?:[.,]\d+)?(?!\d){_MERIDIEM}?")
_ZONE = re.compile(
    r"[\s.]*(?:uhr|uur|hrs?)?[\s,]*[(\[]?"
    r"(?:(?:gmt|utc|z)?\s?([+-])(?:(0\d)(?=0(?!\d))|(\d{1,2})(?::?(\d{2}))?(?!\d))|([a-z]{1,5})\b(?!/)|([a-z]+(?:/[a-z_]+)+))"
)
# Hours east of Greenwich, of the names that feeds use; of a name that many use, the place with most feeds.
_ZONES = {
    "z": 0.0, "gmt": 0.0, "utc": 0.0, "ut": 0.0, "wet": 0.0, "west": 1.0, "bst": 1.0, "cet": 1.0, "mez": 1.0,
    "met": 1.0, "cest": 2.0, "mesz": 2.0, "eet": 2.0, "sast": 2.0, "eest": 3.0, "msk": 3.0, "ist": 5.5, "pkt": 5.0,
    "wib": 7.0, "sgt": 8.0, "hkt": 8.0, "awst": 8.0, "jst": 9.0, "kst": 9.0, "aest": 10.0, "aedt": 11.0, "nzst": 12.0,
    "nzdt": 13.0, "adt": -3.0, "brt": -3.0, "art": -3.0, "ast": -4.0, "clt": -4.0, "edt": -4.0, "est": -5.0, "et": -5.0,
    "cdt": -5.0, "cst": -6.0, "ct": -6.0, "mdt": -6.0, "mst": -7.0, "mt": -7.0, "pdt": -7.0, "pst": -8.0, "pt": -8.0,
    "akdt": -8.0, "akst": -9.0, "hst": -10.0,
}  # fmt: skip
# Seconds of one digit, and of three: some programs fill up with nothing, others with one zero too many.
_ODD_SECOND = re.compile(r"(?<=\d:\d\d:)(?:(\d)|0(\d\d))(?!\d)")
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " "))
_FIRST_SECOND, _FIRST_MILLISECOND = 10**8, 10**11
_COUNT = re.compile(r"@?(\d+)(?:\.\d{1,9})?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")
_CENTURY_TURNS = 50


def read_date(raw: str, parsed: Any = None) -> datetime | None:
    """
    The moment that *raw* names, in UTC; None where it names none, or one that no calendar has.

    *parsed* is what feedparser made of it already, a tuple in UTC. A date without a zone counts as UTC.
    """
    # Dates of many lines are indented: what counts is how long they are without that.
    given = raw[: 20 * _LONGEST].strip()
    raw = " ".join(given.split())
    if not raw or len(raw) > _LONGEST:
        return None
    text = _ODD_SECOND.sub(lambda found: (found[1] or found[2]).zfill(2), raw.translate(_SPACES).lower())
    for reading in _readings(text):
        if reading is not None:
            return reading
    if _is_read(text):
        return None
    return _by_feedparser(given, parsed) or _by_dateparser(raw)


def _by_feedparser(raw: str, parsed: Any) -> datetime | None:
    """
    What feedparser makes of *raw*, its lenient reader of ISO dates last: that one takes the start of a date for all of
    it, and what is missing from the day on which it is asked.
    """
    is_dated = _YEAR_AND_MORE.match(raw) is not None
    for handler in sorted(_date_handlers, key=lambda one: one.__name__ == _LENIENT):
        if is_dated or handler.__name__ != _LENIENT:
            with contextlib.suppress(KeyError, OverflowError, ValueError, AttributeError, IndexError, TypeError):
                if found := tuple_date(handler(raw)):
                    return found
    return tuple_date(parsed) if is_dated else None


@dataclass(frozen=True, slots=True)
class _Day:
    """A day in a text, and where in it the day stands; a number of the month that is none is 0."""

    year: int
    month: int
    day: int
    start: int
    end: int


def _readings(text: str) -> Iterator[datetime | None]:
    if text.isascii() and (count := _COUNT.fullmatch(text)):
        yield _counted(count[1])
        return
    if found := _YEAR_FIRST.match(text) or _EASTERN.match(text):
        yield _year_first(found, text)
    if found := _SHORT_YEAR_FIRST.match(text):
        yield _moment(text, _day(found, found[1], int(found[2]), found[3]))
    if found := _DAY_MONTH_YEAR.search(text):
        yield _moment(text, _day(found, found[3], _MONTHS.get(found[2], 0), found[1]))
    if found := _MONTH_DAY_TIME_YEAR.search(text):
        yield _moment(text, _day(found, found[3], _MONTHS.get(found[1], 0), found[2]))
    if found := _MONTH_DAY_YEAR.search(text):
        yield _moment(text, _day(found, found[3], _MONTHS.get(found[1], 0), found[2]))
    if found := _NUMBERS.search(text):
        yield _numbers(found, text)
    yield _iso(text)


def _counted(digits: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or a day in eight digits, with hour and minute in twelve or more."""
    if len(digits) == len("20261125"):
        return _iso(digits)
    if compact := _COMPACT.fullmatch(digits):
        with contextlib.suppress(ValueError):
            return datetime(*(int(part or 0) for part in compact.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    count = int(digits)
    if count < _FIRST_SECOND:
        return None
    try:
        return datetime.fromtimestamp(count / 1000 if count >= _FIRST_MILLISECOND else count, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _year_first(found: re.Match[str], text: str) -> datetime | None:
    clock = _CLOCK.search(text, found.end())
    if clock is not None and not _NOTHING.fullmatch(text, found.end(), clock.start()):
        return None
    return _moment(text, _day(found, found[1], int(found[3]), found[4]))


def _numbers(found: re.Match[str], text: str) -> datetime | None:
    """Day first, as in all our languages but American English: there a day above 12 tells, or a plain AM or PM."""
    first, second = found[1], found[3]
    clock = _CLOCK.search(text, found.end())
    is_american = found[2] == "/" and clock is not None and (clock[4] or clock[7]) and not (clock[5] or clock[8])
    if int(second) > 12 or (is_american and int(first) <= 12):
        first, second = second, first
    return _moment(text, _day(found, found[4], int(second), first))


def _day(found: re.Match[str], year: str, month: int, day: str) -> _Day:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _CENTURY_TURNS else 1900
    return _Day(number, month, int(day), found.start(), found.end())


def _is_read(text: str) -> bool:
    """Whether day, month and year were there, and were none of any calendar: nobody else would find them either."""
    found = _DAY_MONTH_YEAR.search(text)
    return bool(found and found[2] in _MONTHS) or _NUMBERS.search(text) is not None


def _moment(text: str, day: _Day) -> datetime | None:
    clock = _CLOCK.search(text, day.end) or _CLOCK_BEFORE.search(text)
    hour, minute, second = _hour(clock)
    try:
        # Midnight at the end of a day is written 24:00, a leap second 60; no other such numbers are.
        start = datetime(day.year, day.month, day.day, 0 if (hour, minute) == (24, 0) else hour, minute)  # noqa: DTZ001
        zone = _zone(text, clock.end() if clock else len(text), start)
        start += timedelta(seconds=min(second, 59), days=(hour, minute) == (24, 0))
        return start.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hour(clock: re.Match[str] | None) -> tuple[int, int, int]:
    if clock is None:
        return 0, 0, 0
    groups = clock.groups()
    is_bare = groups[0] is None
    hour, meridiem = (int(groups[5]), groups[6]) if is_bare else (int(groups[0]), groups[3])
    minute, second = (0, 0) if is_bare else (int(groups[1]), int(groups[2] or 0))
    if meridiem and hour <= 12:
        hour = hour % 12 + (12 if meridiem == "p" else 0)
    return hour, minute, second


def _zone(text: str, after: int, local: datetime) -> timezone:
    found = _ZONE.match(text, after)
    if not found:
        return UTC
    if found[6]:
        return place_zone(found[6], local) or UTC
    if found[5]:
        return timezone(timedelta(hours=_ZONES.get(found[5], 0.0)))
    # Of "-040" the last zero is missing.
    offset = timedelta(hours=int(found[2] or found[3]), minutes=int(found[4] or 0))
    return timezone(-offset if found[1] == "-" else offset) if offset < timedelta(hours=24) else UTC


def tuple_date(parsed: Any) -> datetime | None:
    """The moment of a tuple in UTC, as feedparser gives it; None where no calendar has it."""
    if parsed is None:
        return None
    try:
        seconds = calendar.timegm(parsed)
        return datetime.fromtimestamp(seconds, UTC) if parsed[0] > 0 else None
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


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

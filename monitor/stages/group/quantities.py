"""Numbers and dates as facts that read the same in every language."""

import re
from datetime import date, datetime, timedelta

_GROUPED = re.compile(r"\d{1,3}(?:[.,’']\d{3})+$")
_DECIMAL = re.compile(r"(\d+)[.,](\d{1,2})$")
_GROUPED_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d{1,2})$|(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$")
_SCORE = re.compile(r"(\d{1,2})[:\-–](\d{1,2})$")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")
_HIGHEST_SCORE = 15
_YEARS = range(1900, 2100)
_SMALLEST_PLAIN = 13


def number_value(printed: str) -> float | None:
    """The value of a printed number, with thousands and decimals as any of the languages writes them."""
    if printed.isdigit():
        return float(printed)
    if _GROUPED.match(printed):
        return float(re.sub(r"[.,’']", "", printed))
    decimal = _DECIMAL.match(printed)
    if decimal:
        return float(f"{decimal[1]}.{decimal[2]}")
    both = _GROUPED_DECIMAL.match(printed)
    if both:
        whole, part = (both[1], both[2]) if both[1] else (both[3], both[4])
        return float(f"{re.sub(r'[.,]', '', whole)}.{part}")
    return None


def score_fact(printed: str) -> str | None:
    """A result such as 2-1 or 1:2, the higher figure first since outlets differ; None for a time or range."""
    match = _SCORE.match(printed)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2])
    if first > _HIGHEST_SCORE or second > _HIGHEST_SCORE or (":" in printed and len(match[2]) > 1):
        return None
    return f"s:{max(first, second)}-{min(first, second)}"


def number_fact(value: float, *, money: bool, percent: bool, scaled: bool) -> str | None:
    """The fact that a number makes, to three significant digits; None for small change and years."""
    if percent:
        return f"#{value:.3g}%"
    plain = not money and not scaled
    if plain and (value < _SMALLEST_PLAIN or value in _YEARS):
        return None
    return f"#{value:.3g}{'$' if money and not scaled else ''}"


def day_fact(published: datetime, day: int, month: int) -> str | None:
    """A day and month as the date nearest to *published*; None where no such date exists."""
    here = published.date()
    choices = []
    for year in (here.year - 1, here.year, here.year + 1):
        try:
            choices.append(date(year, month, day))
        except ValueError:
            continue
    # Dates well ahead are rarer in news than dates behind, hence the slant.
    best = min(choices, key=lambda when: abs((when - here).days - (0 if when <= here else -90)), default=None)
    return f"d:{best.isoformat()}" if best else None


def iso_fact(printed: str) -> str | None:
    """2024-07-19 as a date fact."""
    match = _ISO.match(printed)
    if match is None:
        return None
    try:
        return f"d:{date(int(match[1]), int(match[2]), int(match[3])).isoformat()}"
    except ValueError:
        return None


def month_fact(published: datetime, month: int) -> str:
    """A month alone as the last such month, or the coming one where that is near."""
    ahead = (month - published.month) % 12
    year, index = published.year, published.month - 1 + (ahead if ahead <= 2 else ahead - 12)
    return f"m:{year + index // 12}-{index % 12 + 1:02d}"


def weekday_fact(published: datetime, weekday: int, *, is_coming: bool = False) -> str:
    """A weekday as the last such day, today included; "next Wednesday" is the first after today."""
    back = (published.weekday() - weekday) % 7
    return f"d:{_shifted(published, 7 - back if is_coming else -back).isoformat()}"


def near_day_fact(published: datetime, offset: int) -> str:
    """Today (0) or yesterday (-1) as a date fact."""
    return f"d:{_shifted(published, offset).isoformat()}"


def _shifted(published: datetime, days: int) -> date:
    try:
        return published.date() + timedelta(days=days)
    except OverflowError:
        return published.date()

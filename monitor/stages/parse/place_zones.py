"""
The zones of places ("Europe/Brussels"), as some feeds write them, by the rules of today.

Not from the files of the system: where dates are read no file may be opened, and not every machine has them.
"""

import calendar
from datetime import datetime, timedelta, timezone

_HOUR = timedelta(hours=1)
_SUNDAY = 6
# Hours east of Greenwich in winter, and by whose rule clocks are put forward.
_PLACES: dict[str, tuple[float, str]] = {}
for _hours, _rule, _names in (
    (0, "eu", "london dublin lisbon belfast edinburgh jersey guernsey"),
    (1, "eu", "berlin paris madrid rome amsterdam brussels vienna zurich luxembourg stockholm oslo copenhagen prague"),
    (1, "eu", "warsaw budapest belgrade zagreb ljubljana bratislava monaco andorra malta vaduz san_marino vatican"),
    (2, "eu", "athens helsinki bucharest sofia tallinn riga vilnius kiev kyiv nicosia"),
    (3, "", "istanbul moscow minsk riyadh nairobi"),
    (-5, "us", "new_york toronto montreal detroit"),
    (-6, "us", "chicago winnipeg"),
    (-7, "us", "denver edmonton"),
    (-8, "us", "los_angeles vancouver"),
    (-3, "", "sao_paulo buenos_aires montevideo bahia fortaleza"),
    (-4, "", "caracas la_paz manaus"),
    (-5, "", "bogota lima guayaquil"),
    (-6, "", "mexico_city guatemala costa_rica"),
    (-7, "", "phoenix"),
    (2, "", "johannesburg maputo tripoli"),
    (1, "", "lagos algiers tunis luanda"),
    (4, "", "dubai"),
    (5.5, "", "kolkata calcutta"),
    (8, "", "shanghai hong_kong singapore taipei perth manila"),
    (9, "", "tokyo seoul"),
    (10, "", "brisbane"),
):
    _PLACES |= dict.fromkeys(_names.split(), (float(_hours), _rule))


def place_zone(place: str, local: datetime) -> timezone | None:
    """
    The zone of *place*, in small letters such as ``america/new_york``, at the naive time *local* there.

    None where the place is not known.
    """
    found = _PLACES.get(place.rpartition("/")[2])
    if found is None:
        return None
    hours, rule = timedelta(hours=found[0]), found[1]
    is_summer = (rule == "eu" and _is_summer_in_europe(local - hours)) or (
        rule == "us" and _is_summer_in_america(local)
    )
    return timezone(hours + _HOUR if is_summer else hours)


def _is_summer_in_europe(at_greenwich: datetime) -> bool:
    year = at_greenwich.year
    return _sunday(year, 3, -1) + _HOUR <= at_greenwich < _sunday(year, 10, -1) + _HOUR


def _is_summer_in_america(local: datetime) -> bool:
    return _sunday(local.year, 3, 1) + 2 * _HOUR <= local < _sunday(local.year, 11, 0) + 2 * _HOUR


def _sunday(year: int, month: int, number: int) -> datetime:
    """Midnight of a Sunday of a month: the first is 0, the last is -1."""
    days = [week[_SUNDAY] for week in calendar.monthcalendar(year, month) if week[_SUNDAY]]
    return datetime(year, month, days[number])  # noqa: DTZ001  # a clock on a wall, compared with others

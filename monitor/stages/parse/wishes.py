"""What a feed says about itself: its title and language, when it likes to be asked, and its hub."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.domain.feed import Entry, ParsedFeed
from monitor.stages.parse.element_names import Element, ElementNames
from monitor.stages.parse.elements import attributes_of, base_of, xml_language
from monitor.stages.parse.values import bare_text, finished, joined, language_code

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST_TTL = timedelta(days=30)
_ITEMS = frozenset({"item", "entry"})
_WHOLE = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_MOST_READ = 200


def read_channel(root: Element, names: ElementNames, entries: tuple[Entry, ...], url: str) -> ParsedFeed:
    """The feed with *entries*, and what stands around them in the tree below *root*, found at *url*."""
    found = _Found(base=base_of(root, url))
    for element in _own_elements(root, names):
        reader = _READERS.get(names.of(element))
        if reader is not None:
            reader(found, element)
    return ParsedFeed(
        title=found.title[:500],
        entries=entries,
        language=language_code(found.language or xml_language(root)),
        ttl=found.ttl or _every(found.period, found.frequency),
        skip_hours=found.skip_hours,
        skip_days=found.skip_days,
        hub_url=found.links.get("hub") or None,
        self_url=found.links.get("self") or None,
        more=tuple(filter(None, [found.links.get("next")])),
        site_url=found.links.get("alternate") or found.links.get("") or "",
    )


@dataclass(slots=True)
class _Found:
    base: str
    title: str = ""
    language: str = ""
    ttl: timedelta | None = None
    period: str = ""
    frequency: str = ""
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    links: dict[str, str] = field(default_factory=dict)

    def read_title(self, element: Element) -> None:
        self.title = self.title or finished(bare_text(element, attributes_of(element)))

    def read_language(self, element: Element) -> None:
        self.language = self.language or (element.text or "")

    def read_ttl(self, element: Element) -> None:
        self.ttl = self.ttl or _minutes((element.text or "").strip())

    def read_period(self, element: Element) -> None:
        self.period = (element.text or "").strip().lower()

    def read_frequency(self, element: Element) -> None:
        self.frequency = (element.text or "").strip()

    def read_skip_hours(self, element: Element) -> None:
        self.skip_hours = frozenset(hour % 24 for hour in _numbers(element) if hour <= 24)

    def read_skip_days(self, element: Element) -> None:
        self.skip_days = frozenset(_days(element))

    def read_link(self, element: Element) -> None:
        attributes = attributes_of(element)
        if "href" in attributes:
            base = base_of(element, self.base)
            # An empty one is the address of the document itself; a whole one is a topic of its hub letter by letter.
            href = attributes["href"].strip() or base
            link = href if _WHOLE.match(href) else joined(base, href)
            self.links.setdefault(attributes.get("rel", "").lower(), link)
        elif element.text:
            self.links.setdefault("alternate", joined(self.base, element.text))


_READERS: Mapping[str, Callable[[_Found, Element], None]] = {
    "title": _Found.read_title,
    "dc_title": _Found.read_title,
    "language": _Found.read_language,
    "dc_language": _Found.read_language,
    "ttl": _Found.read_ttl,
    "sy_updateperiod": _Found.read_period,
    "sy_updatefrequency": _Found.read_frequency,
    "skiphours": _Found.read_skip_hours,
    "skipdays": _Found.read_skip_days,
    "link": _Found.read_link,
}


def _own_elements(root: Element, names: ElementNames) -> Iterator[Element]:
    """The children of the channel: of the root itself, and of a channel in it; without its items."""
    read = 0
    for child in root:
        name = names.of(child)
        if name in _ITEMS:
            continue
        yield child
        for inner in child if name == "channel" else ():
            if names.of(inner) not in _ITEMS:
                yield inner
                read += 1
            if read > _MOST_READ:
                return


def _minutes(text: str) -> timedelta | None:
    digits = text.partition(".")[0]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        return None
    return min(timedelta(minutes=int(digits)), _LONGEST_TTL) or None


def _every(period: str, frequency: str) -> timedelta | None:
    hours = _PERIODS.get(period)
    if hours is None:
        return None
    times = int(frequency) if frequency.isascii() and frequency.isdigit() and len(frequency) < 6 else 1
    return timedelta(hours=hours) / max(times, 1)


def _numbers(element: Element) -> Iterator[int]:
    for child in element:
        text = (child.text or "").strip()
        if text.isascii() and text.isdigit() and len(text) < 3:
            yield int(text)


def _days(element: Element) -> Iterator[int]:
    for child in element:
        text = (child.text or "").strip().lower()
        if text in _DAYS:
            yield _DAYS.index(text)

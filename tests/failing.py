"""Parts of the program with a fault in them, which shows at some articles only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor.domain.finding import Analysis
from monitor.domain.notification import Notification
from monitor.domain.watchlist import EntityId
from monitor.stages.detect import Detector
from monitor.stages.group import GroupWindow, StoryProfile


class FailingDetector:
    """Fails on articles whose title begins with "A bad"."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def analyse(self, article_id: str, title: str, *rest: Any) -> Analysis:
        if title.startswith("A bad"):
            raise IndexError("tuple index out of range")
        return self._detector.analyse(article_id, title, *rest)


class FailingWindow(GroupWindow):
    """Fails on articles about one company, half-way through grouping."""

    company = ""

    def candidates(self, article_id: str, values: Mapping[str, float]) -> list[StoryProfile]:
        if f"e:{self.company}" in values:
            raise ZeroDivisionError("float division by zero")
        return super().candidates(article_id, values)


class FailingIds(frozenset[EntityId]):
    """Whom a rule watches, with a fault: judging fails on every story that names Siemens."""

    def isdisjoint(self, other: Iterable[object]) -> bool:
        if "siemens" in (named := set(other)):
            raise RuntimeError("Set changed size during iteration")
        return super().isdisjoint(named)


@dataclass(frozen=True, slots=True)
class FailingTags(Mapping[EntityId, frozenset[str]]):
    """The tags of companies, of which one has a fault: nothing can be said of it."""

    tags: Mapping[EntityId, frozenset[str]]
    company: EntityId

    def __getitem__(self, entity_id: EntityId) -> frozenset[str]:
        if entity_id == self.company:
            raise RuntimeError("dictionary changed size during iteration")
        return self.tags[entity_id]

    def __iter__(self) -> Iterator[EntityId]:
        return iter(self.tags)

    def __len__(self) -> int:
        return len(self.tags)


def unlistable(one: Notification) -> Notification:
    """*one*, which arrives as it is, but which no list can be made of: its fields are not what we write."""
    return replace(one, message=replace(one.message, fields='{"data": {"sources": [7]}}'))

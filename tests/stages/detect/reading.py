"""A small world to read in: a few entities, and detectors for them."""

import functools
from datetime import UTC, datetime

from monitor.domain.finding import Analysis
from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import Detector
from tests.detectors import detector_of

PUBLISHED = datetime(2025, 10, 14, 8, tzinfo=UTC)

ENTITIES = (
    Entity(EntityId("apple"), "Apple", ("Apple Inc.",), ("Tim Cook",), context=("iPhone",), ambiguous=True),
    Entity(EntityId("target"), "Target", ("Target Corporation",), ambiguous=True),
    Entity(EntityId("delta"), "Delta", ("Delta Air Lines",), ambiguous=True),
    Entity(EntityId("siemens"), "Siemens", exclude=("Siemens Energy",)),
    Entity(EntityId("siemens-energy"), "Siemens Energy"),
    Entity(EntityId("la-times"), "LA Times", kind="press"),
    Entity(EntityId("guardian"), "The Guardian", kind="press"),
    Entity(EntityId("nordwick"), "Nordwick", ("Nordwick Holding B.V.",), ("Ada Verhoeven",), domains=("nordwick.example",)),
    Entity(EntityId("brackwell"), "Brackwell"),
    Entity(EntityId("kestrix"), "Kestrix"),
    Entity(EntityId("harrowsec"), "Harrowsec", kind="security-vendor"),
    Entity(EntityId("orange"), "Orange", ambiguous=True),
)  # fmt: skip


@functools.cache
def detector() -> Detector:
    """The detector of this world, built once."""
    return detector_of(ENTITIES)


def analyse(title: str, text: str = "") -> Analysis:
    """What is found in an article of 2025."""
    return detector().analyse("a", title, text, PUBLISHED)


def named(title: str, text: str = "") -> set[str]:
    """The ids of the entities that are found."""
    return {str(finding.entity_id) for finding in analyse(title, text).findings}


def roles(title: str, text: str = "") -> dict[str, str]:
    """The role of each entity that is found."""
    return {str(finding.entity_id): str(finding.role) for finding in analyse(title, text).findings}

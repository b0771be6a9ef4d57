"""Detectors for tests, with the packs as they ship."""

from collections.abc import Sequence

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect import Detector, build_detector


def detector_of(entities: Sequence[Entity] = ()) -> Detector:
    """A detector for *entities*."""
    return build_detector(entities, load_lexicon())

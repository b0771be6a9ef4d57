"""Detectors for tests: what is made of the language packs is made once in a process, whoever is watched."""

import functools
from collections.abc import Sequence

from monitor.adapters.yaml_lexicon import load_lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect import Detector, build_detector


@functools.cache
def _first() -> Detector:
    return build_detector((), load_lexicon())


def detector_of(entities: Sequence[Entity] = ()) -> Detector:
    """A detector for *entities* with the packs as they ship."""
    return _first().watching(entities)

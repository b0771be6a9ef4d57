"""
Four times the text is four times the work, whatever it holds: a stranger wrote it.

Counted in calls of functions, which no busy machine disturbs. What one call does with a long text shows in the
ratios that `python -m benchmarks.analyze` prints.
"""

import sys
from types import FrameType

import pytest

from monitor.domain.watchlist import Entity, EntityId
from monitor.stages.detect import Detector
from tests.detectors import detector_of

_CHARACTERS = 6_000
_MORE = 4
# Long texts grow out of memos and of the reach of a few rules: a little more than as many calls are no sign of squares.
_MOST_GROWTH = 1.25
_SHAPES = {
    "one name": "Kelmorin ",
    "names in a row": "Kelmorin, Tavrick, ",
    "prose": "Kelmorin said hackers had broken in. The company shut its servers. Tavrick was not affected. ",
    "items in capitals": "KELMORIN HACKED BY TAVRICK. ",
    "items with heads": "Kelmorin: a hole was found. Tavrick: hackers stole data. ",
    "items with marks": "• Kelmorin was hacked • Tavrick denies it ",
    "lines": "Kelmorin hacked\n",
    "paragraphs": "Kelmorin hit by ransomware\n\nTavrick pays\n\n",
    "brackets": "(Kelmorin) (HSE) ",
    "no full stop": "Kelmorin said hackers took systems ",
    "entities": "K&amp;S &lt;b&gt; Kelmorin was hacked. ",
}


@pytest.fixture(scope="module")
def detector() -> Detector:
    watched = [
        Entity(EntityId("kelmorin"), "Kelmorin", context=("servers", "bank")),
        Entity(EntityId("tavrick"), "Tavrick", ambiguous=True),
    ]
    return detector_of(watched)


def _calls(detector: Detector, text: str) -> int:
    count = 0

    def note(frame: FrameType, event: str, what: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        detector.analyse("a", "This week in brief: Kelmorin hacked", text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", _SHAPES)
def test_four_times_the_text_is_four_times_the_work(detector: Detector, shape: str) -> None:
    piece = _SHAPES[shape]
    text = piece * (_CHARACTERS // len(piece))
    detector.analyse("a", "", text)  # what is learnt of words once

    assert _calls(detector, text * _MORE) <= _MOST_GROWTH * _MORE * _calls(detector, text)

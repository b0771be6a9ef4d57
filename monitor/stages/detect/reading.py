"""The evidence of one article, before anything is concluded from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.finding import Span
from monitor.stages.detect.attacks import Event
from monitor.stages.detect.folding import Folded
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.senses import Sighting
from monitor.stages.detect.wording import NOTHING_SAID, Said

_JOINT = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """An article laid out, where names may stand, which sentences tell of attacks, and what its words say."""

    article_id: str
    published: datetime | None
    passage: Passage
    fields: tuple[Folded, Folded]
    sightings: Sequence[Sighting]
    events: Sequence[Event]
    said: Said = NOTHING_SAID

    def span(self, start: int, end: int) -> Span:
        """A span of the passage as one of the title or text as given."""
        title, text = self.fields
        shift = len(title.clean) + _JOINT
        if start < len(title.clean):
            end = min(end, len(title.clean))
            first, last = title.original(start, end)
            return Span("title", first, last, title.given[first:last])
        first, last = text.original(start - shift, end - shift)
        return Span("text", first, last, text.given[first:last])

"""
A batch that the program fails on is done again a piece at a time, and the piece that it fails on is set aside.

Strangers write the articles: a fault of ours that one of them meets must not keep all others from being told, nor end
the service again after each start.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from monitor.domain.article import Article
from monitor.domain.errors import fault_of, is_of_the_piece
from monitor.domain.report import AssessReport
from monitor.domain.story import StoryId

T = TypeVar("T")
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run of assess takes: articles that came in, and stories whose cool-down ended."""

    articles: Sequence[Article] = ()
    revisited: Sequence[StoryId] = ()

    def __len__(self) -> int:
        return len(self.articles) + len(self.revisited)

    def pieces(self) -> Iterator["Batch"]:
        """Each article and each story by itself."""
        yield from (Batch(articles=(one,)) for one in self.articles)
        yield from (Batch(revisited=(one,)) for one in self.revisited)


def in_pieces(
    batch: Batch,
    ready: Callable[[], W],
    run: Callable[[W, Batch], AssessReport],
    set_aside: Callable[[Batch, Exception], AssessReport],
) -> AssessReport:
    """
    What *run* makes of a batch; where the program fails on it, of each of its pieces, and *set_aside* of those that it
    fails on.

    Args:
        ready: Makes ready what *run* needs. A fault in that is nobody's in particular, and ends the job.

    Raises:
        StoreError: what was saved up to then stays saved.
    """
    prepared = ready()
    try:
        return run(prepared, batch)
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        if len(batch) <= 1:
            return set_aside(batch, error)
    return _together([in_pieces(piece, ready, run, set_aside) for piece in batch.pieces()])


def in_halves(pieces: Sequence[T], work: Callable[[Sequence[T]], object]) -> list[tuple[T, str]]:
    """
    Have *work* done on *pieces* together; where the program fails on some of them, on all others.

    Returns:
        The pieces that it failed on by themselves, each with the fault.
    """
    try:
        work(pieces)
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        if len(pieces) <= 1:
            return [(piece, fault_of(error)) for piece in pieces]
    else:
        return []
    middle = len(pieces) // 2
    return in_halves(pieces[:middle], work) + in_halves(pieces[middle:], work)


def _together(reports: Sequence[AssessReport]) -> AssessReport:
    whole = AssessReport()
    for one in reports:
        whole = replace(
            whole,
            articles=whole.articles + one.articles,
            under_attack=whole.under_attack + one.under_attack,
            stories_opened=whole.stories_opened + one.stories_opened,
            stories_joined=whole.stories_joined + one.stories_joined,
            reasons=Counter(whole.reasons) + Counter(one.reasons),
            alerts=whole.alerts + one.alerts,
            notifications=whole.notifications + one.notifications,
            second=one.second or whole.second,
            embedded=one.embedded or whole.embedded,
            unread={**whole.unread, **one.unread},
            unjudged={**whole.unjudged, **one.unjudged},
        )
    return whole

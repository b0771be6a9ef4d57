"""
A batch that the program fails on is done again a piece at a time, and the piece that it fails on is set aside.

Strangers write the articles: a fault of ours that one of them meets must not keep all others from being told, nor end
the service again after each start.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.domain.article import Article
from monitor.domain.errors import fault_of, is_of_the_piece
from monitor.domain.report import AssessReport
from monitor.domain.story import StoryId
from monitor.ports import Assessment, Store
from monitor.stages.read_article import unread

T = TypeVar("T")
W = TypeVar("W")
# A story that could not be judged is not lost: it is tried again, by a mended program perhaps.
_AGAIN = timedelta(hours=1)


def in_pieces(
    now: datetime,
    store: Store,
    lane: str,
    taken: Sequence[Article],
    revisited: Sequence[StoryId],
    ready: Callable[[], W],
    run: Callable[[W, Sequence[Article], Sequence[StoryId]], AssessReport],
) -> AssessReport:
    """
    What *run* makes of a batch; where it fails on it, of each article and of each story by itself.

    An article that it fails on is assessed, as far as the store is concerned, with its fault as the only finding;
    a story is judged again in an hour, or when its next article comes.

    Args:
        ready: Makes ready what *run* needs. A fault in that is nobody's in particular, and ends the job.

    Raises:
        StoreError: what was saved up to then stays saved.
    """
    window = ready()
    try:
        return run(window, taken, revisited)
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        fault = error
    reports: list[AssessReport] = []
    for piece in (*(((one,), ()) for one in taken), *(((), (one,)) for one in revisited)):
        # The only one is known to be the one.
        found = fault if len(taken) + len(revisited) == 1 else _tried(piece, ready(), run, reports)
        if found is not None:
            reports.append(_set_aside(*piece, found, now, store, lane))
    return _together(reports)


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


def _tried(
    piece: tuple[Sequence[Article], Sequence[StoryId]],
    window: W,
    run: Callable[[W, Sequence[Article], Sequence[StoryId]], AssessReport],
    reports: list[AssessReport],
) -> Exception | None:
    """The fault that *run* meets in *piece*, if any; else its report is added to *reports*."""
    try:
        reports.append(run(window, *piece))
    except Exception as error:
        if not is_of_the_piece(error):
            raise
        return error
    return None


def _set_aside(
    articles: Sequence[Article], stories: Sequence[StoryId], fault: Exception, now: datetime, store: Store, lane: str
) -> AssessReport:
    aside = Assessment(
        analyses=tuple(unread(article.id, fault) for article in articles),
        revisits=tuple((story_id, now + _AGAIN) for story_id in stories),
        revisited=tuple(stories),
        done=tuple(article.id for article in articles),
        revisions={article.id: article.revision for article in articles},
    )
    store.save_assessment(aside, now, lane)
    return AssessReport(
        articles=len(articles),
        unread={one.id: fault_of(fault) for one in articles},
        unjudged={one: fault_of(fault) for one in stories},
    )


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

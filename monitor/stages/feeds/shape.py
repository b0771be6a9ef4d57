"""
What the entries of a feed usually look like, so that it is seen when a feed becomes another.

A feed that gave whole articles and gives headlines now still works, and half of what we look for is gone from it;
so it is with one that leaves out its dates or links after a change of software. Measured is what is new or edited,
before any page is fetched: the text of the feed itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median_low

from monitor.domain.article import Article, DateFlag
from monitor.domain.feed import EntryShape, FeedState
from monitor.domain.policy import PollPolicy


def shape_of(articles: Sequence[Article], texts: int) -> EntryShape | None:
    """What *articles* look like as a whole, for *texts* of which the feed gave one; None of none."""
    if not articles:
        return None
    many = len(articles)
    parts = {
        "dates": sum(article.date_flag is not DateFlag.MISSING for article in articles),
        "links": sum(bool(article.url) for article in articles),
        "texts": texts,
    }
    held = frozenset(name for name, count in parts.items() if count)
    return EntryShape(many, median_low(len(article.text) for article in articles), held)


def with_shape(state: FeedState, shape: EntryShape | None, now: datetime, policy: PollPolicy) -> FeedState:
    """
    What is remembered after entries of *shape* came.

    A shape that departs from the usual one does not change it, or the fault would heal by being looked at; after
    ``policy.changed_for`` it is the usual one.
    """
    if shape is None:
        return state
    if departure(state, shape, policy):
        since = state.changed_at or now
        if now - since < policy.changed_for:
            return replace(state, changed_at=since)
        return replace(state, changed_at=None, usual=replace(shape, count=policy.shape_least))
    if state.usual is None:
        return replace(state, usual=shape, changed_at=None)
    return replace(state, usual=_learnt(state.usual, shape, policy), changed_at=_still(state, shape, policy))


def _still(state: FeedState, shape: EntryShape, policy: PollPolicy) -> datetime | None:
    # A single entry that is as it was proves as little as a single one that is not.
    return None if shape.count >= policy.shape_least or state.changed_at is None else state.changed_at


def _learnt(usual: EntryShape, shape: EntryShape, policy: PollPolicy) -> EntryShape:
    weight = policy.learn_weight * min(shape.count / policy.shape_least, 1.0)
    characters = round(usual.characters * (1 - weight) + shape.characters * weight)
    # What was never missing among enough entries is usual; what is seen at last is from now on.
    seen = usual.count + shape.count
    return EntryShape(min(seen, 10 * policy.shape_least), characters, usual.held | shape.held)


def departure(state: FeedState, shape: EntryShape, policy: PollPolicy) -> str:
    """How *shape* departs from what the feed used to give, in plain words; empty where it does not."""
    usual = state.usual
    if usual is None or shape.count < policy.shape_least or usual.count < policy.shape_least:
        return ""
    lost = sorted(usual.held - shape.held)
    if lost:
        return f"its entries have no {' and no '.join(lost)} any more"
    if usual.characters >= policy.whole_characters and shape.characters < usual.characters * policy.shrunk_share:
        return (
            f"its texts are about {shape.characters} characters long now and were about {usual.characters:,} before:"
            " it may give summaries instead of articles"
        )
    return ""

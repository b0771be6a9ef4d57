"""All that is read of one article before it meets others: what it says of whom, and the facts it is grouped by."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from monitor.domain.article import Article, DateFlag
from monitor.domain.errors import fault_of
from monitor.domain.finding import Analysis
from monitor.stages.detect import Detector
from monitor.stages.group import FactReader, Fingerprint
from monitor.stages.sites import site_in

_UNKNOWN = "und"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article, in the language that it was read in, with what was read of it."""

    article: Article
    analysis: Analysis
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """
    What was read of some articles, in order: those that go on into stories, and the analyses of the others.

    The others are off topic: they tell of nobody who is watched and of no attack, and stand in no story. That is
    most of the world's news; nothing that any rule asks for can come of it.
    """

    told: tuple[ReadArticle, ...]
    off_topic: tuple[Analysis, ...] = ()


def read_article(article: Article, is_member: bool, detector: Detector, facts: FactReader) -> ReadArticle | Analysis:
    """
    What an article says; of one that is off topic, or that the program fails on, the analysis alone.

    Args:
        is_member: It stands in a story, which has to hear of it when an edit takes the news out of it.
    """
    return read_or_fault(article.id, lambda: _read(article, is_member, detector, facts))


def read_or_fault(article_id: str, read: Callable[[], T]) -> T | Analysis:
    """What *read* gives; where it fails, an analysis that says so and nothing else: strangers wrote the article."""
    try:
        return read()
    except Exception as error:  # noqa: BLE001  # one article must not keep all others from being read
        return unread(article_id, error)


def unread(article_id: str, error: Exception) -> Analysis:
    """The analysis of an article that the program failed on: which fault it was, and nothing else."""
    return Analysis(article_id, _UNKNOWN, (), (), (), fault=fault_of(error))


def _read(article: Article, is_member: bool, detector: Detector, facts: FactReader) -> ReadArticle | Analysis:
    # Detection first, since the facts rest on the language and the entities that it finds.
    outlets = (article.owner, site_in(article.url))
    analysis = detector.analyse(
        article.id, article.title, article.text, article.published_at, article.language, outlets
    )
    if analysis.is_off_topic and not is_member:
        return analysis
    spoken = in_language_of(article, analysis)
    return ReadArticle(spoken, analysis, fingerprint_of(spoken, analysis, facts))


def batch_of(read: Iterable[ReadArticle | Analysis]) -> ReadBatch:
    """Some articles that were read, put together."""
    told, off_topic = list[ReadArticle](), list[Analysis]()
    for one in read:
        if isinstance(one, ReadArticle):
            told.append(one)
        else:
            off_topic.append(one)
    return ReadBatch(tuple(told), tuple(off_topic))


def in_language_of(article: Article, analysis: Analysis) -> Article:
    """The article in the language that detection read it in, where it came without one."""
    return article if article.language != _UNKNOWN else replace(article, language=analysis.language)


def fingerprint_of(article: Article, analysis: Analysis | None, facts: FactReader) -> Fingerprint:
    """The facts of an article, with what detection says of it where it was analysed."""
    return facts.fingerprint(
        article.id,
        article.title,
        article.text,
        article.published_at,
        language=article.language,
        analysis=analysis,
        origin=article.owner,
        author=article.author,
        is_dated=article.date_flag is DateFlag.FINE,
    )


def as_it_is(read: Sequence[ReadArticle], _: datetime) -> tuple[Sequence[ReadArticle], None]:
    """No second look at anything, and no vectors."""
    return read, None

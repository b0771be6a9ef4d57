"""Reading many articles at once: in this process while there are few, else on all cores, kept warm."""

import gc
import itertools
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import ClassVar, Self, TypeVar

from monitor.adapters.process_starts import STARTING
from monitor.domain.article import Article, ArticleId
from monitor.domain.finding import Analysis
from monitor.domain.lexicon import Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect import Detector, build_detector
from monitor.stages.group import FactReader, pack, unpack
from monitor.stages.read_article import ReadArticle, ReadBatch, batch_of, in_language_of, read_article, read_or_fault

# Below this, starting processes costs more than it saves.
_FEW = 192
_CHUNK = 48
# How often a copy looks whether the service is still there.
_LOOK_S = 1.0
T = TypeVar("T")
R = TypeVar("R")
# What was read of an article; packed, its facts travel in a third of the time. None of what is off topic.
_Packed = tuple[Analysis, bytes]


@dataclass(frozen=True, slots=True)
class RawArticle:
    """What detection needs of an article."""

    id: str
    title: str
    text: str
    published: datetime | None = None
    language: str | None = None


class DetectionPool:
    """
    A detector, and processes that hold a copy of it, started when first needed.

    Use as a context manager, or call ``close``. Make it before threads are started: the copies are forks.
    """

    def __init__(self, entities: Sequence[Entity], lexicon: Lexicon, processes: int = 0) -> None:
        self.detector: Detector = build_detector(entities, lexicon)
        self.words = lexicon.version
        self._processes = processes or len(os.sched_getaffinity(0))
        self._facts: FactReader | None = None
        self._executor: ProcessPoolExecutor | None = None

    def analyse(self, articles: Iterable[RawArticle]) -> Iterator[Analysis]:
        """An analysis for each article, in order, as soon as it is known; articles are taken as they come."""
        coming = iter(articles)
        few = list(itertools.islice(coming, _FEW)) if self._processes > 1 else []
        if self._processes == 1:
            yield from (_analyse(self.detector, article) for article in coming)
        elif len(few) < _FEW:
            yield from (_analyse(self.detector, article) for article in few)
        else:
            yield from self._spread(_analyse_chunk, itertools.chain(few, coming))

    def _spread(self, work: Callable[[list[T]], list[R]], articles: Iterator[T]) -> Iterator[R]:
        executor = self._started()
        waiting: deque[Future[list[R]]] = deque()
        while chunk := list(itertools.islice(articles, _CHUNK)):
            waiting.append(_submitted(executor, work, chunk))
            if len(waiting) > 2 * self._processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._processes,
                multiprocessing.get_context("fork"),
                initializer=_Warm.set,
                initargs=(self.detector, self._facts, os.getpid()),
            )
        return self._executor

    def close(self) -> None:
        """Stop the processes."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ReadingPool(DetectionPool):
    """The same for all that is read of articles before they are grouped."""

    def __init__(self, entities: Sequence[Entity], lexicon: Lexicon, facts: FactReader, processes: int = 0) -> None:
        super().__init__(entities, lexicon, processes)
        self.facts = self._facts = facts
        # What was begun to be read for no story: the chunk that each article is in, and its place there.
        self._begun: dict[Article, tuple[Future[list[_Packed]], int]] = {}

    def read(self, articles: Sequence[Article], members: Collection[ArticleId] = ()) -> ReadBatch:
        """The articles with their analyses and facts; *members* stand in stories."""
        asked = [(article, article.id in members) for article in articles]
        ahead, self._begun = self._begun, {}
        if self._processes == 1 or (len(articles) < _FEW and not ahead):
            return batch_of(read_article(*one, self.detector, self.facts) for one in asked)
        if self._executor is None:
            # What is made once for a language is inherited by the copies: else each of them would make it.
            for article in {article.language: article for article in articles}.values():
                read_article(article, False, self.detector, self.facts)
        begun = {one.id: ahead[one] for one, is_member in asked if not is_member and one in ahead}
        found = self._spread(_read_chunk, (one for one in asked if one[0].id not in begun))
        return batch_of(
            _unpacked(article, *(_taken(*begun[article.id]) if article.id in begun else next(found)))
            for article in articles
        )

    def begin(self, articles: Sequence[Article]) -> None:
        """Begin to read what is likely to be asked for next, while this process does something else."""
        if self._executor is None:
            return
        coming = iter(articles)
        while chunk := list(itertools.islice(coming, _CHUNK)):
            future = _submitted(self._executor, _read_chunk, [(article, False) for article in chunk])
            self._begun |= {article: (future, place) for place, article in enumerate(chunk)}


class _Warm:
    """What a worker process reads with, inherited by the fork."""

    detector: ClassVar[Detector]
    facts: ClassVar[FactReader | None]

    @classmethod
    def set(cls, detector: Detector, facts: FactReader | None, parent: int) -> None:
        cls.detector, cls.facts = detector, facts
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        # What was inherited stays for good: looking for garbage in it would cost time, and a copy of its memory.
        gc.freeze()


def _end_with(parent: int) -> None:
    """
    End this process once *parent* was killed.

    The copies hold both ends of each other's pipes, so that none would ever hear that nobody sends any more.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(0)


def _submitted(executor: ProcessPoolExecutor, work: Callable[[list[T]], list[R]], chunk: list[T]) -> Future[list[R]]:
    with STARTING:  # the first one makes the forks
        return executor.submit(work, chunk)


def _taken(chunk: Future[list[_Packed]], place: int) -> _Packed:
    return chunk.result()[place]


def _unpacked(article: Article, analysis: Analysis, packed: bytes) -> ReadArticle | Analysis:
    return ReadArticle(in_language_of(article, analysis), analysis, unpack(packed)) if packed else analysis


def _analyse_chunk(articles: Sequence[RawArticle]) -> list[Analysis]:
    return [_analyse(_Warm.detector, article) for article in articles]


def _analyse(detector: Detector, article: RawArticle) -> Analysis:
    return read_or_fault(
        article.id,
        lambda: detector.analyse(article.id, article.title, article.text, article.published, article.language),
    )


def _read_chunk(asked: Sequence[tuple[Article, bool]]) -> list[_Packed]:
    if _Warm.facts is None:
        raise RuntimeError("this pool was made without a reader of facts")
    read = (read_article(*one, _Warm.detector, _Warm.facts) for one in asked)
    return [(one, b"") if isinstance(one, Analysis) else (one.analysis, pack(one.fingerprint)) for one in read]

"""The numbers of models that a user may bring; sections of `config/monitor.yaml` like those of `policy`."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SecondReaderPolicy:
    """
    A second reader for findings near the threshold: any chat endpoint in OpenAI's manner, off where ``url`` is empty.

    It is asked about whoever is under attack by no more than ``margin`` (of one), may confirm or lower that, and
    never raises anything. One answer is waited for up to ``timeout``, those of a batch up to ``patience``. After
    ``rest_after`` failures in a row it is left alone for ``rest``. No day costs more than ``max_tokens_per_day``,
    0 for no bound.
    """

    url: str = ""
    """Address of a chat endpoint in OpenAI's manner; empty: no second reader."""
    model: str = ""
    """Name of the model that is asked for."""
    key: str = ""
    """API key sent with each request; empty: none."""
    timeout: timedelta = timedelta(seconds=10)
    """Most time for one answer; then the question counts as failed."""
    patience: timedelta = timedelta(seconds=20)
    """Most time for all questions of a batch; the rest are not asked."""
    margin: float = 0.15
    """Findings up to this far above the threshold are asked about; larger asks more."""
    max_per_hour: int = 60
    """Most questions in an hour; other findings stand as they are."""
    max_tokens_per_day: int = 0
    """Most tokens in a day; 0: no limit."""
    most_characters: int = 6_000
    """Characters of an article that are shown; more cost more tokens."""
    max_answer_tokens: int = 300
    """Longest answer that is asked for (tokens)."""
    concurrency: int = 4
    """How many questions are asked at the same time."""
    rest_after: int = 3
    """Failures in a row after which the second reader is left alone for `rest`."""
    rest: timedelta = timedelta(minutes=5)
    """How long the second reader is left alone after `rest_after` failures."""
    ask_again: timedelta = timedelta(hours=1)
    """Wait before a question without answer is asked again for the same article."""


@dataclass(frozen=True, slots=True)
class EmbeddingsPolicy:
    """
    A model of meaning for grouping: any embeddings endpoint in OpenAI's manner, off where ``url`` is empty.

    Each new article is shown to it once, ``batch`` at a time, and what it answers is kept with the article. One answer
    is waited for up to ``timeout``, those of a batch of articles up to ``patience``. After ``rest_after`` failures in a
    row it is left alone for ``rest``; articles are grouped by their facts alone then. How much likeness counts is
    ``group.likeness_weight``.
    """

    url: str = ""
    """Address of an embeddings endpoint in OpenAI's manner; empty: no model."""
    model: str = ""
    """Name of the model that is asked for."""
    key: str = ""
    """API key sent with each request; empty: none."""
    timeout: timedelta = timedelta(seconds=10)
    """Most time for one answer; then the request counts as failed."""
    patience: timedelta = timedelta(seconds=20)
    """Most time for all requests of a batch; other articles get no vector."""
    batch: int = 32
    """How many articles are sent in one request."""
    most_characters: int = 2_000
    """Characters of an article that are shown to the model."""
    rest_after: int = 3
    """Failures in a row after which the model is left alone for `rest`."""
    rest: timedelta = timedelta(minutes=5)
    """How long the model is left alone after `rest_after` failures."""

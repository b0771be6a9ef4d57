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
    model: str = ""
    key: str = ""
    timeout: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(seconds=20)
    margin: float = 0.15
    max_per_hour: int = 60
    max_tokens_per_day: int = 0
    # How much of an article it is shown, in characters, and how long its answer may be, in tokens.
    most_characters: int = 6_000
    max_answer_tokens: int = 300
    concurrency: int = 4
    rest_after: int = 3
    rest: timedelta = timedelta(minutes=5)
    # What got no answer is asked again where the same article comes once more after so long.
    ask_again: timedelta = timedelta(hours=1)


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
    model: str = ""
    key: str = ""
    timeout: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(seconds=20)
    batch: int = 32
    # How much of an article it is shown, in characters.
    most_characters: int = 2_000
    rest_after: int = 3
    rest: timedelta = timedelta(minutes=5)

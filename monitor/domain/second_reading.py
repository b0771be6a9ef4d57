"""What a second reader is asked of findings near the threshold, and what came of it."""

from dataclasses import dataclass

from monitor.domain.watchlist import EntityId

# A token is three characters or more in our languages; what was really paid is counted where the answer tells it.
_CHARACTERS_A_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One entity in one article. ``key`` is the same for the same words of both, and the same reader."""

    key: str
    article_id: str
    entity_id: EntityId
    system: str
    content: str

    @property
    def tokens(self) -> int:
        """About what asking costs, before the answer."""
        return (len(self.system) + len(self.content)) // _CHARACTERS_A_TOKEN + 1


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came of a question: the text of the answer, empty where none came.

    ``tokens`` is what it cost. With a ``fault``, in plain words, the question may be asked again later.
    """

    key: str
    text: str = ""
    tokens: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the reader was asked of late: questions in the last hour, tokens in the last day."""

    questions: int = 0
    tokens: int = 0

"""
Text conditions of rules and silences: words, "phrases", prefix*, AND OR NOT, NEAR/n and brackets.

    "customer data" NEAR/5 (stolen OR leaked) AND NOT drill

Operators are written in capitals; two terms side by side mean AND. NOT binds closest, then NEAR, AND, OR.
Case and accents don't count, and quotation marks may be those that telephones and word processors put in. Both
reading and matching take time in proportion to the text, whatever the expression: there is no backtracking.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.domain.errors import UsageError
from monitor.stages.group.folding import fold

LONGEST = 2_000
_DEEPEST = 40
_LONGEST_DISTANCE = 100
_WORD = re.compile(r"\w+")
_LEXEME = re.compile(r'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s()"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_NEAR = re.compile(r"NEAR(?:/(\d{1,4}))?$")
_DEFAULT_DISTANCE = 10


class ExpressionError(UsageError):
    """A text condition that cannot be read; ``position`` counts characters from 1."""

    def __init__(self, position: int, message: str) -> None:
        self.position = position
        super().__init__(f"at character {position}: {message}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; a word that ends in ``*`` stands for all words that begin so."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Two conditions with places that lie at most ``distance`` words apart, in either order."""

    left: "Expression"
    right: "Expression"
    distance: int


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


Expression = Phrase | Near | AllOf | AnyOf | Not
Place = tuple[int, int]


class IndexedText:
    """A text cut into folded words, each with its places; read and cut when first asked: most rules ask nothing."""

    def __init__(self, text: str | Callable[[], str]) -> None:
        self._text = text
        self._places: dict[str, list[int]] | None = None
        self._sorted: list[str] | None = None

    @property
    def places(self) -> dict[str, list[int]]:
        """Each word with its places, counted in words."""
        if self._places is None:
            self._places = {}
            text = self._text if isinstance(self._text, str) else self._text()
            for index, word in enumerate(_WORD.findall(fold(text))):
                self._places.setdefault(word, []).append(index)
        return self._places

    def positions(self, word: str) -> Sequence[int]:
        """Where *word* stands, ascending; with ``*`` where any word stands that begins so."""
        if not word.endswith("*"):
            return self.places.get(word, ())
        if self._sorted is None:
            self._sorted = sorted(self.places)
        prefix = word[:-1]
        start = bisect_left(self._sorted, prefix)
        found: list[int] = []
        for candidate in self._sorted[start:]:
            if not candidate.startswith(prefix):
                break
            found.extend(self.places[candidate])
        return sorted(found)


def matches(expression: Expression, text: IndexedText) -> bool:
    """Whether the condition holds for the text."""
    match expression:
        case AllOf(parts):
            return all(matches(part, text) for part in parts)
        case AnyOf(parts):
            return any(matches(part, text) for part in parts)
        case Not(part):
            return not matches(part, text)
        case _:
            return bool(_places(expression, text))


def parse_expression(text: str) -> Expression:
    """
    Read a condition.

    Raises:
        ExpressionError: it is empty, too long or too deep, or a bracket, quotation mark or operator
            stands where it makes no sense.
    """
    if len(text) > LONGEST:
        raise ExpressionError(LONGEST, f"the expression is longer than {LONGEST} characters")
    parser = _Parser(_lexemes(text.translate(_QUOTES)), len(text) + 1)
    expression = parser.alternatives(0)
    if parser.kind:
        raise ExpressionError(parser.position, f"unexpected {parser.shown}")
    return expression


def _places(expression: Expression, text: IndexedText) -> list[Place]:
    """The places of a positional condition, ascending by start."""
    match expression:
        case Phrase(words):
            return _phrase_places(words, text)
        case AnyOf(parts):
            return sorted(place for part in parts for place in _places(part, text))
        case Near(left, right, distance):
            return _near_places(_places(left, text), _places(right, text), distance)
        case _:
            return []


def _phrase_places(words: tuple[str, ...], text: IndexedText) -> list[Place]:
    starts = set(text.positions(words[0]))
    for offset, word in enumerate(words[1:], start=1):
        starts &= {position - offset for position in text.positions(word)}
    return [(start, start + len(words) - 1) for start in sorted(starts)]


def _near_places(left: list[Place], right: list[Place], distance: int) -> list[Place]:
    """Pairs that are close, each place with its nearest on either side; of pairs that begin alike the tightest."""
    found: dict[int, int] = {}
    starts = [start for start, _ in right]
    for place in left:
        index = bisect_left(starts, place[0])
        for other in right[max(0, index - 1) : index + 2]:
            gap = max(other[0] - place[1], place[0] - other[1])
            if other != place and gap <= distance:
                start, end = min(place[0], other[0]), max(place[1], other[1])
                found[start] = min(end, found.get(start, end))
    return sorted(found.items())


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str
    text: str
    position: int


def _lexemes(text: str) -> list[_Lexeme]:
    found: list[_Lexeme] = []
    index = 0
    while text[index:].strip():
        match = _LEXEME.match(text, index)
        if match is None:
            raise ExpressionError(index + 1, "cannot be read")
        kind = match.lastgroup or "word"
        kind = "phrase" if kind == "end" else kind
        position = match.start(kind) + 1
        if kind == "phrase" and not match["end"]:
            raise ExpressionError(position - 1, "this quotation mark is not closed")
        word = match[kind]
        found.append(_Lexeme("operator" if kind == "word" and _is_operator(word) else kind, word, position))
        index = match.end()
    return found


def _is_operator(word: str) -> bool:
    return word in ("AND", "OR", "NOT") or word.startswith("NEAR/") or word == "NEAR"


class _Parser:
    def __init__(self, lexemes: list[_Lexeme], end: int) -> None:
        self._lexemes = lexemes
        self._index = 0
        self._end = end

    @property
    def kind(self) -> str:
        return self._lexemes[self._index].kind if self._index < len(self._lexemes) else ""

    @property
    def position(self) -> int:
        return self._lexemes[self._index].position if self._index < len(self._lexemes) else self._end

    @property
    def shown(self) -> str:
        return f'"{self._lexemes[self._index].text}"' if self._index < len(self._lexemes) else "end"

    def alternatives(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise ExpressionError(self.position, f"more than {_DEEPEST} brackets within each other")
        parts = [self._conjunction(depth)]
        while self._takes("OR"):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self, depth: int) -> Expression:
        parts = [self._nearness(depth)]
        while self._takes("AND") or self._starts_term():
            parts.append(self._nearness(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _nearness(self, depth: int) -> Expression:
        left = self._term(depth)
        while self.kind == "operator" and self._lexemes[self._index].text.startswith("NEAR"):
            position, distance = self.position, self._distance()
            right = self._term(depth)
            for side in (left, right):
                if not _is_positional(side):
                    raise ExpressionError(position, "NEAR joins words, phrases and OR groups of them only")
            left = Near(left, right, distance)
        return left

    def _distance(self) -> int:
        position, text = self.position, self._lexemes[self._index].text
        match = _NEAR.match(text)
        if match is None:
            raise ExpressionError(position, f'"{text}" is written NEAR/5')
        distance = int(match[1] or _DEFAULT_DISTANCE)
        if not 1 <= distance <= _LONGEST_DISTANCE:
            raise ExpressionError(position, f"the distance of NEAR lies between 1 and {_LONGEST_DISTANCE}")
        self._index += 1
        return distance

    def _term(self, depth: int) -> Expression:
        negations = 0
        while self._takes("NOT"):
            negations += 1
        term = self._primary(depth)
        return Not(term) if negations % 2 else term

    def _primary(self, depth: int) -> Expression:
        if self.kind in ("word", "phrase"):
            lexeme = self._lexemes[self._index]
            self._index += 1
            return Phrase(_words(lexeme))
        if self.kind == "open":
            position = self.position
            self._index += 1
            inner = self.alternatives(depth + 1)
            if self.kind != "close":
                raise ExpressionError(position, "this bracket is not closed")
            self._index += 1
            return inner
        raise ExpressionError(self.position, f"a word or phrase is missing before {self.shown}")

    def _takes(self, operator: str) -> bool:
        if self.kind == "operator" and self._lexemes[self._index].text == operator:
            self._index += 1
            return True
        return False

    def _starts_term(self) -> bool:
        return self.kind in ("word", "phrase", "open") or (
            self.kind == "operator" and self._lexemes[self._index].text == "NOT"
        )


def _is_positional(expression: Expression) -> bool:
    if isinstance(expression, AnyOf):
        return all(map(_is_positional, expression.parts))
    return isinstance(expression, Phrase | Near)


def _words(lexeme: _Lexeme) -> tuple[str, ...]:
    """The folded words of a term; a star is kept where it ends a word."""
    words = tuple(found + "*" * (star == "*") for found, star in re.findall(r"(\w+)(\*?)", fold(lexeme.text)))
    if not words:
        raise ExpressionError(lexeme.position, f'"{lexeme.text}" holds no word')
    return words

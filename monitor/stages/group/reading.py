"""An article as a row of tokens: what grouping reads facts from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from sys import intern

from monitor.stages.group.folding import fold, pieces

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s\"'<>]+)"
    r"|(?P<id>\bCVE-\d{4}-\d{4,7}\b)"
    r"|(?P<number>\d+(?:[.,:’'\-–]\d+)*)"
    r"|(?P<word>[^\W\d_]\w*(?:[&'’.\-]\w+)*)"
    r"|(?P<amp>&)"
    r"|(?P<end>[.!?…:;\n|•]+|[–—]\s)"
    r"|(?P<quote>[«»“”„\"‘])"
)
_CURRENCY = frozenset("$€£¥₹₽")
_TITLE_CASE_SHARE = 0.7
_MEMO_LIMIT = 300_000


class Shape(IntEnum):
    """How a word is printed; the higher, the likelier it is a name."""

    LOWER = 0
    OPENING = 1  # capitalised where any word would be
    CAPITAL = 2  # capitalised within a sentence
    ACRONYM = 3  # several capitals, or letters and digits
    NUMBER = 4
    BREAK = 5
    LINK = 6


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sentence end; ``money`` and ``percent`` tell the sign beside a number."""

    word: str
    shape: Shape
    in_title: bool
    money: bool = False
    percent: bool = False


_BREAK = Token("", Shape.BREAK, False)


@dataclass(slots=True)
class Tokeniser:
    """Cuts texts into tokens; remembers how words fold, since the same ones come again and again."""

    _memo: dict[tuple[str, bool, bool], tuple[Token, ...]] = field(default_factory=dict)

    def read(self, title: str, text: str, most: int) -> list[Token]:
        """The tokens of title and text, at most *most*, with a break between the two."""
        tokens = self._cut(title, in_title=True, most=most)
        if _is_title_case(tokens):
            tokens = [_lowered(token) for token in tokens]
        tokens.append(_BREAK)
        tokens.extend(self._cut(text, in_title=False, most=most))
        return tokens

    def _cut(self, text: str, *, in_title: bool, most: int) -> list[Token]:
        tokens: list[Token] = []
        memo, opening = self._memo, True
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "word":
                key = (match.group(), opening, in_title)
                tokens += memo.get(key) or self._remember(key)
                opening = False
            elif kind in ("end", "quote"):
                opening = True
                if kind == "end":
                    tokens.append(_BREAK)
            else:
                tokens.append(_other(match, text, in_title))
                opening = False
            if len(tokens) >= most:
                break
        return tokens

    def _remember(self, key: tuple[str, bool, bool]) -> tuple[Token, ...]:
        if len(self._memo) > _MEMO_LIMIT:
            self._memo.clear()
        surface, opening, in_title = key
        made: list[Token] = []
        for piece in pieces(surface):
            shape = _shape(piece)
            opens = opening and not made and shape is Shape.CAPITAL
            made.append(Token(intern(fold(piece)), Shape.OPENING if opens else shape, in_title))
        found = self._memo[key] = tuple(made)
        return found


def words_of(tokens: Iterable[Token]) -> list[str]:
    """The folded words among *tokens*."""
    return [token.word for token in tokens if token.shape <= Shape.ACRONYM]


def _shape(piece: str) -> Shape:
    if piece.islower() or not piece[0].isupper():
        return Shape.ACRONYM if any(char.isupper() for char in piece[1:]) else Shape.LOWER
    if len(piece) > 1 and (piece[1:] != piece[1:].lower() or any(char.isdigit() for char in piece)):
        return Shape.ACRONYM
    return Shape.CAPITAL


def _other(match: re.Match[str], text: str, in_title: bool) -> Token:
    kind, printed = match.lastgroup, match.group()
    if kind == "number":
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 2]
        money = not _CURRENCY.isdisjoint(before) or not _CURRENCY.isdisjoint(after)
        return Token(printed, Shape.NUMBER, in_title, money, "%" in after.strip()[:1])
    if kind == "amp":
        return Token("&", Shape.LOWER, in_title)
    return Token(printed.lower().rstrip(".,;:)"), Shape.LINK, in_title)


def _is_title_case(tokens: list[Token]) -> bool:
    """Whether a headline capitalises nearly all its words, so that capitals tell nothing."""
    longer = [token for token in tokens if token.shape <= Shape.CAPITAL and len(token.word) > 3]
    return len(longer) >= 4 and sum(token.shape > Shape.LOWER for token in longer) >= _TITLE_CASE_SHARE * len(longer)


def _lowered(token: Token) -> Token:
    return Token(token.word, Shape.OPENING, True) if token.shape is Shape.CAPITAL else token

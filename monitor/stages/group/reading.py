"""An article as a row of tokens: what grouping reads facts from."""

import re
from collections.abc import Iterable, Sequence
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
_MEMO_LIMIT = 100_000
_PIECES_LIMIT = 100_000
_LONGEST_PIECE = 40
_DIGIT = re.compile(r"\d")
# Thousands parted by blanks, as in French and Spanish: the whole number, a last part of one, and what is before that.
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:,\d{1,2})?(?![.,]?\d)")
_LAST_PART = re.compile(r"\d{3}(?:,\d{1,2})?$")
_SPACED_BEFORE = re.compile(r"(?<![\d.,:’'\-–])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})*[ \u00a0\u2009\u202f]$")
_LONGEST_BEFORE = 16


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


_ENOUGH_BREAKS = 3
_BREAK = Token("", Shape.BREAK, False)
_LAST_WORD = Shape.ACRONYM


# What stands between two blanks: its tokens and how many they are, the words among them, and whether a sentence opens
# behind it.
_Piece = tuple[tuple[Token, ...], int, tuple[str, ...], bool]


@dataclass(slots=True)
class Tokeniser:
    """
    Cuts texts into tokens; remembers how words fold, since the same ones come again and again.

    No token reaches over a blank, so what stands between two blanks is remembered as a whole, but for
    numbers: what is around them counts.
    """

    _memo: dict[tuple[str, bool, bool], tuple[Token, ...]] = field(default_factory=dict)
    # One table for each state a piece is met in: in a title, where a sentence opens.
    _pieces: dict[tuple[bool, bool], dict[str, _Piece]] = field(default_factory=dict)

    def read(self, title: str, text: str, most: int) -> tuple[list[Token], list[str]]:
        """The tokens of title and text, at most *most* each, with a break between the two, and the folded words."""
        words: list[str] = []
        tokens = self._cut(title, words, in_title=True, most=most)
        if _is_title_case(tokens):
            tokens = [_lowered(token) for token in tokens]
        tokens.append(_BREAK)
        tokens.extend(self._cut(text, words, in_title=False, most=most))
        return tokens, words

    def _cut(self, text: str, words: list[str], *, in_title: bool, most: int) -> list[Token]:
        """The tokens of a text; adds its words to *words*."""
        tokens: list[Token] = []
        inner, outer = (self._pieces.setdefault((in_title, one), {}) for one in (False, True))
        table, start, left = outer, 0, most
        # A text with more blanks than that is a strange one; its rest comes as one last piece.
        *printed, last = text.split(" ", 4 * most)
        for piece in printed:
            found = table.get(piece)
            if found is None and len(piece) <= _LONGEST_PIECE and not _DIGIT.search(piece):
                found = self._remember_piece(piece, table is outer, in_title)
            if found is not None and found[1] < left:
                made, size, folded, opens = found
                tokens += made
                words += folded
                left -= size
            else:
                before = len(tokens)
                opens = self._cut_piece(text, start, start + len(piece), (table is outer, in_title), tokens, most)
                words += words_of(tokens[before:])
                left = most - len(tokens)
                if left <= 0:
                    return tokens
            table = outer if opens else inner
            start += len(piece) + 1
        # The last piece has no blank behind it.
        before = len(tokens)
        self._cut_piece(text, start, start + len(last), (table is outer, in_title), tokens, most)
        words += words_of(tokens[before:])
        return tokens

    def _remember_piece(self, piece: str, opening: bool, in_title: bool) -> _Piece:
        known = self._pieces[in_title, opening]
        if len(known) > _PIECES_LIMIT:
            known.clear()
        tokens: list[Token] = []
        # With the blank behind it: a dash before a blank is a mark, within a word it is none.
        opens = self._cut_piece(f"{piece} ", 0, len(piece), (opening, in_title), tokens, len(piece) + 1)
        found = known[piece] = (tuple(tokens), len(tokens), tuple(words_of(tokens)), opens)
        return found

    def _cut_piece(
        self, text: str, start: int, end: int, state: tuple[bool, bool], tokens: list[Token], most: int
    ) -> bool:
        """Add what begins in ``text[start:end]`` to *tokens*; whether a sentence opens behind it."""
        memo, (opening, in_title) = self._memo, state
        for match in _TOKEN.finditer(text, start):
            if match.start() >= end:
                break
            kind = match.lastgroup
            if kind == "word":
                key = (match.group(), opening, in_title)
                tokens += memo.get(key) or self._remember(key)
                opening = False
            elif kind in ("end", "quote"):
                opening = True
                if kind == "end":
                    tokens.append(_BREAK)
            elif kind != "number" or not _is_part(match, text):
                tokens.append(_other(match, text, in_title))
                opening = False
            if len(tokens) >= most:
                break
        return opening

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
    return [token.word for token in tokens if token.shape <= _LAST_WORD]


def last_sentence(tokens: Sequence[Token]) -> int:
    """
    Where the last sentence begins; where there are fewer than two besides the headline, behind the end.

    What is recalled stands there: that the company was also robbed last week.
    """
    # Each break is the same one.
    breaks = [index for index, token in enumerate(tokens) if token is _BREAK]
    if breaks and breaks[-1] == len(tokens) - 1:
        breaks.pop()
    return breaks[-1] + 1 if len(breaks) >= _ENOUGH_BREAKS else len(tokens)


def millions(tokens: Sequence[Token]) -> str | None:
    """A scale that is but a letter, behind money only: €820m."""
    is_scaled = len(tokens) > 1 and tokens[0].money and tokens[1].word == "m"
    return "1000000" if is_scaled else None


def _shape(piece: str) -> Shape:
    if piece.islower() or not piece[0].isupper():
        return Shape.ACRONYM if any(char.isupper() for char in piece[1:]) else Shape.LOWER
    if len(piece) > 1 and (piece[1:] != piece[1:].lower() or any(char.isdigit() for char in piece)):
        return Shape.ACRONYM
    return Shape.CAPITAL


def _is_part(match: re.Match[str], text: str) -> bool:
    """Whether a number is the rest of one that is parted by blanks: 000 in 16 000."""
    start = match.start()
    if not text[start - 1 : start].isspace() or not text[start - 2 : start - 1].isdigit():
        return False
    if not _LAST_PART.match(match.group()):
        return False
    return _SPACED_BEFORE.search(text[max(0, start - _LONGEST_BEFORE) : start]) is not None


def _other(match: re.Match[str], text: str, in_title: bool) -> Token:
    kind, printed = match.lastgroup, match.group()
    if kind == "number":
        whole = _SPACED.match(text, match.start())
        end = whole.end() if whole else match.end()
        if whole:
            printed = "".join(whole.group().split())
        before, after = text[max(0, match.start() - 2) : match.start()], text[end : end + 2]
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

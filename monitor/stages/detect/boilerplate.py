"""Lines that are no news: teasers, prompts to comment, notices of cookies and commissions."""

import functools
import re
from collections.abc import Mapping, Sequence

from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.stages.detect.folding import fold, fold_words

Span = tuple[int, int]
_LINE_PART = re.compile(r"[^\n|]*[^\s|][^\n|]*")
_SENTENCE_START = re.compile(r"[.!?…»”\"]\s+(?=\S)")
# A single word such as "Photo" or "Comments" heads boilerplate only in a line as short as a label.
_LABEL_LENGTH = 70
_LONGEST_PHRASE = 60
# "Read also" alone in its line heads this many lines at most, each no longer than a headline.
_HEADING_LENGTH = 32
_LINES_HEADED = 6
_TEASER_LENGTH = 120


class BoilerplateIndex:
    """The phrases that begin boilerplate, by their first word."""

    def __init__(self, packs: Sequence[LanguagePack]) -> None:
        self._phrases: dict[str, dict[str, list[str]]] = {}
        for pack in packs:
            own = self._phrases.setdefault(pack.language, {})
            for phrase in sorted({fold_words(phrase) for phrase in pack.boilerplate} - {""}, key=len, reverse=True):
                own.setdefault(phrase.split()[0], []).append(phrase)
        self._all = _merged(list(self._phrases.values()))

    def spans(self, clean: str, norm: str, start: int, language: str) -> list[Span]:
        """
        Boilerplate in ``clean[start:]``.

        It reaches from a phrase that begins a line, or one with a colon, to the line's end; a line
        that is nothing but such a phrase heads the short lines below it.
        """
        phrases = self._phrases.get(language) or self._all
        spans: list[Span] = []
        headed = 0
        for line in _LINE_PART.finditer(clean, start):
            first = line.start() + len(line[0]) - len(line[0].lstrip())
            if self._begins(phrases, clean, norm, first, line.end(), at_line_start=True):
                spans.append((first, line.end()))
                headed = _LINES_HEADED if line.end() - first <= _HEADING_LENGTH else 0
            elif headed and _is_teaser(line[0], clean[spans[-1][1] : first], headed == _LINES_HEADED):
                spans.append((first, line.end()))
                headed -= 1
            else:
                headed = 0
                spans += self._inside(phrases, clean, norm, first, line.end())
        return spans

    def _inside(self, phrases: Mapping[str, list[str]], clean: str, norm: str, first: int, end: int) -> list[Span]:
        if ":" not in clean[first:end]:
            return []
        for pause in _SENTENCE_START.finditer(clean, first, end):
            if self._begins(phrases, clean, norm, pause.end(), end, at_line_start=False):
                return [(pause.end(), end)]
        return []

    @staticmethod
    def _begins(
        phrases: Mapping[str, list[str]], clean: str, norm: str, start: int, end: int, *, at_line_start: bool
    ) -> bool:
        head = norm[start : min(end, start + _LONGEST_PHRASE)].split()
        if not head or head[0] not in phrases:
            return False
        opening = " ".join(head) + " "
        for phrase in phrases[head[0]]:
            if opening.startswith(phrase + " "):
                colon = ":" in clean[start + len(phrase) : min(end, start + len(phrase) + 3)]
                short = " " not in phrase and (end - start > _LABEL_LENGTH or clean[start:end].rstrip()[-1:] in ".!?")
                return colon or (at_line_start and not short)
        return False


def boilerplate_spans(text: str, language: str, lexicon: Lexicon) -> tuple[Span, ...]:
    """Half-open spans of *text* that are no news, by position; offsets are code points of *text*."""
    folded = fold(text)
    spans = _index(lexicon).spans(folded.clean, folded.norm, 0, language)
    return tuple(folded.original(start, end) for start, end in spans)


@functools.lru_cache(maxsize=4)
def _index(lexicon: Lexicon) -> BoilerplateIndex:
    return BoilerplateIndex(lexicon.packs)


def _is_teaser(line: str, gap: str, is_first: bool) -> bool:
    """Whether *line* looks like a headline below a heading; a blank line ends them, unless the heading has one."""
    text = line.strip()
    return len(text) <= _TEASER_LENGTH and text[-1:] not in ".!" and (is_first or gap.count("\n") < 2)


def _merged(tables: Sequence[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    merged: dict[str, list[str]] = {}
    for table in tables:
        for word, phrases in table.items():
            merged.setdefault(word, []).extend(phrases)
    return merged

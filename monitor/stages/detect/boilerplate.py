"""Lines that are no news: teasers, prompts to comment, notices of cookies and commissions."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.stages.detect.folding import fold, fold_words

Span = tuple[int, int]
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
        for first, line in _lines(clean, start):
            end = first + len(line)
            if self._begins(phrases, clean, norm, first, end, at_line_start=True):
                spans.append((first, end))
                headed = _LINES_HEADED if len(line) <= _HEADING_LENGTH else 0
            elif headed and _is_teaser(line, clean[spans[-1][1] : first], headed == _LINES_HEADED):
                spans.append((first, end))
                headed -= 1
            else:
                headed = 0
                if ":" in line:
                    spans += self._inside(phrases, clean, norm, first, end)
        return spans

    def _inside(self, phrases: Mapping[str, list[str]], clean: str, norm: str, first: int, end: int) -> list[Span]:
        for pause in _SENTENCE_START.finditer(clean, first, end):
            if self._begins(phrases, clean, norm, pause.end(), end, at_line_start=False):
                return [(pause.end(), end)]
        return []

    @staticmethod
    def _begins(
        phrases: Mapping[str, list[str]], clean: str, norm: str, start: int, end: int, *, at_line_start: bool
    ) -> bool:
        head = norm[start : min(end, start + _LONGEST_PHRASE)]
        word = head.split(None, 1)[:1]
        if not word or word[0] not in phrases:
            return False
        opening = " ".join(head.split()) + " "
        for phrase in phrases[word[0]]:
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


def _lines(clean: str, start: int) -> Iterator[tuple[int, str]]:
    """The lines of ``clean[start:]`` and their parts between bars: where each begins, and what it says."""
    at = start
    for line in clean[start:].split("\n"):
        for part in line.split("|"):
            said = part.lstrip()
            if said:
                yield at + len(part) - len(said), said
            at += len(part) + 1


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

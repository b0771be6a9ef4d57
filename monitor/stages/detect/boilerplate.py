"""Lines that are no news: teasers, prompts to comment, notices of cookies and commissions."""

import functools
import re
from collections.abc import Mapping, Sequence

from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.stages.detect.folding import fold, fold_words

Span = tuple[int, int]
_LINE_PART = re.compile(r"[^\n|]*[^\s|][^\n|]*")
_SENTENCE_START = re.compile(r"(?<=[.!?…»”\"])\s+(?=\S)")
# A single word such as "Photo" or "Comments" heads boilerplate only in a line as short as a label.
_LABEL_LENGTH = 70
_LONGEST_PHRASE = 60


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
        """Boilerplate in ``clean[start:]``: from a phrase that begins a line, or one with a colon, to the line's end."""
        phrases = self._phrases.get(language) or self._all
        spans = []
        for line in _LINE_PART.finditer(clean, start):
            first = line.start() + len(line[0]) - len(line[0].lstrip())
            if self._begins(phrases, clean, norm, first, line.end(), at_line_start=True):
                spans.append((first, line.end()))
                continue
            if ":" not in line[0]:
                continue
            for pause in _SENTENCE_START.finditer(clean, first, line.end()):
                if self._begins(phrases, clean, norm, pause.end(), line.end(), at_line_start=False):
                    spans.append((pause.end(), line.end()))
                    break
        return spans

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


def _merged(tables: Sequence[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    merged: dict[str, list[str]] = {}
    for table in tables:
        for word, phrases in table.items():
            merged.setdefault(word, []).extend(phrases)
    return merged

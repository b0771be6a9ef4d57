"""Whether an article is made up: its outlet is known for it, or it says so ("Satire: ...", "... (parodie)")."""

import re

from monitor.stages.detect.passage import Passage, Sentence

_SAID, _LABEL = "satire", "satire_label"
# What may stand before and behind a label: the ends of its line, a bar, a dash, a colon behind it, or brackets.
_OPENS = re.compile(r"(?:^|[\n|\[(–—•»]| - )[\W_]*\Z")
_CLOSES = re.compile(r"[\W_]*?(?:$|[\n|\])–—:•«]| - )")
_BESIDE = 6


def is_marked_as_made_up(passage: Passage) -> bool:
    """
    Whether an article is of an outlet that makes its news up, or says of itself that it is satire or fiction.

    A sentence says so, or a label: a word such as "satire" that stands by itself in the title, or where the text begins
    or ends. There it names the column, elsewhere the word is one of many.
    """
    if passage.is_satire or _SAID in passage.concepts:
        return True
    if _LABEL not in passage.concepts:
        return False
    body = [sentence for sentence in passage.sentences if not sentence.in_title]
    placed = [sentence for sentence in passage.sentences if sentence.in_title] + body[:1] + body[-1:]
    return any(_has_label(passage.clean, sentence) for sentence in placed)


def _has_label(clean: str, sentence: Sentence) -> bool:
    return any(
        concept == _LABEL
        and _OPENS.search(clean[max(start - _BESIDE, sentence.start) : start]) is not None
        and _CLOSES.match(clean[end : min(end + _BESIDE, sentence.end)]) is not None
        for start, end, concept in sentence.hits
    )

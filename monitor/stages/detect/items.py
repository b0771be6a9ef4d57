"""The items of a round-up: short news that stand side by side and have nothing to do with each other."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Status
from monitor.domain.watchlist import EntityId
from monitor.stages.detect.echoes import echo_in
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.reading import Reading

_MARK = re.compile(r"[•▪●|]|(?<!\w)\+(?!\w)")
# "Oracle: a hole ...", "MONDAY. ...": what heads an item.
_HEAD = re.compile(r"[^\w\n]{0,3}(?:[A-ZÀ-Þ0-9][\w&’'-]*(?: [\w&’'-]+){0,2} ?:|[A-ZÀ-Þ&][A-ZÀ-Þ&’' -]{1,28}[.:])(?=\s)")
_FEWEST = 3
_OPENING = 2
_HEADING = 22
_DIGEST = "digest"


def items_of(passage: Passage) -> Sequence[range]:
    """
    The items of *passage* as ranges of sentence numbers, the title apart; empty where it is no round-up.

    It is one where marks ("•", "+", "|") or heads ("Oracle:", "MONDAY.") begin three sentences or more, or
    where it calls itself one ("the week in brief"): then its paragraphs are items, or, of few, its sentences.
    """
    first = next((n for n, sentence in enumerate(passage.sentences) if not sentence.in_title), 0)
    body = range(first, len(passage.sentences))
    if len(body) < _FEWEST:
        return ()
    for starts in (_marked(passage, body), _headed(passage, body)):
        if len(starts) >= _FEWEST:
            return _ranges(starts, body)
    if not any(_DIGEST in sentence.concepts for sentence in passage.sentences[: first + _OPENING]):
        return ()
    starts = _paragraphs(passage, body)
    if len(starts) < _FEWEST and any(_DIGEST in sentence.concepts for sentence in passage.sentences[:first]):
        starts = _alone(passage, body)
    return _ranges(starts, body) if len(starts) >= _FEWEST else ()


def _gap(passage: Passage, number: int) -> str:
    before = passage.sentences[number - 1].end if number else 0
    return passage.clean[before : passage.sentences[number].start + 2]


def _marked(passage: Passage, body: range) -> list[int]:
    return [number for number in body if _MARK.search(_gap(passage, number))]


def _headed(passage: Passage, body: range) -> list[int]:
    return [number for number in body if _HEAD.match(passage.clean, passage.sentences[number].start) is not None]


def _paragraphs(passage: Passage, body: range) -> list[int]:
    return [number for number in body if number == body.start or "\n" in _gap(passage, number)]


def _alone(passage: Passage, body: range) -> list[int]:
    """Sentences that open with no word that means somebody named before, nor follow the heading of an item."""
    starts = []
    for number in body:
        sentence = passage.sentences[number]
        echo = echo_in(passage, sentence)
        goes_on = echo is not None and echo[0] - sentence.start <= 2
        before = passage.sentences[number - 1]
        if number == body.start or not (goes_on or (number > body.start and before.end - before.start <= _HEADING)):
            starts.append(number)
    return starts


def _ranges(starts: Sequence[int], body: range) -> Sequence[range]:
    cuts = sorted({body.start, *starts, body.stop})
    return [range(start, stop) for start, stop in itertools.pairwise(cuts)]


def split(reading: Reading, items: Sequence[range]) -> list[Reading]:
    """The evidence of each item by itself; what only the title names comes last."""
    named = {s.name.entity for s in reading.sightings if s.sentence >= items[0].start}
    title = range(items[0].start)
    alone = [s for s in reading.sightings if s.sentence in title and s.name.entity not in named]
    parts = [_part(reading, item) for item in items]
    return [*parts, _part(replace(reading, sightings=alone, events=()), title)] if alone else parts


def _part(reading: Reading, item: range) -> Reading:
    whole = reading.passage
    sentences = whole.sentences[item.start : item.stop]
    if len(sentences) > 1 and sentences[0].end - sentences[0].start <= _HEADING:
        return _part(_joined(reading, item.start), range(item.start, item.stop - 1))
    passage = replace(
        whole,
        sentences=sentences,
        starts=whole.starts[item.start : item.stop],
        concepts=frozenset[str]().union(*[sentence.concepts for sentence in sentences]),
    )
    return replace(
        reading,
        passage=passage,
        sightings=[replace(s, sentence=s.sentence - item.start) for s in reading.sightings if s.sentence in item],
        events=[replace(e, sentence=e.sentence - item.start) for e in reading.events if e.sentence in item],
    )


def _joined(reading: Reading, number: int) -> Reading:
    """*reading* with the sentence *number*, the heading of an item, and the one after it as one."""
    whole = reading.passage
    head, body = whole.sentences[number], whole.sentences[number + 1]
    one = head._replace(end=body.end, hits=head.hits + body.hits, concepts=head.concepts | body.concepts)
    passage = replace(
        whole,
        sentences=(*whole.sentences[:number], one, *whole.sentences[number + 2 :]),
        starts=(*whole.starts[: number + 1], *whole.starts[number + 2 :]),
    )

    def moved(sentence: int) -> int:
        return sentence - (sentence > number)

    return replace(
        reading,
        passage=passage,
        sightings=[replace(s, sentence=moved(s.sentence)) for s in reading.sightings],
        events=[replace(e, sentence=moved(e.sentence)) for e in reading.events],
    )


def merged(analyses: Sequence[Analysis]) -> Analysis:
    """One analysis of all items: of each entity what says most, of each kind and status of attack all victims."""
    findings: dict[EntityId, Finding] = {}
    attacks: dict[tuple[AttackType, Status], Attack] = {}
    for analysis in analyses:
        for finding in analysis.findings:
            held = findings.get(finding.entity_id)
            findings[finding.entity_id] = finding if held is None else _stronger(held, finding)
        for attack in analysis.attacks:
            key = (attack.type, attack.status)
            attacks[key] = attack if key not in attacks else _both(attacks[key], attack)
    under = dict.fromkeys(entity for analysis in analyses for entity in analysis.under_attack)
    return replace(
        analyses[0], findings=tuple(findings.values()), attacks=tuple(attacks.values()), under_attack=tuple(under)
    )


def _stronger(one: Finding, other: Finding) -> Finding:
    def rank(finding: Finding) -> tuple[bool, bool, bool]:
        return finding.surplus is not None, finding.role is Role.VICTIM, finding.role is not Role.MENTIONED

    first, second = (other, one) if rank(other) > rank(one) else (one, other)
    return replace(first, spans=tuple(sorted((*first.spans, *second.spans))))


def _both(one: Attack, other: Attack) -> Attack:
    first = max(one, other, key=lambda attack: attack.confidence)
    return replace(
        first,
        victims=tuple(sorted({*one.victims, *other.victims})),
        evidence=tuple(sorted({*one.evidence, *other.evidence})),
    )

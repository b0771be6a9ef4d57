"""The items of a round-up: short news that stand side by side and have nothing to do with each other."""

import itertools
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Status
from monitor.domain.watchlist import EntityId
from monitor.stages.detect.attacks import Event
from monitor.stages.detect.echoes import echo_in
from monitor.stages.detect.passage import Passage
from monitor.stages.detect.reading import Reading
from monitor.stages.detect.senses import Sighting

_MARKS = "•▪●|+"
_MARK = re.compile(r"[•▪●|]|(?<!\w)\+(?!\w)")
# "Oracle: a hole ...", "MONDAY. ...": what heads an item.
_HEAD = re.compile(r"[^\w\n]{0,3}(?:[A-ZÀ-Þ0-9][\w&’'-]*(?: [\w&’'-]+){0,2} ?:|[A-ZÀ-Þ&][A-ZÀ-Þ&’' -]{1,28}[.:])(?=\s)")
_FEWEST, _MOST = 3, 100
_OPENING = 2
_HEADING = 22
_DIGEST = "digest"
T = TypeVar("T", Sighting, Event)


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
    if not any(map(passage.clean.__contains__, _MARKS)):
        return []
    return [number for number in body if _MARK.search(_gap(passage, number))]


def _headed(passage: Passage, body: range) -> list[int]:
    clean, starts = passage.clean, passage.starts
    if ":" not in clean:
        # "MONDAY." alone heads an item.
        body_read = [number for number in body if not clean[starts[number] + 1 : starts[number] + 2].islower()]
        return [number for number in body_read if _HEAD.match(clean, starts[number]) is not None]
    return [number for number in body if _HEAD.match(clean, starts[number]) is not None]


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
    # What has more items than any round-up is read by some of them at a time: each costs a look at all names.
    cuts = sorted({body.start, *starts[:: math.ceil(len(starts) / _MOST)], body.stop})
    return [range(start, stop) for start, stop in itertools.pairwise(cuts)]


def split(reading: Reading, items: Sequence[range]) -> list[Reading]:
    """The evidence of each item by itself; what only the title names comes last."""
    named = {s.name.entity for s in reading.sightings if s.sentence >= items[0].start}
    title = range(items[0].start)
    alone = [s for s in reading.sightings if s.sentence in title and s.name.entity not in named]
    sightings, events = _shared_out(reading.sightings, items), _shared_out(reading.events, items)
    parts = [
        _part(replace(reading, sightings=own, events=own_events), item)
        for item, own, own_events in zip(items, sightings, events, strict=True)
    ]
    return [*parts, _part(replace(reading, sightings=alone, events=()), title)] if alone else parts


def _shared_out(found: Iterable[T], items: Sequence[range]) -> list[list[T]]:
    """What stands in each item; of what stands before the first, nothing."""
    starts = [item.start for item in items]
    own: list[list[T]] = [[] for _ in items]
    for one in found:
        number = bisect_right(starts, one.sentence) - 1
        if number >= 0:
            own[number].append(one)
    return own


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
    findings: dict[EntityId, list[Finding]] = {}
    attacks: dict[tuple[AttackType, Status], list[Attack]] = {}
    for analysis in analyses:
        for finding in analysis.findings:
            findings.setdefault(finding.entity_id, []).append(finding)
        for attack in analysis.attacks:
            attacks.setdefault((attack.type, attack.status), []).append(attack)
    under = dict.fromkeys(entity for analysis in analyses for entity in analysis.under_attack)
    return replace(
        analyses[0],
        findings=tuple(map(_strongest, findings.values())),
        attacks=tuple(map(_together, attacks.values())),
        under_attack=tuple(under),
    )


def _strongest(findings: Sequence[Finding]) -> Finding:
    def rank(finding: Finding) -> tuple[bool, bool, bool]:
        return finding.surplus is not None, finding.role is Role.VICTIM, finding.role is not Role.MENTIONED

    spans = sorted(span for finding in findings for span in finding.spans)
    return replace(max(findings, key=rank), spans=tuple(spans))


def _together(attacks: Sequence[Attack]) -> Attack:
    return replace(
        max(attacks, key=lambda attack: attack.confidence),
        victims=tuple(sorted({victim for attack in attacks for victim in attack.victims})),
        evidence=tuple(sorted({span for attack in attacks for span in attack.evidence})),
    )

"""
An outlet's own correction: it opens as one, and says of whom it had told as a victim that they are none.

Detection reads there that somebody was spared, beside an attack on nobody: as news of a stranger's attack has it, which
says nothing against what was told before. As a correction it takes that back.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Status
from monitor.domain.watchlist import EntityId
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.story.evidence import holds, sentences_of, text_at
from monitor.stages.story.official_voice import any_of
from monitor.stages.story.telling import denies
from monitor.stages.story.voices import owner_of

_MARK = "correction"
_CHARACTERS = 700
_OPENED = re.compile(r"[:.)\]|–—-]")
_DIGIT = re.compile(r"\d")
_BEFORE = re.compile(r"[\W_]*")
# What is told beside a correction may be the attack that it is about; of one that tells of none, all is taken back.
_ALL = AttackType.CYBERATTACK


@dataclass(slots=True)
class Corrections:
    """What is known of a story's articles so far: who tells whom as a victim, and who took that back."""

    lexicon: ConceptLexicon
    told: dict[EntityId, set[str]] = field(default_factory=lambda: defaultdict(set))
    withdrawn: dict[EntityId, set[str]] = field(default_factory=lambda: defaultdict(set))

    def heard(self, article: Article, analysis: Analysis) -> Analysis:
        """
        *analysis* of the next article, oldest first, as the story has it: a correction denies what was told.

        Only where all outlets that told somebody as a victim have corrected it: one that errs says nothing against
        what another one found out.
        """
        owner = owner_of(article)
        for entity_id in analysis.under_attack:
            self.told[entity_id].add(owner)
        if analysis.under_attack or not _opens_as_one(article, self.lexicon):
            return analysis
        spared = frozenset(_spared(article, analysis, self.lexicon))
        for entity_id in spared:
            self.withdrawn[entity_id].add(owner)
        cleared = frozenset(one for one in spared if self.told[one] <= self.withdrawn[one])
        return _denying(analysis, cleared) if cleared else analysis


def _opens_as_one(article: Article, lexicon: ConceptLexicon) -> bool:
    phrases = lexicon.phrases_of(_MARK, article.language)
    return bool(phrases) and any(_opens(text, any_of(phrases)) for text in (article.title, article.text))


def _opens(text: str, marks: re.Pattern[str]) -> bool:
    """Whether a mark stands before all else, and a colon or the like behind it: "Correction policy" is none."""
    before = _BEFORE.match(text)
    found = marks.match(text, before.end() if before else 0)
    behind = text[found.end() :].lstrip()[:1] if found else ""
    return bool(behind) and _OPENED.match(behind) is not None


def _spared(article: Article, analysis: Analysis, lexicon: ConceptLexicon) -> Iterator[EntityId]:
    """Who is named beside a "no", but for one that a figure may be meant by: "9,000, not 90,000"."""
    said = ((one, text_at(article, one)) for one in sentences_of(article, _CHARACTERS))
    noes = [one for one, text in said if denies(article, one, lexicon) and not _DIGIT.search(text)]
    for finding in analysis.findings:
        if any(holds(sentence, span) for sentence in noes for span in finding.spans):
            yield finding.entity_id


def _denying(analysis: Analysis, cleared: AbstractSet[EntityId]) -> Analysis:
    victims = tuple(sorted(map(str, cleared)))
    findings = tuple(replace(one, role=Role.VICTIM) if one.entity_id in cleared else one for one in analysis.findings)
    attacks = tuple(replace(one, status=Status.DENIED, victims=victims) for one in analysis.attacks)
    return replace(analysis, findings=findings, attacks=attacks or (_any_attack(victims, findings, cleared),))


def _any_attack(victims: tuple[str, ...], findings: Iterable[Finding], cleared: AbstractSet[EntityId]) -> Attack:
    named = [one for one in findings if one.entity_id in cleared]
    sure = max(one.confidence for one in named)
    return Attack(_ALL, Status.DENIED, victims, sure, tuple(span for one in named for span in one.spans[:1]))

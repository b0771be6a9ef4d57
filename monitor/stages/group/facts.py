"""The facts of articles: names, numbers, dates, concepts and words, for grouping across languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.domain.finding import Analysis, Role
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.aliases import Alias
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.fingerprint import Fingerprint, sketch
from monitor.stages.group.language import UNKNOWN
from monitor.stages.group.measures import Measures
from monitor.stages.group.notes import Notes
from monitor.stages.group.reading import Shape, Tokeniser
from monitor.stages.group.remarks import add_remarks
from monitor.stages.group.scan import Plans, Scan
from monitor.stages.group.shorthand import Shorthand

_MEMO_LIMIT = 200_000


@dataclass(slots=True)
class FactReader:
    """
    Reads fingerprints from articles. Holds the word lists and what it learnt of folding words;
    the same article always gives the same fingerprint.

    ``aliases`` maps the first folded word of a company name to all names that begin so.
    """

    lexicon: ConceptLexicon
    aliases: Mapping[str, tuple[Alias, ...]]
    policy: GroupPolicy = field(default_factory=GroupPolicy)
    _tokeniser: Tokeniser = field(default_factory=Tokeniser)
    _plans: dict[tuple[str, bool], Plans] = field(default_factory=dict)
    _shorthand: dict[str, Shorthand] = field(default_factory=dict)

    def _planned(self, language: str, *, covered: bool) -> Plans:
        """What is known already of the words of a language that an entity covers or not."""
        plans = self._plans.get((language, covered))
        if plans is None or sum(map(len, plans.wherever)) > _MEMO_LIMIT:
            plans = self._plans[language, covered] = Plans(tuple({} for _ in Shape), tuple({} for _ in Shape))
        return plans

    def fingerprint(
        self,
        article_id: str,
        title: str,
        text: str,
        at: datetime,
        *,
        language: str = UNKNOWN,
        analysis: Analysis | None = None,
        origin: str = "",
        author: str = "",
        is_dated: bool = True,
    ) -> Fingerprint:
        """The fingerprint of one article; *language* is guessed where it is unknown to us."""
        scan = self._scanned(title, text, at, language)
        words, notes, language = scan.words, scan.notes, scan.language
        add_remarks(scan.tokens, notes, self.lexicon, language)
        if analysis is not None:
            _add_analysis(analysis, notes)
        return Fingerprint(
            article_id=article_id,
            at=at,
            language=language,
            facts=notes.facts(),
            sketch=sketch(words, self.policy.sketch_size),
            origin=origin,
            author=author,
            victims=_victims(analysis),
            is_dated=is_dated,
        )

    def figures(self, title: str, text: str, at: datetime, language: str) -> tuple[tuple[float, str], ...]:
        """What is counted in a text, to three digits, in its order; the unit is "$" for money of any currency."""
        in_full = self.spelt_out(title, language), self.spelt_out(text, language)
        return tuple(self._scanned(*in_full, at, language).measures.figures)

    def spelt_out(self, text: str, language: str) -> str:
        """*text* with counts and sums that it writes short in digits; facts are read of texts as they are printed."""
        shorthand = self._shorthand.get(language)
        if shorthand is None:
            shorthand = self._shorthand[language] = Shorthand(language, self.lexicon)
        return shorthand.spelt_out(text)

    def _scanned(self, title: str, text: str, at: datetime, language: str) -> Scan:
        tokens, words = self._tokeniser.read(title, text, self.policy.most_tokens)
        if language not in self.lexicon.languages:
            language = self.lexicon.guess_language(words[: self.policy.lead_tokens])
        notes = Notes(self.policy.most_facts)
        plans = (self._planned(language, covered=False), self._planned(language, covered=True))
        measures = Measures(tokens, at, language, self.lexicon, notes)
        scan = Scan(self.lexicon, self.aliases, self.policy, tokens, words, language, notes, measures, plans)
        scan.run()
        return scan


def _add_analysis(analysis: Analysis, notes: Notes) -> None:
    for finding in analysis.findings:
        notes.add(f"e:{finding.entity_id}", 1.0)
        if finding.role is Role.VICTIM:
            notes.add(f"v:{finding.entity_id}", 1.0)
    for attack in analysis.attacks:
        notes.add(f"t:{attack.type}", 1.0)
    for kind, value in analysis.facts:
        notes.add(f"{kind[:1]}:{value}", 1.0)


def _victims(analysis: Analysis | None) -> tuple[str, ...]:
    if analysis is None:
        return ()
    return tuple(sorted({str(victim) for attack in analysis.attacks for victim in attack.victims}))

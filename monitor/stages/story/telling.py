"""Where a story's articles say what it tells of an entity: the sentence to show for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Attack, Finding, Role, Span, Status, strongest_statuses, without_outage
from monitor.domain.watchlist import EntityId
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.folding import fold, pieces
from monitor.stages.story.evidence import MarkedSentence, holds, sentence_around, sentences_of, text_at, whole_sentence

Read = Sequence[tuple[Article, Analysis]]
_WORD = re.compile(r"[^\W\d_][\w'’&-]*")
_DENIAL, _NEGATION = "wor:denial", "cue:not"
_READ_CHARACTERS = 6_000
# What the text says of it is worth more than the headline, which stands among the sources anyway.
_IN_TEXT = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """What one article says of an entity."""

    article: Article
    analysis: Analysis
    finding: Finding

    @property
    def rank(self) -> int:
        """The rank of the strongest status of what concerns the entity, 0 for the strongest."""
        told = without_outage(strongest_statuses(concerning(self.finding, self.analysis)))
        return min((status.rank for status in told.values()), default=9)


def places_of(entity_id: EntityId, role: Role, read: Read) -> list[Place]:
    """The articles that give an entity that role, in the order of *read*."""
    return [
        Place(article, analysis, finding)
        for article, analysis in read
        for finding in analysis.findings
        if finding.entity_id == entity_id and finding.role is role
    ]


def concerning(finding: Finding, analysis: Analysis) -> tuple[Attack, ...]:
    """The attacks of an article that concern an entity: for a victim those on itself, else all."""
    if finding.role is Role.VICTIM:
        own = tuple(attack for attack in analysis.attacks if str(finding.entity_id) in attack.victims)
        if own:
            return own
        return tuple(attack for attack in analysis.attacks if not attack.victims)
    return analysis.attacks


def telling_place(
    places: Sequence[Place],
    lexicon: ConceptLexicon,
    *,
    is_denied: bool,
    language: str = "",
    is_newest: bool = False,
) -> tuple[Place, MarkedSentence]:
    """
    Which of *places* (at least one) says it best, and the sentence there.

    What is told as a fact comes before a claim, and a denial before both where it is what the story tells by now; of
    these what is in the reader's *language*, then the surest and first; of denials the newest, and of what is told
    again after a denial (*is_newest*) as well.
    """
    if is_denied:
        denials = [place for place in places if place.rank == Status.DENIED.rank] or list(places)
        best = max(denials, key=lambda place: (place.article.language == language, place.article.published_at))
        return best, _denial(best, lexicon)
    best = min(
        places,
        key=lambda place: (
            place.rank,
            -place.article.published_at.timestamp() if is_newest else 0.0,
            place.article.language != language,
            -place.finding.confidence,
            place.article.published_at,
        ),
    )
    return best, _sentence(best)


def _sentence(place: Place) -> MarkedSentence:
    """The sentence that says it: where the attack is told, if the entity stands there too, else where it is named."""
    finding, told = place.finding, list(_told(place))
    strongest = [sentence for status, sentence in told if status.rank == place.rank]
    marked = next((sentence for sentence in (*strongest, *(one for _, one in told)) if sentence.marks), None)
    if marked is not None:
        return marked
    if not finding.spans:
        return told[0][1] if told else MarkedSentence("", ())
    in_text = next((span for span in finding.spans if span.field == "text"), finding.spans[0])
    return sentence_around(place.article, in_text, finding.spans)


def _denial(place: Place, lexicon: ConceptLexicon) -> MarkedSentence:
    """
    The sentence that denies: with a word for it, else with a "no", and the attack or the entity in it or before it.

    What follows a claim often denies it without a name: "The company says that there was no such thing."
    """
    article, spans = place.article, place.finding.spans
    told = [
        span
        for attack in concerning(place.finding, place.analysis)
        if attack.status is Status.DENIED
        for span in attack.evidence
    ]
    best, most, was_about = _sentence(place), 0.0, False
    for sentence in sentences_of(article, _READ_CHARACTERS):
        about = sum(any(holds(sentence, span) for span in group) for group in (told, spans))
        noes = denies(article, sentence, lexicon)
        score = (noes + about + _IN_TEXT * (sentence.field == "text")) if noes and (about or was_about) else 0.0
        was_about = bool(about)
        if score > most:
            best, most = whole_sentence(article, sentence, spans), score
    return best


def denies(article: Article, sentence: Span, lexicon: ConceptLexicon) -> float:
    """How much a sentence denies: a word such as "rejects" tells more than a "no", and two more than one."""
    words = {fold(piece) for word in _WORD.findall(text_at(article, sentence)) for piece in pieces(word)}
    meant = [lexicon.concepts_of(word, article.language) for word in words]
    noes = sum(_NEGATION in concepts for concepts in meant)
    return 2.0 * any(_DENIAL in concepts for concepts in meant) + 0.75 * min(noes, 2)


def _told(place: Place) -> Iterator[tuple[Status, MarkedSentence]]:
    """Where the attack is told, the text before the headline, which stands above and among the sources anyway."""
    told = ((attack.status, span) for attack in concerning(place.finding, place.analysis) for span in attack.evidence)
    for status, span in sorted(told, key=lambda one: one[1].field == "title"):
        yield status, sentence_around(place.article, span, place.finding.spans)

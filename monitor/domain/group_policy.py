"""The tunable numbers of grouping, a section of ``config/monitor.yaml`` like those of ``policy``; what facts weigh."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """
    When articles are one story.

    ``join`` is how sure it must be that an article tells of a story's event, in (0, 1), and ``merge`` that two stories
    tell of one. How sure it is, a sum of signs says (`GroupWeights.signs`); the other numbers shape these signs. What
    shares less than ``least_cover`` of what both say, or facts of less rarity than ``evidence``, is not compared.
    """

    window: timedelta = timedelta(days=400)
    """Articles older than this are no longer compared with new ones."""
    max_articles: int = 100_000
    """Most articles that new ones are compared with; more cost memory."""
    most_tokens: int = 350
    """Words of an article that are read for facts; more is slower."""
    most_facts: int = 70
    """Most facts kept of one article."""
    lead_tokens: int = 90
    """First words, whose facts count fully; those of later words count `later_weight`."""
    later_weight: float = 0.6
    """Weight of facts behind the lead, where one in the lead is 1."""
    sketch_size: int = 24
    """Hashes kept of each text to recognise copies; more are exacter and larger."""
    copy_share: float = 0.6
    """Share (0 to 1) of common wording above which a text is a copy."""
    shortest_copy: int = 4
    """Texts with fewer three-word sequences than this are never taken for copies."""
    mould_share: float = 0.1
    """Least share of common wording at which two texts may come from one mould."""
    mould_names_share: float = 0.2
    """From this share of common wording, texts with other headline names are one mould."""
    mould_figures_share: float = 0.3
    """From this share of common wording, texts of different days and figures are one mould."""
    mould_days: float = 0.75
    """Texts fewer days apart count as one mould only by `mould_names_share`."""
    headline_weight: float = 1.25
    """Weight from which a fact counts as in the headline; larger asks for more."""
    short_copy_within: timedelta = timedelta(days=1)
    """Very short texts that are the same are copies only within this time."""
    background_articles: int = 3_000
    """The built-in rarity of facts counts like this many articles; larger trusts it longer."""
    join: float = 0.5
    """How sure (0 to 1) an article must be of a story; larger splits more."""
    least_cover: float = 0.1
    """Share of common facts below which article and story are not compared further."""
    evidence: float = 5.0
    """Rarity that shared facts must reach in sum before a story is considered."""
    names_most: int = 8
    """Shared names count as a sign up to this number."""
    running_most: float = 14.0
    """Days that a story has run count as a sign up to this number."""
    day_prominence: float = 0.9
    """Weight from which a day or figure counts as named near the beginning."""
    event_share: float = 0.3
    """Share that a repeated lead loses where it lacks what happened; larger splits more."""
    repeated_fades: float = 0.1
    """How fast a repeated lead loses weight with days; larger fades faster."""
    repeated_days: float = 15.0
    """Days after which a repeated lead has lost `repeated_fades` of its weight."""
    wording_facts: float = 14.0
    """Facts (number) from which an article in the story's language counts as long."""
    silence_days: float = 7.0
    """Days apart beyond which a lead repeated with another date tells something new."""
    again_days: float = 2.0
    """Days apart beyond which signs of a later event count; smaller splits more."""
    company_prominence: float = 1.2
    """Weight from which an article is about a known company, not only naming it."""
    company_firmness: float = 0.85
    """How firmly a story must name a known company; larger asks for more."""
    round_days: float = 4.0
    """Days apart from which signs of another turn count; smaller splits more."""
    score_days: float = 1.5
    """Days apart from which another score means another match."""
    score_lead: float = 0.5
    """Likeness of leads (0 to 1) from which another score says nothing against a story."""
    count_days: float = 14.0
    """Days after a story's start from which another headline figure means a new count."""
    office_days: float = 6.0
    """Days apart from which another person's change of office is another story."""
    short_facts: int = 35
    """Facts (number) up to which a text is short; twice as many make it long."""
    lead_overlap: float = 0.3
    """Likeness of leads (0 to 1) from which they no longer speak against a story."""
    lead_facts: int = 25
    """Facts (number) of an article above which its lead is compared with the story's."""
    foreign_word: float = 2.0
    """Factor for a long word shared across languages, which is likely a name."""
    sound_alone: float = 3.0
    """Factor for shared names that sound alike but are spelt differently."""
    victim_days: float = 14.0
    """Days within which attacks on one known company are taken for one event."""
    named_days: float = 4.0
    """Days within which attacks on one other name are taken for one event."""
    merge: float = 0.75
    """How sure (0 to 1) two stories must be one; larger merges less."""
    candidates: int = 5
    """Most stories that an article is compared with; more are slower."""
    candidate_worth: float = 4.0
    """Rarity that shared facts must reach for a story to be a candidate."""
    postings_read: int = 300
    """Most story entries read in search of candidates; facts of more stories are skipped."""
    story_facts: int = 400
    """Most facts kept of one story."""
    likeness_even: float = 0.6
    """Likeness of embeddings (cosine) that speaks neither for nor against a story."""
    likeness_weight: float = 3.2
    """How strongly likeness above or below `likeness_even` counts."""
    likeness_most: float = 0.8
    """Most that likeness of embeddings can add or take away."""


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """
    How much each kind of shared fact counts, a name being 1, tuned on the development split; and ``signs``, how much
    each sign adds to how sure it is that an article tells of a story's event, and ``parting``, what each adds to how
    sure it is that an article and others of a story tell of another event than the rest of it, where nothing parts
    without weights (both in `monitor/lexicon/grouping.yaml`).
    """

    signs: Mapping[str, float]
    parting: Mapping[str, float] = field(default_factory=dict)
    entity: float = 0.9
    name: float = 1.0
    pair: float = 0.3
    sound: float = 0.3
    country: float = 0.75
    city: float = 0.9
    number: float = 0.7
    score: float = 1.0
    day: float = 0.5
    month: float = 0.4
    identifier: float = 1.5
    link: float = 1.0
    word: float = 0.35
    attack: float = 0.6
    concept: float = 0.6

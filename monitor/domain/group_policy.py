"""The tunable numbers of grouping, a section of ``config/monitor.yaml`` like those of ``policy``; what facts weigh."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    max_articles: int = 100_000
    most_tokens: int = 350
    most_facts: int = 70
    lead_tokens: int = 90
    later_weight: float = 0.6
    sketch_size: int = 24
    copy_share: float = 0.6
    shortest_copy: int = 4
    mould_share: float = 0.1
    mould_names_share: float = 0.2
    mould_figures_share: float = 0.3
    mould_days: float = 0.75
    headline_weight: float = 1.25
    short_copy_within: timedelta = timedelta(days=1)
    background_articles: int = 3_000
    join: float = 0.5
    least_cover: float = 0.1
    evidence: float = 5.0
    names_most: int = 8
    running_most: float = 14.0
    day_prominence: float = 0.9
    event_share: float = 0.3
    repeated_fades: float = 0.1
    repeated_days: float = 15.0
    wording_facts: float = 14.0
    silence_days: float = 7.0
    again_days: float = 2.0
    company_prominence: float = 1.2
    company_firmness: float = 0.85
    round_days: float = 4.0
    score_days: float = 1.5
    score_lead: float = 0.5
    count_days: float = 14.0
    office_days: float = 6.0
    short_facts: int = 35
    lead_overlap: float = 0.3
    lead_facts: int = 25
    foreign_word: float = 2.0
    sound_alone: float = 3.0
    victim_days: float = 14.0
    named_days: float = 4.0
    merge: float = 0.75
    candidates: int = 5
    candidate_worth: float = 4.0
    postings_read: int = 300
    story_facts: int = 400
    # Of a user's model of meaning: the likeness (a cosine) that says nothing, how much the sum rises or falls for one
    # more or less, and by how much at most.
    likeness_even: float = 0.6
    likeness_weight: float = 3.2
    likeness_most: float = 0.8


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """
    How much each kind of shared fact counts, a name being 1, tuned on the development split; and ``signs``, how much
    each sign adds to how sure it is that an article tells of a story's event (`monitor/lexicon/grouping.yaml`).
    """

    signs: Mapping[str, float]
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

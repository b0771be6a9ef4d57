"""The tunable numbers of grouping, a section of ``config/monitor.yaml`` like those of ``policy``; what facts weigh."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class GroupPolicy:
    """
    When articles are one story.

    ``join`` and ``evidence`` are the two bars: how much of what an article says must be shared, and
    how much rarity the shared facts must carry. The bars rise with the silence since the story's
    last article: by ``silence_weight`` for each doubling of days. They fall with what the article
    repeats of what the story leads with, by ``repeated_weight`` for all of it, of which ``repeated_anew``
    is left where it names other days after ``silence_days``; but ``least_cover`` is always asked. A story that has
    run for longer than ``running_most`` days lowers the bar no further, and where an article repeats names only, and
    nothing of what happened, ``event_share`` of what it repeats does not count. By
    ``counted_back`` the bar falls where, after a silence, an article says how long after the story's beginning
    it comes, and by ``victim_gain`` where both headlines name one company under attack within ``victim_days``
    (``named_gain`` for a name that is no known company's). Which signals there are, and their first weights, came out
    of a regression over pairs of article and story of all evaluation files but one, for each of them; the defaults were
    then tuned on whole streams (docs/stories.md, decision 0410).
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
    join: float = 0.23
    least_cover: float = 0.13
    evidence: float = 5.0
    wording_penalty: float = 0.1
    name_weight: float = 0.034
    names_most: int = 8
    running_weight: float = 0.04
    running_most: float = 14.0
    identifier_penalty: float = 0.8
    day_penalty: float = 0.25
    day_prominence: float = 0.9
    repeated_weight: float = 0.97
    event_share: float = 0.3
    repeated_fades: float = 0.1
    repeated_anew: float = 0.36
    repeated_days: float = 15.0
    wording_facts: float = 14.0
    silence_weight: float = 0.11
    silence_days: float = 7.0
    again_days: float = 2.0
    again_penalty: float = 0.62
    names_penalty: float = 0.135
    company_prominence: float = 1.2
    company_firmness: float = 0.85
    branch_penalty: float = 0.4
    elsewhere_penalty: float = 0.35
    lead_penalty: float = 0.19
    trade_penalty: float = 0.7
    victim_penalty: float = 2.0
    place_penalty: float = 0.1
    strangers_penalty: float = 1.0
    clash_penalty: float = 0.7
    round_penalty: float = 2.0
    round_days: float = 4.0
    score_days: float = 1.5
    score_lead: float = 0.5
    count_days: float = 14.0
    office_days: float = 6.0
    office_penalty: float = 1.0
    result_penalty: float = 0.6
    anew_penalty: float = 0.6
    topic_penalty: float = 0.125
    topic_overlap: float = 0.12
    family_penalty: float = 0.5
    kind_penalty: float = 0.06
    kind_later_penalty: float = 0.2
    digest_penalty: float = 2.0
    namesake_penalty: float = 0.12
    survey_penalty: float = 0.25
    unrelated_penalty: float = 0.35
    aside_penalty: float = 0.2
    past_penalty: float = 1.0
    failure_penalty: float = 0.75
    strength_penalty: float = 1.0
    fresh_days: float = 5.0
    least_doubt: float = 0.3
    long_text_penalty: float = 0.06
    short_facts: int = 35
    lead_doubt: float = 0.4
    lead_overlap: float = 0.3
    lead_facts: int = 25
    look_back: float = 0.15
    counted_back: float = 0.06
    foreign_word: float = 2.0
    sound_alone: float = 3.0
    victim_gain: float = 0.3
    victim_days: float = 14.0
    named_gain: float = 0.1
    named_days: float = 4.0
    merge: float = 0.3
    candidates: int = 5
    candidate_worth: float = 4.0
    postings_read: int = 300
    story_facts: int = 400
    # Of a user's model of meaning: the likeness (a cosine) that says nothing, how much the bar falls or rises for one
    # more or less, and by how much at most.
    likeness_even: float = 0.6
    likeness_weight: float = 0.4
    likeness_most: float = 0.1


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """How much each kind of shared fact counts, a name being 1; tuned on the development split."""

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

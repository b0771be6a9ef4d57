"""How sure a text is of an attack: told from the sentence, its neighbours, the title and the whole."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.domain.finding import Status
from monitor.domain.lexicon import Weights
from monitor.stages.detect.attacks import Event, is_negated
from monitor.stages.detect.labels import is_marked_as_made_up
from monitor.stages.detect.passage import Passage, Sentence
from monitor.stages.detect.scoring import Outcomes, add_brief

_SAYS = frozenset(
    {
        "claim", "may", "deny", "thwart", "past_time", "aftermath", "hypo", "drill", "law", "advert", "advice",
        "fiction", "statistic", "no_attack", "no_exploit", "admit", "say", "not_affected", "sale", "leak_site",
        "threaten", "gang", "patch", "research", "insure", "warn", "victim_verb", "steal", "market", "help", "outage",
        "according", "intact", "verdict", "years_ago", "long_ago", "boast", "accuse",
    }
)  # fmt: skip
_SPOKEN = frozenset({"say", "claim", "boast"})
# Characters: between a gang and the verb behind it, between a verb and the gang behind it, from "denied" to the attack.
_SPEAKS_WITHIN, _SPOKEN_OF, _DENIED_WITHIN = 30, 20, 120
_BREAK = re.compile(r"[;:–—]")
# All that such an event has to go by is that it was no attack.
_REFUTED = "cyberattack:no_attack"
_KIND = "type:"
# What the words of the whole article say that bears on whether an attack holds.
_SAID = ("live", "under", *map(str, Status))
# Where (sentence, neighbours, title, article) something is said that may undo an attack, for each kind in its own way.
_REFUSING = frozenset(
    f"{where}:{concept}"
    for where in ("s", "n", "t", "a")
    for concept in ("thwart", "not_affected", "intact", "deny", "no_attack")
)
_YEAR = re.compile(r"(?<![\w.,])(?:19[89]\d|20[0-4]\d)(?![\w%])")
# How little there is to read; of all parts together.
_BRIEF = "brief"


class StatusReader:
    """Reads the status of events."""

    def __init__(self, weights: Weights) -> None:
        self.outcomes = Outcomes(weights, [str(status) for status in Status])

    def article_parts(
        self, passage: Passage, published: datetime | None, worded: Mapping[str, float]
    ) -> dict[str, float]:
        """Parts that hold for every event of the article; *worded* is what its words speak for."""
        size = max(len(passage.sentences), 1)
        parts: dict[str, float] = {"bias": 1.0}
        for sentence in passage.sentences:
            for concept in sentence.concepts & _SAYS:
                key = f"t:{concept}" if sentence.in_title else f"a:{concept}"
                parts[key] = 1.0 if sentence.in_title else parts.get(key, 0.0) + 3.0 / (size + 2)
            if sentence.in_title and "?" in passage.clean[sentence.start : sentence.end]:
                parts["t:question"] = 1.0
        parts[_size(size)] = 1.0
        if is_marked_as_made_up(passage):
            parts["made-up"] = 1.0
        if brevity := passage.brevity:
            parts[_BRIEF] = brevity
        opening = passage.sentences[: 3 if size < 8 else 4]
        for part in _years(" ".join(passage.clean[s.start : s.end] for s in opening), published):
            parts[f"a:{part}"] = 1.0
        parts = {part: min(value, 1.0) for part, value in parts.items()}
        parts.update((f"words:{outcome}", worded[outcome]) for outcome in _SAID if outcome in worded)
        return parts

    def event_parts(self, passage: Passage, event: Event, published: datetime | None) -> dict[str, float]:
        """Parts of one event's sentence and of those beside it."""
        sentence = passage.sentences[event.sentence]
        parts = {f"s:{concept}": 1.0 for concept in sentence.concepts & _SAYS}
        for near in (event.sentence - 1, event.sentence + 1):
            if 0 <= near < len(passage.sentences) and not passage.sentences[near].in_title:
                for concept in passage.sentences[near].concepts & _SAYS:
                    parts[f"n:{concept}"] = 1.0
        parts[f"type:{event.type}"] = 1.0
        parts[_place(event.sentence, len(passage.sentences), sentence.in_title)] = 1.0
        parts.update(_years(passage.clean[sentence.start : sentence.end], published))
        told = (
            ("neg-near", is_negated(sentence, event)),
            ("gang-says", _is_told_by_gang(sentence)),
            ("denied-before", _is_denied(passage, sentence, event)),
            ("feared", _is_feared(passage, sentence, event)),
        )
        parts.update((part, 1.0) for part, holds in told if holds)
        if event.frames and all(frame == _REFUTED for frame, _ in event.frames):
            parts["refuted"] = 1.0
        if "?" in passage.clean[sentence.end - 2 : sentence.end]:
            parts["s:question"] = 1.0
        return parts

    def shares(self, article: dict[str, float], events: Sequence[dict[str, float]]) -> dict[str, float]:
        """The statuses as shares of one, for some events of an article together."""
        return self.outcomes.shares(together(article, events))


def _is_told_by_gang(sentence: Sentence) -> bool:
    """Whether the attackers say it: "the gang says", "Lockfox, a ransomware gang, claimed", "dice la banda"."""
    if "gang" not in sentence.concepts:
        return False
    gangs = [hit for hit in sentence.hits if hit[2] == "gang"]
    said = [hit for hit in sentence.hits if hit[2] in _SPOKEN]
    return any(
        0 <= verb[0] - gang[1] <= _SPEAKS_WITHIN or 0 <= gang[0] - verb[1] <= _SPOKEN_OF
        for gang in gangs
        for verb in said
    )


def _is_denied(passage: Passage, sentence: Sentence, event: Event) -> bool:
    """Whether a denial stands before the words of *event*, in their clause: "denied that it was hit by ransomware"."""
    return "deny" in sentence.concepts and any(
        concept == "deny"
        and 0 <= event.end - end <= _DENIED_WITHIN
        and _BREAK.search(passage.clean, end, event.start) is None
        for _, end, concept in sentence.hits
    )


def _is_feared(passage: Passage, sentence: Sentence, event: Event) -> bool:
    """Whether it is only what may come: "could be hit by ransomware"; "breach: clients may be hit" tells of one."""
    return "feared" in sentence.concepts and any(
        concept == "feared"
        and start <= event.start <= end + _DENIED_WITHIN
        and _BREAK.search(passage.clean, end, max(event.start, end)) is None
        for start, end, concept in sentence.hits
    )


def together(article: dict[str, float], events: Sequence[dict[str, float]]) -> dict[str, float]:
    """The parts of an article and the mean of those of some of its events."""
    parts = dict(article)
    for event in events:
        for part, value in event.items():
            parts[part] = parts.get(part, 0.0) + value / len(events)
    refusing = sorted(parts.keys() & _REFUSING)
    kinds = {part for event in events for part in event if part.startswith(_KIND)} if refusing else set()
    for sign in refusing:
        for kind in sorted(kinds):
            # A flood that nobody noticed has failed; of stolen data it says little that nobody noticed.
            parts[f"{kind}&{sign}"] = min(parts[sign], 1.0)
    add_brief(parts, parts.pop(_BRIEF, 0.0))
    return parts


def _size(sentences: int) -> str:
    return "long" if sentences > 14 else "short" if sentences < 8 else "middling"


def _place(number: int, size: int, in_title: bool) -> str:
    if in_title:
        return "in:title"
    return "in:lead" if number <= 2 else "in:end" if number > 0.6 * size else "in:middle"


def _years(text: str, published: datetime | None) -> dict[str, float]:
    if published is None:
        return {}
    years = [int(match[0]) for match in _YEAR.finditer(text[:2000])]
    parts = {}
    if any(year < published.year - 1 for year in years):
        parts["year:long-ago"] = 1.0
    elif any(year == published.year - 1 for year in years):
        parts["year:last"] = 1.0
    if any(year > published.year for year in years):
        parts["year:to-come"] = 1.0
    if any(year == published.year for year in years):
        parts["year:this"] = 1.0
    return parts

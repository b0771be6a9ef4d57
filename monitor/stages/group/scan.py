"""One pass over the tokens of an article, in which its facts are noted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from sys import intern

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.aliases import Alias
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.elapsed import elapsed_fact
from monitor.stages.group.folding import is_taken_over, skeleton
from monitor.stages.group.notes import Notes
from monitor.stages.group.nouns import common_nouns
from monitor.stages.group.quantities import (
    day_fact,
    iso_fact,
    month_fact,
    near_day_fact,
    number_fact,
    number_value,
    score_fact,
    weekday_fact,
)
from monitor.stages.group.reading import Shape, Token, last_sentence, millions
from monitor.stages.group.remarks import note_past

Plan = tuple[tuple[str, float], ...] | None
_STRUCTURE = frozenset({"month", "weekday", "coming", "day", "scale", "num", "money", "unit", "span"})
_PLACES = frozenset({"p", "c"})
_CONTEXTUAL = _STRUCTURE | {"cue"}
_UNPLANNED: Plan = (("", 0.0),)
_AGAIN_REACH = 9
_TITLE_WEIGHT = 1.3
_UNKNOWN_WORD = 0.3
_LONG_NAME = 6
_GANG = "cyb:gang"
_FULL, _FULL_NAME = 2, 0.6
_STORM = "wor:storm"
_ENOUGH_BONES = 4
_SOUNDS = 0.5
_OPENING, _CAPITAL, _ACRONYM = Shape.OPENING, Shape.CAPITAL, Shape.ACRONYM
# Things that happen at a moment, so that "a new one" is another one.
_EVENTS = frozenset(
    {
        "cyb:attack", "cyb:hack", "cyb:breach", "cyb:outage", "cyb:leak", "cyb:ddos", "cyb:ransomware", "eco:strike",
        "eco:blackout", "eco:recall", "wor:earthquake", "wor:flood", "wor:storm", "wor:wildfire", "wor:bomb",
        "wor:shooting", "wor:stabbing", "wor:airstrike", "wor:accident", "wor:planecrash", "wor:robbery", "wor:protest",
    }
)  # fmt: skip


@dataclass(slots=True)
class Scan:
    """One pass over the tokens of one article."""

    lexicon: ConceptLexicon
    aliases: Mapping[str, tuple[Alias, ...]]
    policy: GroupPolicy
    tokens: list[Token]
    at: datetime
    language: str
    notes: Notes
    # What is known already of words that no entity covers, and of those that one does: by print, then by word.
    plans: tuple[tuple[dict[str, Plan], ...], tuple[dict[str, Plan], ...]]
    stop: frozenset[str] = frozenset()
    mid_sentence: set[str] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)
    common: frozenset[str] = frozenset()
    lead: int = 0

    def run(self) -> None:
        tokens = self.tokens
        self.stop = self.lexicon.stopwords.get(self.language, frozenset())
        self.mid_sentence = {token.word for token in tokens if _CAPITAL <= token.shape <= _ACRONYM}
        if self.language == "de":
            self.common = common_nouns(tokens)
        self.lead = lead = min(self.policy.lead_tokens, last_sentence(tokens))
        self._name_runs()
        plain, covered = self.plans
        size, mid_sentence, among, common = len(tokens), self.mid_sentence, self.covered, self.common
        add_all, later, index = self.notes.add_all, self.policy.later_weight, 0
        while index < size:
            token = tokens[index]
            word, shape = token.word, token.shape
            if shape is _OPENING and word in mid_sentence:
                shape = _CAPITAL
            if word in common and shape is not _ACRONYM:
                shape = Shape.LOWER
            table = (covered if index in among else plain)[shape]
            plan = table.get(word, _UNPLANNED)
            if plan is _UNPLANNED:
                plan = table[word] = self._plan(index)
            if plan:
                # As `_prominence` has it: this is done for every word of every article.
                add_all(plan, _TITLE_WEIGHT if token.in_title else 1.0 if index < lead else later)
            index += 1 if plan is not None else self._step(index)

    def _is_common(self, token: Token) -> bool:
        return token.word in self.common and token.shape is not Shape.ACRONYM

    def _shape(self, index: int) -> Shape:
        """How a word is printed; what stands capitalised within a sentence elsewhere is a name here too."""
        token = self.tokens[index]
        return Shape.CAPITAL if token.shape is Shape.OPENING and token.word in self.mid_sentence else token.shape

    def _plan(self, index: int) -> Plan:
        """The facts that a word makes wherever it stands; None where that depends on what is around it."""
        token = self.tokens[index]
        if token.shape >= Shape.NUMBER:
            return () if token.shape is Shape.BREAK else None
        lexicon = self.lexicon
        concepts = self._concepts(index)
        kinds = {concept.partition(":")[0] for concept in concepts}
        if lexicon.phrases_from(token.word, self.language) or not kinds.isdisjoint(_CONTEXTUAL):
            return None
        return tuple(self._own_facts(index, concepts, placed=not kinds.isdisjoint(_PLACES)))

    def _concepts(self, index: int) -> tuple[str, ...]:
        """What a word means; a city without a name of its own in a language goes by the English one."""
        token = self.tokens[index]
        concepts = self.lexicon.concepts_of(token.word, self.language)
        is_name = self._shape(index) >= _CAPITAL and not self._is_common(token) and token.word not in self.stop
        if concepts or not is_name or self.language == "en":
            return concepts
        return tuple(one for one in self.lexicon.concepts_of(token.word, "en") if one.startswith("c:"))

    def _own_facts(self, index: int, concepts: tuple[str, ...], *, placed: bool) -> Iterable[tuple[str, float]]:
        token = self.tokens[index]
        for concept in concepts:
            if concept.partition(":")[0] not in _CONTEXTUAL:
                yield concept, 1.0
        certainty = 0.0 if placed else self._certainty(index, known=bool(concepts))
        if certainty:
            yield from self._named(token, certainty)
        # What is surely a name is noted as one only: the same evidence must not count twice.
        if certainty < 1.0 and index not in self.covered and len(token.word) >= 4 and token.word not in self.stop:
            # In a language without word lists much of this is small change.
            yield intern(f"w:{token.word[:7]}"), 1.0 if self.stop else _UNKNOWN_WORD

    def _named(self, token: Token, certainty: float) -> Iterable[tuple[str, float]]:
        """A name, and how it sounds where languages may spell it otherwise."""
        yield intern(f"n:{token.word}"), certainty
        if certainty >= _SOUNDS and len(token.word) >= _LONG_NAME and is_taken_over(token.word):
            bones = skeleton(token.word, self.language)
            if len(bones) >= _ENOUGH_BONES:
                yield intern(f"k:{bones}"), certainty

    def _step(self, index: int) -> int:
        """Note the facts that begin at *index*; answer how many tokens they took."""
        token = self.tokens[index]
        if token.shape is Shape.NUMBER:
            return self._number(index)
        if token.shape is Shape.LINK:
            self.notes.add(("i:" if token.word.startswith("cve-") else "u:") + token.word, 1.0)
            return 1
        taken = self._phrase(index)
        if taken:
            return taken
        return self._word(index)

    def _prominence(self, index: int) -> float:
        if self.tokens[index].in_title:
            return _TITLE_WEIGHT
        return 1.0 if index < self.lead else self.policy.later_weight

    def _phrase(self, index: int) -> int:
        token = self.tokens[index]
        for rest, concept in self.lexicon.phrases_from(token.word, self.language):
            if self._follows(index, rest):
                if concept.startswith("cue:"):
                    self._cue(concept, index)
                else:
                    self.notes.add(concept, self._prominence(index))
                return 1 + len(rest)
        return 0

    def _follows(self, index: int, rest: tuple[str, ...]) -> bool:
        tokens, end = self.tokens, index + 1 + len(rest)
        if end > len(tokens) or (rest and not _is_word(tokens[index + 1], rest[0])):
            return False
        return len(rest) < 2 or all(map(_is_word, tokens[index + 2 : end], rest[1:]))

    def _word(self, index: int) -> int:
        concepts = self._concepts(index)
        placed = False
        for concept in concepts:
            kind = concept.partition(":")[0]
            if kind == "cue":
                self._cue(concept, index)
            elif kind in _STRUCTURE:
                self._time(concept, index)
            placed = placed or kind in _STRUCTURE or kind in _PLACES
        for fact, factor in self._own_facts(index, concepts, placed=placed):
            self.notes.add(fact, factor * self._prominence(index))
        return 1

    def _cue(self, concept: str, index: int) -> None:
        """A new attack, hit once more: a word of repetition by one of an event; or a round-up, a daughter, no tie."""
        in_lead = self.tokens[index].in_title or index < self.policy.lead_tokens // 2
        in_title = self.tokens[index].in_title
        if {"cue:digest": in_title, "cue:branch": in_lead, "cue:unrelated": True, "cue:wave": True}.get(concept):
            self.notes.add("cue:again" if concept == "cue:wave" else concept, self._prominence(index))
        if concept == "cue:past" and index < self.lead:
            note_past(self.tokens, index, self.notes, self.lexicon, self.language)
        reach = {"cue:new": 1, "cue:again": _AGAIN_REACH}.get(concept, 0)
        around = self.tokens[max(0, index - reach) : index] + self.tokens[index + 1 : index + reach + 1]
        if any(not _EVENTS.isdisjoint(self.lexicon.concepts_of(one.word, self.language)) for one in around):
            self.notes.add("cue:again", self._prominence(index))

    def _certainty(self, index: int, *, known: bool) -> float:
        """How sure it is that a word is a name by itself, in [0, 1]."""
        token = self.tokens[index]
        if token.shape is Shape.LOWER or token.word in self.stop or len(token.word) < 2 or self._is_common(token):
            return 0.0
        if index in self.covered:
            return 0.4  # the entity carries most of it
        if token.shape is Shape.ACRONYM:
            return 1.0
        if self.language == "de":
            # Every noun has a capital: a common one is known to the lexicon, a name seldom is.
            return 0.2 if known else 0.5
        if self._shape(index) is Shape.CAPITAL:
            return 0.6 if known else 1.0
        # Where function words are not known either, a word that opens a sentence may be any.
        return 0.0 if known or not self.stop else 0.5

    def _name_runs(self) -> None:
        """Company names, pairs of names in a row, and the initials of longer runs."""
        run: list[Token] = []
        gangs = self._gangs()
        for index, token in enumerate(self.tokens):
            if _OPENING <= token.shape <= _ACRONYM:
                if token.word in gangs:
                    self.covered.add(index)
                self._christened(index)
                if token.word in self.aliases:
                    self._alias(index)
                self._qualify(index)
                run.append(token)
            elif run:
                if token.word == "&":
                    run.append(token)
                else:
                    self._run(run, index)
                    run = []
        self._run(run, len(self.tokens))

    def _christened(self, index: int) -> None:
        """The name of a storm, which tells it from the next one: h:eunice."""
        token, before = self.tokens[index], self.tokens[max(0, index - 1)].word
        is_storm = token.shape >= _CAPITAL and _STORM in self.lexicon.concepts_of(before, self.language)
        if is_storm and not self._means(token):
            self.notes.add(f"h:{token.word}", self._prominence(index))

    def _gangs(self) -> set[str]:
        """Names right beside a word for a gang: one gang has many victims, so that its name says little."""
        tokens, is_gang = self.tokens, self.lexicon.carriers_of(_GANG, self.language)
        found: set[str] = set()
        for index, token in enumerate(tokens):
            if is_gang[token.word] and token.shape <= _ACRONYM:
                beside = tokens[max(0, index - 1) : index] + tokens[index + 1 : index + 2]
                found.update(one.word for one in beside if _CAPITAL <= one.shape <= _ACRONYM and not self._means(one))
        return found

    def _means(self, token: Token) -> bool:
        return token.word in self.stop or bool(self.lexicon.concepts_of(token.word, self.language))

    def _alias(self, index: int) -> None:
        token = self.tokens[index]
        doubtful = token.shape is Shape.OPENING and (
            token.word in self.stop or bool(self.lexicon.concepts_of(token.word, self.language))
        )
        following = self.tokens[index + 1].word if index + 1 < len(self.tokens) else None
        for rest, entity, is_caps in self.aliases.get(token.word, ()):
            # Many banks begin with "bank": the next word tells most of them apart.
            if rest and rest[0] != following:
                continue
            if is_caps and token.shape is not _ACRONYM and self._is_of_longer_name(index):
                continue
            if self._follows(index, rest) and (rest or not doubtful):
                self.notes.add(f"e:{entity}", self._prominence(index))
                self.covered.update(range(index, index + 1 + len(rest)))
                return

    def _is_of_longer_name(self, index: int) -> bool:
        """Whether a name stands on either side: "Tim Cook" is not TIM, nor "Girls Who Code" WHO."""
        beside = self.tokens[max(0, index - 1) : index] + self.tokens[index + 1 : index + 2]
        return any(_CAPITAL <= one.shape <= _ACRONYM for one in beside)

    def _qualify(self, index: int) -> None:
        """A name with a country right behind it, such as a subsidiary has: q:orange=be."""
        if self.tokens[index].word in self.stop:
            return
        if index + 1 < len(self.tokens) and _CAPITAL <= self.tokens[index + 1].shape <= _ACRONYM:
            following = self.tokens[index + 1].word
            # Brands keep their English country in every language: "Orange Belgium".
            for concept in {
                concept for tongue in (self.language, "en") for concept in self.lexicon.concepts_of(following, tongue)
            }:
                if concept.startswith("p:"):
                    self.notes.add(f"q:{self.tokens[index].word}={concept[2:]}", self._prominence(index))

    def _run(self, run: list[Token], end: int) -> None:
        while run and run[-1].word == "&":
            run.pop()
        if len(run) < 2 or (self.language == "de" and len(run) > 4):
            return
        if run[0].shape is Shape.OPENING and run[0].word in self.stop:
            run = run[1:]
        words = [token.word for token in run]
        self._full_name(run, end - 1)
        if "&" in words:
            self.notes.add(f"n:{''.join(word[0] for word in words)}", 0.8)
        elif len(words) >= 3:
            self.notes.add(f"n:{''.join(word[0] for word in words)}", 0.6)
        for first, second in pairwise(words):
            if first != "&" and second != "&":
                self.notes.add(f"b:{first} {second}", 0.6)

    def _full_name(self, run: list[Token], last: int) -> None:
        """Where any noun has a capital, two in a row that mean nothing are a name: "Kanzler Olaf Scholz"."""
        if self.language != "de":
            return
        names = [one for one in run if not (self._means(one) or self._is_common(one))]
        for token in names if len(names) >= _FULL else ():
            self.notes.add_all(self._named(token, 1.0), _FULL_NAME * self._prominence(last))

    def _number(self, index: int) -> int:
        token = self.tokens[index]
        weight = self._prominence(index)
        special = iso_fact(token.word) or score_fact(token.word)
        if special:
            self.notes.add(special, weight)
            return 1
        value = number_value(token.word)
        if value is None:
            return 1
        month = self._ahead(index, "month")
        if month is not None and value <= 31 and value == int(value):
            fact = day_fact(self.at, int(value), int(month))
            if fact:
                self.notes.add(fact, weight)
                return 2
        scale = self._ahead(index, "scale") or millions(self.tokens[index : index + 2])
        after = index + (2 if scale else 1)
        money = token.money or self._kind_at(after, "money") is not None
        percent = token.percent or self._kind_at(after, "unit") == "percent"
        factor = float(scale) if scale else 1.0
        fact = number_fact(value * factor, money=money, percent=percent, scaled=scale is not None)
        if fact:
            self.notes.add(fact, weight)
        return 2 if scale else 1

    def _ahead(self, index: int, kind: str) -> str | None:
        """The value of a structure word right after *index*, over "de" and "." in between."""
        for step in (1, 2):
            found = self._kind_at(index + step, kind)
            if found is not None:
                return found
            between = self.tokens[index + step].word if index + step < len(self.tokens) else "-"
            if between not in ("", "de", "di", "a", "er", "of"):
                return None
        return None

    def _kind_at(self, index: int, kind: str) -> str | None:
        if not 0 <= index < len(self.tokens):
            return None
        for concept in self.lexicon.concepts_of(self.tokens[index].word, self.language):
            head, _, value = concept.partition(":")
            if head == kind:
                return value
        return None

    def _time(self, concept: str, index: int) -> None:
        kind, _, value = concept.partition(":")
        weight = self._prominence(index)
        if kind == "weekday":
            is_coming = "1" in {self._kind_at(index - 1, "coming"), self._kind_at(index + 1, "coming")}
            self.notes.add(weekday_fact(self.at, int(value), is_coming=is_coming), weight)
        elif kind == "day":
            self.notes.add(near_day_fact(self.at, int(value)), weight)
        elif kind == "month":
            self._month(int(value), index, weight)
        elif kind == "num":
            self._number_word(float(value), index, weight)
        elif kind == "span":
            fact = elapsed_fact(self.tokens, index, int(value), self.at, self.lexicon, self.language)
            if fact:
                self.notes.add(fact, weight)

    def _month(self, month: int, index: int, weight: float) -> None:
        if self.language in ("en", "de") and self.tokens[index].shape is Shape.LOWER:
            return  # "may", "march"
        after = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if after is not None and after.word.isdigit() and int(after.word) <= 31:
            fact = day_fact(self.at, int(after.word), month)
            if fact:
                self.notes.add(fact, weight)
                return
        self.notes.add(month_fact(self.at, month), weight)

    def _number_word(self, value: float, index: int, weight: float) -> None:
        scale = self._ahead(index, "scale")
        if scale is None:
            return
        after = next(step for step in (1, 2) if self._kind_at(index + step, "scale"))
        money = self._kind_at(index + after + 1, "money") is not None
        fact = number_fact(value * float(scale), money=money, percent=False, scaled=True)
        if fact:
            self.notes.add(fact, weight)


def _is_word(token: Token, wanted: str) -> bool:
    return token.word.startswith(wanted[:-1]) if wanted.endswith("*") else token.word == wanted

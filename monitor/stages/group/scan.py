"""One pass over the tokens of an article, in which its facts are noted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from sys import intern
from typing import NamedTuple

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.aliases import Alias
from monitor.stages.group.concepts import ConceptLexicon
from monitor.stages.group.folding import is_taken_over, skeleton
from monitor.stages.group.measures import Measures
from monitor.stages.group.notes import Notes
from monitor.stages.group.nouns import common_nouns
from monitor.stages.group.reading import Shape, Token, last_sentence
from monitor.stages.group.remarks import note_past

Plan = tuple[tuple[str, float], ...] | None


class Plans(NamedTuple):
    """
    What is known already of words, by print and then by word: the facts that each makes wherever it stands, None where
    that depends on what is around it; and ``alone``, those of a word with which phrases begin where it begins none.
    """

    wherever: tuple[dict[str, Plan], ...]
    alone: tuple[dict[str, Plan], ...]


_STRUCTURE = frozenset({"month", "weekday", "coming", "day", "scale", "num", "money", "unit", "span"})
_PLACES = frozenset({"p", "c"})
_CONTEXTUAL = _STRUCTURE | {"cue"}
_UNPLANNED: Plan = (("", 0.0),)
_AGAIN_REACH = 9
_TITLE_WEIGHT = 1.3
_UNKNOWN_WORD = 0.3
_LONG_NAME = 6
_GANG = frozenset({"cyb:gang"})
_FULL, _FULL_NAME = 2, 0.6
_STORM = frozenset({"wor:storm"})
_ENOUGH_BONES = 4
_SOUNDS = 0.5
_LOWER, _OPENING, _CAPITAL, _ACRONYM, _NUMBER = tuple(Shape)[:5]
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
    words: list[str]
    language: str
    notes: Notes
    measures: Measures
    # Of words that no entity covers, and of those that one does.
    plans: tuple[Plans, Plans]
    stop: frozenset[str] = frozenset()
    mid_sentence: set[str] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)
    common: frozenset[str] = frozenset()
    lead: int = 0

    def run(self) -> None:
        tokens = self.tokens
        self.stop = self.lexicon.stopwords.get(self.language, frozenset())
        named = [index for index, token in enumerate(tokens) if _LOWER < token.shape < _NUMBER]
        self.mid_sentence = {token.word for index in named if (token := tokens[index]).shape is not _OPENING}
        if self.language == "de":
            self.common = common_nouns(tokens)
        self.lead = min(self.policy.lead_tokens, last_sentence(tokens))
        self._name_runs(named)
        self._words()

    def _words(self) -> None:
        """Note what each word says, phrases and numbers included."""
        tokens, mid_sentence, common, among = self.tokens, self.mid_sentence, self.common, self.covered
        plain, covered = self.plans[0].wherever, self.plans[1].wherever
        add_all, lead, later = self.notes.add_all, self.lead, self.policy.later_weight
        index, size = 0, len(tokens)
        while index < size:
            token = tokens[index]
            word, shape = token.word, token.shape
            if shape is _OPENING and word in mid_sentence:
                shape = _CAPITAL
            if word in common and shape is not _ACRONYM:
                shape = _LOWER
            table = (covered if index in among else plain)[shape]
            plan = table.get(word, _UNPLANNED)
            if plan is _UNPLANNED:
                plan = table[word] = self._plan(index)
            if plan is None:
                plan = self._plan_alone(index, word, shape)
            if plan:
                # As `_prominence` has it: this is done for every word of every article.
                add_all(plan, _TITLE_WEIGHT if token.in_title else 1.0 if index < lead else later)
            index += 1 if plan is not None else self._step(index)

    def _plan_alone(self, index: int, word: str, shape: Shape) -> Plan:
        """The facts that a word makes with which phrases may begin, and none does; else None."""
        seconds = self.lexicon.seconds(self.language).get(word)
        if seconds is None:
            return None
        following = self.tokens[index + 1].word if index + 1 < len(self.tokens) else ""
        if following in seconds.words or following.startswith(seconds.stems):
            return None
        table = self.plans[index in self.covered].alone[shape]
        plan = table.get(word, _UNPLANNED)
        if plan is _UNPLANNED:
            plan = table[word] = self._plan(index, begins=False)
        return plan

    def _is_common(self, token: Token) -> bool:
        return token.word in self.common and token.shape is not Shape.ACRONYM

    def _shape(self, index: int) -> Shape:
        """How a word is printed; what stands capitalised within a sentence elsewhere is a name here too."""
        token = self.tokens[index]
        return Shape.CAPITAL if token.shape is Shape.OPENING and token.word in self.mid_sentence else token.shape

    def _plan(self, index: int, *, begins: bool = True) -> Plan:
        """
        The facts that a word makes wherever it stands, None where that depends on what is around it.

        Where it *begins* no phrase it matters not that some begin with it.
        """
        token = self.tokens[index]
        if token.shape >= Shape.NUMBER:
            return () if token.shape is Shape.BREAK else None
        lexicon = self.lexicon
        concepts = self._concepts(index)
        kinds = {concept.partition(":")[0] for concept in concepts}
        if not kinds.isdisjoint(_CONTEXTUAL) or (begins and lexicon.phrases_from(token.word, self.language)):
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
            return self.measures.number(index, self._prominence(index))
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
                self.measures.time(concept, index, self._prominence(index))
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

    def _name_runs(self, named: list[int]) -> None:
        """Company names, pairs of names in a row, and the initials of longer runs; *named* are words with a capital."""
        tokens, gangs, aliases = self.tokens, self._gangs(named), self.aliases
        is_storm = self.lexicon.carriers_of(_STORM, self.language)
        run: list[Token] = []
        end = 0
        for index in named:
            token = tokens[index]
            if token.word in gangs:
                self.covered.add(index)
            if index and is_storm[tokens[index - 1].word]:
                self._christened(index)
            if token.word in aliases:
                self._alias(index)
            if index + 1 < len(tokens) and _CAPITAL <= tokens[index + 1].shape <= _ACRONYM:
                self._qualify(index)
            if run:
                end = self._run_end(run, end)
                if end < index:
                    self._run(run, end)
                    run = []
            run.append(token)
            end = index + 1
        self._run(run, self._run_end(run, end))

    def _run_end(self, run: list[Token], end: int) -> int:
        """Where a run of names ends that reaches to *end* at least: an ampersand goes on with it."""
        tokens = self.tokens
        while end < len(tokens) and tokens[end].word == "&":
            run.append(tokens[end])
            end += 1
        return end

    def _christened(self, index: int) -> None:
        """The name of a storm, which tells it from the next one: h:eunice."""
        token = self.tokens[index]
        if token.shape >= _CAPITAL and not self._means(token):
            self.notes.add(f"h:{token.word}", self._prominence(index))

    def _gangs(self, named: list[int]) -> set[str]:
        """Names right beside a word for a gang: one gang has many victims, so that its name says little."""
        tokens, is_gang = self.tokens, self.lexicon.carriers_of(_GANG, self.language)
        found: set[str] = set()
        for index in named:
            one = tokens[index]
            if one.shape >= _CAPITAL:
                beside = tokens[max(0, index - 1) : index] + tokens[index + 1 : index + 2]
                if any(is_gang[other.word] and other.shape <= _ACRONYM for other in beside) and not self._means(one):
                    found.add(one.word)
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
        word, following = self.tokens[index].word, self.tokens[index + 1].word
        if word in self.stop:
            return
        # Brands keep their English country in every language: "Orange Belgium".
        for concept in {
            concept for tongue in (self.language, "en") for concept in self.lexicon.concepts_of(following, tongue)
        }:
            if concept.startswith("p:"):
                self.notes.add(f"q:{word}={concept[2:]}", self._prominence(index))

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


def _is_word(token: Token, wanted: str) -> bool:
    return token.word.startswith(wanted[:-1]) if wanted.endswith("*") else token.word == wanted

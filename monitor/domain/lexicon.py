"""What we know of languages: the cues of each, and how cues add up to a finding. Data, read once."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.domain.families import phrases_of
from monitor.domain.finding import AttackType


@dataclass(frozen=True, slots=True)
class Cue:
    """
    A word or phrase that points at a concept, such as ``steal`` or ``deny``.

    ``text`` is as a person would write it; ``word*`` also matches longer words that begin so,
    ``*word`` longer words that end so. ``wehrt … ab`` is found where both halves stand in one
    sentence in their order, for verbs that are taken apart.
    """

    concept: str
    text: str


@dataclass(frozen=True, slots=True)
class Cues:
    """
    The cues of one language: for each concept families of phrases, one a line. They are written out where they are
    asked for: half a million phrases would take 60 MB in each process, and most languages are never met.
    """

    families: Mapping[str, str]

    def __iter__(self) -> Iterator[Cue]:
        return (Cue(concept, text) for concept in self.families for text in self.of(concept))

    def of(self, concept: str) -> tuple[str, ...]:
        """The phrases that point at *concept*."""
        return _written(self.families.get(concept, ""))


@functools.lru_cache(maxsize=64)  # a few concepts are asked for by each detector
def _written(families: str) -> tuple[str, ...]:
    return phrases_of(families.split("\n"))


@dataclass(frozen=True, slots=True, eq=False)
class LanguagePack:
    """One language: its cues and the word lists that tell names from words. Words are folded."""

    language: str
    name: str
    function_words: frozenset[str]
    common_words: frozenset[str]
    given_names: frozenset[str]
    places: frozenset[str]
    abbreviations: frozenset[str]
    cues: Cues
    boilerplate: tuple[str, ...]
    nouns_are_capitalised: bool = False
    # Whether "the" may stand before the name of a company as a matter of course: "die Telekom", "la Poste".
    names_take_article: bool = False
    # Whether a name may end in a genitive s with no apostrophe: "Telekoms Netz", "Telenets archief".
    names_take_s: bool = False
    # Where the language is at home, as ISO 3166 codes: its press tells of companies there in the first place.
    countries: frozenset[str] = frozenset()
    # What an abbreviation means in this language, whatever company bears it elsewhere: "ap" -> "autoriteit ...".
    bodies: Mapping[str, str] = field(default_factory=dict)
    # Words by their class of meaning, with blanks between; the classes are the same in all languages.
    meanings: Mapping[str, str] = field(default_factory=dict)
    # (concept, sentence in which it is found, sentence in which it is not)
    examples: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """
    Concepts that together in one sentence tell of an attack of ``type``.

    Each member of ``need`` is a set of concepts of which one must be there; ``without`` cancels.
    A frame that ``needs_cyber`` counts only near words of computing: its own words are everyday ones.
    """

    id: str
    type: AttackType
    need: tuple[frozenset[str], ...]
    without: frozenset[str] = frozenset()
    needs_cyber: bool = False


Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SignWeights:
    """
    What signs in a text (stems of words, cues, meanings) say for each of some outcomes.

    ``rows`` maps a sign to the weights it has for outcomes, by their number in ``outcomes``, as text ("0:1.2 7:-0.8"),
    after its rarity where signs are weighed by it ("5.21 0:1.2"): most signs are never met. ``biases`` are those of
    the outcomes, in logits.
    """

    outcomes: tuple[str, ...] = ()
    biases: tuple[float, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """
    All packs, frames and weights.

    ``weights[model]`` maps a part's name to its weight; models with several outcomes name their
    parts ``outcome/part``. ``other_languages`` holds function words of languages that we do not
    read, so that they are not taken for one that we do. ``towns`` are cities and regions as all our languages call
    them, one word each. ``bearers`` holds, by kind ("places", "surnames", "figures", "given"), single words that name
    something else than a company in any language; ``trades`` words of each sector, in all of them, and ``scenes`` those
    of other news (sport, the arts). ``satire`` are outlets whose news is made up: their names and their sites, as
    letters and digits. ``version`` is a hash of the content.
    """

    packs: tuple[LanguagePack, ...]
    frames: tuple[Frame, ...]
    weights: Mapping[str, Weights]
    other_languages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    towns: frozenset[str] = frozenset()
    bearers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trades: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scenes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    satire: frozenset[str] = frozenset()
    version: str = ""
    # What the words of whole articles say, what stands around words that could be names, and around names.
    wording: SignWeights = SignWeights()
    contexts: SignWeights = SignWeights()
    surroundings: SignWeights = SignWeights()

    def pack(self, language: str) -> LanguagePack | None:
        """The pack of *language*, or None."""
        return next((pack for pack in self.packs if pack.language == language), None)

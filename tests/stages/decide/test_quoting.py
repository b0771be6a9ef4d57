"""Which sentences a message quotes: what it is about, in the reader's language where there is one that says so."""

from dataclasses import replace

import pytest

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.alert import Reason, Told
from monitor.domain.article import Article
from monitor.domain.finding import Analysis, Attack, AttackType, Finding, Role, Span, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import Story, StoryId, StoryState
from monitor.domain.watchlist import EntityId
from monitor.stages.decide.quoting import Cause, Quoted, quoted
from monitor.stages.story.summary import Background, read_of, summarise
from tests.story_builders import alert, article, rule

RANSOM = AttackType.RANSOMWARE
Pair = tuple[Article, Analysis]
CLAIM = "A gang says it locked the servers of Acme with ransomware. The shops are open."


@pytest.fixture(scope="module")
def background() -> Background:
    return Background({EntityId("acme"): "Acme", EntityId("zeta"): "Zeta"}, load_fact_reader(GroupPolicy()))


def told(
    name: str, text: str, status: Status, cue: str = "ransomware", *, language: str = "en", minutes: int = 0,
    victims: tuple[str, ...] = ("acme",),
) -> Pair:  # fmt: skip
    """An article, and what detection says of it: who is hit, with the word that says so."""
    made = article(name, title="News", text=text, language=language, minutes=minutes)
    findings = tuple(Finding(EntityId(one), Role.VICTIM, 0.9, tuple(_spans(text, one.title()))) for one in victims)
    attack = Attack(RANSOM, status, victims, 0.9, tuple(_spans(text, cue)))
    return made, Analysis(name, language, findings, (attack,), ())


def _spans(text: str, word: str) -> list[Span]:
    starts = [at for at in range(len(text)) if text.startswith(word, at)]
    return [Span("text", at, at + len(word), word) for at in starts]


def quotes(background: Background, pairs: list[Pair], cause: Cause = Cause(), language: str = "en") -> list[str]:  # noqa: B008
    return [quote.text for quote in made(background, pairs, cause, language).quotes]


def made(background: Background, pairs: list[Pair], cause: Cause, language: str) -> Quoted:
    story = story_of(background, pairs)
    read = read_of([one for one, _ in pairs], [one for _, one in pairs], background)
    return quoted(story, story.entities, read, cause, language, background)


def story_of(background: Background, pairs: list[Pair]) -> Story:
    return summarise(StoryId("st-1"), [one for one, _ in pairs], [one for _, one in pairs], (), background)


DENIALS = [
    ("en", "A gang claims a ransomware attack on Acme. The company says there was no attack. It sells shoes.",
     "The company says there was no attack."),
    ("en", "Acme rejects the claim of a ransomware attack. It sells shoes.", "Acme rejects the claim of a ransomware attack."),
    ("nl", "Een bende zegt ransomware bij Acme te hebben geplaatst. Acme ontkent dat. Het bedrijf verkoopt schoenen.",
     "Acme ontkent dat."),
    ("de", "Eine Bande will Acme mit ransomware getroffen haben. Das weist Acme entschieden zurück. Der Konzern verkauft Schuhe.",
     "Das weist Acme entschieden zurück."),
    ("fr", "Un groupe dit avoir visé Acme par ransomware. « Il n'y a eu aucune intrusion », répond Acme. Le groupe vend.",
     "« Il n'y a eu aucune intrusion », répond Acme."),
    ("es", "Un grupo dice haber atacado Acme con ransomware. Acme desmiente el ataque. La empresa vende zapatos.",
     "Acme desmiente el ataque."),
    ("it", "Una banda rivendica un ransomware contro Acme. Acme smentisce tutto. La società vende scarpe.",
     "Acme smentisce tutto."),
    ("pt", "Um grupo diz ter usado ransomware contra a Acme. A Acme nega qualquer ataque. A empresa vende sapatos.",
     "A Acme nega qualquer ataque."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "denial"), DENIALS)
def test_a_denial_is_quoted_from_the_sentence_that_denies(
    background: Background, language: str, text: str, denial: str
) -> None:
    pairs = [
        told("claim", CLAIM, Status.ALLEGED),
        told("denial", text, Status.DENIED, language=language, minutes=60),
    ]
    before = alert(rule(), *story_of(background, pairs[:1]).entities)
    cause = Cause((Reason.DENIED_OR_CORRECTED,), before)
    assert quotes(background, pairs, cause) == [denial]
    # The page of the alert and the lists say it as well.
    assert story_of(background, pairs).state is StoryState.DENIED
    assert story_of(background, pairs).entities[0].evidence == denial


def test_an_outage_that_is_a_fact_hides_no_denial_of_the_attack(background: Background) -> None:
    down = "Acme was down after a ransomware attack, it said. The shops are open."
    text = "Acme denies that it was hit by ransomware. The outage came from an update. It sells shoes."
    (fact, said), (denial, answer) = (
        told("fact", down, Status.CONFIRMED),
        told("denial", text, Status.DENIED, minutes=60),
    )
    outages = [
        Attack(AttackType.OUTAGE, Status.CONFIRMED, ("acme",), 0.9, tuple(_spans(one.text, cue)))
        for one, cue in ((fact, "down"), (denial, "outage"))
    ]
    pairs = [
        (fact, replace(said, attacks=(*said.attacks, outages[0]))),
        (denial, replace(answer, attacks=(*answer.attacks, outages[1]))),
    ]
    before = alert(rule(), *story_of(background, pairs[:1]).entities)
    assert quotes(background, pairs, Cause((Reason.DENIED_OR_CORRECTED,), before)) == [
        "Acme denies that it was hit by ransomware."
    ]


def test_a_fact_is_quoted_and_no_longer_the_claim(background: Background) -> None:
    fact = "Ransomware has locked servers of Acme, the company said."
    pairs = [
        told("claim", CLAIM, Status.ALLEGED),
        told("fact", fact, Status.CONFIRMED, "Ransomware", minutes=60),
    ]
    assert quotes(background, pairs) == [fact]


def test_the_official_word_comes_first(background: Background) -> None:
    text = (
        "Acme was hit by ransomware on Monday. The shops are open. Acme confirmed the attack on Tuesday. All is well."
    )
    pairs = [told("claim", CLAIM, Status.ALLEGED), told("fact", text, Status.CONFIRMED, minutes=60)]
    before = alert(rule(), *story_of(background, pairs[:1]).entities)
    cause = Cause((Reason.STATUS_STRONGER, Reason.OFFICIALLY_CONFIRMED), before)
    assert quotes(background, pairs, cause) == [
        "Acme confirmed the attack on Tuesday.",
        "Acme was hit by ransomware on Monday.",
    ]


def test_a_figure_that_grew_is_quoted_with_its_sentence(background: Background) -> None:
    text = "Acme was hit by ransomware. Data of 6.2 million customers were taken. The shops are open."
    pairs = [
        told("first", "Acme was hit by ransomware. Data of 20,000 customers were taken.", Status.CONFIRMED),
        told("later", text, Status.CONFIRMED, minutes=60),
    ]
    first = story_of(background, pairs[:1])
    before = alert(rule(), *first.entities, told=Told(first.state, 1, first.numbers))
    said = quotes(background, pairs, Cause((Reason.NUMBERS_CHANGED,), before))
    assert said == ["Data of 6.2 million customers were taken.", "Acme was hit by ransomware."]


def test_who_is_new_is_quoted_before_who_was_told(background: Background) -> None:
    pairs = [
        told("first", "Acme was hit by ransomware.", Status.CONFIRMED),
        told("later", "The ransomware has hit Zeta as well.", Status.CONFIRMED, minutes=60, victims=("zeta",)),
    ]
    before = alert(rule(), *story_of(background, pairs[:1]).entities)
    said = quotes(background, pairs, Cause((Reason.ENTITY_ADDED,), before))
    assert said == ["The ransomware has hit Zeta as well.", "Acme was hit by ransomware."]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("nl", "Acme is getroffen door ransomware.", id="an article in it"),
        pytest.param("en", "Acme was hit by ransomware.", id="the other one"),
        pytest.param("es", "Acme was hit by ransomware.", id="none in it: the first"),
    ],
)
def test_evidence_is_in_the_readers_language(background: Background, language: str, said: str) -> None:
    pairs = [
        told("first", "Acme was hit by ransomware.", Status.CONFIRMED),
        told("dutch", "Acme is getroffen door ransomware.", Status.CONFIRMED, language="nl", minutes=60),
    ]
    assert quotes(background, pairs, language=language) == [said]


def test_a_claim_in_the_readers_language_is_no_evidence_of_a_fact(background: Background) -> None:
    pairs = [
        told("dutch", "Een bende zegt Acme met ransomware te hebben getroffen.", Status.ALLEGED, language="nl"),
        told("fact", "Acme was hit by ransomware.", Status.CONFIRMED, minutes=60),
    ]
    assert quotes(background, pairs, language="nl") == ["Acme was hit by ransomware."]


def test_what_no_article_says_any_more_is_not_quoted(background: Background) -> None:
    was = story_of(background, [told("first", "Acme was hit by ransomware.", Status.CONFIRMED)]).entities
    pairs = [told("first", "Zeta was hit by ransomware.", Status.CONFIRMED, victims=("zeta",))]
    read = read_of([one for one, _ in pairs], [one for _, one in pairs], background)
    story = replace(story_of(background, pairs), entities=was)
    cause = Cause((Reason.DENIED_OR_CORRECTED,), alert(rule(), *was))
    assert quoted(story, was, read, cause, "en", background).quotes == ()


def test_the_text_is_quoted_before_the_headline(background: Background) -> None:
    made, said = told("fact", "Acme was hit by ransomware on Monday. The shops are open.", Status.CONFIRMED)
    title = "Acme hit by ransomware"
    attack = replace(said.attacks[0], evidence=(Span("title", 12, 22, "ransomware"), *said.attacks[0].evidence))
    finding = replace(said.findings[0], spans=(Span("title", 0, 4, "Acme"), *said.findings[0].spans))
    pairs = [(replace(made, title=title), replace(said, attacks=(attack,), findings=(finding,)))]
    assert quotes(background, pairs) == ["Acme was hit by ransomware on Monday."]


def test_a_denial_in_the_text_is_quoted_before_the_headline(background: Background) -> None:
    text = (
        "Die Gruppe hatte behauptet, Server von Acme mit Ransomware verschlüsselt zu haben. Das weist der Konzern zurück: "
        "Es habe keinen Angriff auf Acme gegeben. Acme baut Züge."
    )
    made, said = told("denial", text, Status.DENIED, "Ransomware", language="de")
    finding = replace(said.findings[0], spans=(Span("title", 0, 4, "Acme"), *said.findings[0].spans))
    pairs = [
        told("claim", CLAIM, Status.ALLEGED),
        (replace(made, title="Acme dementiert Angriff"), replace(said, findings=(finding,))),
    ]
    cause = Cause((Reason.DENIED_OR_CORRECTED,), alert(rule(), *story_of(background, pairs[:1]).entities))
    assert quotes(background, pairs, cause) == [
        "Das weist der Konzern zurück: Es habe keinen Angriff auf Acme gegeben."
    ]


def test_what_is_told_again_after_a_denial_is_quoted_from_who_tells_it_again(background: Background) -> None:
    pairs = [
        told("1", "Acme was hit by ransomware, a paper heard.", Status.CONFIRMED),
        told("2", "Acme says there was no ransomware.", Status.DENIED, minutes=5),
        told("3", "The regulator confirmed ransomware at Acme.", Status.CONFIRMED, minutes=9),
    ]
    before = replace(alert(rule(), *story_of(background, pairs[:2]).entities), told=Told(StoryState.DENIED, 2, ()))
    cause = Cause((Reason.STATUS_STRONGER,), before)
    assert quotes(background, pairs, cause)[0] == "The regulator confirmed ransomware at Acme."
    assert quotes(background, pairs)[0] == "Acme was hit by ransomware, a paper heard."


def test_a_figure_is_quoted_with_what_it_counts(background: Background) -> None:
    pairs = [told("1", "Acme was hit by ransomware. It stopped 4,000 bars. The beer is warm.", Status.CONFIRMED)]
    assert quotes(background, pairs) == ["Acme was hit by ransomware.", "It stopped 4,000 bars."]
    denial = told("2", "Acme says there was no ransomware.", Status.DENIED, minutes=5)
    assert quotes(background, [*pairs, denial]) == ["Acme says there was no ransomware."]


def test_no_sentence_with_a_figure_that_was_taken_back_is_quoted(background: Background) -> None:
    pairs = [
        told("1", "Acme said that ransomware hit 240,000 customers.", Status.CONFIRMED),
        told("2", "Acme corrects itself: ransomware hit 24,000 customers, not 240,000.", Status.CONFIRMED, minutes=5),
    ]
    assert quotes(background, pairs[:1]) == ["Acme said that ransomware hit 240,000 customers."]
    assert quotes(background, pairs) == ["Acme corrects itself: ransomware hit 24,000 customers, not 240,000."]

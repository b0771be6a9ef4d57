"""The summary of a story: state, sources, strongest roles with their sentence, key figures, first confirmation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.article import ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.finding import Attack, AttackType, Role, Span, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import Join, StoryId, StoryState
from monitor.domain.watchlist import EntityId
from monitor.stages.rules.expression import matches, parse_expression
from monitor.stages.story.summary import Background, summarise, text_of
from tests.story_builders import NOW, analysis, article

STORY = StoryId("st-1")
RANSOM = AttackType.RANSOMWARE
CLAIM = "A gang says that it holds data of 5,000,000 customers of Acme."
FACT = "Acme confirmed on Monday that data of 6,200,000 customers was taken. The shops are open."


@pytest.fixture(scope="module")
def background() -> Background:
    return Background({EntityId("acme"): "Acme"}, load_fact_reader(GroupPolicy()), frozenset({FeedId("seeds")}))


def acme(text: str) -> list[Span]:
    start = text.index("Acme")
    return [Span("text", start, start + 4, "Acme")]


def victim(name: str, status: Status, text: str = CLAIM):
    return analysis(name, {"acme": Role.VICTIM}, [(RANSOM, status, ("acme",))], acme(text))


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        pytest.param([Status.ALLEGED], StoryState.RUMOUR, id="a claim"),
        pytest.param([Status.ALLEGED, Status.CONFIRMED], StoryState.REPORTED, id="reported as a fact"),
        pytest.param([Status.ALLEGED, Status.DENIED], StoryState.DENIED, id="denied since"),
        pytest.param([Status.DENIED, Status.ALLEGED], StoryState.RUMOUR, id="claimed again"),
        pytest.param([Status.DENIED, Status.CONFIRMED], StoryState.REPORTED, id="denied, but a fact"),
        pytest.param([Status.CONFIRMED, Status.DENIED], StoryState.DENIED, id="told as a fact, and denied since"),
        pytest.param([Status.CONFIRMED, Status.DENIED, Status.CONFIRMED], StoryState.REPORTED, id="and told again"),
        pytest.param(
            [Status.CONFIRMED, Status.DENIED, Status.ALLEGED], StoryState.DENIED, id="the claim behind it once more"
        ),
        pytest.param(
            [Status.CONFIRMED, Status.DENIED, Status.CONFIRMED, Status.DENIED],
            StoryState.REPORTED,
            id="one that repeats the denial",
        ),
        pytest.param(
            [Status.CONFIRMED, Status.DENIED, Status.CONFIRMED, Status.DENIED, Status.DENIED],
            StoryState.DENIED,
            id="two in a row that deny it again",
        ),
        pytest.param([Status.BACKGROUND], StoryState.REPORTED, id="long ago"),
    ],
)
def test_state(background, statuses, state):
    articles = [article(str(n), text=CLAIM, minutes=n) for n in range(len(statuses))]
    found = summarise(STORY, articles, [victim(str(n), s) for n, s in enumerate(statuses)], (), background)
    assert found.state is state
    if state is StoryState.DENIED:
        assert found.entities[0].statuses == {RANSOM: Status.DENIED}


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        pytest.param([Status.ALLEGED], StoryState.RUMOUR, id="a claim"),
        pytest.param([Status.ALLEGED, Status.DENIED], StoryState.DENIED, id="a claim that is denied"),
    ],
)
def test_an_outage_that_is_a_fact_makes_none_of_the_claim_behind_it(background, statuses, state):
    articles = [article(str(n), text=CLAIM, minutes=n) for n in range(len(statuses))]
    down = Attack(AttackType.OUTAGE, Status.CONFIRMED, ("acme",), 0.9, ())
    told = [victim(str(n), s) for n, s in enumerate(statuses)]
    analyses = [replace(one, attacks=(*one.attacks, down)) for one in told]
    assert summarise(STORY, articles, analyses, (), background).state is state


@pytest.mark.parametrize(
    ("under_attack", "confidence"),
    [
        pytest.param((EntityId("acme"),), 0.9, id="concluded to be under attack"),
        pytest.param((), 0.2, id="a victim of what may be none"),
    ],
)
def test_a_doubtful_kind_of_attack_casts_doubt_on_nobody_under_attack(background, under_attack, confidence):
    told = victim("1", Status.CONFIRMED, FACT)
    doubtful = replace(
        told, under_attack=under_attack, attacks=tuple(replace(one, confidence=0.2) for one in told.attacks)
    )
    found = summarise(STORY, [article("1", text=FACT)], [doubtful], (), background)
    assert [one.confidence for one in found.entities] == [confidence]


def test_a_kind_that_is_hardly_read_is_none_that_has_to_be_denied(background):
    told = victim("1", Status.CONFIRMED)
    beside = Attack(AttackType.SUPPLY_CHAIN, Status.CONFIRMED, ("acme",), 0.5, ())
    articles = [article("1", text=CLAIM), article("2", text=CLAIM, minutes=9)]
    for attacks, state in (((*told.attacks, beside), StoryState.DENIED), ((beside,), StoryState.REPORTED)):
        first = replace(told, attacks=attacks)
        found = summarise(STORY, articles, [first, victim("2", Status.DENIED)], (), background)
        assert found.state is state


@pytest.mark.parametrize(
    ("victims", "denied", "state"),
    [
        pytest.param(("acme",), {RANSOM: Status.DENIED}, StoryState.DENIED, id="all of it"),
        pytest.param(("acme",), {AttackType.CYBERATTACK: Status.DENIED}, StoryState.DENIED, id="any attack"),
        pytest.param(
            ("acme",),
            {RANSOM: Status.DENIED, AttackType.OUTAGE: Status.CONFIRMED},
            StoryState.DENIED,
            id="it was no attack but a fault",
        ),
        pytest.param(("acme",), {AttackType.DATA_BREACH: Status.DENIED}, StoryState.REPORTED, id="a part of it"),
        pytest.param(("borealis",), {RANSOM: Status.DENIED}, StoryState.REPORTED, id="by one of two victims"),
        pytest.param(
            ("acme",),
            {RANSOM: Status.CONFIRMED, AttackType.DATA_BREACH: Status.DENIED},
            StoryState.REPORTED,
            id="and told",
        ),
    ],
)
def test_a_denial_takes_back_what_was_told_as_a_fact_where_it_is_a_whole_one(background, victims, denied, state):
    told = analysis("1", {"acme": Role.VICTIM}, [(RANSOM, Status.CONFIRMED, ("acme",))], acme(CLAIM))
    last = analysis(
        "2", dict.fromkeys(victims, Role.VICTIM), [(kind, status, victims) for kind, status in denied.items()]
    )
    found = summarise(STORY, [article("1", text=CLAIM), article("2", minutes=9)], [told, last], (), background)
    assert found.state is state
    assert (found.attacks[RANSOM] is Status.DENIED) is (state is StoryState.DENIED)
    assert found.attacks.get(AttackType.OUTAGE) in {None, Status.CONFIRMED}


@pytest.mark.parametrize(
    ("fact", "denial"),
    [
        pytest.param({}, {}, id="in one minute, and known by names in the other order"),
        pytest.param({}, {"published_at": NOW.replace(hour=0, minute=0)}, id="dated by its day alone"),
        pytest.param({"published_at": NOW.replace(hour=0, minute=0)}, {}, id="a fact that is dated by its day alone"),
    ],
)
def test_a_denial_of_the_day_comes_after_what_it_denies(background, fact, denial):
    told = article("z", text=CLAIM, **fact)
    seen = NOW + timedelta(minutes=7)
    denies = article("a", text=CLAIM, first_seen_at=seen, **denial)
    analyses = [victim("z", Status.CONFIRMED), victim("a", Status.DENIED)]
    assert summarise(STORY, [told, denies], analyses, (), background).state is StoryState.DENIED
    later = article("b", text=CLAIM, first_seen_at=NOW + timedelta(days=3), published_at=NOW + timedelta(hours=2))
    again = [*analyses, victim("b", Status.CONFIRMED)]
    assert summarise(STORY, [told, denies, later], again, (), background).state is StoryState.REPORTED


def test_the_first_official_word_and_the_largest_figure(background):
    articles = [article("1", text=CLAIM), article("2", text=FACT, minutes=30)]
    found = summarise(
        STORY, articles, [victim("1", Status.ALLEGED), victim("2", Status.CONFIRMED, FACT)], (), background
    )
    assert (found.state, found.confirmed_at) == (StoryState.CONFIRMED, articles[1].published_at)
    assert found.numbers == ("6200000",)
    assert found.first_reported_at == articles[0].published_at


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "Acme corrected itself: data of only 9,000 customers was taken, not of 5,000,000.", ("9000",)),
        ("nl", "Er zijn gegevens van 9.000 klanten van Acme gestolen, niet van 5 miljoen.", ("9000",)),
        ("de", "Betroffen sind 9.000 Kunden von Acme, nicht 5 Millionen.", ("9000",)),
        ("fr", "9 000 clients d'Acme sont touchés, et pas 5 millions.", ("9000",)),
        ("es", "Fueron robados los datos de 9.000 clientes de Acme, y no de 5 millones.", ("9000",)),
        ("en", "Acme counts 9,000 customers instead of the 5,000,000 first reported.", ("9000",)),
        ("en", "Not 5,000,000 but only 9,000 customers of Acme were hit.", ("9000",)),
        ("en", "Instead of 5 million, 9,000 customers of Acme are affected.", ("9000",)),
        ("en", "Acme speaks of 9,000 customers rather than five million.", ("9000",)),
        ("nl", "Acme telt 9.000 getroffen klanten in plaats van 5 miljoen.", ("9000",)),
        ("nl", "Niet 5 miljoen maar 9.000 klanten van Acme zijn getroffen.", ("9000",)),
        ("de", "Betroffen sind 9.000 Kunden von Acme statt der zuerst gemeldeten 5 Millionen.", ("9000",)),
        ("de", "Bei Acme sind nicht 5 Millionen, sondern 9.000 Kunden betroffen.", ("9000",)),
        ("fr", "9 000 clients d'Acme sont touchés, et non 5 000 000.", ("9000",)),
        ("fr", "9 000 clients d'Acme sont touchés au lieu d’environ 5 millions.", ("9000",)),
        ("fr", "Non pas 5 000 000 mais 9 000 clients d'Acme sont touchés.", ("9000",)),
        ("es", "Acme habla de 9.000 clientes afectados en lugar de los 5 millones iniciales.", ("9000",)),
        ("es", "No son 5 millones sino 9.000 los clientes de Acme afectados.", ("9000",)),
        ("it", "I clienti di Acme colpiti sono 9.000 invece di 5 milioni.", ("9000",)),
        ("it", "I clienti di Acme colpiti sono 9.000 e non 5.000.000.", ("9000",)),
        ("pt", "São 9.000 os clientes da Acme afetados, em vez de 5 milhões.", ("9000",)),
        ("pt", "São 9.000 os clientes da Acme afetados, e não 5.000.000.", ("9000",)),
        ("en", "Acme counts 5,000,000 customers instead of 9,000.", ("5000000",)),
        ("en", "Acme restored 5,000,000 customers; instead of sleep its 9,000 workers got coffee.", ("5000000",)),
        ("en", "Not only 5,000,000 customers of Acme were hit but also 9,000 workers.", ("5000000",)),
        ("en", "Not 9,000 but 5,000,000 customers of Acme were hit.", ("5000000",)),
        ("en", "Acme has 9,000 workers. It did not say so of the data of 5,000,000 customers.", ("5000000",)),
    ],
)
def test_a_figure_that_is_taken_back_is_none_of_the_story(background, language, text, figures):
    articles = [article("1", text=CLAIM), article("2", text=text, minutes=30, language=language)]
    found = summarise(
        STORY, articles, [victim("1", Status.ALLEGED), victim("2", Status.CONFIRMED, text)], (), background
    )
    assert found.numbers == figures
    assert found.taken_back == (() if figures == ("5000000",) else ("5000000",))


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["A gang wants ten million euros from Acme for data of 850,000 customers."], ("850000", "10000000$")),
        (["Die Bande fordert zehn Millionen Euro von Acme."], ("10000000$",)),
        (
            ["A gang wants 25 million euros from Acme.", "It wants 15 million euros of Acme, not 25 million."],
            ("15000000$",),
        ),
        (["Acme has two hundred thousand users.", "Twenty-five million users of Acme are hit."], ("25000000",)),
    ],
)
def test_money_is_told_from_what_is_counted_and_numbers_in_words_are_read(background, texts, shown):
    articles = [
        article(str(number), text=one, minutes=number, language="de" if one.startswith("Die") else "en")
        for number, one in enumerate(texts)
    ]
    known = [victim(str(number), Status.CONFIRMED, one) for number, one in enumerate(texts)]
    assert summarise(STORY, articles, known, (), background).numbers == shown


def test_a_correction_ends_every_figure_that_was_told_before_it(background):
    texts = (
        "A gang says that it holds data of 90,000 customers of Acme.",
        "Acme says that data of 240,000 customers was taken.",
        "Acme says that data of 24,000 customers was taken, not of 240,000.",
        "Data of 31,000 customers of Acme was taken, the police found.",
    )
    articles = [article(str(number), text=text, minutes=number) for number, text in enumerate(texts)]
    known = [victim(str(number), Status.CONFIRMED, text) for number, text in enumerate(texts)]
    shown = [summarise(STORY, articles[:count], known[:count], (), background).numbers for count in range(1, 5)]
    assert shown == [("90000",), ("240000",), ("24000",), ("31000",)]


def test_no_headline_gives_a_figure_that_was_taken_back(background):
    titles = ("240,000 customers of Acme hit", "Acme: data of 24,000 customers taken, not of 240,000", "Acme is sorry")
    articles = [article(str(number), title=one, text=one, minutes=number) for number, one in enumerate(titles)]
    known = [victim(str(number), Status.CONFIRMED, one) for number, one in enumerate(titles)]
    assert summarise(STORY, articles[:1], known[:1], (), background).headline == titles[0]
    found = summarise(STORY, articles, known, (), background)
    assert (found.headline, found.headlines) == (titles[1], {"en": titles[1]})


@pytest.mark.parametrize(
    ("language", "title", "is_official"),
    [
        pytest.param("en", "Acme hit by ransomware, says gang Night Heron", False, id="a gang"),
        pytest.param("de", "Acme von Ransomware getroffen, sagt die Bande Night Heron", False, id="in German"),
        pytest.param("nl", "Acme getroffen door ransomware, zegt bende Night Heron", False, id="in Dutch"),
        pytest.param("en", "Acme says gang stole its data", True, id="the victim, of a gang"),
        pytest.param("en", "Ransomware hit its servers, says Acme", True, id="the victim behind the verb"),
    ],
)
def test_what_attackers_are_told_to_say_is_no_official_word(background, language, title, is_official):
    start = title.index("Acme")
    spans = [Span("title", start, start + 4, "Acme")]
    told = analysis("1", {"acme": Role.VICTIM}, [(RANSOM, Status.CONFIRMED, ("acme",))], spans)
    found = summarise(STORY, [article("1", title=title, language=language)], [told], (), background)
    assert (found.confirmed_at is not None) is is_official


def test_who_denies_an_attack_and_speaks_of_an_outage_confirms_nothing(background):
    text = "Acme said that there was no ransomware: a cable was cut, and its shop was down."
    spans = [Span("text", 0, 4, "Acme")]
    attacks = [(RANSOM, Status.DENIED, ("acme",)), (AttackType.OUTAGE, Status.CONFIRMED, ("acme",))]
    first, later = article("1", text=CLAIM), article("2", text=text, minutes=9)
    denial = analysis("2", {"acme": Role.VICTIM}, attacks, spans)
    found = summarise(STORY, [first, later], [victim("1", Status.CONFIRMED), denial], (), background)
    assert (found.state, found.confirmed_at) == (StoryState.DENIED, None)
    outage = analysis("2", {"acme": Role.VICTIM}, attacks[1:], spans)
    assert summarise(STORY, [later], [outage], (), background).confirmed_at == later.published_at


def test_an_entity_has_its_strongest_role_and_the_sentence_that_says_so(background):
    articles = [article("1", text="Acme is on the market."), article("2", text=FACT, minutes=5)]
    known = [analysis("1", {"acme": Role.MENTIONED}, spans=acme("Acme")), victim("2", Status.CONFIRMED, FACT)]
    (found,) = summarise(STORY, articles, known, (), background).entities
    assert (found.role, found.article_id, found.name) == (Role.VICTIM, "2", "Acme")
    assert found.evidence == "Acme confirmed on Monday that data of 6,200,000 customers was taken."
    assert [found.evidence[mark.start : mark.end] for mark in found.marks] == ["Acme"]


def test_one_owner_one_author_and_one_text_are_one_source(background):
    articles = [
        article("1", owner="a.example", author="Kim"),
        article("2", owner="a.example", minutes=1),
        article("3", author="kim", minutes=2),
        article("4", minutes=3),
        article("5", minutes=4),
    ]
    copy = Join(ArticleId("4"), STORY, 1.0, (), duplicate_of=ArticleId("1"))
    found = summarise(STORY, articles, (), [copy], background)
    assert [source.independent for source in found.sources] == [True, False, False, False, True]
    assert found.independent_sources == 2


def test_a_headline_that_tells_of_no_attack_stands_for_none(background):
    articles = [
        article("1", title="Fair in the town of Acme", text="A fair."),
        article("2", title="Acme fined for the breach of 2021", text=CLAIM, minutes=1),
        article("3", title="Acme gehackt", text=CLAIM, minutes=2, language="nl"),
    ]
    known = [
        analysis("1", {}, []),
        victim("2", Status.BACKGROUND),
        victim("3", Status.CONFIRMED),
    ]
    found = summarise(STORY, articles, known, (), background)
    assert (found.headline, found.headlines) == ("Acme gehackt", {"nl": "Acme gehackt"})
    earlier = summarise(STORY, articles[:2], known[:2], (), background)
    assert earlier.headline == "Fair in the town of Acme"


def test_headlines_in_each_language_and_what_rings(background):
    articles = [
        article("1", title="Acme gehackt", language="nl", rings=False),
        article("2", title="Acme hacked", minutes=3, rings=False),
    ]
    found = summarise(STORY, articles, (), (), background)
    assert (found.headline, found.headlines) == ("Acme gehackt", {"en": "Acme hacked", "nl": "Acme gehackt"})
    assert not found.rings
    assert summarise(STORY, [*articles, article("3", minutes=9)], (), (), background).rings


def test_history_that_its_outlet_tells_again_under_another_name_does_not_ring(background):
    told = article("1", owner="paper.example", rings=False)
    again, elsewhere = (
        article(name, owner=owner, minutes=9) for name, owner in (("2", "paper.example"), ("3", "b.example"))
    )
    joins = [Join(ArticleId(name), STORY, 1.0, (), duplicate_of=told.id) for name in ("2", "3")]
    assert not summarise(STORY, [told, again], (), joins, background).rings
    assert summarise(STORY, [told, again, elsewhere], (), joins, background).rings
    assert summarise(STORY, [told, again], (), (), background).rings
    always = replace(background, timeless_feeds=frozenset({again.feed_id}))
    assert summarise(STORY, [told, again], (), joins, always).rings


def test_text_conditions_do_not_see_boilerplate(background):
    told = article("1", text="Read also: drill. Acme was hit.")
    text = text_of([told], replace(background, boilerplate=lambda _text, _language: ((0, 17),)))
    assert matches(parse_expression("acme NOT drill"), text)

"""Occasions for messages: an attack claimed, then confirmed, and the seeds' story where nobody is attacked."""

from dataclasses import replace
from datetime import UTC, datetime

from monitor.domain.alert import Alert, AlertId, Reason, Verdict
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Span, Status
from monitor.domain.notification import Channel, ChannelId, ChannelKind
from monitor.domain.story import Source, Story, StoryEntity, StoryId, StoryState
from monitor.domain.watchlist import EntityId, Rule, RuleId, Severity
from monitor.stages.compose.alert import Occasion
from monitor.stages.compose.signed_links import LinkMaker

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
LINKS = LinkMaker("https://monitor.example.org", b"k" * 32)


def channel(target: str = "", kind: ChannelKind = ChannelKind.APPRISE, **changes: object) -> Channel:
    """A channel of that URL, or the console."""
    made = Channel(ChannelId("soc"), kind if target else ChannelKind.CONSOLE, target=target)
    return replace(made, **changes)


def rule(name: str = "under-attack", severity: Severity = Severity.CRITICAL) -> Rule:
    return Rule(RuleId(name), "default", frozenset(), frozenset(), frozenset(), frozenset(), severity=severity)


def entity(name: str, role: Role, evidence: str = "", **statuses: Status) -> StoryEntity:
    """``entity("Apple", Role.VICTIM, "...", ransomware=Status.ALLEGED)``."""
    at = evidence.find(name)
    marks = (Span("text", at, at + len(name), name),) if at >= 0 else ()
    kinds = {AttackType(kind.replace("_", "-")): status for kind, status in statuses.items()}
    return StoryEntity(
        EntityId(name.lower().replace(" ", "-")), name, role, 0.93, kinds, ArticleId("a1"), evidence, marks
    )


def source(number: int, title: str, url: str, language: str = "en", *, independent: bool = True) -> Source:
    moment = NOW.replace(minute=number)
    return Source(ArticleId(f"a{number}"), title, url, language, f"owner-{number}", moment, independent)


SOURCES = (
    source(1, "Gang says it locked Apple's systems", "https://news.example/apple?id=5"),
    source(2, "Bende claimt aanval op Apple", "https://nieuws.example/apple", "nl"),
    source(3, "Apple soll erpresst werden", "https://zeitung.example/apple", "de"),
    source(4, "Gang says it locked Apple's systems", "https://copies.example/a", independent=False),
)


def attacked(**changes: object) -> Occasion:
    """Apple, ransomware, claimed by attackers, three sources."""
    apple = entity(
        "Apple",
        Role.VICTIM,
        "A gang known as Night Heron says it encrypted systems of Apple and wants 40 million dollars.",
        ransomware=Status.ALLEGED,
        data_breach=Status.ALLEGED,
    )
    microsoft = entity("Microsoft", Role.RESPONDER, "Microsoft helps to investigate.", ransomware=Status.ALLEGED)
    story = Story(
        StoryId("s-1f2e"),
        StoryState.RUMOUR,
        "Gang says it locked Apple's systems",
        {"nl": "Bende claimt aanval op Apple", "de": "Apple soll erpresst werden"},
        NOW.replace(minute=1),
        NOW,
        SOURCES,
        (apple, microsoft),
        {AttackType.RANSOMWARE: Status.ALLEGED},
        ("40000000$",),
    )
    return _occasion(story, rule(), Reason.NEW_STORY, changes)


def confirmed(**changes: object) -> Occasion:
    """The same alert later: Apple confirmed it."""
    before = attacked()
    apple = replace(
        before.story.entities[0],
        statuses={AttackType.RANSOMWARE: Status.CONFIRMED},
        evidence="Apple confirmed on Wednesday that ransomware had locked some of its servers.",
        marks=(Span("text", 0, 5, "Apple"),),
    )
    story = replace(
        before.story, state=StoryState.CONFIRMED, entities=(apple, before.story.entities[1]), confirmed_at=NOW
    )
    occasion = _occasion(story, rule(), Reason.STATUS_STRONGER, changes)
    verdict = replace(
        occasion.verdict,
        changes=(Reason.STATUS_STRONGER, Reason.OFFICIALLY_CONFIRMED),
        detail="ransomware: alleged, now confirmed",
    )
    return replace(occasion, alert=replace(occasion.alert, version=2), verdict=verdict)


def extreme(**changes: object) -> Occasion:
    """Names without an end, forty sources, headlines from right to left, of emoji, and of 500 characters."""
    name = "Consolidated International Shipping, Insurance and Reinsurance Company of Greater Rotterdam (Holdings) N.V."
    endless = f"Apple says that the attack on its supplier will have {'very ' * 90}long consequences."[:500]
    titles = (
        ("\u0647\u062c\u0648\u0645 \u0633\u064a\u0628\u0631\u0627\u0646\u064a \u0639\u0644\u0649 Apple", "ar"),
        ("\U0001f6a8\U0001f525 BREAKING: Apple \U0001f34e hacked?! \U0001f631", "en"),
        (endless, "en"),
        ("Apple gehackt", "de"),
    )
    sources = tuple(source(number, *_at(number, titles), independent=number % 3 > 0) for number in range(1, 41))
    entities = (
        entity(name, Role.VICTIM, f"{name} was hit by ransomware.", ransomware=Status.CONFIRMED),
        entity("Apple", Role.VICTIM, endless, data_breach=Status.ALLEGED),
        *(entity(f"Company Number {number}", Role.MENTIONED) for number in range(60)),
    )
    base = attacked()
    headline = titles[0][0]
    story = replace(
        base.story, state=StoryState.REPORTED, headline=headline, headlines={"ar": headline}, sources=sources,
        entities=entities, numbers=("1500000000$", "941000"),
    )  # fmt: skip
    return _occasion(story, rule(), Reason.NEW_STORY, changes)


def _at(number: int, titles: tuple[tuple[str, str], ...]) -> tuple[str, str, str]:
    title, language = titles[number % len(titles)]
    return title, f"https://outlet-{number}.example/{'long-path/' * 9}{number}", language


def in_attack_news(**changes: object) -> Occasion:
    """The story of the seeds: sixteen companies named, nobody attacked."""
    names = ("Amazon", "Apple", "Google", "IBM", "Microsoft", "JPMorgan Chase", "Bank of America", "Travelers")
    evidence = "The president meets with Apple, Google and Microsoft after a spate of ransomware attacks."
    entities = (
        entity("SolarWinds", Role.VICTIM, "There were hacks at SolarWinds.", cyberattack=Status.BACKGROUND),
        entity("Colonial Pipeline", Role.VICTIM, cyberattack=Status.BACKGROUND),
        entity("The Washington Post", Role.SOURCE),
        *(entity(name, Role.MENTIONED, evidence if name == "Apple" else "") for name in names),
    )
    story = Story(
        StoryId("s-seed"),
        StoryState.REPORTED,
        "President meets Apple, Google and Microsoft about security",
        {"nl": "President drinkt koffie met Tim Cook"},
        NOW,
        NOW,
        SOURCES[:2],
        entities,
        {AttackType.RANSOMWARE: Status.BACKGROUND},
    )
    return _occasion(story, rule("in-attack-news", Severity.INFO), Reason.NEW_STORY, changes)


def _occasion(story: Story, by: Rule, reason: Reason, changes: dict[str, object]) -> Occasion:
    verdict = Verdict(by.id, story.id, reason, by.severity, NOW, story.entities)
    alert = Alert(AlertId("al-7c31"), by.id, story.id, by.severity, 1, NOW, NOW, story.entities)
    occasion = Occasion(alert, story, verdict, by, channel(), LINKS)
    return replace(occasion, **changes)

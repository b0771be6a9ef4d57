"""Messages of every occasion, and what waits to be told as one list."""

from dataclasses import replace
from datetime import timedelta

from monitor.adapters.packaged.messages import wording_for
from monitor.domain.alert import Reason, Told
from monitor.domain.article import ArticleId
from monitor.domain.finding import Role, Status
from monitor.domain.notification import (
    ChannelKind,
    Message,
    Notification,
    NotificationId,
)
from monitor.domain.story import Quote, StoryState
from monitor.domain.watchlist import EntityId, Severity
from monitor.stages.compose.alert import Occasion, outline_alert
from monitor.stages.compose.message import write
from tests.occasions import NOW, attacked, channel, confirmed, entity, extreme, in_attack_news, source

MAIL, PLAIN = channel("mailto://x.example"), channel("/x.jsonl", ChannelKind.FILE)
CHATS = {
    "slack": "slack://a/b/c",
    "discord": "discord://a/b",
    "teams": "workflows://a/b/c",
    "telegram": "tgram://a/b",
    "matrix": "matrixs://a/b",
    "ntfy": "ntfys://a/b",
    "mattermost": "mmosts://a/b",
    "mastodon": "mastodons://a@b",
}


def update() -> Occasion:
    """The second message on a channel, with everything changed since the first."""
    before = replace(attacked().alert, severity=Severity.WARNING, told=Told(StoryState.RUMOUR, 1, ("1000000$",)))
    made = confirmed(before=before)
    changes = (*made.verdict.changes, Reason.SEVERITY_ROSE, Reason.MORE_SOURCES, Reason.NUMBERS_CHANGED)
    story = replace(made.story, numbers=("1500000000$", "6200000"))
    figures = Quote("Het gaat om 6,2 miljoen klanten van Apple, zegt een woordvoerder.", ArticleId("a2"))
    said = (figures, *(Quote(one.evidence, one.article_id, one.marks) for one in made.alert.entities))
    return replace(made, verdict=replace(made.verdict, changes=changes), story=story, quotes=said)


def closed() -> Occasion:
    made = confirmed()
    verdict = replace(made.verdict, reason=Reason.STORY_CLOSED, changes=())
    story = replace(made.story, state=StoryState.OVER)
    return replace(made, alert=replace(made.alert, is_closed=True, version=3), verdict=verdict, story=story)


DENIAL = source(5, "Apple denies break-in", "https://daily.example/apple-denies")


def denied() -> Occasion:
    """The victim takes back what was told; the helper is watched as well, and the rule is about victims."""
    made = attacked()
    apple = entity("Apple", Role.VICTIM, "Apple denies that anybody broke into its systems.", ransomware=Status.DENIED)
    apple = replace(apple, article_id=ArticleId("a5"))
    rule = replace(made.rule, entity_ids=frozenset({apple.entity_id, EntityId("microsoft")}))
    before = replace(made.alert, entities=made.alert.entities[:1], told=Told(StoryState.RUMOUR, 2, ()))
    changes = (Reason.DENIED_OR_CORRECTED, Reason.MORE_SOURCES)
    return replace(
        made,
        rule=rule,
        alert=replace(made.alert, entities=(apple,), version=2),
        verdict=replace(made.verdict, reason=changes[0], changes=changes),
        story=replace(made.story, state=StoryState.DENIED, sources=(*made.story.sources, DENIAL)),
        before=before,
    )


OCCASIONS = {
    "attacked": attacked(), "update": update(), "in-attack-news": in_attack_news(), "closed": closed(),
    "extreme": extreme(), "denied": denied(),
}  # fmt: skip


def message(occasion: Occasion, where: object = PLAIN, language: str = "en") -> Message:
    target = replace(where, language=language)
    return write(outline_alert(replace(occasion, channel=target), wording_for(language)), target)


def held(language: str = "en") -> tuple[Notification, ...]:
    """Three messages that wait to be folded, two of them about one alert."""
    first, second = message(attacked(), language=language), message(update(), language=language)
    news = message(in_attack_news(), language=language)
    return (
        waiting("n1", "al-1", Severity.WARNING, first, 0),
        waiting("n2", "al-1", Severity.CRITICAL, second, 1),
        waiting("n3", "al-2", Severity.INFO, news, 2),
    )


def waiting(name: str, alert: str, severity: Severity, text: Message, minute: int) -> Notification:
    moment = NOW + timedelta(minutes=minute)
    return Notification(NotificationId(name), PLAIN.id, alert, severity, text, moment, moment)

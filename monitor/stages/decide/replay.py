"""A run of the daemon in memory: articles in the order in which they came, through grouping and judging."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.alert import Alert, AlertId
from monitor.domain.article import Article, ArticleId
from monitor.domain.finding import Analysis
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.notification import Notification, NotificationId, Sent
from monitor.domain.story import Join, Story, StoryId
from monitor.stages.decide.judge import Bench, Case, judge
from monitor.stages.group import Fingerprint, GroupWindow, group


@dataclass(frozen=True, slots=True)
class Arrival:
    """One article as the daemon would have had it after detection."""

    article: Article
    analysis: Analysis
    fingerprint: Fingerprint


@dataclass(slots=True)
class Replayed:
    """What a replay came to: the alerts as they stood in the end, and every message that would have left."""

    alerts: dict[AlertId, Alert] = field(default_factory=dict)
    stories: dict[StoryId, Story] = field(default_factory=dict)
    messages: dict[NotificationId, Notification] = field(default_factory=dict)

    def messages_of(self, alert_id: AlertId) -> int:
        """How often one channel hears of an alert; the most of any."""
        channels = [one.channel for one in self.messages.values() if one.alert_id == alert_id]
        return max((channels.count(channel) for channel in set(channels)), default=0)


@dataclass(slots=True)
class _Memory:
    articles: dict[ArticleId, Article] = field(default_factory=dict)
    analyses: dict[ArticleId, Analysis] = field(default_factory=dict)
    joins: dict[ArticleId, Join] = field(default_factory=dict)


def replay(steps: Iterable[Arrival], window: GroupWindow, policy: GroupPolicy, bench: Bench) -> Replayed:
    """
    Play *steps* through, each at the moment at which its article was published.

    Silences are left out: the question is what the rules would say.
    """
    done, stories = Replayed(), dict[StoryId, _Memory]()
    for step in sorted(steps, key=lambda one: (one.article.published_at, one.article.id)):
        now = step.article.published_at
        article = replace(step.article, first_seen_at=now, rings=True)
        (join,) = group([step.fingerprint], window, policy)
        memory = stories.setdefault(join.story_id, _Memory())
        memory.articles[article.id] = article
        memory.analyses[article.id] = step.analysis
        memory.joins[article.id] = join
        _judge(join.story_id, memory, done, now, bench)
    return done


def _judge(story_id: StoryId, memory: _Memory, done: Replayed, now: datetime, bench: Bench) -> None:
    alerts = tuple(alert for alert in done.alerts.values() if alert.story_id == story_id)
    case = Case(
        story_id,
        tuple(memory.articles.values()),
        tuple(memory.analyses.values()),
        tuple(memory.joins.values()),
        alerts,
        tuple(_told(done, alerts, now)),
    )
    judged = judge(case, (), {}, now, bench)
    done.stories[story_id] = judged.story
    done.alerts |= {alert.id: alert for alert in judged.alerts}
    done.messages |= {
        one.id: one for one in (*judged.notifications, *(wording.notification for wording in judged.rewritten))
    }


def _told(done: Replayed, alerts: Iterable[Alert], now: datetime) -> Iterator[Sent]:
    ids = {alert.id for alert in alerts}
    for message in done.messages.values():
        if message.alert_id in ids:
            yield Sent(message, is_untried=now < message.not_before)

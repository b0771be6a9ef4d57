"""A run of the daemon in memory: articles in the order in which they came, through grouping and judging."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.alert import Alert, AlertId
from monitor.domain.article import Article, ArticleId
from monitor.domain.finding import Analysis
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.notification import Notification, NotificationId, Sent
from monitor.domain.story import Join, Story, StoryId
from monitor.stages.decide.judge import Bench, Case, Judged, judge
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
    """What is known of one story, and its alerts."""

    articles: dict[ArticleId, Article] = field(default_factory=dict)
    analyses: dict[ArticleId, Analysis] = field(default_factory=dict)
    joins: dict[ArticleId, Join] = field(default_factory=dict)
    alerts: dict[AlertId, Alert] = field(default_factory=dict)
    messages: dict[NotificationId, Notification] = field(default_factory=dict)

    def take(self, part: "_Memory") -> None:
        """What *part* holds, since its story is part of this one."""
        self.articles |= part.articles
        self.analyses |= part.analyses
        self.joins |= part.joins
        self.alerts |= part.alerts
        self.messages |= part.messages


def replay(steps: Iterable[Arrival], window: GroupWindow, policy: GroupPolicy, bench: Bench) -> Replayed:
    """
    Play *steps* through, each at the moment at which its article was published.

    Silences are left out, and so is that alerts close after a while: the question is what the rules would say.
    """
    run = _Run(bench)
    for step in sorted(steps, key=lambda one: (one.article.published_at, one.article.id)):
        now = step.article.published_at
        run.revisit(now)
        (join,) = group([step.fingerprint], window, policy)
        memory = run.stories.setdefault(join.story_id, _Memory())
        article = replace(step.article, first_seen_at=now, rings=True)
        memory.articles[article.id] = article
        memory.analyses[article.id] = step.analysis
        memory.joins[article.id] = join
        merges = window.take_merges()
        for gone, kept in merges:
            run.stories.setdefault(kept, _Memory()).take(run.stories.pop(gone, _Memory()))
            run.due.pop(gone, None)
        for bridge in window.take_bridges():
            run.settle(bridge)
        for story_id in dict.fromkeys((*(kept for _, kept in merges), join.story_id)):
            run.judge(story_id, now)
    run.revisit(None)
    return run.done


@dataclass(slots=True)
class _Run:
    bench: Bench
    done: Replayed = field(default_factory=Replayed)
    stories: dict[StoryId, _Memory] = field(default_factory=dict)
    # When stories are to be judged again, since a cool-down ends.
    due: dict[StoryId, datetime] = field(default_factory=dict)

    def revisit(self, now: datetime | None) -> None:
        """Judge the stories anew whose cool-down ended by *now*, each at its time; without it all whose will."""
        while due := [(at, story_id) for story_id, at in self.due.items() if now is None or at <= now]:
            at, story_id = min(due)
            self.judge(story_id, at)

    def settle(self, bridge: Join) -> None:
        """Note why an article stands where it does now; one that was taken out of a story follows into its own."""
        home, left = self.stories[bridge.story_id], self.stories.get(bridge.parted_from or bridge.story_id)
        if bridge.parted_from and left is not None and bridge.article_id in left.articles:
            home.articles[bridge.article_id] = left.articles.pop(bridge.article_id)
            home.analyses[bridge.article_id] = left.analyses.pop(bridge.article_id)
            bridge = replace(bridge, duplicate_of=left.joins.pop(bridge.article_id).duplicate_of)
        home.joins[bridge.article_id] = bridge

    def judge(self, story_id: StoryId, now: datetime) -> None:
        memory = self.stories[story_id]
        self.due.pop(story_id, None)
        told = tuple(Sent(one, is_untried=now < one.not_before) for one in memory.messages.values())
        case = Case(
            story_id,
            tuple(memory.articles.values()),
            tuple(memory.analyses.values()),
            tuple(memory.joins.values()),
            tuple(memory.alerts.values()),
            told,
        )
        judged = judge(case, (), {}, now, self.bench)
        retries = [one.retry_at for one in judged.verdicts if one.retry_at is not None]
        self.due |= {story_id: min(retries)} if retries else {}
        self.done.stories[story_id] = judged.story
        self._keep(memory, judged)

    def _keep(self, memory: _Memory, judged: Judged) -> None:
        written = (*judged.notifications, *(wording.notification for wording in judged.rewritten))
        self.done.messages |= {one.id: one for one in written}
        memory.alerts |= {alert.id: alert for alert in judged.alerts}
        self.done.alerts |= memory.alerts
        memory.messages |= {
            one.id: replace(one, alert_id=judged.moved.get(one.alert_id, one.alert_id))
            for one in (*memory.messages.values(), *written)
            if one.alert_id is not None
        }
        for gone in judged.withdrawn:
            memory.messages.pop(gone, None)
            self.done.messages.pop(gone, None)
        for ended in judged.moved:
            memory.alerts.pop(ended, None)
            if not self.done.messages_of(ended):
                self.done.alerts.pop(ended, None)

"""
From a story to what is said of it: the summary, a verdict under each rule, and the messages that follow.

The one place where the stages after grouping are put in a row; the pipeline, `monitor test` and
`monitor backtest` all judge through it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.alert import Alert, AlertId, Planned, Reason, Silence, Verdict
from monitor.domain.article import Article
from monitor.domain.finding import Analysis
from monitor.domain.notification import Channel, ChannelId, Message, Notification, NotificationId, Rewording, Sent
from monitor.domain.policy import AlertPolicy
from monitor.domain.story import Join, Story, StoryId
from monitor.domain.watchlist import EntityId, Rule, RuleId, Severity
from monitor.domain.wording import Wording
from monitor.stages.channels.route import fold_storms, route
from monitor.stages.compose.alert import Occasion, outline_alert
from monitor.stages.compose.message import write
from monitor.stages.compose.said import is_attacked
from monitor.stages.compose.signed_links import NO_LINKS, LinkMaker
from monitor.stages.decide.held_back import held_back
from monitor.stages.decide.merged import doubled, settled
from monitor.stages.decide.quoting import Cause, quoted
from monitor.stages.decide.reasons import (
    Ways,
    alert_after,
    alert_of,
    closing,
    decide_story,
    muting,
    others_told,
    told_of,
)
from monitor.stages.decide.watched import Late, seen_since
from monitor.stages.decide.widened import Changes
from monitor.stages.story.summary import Background, as_of, read_of, summarise, text_of
from monitor.stages.story.telling import Read


@dataclass(frozen=True, slots=True)
class Bench:
    """
    What judging needs and a batch does not change: the rules, the ways out, and the words.

    ``late`` tells since when rules watch those who were added after the first start, ``changes`` how rules asked
    before, ``ways`` which channels take the alerts of each rule.
    """

    rules: tuple[Rule, ...]
    channels: tuple[Channel, ...]
    tags: Mapping[EntityId, frozenset[str]]
    background: Background
    policy: AlertPolicy
    wordings: Mapping[str, Wording]
    links: LinkMaker = NO_LINKS
    late: Late = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    ways: Ways = field(default_factory=dict)

    def rules_for(self, story: Story) -> tuple[Rule, ...]:
        """The rules that watch somebody whom the story names; for all others the verdict can only be "nobody"."""
        named = {entity.entity_id for entity in story.entities}
        return tuple(rule for rule in self.rules if not rule.entity_ids.isdisjoint(named))

    def words(self, channel: Channel) -> Wording:
        return self.wordings.get(channel.language, self.wordings["en"])


@dataclass(frozen=True, slots=True)
class Case:
    """A story to judge: its articles and what is known of them, and what was said of it before."""

    story_id: StoryId
    articles: tuple[Article, ...]
    analyses: tuple[Analysis, ...]
    joins: tuple[Join, ...]
    alerts: tuple[Alert, ...] = ()
    messages: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What judging came to. ``rewritten`` messages wait in the outbox already and get the newest words; ``withdrawn`` ones
    wait there, and what they say is told by others. Messages about some alerts are ``moved`` to others; ``unsaid``
    alerts were never raised, since a silence came before anybody heard of them.
    """

    story: Story
    verdicts: tuple[Verdict, ...] = ()
    alerts: tuple[Alert, ...] = ()
    notifications: tuple[Notification, ...] = ()
    rewritten: tuple[Rewording, ...] = ()
    withdrawn: tuple[NotificationId, ...] = ()
    moved: Mapping[AlertId, AlertId] = field(default_factory=dict)
    unsaid: frozenset[AlertId] = frozenset()


def judge(
    case: Case,
    silences: Sequence[Silence],
    sent_lately: Mapping[str, Sequence[tuple[datetime, Severity]]],
    now: datetime,
    bench: Bench,
) -> Judged:
    """
    Summarise the story, let every rule decide, and write what is to be said.

    Args:
        silences: Those that hold now.
        sent_lately: By channel, when each message of the last minute was written, and how severe it is.
    """
    story = summarise(case.story_id, case.articles, case.analyses, case.joins, bench.background)
    rules = bench.rules_for(story)
    merged = settled(case.alerts, case.messages, story.id)
    case = replace(case, alerts=merged.alerts, messages=merged.of(case.messages))
    alerts = {alert.id: alert for alert in merged.changed}
    if not rules:
        return Judged(story, alerts=merged.changed, withdrawn=merged.withdrawn, moved=merged.moved)
    text = text_of(case.articles, bench.background)
    unsaid = {one.id for one in held_back(story, rules, case.alerts, case.messages, silences, text, now)}
    gone = [*merged.withdrawn, *(one.notification.id for one in case.messages if one.notification.alert_id in unsaid)]
    case = replace(
        case,
        alerts=tuple(alert for alert in case.alerts if alert.id not in unsaid),
        messages=tuple(one for one in case.messages if one.notification.alert_id not in unsaid),
    )
    verdicts = decide_story(story, rules, case.alerts, silences, text, now, bench.policy, bench.ways)
    verdicts = _without_history(verdicts, case, rules, silences, now, bench)
    verdicts = tuple(_unless_seen_before(one, case, rules, silences, now, bench) for one in verdicts)
    verdicts = tuple(_unless_only_wider(one, story, case, silences, now, bench) for one in verdicts)
    by_id = {rule.id: rule for rule in rules}
    notifications: list[Notification] = []
    rewritten: list[Rewording] = []
    for verdict in verdicts:
        before = alert_of(verdict.rule_id, case.alerts, story.id)
        after = alert_after(verdict, story, before)
        if after is None:
            continue
        told = [one for one in case.messages if one.notification.alert_id == after.id]
        if verdict.reason is Reason.NOTHING_NEW and _is_unseen(told):
            # The first message is written anew: what it says is what the next one is compared with.
            after = replace(after, told=told_of(story))
        if after != before:
            alerts[after.id] = after
        rule = by_id[verdict.rule_id]
        others = others_told(rule, case.alerts, verdicts, by_id.keys())
        louder = frozenset(one.rule_id for one in muting(verdict, rule, others))
        speech = _Speech(after, before, story, verdict, rule, told, _read(case, bench), louder)
        plans = _plans(speech, sent_lately, now, bench) if verdict.reason.speaks else ()
        rewritten += _rewritten(speech, plans, now, bench)
        notifications += _new_messages(speech, plans, now, bench)
        gone += doubled(told)
    messages = (tuple(notifications), tuple(rewritten), tuple(gone))
    return Judged(story, verdicts, tuple(alerts.values()), *messages, merged.moved, frozenset(unsaid))


def close(alert: Alert, case: Case, silences: Sequence[Silence], now: datetime, bench: Bench) -> Judged | None:
    """
    Close an alert on a story that has been quiet for long, without a word where its rule is gone or one of *silences*
    holds; else None.
    """
    rule = next((rule for rule in bench.rules if rule.id == alert.rule_id), None)
    if not case.articles:
        return None
    story = summarise(case.story_id, case.articles, case.analyses, case.joins, bench.background)
    if rule is None:
        quietly = Verdict(alert.rule_id, story.id, Reason.CLOSED_QUIETLY, alert.severity, now, alert.entities)
        return Judged(story, (quietly,), (replace(alert, is_closed=True),))
    verdict = closing(alert, rule, story, silences, text_of(case.articles, bench.background), now, bench.policy)
    if verdict is None:
        return None
    after = alert_after(verdict, story, alert)
    if after is None:
        return None
    over = as_of(story, now, bench.policy.closes_after)
    speech = _Speech(after, alert, over, verdict, rule, list(case.messages), _read(case, bench))
    known = {channel.id: channel for channel in bench.channels}
    # Who never heard of it need not hear of its end.
    plans = [plan for plan in _plans(speech, {}, now, bench) if speech.on(known[ChannelId(plan.channel)])]
    messages = _new_messages(speech, plans, now, bench) if verdict.reason.speaks else ()
    return Judged(story, (verdict,), (after,), tuple(messages))


def notification_id(alert: Alert, channel: Channel) -> NotificationId:
    """The same for the same version of the same alert on the same channel: the idempotency key."""
    key = f"{alert.id}\0{alert.version}\0{alert.is_closed}\0{channel.id}"
    return NotificationId(f"n{hashlib.sha256(key.encode()).hexdigest()[:24]}")


@dataclass(frozen=True, slots=True)
class _Speech:
    """
    One alert about to be written; ``told`` are the messages about it so far, oldest first.

    ``louder`` are rules whose alerts say more of the same: who hears of these hears nothing of this one.
    """

    alert: Alert
    before: Alert | None
    story: Story
    verdict: Verdict
    rule: Rule
    told: Sequence[Sent]
    read: Read = ()
    louder: frozenset[RuleId] = frozenset()

    def on(self, channel: Channel) -> list[Sent]:
        return [one for one in self.told if one.notification.channel == channel.id]


def _without_history(
    verdicts: Sequence[Verdict],
    case: Case,
    rules: Sequence[Rule],
    silences: Sequence[Silence],
    now: datetime,
    bench: Bench,
) -> tuple[Verdict, ...]:
    """*verdicts*, those muted that speak only because of history that came since an alert was last heard of."""
    since = min((alert.updated_at for alert in case.alerts), default=None)
    rung = [article for article in case.articles if article.rings or since is None or article.first_seen_at <= since]
    if since is None or not rung or len(rung) == len(case.articles):
        return tuple(verdicts)
    story = summarise(case.story_id, rung, case.analyses, case.joins, bench.background)
    calmer = decide_story(
        story, rules, case.alerts, silences, text_of(rung, bench.background), now, bench.policy, bench.ways
    )
    return tuple(
        replace(verdict, reason=Reason.HISTORY, changes=())
        if verdict.reason.speaks and not calm.reason.speaks
        else verdict
        for verdict, calm in zip(verdicts, calmer, strict=True)
    )


def _unless_seen_before(
    verdict: Verdict, case: Case, rules: Sequence[Rule], silences: Sequence[Silence], now: datetime, bench: Bench
) -> Verdict:
    """*verdict*, muted where it speaks only because of what was seen before its rule watched these companies."""
    since = bench.late.get(verdict.rule_id)
    if not verdict.reason.speaks or since is None:
        return verdict
    analyses = seen_since(since, case.articles, case.analyses, bench.background.timeless_feeds)
    if analyses == case.analyses:
        return verdict
    story = summarise(case.story_id, case.articles, analyses, case.joins, bench.background)
    own = [rule for rule in rules if rule.id == verdict.rule_id]
    (calm,) = decide_story(
        story, own, case.alerts, silences, text_of(case.articles, bench.background), now, bench.policy, bench.ways
    )
    return verdict if calm.reason.speaks else replace(verdict, reason=Reason.HISTORY, changes=())


def _unless_only_wider(
    verdict: Verdict, story: Story, case: Case, silences: Sequence[Silence], now: datetime, bench: Bench
) -> Verdict:
    """
    *verdict*, muted where it speaks only because its rule asks for more by now than when all this was seen.

    Neither the rule as it was, of all that is known, nor the rule as it is, of what was seen since, would say so.
    """
    changes = bench.changes.get(verdict.rule_id, ()) if verdict.reason.speaks else ()
    for change in changes:
        if _says_as_much(verdict, change.before, story, case, silences, now, bench):
            continue
        since = dict.fromkeys(change.before.entity_ids, change.at)
        analyses = seen_since(since, case.articles, case.analyses, bench.background.timeless_feeds)
        rule = next(rule for rule in bench.rules if rule.id == verdict.rule_id)
        is_named = any(finding.entity_id in rule.entity_ids for one in analyses for finding in one.findings)
        lately = summarise(case.story_id, case.articles, analyses, case.joins, bench.background)
        if not is_named or not _says_as_much(verdict, rule, lately, case, silences, now, bench):
            return replace(verdict, reason=Reason.HISTORY, changes=())
    return verdict


def _says_as_much(
    verdict: Verdict,
    rule: Rule,
    story: Story,
    case: Case,
    silences: Sequence[Silence],
    now: datetime,
    bench: Bench,
) -> bool:
    """Whether *rule* would speak about *story* for one of the reasons of *verdict*."""
    text = text_of(case.articles, bench.background)
    (other,) = decide_story(story, [rule], case.alerts, silences, text, now, bench.policy, bench.ways)
    return other.reason.speaks and not set(other.changes).isdisjoint(verdict.changes)


def _plans(
    speech: _Speech, sent_lately: Mapping[str, Sequence[tuple[datetime, Severity]]], now: datetime, bench: Bench
) -> tuple[Planned, ...]:
    """Which channels hear of it, and when."""
    hushed = {channel for rule_id in speech.louder for channel in bench.ways.get(rule_id, ())}
    channels = [channel for channel in bench.channels if channel.id not in hushed]
    planned = route(speech.alert, speech.verdict, speech.rule, speech.story, channels, bench.tags, now, bench.policy)
    return fold_storms(planned, speech.alert.severity, sent_lately, bench.channels, now)


def _new_messages(speech: _Speech, plans: Iterable[Planned], now: datetime, bench: Bench) -> Iterator[Notification]:
    known = {str(channel.id): channel for channel in bench.channels}
    for plan in plans:
        channel = known[plan.channel]
        if not _is_unseen(speech.on(channel)):
            yield _written(speech, plan, channel, now, bench)


def _is_unseen(told: Sequence[Sent]) -> bool:
    """
    Whether all that a channel was told still waits there: then it is told anew instead of followed by a second message.

    An update that waits behind a message that was seen stays as it is, since it says what changed since that one.
    """
    return bool(told) and all(one.is_untried for one in told)


def _written(speech: _Speech, plan: Planned, channel: Channel, now: datetime, bench: Bench) -> Notification:
    return Notification(
        id=notification_id(speech.alert, channel),
        channel=channel.id,
        alert_id=speech.alert.id,
        severity=speech.alert.severity,
        message=_message(speech, channel, speech.on(channel), bench),
        created_at=now,
        not_before=plan.not_before,
        fold_key=plan.fold_key,
    )


def _rewritten(speech: _Speech, plans: Iterable[Planned], now: datetime, bench: Bench) -> Iterator[Rewording]:
    """First messages that still wait, in the newest words: the second outlet's article is in the first message."""
    known, planned = {channel.id: channel for channel in bench.channels}, {plan.channel: plan for plan in plans}
    for sent in speech.told:
        waiting = sent.notification
        channel, plan = known.get(waiting.channel), planned.get(waiting.channel)
        if channel is None or not _is_unseen(speech.on(channel)):
            continue
        newer = replace(waiting, message=_message(speech, channel, (), bench), severity=speech.alert.severity)
        if plan is not None and newer.severity.rank > waiting.severity.rank and plan.not_before < waiting.not_before:
            # It was held as something softer: what is louder by now need not wait with it.
            newer = replace(newer, not_before=plan.not_before, fold_key=plan.fold_key)
        yield Rewording(newer, _written(speech, plan, channel, now, bench) if plan is not None else None)


def _message(speech: _Speech, channel: Channel, seen: Sequence[Sent], bench: Bench) -> Message:
    """The alert for a channel on which *seen* was said before; where nothing was, as its first message."""
    alert, verdict, before = speech.alert, speech.verdict, speech.before
    changes = verdict.changes
    if not seen and not alert.is_closed:
        # Whatever came since it was decided, to who hears of it for the first time all of it is new.
        alert, before = replace(alert, version=1), None
        verdict = replace(verdict, reason=Reason.NEW_STORY, changes=(Reason.NEW_STORY,))
    first = _followed(alert, [one.notification for one in seen])
    cause = Cause(changes, before)
    said = quoted(speech.story, alert.entities, speech.read, cause, bench.words(channel).language, bench.background)
    occasion = Occasion(
        replace(alert, entities=said.entities),
        speech.story,
        verdict,
        speech.rule,
        channel,
        bench.links,
        before=before,
        quotes=said.quotes,
        first_subject=first.message.subject if first else "",
    )
    return write(outline_alert(occasion, bench.words(channel)), channel)


def _followed(alert: Alert, seen: Sequence[Notification]) -> Notification | None:
    """
    The message whose subject still holds for *alert*: what follows it stays in its thread.

    One that is louder than all before it begins a thread of its own, and so does one that turns whether anybody is
    attacked: no denial stands under a subject that says "confirmed", and no attack under one that says "denied".
    """
    thread: Notification | None = None
    for one in seen:
        if thread is None or _is_apart(one.severity, _tells_of_attack(one), thread):
            thread = one
    attacked = any(is_attacked(entity) for entity in alert.entities)
    return None if thread is None or _is_apart(alert.severity, attacked, thread) else thread


def _is_apart(severity: Severity, attacked: bool, thread: Notification) -> bool:
    return severity.rank > thread.severity.rank or attacked is not _tells_of_attack(thread)


def _tells_of_attack(notification: Notification) -> bool:
    return bool(json.loads(notification.message.fields or "{}").get("data", {}).get("under_attack"))


def _read(case: Case, bench: Bench) -> Read:
    return read_of(case.articles, case.analyses, bench.background)

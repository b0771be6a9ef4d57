"""An alert as an outline: who, what, how sure, the evidence, what changed, the sources, and why it was sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.domain.alert import Alert, Verdict
from monitor.domain.finding import Status
from monitor.domain.notification import Channel
from monitor.domain.story import Quote, Source, Story, StoryEntity
from monitor.domain.watchlist import Rule
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean, host_of, safe_url
from monitor.stages.compose.news import news
from monitor.stages.compose.outline import Action, Line, Outline, Run, Section, line
from monitor.stages.compose.quotes import foreign, quotes
from monitor.stages.compose.said import (
    LONGEST_NAME,
    attack_words,
    figure,
    is_attacked,
    moment,
    name_of,
    role_key,
)
from monitor.stages.compose.signed_links import NO_LINKS, Deed, LinkMaker
from monitor.stages.compose.subject import concerned, subject_of

_MOST_SOURCES = 8
_MOST_EVIDENCE = 5
_TITLE, _SENTENCE = 200, 400
# Links that the page of the alert has and messages do without.
_ON_THE_PAGE = frozenset({Deed.READ, Deed.STORY})
_PLACES = {Deed.ACKNOWLEDGE: "main", Deed.SILENCE: "main", Deed.FEEDBACK: "page", Deed.CONSOLE: "main"}


@dataclass(frozen=True, slots=True)
class Occasion:
    """
    Everything an alert message is made from: one value, so that a message can be made again for a test.

    ``before`` is the alert as its last message told it, None for the first: what changed is said against it.
    ``quotes`` are the sentences to show, what the message is about first; without any, those of its entities.
    ``first_subject`` is the subject of the message about this alert on this channel that this one follows, empty
    where it follows none: mail programs thread by it.
    """

    alert: Alert
    story: Story
    verdict: Verdict
    rule: Rule
    channel: Channel
    links: LinkMaker = NO_LINKS
    before: Alert | None = None
    quotes: tuple[Quote, ...] = ()
    first_subject: str = ""


def outline_alert(occasion: Occasion, words: Wording) -> Outline:
    """What the message says; all text from the news is clean in it."""
    alert, story = occasion.alert, occasion.story
    subject = subject_of(alert, story, words)
    also = _also_named(occasion)
    lead, *facts = report_sections(alert, story, occasion.channel.timezone, words, occasion.quotes, also)
    changes = _optional(words.say("section.changes"), _changes(occasion, words))
    sections = (lead, *changes, *facts, _why(occasion, words))
    return Outline(
        subject=subject,
        severity=alert.severity,
        label=words.say(f"severity.{alert.severity}"),
        language=words.language,
        heading=words.say("heading"),
        sections=sections,
        actions=tuple(_actions(occasion, words)),
        actions_title=words.say("section.actions"),
        footer=(words.say("alert.footer", id=alert.id, version=alert.version),),
        kind=_kind(alert),
        data=_data(occasion, subject),
        thread_key=str(alert.id),
        keep=(str(alert.id),),
        mail_subject=_mail_subject(occasion, subject, words),
    )


def report_sections(
    alert: Alert,
    story: Story,
    timezone: str,
    words: Wording,
    chosen: tuple[Quote, ...] = (),
    also: tuple[StoryEntity, ...] = (),
) -> tuple[Section, ...]:
    """
    What is known of a story, the lead first: companies, evidence (the *chosen* sentences), figures and sources.

    *also* are companies of the story that the alert is not about.
    """
    said = tuple(quotes(alert.entities, story.sources, _MOST_EVIDENCE, chosen, words))
    return (
        _lead(alert, story, timezone, words),
        _companies((*alert.entities, *also), words),
        *_optional(words.say("section.evidence"), said, "quote"),
        *_optional(words.say("section.numbers"), tuple(line(figure(number, words)) for number in story.numbers[:5])),
        _sources(story, timezone, words),
    )


def _lead(alert: Alert, story: Story, timezone: str, words: Wording) -> Section:
    told = _telling(alert, story)
    title = told.title if told else story.headlines.get(words.language) or story.headline
    headline = clean(title, _TITLE)
    linked = [source for source in story.sources if safe_url(source.url)]
    own = [source for source in linked if source.independent]
    # A headline leads to the article that has it, where that is no source of its own as well.
    shown = [source for source in linked if source.title == title]
    near = [source for source in own if source.language == words.language]
    first = next(iter((*shown, *near, *own)), None)
    url = safe_url(first.url) if first else ""
    first_at = moment(story.first_reported_at, timezone)
    state = words.say("alert.state", state=words.say(f"state.{story.state}"), moment=first_at)
    language = told.language if told else _language_of(title, story, words)
    lines = [Line((Run(headline),), url, host_of(url), foreign(language, words))]
    if not concerned(alert.entities):
        lines.append(line(_not_attacked(alert, words)))
    if alert.acknowledged_by:
        lines.append(line(words.say("alert.acknowledged", name=clean(alert.acknowledged_by, LONGEST_NAME))))
    return Section("", (*lines, line(state)), "lead")


def _telling(alert: Alert, story: Story) -> Source | None:
    """The article that denies what the story was opened with: its headline must not stand above a denial."""
    if any(is_attacked(entity) for entity in alert.entities):
        return None
    denying = [entity.article_id for entity in alert.entities if Status.DENIED in entity.statuses.values()]
    return next((source for source in story.sources if source.article_id in denying), None)


def _language_of(title: str, story: Story, words: Wording) -> str:
    """The language of the story's headline for this reader."""
    if words.language in story.headlines or not story.sources:
        return words.language
    return next((one.language for one in story.sources if one.title == title), story.sources[0].language)


def _not_attacked(alert: Alert, words: Wording) -> str:
    if len(alert.entities) == 1:
        return words.say("alert.none-attacked-one", name=name_of(alert.entities[0]))
    return words.say("alert.none-attacked")


def _also_named(occasion: Occasion) -> tuple[StoryEntity, ...]:
    """Whom the rule watches and the story only names: the softer alert that would say so is muted."""
    told = {entity.entity_id for entity in occasion.alert.entities}
    left = [one for one in occasion.story.entities if one.entity_id in occasion.rule.entity_ids - told]
    return tuple(entity for entity in left if not is_attacked(entity))


def _companies(entities: Sequence[StoryEntity], words: Wording) -> Section:
    lines: list[Line] = []
    for entity in entities:
        if is_attacked(entity):
            detail = attack_words(entity.statuses, words)
            named = words.say("alert.detail", name=name_of(entity), attacks=detail)
            lines.append(_role_line("victim", named, words))
    groups: dict[str, list[str]] = {}
    for entity in entities:
        if not is_attacked(entity):
            groups.setdefault(role_key(entity), []).append(name_of(entity))
    lines += [_role_line(key, words.listed(tuple(names), 40), words) for key, names in groups.items()]
    return Section(words.say("section.companies"), tuple(lines))


def _role_line(key: str, names: str, words: Wording) -> Line:
    return line(words.say("alert.attacked", role=words.say(f"role.{key}"), names=names))


def _changes(occasion: Occasion, words: Wording) -> tuple[Line, ...]:
    alert, verdict = occasion.alert, occasion.verdict
    if alert.version == 1 and not alert.is_closed:
        return ()
    reasons = verdict.changes or (verdict.reason,)
    return tuple(line(text) for text in news(alert, occasion.before, occasion.story, reasons, words))


def _sources(story: Story, timezone: str, words: Wording) -> Section:
    ranked = sorted(story.sources, key=lambda source: (not source.independent, source.published_at))
    shown = ranked if len(ranked) <= _MOST_SOURCES + 1 else ranked[:_MOST_SOURCES]
    lines = [_source(source, timezone, words) for source in shown]
    if len(ranked) > len(shown):
        lines.append(line(words.say("alert.more-sources", count=len(ranked) - len(shown))))
    return Section(words.count("independent", max(story.independent_sources, 1)), tuple(lines))


def _source(source: Source, timezone: str, words: Wording) -> Line:
    title = clean(source.title, _TITLE)
    if not source.independent:
        title = words.say("alert.copy", title=title)
    known = words.knows(f"language.{source.language}")
    language = words.say(f"language.{source.language}") if known else clean(source.language, 20)
    note = words.say("alert.source-note", language=language, moment=moment(source.published_at, timezone))
    url, outlet = safe_url(source.url), clean(source.outlet, LONGEST_NAME)
    return Line((Run(title),), url, host_of(url), f"{outlet}, {note}" if outlet else note)


def _why(occasion: Occasion, words: Wording) -> Section:
    reason = words.say(f"reason.{occasion.verdict.reason}")
    rule = words.say("alert.rule", rule=occasion.rule.id, watchlist=occasion.rule.watchlist, reason=reason)
    return Section(words.say("section.why"), (line(rule),), "small")


def _actions(occasion: Occasion, words: Wording) -> Iterator[Action]:
    alert, links = occasion.alert, occasion.links
    # There is nothing to take care of, or to be silent about, where it is over.
    left_out = _ON_THE_PAGE | ({Deed.ACKNOWLEDGE, Deed.SILENCE} if alert.is_closed else set())
    for deed in [one for one in Deed if one not in left_out]:
        url = links.link(deed, str(alert.id), str(occasion.channel.id), words.language, alert.updated_at)
        if url:
            yield Action(words.say(f"deed.{deed}"), url, _PLACES.get(deed, "more"))


def _optional(title: str, lines: tuple[Line, ...], style: str = "list") -> tuple[Section, ...]:
    return (Section(title, lines, style),) if lines else ()


def _kind(alert: Alert) -> str:
    if alert.is_closed:
        return "monitor.alert.closed"
    return "monitor.alert.opened" if alert.version == 1 else "monitor.alert.updated"


def _mail_subject(occasion: Occasion, subject: str, words: Wording) -> str:
    """Threads need the same subject."""
    if not occasion.first_subject:
        return subject
    bare = occasion.first_subject.removeprefix(words.say("subject.reply", subject=""))
    return words.say("subject.reply", subject=bare)


def _data(occasion: Occasion, subject: str) -> dict[str, object]:
    alert, story, verdict, rule = occasion.alert, occasion.story, occasion.verdict, occasion.rule
    return {
        "subject": subject,
        "alert": str(alert.id),
        "version": alert.version,
        "severity": str(alert.severity),
        "rule": str(rule.id),
        "watchlist": rule.watchlist,
        "reason": str(verdict.reason),
        "changes": [str(change) for change in verdict.changes],
        "closed": alert.is_closed,
        "under_attack": [str(entity.entity_id) for entity in alert.entities if is_attacked(entity)],
        "entities": [_entity_data(entity) for entity in alert.entities],
        "story": {
            "id": str(story.id),
            "state": str(story.state),
            "headline": clean(story.headline, _TITLE),
            "first_reported_at": story.first_reported_at.isoformat(),
            "languages": [clean(language, 20) for language in story.languages],
            "independent_sources": story.independent_sources,
            "attacks": {str(kind): str(status) for kind, status in story.attacks.items()},
            "numbers": [clean(number, LONGEST_NAME) for number in story.numbers],
        },
        "quotes": list(_quotes_data(occasion)),
        "sources": [
            {
                "title": clean(source.title, _TITLE),
                "url": safe_url(source.url),
                "outlet": clean(source.owner, LONGEST_NAME),
                "language": clean(source.language, 20),
                "published_at": source.published_at.isoformat(),
                "independent": source.independent,
            }
            for source in story.sources[:50]
        ],
    }


def _quotes_data(occasion: Occasion) -> Iterator[dict[str, object]]:
    """The evidence as the message shows it, what it is about first."""
    voices = {source.article_id: source for source in occasion.story.sources}
    for quote in occasion.quotes[:_MOST_EVIDENCE]:
        voice = voices.get(quote.article_id)
        language, url = (clean(voice.language, 20), safe_url(voice.url)) if voice else ("", "")
        yield {"text": clean(quote.text, _SENTENCE), "language": language, "url": url}


def _entity_data(entity: StoryEntity) -> dict[str, object]:
    return {
        "id": str(entity.entity_id),
        "name": name_of(entity),
        "role": str(entity.role),
        "confidence": round(entity.confidence, 3),
        "attacks": {str(kind): str(status) for kind, status in entity.statuses.items()},
        "evidence": clean(entity.evidence, _SENTENCE),
    }

"""Several messages as one: digests, what was held during quiet hours, and storms. Every alert is listed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.notification import Channel, Message, Notification, NotificationId
from monitor.domain.watchlist import Severity
from monitor.domain.wording import Wording
from monitor.stages.compose.dialect import dialect_of
from monitor.stages.compose.neutral import clean, host_of, safe_url
from monitor.stages.compose.outline import Line, Outline, Run, Section, line
from monitor.stages.compose.quotes import foreign
from monitor.stages.compose.subject import subject_in

_SUBJECT, _EVIDENCE = 200, 240
_LINE, _BRIEF_LINE, _MOST = 300, 75, 200
_BRIEF_BODY, _BRIEF_SUBJECT = 1_000, 40
_ROOM_FOR_EVIDENCE = 10
_KEPT = ("subject", "alert", "version", "severity", "rule", "watchlist", "closed", "under_attack", "entities", "story")
_LOUDEST_FIRST = sorted(Severity, key=lambda severity: -severity.rank)


def fold_groups(held: Sequence[Notification], channel: Channel) -> tuple[tuple[Notification, ...], ...]:
    """
    *held* in as many groups as *channel* needs messages to list them all, most severe first; what came at the same
    moment by name.

    Of several messages about one alert the last stays; it tells what the others told.
    """
    latest: dict[str, Notification] = {}
    for one in sorted(held, key=lambda one: one.created_at):
        latest[alert_of(one) or str(one.id)] = one
    ranked = sorted(latest.values(), key=lambda one: (-one.severity.rank, one.created_at, one.message.subject))
    limit = dialect_of(channel).body_limit
    # Of many notices each is a few words, so that a hundred feeds that fail together are one message.
    is_short = is_brief(channel) or (len(ranked) > _ROOM_FOR_EVIDENCE and all(map(is_notice, ranked)))
    size = max(1, min(_MOST, limit // (_BRIEF_LINE if is_short else _LINE)))
    return tuple(tuple(ranked[start : start + size]) for start in range(0, len(ranked), size))


def is_brief(channel: Channel) -> bool:
    """Whether *channel* takes so little that a line holds no more than whom it is about, and the alert's id."""
    return dialect_of(channel).body_limit < _BRIEF_BODY


def outline_fold(fold_key: str, held: Sequence[Notification], words: Wording, *, brief: bool = False) -> Outline:
    """
    *held* (one group of `fold_groups`) as one message. *fold_key* (a `FoldKey`) tells why they were held. Without any
    it is an empty digest.
    """
    kind, title, explanation = _why(fold_key, words)
    if not held:
        subject, loudest = words.say("fold.empty-subject", title=title), Severity.INFO
        sections: tuple[Section, ...] = (Section("", (line(words.say("fold.empty")),), "lead"),)
    else:
        loudest = max((one.severity for one in held), key=lambda severity: severity.rank)
        severity = words.say(f"severity.{loudest}")
        unit = "fold.notices" if kind == "notice" else "fold.alerts"
        alerts = words.count(unit, len(held))
        subject = words.say("fold.subject", severity=severity, title=title, alerts=alerts)
        told = () if brief else (Section("", (line(explanation),), "lead"),)
        sections = (*told, *_by_severity(held, unit, words, brief=brief))
    return Outline(
        subject=subject,
        severity=loudest,
        label=words.say(f"severity.{loudest}"),
        language=words.language,
        heading=words.say("heading"),
        sections=sections,
        kind=f"monitor.{kind}",
        keep=tuple(filter(None, map(alert_of, held))),
        via=tuple(sorted({name for one in held for name in via_of(one)})),
        data={
            "subject": subject,
            "title": title,
            "fold_key": fold_key,
            "alerts": [_data(one) for one in held],
        },
    )


def _why(fold_key: str, words: Wording) -> tuple[str, str, str]:
    """The kind of the message, its title, and why it is a list."""
    match FoldKey.read(fold_key):
        case FoldKey(Hold.DIGEST, _, details):
            period = details[0] if details and words.knows(f"fold.digest-{details[0]}") else "daily"
            return "digest", words.say(f"fold.digest-{period}"), words.say("fold.explain-digest")
        case FoldKey(Hold.HANDOVER, channel, details):
            name = clean(details[0] if details else channel, 80)
            return "handover", words.say("fold.handover", name=name), words.say("fold.explain-handover", name=name)
        case FoldKey(Hold.NOTICES):
            return "notice", words.say("fold.feeds"), words.say("fold.explain-feeds")
        case found:
            hold = found.hold if found else Hold.STORM
            return str(hold), words.say(f"fold.{hold}"), words.say(f"fold.explain-{hold}")


def _by_severity(held: Sequence[Notification], unit: str, words: Wording, *, brief: bool) -> Iterator[Section]:
    with_evidence = len(held) <= _ROOM_FOR_EVIDENCE and not brief
    for severity in _LOUDEST_FIRST:
        those = [one for one in held if one.severity is severity]
        if those:
            title = f"{words.say(f'severity.{severity}')} - {words.count(unit, len(those))}"
            lines = tuple(
                _brief(one, words) if brief else _line(one, words, with_evidence=with_evidence) for one in those
            )
            yield Section(title, lines)


def _line(one: Notification, words: Wording, *, with_evidence: bool) -> Line:
    data = _fields(one).get("data", {})
    nothing = ("", "", words.language)
    told = next((one for one in _evidence(data) if one[0]), nothing) if with_evidence else nothing
    evidence, said_at, language = told
    # What is quoted stands where the line leads.
    url = safe_url(said_at) or _address(data)
    subject = (Run(_subject(one, words, _SUBJECT)),)
    beside = ", ".join(part for part in (foreign(language, words), alert_of(one)) if part)
    return Line(subject, url, host_of(url), beside, clean(evidence, _EVIDENCE))


def _brief(one: Notification, words: Wording) -> Line:
    return Line((Run(_subject(one, words, _BRIEF_SUBJECT)),), note=alert_of(one))


def _subject(one: Notification, words: Wording, limit: int) -> str:
    data = _fields(one).get("data", {})
    # It may have been written for a reader of another language.
    subject = clean(subject_in(data, words) or str(data.get("subject") or one.message.subject), _SUBJECT)
    # The heading says how severe it is.
    for label in (words.say(f"severity.{one.severity}"), words.say("notice.label")):
        subject = subject.removeprefix(f"{label} - ")
    return clean(subject, limit)


def alert_of(one: Notification) -> str:
    """The id of the alert that *one* is about; empty where it is about none, or about many."""
    return clean(str(one.alert_id or _fields(one).get("data", {}).get("alert") or ""), 80)


def version_of(one: Notification) -> tuple[str, int]:
    """What a message about an alert is: opened, updated or closed, and in which version."""
    fields = _fields(one)
    return str(fields.get("type", "")), int(fields.get("data", {}).get("version") or 0)


def parts_of(one: Notification) -> tuple[Notification, ...]:
    """What a list lists, each as a message that can stand in another list; anything else by itself."""
    fields = _fields(one)
    listed = fields.get("data", {}).get("alerts")
    if not isinstance(listed, list) or not listed:
        return (one,)
    return tuple(
        replace(
            one,
            id=NotificationId(f"{one.id}.{number}"),
            severity=Severity(part.get("severity", one.severity)),
            message=Message(
                str(part.get("subject", "")),
                str(part.get("subject", "")),
                fields=json.dumps({"type": fields.get("type"), "data": part, "via": via_of(one)}, ensure_ascii=False),
            ),
        )
        for number, part in enumerate(listed)
    )


def is_notice(one: Notification) -> bool:
    """Whether *one* is about the service itself."""
    return str(_fields(one).get("type", "")) == "monitor.notice"


def via_of(one: Notification) -> tuple[str, ...]:
    """The channels that could not deliver *one* before."""
    return tuple(map(str, _fields(one).get("via", ())))


def _fields(one: Notification) -> Mapping[str, Any]:
    fields = json.loads(one.message.fields or "{}")
    return fields if isinstance(fields, dict) else {}


def _address(data: Mapping[str, Any]) -> str:
    """Where a line leads: to the article that says what the message is about, and is quoted, else to the first one."""
    return next((url for url in map(safe_url, _urls(data)) if url), "")


def _urls(data: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(quote.get("url", "")) for quote in data.get("quotes", []))
    yield from (str(source.get("url", "")) for source in data.get("sources", []))
    yield str(data.get("url", ""))


def _evidence(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What may be quoted, with the address of the article that says it and its language where they are known."""
    for quote in data.get("quotes", []):
        yield str(quote.get("text", "")), str(quote.get("url", "")), str(quote.get("language", ""))
    yield from ((str(entity.get("evidence", "")), "", "") for entity in data.get("entities", []))
    yield str(data.get("detail", "")), "", ""


def _data(one: Notification) -> Mapping[str, object]:
    data = _fields(one).get("data", {})
    kept = (
        "subject",
        "alert",
        "version",
        "severity",
        "rule",
        "watchlist",
        "closed",
        "under_attack",
        "entities",
        "story",
    )
    told = {key: data[key] for key in kept if key in data} or {"subject": one.message.subject}
    url = _address(data)
    return {**told, "url": url} if url else told

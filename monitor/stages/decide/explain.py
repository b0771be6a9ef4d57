"""What `why` and `why-not` say of decisions: the sentence of each reason, what a rule asked for, and what it found."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.alert import Reason, Silence, Verdict
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.fold_key import FoldKey, Hold
from monitor.domain.story import Story, StoryEntity
from monitor.domain.watchlist import Entity, Rule
from monitor.stages.rules.matching import wanted_attacks

SENTENCES = {
    Reason.NEW_STORY: "This story meets all conditions of the rule and nothing was said of it yet.",
    Reason.ROLE_STRONGER: "A watched entity plays a graver role than was told before.",
    Reason.STATUS_STRONGER: "What was a claim or an attempt is surer now.",
    Reason.SEVERITY_ROSE: "The rule is louder than it was when it last spoke.",
    Reason.ENTITY_ADDED: "Another watched entity was drawn in.",
    Reason.OFFICIALLY_CONFIRMED: "The victim itself or an authority has confirmed it for the first time.",
    Reason.MORE_SOURCES: "So many independent sources report it that it is worth a word.",
    Reason.NUMBERS_CHANGED: "A key figure has grown since it was told, or is said to be wrong.",
    Reason.DENIED_OR_CORRECTED: "What was told is denied or corrected.",
    Reason.STORY_CLOSED: "Nothing new was reported for long, and the rule asks to hear of that.",
    Reason.NO_ENTITY: "No entity of the rule is named in the story.",
    Reason.ROLE_NOT_WANTED: "The rule's entities play other roles than it asks for.",
    Reason.NO_ATTACK: "The story tells of no attack.",
    Reason.ATTACK_NOT_WANTED: "The attacks that concern these entities are of kinds the rule does not ask for.",
    Reason.STATUS_NOT_WANTED: "The attacks have a status that the rule does not ask for.",
    Reason.TEXT_NOT_MATCHED: "The text condition of the rule does not hold.",
    Reason.TOO_UNSURE: "We are less sure that the entity is meant than the rule demands.",
    Reason.TOO_FEW_SOURCES: "Fewer independent sources report it than the rule demands.",
    Reason.NOTHING_NEW: "All that matters was told before; edits and more of the same say nothing.",
    Reason.SILENCED: "A person asked for silence on this.",
    Reason.INHIBITED: "A louder alert on the same story already names the victim.",
    Reason.TOO_OLD: "The news is older than news may be.",
    Reason.HISTORY: "It came with a first run, a new feed or a restored backup, or was seen before the rule watched"
    " this company: stored and searchable, but no news.",
    Reason.COOLING_DOWN: "The alert spoke a moment ago, and nothing graver has happened since.",
    Reason.CLOSED_QUIETLY: "Nothing new was reported for long; the alert closes without a message.",
}
_ROLES = {
    Role.VICTIM: "the victim",
    Role.SUPPLIER: "the supplier of what was attacked",
    Role.ACTOR: "the one who is blamed",
    Role.RESPONDER: "one who investigates, warns or helps",
    Role.SOURCE: "a source that is cited",
    Role.MENTIONED: "somebody named in passing",
}
_STATUSES = {
    Status.CONFIRMED: "told as a fact",
    Status.ALLEGED: "a claim",
    Status.DENIED: "denied",
    Status.THWARTED: "an attempt that failed",
    Status.BACKGROUND: "told of the past",
    Status.HYPOTHETICAL: "only a possibility",
}
_MOST_NAMED = 4
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a verdict was decided in: its rule and story as they are now, the silences, and how old news may be."""

    rule: Rule
    story: Story
    silences: Sequence[Silence] = ()
    oldest: timedelta | None = None


def explain_hold(fold_key: str) -> str:
    """Why a message is part of a list, from the key under which it was held; empty where it stands alone."""
    match FoldKey.read(fold_key):
        case FoldKey(Hold.DIGEST, channel, details):
            return f"for the {details[0] if details else 'next'} digest of {channel}"
        case FoldKey(Hold.QUIET, channel):
            return f"until the quiet hours of {channel} end"
        case FoldKey(Hold.STORM, channel):
            return f"as one of many: more alerts came in a minute than {channel} takes"
        case FoldKey(Hold.HANDOVER, _, details):
            return f"in place of {details[0] if details else 'another channel'}, which did not take it"
        case FoldKey(Hold.RESTORED):
            return "since the backup that was restored; it may have been sent already"
        case _:
            return "to be gathered in one list" if fold_key else ""


def explain(verdict: Verdict, around: Circumstances | None = None, silences: Sequence[Silence] = ()) -> str:
    """
    One or more sentences on why the verdict speaks or does not; with *around*, on what was asked for and found.

    *silences* are those that are known, ended ones too.
    """
    parts = [SENTENCES[verdict.reason]]
    parts.extend(
        SENTENCES[change] for change in verdict.changes if change is not verdict.reason and verdict.reason.speaks
    )
    if verdict.detail and verdict.reason in {Reason.SILENCED, Reason.CLOSED_QUIETLY}:
        parts.extend(
            _silence(name, silences or (around.silences if around is not None else ()))
            for name in verdict.detail.split(", ")
        )
    if verdict.reason is Reason.INHIBITED:
        parts.append(f"It is the alert of rule {verdict.detail}.")
    if verdict.retry_at is not None:
        parts.append(f"It would speak from {verdict.retry_at:%Y-%m-%d %H:%M} UTC on.")
    detail = _DETAILS.get(verdict.reason)
    if around is not None and detail is not None:
        parts.append(detail(around, verdict.decided_at))
    return " ".join(part for part in parts if part)


def alike_words(entity: Entity, text: str) -> str:
    """What of an entity's names stands in a text that was not read as naming it, and why that may be; else nothing."""
    folded = f" {' '.join(_WORDS.findall(text.casefold()))} "

    def stands(name: str) -> bool:
        words = " ".join(_WORDS.findall(name.casefold()))
        return bool(words) and f" {words} " in folded

    there = next((name for name in (entity.name, *entity.aliases) if stands(name)), "")
    if not there:
        return ""
    excluded = next((phrase for phrase in entity.exclude if stands(phrase)), "")
    why = f'it is part of "{excluded}", which its `exclude` names' if excluded else "it was read in another sense"
    return f'The words "{there}" stand there, but {why}.'


def wishes(rule: Rule) -> str:
    """What a rule asks for, in a line."""
    asked = [
        f"role {_any_of(rule.roles, Role)}",
        f"attack {_any_of(rule.attacks, AttackType)}",
        f"status {_any_of(rule.statuses, Status)}",
        f"at least {rule.min_confidence:.2f} sure",
    ]
    if rule.min_sources > 1:
        asked.append(f"at least {rule.min_sources} independent sources")
    if rule.text:
        asked.append(f"text {rule.text}")
    if rule.cooldown is not None:
        asked.append(f"a pause of {_span(rule.cooldown)} between updates")
    return "; ".join(asked)


def _any_of(chosen: frozenset[str], words: Iterable[str]) -> str:
    known = [str(word) for word in words]
    return "any" if chosen >= set(known) else _or(word for word in known if word in chosen)


def _or(words: Iterable[str]) -> str:
    listed = list(words)
    return " or ".join((", ".join(listed[:-1]), listed[-1])) if len(listed) > 1 else "".join(listed)


def _silence(name: str, silences: Sequence[Silence]) -> str:
    for one in silences:
        if one.id == name:
            comment = f' ("{one.comment}")' if one.comment else ""
            return f"Silence {name} of {one.author}, until {one.ends_at:%Y-%m-%d %H:%M} UTC{comment}."
    return f"Silence {name}; `monitor silence list` shows it."


def _named(around: Circumstances) -> list[StoryEntity]:
    return [entity for entity in around.story.entities if entity.entity_id in around.rule.entity_ids]


def _each(entities: Iterable[StoryEntity], says: Callable[[StoryEntity], str]) -> str:
    listed = [f"{entity.name} is {says(entity)}" for entity in entities]
    rest = f", and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return "; ".join(listed[:_MOST_NAMED]) + rest


def _role(around: Circumstances, _: datetime) -> str:
    found = _each(_named(around), lambda one: _called(_ROLES[one.role], one.role))
    return f"It asks for {_any_of(around.rule.roles, Role)}; here {found}." if found else ""


def _called(phrase: str, member: str) -> str:
    """What it is in words, and its name among roles or statuses where that is another one."""
    return phrase if phrase == member else f"{phrase} ({member})"


def _attack(around: Circumstances, _: datetime) -> str:
    told = {str(kind): None for one in _with_role(around) for kind in one.statuses}
    wanted = _any_of(around.rule.attacks, AttackType)
    if not told:
        return "Whatever attack is told of, it concerns others."
    only = ", an event that is no attack and must be asked for by name" if set(told) == {AttackType.OUTAGE} else ""
    return f"It asks for {wanted}; here it is {', '.join(told)}{only}."


def _status(around: Circumstances, _: datetime) -> str:
    kinds = wanted_attacks(around.rule)
    told = {
        f"{kind} is {_called(_STATUSES[status], status)}": None
        for one in _with_role(around)
        for kind, status in one.statuses.items()
        if kind in kinds
    }
    return f"It asks for {_any_of(around.rule.statuses, Status)}; here {'; '.join(told)}." if told else ""


def _with_role(around: Circumstances) -> Iterator[StoryEntity]:
    return (one for one in _named(around) if one.role in around.rule.roles)


def _sure(around: Circumstances, _: datetime) -> str:
    surest = max((one.confidence for one in _with_role(around)), default=None)
    asked = f"It asks for {around.rule.min_confidence:.2f}"
    return f"{asked}; here it is {surest:.2f}." if surest is not None else ""


def _text(around: Circumstances, _: datetime) -> str:
    return f"It asks for: {around.rule.text}" if around.rule.text else ""


def _sources(around: Circumstances, _: datetime) -> str:
    there = around.story.independent_sources
    return f"It asks for {around.rule.min_sources}; there {'is' if there == 1 else 'are'} {there} by now."


def _age(around: Circumstances, decided_at: datetime) -> str:
    newest = around.story.newest_at
    if newest is None or around.oldest is None:
        return ""
    age = _span(decided_at - newest)
    return f"Its latest article was {age} old; `alerts.oldest` is {_span(around.oldest)}."


def _nobody(around: Circumstances, _: datetime) -> str:
    others = [entity.name for entity in around.story.entities][:_MOST_NAMED]
    return f"It names {', '.join(others)}." if others else "It names nobody who is watched."


def _span(length: timedelta) -> str:
    """A length of time by its one or two largest units: "30 seconds", "1 hour 30 minutes", "3 days"."""
    left, parts = round(length.total_seconds()), []
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, seconds)
        parts.append((count, unit))
    largest = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    told = [part for part in parts[largest : largest + 2] if part[0]] or parts[-1:]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in told)


_DETAILS: Mapping[Reason, Callable[[Circumstances, datetime], str]] = {
    Reason.NO_ENTITY: _nobody,
    Reason.ROLE_NOT_WANTED: _role,
    Reason.ATTACK_NOT_WANTED: _attack,
    Reason.STATUS_NOT_WANTED: _status,
    Reason.TEXT_NOT_MATCHED: _text,
    Reason.TOO_UNSURE: _sure,
    Reason.TOO_FEW_SOURCES: _sources,
    Reason.TOO_OLD: _age,
}

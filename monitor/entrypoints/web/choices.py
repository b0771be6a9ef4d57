"""What a person may choose on the page behind a signed link: what to be silent about and for how long, or of whom."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.alert import Alert, Silence
from monitor.domain.story import EditKind, Story, StoryEdit, StoryId
from monitor.domain.watchlist import EntityId
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.said import name_of
from monitor.stages.compose.signed_links import FEEDBACK, Deed

# Hours; a link silences no longer than that, the command line and the API may.
_HOURS = (24, 4, 72, 168)
_DAY = 24
_MOST_NAMES = 40
_MOST_TITLE = 90


@dataclass(frozen=True, slots=True)
class Choice:
    """One of ``options``, each a value and its label; the first is meant where nothing is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]


def choices(
    deed: Deed, alert: Alert, words: Wording, story: Story | None = None, *, is_pinned: bool = False
) -> tuple[Choice, ...]:
    """What is to be chosen for *deed*; nothing where there is only one way to do it."""
    if deed is Deed.STORY:
        return (Choice("what", words.say("page.regroup"), tuple(_edits(story, words, is_pinned=is_pinned))),)
    named = [(str(entity.entity_id), name_of(entity)) for entity in alert.entities[:_MOST_NAMES]]
    if deed is Deed.SILENCE:
        entities = ((f"entity:{key}", words.say("page.what-entity", name=name)) for key, name in named)
        rule = ("rule", words.say("page.what-rule", rule=clean(str(alert.rule_id), 80)))
        what = (("story", words.say("page.what-story")), *entities, rule)
        return (
            Choice("what", words.say("page.what"), what),
            Choice("hours", words.say("page.how-long"), tuple((str(hours), _span(hours, words)) for hours in _HOURS)),
        )
    if (deed in FEEDBACK or deed is Deed.FEEDBACK) and len(named) > 1:
        return (Choice("entity", words.say("page.which"), (("", words.say("page.all")), *named)),)
    return ()


def edit_of(what: str, story_id: StoryId) -> StoryEdit | None:
    """The edit that a choice makes; None where it takes a pin back."""
    kind, _, article = what.partition(":")
    return None if kind == "unpin" else StoryEdit(EditKind(kind), story_id, article)


def _edits(story: Story | None, words: Wording, *, is_pinned: bool) -> Iterator[tuple[str, str]]:
    """What a reader may say of a story. To merge it acts on another one as well, which no link of one alert does."""
    pin = "unpin" if is_pinned else "pin"
    yield pin, words.say(f"page.what-{pin}")
    sources = story.sources if story is not None else ()
    for source in sources[::-1][:_MOST_NAMES] if len(sources) > 1 else ():
        title = clean(source.title, _MOST_TITLE)
        yield f"split:{source.article_id}", words.say("page.what-split", title=title)


def silence_of(alert: Alert, what: str, span: timedelta, now: datetime, expression: str = "") -> Silence:
    """
    The silence that a choice makes, nobody's yet; one for each thing, so that a second click moves its end.

    An *expression* narrows it: nobody can silence everything by a link.
    """
    kind, _, entity = what.partition(":")
    target = {"story": str(alert.story_id), "rule": str(alert.rule_id)}.get(kind, entity)
    key = hashlib.sha256(f"link {kind} {target}{expression and f' {expression}'}".encode()).hexdigest()[:12]
    return Silence(
        f"si-{key}",
        "",
        now,
        now + span,
        entity_id=EntityId(entity) if entity else None,
        rule_id=alert.rule_id if kind == "rule" else None,
        story_id=alert.story_id if kind == "story" else None,
        expression=expression,
    )


def _span(hours: int, words: Wording) -> str:
    if hours <= _DAY:
        return words.say("page.hours", count=hours)
    return words.say("page.days", count=hours // _DAY)

"""
The page of an alert: what is known of its story by now, as a message tells it, when it spoke, what one can do about
it, and the other alerts of the channel whose readers got the link: to be read, each with what it says by now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from monitor.domain.alert import Alert, Reason
from monitor.domain.story import EditKind, NotedEdit, Quote, Story
from monitor.domain.wording import Wording
from monitor.stages.compose.alert import report_sections
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.outline import Line, Section, line
from monitor.stages.compose.said import moment
from monitor.stages.compose.signed_links import Deed, Offer, sign
from monitor.stages.compose.subject import subject_of

_DEEDS = (Deed.ACKNOWLEDGE, Deed.SILENCE, Deed.FEEDBACK, Deed.STORY)

_NAME = 80


@dataclass(frozen=True, slots=True)
class Dossier:
    """
    What the page of an alert is made from: when the channel was *told* of it and why, oldest first, *others*, further
    alerts of the same channel with their stories, the *quotes* for its reader, and what people did to the story by
    hand (*edits*).
    """

    alert: Alert
    story: Story
    told: Sequence[tuple[datetime, Reason]] = ()
    others: Sequence[tuple[Alert, Story]] = ()
    zone: str = "UTC"
    quotes: tuple[Quote, ...] = ()
    edits: tuple[NotedEdit, ...] = ()


def report(known: Dossier, offer: Offer, key: bytes, words: Wording) -> tuple[str, str]:
    """Title and body of the page, in HTML; *offer* is the link that led here, whose end its own links share."""
    alert, story = known.alert, known.story
    sections = (
        *report_sections(alert, story, known.zone, words, known.quotes),
        *_history(known, words),
        *_by_hand(known, words),
    )
    body = "".join(_section(section) for section in sections)
    offers = ((deed, replace(offer, deed=deed)) for deed in _DEEDS)
    links = " · ".join(f'<a href="{sign(one, key)}">{escape(words.say(f"deed.{deed}"))}</a>' for deed, one in offers)
    deeds = f"<p>{links}</p>" if offer.deed is Deed.CONSOLE else ""
    footer = escape(words.say("alert.footer", id=alert.id, version=alert.version))
    told = f'{body}{deeds}<p class="muted">{footer}</p>{_others(known, offer, key, words)}'
    return subject_of(alert, story, words), told


def _history(known: Dossier, words: Wording) -> Iterator[Section]:
    """When the alert spoke, and why."""
    lines = tuple(line(f"{_at(at, known, words)} {words.say(f'reason.{reason}')}") for at, reason in known.told)
    if lines:
        yield Section(words.say("page.history"), lines)


def _by_hand(known: Dossier, words: Wording) -> Iterator[Section]:
    """What people said of how the story was grouped."""
    lines = tuple(
        line(f"{_at(one.at, known, words)} {words.say(f'page.{_deed_of(one, known)}', name=clean(one.author, _NAME))}")
        for one in known.edits
    )
    if lines:
        yield Section(words.say("page.by-hand"), lines)


def _deed_of(one: NotedEdit, known: Dossier) -> str:
    """What it was to this story: an article that was taken out of another one may have opened it."""
    is_here = one.edit.kind is not EditKind.SPLIT or one.edit.other not in {s.article_id for s in known.story.sources}
    return str(one.edit.kind) if is_here else "opened"


def _others(known: Dossier, offer: Offer, key: bytes, words: Wording) -> str:
    """Further alerts of the channel, each with a link to its own page."""
    rows = []
    for alert, story in known.others:
        link = sign(replace(offer, deed=Deed.READ, alert_id=str(alert.id)), key)
        rows.append(
            f'<p dir="auto"><a href="{link}">{escape(subject_of(alert, story, words))}</a> '
            f'<span class="muted">({moment(alert.updated_at, known.zone)})</span></p>'
        )
    return f"<h2>{escape(words.say('page.others'))}</h2>{''.join(rows)}" if rows else ""


def _section(section: Section) -> str:
    title = f"<h2>{escape(section.title)}</h2>" if section.title else ""
    return title + "".join(_lines(section))


def _lines(section: Section) -> Iterator[str]:
    for one in section.lines:
        beside = ", ".join(escape(part) for part in (one.host, one.note) if part)
        shown = f' <span class="muted">({beside})</span>' if beside else ""
        tag = "blockquote" if section.style == "quote" else "p"
        yield f'<{tag} dir="auto">{_text(one)}{shown}</{tag}>'


def _text(one: Line) -> str:
    text = "".join(f"<mark>{escape(run.text)}</mark>" if run.is_marked else escape(run.text) for run in one.runs)
    return f'<a href="{escape(one.url)}" rel="noreferrer noopener">{text}</a>' if one.url else text


def _at(at: datetime, known: Dossier, words: Wording) -> str:
    return words.say("heading", title=moment(at, known.zone))

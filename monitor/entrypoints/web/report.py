"""The page of an alert: what is known of its story by now, as a message tells it, and what one can do about it."""

from collections.abc import Iterator
from html import escape

from monitor.domain.alert import Alert
from monitor.domain.story import Story
from monitor.domain.wording import Wording
from monitor.stages.compose.alert import report_sections, subject_of
from monitor.stages.compose.outline import Line, Section
from monitor.stages.signed_links import Deed, Offer, sign

_DEEDS = (Deed.ACKNOWLEDGE, Deed.SILENCE, Deed.FEEDBACK)


def report(alert: Alert, story: Story, offer: Offer, key: bytes, words: Wording) -> tuple[str, str]:
    """Title and body of the page, in HTML; *offer* is the link that led here, whose end its own links share."""
    body = "".join(_section(section) for section in report_sections(alert, story, "UTC", words))
    offers = ((deed, Offer(deed, offer.alert_id, offer.channel, offer.language, offer.expires_at)) for deed in _DEEDS)
    links = " · ".join(f'<a href="{sign(one, key)}">{escape(words.say(f"deed.{deed}"))}</a>' for deed, one in offers)
    footer = escape(words.say("alert.footer", id=alert.id, version=alert.version))
    return subject_of(alert, story, words), f'{body}<p>{links}</p><p class="muted">{footer}</p>'


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

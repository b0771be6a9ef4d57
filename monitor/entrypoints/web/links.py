"""
The pages behind the signed links of messages. Opening one changes nothing, a click on its button does:
scanners of mail servers follow links, and people look before they leap.
"""

import asyncio
import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape
from types import MappingProxyType

from aiohttp import web

from monitor.domain.alert import Alert, AlertId, Silence
from monitor.domain.errors import UsageError
from monitor.domain.opinion import Feedback, OpinionKind
from monitor.domain.story import EditKind
from monitor.domain.watchlist import EntityId
from monitor.domain.wording import Wording
from monitor.entrypoints.web.choices import Choice, choices, edit_of, silence_of
from monitor.entrypoints.web.desk import DESK, WebDesk
from monitor.entrypoints.web.report import Dossier, report
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.said import moment, name_of
from monitor.stages.compose.signed_links import FEEDBACK, PAGES, Deed, Offer, read
from monitor.stages.rules.expression import ExpressionError, parse_expression

_NAME, _COMMENT, _HEADLINE, _TEXT = 80, 500, 300, 200
_MOST_OTHERS = 30
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; padding: 2rem 1rem; background: #f3f4f6; color: #1c2430; }
main { max-width: 32rem; margin: 0 auto; background: #fff; border: 1px solid #dfe3e8; border-radius: 8px;
  padding: 1.5rem; }
h1 { font-size: 1.3rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
label { display: block; margin: 0 0 .8rem; }
input, select { display: block; box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; margin-top: .2rem;
  border: 1px solid #8a94a1; border-radius: 5px; background: transparent; color: inherit; }
button { font: inherit; font-weight: 600; padding: .55rem 1rem; margin: 0 .5rem .5rem 0; border: 1px solid #1f4e8c;
  border-radius: 5px; background: #1f4e8c; color: #fff; cursor: pointer; }
button:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid #e8a33d; outline-offset: 2px; }
.muted { color: #5b6675; }
h2 { font-size: .85rem; margin: 1.5rem 0 .3rem; text-transform: uppercase; color: #5b6675; }
a { color: inherit; } mark { background: #fdf0b5; color: inherit; font-weight: 600; }
blockquote { margin: 0 0 1rem; padding-left: .8rem; border-left: 3px solid #8a94a1; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { background: #10151c; color: #e7ecf2; } main { background: #19212b; border-color: #303b48; }
  .muted, h2 { color: #a3afbd; } mark { background: #5a4a00; }
}
"""
STYLE_HASH = f"sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}"


def routes() -> list[web.RouteDef]:
    return [web.get("/do/{token}", _ask), web.post("/do/{token}", _act)]


async def _ask(request: web.Request) -> web.Response:
    """Say what the link would do."""
    desk = request.app[DESK]
    opened = await _opened(request, desk)
    if isinstance(opened, web.Response):
        return opened
    offer, alert = opened
    words = desk.words(offer.language)
    if offer.deed in PAGES:
        return await asyncio.to_thread(_report, desk, offer, alert, words)
    about = await asyncio.to_thread(_about, desk, alert, words)
    deeds = sorted(FEEDBACK, key=list(Deed).index) if offer.deed is Deed.FEEDBACK else [offer.deed]
    taken = offer.deed is Deed.ACKNOWLEDGE and alert.acknowledged_by
    if taken:
        said = words.say("alert.acknowledged", name=clean(taken, _NAME))
        about += f"<p><strong>{escape(said)}</strong></p>"
    offered = await asyncio.to_thread(_offered, desk, offer.deed, alert, words)
    return _page(words, _title(offer.deed, words), about + _form(words, deeds, offered))


async def _act(request: web.Request) -> web.Response:
    """Do it."""
    desk = request.app[DESK]
    opened = await _opened(request, desk)
    if isinstance(opened, web.Response):
        return opened
    offer, alert = opened
    if offer.deed in PAGES:
        raise web.HTTPMethodNotAllowed("POST", ["GET"], reason="that page is for reading")
    posted = await _posted(request)
    deed = _chosen(offer, str(posted.get("deed", "")))
    name = clean(str(posted.get("name", "")), _NAME) or f"link in {offer.channel}"
    comment = clean(str(posted.get("comment", "")), _COMMENT)
    words = desk.words(offer.language)
    offered = await asyncio.to_thread(_offered, desk, deed, alert, words)
    picked = {choice.name: _picked(choice, posted) for choice in offered}
    about = await asyncio.to_thread(_about, desk, alert, words)
    if deed is Deed.SILENCE:
        picked["text"] = clean(str(posted.get("text", "")), _TEXT)
    if place := _fault_of(picked.get("text", "")):
        said = f'<p role="alert">{escape(words.say("page.unreadable", place=place))}</p>'
        typed = {"name": clean(str(posted.get("name", "")), _NAME), "comment": comment, **picked}
        return _page(words, _title(deed, words), about + said + _form(words, [deed], offered, typed), 400)
    if deed is Deed.STORY:
        await _regroup(desk, alert, picked["what"], name)
        until = None
    else:
        until = await asyncio.to_thread(_do, desk, deed, alert, name, comment, picked)
    done = _done(words, offered, picked, until, desk.zone(offer.channel))
    return _page(words, _title(deed, words), f"{done}{about}")


def _done(
    words: Wording, offered: Iterable[Choice], picked: Mapping[str, str], until: Silence | None, zone: str
) -> str:
    """That it was done: what was chosen, and when a silence ends."""
    labels = [dict(choice.options)[picked[choice.name]] for choice in offered if picked[choice.name]]
    chosen = f"<p>{escape(', '.join(labels))}</p>" if labels else ""
    if until is not None:
        ends = moment(until.ends_at, zone)
        chosen += f"<p>{escape(words.say('page.until', moment=ends, id=until.id))}</p>"
    return f"<p>{escape(words.say('page.done'))}</p>{chosen}"


def _report(desk: WebDesk, offer: Offer, alert: Alert, words: Wording) -> web.Response:
    """What is known by now; nothing is changed by reading it."""
    story = desk.records.story(str(alert.story_id))
    if story is None:
        return _page(words, words.say("page.title"), f"<p>{escape(words.say('page.gone'))}</p>", 404)
    heard = [one for one in desk.records.alerts_heard(offer.channel, _MOST_OTHERS + 1) if one.id != alert.id]
    others = [(one, its) for one in heard[:_MOST_OTHERS] if (its := desk.records.story(str(one.story_id)))]
    told = desk.records.told_on(str(alert.id), offer.channel)
    said = desk.retold(alert, story, words.language)
    shown = replace(alert, entities=said.entities)
    edits = desk.records.edits_on(str(story.id))
    known = Dossier(shown, story, told, others, desk.zone(offer.channel), said.quotes, edits)
    title, body = report(known, offer, desk.key, words)
    return _page(words, title, body)


def _about(desk: WebDesk, alert: Alert, words: Wording) -> str:
    """What the alert is about: its headline, and whom it names."""
    story = desk.records.story(str(alert.story_id))
    named = words.listed(tuple(name_of(entity) for entity in alert.entities), 5)
    headline = clean(story.headlines.get(words.language) or story.headline, _HEADLINE) if story else ""
    shown = f'<p dir="auto">{escape(headline)}</p>' if headline else ""
    heading = words.say("heading", title=words.say("page.alert", id=alert.id))
    return f'{shown}<p class="muted">{escape(heading)} {escape(named)}</p>'


def _title(deed: Deed, words: Wording) -> str:
    """What the page is called, and its button; a silence is not yet for 24 hours where one chooses how long."""
    return words.say("page.silence" if deed is Deed.SILENCE else f"deed.{deed}")


def _button(deed: Deed, words: Wording) -> str:
    return words.say("page.confirm") if deed is Deed.STORY else _title(deed, words)


async def _posted(request: web.Request) -> Mapping[str, object]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(reason="send a form")
    try:
        return await request.post()
    except (LookupError, ValueError) as error:
        raise web.HTTPBadRequest(reason="the form cannot be read") from error


async def _opened(request: web.Request, desk: WebDesk) -> tuple[Offer, Alert] | web.Response:
    """What a link offers, and the alert that it is on; else the page that says why it leads nowhere."""
    offer = read(request.match_info["token"], desk.key, desk.clock())
    if offer is None:
        words = desk.words("en")
        return _page(words, words.say("page.title"), f"<p>{escape(words.say('page.expired'))}</p>", 410)
    words = desk.words(offer.language)
    alert = await asyncio.to_thread(desk.records.alert, offer.alert_id)
    if alert is None:
        return _page(words, words.say("page.title"), f"<p>{escape(words.say('page.gone'))}</p>", 404)
    return offer, alert


def _chosen(offer: Offer, wanted: str) -> Deed:
    """A link to the choice of feedback allows each of them; any other link allows itself alone."""
    if offer.deed is not Deed.FEEDBACK:
        return offer.deed
    if wanted not in {str(deed) for deed in FEEDBACK}:
        raise web.HTTPBadRequest(reason="no such feedback")
    return Deed(wanted)


def _picked(choice: Choice, posted: Mapping[str, object]) -> str:
    """What was chosen, the first where nothing was."""
    wanted = str(posted.get(choice.name, "")) or choice.options[0][0]
    if wanted not in dict(choice.options):
        raise web.HTTPBadRequest(reason="there is no such choice")
    return wanted


def _do(desk: WebDesk, deed: Deed, alert: Alert, name: str, comment: str, picked: Mapping[str, str]) -> Silence | None:
    """Do it; the silence that it made, if any."""
    now = desk.clock()
    if deed is Deed.ACKNOWLEDGE:
        desk.people.acknowledge(AlertId(alert.id), name, now)
    elif deed is Deed.SILENCE:
        span = timedelta(hours=int(picked["hours"]))
        silence = silence_of(alert, picked["what"], span, now, picked["text"])
        silence = replace(silence, author=name, comment=comment)
        desk.people.save_silence(silence)
        return silence
    else:
        entity = picked.get("entity", "")
        meant = EntityId(entity) if entity else None
        desk.people.save_feedback(Feedback(alert.id, OpinionKind(deed), name, comment, meant), now)
    return None


def _offered(desk: WebDesk, deed: Deed, alert: Alert, words: Wording) -> tuple[Choice, ...]:
    """What is to be chosen, as things are now."""
    if deed is not Deed.STORY:
        return choices(deed, alert, words)
    story = desk.records.story(str(alert.story_id))
    edits = desk.records.edits_on(str(story.id)) if story is not None else ()
    return choices(deed, alert, words, story, is_pinned=any(one.edit.kind is EditKind.PIN for one in edits))


async def _regroup(desk: WebDesk, alert: Alert, what: str, name: str) -> None:
    """Carry out what a reader says of how the story of an alert is grouped."""
    story = await asyncio.to_thread(desk.records.story, str(alert.story_id))
    if story is None:
        raise web.HTTPNotFound(reason="there is no such story any more")
    edit = edit_of(what, story.id)
    if edit is None:
        await asyncio.to_thread(desk.people.end_pin, story.id)
        return
    try:
        await desk.edit(edit, name)
    except UsageError as error:
        raise web.HTTPConflict(reason="the story is another by now: open the link again") from error


def _fault_of(expression: str) -> int:
    """Where a text condition as somebody typed it cannot be read, from 1; 0 where it can, or is left out."""
    try:
        if expression:
            parse_expression(expression)
    except ExpressionError as error:
        return error.position
    return 0


def _form(
    words: Wording, deeds: Sequence[Deed], offered: Iterable[Choice], typed: Mapping[str, str] = MappingProxyType({})
) -> str:
    """What is asked, filled in with what was *typed* before."""
    buttons = "".join(f'<button name="deed" value="{deed}">{escape(_button(deed, words))}</button>' for deed in deeds)
    texts = [("text", _TEXT)] if Deed.SILENCE in deeds else []
    # What is said of a story is kept with its author alone.
    remark = [] if Deed.STORY in deeds else [("comment", _COMMENT)]
    fields = "".join(
        f'<label>{escape(words.say(f"page.{name}"))}<input name="{name}" maxlength="{length}"'
        f' value="{escape(typed.get(name, ""))}"></label>'
        for name, length in (*texts, ("name", _NAME), *remark)
    )
    selects = "".join(
        f'<label>{escape(choice.label)}<select name="{choice.name}">'
        + "".join(_option(value, text, value == typed.get(choice.name)) for value, text in choice.options)
        + "</select></label>"
        for choice in offered
    )
    return f'<form method="post">{selects}{fields}{buttons}</form>'


def _option(value: str, text: str, is_chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if is_chosen else ""}>{escape(text)}</option>'


def _page(words: Wording, title: str, body: str, status: int = 200) -> web.Response:
    name = escape(words.say("page.title"))
    text = (
        f'<!DOCTYPE html><html lang="{escape(words.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)} - {name}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)

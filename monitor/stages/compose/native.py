"""
An outline in a service's own form: Slack blocks, a Discord embed, a Teams card, light HTML, or hints for ntfy.

Each form has its own way to take text literally, and each is used: escaped marks, plain text runs,
and, for Discord, a list of mentions to obey that is empty.
"""

import json
from collections.abc import Callable, Iterator
from html import escape

from monitor.domain.watchlist import Severity
from monitor.stages.compose.dialect import Dialect, Form
from monitor.stages.compose.neutral import chat, cut, markdown
from monitor.stages.compose.outline import Line, Outline, Section

_COLOURS = {Severity.INFO: 0x2563A8, Severity.WARNING: 0xC27C00, Severity.CRITICAL: 0xB42318}
_MOST_LINES = 20
_SLACK_TEXT, _SLACK_HEADER = 2_900, 150
_DISCORD_TITLE, _DISCORD_TEXT, _DISCORD_FIELD, _DISCORD_TOTAL = 250, 2_000, 1_000, 5_500
_LIGHT_LIMIT = 3_500
Json = dict[str, object]


def native_form(outline: Outline, dialect: Dialect) -> Json:
    """
    The message as ``{"form": ..., "body": ...}``; empty where the service takes plain text only, or where
    its form has no room for what has to be said.
    """
    write = _FORMS.get(dialect.form)
    if write is None:
        return {}
    body = write(outline)
    if dialect.form not in _BESIDE_TEXT and not _holds(body, outline.keep):
        return {}
    return {"form": str(dialect.form), "body": body}


def _holds(body: Json, texts: tuple[str, ...]) -> bool:
    # Escapes of a form stand within the ids as well.
    said = json.dumps(body, ensure_ascii=False).replace("\\", "").replace("\u200b", "")
    return all(escape(text.replace("\\", ""), quote=False) in said for text in texts)


def slack(outline: Outline) -> Json:
    """An attachment with blocks; ``verbatim`` keeps Slack from making links and names of what it finds."""
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": _slack_header(outline.subject), "emoji": False}}
    ]
    for section in outline.sections:
        title = [f"*{_mrkdwn(section.title)}*"] if section.title else []
        text = "\n".join([*title, *(_slack_line(line, section) for line in section.lines[:_MOST_LINES])])
        blocks.append({"type": "section", "text": _slack_text(text)})
    links = [f"<{action.url}|{_mrkdwn(action.label)}>" for action in outline.actions if action.kind != "more"]
    for text in (" | ".join(links), _mrkdwn(" ".join(outline.footer))):
        if text:
            blocks.append({"type": "context", "elements": [_slack_text(text)]})
    return {"color": f"#{_COLOURS[outline.severity]:06x}", "fallback": _mrkdwn(outline.subject), "blocks": blocks[:45]}


def _slack_header(subject: str) -> str:
    """The subject escaped and within the limit, which counts the escapes."""
    tries = (_mrkdwn(cut(subject, length)) for length in (_SLACK_HEADER, 100, 60))
    return next((text for text in tries if len(text) <= _SLACK_HEADER), _mrkdwn(cut(subject, 25)))


def _slack_text(text: str) -> Json:
    if len(text) > _SLACK_TEXT:
        # A cut inside of a link would show its address: whole lines only.
        text = text[: text.rfind("\n", 0, _SLACK_TEXT)] + "\n…"
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _slack_line(line: Line, section: Section) -> str:
    text = "".join(f"*{_mrkdwn(run.text.strip())}*" if run.is_marked else _mrkdwn(run.text) for run in line.runs)
    beside = ", ".join(part for part in (line.host, _mrkdwn(line.note)) if part)
    if section.style == "quote":
        return f"> {text} ({beside})" if beside else f"> {text}"
    if line.url:
        text = f"<{line.url.replace('|', '%7C')}|{text.replace('|', '/')}>"
    bullet = "" if section.style == "lead" else "• "
    detail = f'\n"{_mrkdwn(line.detail)}"' if line.detail else ""
    return f"{bullet}{text}" + (f" ({beside})" if beside else "") + detail


def _mrkdwn(text: str) -> str:
    return chat(text).replace("<\u200b", "<").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def discord(outline: Outline) -> Json:
    """One embed. ``allowed_mentions`` names nobody: whatever a headline holds, nobody is called."""
    lead = next((section for section in outline.sections if section.style == "lead"), None)
    first = lead.lines[0] if lead and lead.lines else None
    rest = [section for section in outline.sections if section is not lead]
    embed: Json = {
        "title": cut(_escaped(first.text if first else outline.subject), _DISCORD_TITLE),
        "description": "\n".join(_discord_line(line, "lead") for line in (lead.lines[1:] if lead else ()))[
            :_DISCORD_TEXT
        ],
        "color": _COLOURS[outline.severity],
        "fields": list(_discord_fields(outline, rest)),
        "footer": {"text": chat(" ".join(outline.footer))[:500]},
    }
    if first and first.url:
        embed["url"] = first.url
    beside = ", ".join(part for part in (first.host, _escaped(first.note)) if part) if first else ""
    return {
        "content": f"**{cut(_escaped(outline.subject), 400)}**" + (f" ({beside})" if beside else ""),
        "embeds": [embed],
        "allowed_mentions": {"parse": []},
    }


def _discord_fields(outline: Outline, sections: list[Section]) -> Iterator[Json]:
    room = _DISCORD_TOTAL - _DISCORD_TEXT
    links = [f"[{_escaped(action.label)}]({action.url})" for action in outline.actions if action.kind != "more"]
    texts = [(section.title, [_discord_line(line, section.style) for line in section.lines]) for section in sections]
    texts += [(outline.actions_title, links)] if links else []
    for title, lines in texts:
        name = _escaped(title)[:250] or "\u200b"
        while lines:
            value, lines = _whole_lines(lines, min(_DISCORD_FIELD, room))
            if not value:
                break
            room -= len(value) + len(name)
            yield {"name": name, "value": value}
            name = "\u200b"


def _discord_line(line: Line, style: str) -> str:
    text = "".join(f"**{_escaped(run.text.strip())}**" if run.is_marked else _escaped(run.text) for run in line.runs)
    beside = ", ".join(part for part in (line.host, _escaped(line.note)) if part)
    if style == "quote":
        return f"> {text}" + (f" ({beside})" if beside else "")
    if line.url:
        text = f"[{text}]({line.url})"
    detail = f': "{_escaped(line.detail)}"' if line.detail else ""
    return f"{'' if style == 'lead' else '- '}{text}" + (f" ({beside})" if beside else "") + detail


def _escaped(text: str) -> str:
    return markdown(text)


def _whole_lines(lines: list[str], limit: int) -> tuple[str, list[str]]:
    """As many lines as fit, and the rest."""
    used = 0
    for number, line in enumerate(lines):
        if used + len(line) > limit:
            return "\n".join(lines[:number]), lines[number:]
        used += len(line) + 1
    return "\n".join(lines), []


def teams(outline: Outline) -> Json:
    """An adaptive card of rich text blocks: their runs are literal, there is no markup in them."""
    style = {Severity.CRITICAL: "Attention", Severity.WARNING: "Warning"}.get(outline.severity, "Accent")
    body: list[Json] = [_rich([{**_run(outline.subject), "size": "Large", "weight": "Bolder", "color": style}])]
    for section in outline.sections:
        if section.title:
            body.append({**_rich([{**_run(section.title), "weight": "Bolder", "isSubtle": True}]), "spacing": "Medium"})
        body += [_rich(list(_teams_runs(line, section.style))) for line in section.lines[:_MOST_LINES]]
    body.append(_rich([{**_run(" ".join(outline.footer)), "isSubtle": True, "size": "Small"}]))
    actions = [
        {"type": "Action.OpenUrl", "title": action.label, "url": action.url}
        for action in outline.actions
        if action.kind != "more"
    ]
    card: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": chat(outline.subject),
        "body": body,
        "actions": actions,
        "msteams": {"width": "full", "entities": []},
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _rich(runs: list[Json]) -> Json:
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def _run(text: str) -> Json:
    # `<at>name</at>` is the one thing that Teams looks for in all text of a card.
    return {"type": "TextRun", "text": text.replace("<", "‹").replace(">", "›")}


def _teams_runs(line: Line, style: str) -> Iterator[Json]:
    for run in line.runs:
        made = _run(run.text)
        if run.is_marked:
            made |= {"weight": "Bolder", "highlight": True}
        if style == "quote":
            made |= {"italic": True}
        if line.url and style != "quote":
            made |= {"selectAction": {"type": "Action.OpenUrl", "url": line.url}}
        yield made
    beside = ", ".join(part for part in (line.host, line.note) if part)
    if beside:
        yield {**_run(f" ({beside})"), "isSubtle": True}
    if line.detail:
        yield {**_run(f' "{line.detail}"'), "italic": True}


def light_html(outline: Outline) -> Json:
    """The few tags that Telegram and Matrix have in common; the subject is sent as title."""
    blocks: list[str] = []
    for section in outline.sections:
        lines = [_light_line(line, section.style) for line in section.lines[:_MOST_LINES]]
        title = [f"<b>{escape(section.title)}</b>"] if section.title else []
        blocks.append("<br>".join([*title, *lines]))
    links = [
        f'<a href="{escape(action.url)}">{escape(action.label)}</a>'
        for action in outline.actions
        if action.kind != "more"
    ]
    blocks.append(" | ".join(links))
    footer = escape(" ".join(outline.footer))
    room = _LIGHT_LIMIT - len(footer)
    kept: list[str] = []
    for block in filter(None, blocks):
        room -= len(block) + 8
        if room > 0:
            kept.append(block)
    kept.append(footer)
    return {"html": "<br><br>".join(filter(None, kept))}


def matrix(outline: Outline) -> Json:
    """Light HTML that opens with the subject in bold; of a title Apprise would make a heading larger than all else."""
    subject = f"<b>{escape(chat(outline.subject))}</b>"
    return {"title": "", "html": "<br>".join(filter(None, (subject, str(light_html(outline)["html"]))))}


def _light_line(line: Line, style: str) -> str:
    text = "".join(f"<b>{escape(chat(run.text))}</b>" if run.is_marked else escape(chat(run.text)) for run in line.runs)
    if style == "quote":
        text = f"<i>{text}</i>"
    elif line.url:
        text = f'<a href="{escape(line.url)}">{text}</a>'
    beside = ", ".join(part for part in (line.host, escape(chat(line.note))) if part)
    detail = f"<br><i>{escape(chat(line.detail))}</i>" if line.detail else ""
    return f"{'• ' if style == 'list' else ''}{text}" + (f" ({beside})" if beside else "") + detail


def ntfy(outline: Outline) -> Json:
    """What a tap opens, and how loud it is; the text itself is plain."""
    urls = (line.url for section in outline.sections for line in section.lines if line.url)
    gravity = Severity.INFO if outline.kind == "monitor.alert.closed" else outline.severity
    priority = {Severity.CRITICAL: "high", Severity.INFO: "low"}.get(gravity, "default")
    return {"click": next(urls, ""), "priority": priority}


def as_it_is(_: Outline) -> Json:
    """Nothing but the plain text, which Apprise must not escape once more: the service has no such escapes."""
    return {"html": ""}


_BESIDE_TEXT = frozenset({Form.NTFY, Form.GOOGLE})
_FORMS: dict[Form, Callable[[Outline], Json]] = {
    Form.SLACK: slack,
    Form.DISCORD: discord,
    Form.TEAMS: teams,
    Form.TELEGRAM: light_html,
    Form.MATRIX: matrix,
    Form.NTFY: ntfy,
    Form.GOOGLE: as_it_is,
}

"""
An outline as an HTML mail: tables and inline styles that mail programs render, light and dark, no remote content.

Every text goes through ``escape``; links are checked addresses only, with their host printed beside.
"""

import re
from collections.abc import Iterator
from html import escape

from monitor.domain.watchlist import Severity
from monitor.stages.compose.neutral import is_right_to_left
from monitor.stages.compose.outline import Action, Line, Outline, Section

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_COLOURS = {Severity.INFO: "#2563a8", Severity.WARNING: "#9a6200", Severity.CRITICAL: "#b42318"}
_TEXT, _MUTED, _EDGE = "#1c2430", "#5b6675", "#dfe3e8"
# However grave it was.
_OVER = _MUTED
_PREHEADER = 140
# No line ends within a date.
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
# Mail programs that know dark mode apply these; the others show the inline colours.
_STYLE = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { text-decoration: underline; }
@media (max-width: 480px) {
  .pad { padding-left: 16px !important; padding-right: 16px !important; }
  .outer { padding: 0 !important; }
  .button { display: block !important; margin: 0 0 8px 0 !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  .outer, body { background-color: #10151c !important; }
  .card { background-color: #19212b !important; border-left-color: #303b48 !important;
    border-right-color: #303b48 !important; border-bottom-color: #303b48 !important; }
  .text, .text a { color: #e7ecf2 !important; }
  .muted, .muted a { color: #a3afbd !important; }
  .mark { background-color: #5c4b00 !important; color: #fff3c4 !important; }
  .plain { background-color: #19212b !important; color: #e7ecf2 !important; border-color: #52606f !important; }
}
"""


def html(outline: Outline) -> str:
    """The whole document. It needs nothing from anywhere: no images, no fonts, no scripts."""
    colour = _OVER if outline.kind == "monitor.alert.closed" else _COLOURS[outline.severity]
    heading = outline.subject.removeprefix(f"{outline.label} - ")
    rows = [_header(outline.label, heading, colour)]
    rows += [_section(section, colour) for section in outline.sections]
    if outline.actions:
        rows.append(_actions(outline, colour))
    if outline.footer:
        text = "<br>".join(escape(line) for line in outline.footer)
        rows.append(_row(f'<p class="muted" style="{_small()}">{text}</p>', "padding:16px 28px 0 28px"))
    rows.append(_row("", "padding:0 28px 22px 28px;font-size:0;line-height:0"))
    body = "\n".join(rows)
    return f"""<!DOCTYPE html>
<html lang="{escape(outline.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(outline.subject)}</title>
<style>{_STYLE}</style>
</head>
<body style="margin:0;padding:0;background-color:#f3f4f6">
<div style="display:none;max-height:0;overflow:hidden">{escape(_preheader(outline))}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="outer" align="center" style="background-color:#f3f4f6;padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:640px;background-color:#ffffff;border:1px solid {_EDGE};border-top:6px solid {colour};text-align:left">
{body}
</table>
</td></tr>
</table>
</body>
</html>
"""


def _header(label: str, heading: str, colour: str) -> str:
    pill = (
        f'<span style="{_FONT};display:inline-block;background-color:{colour};color:#ffffff;font-size:12px;'
        f'font-weight:700;letter-spacing:0.06em;padding:3px 9px;border-radius:3px">{escape(label)}</span>'
    )
    title = (
        f'<h1 class="text" style="{_FONT};font-size:21px;line-height:1.35;font-weight:700;color:{_TEXT};'
        f'margin:12px 0 0 0;overflow-wrap:anywhere">{escape(heading)}</h1>'
    )
    return _row(pill + title, "padding:22px 28px 4px 28px")


def _section(section: Section, colour: str) -> str:
    if section.style == "lead":
        return _row("".join(_lead(section)), "padding:10px 28px 4px 28px")
    title = (
        f'<h2 class="muted" style="{_FONT};font-size:12px;font-weight:700;letter-spacing:0.05em;'
        f'text-transform:uppercase;color:{_MUTED};margin:0 0 6px 0">{escape(section.title)}</h2>'
    )
    show = _quote if section.style == "quote" else _item
    items = "".join(show(line, colour) for line in section.lines)
    return _row(title + items, "padding:16px 28px 0 28px")


def _lead(section: Section) -> Iterator[str]:
    for number, line in enumerate(section.lines):
        is_last = 0 < number == len(section.lines) - 1
        kind, size = ("muted", 14) if is_last else ("text", 16)
        colour = _TEXT if kind == "text" else _MUTED
        beside = _beside(line)
        host = f' <span class="muted" style="color:{_MUTED};font-size:13px">({beside})</span>' if beside else ""
        yield (
            f'<p class="{kind}" style="{_FONT};font-size:{size}px;line-height:1.5;color:{colour};'
            f'margin:0 0 6px 0;overflow-wrap:anywhere">{_linked(line, colour)}{host}</p>'
        )


def _item(line: Line, _: str) -> str:
    beside = _beside(line)
    note = f'<br><span class="muted" style="color:{_MUTED};font-size:13px">{beside}</span>' if beside else ""
    detail = f"<br>“{escape(line.detail)}”" if line.detail else ""
    return (
        f'<p class="text" style="{_FONT};font-size:15px;line-height:1.5;color:{_TEXT};'
        f'margin:0 0 8px 0;overflow-wrap:anywhere">{_linked(line, _TEXT)}{detail}{note}</p>'
    )


def _quote(line: Line, colour: str) -> str:
    beside = _beside(line)
    note = f'<br><span class="muted" style="color:{_MUTED};font-size:13px">{beside}</span>' if beside else ""
    return (
        f'<p class="text" style="{_FONT};font-size:15px;line-height:1.55;color:{_TEXT};margin:0 0 10px 0;'
        f'padding:2px 0 2px 14px;border-left:3px solid {colour};overflow-wrap:anywhere">'
        f"{_runs(line)}{note}</p>"
    )


def _beside(line: Line) -> str:
    return _whole_dates(escape(", ".join(part for part in (line.host, line.note) if part)))


def _linked(line: Line, colour: str) -> str:
    if not line.url:
        return _runs(line)
    return f'<a href="{escape(line.url)}" style="color:{colour}">{_runs(line)}</a>'


def _whole_dates(escaped: str) -> str:
    return _MOMENT.sub(r'<span style="white-space:nowrap">\g<0></span>', escaped)


def _runs(line: Line) -> str:
    runs = "".join(
        f'<strong class="mark" style="background-color:#fff0b3;color:{_TEXT};padding:0 2px">{escape(run.text)}</strong>'
        if run.is_marked
        else _whole_dates(escape(run.text))
        for run in line.runs
    )
    # By itself, so that the host behind it does not wander into a text that is read from right to left.
    return f'<bdi dir="rtl">{runs}</bdi>' if is_right_to_left(line.text) else runs


def _actions(outline: Outline, colour: str) -> str:
    title = (
        f'<h2 class="muted" style="{_FONT};font-size:12px;font-weight:700;letter-spacing:0.05em;'
        f'text-transform:uppercase;color:{_MUTED};margin:0 0 8px 0">{escape(outline.actions_title)}</h2>'
    )
    main = [action for action in outline.actions if action.kind == "main"]
    more = [action for action in outline.actions if action.kind == "more"]
    buttons = "".join(_button(action, colour, is_first=number == 0) for number, action in enumerate(main))
    # Lines break behind the dots.
    links = "&nbsp;&nbsp;·&ensp;".join(
        f'<a href="{escape(action.url)}" style="color:{_MUTED};white-space:nowrap">{escape(action.label)}</a>'
        for action in more
    )
    small = f'<p class="muted" style="{_small()}">{links}</p>' if links else ""
    return _row(title + buttons + small, "padding:18px 28px 0 28px")


def _button(action: Action, colour: str, *, is_first: bool) -> str:
    kind, look = (
        ("button", f"background-color:{colour};color:#ffffff;border:1px solid {colour}")
        if is_first
        else ("button plain", f"background-color:#ffffff;color:{_TEXT};border:1px solid #b8c0ca")
    )
    return (
        f'<a class="{kind}" href="{escape(action.url)}" style="{_FONT};{look};display:inline-block;font-size:14px;'
        f'font-weight:600;text-decoration:none;padding:9px 14px;border-radius:5px;margin:0 8px 8px 0">'
        f"{escape(action.label)}</a>"
    )


def _row(inner: str, padding: str) -> str:
    return f'<tr><td class="pad" style="{padding}">{inner}</td></tr>'


def _small() -> str:
    return f"{_FONT};font-size:13px;line-height:1.6;color:{_MUTED};margin:4px 0 0 0"


def _preheader(outline: Outline) -> str:
    """What a mail program's list shows after the subject: the evidence, else the first line."""
    quotes = [section for section in outline.sections if section.style == "quote"] or list(outline.sections)
    return quotes[0].lines[0].text[:_PREHEADER] if quotes and quotes[0].lines else ""

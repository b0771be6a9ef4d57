"""An outline as plain text: for the console, files, the text part of a mail, and chats without a form of their own."""

from collections.abc import Callable, Iterator

from monitor.stages.compose.outline import Line, Outline, Section

Breaker = Callable[[str], str]
_MARK = "*"


def plain(outline: Outline, *, breaker: Breaker = str) -> str:
    """The body below the subject. *breaker* breaks the marks that the reader of the text would interpret."""
    blocks = ["\n".join(_section(section, breaker, outline.heading)) for section in outline.sections]
    actions = [action for action in outline.actions if action.kind != "more"]
    if actions:
        listed = (f"- {outline.heading.format(title=action.label)} {action.url}" for action in actions)
        blocks.append("\n".join([outline.heading.format(title=outline.actions_title), *listed]))
    if outline.footer:
        blocks.append("\n".join(breaker(text) for text in outline.footer))
    return "\n\n".join(block for block in blocks if block)


def short(outline: Outline, *, breaker: Breaker = str) -> str:
    """The least that makes sense without the rest: what it is, the first evidence, and the alert's id."""
    blocks = [
        text for section in outline.sections if section.style == "lead" for text in _section(section, breaker, "")
    ]
    quotes = [section for section in outline.sections if section.style == "quote"]
    blocks += [f'"{_one(quotes[0].lines[0], breaker)}"'] if quotes else []
    # A folded list keeps its lines, without their links.
    lists = [section for section in outline.sections if section.style == "list" and not quotes]
    blocks += [f"- {_one(line, breaker)}" for section in lists for line in section.lines]
    return "\n".join([*blocks, *(breaker(text) for text in outline.footer)])


def _section(section: Section, breaker: Breaker, heading: str) -> Iterator[str]:
    if section.title:
        yield heading.format(title=breaker(section.title))
    for line in section.lines:
        if section.style == "lead":
            yield from _lead(line, breaker)
        else:
            yield from _item(line, breaker, is_quote=section.style == "quote")


def _lead(line: Line, breaker: Breaker) -> Iterator[str]:
    yield _one(line, breaker) + (f" ({breaker(line.note)})" if line.note else "")
    if line.url:
        yield line.url


def _item(line: Line, breaker: Breaker, *, is_quote: bool) -> Iterator[str]:
    text = _one(line, breaker)
    beside = ", ".join(part for part in (line.host, breaker(line.note)) if part)
    shown = f'"{text}"' if is_quote else text
    yield f"- {shown}" + (f" ({beside})" if beside else "")
    if line.detail:
        yield f'  "{breaker(line.detail)}"'
    if line.url and not is_quote:
        yield f"  {line.url}"


def _one(line: Line, breaker: Breaker) -> str:
    return "".join(
        f"{_MARK}{breaker(run.text.strip())}{_MARK}" if run.is_marked else breaker(run.text) for run in line.runs
    )

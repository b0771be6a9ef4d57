"""`monitor group`: articles in, stories out; needs no store and no network."""

import io
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import typer

commands = typer.Typer()


@commands.command("group")
def group_articles(
    file: str = typer.Argument("-", help="JSON lines {id, title, text, published}; - reads standard input."),
    format_: str = typer.Option("jsonl", "--format", help="The form of input and output: jsonl."),
) -> None:
    """Group articles into stories as the daemon would have, had they come in order of `published`."""
    from monitor.domain.errors import UsageError

    if format_ != "jsonl":
        raise UsageError(f"--format {format_}: only jsonl is known")
    with _opened(file) as source:
        faults = _group(source, sys.stdout)
    if faults:
        raise typer.Exit(1)


def _opened(file: str) -> TextIO:
    from monitor.domain.errors import UsageError

    if file == "-":
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        return sys.stdin
    try:
        return Path(file).open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


def _group(source: Iterable[str], target: TextIO) -> int:
    """Group the articles of *source*; answers how many lines were no article."""
    from monitor.adapters.packaged.concepts import load_fact_reader
    from monitor.adapters.packaged.group_weights import load_group_weights
    from monitor.domain.group_policy import GroupPolicy
    from monitor.stages.group import GroupWindow, group

    policy = GroupPolicy()
    reader = load_fact_reader(policy)
    window = GroupWindow(policy, load_group_weights(), reader.lexicon.priors)
    rows, faults = _rows(source)
    for fault in faults:
        print(fault, file=sys.stderr)
    # Of lines with the same id the first counts, as of the same article from two feeds.
    first = {str(row.id): row for row in reversed(rows)}
    fingerprints = [
        reader.fingerprint(article_id, row.title, row.text, row.published, language=row.language)
        for article_id, row in first.items()
    ]
    story_of = {str(join.article_id): join.story_id for join in group(fingerprints, window, policy)}
    for row in rows:
        print(json.dumps({"id": row.id, "story": story_of[str(row.id)]}, ensure_ascii=False), file=target)
    return len(faults)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str | int
    title: str
    text: str
    published: datetime
    language: str


def _rows(source: Iterable[str]) -> tuple[list[_Row], list[str]]:
    """The articles of all lines that hold one, and a fault with its number for each other line."""
    rows, faults = [], []
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(line))
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number}: {error}")
    return rows, faults


def _row(line: str) -> _Row:
    found = json.loads(line)
    if not isinstance(found, dict) or not isinstance(found.get("id"), str | int):
        raise ValueError('no object with an "id"')
    texts = [found.get(key, "") for key in ("title", "text", "language")]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("title, text and language must be text")
    return _Row(found["id"], texts[0], texts[1], _moment(found.get("published")), texts[2])


def _moment(printed: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(printed))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f'published {printed!r} is no date such as "2026-11-25T09:00:00Z"') from None

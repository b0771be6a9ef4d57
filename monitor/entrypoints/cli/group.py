"""`monitor group`: articles in, stories out; needs no store and no network."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.json_articles import JsonArticle, in_utf8, read_json_articles
from monitor.entrypoints.cli.output import as_json

if TYPE_CHECKING:
    from monitor.domain.story import StoryId

commands = typer.Typer()


@commands.command("group")
def group_articles(
    file: str = typer.Argument("-", help="JSON lines {id, title, text, published}; - reads standard input."),
    format_: str = typer.Option("jsonl", "--format", help="The form of input and output: jsonl."),
) -> None:
    """Group articles into stories as the daemon would have, had they come in order of `published`."""
    from monitor.domain.errors import UsageError

    if format_ != "jsonl":
        raise UsageError(f'--format {format_}: the only form is "jsonl"')
    faults: list[str] = []
    rows = list(_articles(file, faults))
    for fault in faults:
        print(fault, file=sys.stderr)
    story_of = _stories_of(rows)
    for row in rows:
        print(as_json({"id": row.id, "story": story_of[str(row.id)]}))
    if faults:
        raise typer.Exit(1)


def _articles(file: str, faults: list[str]) -> Iterator[JsonArticle]:
    if file == "-":
        yield from read_json_articles(sys.stdin.buffer, "standard input", faults, must_be_dated=True)
        return
    try:
        with Path(file).open("rb") as source:
            yield from read_json_articles(in_utf8(source), file, faults, must_be_dated=True)
    except OSError as error:
        faults.append(f"{file}: cannot be read: {error.strerror}")


def _stories_of(rows: list[JsonArticle]) -> "dict[str, StoryId]":
    """The story of each article, by its id as text."""
    from monitor.adapters.packaged.concepts import load_fact_reader
    from monitor.adapters.packaged.group_weights import load_group_weights
    from monitor.domain.group_policy import GroupPolicy
    from monitor.stages.group import GroupWindow, group

    policy = GroupPolicy()
    reader = load_fact_reader(policy)
    window = GroupWindow(policy, load_group_weights(), reader.lexicon.priors)
    # Of lines with the same id the first counts, as of the same article from two feeds.
    first = {str(row.id): row for row in reversed(rows)}
    fingerprints = [
        reader.fingerprint(article_id, row.title, row.text, row.published, language=row.language or "")
        for article_id, row in first.items()
        if row.published  # as all have here
    ]
    return {str(join.article_id): join.story_id for join in group(fingerprints, window, policy)}

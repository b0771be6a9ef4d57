"""`monitor analyze`: articles in, findings out. Needs no store and no network."""

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from monitor.entrypoints.cli.configured import Config, config_dir
from monitor.entrypoints.cli.json_articles import in_utf8, read_json_articles
from monitor.entrypoints.cli.output import as_json

if TYPE_CHECKING:
    from monitor.adapters.detection_pool import RawArticle
    from monitor.domain.finding import Analysis, Span
    from monitor.domain.watchlist import Entity

    # An article, and its id as it was given: a number comes back as a number.
    Given = tuple[str | int, RawArticle]

_EXIT_FAILED = 1
# What a file with one of these endings holds; of others it is told by how they begin.
_LINES, _ARTICLE = {".jsonl", ".ndjson", ".json"}, {".txt", ".md"}

commands = typer.Typer()


@commands.command()
def analyze(
    files: Annotated[
        list[Path] | None, typer.Argument(help="JSON lines or article files; - is standard input.")
    ] = None,
    watchlist: Annotated[Path | None, typer.Option(help="A watchlist file instead of the configured ones.")] = None,
    format_: Annotated[str, typer.Option("--format", help="jsonl, the only form there is.")] = "jsonl",
    config: Config = None,
    processes: Annotated[int, typer.Option(help="How many processes read; 0 is one a core.", min=0)] = 0,
) -> None:
    """Tell who is named in articles, which attacks they report, and who is under attack."""
    from monitor.adapters.detection_pool import DetectionPool
    from monitor.adapters.long_lived import settle
    from monitor.adapters.packaged.lexicon import load_lexicon
    from monitor.domain.errors import UsageError

    if format_ != "jsonl":
        raise UsageError(f'--format {format_}: the only form is "jsonl"')
    faults: list[str] = []
    ids: deque[str | int] = deque()
    with DetectionPool(_entities(watchlist, config), load_lexicon(), processes) as pool:
        settle()
        for analysis in pool.analyse(_noted(_articles(files or [Path("-")], faults), ids)):
            row = {**as_row(analysis), "id": ids.popleft()}
            sys.stdout.write(f"{as_json(row)}\n")
            faults += [f"{analysis.article_id}: the program failed: {analysis.fault}"] if analysis.fault else []
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        raise typer.Exit(_EXIT_FAILED)


def _entities(watchlist: Path | None, config: Path | None) -> "Sequence[Entity]":
    if watchlist is not None:
        from monitor.adapters.yaml_settings.watchlists import load_watchlist_file

        return load_watchlist_file(watchlist).entities
    from monitor.adapters.yaml_settings.load import load_settings

    return load_settings(config_dir(config), os.environ).entities()


def _noted(articles: "Iterable[Given]", ids: "deque[str | int]") -> "Iterator[RawArticle]":
    for given, article in articles:
        ids.append(given)
        yield article


def _articles(files: Iterable[Path], faults: list[str]) -> "Iterator[Given]":
    from monitor.domain.errors import ParseError

    for path in files:
        if str(path) == "-":
            yield from _from_lines(sys.stdin.buffer, "standard input", faults)
            continue
        try:
            with path.open("rb") as file:
                stream = in_utf8(file)
                if _is_article_file(path, stream):
                    yield _from_article_file(path, stream.read())
                else:
                    yield from _from_lines(stream, str(path), faults)
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}")
        except ParseError as error:
            faults.append(str(error))


def _is_article_file(path: Path, stream: IO[bytes]) -> bool:
    ending = path.suffix.lower()
    if ending in _LINES:
        return False
    head = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    return bool(head) and not head.startswith(b"{" if ending in _ARTICLE else (b"{", b"["))


def _from_article_file(path: Path, data: bytes) -> "Given":
    from monitor.adapters.detection_pool import RawArticle
    from monitor.stages.parse.article_files import decode_article_file, read_article_file

    file = read_article_file(str(path), decode_article_file(str(path), data))
    return path.stem, RawArticle(path.stem, file.title, file.text, file.published_at, file.language)


def _from_lines(stream: IO[bytes], name: str, faults: list[str]) -> "Iterator[Given]":
    from monitor.adapters.detection_pool import RawArticle

    for line in read_json_articles(stream, name, faults):
        yield line.id, RawArticle(str(line.id), line.title, line.text, line.published, line.language)


def as_row(analysis: "Analysis") -> dict[str, Any]:
    """An analysis in the form of the contract."""
    return {
        "id": analysis.article_id,
        "language": analysis.language,
        "mentions": [
            {
                "entity": finding.entity_id,
                "role": str(finding.role),
                "confidence": finding.confidence,
                "spans": [
                    {"field": span.field, "start": span.start, "end": span.end, "surface": span.surface}
                    for span in finding.spans
                ],
            }
            for finding in analysis.findings
        ],
        "attacks": [
            {
                "type": str(attack.type),
                "status": str(attack.status),
                "victims": list(attack.victims),
                "confidence": attack.confidence,
                "evidence": [_place(span) for span in attack.evidence],
            }
            for attack in analysis.attacks
        ],
        "under_attack": list(analysis.under_attack),
    }


def _place(span: "Span") -> dict[str, Any]:
    return {"field": span.field, "start": span.start, "end": span.end}

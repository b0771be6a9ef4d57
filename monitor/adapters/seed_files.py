"""A folder of article files as a source: what is in it is read again when a file is added, changed or removed."""

import asyncio
import contextlib
import functools
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.domain.article import DateFlag
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Entry, Feed, FeedState, Fetched, ParsedFeed
from monitor.domain.lexicon import Lexicon
from monitor.domain.policy import NormalisePolicy
from monitor.domain.source_policy import FolderPolicy
from monitor.ports import Parsed
from monitor.stages.detect.language import detect_language
from monitor.stages.normalise import normalise
from monitor.stages.parse.article_files import ArticleFile, decode_article_file, read_article_file

_UNCHANGED, _READ = 304, 200
_NOT_ARTICLES = ("readme",)
_LEFTOVERS = ("~", ".swp", ".tmp", ".part", ".bak")


class SeedFolder:
    """
    Keeps the promises of ``Fetcher`` and ``Parser`` for folders; the feed's address is the folder's path.

    The body that goes from one to the other lists the files with their text or their fault, as JSON.
    """

    def __init__(
        self, lexicon: Lexicon, policy: FolderPolicy | None = None, normalise: NormalisePolicy | None = None
    ) -> None:
        self._policy = policy or FolderPolicy()
        self._normalise = normalise or NormalisePolicy()
        self._language_of = functools.partial(detect_language, lexicon=lexicon)

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:  # noqa: ARG002 - the port's
        """
        Read the folder. The body is None while names, sizes and times stay as they were.

        Raises:
            FetchError: there is no such folder, or it may not be read.
        """
        return await asyncio.to_thread(self._fetch, feed, state)

    async def parse(
        self, feed: Feed, state: FeedState, fetched: Fetched, known: Mapping[str, str], now: datetime
    ) -> Parsed:
        """
        Read the files that were listed; those that *known* holds unchanged are counted only.

        A faulty file is a note with its place the first time it is met, a flaw of the document as long as it
        is there, and stops no other. An article without a date has the time at which its file was changed last.
        """
        return await asyncio.to_thread(self._parsed, feed, state, fetched.body or b"[]", known, now)

    async def close(self) -> None:
        """Nothing is held open."""

    def _parsed(self, feed: Feed, state: FeedState, body: bytes, known: Mapping[str, str], now: datetime) -> Parsed:
        flaws: list[str] = []
        notes: list[str] = []
        told_until = state.last_success_at.timestamp() if state.last_success_at else 0.0
        entries: list[Entry] = []
        changed_at: dict[str, datetime] = {}
        for row in json.loads(body):
            try:
                entry = _entry(row["name"], _read(row))
            except ParseError as error:
                flaws.append(str(error))
                notes += [str(error)] if row["placed_at"] >= told_until else []
                continue
            entries.append(entry)
            changed_at[entry.guid] = datetime.fromtimestamp(min(max(row["changed_at"], 0.0), now.timestamp()), UTC)
        document = ParsedFeed(feed.title, tuple(entries), flaws=tuple(flaws))
        parsed = normalise(feed, state, document, known, now, self._language_of, self._normalise)
        articles = tuple(
            replace(article, published_at=changed_at.get(article.guid, now))
            if article.date_flag is DateFlag.MISSING
            else article
            for article in parsed.articles
        )
        return replace(parsed, articles=articles, notes=(*parsed.notes, *notes))

    def _fetch(self, feed: Feed, state: FeedState) -> Fetched:
        folder = Path(feed.url)
        try:
            files = sorted(self._files(folder))
        except OSError as error:
            raise FetchError(f"{feed.url} cannot be read: {(error.strerror or str(error)).lower()}") from error
        if len(files) > self._policy.max_files:
            raise FetchError(f"{feed.url} holds more than {self._policy.max_files} files")
        listing = "".join(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n" for path, seen in files)
        digest = hashlib.sha256(listing.encode("utf-8", "surrogateescape")).hexdigest()
        if digest == state.body_hash:
            return Fetched(feed.id, _UNCHANGED, feed.url, None, {}, body_hash=digest)
        rows = [self._row(folder, path, seen) for path, seen in files]
        body = json.dumps(rows).encode()
        return Fetched(feed.id, _READ, feed.url, body, {}, body_hash=digest)

    def _files(self, folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
        """Article files and what passes for them, hidden files, leftovers and the README apart."""
        for path in folder.iterdir():
            name = path.name.lower()
            if name.startswith((".", *_NOT_ARTICLES)) or name.endswith(_LEFTOVERS):
                continue
            if path.is_dir():
                # Folders that are links are not entered: they may lead round in a circle.
                yield from () if path.is_symlink() else self._files(path)
                continue
            with contextlib.suppress(FileNotFoundError):  # gone by now, or a link to nowhere
                seen = path.stat()
                if stat.S_ISREG(seen.st_mode):
                    yield path, seen

    def _row(self, folder: Path, path: Path, seen: os.stat_result) -> dict[str, object]:
        name = str(path.relative_to(folder)).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        shown = f"{folder.name}/{name}"
        row: dict[str, object] = {"name": name, "shown": shown, "changed_at": seen.st_mtime, "placed_at": seen.st_ctime}
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
                row["placed_at"] = path.lstat().st_ctime  # of the link: what it leads to may be old
                raise ParseError(f"{shown}: is a link that leads out of the folder")
            if seen.st_size > self._policy.max_file_bytes:
                raise ParseError(f"{shown}:1: is larger than {self._policy.max_file_bytes // 2**10} KiB")
            row["text"] = decode_article_file(shown, path.read_bytes())
        except ParseError as error:
            row["fault"] = str(error)
        except OSError as error:
            row["fault"] = f"{shown}: cannot be read: {(error.strerror or str(error)).lower()}"
        return row


def _read(row: Mapping[str, Any]) -> ArticleFile:
    if "fault" in row:
        raise ParseError(row["fault"])
    return read_article_file(row["shown"], row["text"])


def _entry(name: str, file: ArticleFile) -> Entry:
    return Entry(
        guid=f"seed:{name}",
        title=file.title,
        link=file.url,
        content=file.text,
        published_at=file.published_at,
        author=file.author,
        language=file.language,
        is_html=False,
    )

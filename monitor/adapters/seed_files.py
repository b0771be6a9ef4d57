"""A folder of article files as a source: what is in it is read again when a file is added, changed or removed."""

import asyncio
import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.domain.article import Article, ArticleId, DateFlag
from monitor.domain.errors import FetchError, ParseError
from monitor.domain.feed import Entry, Feed, FeedState, Fetched, ParsedFeed
from monitor.domain.policy import FolderPolicy
from monitor.ports import Parsed
from monitor.stages.article_files import ArticleFile, decode_article_file, read_article_file

_UNCHANGED, _READ = 304, 200
_NOT_ARTICLES = ("readme",)
_LEFTOVERS = ("~", ".swp", ".tmp", ".part", ".bak")


class SeedFolder:
    """
    Keeps the promises of ``Fetcher`` and ``Parser`` for folders; the feed's address is the folder's path.

    The body that goes from one to the other lists the files with their text or their fault, as JSON.
    """

    def __init__(self, policy: FolderPolicy | None = None) -> None:
        self._policy = policy or FolderPolicy()

    async def fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:  # noqa: ARG002 - the port's
        """
        Read the folder. The body is None while names, sizes and times stay as they were.

        Raises:
            FetchError: there is no such folder, or it may not be read.
        """
        return await asyncio.to_thread(self._fetch, feed, state)

    async def parse(
        self,
        feed: Feed,
        state: FeedState,  # noqa: ARG002 - the port's; seeds ring at first sight, too
        fetched: Fetched,
        known: Mapping[str, str],
        now: datetime,
    ) -> Parsed:
        """
        Read the files that were listed; those that *known* holds unchanged are counted only.

        A faulty file is a note with its place, and stops no other.
        """
        return await asyncio.to_thread(_parsed, feed, fetched.body or b"[]", known, now)

    async def close(self) -> None:
        """Nothing is held open."""

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
        rows = [self._row(folder, path, seen.st_size, seen.st_mtime) for path, seen in files]
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

    def _row(self, folder: Path, path: Path, size: int, changed_at: float) -> dict[str, object]:
        name = str(path.relative_to(folder)).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        shown = f"{folder.name}/{name}"
        row: dict[str, object] = {"name": name, "shown": shown, "changed_at": changed_at}
        try:
            if size > self._policy.max_file_bytes:
                raise ParseError(f"{shown}:1: is larger than {self._policy.max_file_bytes // 2**10} KiB")
            row["text"] = decode_article_file(shown, path.read_bytes())
        except ParseError as error:
            row["fault"] = str(error)
        except OSError as error:
            row["fault"] = f"{shown}: cannot be read: {(error.strerror or str(error)).lower()}"
        return row


def _parsed(feed: Feed, body: bytes, known: Mapping[str, str], now: datetime) -> Parsed:
    rows: list[dict[str, Any]] = json.loads(body)
    notes, entries, articles = [], [], []
    for row in rows:
        try:
            file = _read(row)
        except ParseError as error:
            notes.append(str(error))
            continue
        entry = _entry(row["name"], file)
        entries.append(entry)
        article = _article(feed, entry, datetime.fromtimestamp(row["changed_at"], UTC), now)
        if known.get(article.guid) != article.entry_hash:
            articles.append(article)
    document = ParsedFeed(feed.title, tuple(entries), flaws=tuple(notes))
    return Parsed(document, tuple(articles), len(entries), len(entries) - len(articles), tuple(notes))


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


def _article(feed: Feed, entry: Entry, changed_at: datetime, now: datetime) -> Article:
    identity = entry.link or f"{feed.id} {entry.guid}"
    digest = hashlib.sha256(f"{entry.title}\0{entry.content}".encode("utf-8", "replace")).hexdigest()
    return Article(
        id=ArticleId(hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:24]),
        feed_id=feed.id,
        guid=entry.guid,
        url=entry.link,
        title=entry.title,
        text=entry.content,
        published_at=entry.published_at or changed_at,
        first_seen_at=now,
        language=entry.language or "und",
        author=entry.author,
        # Nobody knows who wrote a file: each counts as a voice of its own.
        owner=feed.owner or ("" if entry.link else entry.guid),
        date_flag=DateFlag.FINE if entry.published_at else DateFlag.MISSING,
        content_hash=digest,
        entry_hash=digest,
        rings=True,
    )

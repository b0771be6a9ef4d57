"""Trying a feed out: fetched and read as the service would, and nothing stored."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from monitor.app import Intakes, open_intakes
from monitor.domain.errors import FetchError, FetchFault, MonitorError, ParseError
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched, shown_url
from monitor.domain.settings import Settings
from monitor.ports import Parsed
from monitor.stages.feeds.discover import PossibleFeed, find_feeds, find_sitemaps, usual_places
from monitor.stages.parse.source_text import decode, unpacked

_MOST_TRIED = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """What a feed showed: rows for a table, a line that sums up, and what was odd."""

    title: str
    rows: tuple[Mapping[str, object], ...]
    summary: str
    notes: tuple[str, ...]


async def try_feed(settings: Settings, feed: Feed, now: datetime) -> Trial:
    """
    Fetch and read *feed* once.

    Raises:
        FetchError, ParseError: as the service would log it.
    """
    intakes = open_intakes(settings)
    try:
        fetched, parsed = await _read(intakes, feed, now)
    finally:
        await intakes.close()
    size = len(fetched.body or b"")
    moved = f", moved for good to {shown_url(fetched.url)}" if fetched.permanent_url else ""
    return Trial(
        title=parsed.document.title,
        rows=tuple(
            {
                "published_at": article.published_at.isoformat(timespec="seconds"),
                "date_flag": str(article.date_flag),
                "language": article.language,
                "title": article.title,
                "url": article.url,
                "text": article.text,
            }
            for article in parsed.articles
        ),
        summary=(
            f'fine: "{parsed.document.title or feed.title or feed.id}",'
            f" {parsed.entries} {'entry' if parsed.entries == 1 else 'entries'} in {size / 1000:.0f} kB"
            f" after {fetched.elapsed_s:.1f} s{moved}"
        ),
        notes=tuple(dict.fromkeys((*parsed.document.flaws, *parsed.notes))),
    )


async def discover_feeds(settings: Settings, urls: Sequence[str], now: datetime) -> list[dict[str, object]]:
    """
    The feeds of the page at the first of *urls* that answers: those it names or links, else those in the usual places,
    else the sitemaps of its site that tell of something dated; each tried. Where there is no such page, the usual
    places of its site may still hold one.

    Raises:
        FetchError: the page itself cannot be had, nor is anything in the usual places; why not at the first address.
    """
    intakes = open_intakes(settings)
    try:
        try:
            fetched = await _first(intakes, urls, now)
        except FetchError as error:
            for url in urls if error.status is not None else ():
                if rows := await _at_usual_places(intakes, url, now):
                    return rows
            raise
        itself = await _tried(intakes, PossibleFeed(fetched.url, "", "the address is one"), now)
        if itself is not None:
            return [itself]
        found = find_feeds(decode(unpacked(fetched.body or b""), fetched.headers), fetched.url)
        return await _all_tried(intakes, found, now) or await _at_usual_places(intakes, fetched.url, now)
    finally:
        await intakes.close()


async def _at_usual_places(intakes: Intakes, url: str, now: datetime) -> list[dict[str, object]]:
    return await _all_tried(intakes, usual_places(url), now) or await _sitemap(intakes, url, now)


async def _first(intakes: Intakes, urls: Sequence[str], now: datetime) -> Fetched:
    """The page at the first of *urls*, or at the next one where somebody is there, as long as nobody is before."""
    nobody: FetchError | None = None
    for url in urls:
        page = Feed(FeedId("page"), url)
        try:
            return await intakes.by_kind[page.kind].fetcher.fetch(page, FeedState(page.id, now, page.url), now)
        except FetchError as error:
            if nobody is None and not _is_nobody(error):
                raise
            if nobody is not None and error.status is not None:
                raise error from nobody
            nobody = nobody or error
    # Where nobody answers at any other address either, the first is what to tell.
    raise nobody or FetchError("no address was given")


def _is_nobody(error: FetchError) -> bool:
    return error.kind in {FetchFault.FAILED, FetchFault.UNREACHED} and error.status is None


async def _sitemap(intakes: Intakes, url: str, now: datetime) -> list[dict[str, object]]:
    """The first sitemap of a site that can be read: they tell the same in several ways."""
    robots = Feed(FeedId("robots"), urljoin(url, "/robots.txt"))
    text = ""
    with contextlib.suppress(FetchError):
        fetched = await intakes.by_kind[robots.kind].fetcher.fetch(robots, FeedState(robots.id, now, robots.url), now)
        text = decode(unpacked(fetched.body or b""), fetched.headers)
    for candidate in find_sitemaps(text, url)[:_MOST_TRIED]:
        row = await _tried(intakes, candidate, now)
        if row is not None and row["entries"]:
            return [row]
    return []


async def _all_tried(intakes: Intakes, candidates: tuple[PossibleFeed, ...], now: datetime) -> list[dict[str, object]]:
    rows = [await _tried(intakes, candidate, now) for candidate in candidates[:_MOST_TRIED]]
    return [row for row in rows if row is not None]


async def _tried(intakes: Intakes, candidate: PossibleFeed, now: datetime) -> dict[str, object] | None:
    try:
        _, parsed = await _read(intakes, Feed(FeedId("found"), candidate.url, candidate.kind), now)
    except (FetchError, ParseError):
        return None
    title = parsed.document.title or candidate.title
    return {
        "url": candidate.url,
        "kind": str(candidate.kind),
        "title": title,
        "entries": parsed.entries,
        "why": candidate.why,
    }


async def _read(intakes: Intakes, feed: Feed, now: datetime) -> tuple[Fetched, Parsed]:
    intake = intakes.by_kind.get(feed.kind)
    if intake is None:
        raise MonitorError(f"feeds of the kind {feed.kind} cannot be read by this installation")
    # A try is a first look: no validators, nothing known.
    state = replace(FeedState(feed.id, now, feed.url), last_full_at=None)
    fetched = await intake.fetcher.fetch(feed, state, now)
    return fetched, await intake.parser.parse(feed, state, fetched, {}, now)

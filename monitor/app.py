"""
The composition root: the only place that chooses adapters.

What fetches and sends is imported where it is opened: most commands need neither, and start twice as fast.
"""

import contextlib
import importlib.util
import os
import re
import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from monitor import __version__
from monitor.adapters.database import migrate
from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.database.connect import Database
from monitor.adapters.database.store import DatabaseStore
from monitor.adapters.detection_pool import ReadingPool
from monitor.adapters.key_file import read_or_make_key
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.packaged.messages import load_wordings
from monitor.adapters.service_lock import only_service
from monitor.adapters.yaml_settings.catalogue import outlet_houses
from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import Feed, FeedId, FeedKind, Fulltext
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.settings import Settings
from monitor.pipeline import Desk, Embed, Intake, Lane, LookAgain
from monitor.ports import Parser, Store
from monitor.stages.channels.route import ways_of
from monitor.stages.compose.signed_links import NO_LINKS, LinkMaker
from monitor.stages.decide.judge import Bench
from monitor.stages.decide.watched import Late
from monitor.stages.decide.widened import Changes
from monitor.stages.detect.boilerplate import boilerplate_spans
from monitor.stages.fulltext.promise import PromiseIndex
from monitor.stages.group import FactReader, GroupWindow
from monitor.stages.read_article import ReadBatch, as_it_is
from monitor.stages.story.summary import Background

if TYPE_CHECKING:
    from monitor.adapters.http.client import HttpClient
    from monitor.adapters.http.hosts import Hosts

_SQLITE = "sqlite:///"


def user_agent(settings: Settings) -> str:
    """How we introduce ourselves to servers: name, version, and where to complain."""
    return f"NewsMonitor/{__version__} (+{settings.policy.fetch.contact_url})"


def storage_folder(settings: Settings) -> Path:
    """Where files beside the store lie."""
    if _is_file(settings):
        return Path(settings.storage.removeprefix(_SQLITE)).parent
    return settings.root / "storage"


def _is_file(settings: Settings) -> bool:
    return settings.storage.startswith(_SQLITE)


def health_file(settings: Settings) -> Path:
    """Where this process says how it is: on a shared store one file for each, as the folder may be shared as well."""
    own = "health.json" if _is_file(settings) else f"health-{socket.gethostname()}-{os.getpid()}.json"
    return storage_folder(settings) / own


def health_files(settings: Settings) -> list[Path]:
    """What the processes of this machine said of themselves."""
    each = r"health\.json" if _is_file(settings) else rf"health-{re.escape(socket.gethostname())}-\d+\.json"
    return sorted(path for path in storage_folder(settings).glob("health*.json") if re.fullmatch(each, path.name))


def feeds_of(settings: Settings) -> tuple[Feed, ...]:
    """The feeds of the configuration and the folders of seed articles; a folder is looked into often."""
    often = settings.policy.folder.every
    feeds = [
        replace(feed, every=often) if feed.kind is FeedKind.FOLDER and feed.every is None else feed
        for feed in settings.feeds
    ]
    seeds = [
        Feed(
            id=FeedId("seeds" if number == 1 else f"seeds-{number}"),
            url=str(folder),
            kind=FeedKind.FOLDER,
            title="Seed articles",
            every=often,
            rings_always=True,
        )
        for number, folder in enumerate(settings.seeds, start=1)
    ]
    return (*feeds, *seeds)


def ringing_feeds(settings: Settings) -> frozenset[FeedId]:
    """The feeds whose articles ring at any age."""
    return frozenset(feed.id for feed in feeds_of(settings) if feed.rings_always)


@contextlib.contextmanager
def open_store(settings: Settings, now: datetime) -> Iterator[DatabaseStore]:
    """
    The store, its schema brought up to date after a backup.

    Raises:
        StoreError: it cannot be opened, or is of a newer program.
    """
    database = Database(settings.storage, reserve_bytes=settings.policy.retention.reserve_bytes)
    try:
        migrate.upgrade(database, now, backups=storage_folder(settings) / "backups")
        yield DatabaseStore(database)
    finally:
        database.close()


def only_service_on(settings: Settings) -> AbstractContextManager[None]:
    """
    What a service holds as long as it works; a PostgreSQL store is shared, and has no such thing.

    Raises:
        StoreError: another service works on this SQLite store.
    """
    if not _is_file(settings):
        return contextlib.nullcontext()
    return only_service(Path(settings.storage.removeprefix(_SQLITE)))


@contextlib.contextmanager
def open_catalogue(settings: Settings, now: datetime) -> Iterator[DatabaseCatalogue]:
    """The read-only side of the store."""
    with open_store(settings, now) as store:
        yield DatabaseCatalogue(store.database)


@dataclass(slots=True)
class Intakes:
    """How each kind of feed is read, and the care for hosts; closed together."""

    by_kind: Mapping[FeedKind, Intake]
    hosts: "Hosts"

    async def close(self) -> None:
        for part in {
            id(one): one for intake in self.by_kind.values() for one in (intake.fetcher, intake.parser)
        }.values():
            await part.close()


def open_intakes(settings: Settings) -> Intakes:
    """Everything that fetches and parses."""
    from monitor.adapters.http.fetcher import HttpFetcher
    from monitor.adapters.http.page_follower import PageFollower
    from monitor.adapters.http.page_reader import PageReader
    from monitor.adapters.imap.mailbox import ImapMailbox
    from monitor.adapters.parse_workers.pool import ParseWorkers
    from monitor.adapters.seed_files import SeedFolder

    policy = settings.policy
    lexicon, allowed = load_lexicon(), settings.allow_private_addresses
    fetcher = HttpFetcher(policy.fetch, allowed, user_agent(settings), policy.poll.full_every)
    workers = ParseWorkers(policy.parse, policy.normalise, lexicon)
    seeds = SeedFolder(lexicon, policy.folder, policy.normalise)
    reader: Parser = workers
    wants_pages = any(feed.fulltext is not Fulltext.NEVER for feed in settings.feeds)
    if wants_pages and importlib.util.find_spec("trafilatura") is not None:  # the extra `fulltext`
        promise = PromiseIndex(settings.entities(), lexicon)
        reader = PageReader(workers, fetcher.client, policy.fulltext, promise.is_promising)
    web = Intake(fetcher, PageFollower(reader, fetcher.client, policy.fetch))
    return Intakes(
        {
            FeedKind.WEB: web,
            FeedKind.SITEMAP: web,
            FeedKind.JSON_API: web,
            FeedKind.IMAP: Intake(ImapMailbox(policy.mailbox, allowed), workers),
            FeedKind.FOLDER: Intake(seeds, seeds),
        },
        fetcher.client.hosts,
    )


def open_client(settings: Settings) -> "HttpClient":
    """Connections for what is no feed; to be closed after use."""
    from monitor.adapters.address_guard import AddressGuard
    from monitor.adapters.http.client import HttpClient

    return HttpClient(settings.policy.fetch, AddressGuard(settings.allow_private_addresses), user_agent(settings))


@dataclass(slots=True)
class Brain:
    """What detection and grouping load once: large, and the same until the configuration changes."""

    pool: ReadingPool

    @property
    def reader(self) -> FactReader:
        return self.pool.facts

    def read(self, articles: Sequence[Article], members: Collection[ArticleId] = ()) -> ReadBatch:
        return self.pool.read(articles, members)

    def begin(self, articles: Sequence[Article]) -> None:
        self.pool.begin(articles)

    @property
    def version(self) -> str:
        """The program and its words: what one failed on, another may read."""
        return f"{__version__} {self.pool.words}"

    def close(self) -> None:
        self.pool.close()


def open_brain(settings: Settings) -> Brain:
    """Detection for the watched entities, and the reader of facts for grouping."""
    return Brain(ReadingPool(settings.entities(), load_lexicon(), load_fact_reader(settings.policy.group)))


def new_window(policy: GroupPolicy, reader: FactReader) -> GroupWindow:
    """An empty memory of stories."""
    return GroupWindow(policy, load_group_weights(), reader.lexicon.priors)


def open_bench(
    settings: Settings,
    reader: FactReader,
    links: LinkMaker = NO_LINKS,
    late: Late | None = None,
    changes: Changes | None = None,
) -> Bench:
    """The rules, channels and words that stories are judged with."""
    entities = settings.entities()
    rules = tuple(rule for watchlist in settings.watchlists for rule in watchlist.rules)
    tags = {entity.id: frozenset(entity.tags) for entity in entities}
    return Bench(
        rules=rules,
        channels=settings.channels,
        tags=tags,
        background=Background(
            {entity.id: entity.name for entity in entities},
            reader,
            ringing_feeds(settings),
            lambda text, language: boilerplate_spans(text, language, load_lexicon()),
            owned_feeds=frozenset(feed.id for feed in settings.feeds if feed.owner),
            houses=outlet_houses(),
        ),
        policy=settings.policy.alerts,
        wordings=load_wordings(),
        links=links,
        late=late or {},
        changes=changes or {},
        ways=ways_of(rules, settings.channels, tags),
    )


def open_links(settings: Settings) -> LinkMaker:
    """Signed links, where the service has a public address."""
    base_url = settings.policy.web.base_url
    if not base_url:
        return NO_LINKS
    return LinkMaker(base_url, read_or_make_key(storage_folder(settings) / "links.key"))


def open_desk(settings: Settings, store: DatabaseStore, brain: Brain, now: datetime) -> Desk:
    """The lane that assesses; since when who is watched is noted in the store, and what was before that is history."""
    policy = settings.policy.group
    rules = [rule for watchlist in settings.watchlists for rule in watchlist.rules]
    late, changes = store.note_watched(rules, now), store.note_conditions(rules, now)
    return Desk(
        store=store,
        read=brain.read,
        begin=brain.begin,
        new_window=lambda: new_window(policy, brain.reader),
        group=policy,
        bench=open_bench(settings, brain.reader, open_links(settings), late, changes),
        look_again=open_second_look(settings, store, brain.reader),
        embed=open_embedder(settings),
    )


def look_back(settings: Settings, store: DatabaseStore, brain: Brain) -> None:
    """Let be assessed once more what those added since may stand in, and what the program of before failed on."""
    store.assess_anew(sorted(ringing_feeds(settings)))
    store.read_again(f"{brain.version} {settings.version}")


def open_second_look(settings: Settings, store: Store, facts: FactReader) -> LookAgain:
    """The second reader, where one is configured."""
    policy = settings.policy.second_reader
    if not policy.url:
        return as_it_is
    from monitor.adapters.models.second_reader import HttpSecondReader, second_reader_prompt
    from monitor.adapters.models.second_reading import SecondLook

    reader = HttpSecondReader(policy, settings.allow_private_addresses, user_agent(settings))
    names = {entity.id: entity.name for entity in settings.entities()}
    return SecondLook(store, reader, policy, second_reader_prompt(), names, facts)


def open_embedder(settings: Settings) -> Embed:
    """The user's model of meaning, where one is configured."""
    policy = settings.policy.embeddings
    if not policy.url:
        return as_it_is
    from monitor.adapters.models.embedder import HttpEmbedder

    return HttpEmbedder(policy, settings.allow_private_addresses, user_agent(settings))


def open_lanes(settings: Settings, stream: TextIO) -> tuple[Lane, ...]:
    """One lane for each channel; the console channel writes to *stream*."""
    from monitor.adapters.senders.open_sender import open_sender

    return tuple(
        Lane(
            channel,
            open_sender(
                channel,
                settings.policy.delivery,
                allowed=settings.allow_private_addresses,
                stream=stream,
                user_agent=user_agent(settings),
            ),
        )
        for channel in settings.channels
    )

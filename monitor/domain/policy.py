"""
Every tunable number, with its unit and the reason for its default.

Each class is a section of ``config/monitor.yaml`` of the same name in lower case (``FetchPolicy`` is
``fetch:``); the loader makes the section's keys from the fields: a ``timedelta`` is written ``30s``,
a field ending in ``_bytes`` may be written ``15MiB``.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from monitor.domain.group_policy import GroupPolicy
from monitor.domain.model_policy import EmbeddingsPolicy, SecondReaderPolicy
from monitor.domain.source_policy import FolderPolicy, MailboxPolicy


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """
    How one request behaves.

    A poll that takes longer than ``grace`` leaves its place, one of ``concurrency``, to the next feed and goes on
    beside it, up to ``overtime`` of them; feeds that failed or were slow the last time begin there.
    """

    timeout: timedelta = timedelta(seconds=30)
    connect_timeout: timedelta = timedelta(seconds=10)
    read_timeout: timedelta = timedelta(seconds=15)
    max_body_bytes: int = 15 * 2**20
    # Of bodies above this size so many are held at once; the others wait, and their time with them.
    large_body_bytes: int = 512 * 2**10
    most_large: int = 4
    # One that says that it is no longer than this waits for no more than that.
    modest_body_bytes: int = 2**20
    modest_patience: timedelta = timedelta(seconds=1)
    # An answer that breaks off is read as far as it came after so many failures: some servers never send a whole one.
    broken_after: int = 2
    max_header_bytes: int = 16 * 2**10
    concurrency: int = 64
    grace: timedelta = timedelta(seconds=2)
    overtime: int = 192
    per_host: int = 4
    # Between two requests to one public host; hosts of our own network need no such care.
    host_spacing: timedelta = timedelta(milliseconds=250)
    # A crawl-delay of robots.txt counts up to this.
    longest_spacing: timedelta = timedelta(seconds=10)
    # How long all feeds of a domain are left alone after it answered 429, or 5xx with Retry-After.
    host_rest: timedelta = timedelta(minutes=1)
    longest_host_rest: timedelta = timedelta(hours=1)
    # So many hosts without a way to them, and no answer of any: we are offline, and no feed is to blame.
    offline_hosts: int = 3
    max_redirects: int = 10
    # Sitemaps of an index, or further pages of what passed unseen, that are read in one poll.
    most_pages: int = 4
    contact_url: str = "https://github.com/news-monitor/news-monitor"


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """
    When a feed is polled.

    ``every`` holds until it is known how often a feed publishes; then it is asked ``polls_per_item``
    times as often as that, within ``shortest`` and ``calmest``. Hints of the feed (ttl, max-age, Expires)
    count up to ``calmest`` as well; Retry-After and failures stretch to ``longest``, 410 to ``gone_retry``.
    """

    every: timedelta = timedelta(minutes=15)
    shortest: timedelta = timedelta(minutes=5)
    calmest: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=24)
    gone_retry: timedelta = timedelta(days=7)
    polls_per_item: float = 3.0
    learn_weight: float = 0.3
    first_retry: timedelta = timedelta(minutes=2)
    blocked_retry: timedelta = timedelta(minutes=30)
    jitter: float = 0.1
    # Validators are left out once in this time: some servers never let go of an ETag.
    full_every: timedelta = timedelta(hours=24)
    # A permanent redirect is believed when it was seen so often in a row.
    redirect_holds: int = 3
    # How many intervals between publications may pass in silence, and the least silence worth a word.
    silent_after: float = 5.0
    silent_least: timedelta = timedelta(days=3)
    # Failures in a row until a feed counts as failing, and until an operator is told.
    failing_after: int = 3
    told_after: int = 8
    slow_after: timedelta = timedelta(seconds=10)
    remembered_guids: int = 10
    # Hints of a hub in a row that brought nothing, from which on it is said of the feed.
    idle_hints_told: int = 5
    # A feed changed where at least so many new entries lack what all had, or texts of so many characters shrank
    # to this share; what it changed to is taken for usual after so long.
    shape_least: int = 5
    whole_characters: int = 500
    shrunk_share: float = 0.3
    changed_for: timedelta = timedelta(days=14)
    # What is to be told of feeds is gathered for so long, so that a hundred of them that fail together are one message.
    gather_notices: timedelta = timedelta(minutes=5)
    batch: int = 200
    lease: timedelta = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class ParsePolicy:
    """
    What one document may cost.

    ``time_limit`` is for a document in all, ``thorough_limit`` the part of it in which feedparser must end;
    in the rest whatever a plain tree shows is salvaged; what counts is time on a processor, and on a busy machine
    they may take some times as long. A document that takes longer than ``grace`` leaves its
    place to the next one and is read on beside it, up to ``overtime`` of them at once. Where documents wait,
    one that is likely to cost a second (at ``bytes_per_s``, or by what its feed cost before) lets those go first
    that come within ``stand_back`` seconds, and never stands back for longer than ``longest_stand_back``.
    """

    workers: int = 2
    grace: timedelta = timedelta(milliseconds=500)
    overtime: int = 4
    bytes_per_s: float = 2.0 * 2**20
    stand_back: float = 20.0
    longest_stand_back: timedelta = timedelta(seconds=30)
    time_limit: timedelta = timedelta(seconds=5)
    thorough_limit: timedelta = timedelta(seconds=3)
    memory_bytes: int = 900 * 2**20
    max_entries: int = 5_000


@dataclass(frozen=True, slots=True)
class NormalisePolicy:
    """How entries become articles; lengths count characters, ``future`` is how far ahead a date is believed."""

    max_title: int = 500
    max_text: int = 100_000
    max_author: int = 200
    max_tag: int = 60
    max_tags: int = 30
    future: timedelta = timedelta(minutes=15)
    # A feed gave its entries new names where this share of at least so many is new, and known by title.
    rekeyed_share: float = 0.6
    rekeyed_least: int = 5


@dataclass(frozen=True, slots=True)
class FulltextPolicy:
    """
    How far we go for the page behind an article: up to ``most`` pages a poll, ``patience`` for all of them.

    A feed's own text of ``enough_characters`` is taken for the whole article.
    """

    most: int = 12
    patience: timedelta = timedelta(seconds=15)
    enough_characters: int = 2_500
    max_page_bytes: int = 3 * 2**20


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """When a story is worth a message."""

    group_wait: timedelta = timedelta(seconds=30)
    oldest: timedelta = timedelta(days=3)
    closes_after: timedelta = timedelta(days=14)
    storm_per_minute: int = 20
    third_source: int = 3
    tenth_source: int = 10
    number_growth: float = 0.15
    # `monitor alerts report` advises a change from so many opinions of a kind on, and from this share of all.
    advise_from: int = 3
    noisy_share: float = 0.3


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How often and how long a notification is tried."""

    first_retry: timedelta = timedelta(seconds=5)
    shortest_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=15)
    longest_retry_after: timedelta = timedelta(hours=1)
    give_up_after: timedelta = timedelta(days=7)
    rest_after_failures: int = 3
    # Attempts in a row that failed, or messages in a row that were refused: then it is called dead.
    dead_after_failures: int = 5
    hand_over_after: timedelta = timedelta(minutes=5)
    send_timeout: timedelta = timedelta(seconds=30)
    lease: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """
    How long things are kept. ``max_bytes`` bounds the store, 0 for no bound; ``reserve_bytes`` is disk space
    held beside an SQLite store and given up when the disk is full, so that messages still go out. Of an article
    that went it stays known that it was seen, for ``tombstones`` after its feed last showed it.
    """

    articles: timedelta = timedelta(days=365)
    tombstones: timedelta = timedelta(days=730)
    deliveries: timedelta = timedelta(days=365)
    max_bytes: int = 0
    reserve_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class WebPolicy:
    """The small web server for health, signed links and the API; off where ``listen`` is empty."""

    listen: str = ""
    base_url: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class WebSubPolicy:
    """
    Subscriptions at hubs, where ``web.base_url`` is an address that the world can reach.

    What a hub tells makes its feed due, but no sooner than ``closest`` after the last look: twice as long after each
    hint that brought nothing, up to ``calmest``. A feed that could not be read is left to its back-off.
    """

    lease: timedelta = timedelta(days=10)
    longest_lease: timedelta = timedelta(days=30)
    renew_before: timedelta = timedelta(days=1)
    ask_again: timedelta = timedelta(hours=6)
    most_asked: int = 20
    max_body_bytes: int = 4 * 2**20
    closest: timedelta = timedelta(seconds=10)
    calmest: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """When the service calls itself unwell."""

    overdue: timedelta = timedelta(seconds=60)
    pending: timedelta = timedelta(minutes=5)
    heartbeat_url: str = ""
    heartbeat_every: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """
    The canary of each night: where ``nightly``, once a day from ``hour`` (UTC) on a test article is followed to
    every channel. Where it does not arrive within ``patience``, the fallback of the channel tells.
    """

    nightly: bool = False
    hour: int = 3
    patience: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class EnginePolicy:
    """
    How workers on a shared store look after each other. A worker that said nothing for ``missed_after`` loses
    its batches at the next ``sweep``; one that is told to stop has ``finish`` for the batches in hand, and none
    takes longer than about ``longest_batch``.
    """

    heartbeat: timedelta = timedelta(seconds=5)
    missed_after: timedelta = timedelta(seconds=20)
    sweep: timedelta = timedelta(seconds=10)
    finish: timedelta = timedelta(seconds=20)
    longest_batch: timedelta = timedelta(seconds=30)
    reconnect: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it."""

    fetch: FetchPolicy = FetchPolicy()
    poll: PollPolicy = PollPolicy()
    folder: FolderPolicy = field(default_factory=FolderPolicy)
    mailbox: MailboxPolicy = field(default_factory=MailboxPolicy)
    parse: ParsePolicy = ParsePolicy()
    normalise: NormalisePolicy = NormalisePolicy()
    fulltext: FulltextPolicy = FulltextPolicy()
    group: GroupPolicy = field(default_factory=GroupPolicy)
    alerts: AlertPolicy = AlertPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    engine: EnginePolicy = EnginePolicy()
    web: WebPolicy = WebPolicy()
    websub: WebSubPolicy = WebSubPolicy()
    health: HealthPolicy = HealthPolicy()
    canary: CanaryPolicy = CanaryPolicy()
    second_reader: SecondReaderPolicy = field(default_factory=SecondReaderPolicy)
    embeddings: EmbeddingsPolicy = field(default_factory=EmbeddingsPolicy)

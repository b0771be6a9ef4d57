"""
Every tunable number, with its unit and meaning.

Each class is a section of ``config/monitor.yaml`` of the same name in lower case (``FetchPolicy`` is
``fetch:``); the loader makes the section's keys from the fields: a ``timedelta`` is written ``30s``,
a field ending in ``_bytes`` may be written ``15MiB``. What stands below a field is what operators read of it:
in docs/operations.md, in `monitor schema`, and in the faults of `monitor check`.
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
    """A request, its redirects included, that takes longer than this fails."""
    connect_timeout: timedelta = timedelta(seconds=10)
    """A request fails if the host takes no connection within this time."""
    read_timeout: timedelta = timedelta(seconds=15)
    """A request fails if the host sends nothing for this long."""
    max_body_bytes: int = 15 * 2**20
    """A feed longer than this (bytes, unpacked) is not read."""
    large_body_bytes: int = 512 * 2**10
    """Answers above this size (bytes) are large: `most_large` limits how many are held."""
    most_large: int = 4
    """How many large answers are held in memory at once; others wait, but not forever."""
    modest_body_bytes: int = 2**20
    """A large answer that announces at most this size (bytes) waits only `modest_patience`."""
    modest_patience: timedelta = timedelta(seconds=1)
    """How long an answer of up to `modest_body_bytes` waits; then it is read anyway."""
    # Some servers never send a whole one.
    broken_after: int = 2
    """Failures in a row after which an answer that breaks off is used as is."""
    max_header_bytes: int = 16 * 2**10
    """Longest header field of an answer (bytes); with a longer one it fails."""
    concurrency: int = 64
    """How many feeds are polled at once, not counting those in `overtime`."""
    grace: timedelta = timedelta(seconds=2)
    """A poll longer than this frees its place for another and continues in `overtime`."""
    overtime: int = 192
    """How many slow polls may go on beside the usual `concurrency`."""
    per_host: int = 4
    """Most requests to one host at the same time."""
    host_spacing: timedelta = timedelta(milliseconds=250)
    """Least time between two requests to one public host."""
    longest_spacing: timedelta = timedelta(seconds=10)
    """Longest crawl-delay of robots.txt that is obeyed; longer ones count as this."""
    host_rest: timedelta = timedelta(minutes=1)
    """Least time a domain is left alone after 429, or 5xx with Retry-After."""
    longest_host_rest: timedelta = timedelta(days=1)
    """Most time a domain is left alone, whatever its Retry-After asks."""
    offline_hosts: int = 3
    """Unreachable hosts, with no answer between, after which we count as offline ourselves."""
    max_redirects: int = 10
    """Most redirects followed for one request; with one more it fails."""
    most_pages: int = 4
    """Most further pages or sitemaps read in one poll of a feed."""
    contact_url: str = "https://github.com/news-monitor/news-monitor"
    """Address in the User-Agent that tells site owners whom to contact."""


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """
    When a feed is polled.

    ``every`` holds until it is known how often a feed publishes; then it is asked ``polls_per_item``
    times as often as that, within ``shortest`` and ``calmest``. Hints of the feed (ttl, max-age, Expires)
    count up to ``calmest`` as well; Retry-After and failures stretch to ``longest``, 410 to ``gone_retry``.
    """

    every: timedelta = timedelta(minutes=15)
    """Wait between polls until a feed's own pace is known."""
    shortest: timedelta = timedelta(minutes=5)
    """Shortest wait between successful polls, unless a feed sets its own `every`."""
    calmest: timedelta = timedelta(hours=1)
    """Longest wait between successful polls that pace and hints of the feed lead to."""
    longest: timedelta = timedelta(hours=24)
    """Longest wait after failures or by Retry-After; only `gone_retry` may be longer."""
    gone_retry: timedelta = timedelta(days=7)
    """Wait before a feed is asked again after its server answered 410 (gone)."""
    polls_per_item: float = 3.0
    """Polls per published entry once the pace is known; larger polls more often."""
    learn_weight: float = 0.3
    """Share (0 to 1) of the newest poll in what is learnt; larger adapts faster."""
    first_retry: timedelta = timedelta(minutes=2)
    """Wait after the first failure of a feed; it doubles with each further one."""
    blocked_retry: timedelta = timedelta(minutes=30)
    """Replaces `first_retry` where we are blocked or the address may not be reached."""
    jitter: float = 0.1
    """Share by which waits are spread, so that feeds do not come back together."""
    # Some servers never let go of an ETag.
    full_every: timedelta = timedelta(hours=24)
    """How often a feed is asked in full, without ETag and If-Modified-Since."""
    redirect_holds: int = 3
    """Polls in a row that must show a permanent redirect before it is adopted."""
    silent_after: float = 5.0
    """A feed is silent after so many of its usual intervals without news."""
    silent_least: timedelta = timedelta(days=3)
    """No feed counts as silent before this long without news."""
    failing_after: int = 3
    """Failures in a row until a feed that worked before counts as failing."""
    told_after: int = 8
    """Failures in a row until a notice is sent; blocks and walls need `failing_after`."""
    slow_after: timedelta = timedelta(seconds=10)
    """A feed whose answer takes longer than this counts as slow."""
    remembered_guids: int = 10
    """How many of a feed's first entries are remembered, to notice entries that passed unseen."""
    idle_hints_told: int = 5
    """Hub hints in a row without news before the feed's health mentions it."""
    shape_least: int = 5
    """Fewest entries needed to judge whether a feed's entries have changed their form."""
    whole_characters: int = 500
    """Usual length (characters) that texts must have had to count as shrunk."""
    shrunk_share: float = 0.3
    """A feed counts as changed when texts shrink below this share of the usual."""
    changed_for: timedelta = timedelta(days=14)
    """After so long, what a feed changed to is taken as usual."""
    gather_notices: timedelta = timedelta(minutes=5)
    """Notices about feeds are gathered for this long and sent as one message."""
    lease: timedelta = timedelta(minutes=3)
    """How long a worker holds a claimed feed; afterwards others may poll it."""


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
    """How many processes read documents at once; more use more cores and memory."""
    grace: timedelta = timedelta(milliseconds=500)
    """A document that takes longer frees its place and is read on in `overtime`."""
    overtime: int = 4
    """How many slow documents may be read beside the usual `workers`."""
    bytes_per_s: float = 2.0 * 2**20
    """Assumed reading speed (bytes a second), from which a document's cost is estimated."""
    stand_back: float = 20.0
    """Seconds that a waiting document lets cheaper ones pass, per second of its cost."""
    longest_stand_back: timedelta = timedelta(seconds=30)
    """Most time for which a costly document lets cheaper ones pass."""
    time_limit: timedelta = timedelta(seconds=5)
    """Most processor time for one document in all; beyond it reading fails."""
    thorough_limit: timedelta = timedelta(seconds=3)
    """Part of `time_limit` for the full parser; then what is readable is salvaged."""
    memory_bytes: int = 900 * 2**20
    """Most memory (bytes) of one worker process; a document that needs more fails."""
    max_entries: int = 5_000
    """Most entries read of one document; of a longer one, those at both ends."""


@dataclass(frozen=True, slots=True)
class NormalisePolicy:
    """How entries become articles; lengths count characters, ``future`` is how far ahead a date is believed."""

    max_title: int = 500
    """Titles are cut to this length (characters)."""
    max_text: int = 100_000
    """Texts of articles are cut to this length (characters)."""
    max_author: int = 200
    """Names of authors are cut to this length (characters)."""
    max_tag: int = 60
    """Tags are cut to this length (characters)."""
    max_tags: int = 30
    """Most tags kept of one article; further ones are dropped."""
    future: timedelta = timedelta(minutes=15)
    """Dates further ahead than this are not believed; first sight counts instead."""
    rekeyed_share: float = 0.6
    """From this share of new entries with known titles, a feed has renamed them."""
    rekeyed_least: int = 5
    """A feed with fewer entries than this is never taken for renamed."""


@dataclass(frozen=True, slots=True)
class FulltextPolicy:
    """
    How far we go for the page behind an article: up to ``most`` pages a poll, ``patience`` for all of them.

    A feed's own text of ``enough_characters`` is taken for the whole article.
    """

    most: int = 12
    """Most article pages read in one poll; other articles keep their feed's text."""
    patience: timedelta = timedelta(seconds=15)
    """Time for all pages of one poll; later ones keep their feed's text."""
    enough_characters: int = 2_500
    """Where a feed's own text has this length (characters), no page is read."""
    max_page_bytes: int = 3 * 2**20
    """A page longer than this (bytes) is not read."""


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """When a story is worth a message."""

    group_wait: timedelta = timedelta(seconds=30)
    """How long a new alert from one source waits for a second source."""
    oldest: timedelta = timedelta(days=3)
    """A story whose newest article is older than this does not ring."""
    closes_after: timedelta = timedelta(days=14)
    """An alert closes when its story was quiet for this long."""
    storm_per_minute: int = 20
    """Messages a minute for a channel without its own `per_minute`; more are folded together."""
    third_source: int = 3
    """Independent sources at which a first update about more sources is due."""
    tenth_source: int = 10
    """Independent sources at which a second update about more sources is due."""
    number_growth: float = 0.15
    """Growth of a reported figure that is worth an update; 0.15 is 15%."""
    advise_from: int = 3
    """Fewest like opinions from which `monitor alerts report` advises a change."""
    noisy_share: float = 0.3
    """Least share of all judgements that like opinions must be before a change is advised."""


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How often and how long a notification is tried."""

    first_retry: timedelta = timedelta(seconds=5)
    """Longest wait after the first failed attempt; it doubles with each further one."""
    shortest_retry: timedelta = timedelta(seconds=1)
    """Shortest wait between two attempts, even if a service asks for less."""
    longest_retry: timedelta = timedelta(minutes=15)
    """Longest wait or rest of a channel that the program chooses by itself."""
    longest_retry_after: timedelta = timedelta(hours=1)
    """Longest wait that a service may ask for (Retry-After)."""
    give_up_after: timedelta = timedelta(days=7)
    """A message that could not be delivered for this long becomes a dead letter."""
    rest_after_failures: int = 3
    """Failures in a row after which a channel rests before it is tried again."""
    dead_after_failures: int = 5
    """Failures or refusals in a row after which a channel is called dead."""
    hand_over_after: timedelta = timedelta(minutes=5)
    """After failing for this long, a channel's messages go to its fallback as well."""
    send_timeout: timedelta = timedelta(seconds=30)
    """Most time for one attempt to send a message."""
    lease: timedelta = timedelta(minutes=2)
    """How long a worker holds a claimed message; afterwards others may send it."""


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """
    How long things are kept. ``max_bytes`` bounds the store, 0 for no bound; ``reserve_bytes`` is disk space
    held beside an SQLite store and given up when the disk is full, so that messages still go out. Of an article
    that went it stays known that it was seen, for ``tombstones`` after its feed last showed it.
    """

    articles: timedelta = timedelta(days=365)
    """Articles older than this are removed, except those of open alerts."""
    tombstones: timedelta = timedelta(days=730)
    """How long a removed article stays known after its feed last showed it."""
    deliveries: timedelta = timedelta(days=365)
    """Messages that are done, and their attempts, are removed after this long."""
    max_bytes: int = 0
    """Above this size of the store (bytes) the oldest articles go; 0: no limit."""
    reserve_bytes: int = 8 * 1024 * 1024
    """Disk space (bytes) held beside an SQLite store for when the disk is full."""


@dataclass(frozen=True, slots=True)
class WebPolicy:
    """The small web server for health, signed links and the API; off where ``listen`` is empty."""

    listen: str = ""
    """IP address and port to serve on, such as 127.0.0.1:8437; empty: no server."""
    base_url: str = ""
    """Public address that signed links begin with and hubs call; empty: no links."""
    token: str = ""
    """Bearer token that callers of the API send; empty: the API is closed."""


@dataclass(frozen=True, slots=True)
class WebSubPolicy:
    """
    Subscriptions at hubs, where ``web.base_url`` is an address that the world can reach.

    What a hub tells makes its feed due, but no sooner than ``closest`` after the last look: twice as long after each
    hint that brought nothing, up to ``calmest``. A feed that could not be read is left to its back-off.
    """

    lease: timedelta = timedelta(days=10)
    """How long a subscription is asked for."""
    longest_lease: timedelta = timedelta(days=30)
    """A lease that a hub grants counts up to this."""
    renew_before: timedelta = timedelta(days=1)
    """How long before its end a subscription is renewed."""
    ask_again: timedelta = timedelta(hours=6)
    """Least wait before a hub is asked again for the same feed."""
    most_asked: int = 20
    """Most subscriptions asked for in one round."""
    max_body_bytes: int = 4 * 2**20
    """What a hub sends is refused above this size (bytes)."""
    closest: timedelta = timedelta(seconds=10)
    """Least time between a look and one that a hub's hint causes."""
    calmest: timedelta = timedelta(hours=1)
    """Longest such wait: hints that bring nothing double `closest` up to this."""


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """When the service calls itself unwell."""

    overdue: timedelta = timedelta(seconds=60)
    """Unhealthy if feeds are due and no round of polling ended for this long."""
    pending: timedelta = timedelta(minutes=5)
    """Unhealthy if a message has waited for its channel longer than this."""
    heartbeat_url: str = ""
    """Address asked after healthy rounds, so that an outside service notices silence; empty: none."""
    heartbeat_every: timedelta = timedelta(minutes=1)
    """Least time between two requests to `heartbeat_url`."""


@dataclass(frozen=True, slots=True)
class CanaryPolicy:
    """
    The canary of each night: where ``nightly``, once a day from ``hour`` (UTC) on a test article is followed to
    every channel. Where it does not arrive within ``patience``, the fallback of the channel tells.
    """

    nightly: bool = False
    """Whether a test article is followed to every channel once a day."""
    hour: int = 3
    """Hour (0 to 23, UTC) from which the day's canary is sent."""
    patience: timedelta = timedelta(minutes=5)
    """The canary fails if it has not arrived within this time."""


@dataclass(frozen=True, slots=True)
class EnginePolicy:
    """
    How workers on a shared store look after each other. A worker that said nothing for ``missed_after`` loses
    its batches at the next ``sweep``; one that is told to stop has ``finish`` for the batches in hand, and none
    takes longer than about ``longest_batch``.
    """

    heartbeat: timedelta = timedelta(seconds=5)
    """How often a worker says that it is alive."""
    missed_after: timedelta = timedelta(seconds=20)
    """A worker that said nothing for this long loses its batches to others."""
    sweep: timedelta = timedelta(seconds=10)
    """How often workers look for others that fell silent."""
    finish: timedelta = timedelta(seconds=20)
    """Time that a worker which is told to stop has for batches in hand."""
    longest_batch: timedelta = timedelta(seconds=30)
    """A batch ends after about this long, so that others have their turn."""
    reconnect: timedelta = timedelta(seconds=2)
    """Wait before the work queue is tried again after its connection broke."""


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

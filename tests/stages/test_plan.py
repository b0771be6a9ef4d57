"""When feeds are asked again, and what is said about them."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.errors import FetchError, FetchFault, ParseError
from monitor.domain.feed import Entry, Feed, FeedId, FeedState, Fetched, Health, ParsedFeed, Shape
from monitor.domain.policy import PollPolicy
from monitor.stages.feed_health import remembered_keys
from monitor.stages.plan import plan_failure, plan_success, retry_after_s
from tests.builders import NOW

POLICY = PollPolicy()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed"
FEED = Feed(FeedId("example"), URL)


def state(**fields) -> FeedState:
    return dataclasses.replace(FeedState(FEED.id, NOW, URL, last_success_at=NOW - HOUR), **fields)


def fetched(status: int = 200, **fields) -> Fetched:
    headers = {name.replace("_", "-"): value for name, value in fields.pop("headers", {}).items()}
    body_hash = "" if status == 304 else "h"
    return Fetched(FEED.id, status, URL, None, headers, **{"body_hash": body_hash, **fields})


def entries(count: int, apart: timedelta = HOUR, newest: datetime = NOW, name: str = "e") -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"{name}{number}",
            f"Title {number}",
            f"https://example.org/{name}{number}",
            published_at=newest - apart * number,
        )
        for number in range(count)
    )


def document(count: int = 10, apart: timedelta = HOUR, **fields) -> ParsedFeed:
    shown = fields.pop("entries", None)
    return ParsedFeed("Example", entries(count, apart) if shown is None else shown, **fields)


def succeed(before: FeedState, answer: Fetched, parsed: ParsedFeed | None = None, new: int = 0, feed: Feed = FEED):
    return plan_success(feed, before, answer, parsed, new, NOW, POLICY)


def wait(planned: FeedState) -> timedelta:
    return planned.next_check_at - NOW


def about(length: timedelta) -> tuple[timedelta, timedelta]:
    return length, length * (1 + POLICY.jitter)


def is_about(planned: FeedState, length: timedelta) -> bool:
    least, most = about(length)
    return least <= wait(planned) <= most


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        pytest.param(timedelta(seconds=20), POLICY.shortest, id="a torrent: as often as is decent"),
        pytest.param(30 * MINUTE, 9.375 * MINUTE, id="two an hour, looked at three times as often"),
        pytest.param(10 * HOUR, POLICY.calmest, id="a trickle: at least hourly"),
    ],
)
def test_the_interval_is_learnt_from_the_dates_of_the_entries(apart, expected):
    planned, _ = succeed(state(), fetched(), document(16, apart))
    assert is_about(planned, expected)


def test_an_unknown_cadence_takes_the_default_interval():
    planned, _ = succeed(state(), fetched(), document(entries=()))
    assert is_about(planned, POLICY.every)


def test_the_operator_has_the_last_word_on_the_interval():
    feed = dataclasses.replace(FEED, every=timedelta(minutes=2))
    planned, _ = succeed(state(), fetched(headers={"cache_control": "max-age=3600"}), document(), feed=feed)
    assert is_about(planned, timedelta(minutes=2))


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        pytest.param({"cache_control": "public, max-age=2400"}, None, 40 * MINUTE, id="max-age"),
        pytest.param({"cache_control": "max-age=3000", "age": "600"}, None, 40 * MINUTE, id="max-age, from a cache"),
        pytest.param({"cache_control": "max-age=2400", "age": "old"}, None, 40 * MINUTE, id="an age that is none"),
        pytest.param({"cache_control": "max-age=60", "age": "9" * 30}, None, POLICY.every, id="an age beyond its end"),
        pytest.param({"expires": "Wed, 25 Nov 2026 09:50:00 GMT"}, None, 50 * MINUTE, id="expires"),
        pytest.param(
            {"cache_control": "max-age=60", "expires": "Wed, 25 Nov 2026 09:50:00 GMT"},
            None,
            POLICY.every,
            id="max-age beats expires",
        ),
        pytest.param({"expires": "0"}, None, POLICY.every, id="nonsense"),
        pytest.param({}, 30 * MINUTE, 30 * MINUTE, id="ttl"),
        pytest.param({}, 9 * DAY, POLICY.calmest, id="a wish is bounded"),
        pytest.param({"cache_control": "max-age=31536000"}, None, POLICY.calmest, id="a year is bounded"),
        pytest.param({"retry_after": "7200"}, None, 2 * HOUR, id="patience asked for beside a document"),
    ],
)
def test_wishes_of_the_server_count_within_bounds(headers, ttl, expected):
    planned, _ = succeed(state(), fetched(headers=headers), document(entries=(), ttl=ttl))
    assert is_about(planned, expected)


def test_wishes_of_the_document_are_remembered_when_it_did_not_change():
    first, _ = succeed(state(), fetched(), document(entries=(), ttl=40 * MINUTE))
    second, _ = succeed(first, fetched(304))
    assert is_about(second, 40 * MINUTE)


def test_hours_and_days_without_news_are_skipped():
    planned, _ = succeed(state(), fetched(), document(entries=(), skip_hours=frozenset({9, 10, 11})))
    assert planned.next_check_at.hour == 12
    always, _ = succeed(state(), fetched(), document(entries=(), skip_hours=frozenset(range(24))))
    assert wait(always) <= POLICY.longest
    late = NOW.replace(minute=59)
    answer = fetched(headers={"retry_after": str(int(POLICY.longest.total_seconds()) - 3700)})
    parsed = document(entries=(), skip_days=frozenset({2, 3}))
    planned, _ = plan_success(FEED, state(), answer, parsed, 0, late, POLICY)
    assert planned.next_check_at <= late + POLICY.longest
    wednesday, _ = succeed(state(), fetched(), document(entries=(), skip_days=frozenset({NOW.weekday()})))
    assert wednesday.next_check_at.weekday() == (NOW.weekday() + 1) % 7


@pytest.mark.parametrize("status", [200, 304])
def test_validators_are_kept_verbatim(status):
    headers = {"etag": 'W/"x"', "last_modified": "Mon, 01 Jan 2041 00:00:00 GMT"}
    planned, _ = succeed(state(etag="old"), fetched(status, headers=headers))
    assert (planned.etag, planned.last_modified) == ('W/"x"', "Mon, 01 Jan 2041 00:00:00 GMT")


def test_validators_outlive_a_304_without_any_and_not_a_document_without_any():
    assert succeed(state(etag="e"), fetched(304))[0].etag == "e"
    assert succeed(state(etag="e"), fetched(200))[0].etag is None
    assert succeed(state(), fetched(headers={"etag": "x" * 5000}))[0].etag is None


@pytest.mark.parametrize(
    "etag", ["x" * 1_000_000, '"a\r\nX-Evil: 1"', '"\0"', '"\u2028"'], ids=["long", "two lines", "zero", "separator"]
)
def test_validators_that_cannot_be_sent_back_are_dropped(etag):
    planned, _ = succeed(state(etag='"old"'), fetched(headers={"etag": etag, "last_modified": etag}), document())
    assert (planned.etag, planned.last_modified) == (None, None)


def test_failures_double_the_wait_and_never_end_it():
    waits, planned = [], state()
    for _ in range(40):
        planned, _ = plan_failure(FEED, planned, FetchError("no"), NOW, POLICY)
        waits.append(wait(planned))
    assert POLICY.first_retry <= waits[0] <= POLICY.first_retry * 1.1
    assert waits[3] >= waits[0] * 6
    assert POLICY.longest * 0.9 <= waits[-1] <= POLICY.longest
    assert planned.failures == 40


@pytest.mark.parametrize(
    ("asked_s", "expected"),
    [(30, POLICY.shortest), (3600, HOUR), (10**9, POLICY.longest * 0.9)],
)
def test_patience_asked_for_is_kept_within_bounds(asked_s, expected):
    error = FetchError("busy", kind=FetchFault.BUSY, retry_after_s=asked_s)
    planned, _ = plan_failure(FEED, state(), error, NOW, POLICY)
    assert expected <= wait(planned) <= min(expected * 1.2, POLICY.longest)


def test_a_host_at_rest_is_no_failure_of_the_feed():
    error = FetchError("rests", kind=FetchFault.RESTING, retry_after_s=600)
    planned, notices = plan_failure(FEED, state(failures=2), error, NOW, POLICY)
    assert (planned.failures, planned.health, notices) == (2, Health.FINE, ())
    assert is_about(planned, 10 * MINUTE)


def test_when_we_are_offline_no_feed_is_to_blame():
    error = FetchError("no host can be reached at the moment", kind=FetchFault.OFFLINE)
    planned, notices = _fail(60, error, state())
    assert (planned.health, notices) == (Health.FINE, [])
    assert wait(planned) <= POLICY.every * (1 + POLICY.jitter)
    assert "no host can be reached" in planned.health_reason


def test_a_feed_that_is_gone_is_told_at_once_and_asked_weekly():
    error = FetchError("example.org says that this is gone for good (410)", kind=FetchFault.GONE)
    planned, notices = plan_failure(FEED, state(), error, NOW, POLICY)
    assert planned.health is Health.GONE
    assert 6 * DAY <= wait(planned) <= 7 * DAY
    assert "gone for good" in notices[0]
    assert plan_failure(FEED, planned, error, NOW, POLICY)[1] == ()


def _fail(times: int, error: Exception, before: FeedState):
    told = []
    for _ in range(times):
        before, notices = plan_failure(FEED, before, error, NOW, POLICY)
        told += notices
    return before, told


@pytest.mark.parametrize(
    ("error", "times", "health", "told"),
    [
        pytest.param(FetchError("no"), 1, Health.FINE, 0, id="once is nothing"),
        pytest.param(FetchError("no"), 3, Health.FAILING, 0, id="three times is failing"),
        pytest.param(FetchError("no"), 20, Health.FAILING, 1, id="told once"),
        pytest.param(FetchError("no", kind=FetchFault.BLOCKED), 1, Health.BLOCKED, 0, id="blocked"),
        pytest.param(FetchError("no", kind=FetchFault.BLOCKED), 9, Health.BLOCKED, 1, id="blocked is told sooner"),
        pytest.param(ParseError("a page for people", is_wall=True), 3, Health.WALLED, 1, id="a wall"),
        pytest.param(ParseError("no feed"), 3, Health.CHANGED, 0, id="what was a feed is none"),
    ],
)
def test_failures_become_a_health_with_a_reason(error, times, health, told):
    planned, notices = _fail(times, error, state())
    assert planned.health is health
    assert len(notices) == told
    assert str(error) in planned.health_reason


def test_a_feed_that_never_worked_is_failing_at_once():
    planned, _ = plan_failure(FEED, state(last_success_at=None), ParseError("no feed"), NOW, POLICY)
    assert planned.health is Health.FAILING


def test_not_modified_after_failures_heals_nothing_and_a_document_does():
    broken, _ = _fail(20, FetchError("no"), state())
    still, notices = succeed(broken, fetched(304))
    assert (still.health, notices) == (Health.FAILING, ())
    well, notices = succeed(broken, fetched(), document(), 1)
    assert (well.health, well.failures, well.health_reason) == (Health.FINE, 0, "")
    assert notices == ("is well again; it was failing",)
    same, notices = succeed(broken, fetched())
    assert same.health is Health.FINE


def test_a_permanent_redirect_is_adopted_when_it_held():
    target = "https://example.org/new"
    planned, told = state(), []
    for _ in range(POLICY.redirect_holds):
        assert planned.url == URL
        planned, notices = succeed(planned, fetched(permanent_url=target))
        told += notices
    assert (planned.url, planned.adopted_from) == (target, URL)
    assert planned.address(FEED) == target
    assert len(told) == 1
    assert "moved for good to https://example.org/new" in told[0]


def test_a_redirect_that_changes_or_is_less_safe_is_not_adopted():
    planned = state()
    for number in range(9):
        planned, _ = succeed(planned, fetched(permanent_url=f"https://example.org/{number % 2}"))
    for _ in range(9):
        planned, _ = succeed(planned, fetched(permanent_url="http://example.org/plain"))
    assert planned.url == URL


def test_an_adopted_address_that_fails_gives_way_to_the_configured_one():
    moved = state(url="https://example.org/new", adopted_from=URL, etag="e")
    planned, _ = _fail(POLICY.failing_after, FetchError("no"), moved)
    assert (planned.address(FEED), planned.url, planned.etag) == (URL, URL, None)


def test_another_address_in_the_configuration_forgets_the_validators():
    planned, _ = succeed(state(url="https://example.org/before", etag="e", failures=7), fetched(304))
    assert (planned.url, planned.etag) == (URL, None)


def test_an_overflow_is_estimated_and_the_interval_shortened():
    before = state(
        newest_guids=remembered_keys(entries(10, name="old")), publishes_per_day=240.0, interval=timedelta(minutes=40)
    )
    before = dataclasses.replace(before, last_success_at=NOW - 4 * HOUR)
    planned, notices = succeed(before, fetched(), document(10, 6 * MINUTE), 10)
    assert planned.health is Health.OVERFLOWING
    assert "about 30 entries" in planned.health_reason
    assert notices == (planned.health_reason,)
    assert wait(planned) <= timedelta(minutes=22)
    again, _ = succeed(planned, fetched(), document(10, 6 * MINUTE), 0)
    assert again.health is Health.FINE


def test_new_ids_for_known_links_are_no_overflow():
    before = state(newest_guids=remembered_keys(entries(5)))
    renamed = tuple(dataclasses.replace(entry, guid=f"x-{entry.guid}") for entry in entries(5))
    planned, _ = succeed(before, fetched(), document(entries=renamed), 5)
    assert planned.health is Health.FINE


def test_a_feed_that_says_that_it_has_ended_is_told_once_and_asked_on():
    ended, notices = succeed(state(), fetched(), document(has_ended=True), new=1)
    assert (ended.health, len(notices)) == (Health.GONE, 1)
    assert wait(ended) < DAY
    for answer, parsed in ((fetched(304), None), (fetched(), None), (fetched(), document(has_ended=True))):
        after, notices = succeed(ended, answer, parsed)
        assert (after.health, notices) == (Health.GONE, ())
    after, notices = succeed(ended, fetched(), document())
    assert (after.health, notices) == (Health.FINE, ("is well again; it was gone",))


@pytest.mark.parametrize(
    ("header", "hub", "topic"),
    [
        pytest.param(
            '<https://hub.example/>; rel="hub", </self>; rel="self"',
            "https://hub.example/",
            "https://example.org/self",
            id="both",
        ),
        pytest.param("<https://hub.example/>;rel=HUB", "https://hub.example/", None, id="no quotes"),
        pytest.param(
            '<https://hub.example/>; title="a, b"; rel="hub self"',
            "https://hub.example/",
            "https://hub.example/",
            id="two in one",
        ),
        pytest.param('<https://a.example/>; rel="next"', None, None, id="another relation"),
        pytest.param("<<<>>;;;rel=hub", None, None, id="nonsense"),
        pytest.param("<http://[>; rel=hub", None, None, id="no address"),
        pytest.param("<" * 50_000, None, None, id="long nonsense"),
    ],
)
def test_a_hub_may_be_named_in_a_header(header, hub, topic):
    planned, _ = succeed(state(), fetched(headers={"link": header}), document())
    assert (planned.hub_url, planned.topic_url) == (hub, topic)


def test_the_document_has_the_last_word_on_its_hub():
    planned, _ = succeed(
        state(), fetched(headers={"link": "<https://a.example/>; rel=hub"}), document(hub_url="https://b.example/")
    )
    assert planned.hub_url == "https://b.example/"


def test_a_feed_that_lost_all_its_entries_has_changed():
    before, _ = succeed(state(), fetched(), document())
    planned, notices = succeed(before, fetched(), document(entries=()))
    assert planned.health is Health.CHANGED
    assert "empty" in notices[0]
    # The same document again is what it was, and no recovery.
    for answer in (fetched(), fetched(304)):
        planned, notices = succeed(planned, answer)
        assert (planned.health, notices) == (Health.CHANGED, ())
    planned, (notice,) = succeed(planned, fetched(), document())
    assert (planned.health, notice) == (Health.FINE, "is well again; it was changed")


def shaped(count: int = 6, characters: int = 3000, held: str = "dates links texts") -> ParsedFeed:
    return document(shape=Shape(count, characters, frozenset(held.split())))


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        pytest.param(shaped(characters=90), "about 90 characters long now and were about 3,000", id="summaries only"),
        pytest.param(shaped(characters=0, held="dates links"), "no texts any more", id="headlines only"),
        pytest.param(shaped(held="links texts"), "no dates any more", id="without dates"),
        pytest.param(shaped(held="texts"), "no dates and no links any more", id="without dates and links"),
    ],
)
def test_a_feed_whose_entries_are_not_what_they_were_is_changed_until_they_are(after, reason):
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    changed, notices = succeed(usual, fetched(), after, new=6)
    assert changed.health is Health.CHANGED
    assert reason in changed.health_reason
    assert notices == (changed.health_reason,)
    for answer, parsed in ((fetched(304), None), (fetched(), document()), (fetched(), shaped(count=1))):
        still, notices = succeed(changed, answer, parsed)
        assert (still.health, still.health_reason, notices) == (Health.CHANGED, changed.health_reason, ())
    healed, notices = succeed(changed, fetched(), shaped(), new=6)
    assert (healed.health, healed.changed_at) == (Health.FINE, None)
    assert "well again" in notices[0]


def test_what_a_feed_changed_to_is_usual_in_the_end():
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    changed, _ = succeed(usual, fetched(), shaped(characters=90), new=6)
    later = dataclasses.replace(changed, changed_at=NOW - POLICY.changed_for)
    settled, _ = succeed(later, fetched(), shaped(characters=90), new=6)
    assert (settled.health, settled.usual.characters) == (Health.FINE, 90)
    assert succeed(settled, fetched(), shaped(characters=90), new=6)[0].health is Health.FINE


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(shaped(count=4, characters=90), id="a few short ones"),
        pytest.param(shaped(characters=1200), id="somewhat shorter"),
        pytest.param(shaped(characters=90_000), id="longer"),
        pytest.param(document(), id="nothing new"),
    ],
)
def test_entries_may_differ(after):
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    planned, notices = succeed(usual, fetched(), after, new=1)
    assert (planned.health, notices) == (Health.FINE, ())


def test_short_texts_may_be_shorter():
    usual, _ = succeed(state(), fetched(), shaped(characters=300), new=6)
    assert succeed(usual, fetched(), shaped(characters=20), new=6)[0].health is Health.FINE


def test_a_new_address_may_give_other_entries():
    usual, _ = succeed(state(), fetched(), shaped(), new=6)
    moved = dataclasses.replace(FEED, url="https://example.org/short")
    planned, _ = succeed(usual, fetched(), shaped(characters=90), new=6, feed=moved)
    assert (planned.health, planned.usual.characters) == (Health.FINE, 90)


def test_silence_is_told_once_and_heals():
    before = state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY)
    planned, notices = succeed(before, fetched(304))
    assert planned.health is Health.SILENT
    assert notices == ("nothing new for 4 days; it used to publish 10 entries a day",)
    again, notices = succeed(planned, fetched(304))
    assert (again.health, notices) == (Health.SILENT, ())
    well, notices = succeed(again, fetched(), document(), 3)
    assert well.health is Health.FINE
    assert notices == ("is well again; it was silent",)


def test_of_two_illnesses_one_after_the_other_recovery_names_both():
    quiet, _ = succeed(state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY), fetched(304))
    blocked, notices = _fail(9, FetchError("no", kind=FetchFault.BLOCKED), quiet)
    assert [notice.split(": ")[0] for notice in notices] == ["could not be read 3 times in a row (blocked)"]
    assert blocked.told == (Health.SILENT, Health.BLOCKED)
    read, notices = succeed(blocked, fetched())
    assert (read.health, read.told) == (Health.SILENT, (Health.SILENT,))
    assert notices == (
        "is read again; it was blocked; still silent: nothing new for 4 days; it used to publish 10 entries a day",
    )
    again, notices = succeed(read, fetched(304))
    assert (again.told, notices) == ((Health.SILENT,), ())
    well, notices = succeed(blocked, fetched(), document(), 3)
    assert (well.health, well.told) == (Health.FINE, ())
    assert notices == ("is well again; it was silent, then blocked",)


def test_an_illness_that_gives_way_to_another_is_told_to_be_over_with_it():
    blocked, _ = _fail(
        9, FetchError("no", kind=FetchFault.BLOCKED), state(publishes_per_day=10.0, newest_at=NOW - 4 * DAY)
    )
    silent, notices = succeed(blocked, fetched())
    assert (silent.told, len(notices)) == ((Health.SILENT,), 1)
    assert notices[0].endswith("; before that it was blocked")


def test_an_illness_that_comes_back_before_the_feed_is_well_is_told_once():
    blocked, _ = _fail(9, FetchError("no", kind=FetchFault.BLOCKED), state())
    failing, told = _fail(30, FetchError("no"), blocked)
    _, again = _fail(9, FetchError("no", kind=FetchFault.BLOCKED), failing)
    assert (len(told), again) == (1, [])


def test_a_slow_answer_is_a_recovery():
    blocked, _ = _fail(9, FetchError("no", kind=FetchFault.BLOCKED), state())
    slow, notices = succeed(blocked, fetched(elapsed_s=14.2), document())
    assert (slow.health, slow.told, notices) == (Health.SLOW, (), ("is well again; it was blocked",))
    assert succeed(slow, fetched(), document())[1] == ()


def test_silence_within_the_cadence_is_no_fault():
    planned, _ = succeed(state(publishes_per_day=0.2, newest_at=NOW - 20 * DAY), fetched(304))
    assert planned.health is Health.FINE


def test_a_slow_answer_is_seen_and_not_told():
    planned, notices = succeed(state(), fetched(elapsed_s=14.2), document())
    assert (planned.health, notices) == (Health.SLOW, ())
    assert planned.health_reason == "the last answer took 14 s"


def test_feeds_that_failed_together_come_back_apart():
    moments = {
        plan_failure(dataclasses.replace(FEED, id=FeedId(f"f{number}")), state(), FetchError("no"), NOW, POLICY)[
            0
        ].next_check_at
        for number in range(50)
    }
    assert len(moments) == 50


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0), ("120", 120), (" 5 ", 5), ("9" * 400, 999_999_999), ("Wed, 25 Nov 2026 09:01:00 GMT", 60),
        ("Wed, 25 Nov 2020 09:01:00 GMT", 0), ("", None), (None, None), ("-5", None), ("soon", None), ("1.5", None),
        ("²", None), ("Thu, 99 Foo 99999999 99:99:99 GMT", None), ("Mon, 1 Jan 0000 00:00:00 +9999", None),
    ],
)  # fmt: skip
def test_retry_after_in_both_forms(header, seconds):
    assert retry_after_s(header, NOW) == seconds


_moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=NOW.tzinfo)
)
_states = st.builds(
    state,
    failures=st.integers(0, 10**6),
    interval=st.timedeltas(timedelta(0), timedelta(days=9000)),
    publishes_per_day=st.none() | st.floats(0, 1e9),
    newest_at=st.none() | _moments,
    last_success_at=st.none() | _moments,
    health=st.sampled_from(Health),
    noted=st.sampled_from(Health),
    noted_before=st.lists(st.sampled_from(Health), max_size=2, unique=True).map(tuple),
    redirect_seen=st.integers(0, 5),
    newest_guids=st.sampled_from([(), ("a", "b")]),
)
_headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "retry-after", "etag", "last-modified"]),
    st.text(max_size=30) | st.integers().map(str) | st.integers().map(lambda number: f"max-age={number}") | _moments.map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT")),
)  # fmt: skip
_documents = st.none() | st.builds(
    ParsedFeed,
    title=st.just(""),
    entries=st.lists(st.builds(Entry, guid=st.text(max_size=5), title=st.just(""), link=st.text(max_size=5), published_at=st.none() | _moments), max_size=8).map(tuple),
    ttl=st.none() | st.timedeltas(timedelta(days=-3000), timedelta(days=3000)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)  # fmt: skip
_feeds = st.builds(
    Feed, id=st.text(max_size=5), url=st.just(URL), every=st.none() | st.timedeltas(timedelta(0), DAY * 3650)
)


@settings(max_examples=150, deadline=None)
@given(_feeds, _states, _headers, _documents, st.sampled_from([200, 304]), st.integers(0, 10**7))
def test_an_answer_plans_the_next_look_within_bounds(feed, before, headers, parsed, status, new):
    answer = Fetched(feed.id, status, URL, None, headers, body_hash="" if status == 304 else "h")
    planned, notices = plan_success(feed, before, answer, parsed, new, NOW, POLICY)
    assert timedelta(0) <= wait(planned) <= POLICY.longest
    assert planned.failures == 0
    assert all(notices)


@settings(max_examples=150, deadline=None)
@given(
    _feeds,
    _states,
    st.builds(FetchError, st.just("no"), kind=st.sampled_from(FetchFault), retry_after_s=st.none() | st.floats(0, 1e12))
    | st.builds(ParseError, st.just("no"), is_wall=st.booleans()),
)
def test_a_failure_plans_the_next_look_within_bounds(feed, before, error):
    planned, _ = plan_failure(feed, before, error, NOW, POLICY)
    is_gone = planned.health is Health.GONE
    assert timedelta(0) <= wait(planned) <= (POLICY.gone_retry if is_gone else POLICY.longest)

"""When feeds are asked again."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.errors import FetchError, FetchFault, ParseError
from monitor.domain.feed import Entry, Feed, FeedId, FeedKind, Fetched, Health, ParsedFeed
from monitor.stages.feeds.plan import plan_failure, plan_success, retry_after_s
from tests.builders import NOW
from tests.stages.planning import (
    DAY,
    FEED,
    HOUR,
    MINUTE,
    POLICY,
    URL,
    document,
    fail,
    fetched,
    is_about,
    state,
    succeed,
    wait,
)


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


def test_entries_that_were_put_there_at_once_tell_no_pace():
    shown = tuple(dataclasses.replace(entry, published_at=NOW - 9 * DAY) for entry in document(12).entries)
    planned, _ = succeed(state(), fetched(), document(entries=shown))
    assert (planned.publishes_per_day, planned.health) == (None, Health.FINE)


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


@pytest.mark.parametrize("kind", [FetchFault.RESTING, FetchFault.BUSY])
def test_who_is_to_be_left_alone_for_long_is_blocked_until_it_answers(kind):
    error = FetchError("example.org asked to be left alone", kind=kind, retry_after_s=5 * 3600)
    planned, notices = plan_failure(FEED, state(), error, NOW, POLICY)
    assert (planned.health, notices) == (Health.BLOCKED, ())
    assert planned.health_reason == "example.org asked to be left alone; it asks for patience for 5 hours"
    later, notices = succeed(planned, fetched(), document())
    assert (later.health, later.health_reason, notices) == (Health.FINE, "", ())


def test_a_rest_hides_no_illness():
    error = FetchError("example.org asked to be left alone", kind=FetchFault.RESTING, retry_after_s=5 * 3600)
    before = state(health=Health.WALLED, health_reason="a cookie wall")
    planned, _ = plan_failure(FEED, before, error, NOW, POLICY)
    assert planned.health is Health.WALLED
    assert planned.health_reason.endswith("; before that: a cookie wall")


def test_when_we_are_offline_no_feed_is_to_blame():
    error = FetchError("no host can be reached at the moment", kind=FetchFault.OFFLINE)
    planned, notices = fail(60, error, state())
    assert (planned.health, notices) == (Health.FINE, [])
    assert wait(planned) <= POLICY.every * (1 + POLICY.jitter)
    assert "no host can be reached" in planned.health_reason


def test_a_feed_that_is_gone_is_told_at_once_and_asked_weekly():
    error = FetchError("example.org says that this is gone for good (410)", kind=FetchFault.GONE)
    planned, notices = plan_failure(FEED, state(), error, NOW, POLICY)
    assert planned.health is Health.GONE
    assert 6 * DAY <= wait(planned) <= 7 * DAY
    assert "gone for good (410); it is asked every 7 days from now on" in notices[0]
    assert plan_failure(FEED, planned, error, NOW, POLICY)[1] == ()


def test_a_folder_that_is_not_there_is_looked_for_more_rarely():
    folder = dataclasses.replace(FEED, kind=FeedKind.FOLDER, every=timedelta(seconds=2))
    planned, waits = state(), []
    for _ in range(9):
        planned, _ = plan_failure(folder, planned, FetchError("no such folder"), NOW, POLICY)
        waits.append(wait(planned) / timedelta(seconds=1))
    assert waits == [2, 4, 8, 16, 32, 64, 120, 120, 120]
    rare = dataclasses.replace(folder, every=timedelta(hours=1))
    assert wait(plan_failure(rare, state(), FetchError("no such folder"), NOW, POLICY)[0]) == HOUR


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
    planned, _ = fail(POLICY.failing_after, FetchError("no"), moved)
    assert (planned.address(FEED), planned.url, planned.etag) == (URL, URL, None)


def test_another_address_in_the_configuration_forgets_the_validators():
    planned, _ = succeed(state(url="https://example.org/before", etag="e", failures=7), fetched(304))
    assert (planned.url, planned.etag) == (URL, None)


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


@settings(max_examples=150)
@given(_feeds, _states, _headers, _documents, st.sampled_from([200, 304]), st.integers(0, 10**7))
def test_an_answer_plans_the_next_look_within_bounds(feed, before, headers, parsed, status, new):
    answer = Fetched(feed.id, status, URL, None, headers, body_hash="" if status == 304 else "h")
    planned, notices = plan_success(feed, before, answer, parsed, new, NOW, POLICY)
    assert timedelta(0) <= wait(planned) <= POLICY.longest
    assert planned.failures == (before.failures if status == 304 else 0)
    assert all(notices)


@settings(max_examples=150)
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


def test_nothing_vouches_for_a_document_that_was_cut() -> None:
    vouching = {"etag": '"2"', "last_modified": "Wed, 25 Nov 2026 09:00:00 GMT"}
    before = state(etag='"1"', last_modified="Tue, 24 Nov 2026 09:00:00 GMT", body_hash="old")
    cut, _ = succeed(before, fetched(headers=vouching), document(is_cut=True), new=3)
    assert (cut.etag, cut.last_modified, cut.body_hash) == (None, None, None)
    whole, _ = succeed(cut, fetched(headers=vouching, body_hash="new"), document(), new=3)
    assert (whole.etag, whole.body_hash) == ('"2"', "new")


def test_a_state_with_other_fields_is_what_replacing_them_makes_of_it() -> None:
    before = state(etag='"1"', failures=3, newest_guids=("a", "b"))
    after = before.but(failures=0, etag=None, epoch=7)
    assert after == dataclasses.replace(before, failures=0, etag=None, epoch=7)
    assert before.failures == 3
    with pytest.raises(KeyError):
        before.but(nothing=1)

"""WebSub: when a hub is asked, what it is believed, and what not."""

import dataclasses
import hashlib
import hmac
from datetime import timedelta

import pytest

from monitor.domain.feed import FeedId, FeedState
from monitor.domain.policy import WebSubPolicy
from monitor.stages.feeds.websub import (
    Subscription,
    confirmed,
    dump,
    hint_due,
    is_goodbye,
    is_past,
    is_signed,
    load,
    request_form,
    wanted,
)
from tests.builders import NOW

POLICY = WebSubPolicy()
KEY = b"k" * 32
HUB, TOPIC = "https://hub.example/", "https://example.org/feed"
BASE = "https://us.example/"
OURS = Subscription(FeedId("example"), HUB, TOPIC, NOW, base=BASE)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("hub", "topic", "known", "is_wanted"),
    [
        pytest.param(HUB, TOPIC, None, True, id="a feed that names a hub"),
        pytest.param(None, TOPIC, None, False, id="no hub"),
        pytest.param("file:///etc/passwd", TOPIC, None, False, id="a hub that is none"),
        pytest.param("https://[", TOPIC, None, False, id="an address that is none"),
        pytest.param(HUB, TOPIC, OURS, False, id="asked a moment ago"),
        pytest.param("https://other.example/", TOPIC, OURS, True, id="another hub"),
        pytest.param(
            HUB, TOPIC, dataclasses.replace(OURS, base="https://old.example"), True, id="another address of ours"
        ),
        pytest.param(HUB, TOPIC, dataclasses.replace(OURS, base=""), False, id="kept by an older version"),
        pytest.param(HUB, TOPIC, dataclasses.replace(OURS, asked_at=NOW - DAY), True, id="never confirmed"),
        pytest.param(
            HUB, TOPIC, dataclasses.replace(OURS, asked_at=NOW - DAY, until=NOW + 5 * DAY), False, id="the lease lasts"
        ),
        pytest.param(
            HUB, TOPIC, dataclasses.replace(OURS, asked_at=NOW - DAY, until=NOW + DAY / 2), True, id="the lease ends"
        ),
    ],
)
def test_hubs_are_asked_when_there_is_something_to_ask(hub, topic, known, is_wanted):
    assert (wanted(FeedId("example"), hub, topic, BASE, known, NOW, POLICY) is not None) is is_wanted


def test_a_renewal_keeps_the_lease_that_runs():
    known = dataclasses.replace(OURS, asked_at=NOW - DAY, until=NOW + DAY / 2)
    renewed = wanted(OURS.feed_id, HUB, TOPIC, BASE, known, NOW, POLICY)
    assert renewed == dataclasses.replace(known, asked_at=NOW)


def test_the_request_has_a_secret_of_its_own():
    form = request_form(OURS, "subscribe", KEY, POLICY)
    assert form["hub.callback"] == f"https://us.example/websub/example/{OURS.token(KEY)}"
    assert form["hub.topic"] == TOPIC
    assert form["hub.lease_seconds"] == "864000"
    others = [dataclasses.replace(OURS, feed_id=FeedId("b")), dataclasses.replace(OURS, topic="https://b.example/")]
    assert len({form["hub.secret"], *(other.secret(KEY) for other in others), OURS.token(KEY)}) == 4
    assert OURS.secret(b"another") != OURS.secret(KEY)


QUERY = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "86400"}


@pytest.mark.parametrize(
    ("change", "until"),
    [
        ({}, DAY),
        ({"hub.lease_seconds": "9" * 30}, POLICY.longest_lease),
        ({"hub.lease_seconds": ""}, POLICY.lease),
        ({"hub.lease_seconds": "-1"}, POLICY.lease),
    ],
)
def test_a_confirmation_is_answered_with_its_challenge(change, until):
    assert confirmed(OURS, QUERY | change, NOW, POLICY) == ("abc", dataclasses.replace(OURS, until=NOW + until))


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "denied"},
        {"hub.topic": "https://evil.example/"},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 1000},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(change):
    assert confirmed(OURS, QUERY | change, NOW, POLICY) is None


@pytest.mark.parametrize(
    ("change", "challenge"),
    [
        ({}, "abc"),
        ({"hub.mode": "subscribe"}, ""),
        ({"hub.topic": "https://evil.example/"}, ""),
        ({"hub.challenge": ""}, ""),
        ({"hub.challenge": "x" * 1000}, ""),
    ],
)
def test_only_what_was_left_is_said_goodbye_to(change, challenge):
    assert is_goodbye(OURS, QUERY | {"hub.mode": "unsubscribe"} | change) == challenge


def test_leaving_asks_for_no_secret_and_no_lease():
    form = request_form(OURS, "unsubscribe", KEY, POLICY)
    assert sorted(form) == ["hub.callback", "hub.mode", "hub.topic"]


def test_what_was_left_is_forgotten_when_its_lease_is_over():
    left = dataclasses.replace(OURS, until=NOW + DAY)
    assert (is_past(left, NOW), is_past(left, NOW + DAY)) == (False, True)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures_in_the_standards_algorithms_are_known(algorithm):
    signature = hmac.new(b"secret", b"body", algorithm).hexdigest()
    assert is_signed("secret", f"{algorithm}={signature}", b"body")
    assert not is_signed("secret", f"{algorithm}={signature}", b"another body")
    assert not is_signed("another", f"{algorithm}={signature}", b"body")


@pytest.mark.parametrize("header", ["", "sha1=", "md5=" + hashlib.md5(b"body").hexdigest(), "sha256=ü", "x"])
def test_other_signatures_are_none(header):
    assert not is_signed("secret", header, b"body")


@pytest.mark.parametrize("text", [None, "", "null", "{}", "[1]", '{"feed_id": 1}', "nonsense"])
def test_what_is_no_subscription_is_none(text):
    assert load(text) is None


def test_a_subscription_comes_back_as_it_was():
    confirmed_one = dataclasses.replace(OURS, until=NOW + DAY)
    assert [load(dump(one)) for one in (OURS, confirmed_one)] == [OURS, confirmed_one]


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        pytest.param({}, timedelta(0), id="never looked at"),
        pytest.param({"last_checked_at": NOW - DAY}, timedelta(0), id="looked at long ago"),
        pytest.param({"last_checked_at": NOW}, POLICY.closest, id="looked at just now"),
        pytest.param({"last_checked_at": NOW, "idle_hints": 3}, 8 * POLICY.closest, id="it has told lies"),
        pytest.param({"last_checked_at": NOW, "idle_hints": 10**6}, POLICY.calmest, id="it tells nothing but lies"),
        pytest.param({"last_checked_at": NOW - DAY, "failures": 1}, None, id="the feed fails"),
    ],
)
def test_a_hub_has_us_ask_only_so_often(fields, after):
    state = FeedState(FeedId("example"), NOW + DAY, TOPIC, **fields)
    assert hint_due(state, NOW, POLICY) == (None if after is None else NOW + after)

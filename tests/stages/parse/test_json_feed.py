import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedKind, ParsedFeed
from monitor.stages.parse import parse_document

WHOLE: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Example",
    "feed_url": "https://example.org/feed.json",
    "language": "nl-NL",
    "authors": [{"name": "Desk"}],
    "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
    "items": [
        {
            "id": "1",
            "url": "https://example.org/1",
            "external_url": "https://elsewhere.example.org/",
            "title": "A < B & C",
            "content_html": "<p>Long</p>",
            "content_text": "never shown",
            "summary": "Short",
            "date_published": "2026-11-25T09:00:00+01:00",
            "date_modified": "2026-11-25T10:00:00Z",
            "authors": [{"name": "N. Writer"}, {"name": "M. Editor"}],
            "language": "en",
        },
        {"id": 2, "external_url": "https://elsewhere.example.org/2", "content_text": "x < y\n\nTwo"},
    ],
}


def parse(document: object, **feed: Any) -> ParsedFeed:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_document(Feed(FeedId("x"), "https://example.org/", **feed), body, {}, "https://example.org/", 100)


def test_a_json_feed_is_read_whole() -> None:
    parsed = parse(WHOLE)
    first, second = parsed.entries
    assert (parsed.title, parsed.language, parsed.hub_url) == ("Example", "nl", "https://hub.example.org/")
    assert (first.guid, first.link, first.title) == ("1", "https://example.org/1", "A &lt; B &amp; C")
    assert (first.content, first.summary, first.author) == ("<p>Long</p>", "Short", "N. Writer, M. Editor")
    assert first.published_at == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert first.updated_at == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert (second.guid, second.link) == ("2", "https://elsewhere.example.org/2")
    assert (second.content, second.author) == ("x &lt; y\n\nTwo", "Desk")


def test_what_is_attached_speaks_for_an_item_that_is_nothing_else() -> None:
    episode = {"url": "https://example.org/7.mp3", "mime_type": "audio/mpeg", "title": "Episode 7"}
    parsed = parse(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {"id": "7", "attachments": [episode]},
                {"id": "8", "content_text": "Words", "url": "https://example.org/8", "attachments": [episode]},
                {"id": "9", "title": "T", "attachments": "none"},
                {"id": "10", "title": "T", "attachments": [None, 5]},
            ],
        }
    )
    shown = [(entry.title, entry.link) for entry in parsed.entries]
    assert shown == [("Episode 7", "https://example.org/7.mp3"), ("", "https://example.org/8"), ("T", ""), ("T", "")]


@pytest.mark.parametrize(("expired", "has_ended"), [(True, True), (False, False), ("true", False), (None, False)])
def test_what_counts_as_ended(expired: object, has_ended: bool) -> None:
    assert parse({**WHOLE, "expired": expired}).has_ended is has_ended


def test_version_1_has_one_author() -> None:
    parsed = parse(
        {"version": "https://jsonfeed.org/version/1", "author": {"name": "A"}, "items": [{"id": "1", "title": "t"}]}
    )
    assert parsed.entries[0].author == "A"


@pytest.mark.parametrize(
    ("item", "link"),
    [
        pytest.param({"id": "https://example.org/7"}, "https://example.org/7", id="the id is an address"),
        pytest.param({"id": "https://example.org/7", "external_url": "https://e.example/"}, "https://example.org/7", id="id first"),
        pytest.param({"id": "tag:7", "external_url": "https://e.example/"}, "https://e.example/", id="a link elsewhere"),
        pytest.param({"id": "7", "url": "/news/7"}, "https://example.org/news/7", id="relative"),
        pytest.param({"id": "7", "url": "http://[x"}, "http://[x", id="no address"),
        pytest.param({"id": 7.0}, "", id="none"),
    ],
)  # fmt: skip
def test_where_an_item_is_found(item: dict[str, Any], link: str) -> None:
    (entry,) = parse({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).entries
    assert entry.link == link


@pytest.mark.parametrize(
    ("hubs", "hub"),
    [
        ([{"type": "rssCloud", "url": "https://a.example/"}, {"type": "WebSub", "url": "https://b.example/"}], "https://b.example/"),
        ([{"type": "rssCloud", "url": "https://a.example/"}], None),
        ([{"url": "https://c.example/"}], "https://c.example/"),
        (["https://d.example/"], None),
        ("https://e.example/", None),
    ],
    ids=["the second", "another kind", "no kind", "no objects", "no list"],
)  # fmt: skip
def test_only_hubs_that_speak_websub_are_hubs(hubs: Any, hub: str | None) -> None:
    assert parse({"version": "https://jsonfeed.org/version/1.1", "hubs": hubs, "items": []}).hub_url == hub


def test_a_feed_that_forgot_its_version_is_read_and_told() -> None:
    parsed = parse({"items": [{"id": "1", "title": "t", "content_text": "x"}]})
    assert [entry.title for entry in parsed.entries] == ["t"]
    assert parsed.flaws == ("it does not say that it is a JSON Feed",)
    with pytest.raises(ParseError, match="json-api"):
        parse({"items": [{"id": "1", "title": "of another program"}]})


def test_a_feed_that_has_ended_says_so() -> None:
    assert parse(WHOLE | {"expired": True}).flaws == ("the feed says that it has ended",)


def test_a_feed_that_was_cut_off_keeps_its_complete_items() -> None:
    body = json.dumps(WHOLE).encode()
    parsed = parse(body[: body.index(b'"id": 2')])
    assert [entry.guid for entry in parsed.entries] == ["1"]
    assert parsed.flaws == ("cut off: read up to there",)


@pytest.mark.parametrize(
    "document",
    [
        None, [], {}, {"items": None}, {"version": "https://jsonfeed.org/version/1", "items": {}}, b"{", b"[" * 200_000,
        b'{"version": 1e999}', b'{"a": NaN}',
    ],
    ids=str,
)  # fmt: skip
def test_json_that_is_no_feed(document: object) -> None:
    with pytest.raises(ParseError):
        parse(document)


@pytest.mark.parametrize(
    "item",
    [
        None,
        5,
        "x",
        [],
        {"id": 10**400},
        {"id": None},
        {"authors": [None, 3]},
        {"url": ["x"]},
        {"date_published": 5},
        {"title": {}},
    ],
    ids=lambda item: str(item)[:30],
)
def test_odd_items_harm_no_other(item: object) -> None:
    body = json.dumps({**WHOLE, "items": [item, WHOLE["items"][0]]}, allow_nan=True) if item != {"id": 10**400} else (
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1' + "0" * 5000 + '}, {"id": "1"}]}'
    )  # fmt: skip
    parsed = parse_document(Feed(FeedId("x"), "https://example.org/"), body.encode(), {}, "https://example.org/", 100)
    assert parsed.entries[-1].guid == "1"


API = {"data": {"news": [{"head": {"line": "Bank breached"}, "slug": "bank", "at": 1795600000, "id": 7}, "no item"]}}
PATHS = {
    "items": "data.news",
    "title": "head.line",
    "guid": "id",
    "published": "at",
    "link": "https://example.org/news/{slug}",
}


def test_any_json_by_paths() -> None:
    parsed = parse(API, kind=FeedKind.JSON_API, options=PATHS)
    (entry,) = parsed.entries
    assert (entry.title, entry.guid, entry.link) == ("Bank breached", "7", "https://example.org/news/bank")
    assert entry.published_at == datetime.fromtimestamp(1795600000, UTC)


def test_an_item_without_a_part_of_its_address_has_none() -> None:
    items = [{"t": "One"}, {"t": "Two", "slug": ""}, {"t": "Three", "slug": "three"}]
    options = {"title": "t", "items": "items", "link": "{base}/{slug}"}
    document = {"items": [{"base": "https://x.example", **one} for one in items]}
    parsed = parse(document, kind=FeedKind.JSON_API, options=options)
    assert [(entry.title, entry.link) for entry in parsed.entries] == [
        ("One", ""),
        ("Two", ""),
        ("Three", "https://x.example/three"),
    ]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "options.title is missing"),
        ({"title": "t", "items": "data.olds"}, 'options.items: "data.olds" leads to no list'),
        ({**PATHS, "title": "headline"}, 'options.title: "headline" leads to no text'),
    ],
)
def test_paths_that_lead_nowhere_are_named(options: dict[str, str], fault: str) -> None:
    with pytest.raises(ParseError, match=fault.replace("(", r"\(")):
        parse(API, kind=FeedKind.JSON_API, options=options)


def test_the_names_of_contents_tell_a_json_feed_that_says_little_else() -> None:
    twice = {"content_text": "x", "authors": [{"name": "N. Writer"}, {"name": "M. Editor"}, {"name": "N. Writer"}]}
    (item,) = parse({"version": "1.0", "items": [twice]}).entries
    assert (item.content, item.author) == ("x", "N. Writer, M. Editor")


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "true", "null", "[7]", '{"a": 1}'])
def test_what_is_no_word_is_no_title(value: str) -> None:
    body = f'{{"items": [{{"title": {value}, "id": {value}}}, {{"title": 7.5, "id": 7}}]}}'.encode()
    odd, number = parse(
        body, kind=FeedKind.JSON_API, options={"items": "items", "title": "title", "guid": "id"}
    ).entries
    assert (odd.title, odd.guid, number.title, number.guid) == ("", "", "7.5", "7")

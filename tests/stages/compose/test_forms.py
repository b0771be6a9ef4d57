"""Every form of every service, given headlines that want to be more than text."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.adapters.packaged.messages import wording_for
from monitor.domain.notification import ChannelKind, Message
from monitor.stages.channels.services import SCHEMES
from monitor.stages.compose.alert import Occasion, outline_alert
from monitor.stages.compose.dialect import dialect_of
from monitor.stages.compose.message import degraded, write
from monitor.stages.compose.neutral import chat
from tests.occasions import attacked, channel
from tests.stages.compose.hostile import HOSTILE

TEXTS = st.text(max_size=200) | st.sampled_from(sorted(text[:3_000] for text in HOSTILE.values()))


def _one_of_each() -> list[str]:
    """A service for each dialect, and the ways that are no service."""
    services = {dialect_of(channel(f"{scheme}://a/b")): scheme for scheme in sorted(SCHEMES)}
    return [*services.values(), "console", "webhook"]


def hostile(text: str) -> Occasion:
    """Apple attacked, and every text that comes from feeds, or from a watchlist, replaced by *text*."""
    made = attacked()
    entities = tuple(
        replace(one, name=text, evidence=f"{text} said Apple {text}", marks=()) for one in made.story.entities
    )
    sources = tuple(
        replace(one, title=text, url=f"https://news.example/{text}", language=text) for one in made.story.sources
    )
    story = replace(made.story, headline=text, headlines={}, sources=sources, entities=entities, numbers=(text,))
    verdict = replace(made.verdict, detail=text)
    return replace(made, story=story, alert=replace(made.alert, entities=entities), verdict=verdict)


def message(text: str, way: str) -> Message:
    kinds = {"console": ChannelKind.CONSOLE, "file": ChannelKind.FILE, "webhook": ChannelKind.WEBHOOK}
    target = channel(f"{way}://a/b", kinds.get(way, ChannelKind.APPRISE))
    return write(outline_alert(replace(hostile(text), channel=target), wording_for("en")), target)


def native(text: str, way: str) -> Any:
    return json.loads(message(text, way).fields)["native"]["body"]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


class Reader(HTMLParser):
    """Collects tags and attributes as a mail program would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def read_html(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.mark.parametrize("way", _one_of_each())
@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_every_message_is_complete_and_within_the_limits(way: str, text: str) -> None:
    made = message(text, way)
    dialect = dialect_of(channel(f"{way}://a/b")) if way in SCHEMES else None
    assert made.subject.strip()
    assert made.plain.strip()
    assert "al-7c31" in made.plain
    if dialect:
        assert len(made.subject) <= dialect.title_limit
        assert len(made.plain) <= dialect.body_limit
        assert not dialect.body_bytes or len(made.plain.encode()) <= dialect.body_bytes
    for form in (made.subject, made.plain, made.html, made.fields):
        form.encode("utf-8")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]", form)
    assert "\n" not in made.subject


@settings(max_examples=60)
@given(TEXTS)
def test_mail_has_only_our_tags_and_checked_links(text: str) -> None:
    reader = read_html(message(text, "mailto").html)
    assert reader.tags <= {
        "html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td",
        "span", "h1", "h2", "p", "br", "a", "strong", "bdi",
    }  # fmt: skip
    names = {name for name, _ in reader.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "srcset", "background", "action", "xlink:href"}
    assert all(re.match(r"https?://", value) for name, value in reader.attributes if name == "href")
    assert all("url(" not in value for name, value in reader.attributes if name == "style")


@settings(max_examples=60)
@given(TEXTS)
def test_slack_gets_no_command_and_no_masked_link(text: str) -> None:
    for part in strings(native(text, "slack")):
        for token in re.findall(r"<[^>]*>?", part):
            assert re.fullmatch(r"<https?://[^|<>\s]+\|[^<>|]*>", token), token
        assert not re.search(r"@[^\u200b]", re.sub(r"<https?://[^|]*\|", "", part))


@settings(max_examples=60)
@given(TEXTS)
def test_discord_calls_nobody_and_links_only_where_we_link(text: str) -> None:
    body = native(text, "discord")
    assert body["allowed_mentions"] == {"parse": []}
    for part in strings(body):
        for address in re.findall(r"(?<!\\)\]\(([^)]*)\)", part):
            assert re.match(r"https?://(news\.example|monitor\.example\.org)/", address), address
        assert not re.search(r"@(everyone|here|&|!?\d)", part)
    embed = body["embeds"][0]
    assert len(embed["title"]) <= 256
    assert len(embed["description"]) <= 4096
    assert all(0 < len(field["name"]) <= 256 and 0 < len(field["value"]) <= 1024 for field in embed["fields"])
    total = len(embed["title"]) + len(embed["description"]) + len(embed["footer"]["text"])
    assert total + sum(len(field["name"]) + len(field["value"]) for field in embed["fields"]) <= 6_000
    assert len(body["content"]) <= 2_000


@settings(max_examples=60)
@given(TEXTS)
def test_teams_gets_literal_runs_only(text: str) -> None:
    card = native(text, "workflows")["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert card["msteams"]["entities"] == []
    assert not [part for part in strings(card["body"]) if "<at>" in part]
    assert len(json.dumps(card)) < 28_000


@pytest.mark.parametrize("way", ["tgram", "matrix"])
@settings(max_examples=40)
@given(text=TEXTS)
def test_light_html_has_only_our_tags(way: str, text: str) -> None:
    body = native(text, way)["html"]
    reader = read_html(body)
    assert reader.tags <= {"a", "b", "i", "br"}
    assert all(name == "href" and re.match(r"https?://", value) for name, value in reader.attributes)
    assert "@room" not in body
    assert len(body) < 4_096


@pytest.mark.parametrize("way", sorted(SCHEMES - {"mailto", "mailtos", "json", "jsons", "form", "forms"}))
@pytest.mark.parametrize(
    "name", ["mentions", "group-mention", "markdown-link", "slack-link", "reference-link", "image-link"]
)
def test_plain_text_of_chats_calls_nobody_and_masks_nothing(way: str, name: str) -> None:
    made = message(HOSTILE[name], way)
    text = re.sub(r"https?://\S+", "", f"{made.subject}\n{made.plain}")
    assert not re.search(r"@[^\u200b]", text)
    assert not re.search(r"<[^\s\u200b]", text)
    assert "](" not in text


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_the_second_try_is_short_and_plain(text: str) -> None:
    second = degraded(message(text, "slack"))
    assert second.html == ""
    assert json.loads(second.fields)["native"] is None
    assert 0 < len(second.plain) <= 500
    assert 0 < len(second.subject) <= 100
    assert chat(second.plain.replace("\u200b", "")).count("@\u200b") == second.plain.count("@")


def test_nothing_is_filled_in_that_looks_like_a_placeholder() -> None:
    made = message(HOSTILE["template"], "console")
    for piece in ("{{7*7}}", "${env}", "%(x)s", "{0.__class__}", "{name}"):
        assert piece in made.plain


def test_the_host_stands_beside_every_link_whose_text_is_not_ours() -> None:
    made = write(outline_alert(attacked(channel=channel("mailto://a")), wording_for("en")), channel("mailto://a"))
    assert "(news.example)" in made.html
    assert "nieuws.example, Dutch" in made.html

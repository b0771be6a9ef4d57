"""Items of search feeds, alerts, planets and exports: whose they are, and what their feeds put around them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.article import Article
from monitor.domain.feed import Entry, Feed, FeedId, FeedState
from monitor.stages.normalise.outlets import Outlet, headline_of, is_list_of_headlines, is_repetition
from tests.builders import NOW
from tests.stages.normalise.test_normalise import HOUR, only, read, records_of

OPAQUE = "https://news.google.com/rss/articles/CBMiAbc?oc=5"
SMALL = '<a href="https://news.google.com/rss/articles/CBMiAbc?oc=5">{}</a>&nbsp;&nbsp;<font color="#6f6f6f">{}</font>'
BING = (
    "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url=https%3a%2f%2fwww.{}%2fa%3fid%3d5&c=9&mkt=en-us"
)
ALERT = "https://www.google.com/url?rct=j&sa=t&url=https://www.{}/a%3Fid%3D5&ct=ga&cd=CAIy&usg=AOv"


def feed(url: str, owner: str = "") -> Feed:
    return Feed(FeedId("search"), url, owner=owner)


GOOGLE = feed("https://news.google.com/rss/search?q=acme")


def item(title: str = "Acme is down", **changes: Any) -> Entry:
    return replace(Entry(guid="g1", title=title, link=OPAQUE, published_at=NOW - 2 * HOUR), **changes)


def found(entry: Entry, from_feed: Feed = GOOGLE, **document: Any) -> Article:
    state = FeedState(from_feed.id, NOW, from_feed.url, last_success_at=NOW - HOUR)
    return only(read(entry, feed=from_feed, state=state, **document))


def test_an_item_of_google_news_is_its_outlets() -> None:
    article = found(
        item(
            "Acme is down - The Evening Paper",
            summary=SMALL.format("Acme is down", "The Evening Paper"),
            source="The Evening Paper",
            source_url="https://news.evening-paper.co.uk",
        )
    )
    assert (article.title, article.text, article.owner) == ("Acme is down", "", "evening-paper.co.uk")
    assert article.url == OPAQUE


def test_related_headlines_are_no_text_of_an_article() -> None:
    listed = "".join(f"<li>{SMALL.format(f'Rival {n} is down', f'Paper {n}')}</li>" for n in range(4))
    more = '<li><strong><a href="https://news.google.com/stories/x">View Full Coverage</a></strong></li>'
    one = item(
        "Acme is down - Paper", summary=f"<ol>{listed}{more}</ol>", source="Paper", source_url="https://p.example"
    )
    assert (found(one).title, found(one).text) == ("Acme is down", "")


@pytest.mark.parametrize(
    ("name", "link", "owner"),
    [
        pytest.param("The Paper", BING.format("paper.example"), "", id="the address tells"),
        pytest.param("Paper on MSN", BING.format("msn.com"), "Paper", id="on a carrier, a name"),
        pytest.param("Paper.example on MSN", BING.format("msn.com"), "Paper.example", id="a name like a site"),
        pytest.param("MSN", BING.format("msn.com"), "", id="the carrier's own"),
        pytest.param("", BING.format("msn.com"), "", id="nobody is named"),
    ],
)
def test_an_item_of_bing_is_its_outlets(name: str, link: str, owner: str) -> None:
    article = found(
        item(link=link, source=name, summary="Its shops are shut."),
        feed("https://www.bing.com/news/search?q=acme&format=rss"),
    )
    assert (article.owner.casefold(), article.text) == (owner.casefold(), "Its shops are shut.")
    assert article.url.endswith("/a?id=5")


@pytest.mark.parametrize(
    ("title", "host", "plain"),
    [
        pytest.param("<b>Acme's</b> shops are shut - The Evening Paper", "theeveningpaper.example", "Acme's shops are shut", id="its site"),
        pytest.param("<b>Acme</b> is down | paper.example", "paper.example", "Acme is down", id="its address"),
        pytest.param("<b>Acme</b> is down - a timeline", "paper.example", "Acme is down - a timeline", id="no name"),
        pytest.param("Paper - Paper", "paper.example", "Paper", id="never nothing"),
    ],
)  # fmt: skip
def test_an_alert_is_the_article_that_it_leads_to(title: str, host: str, plain: str) -> None:
    alerts = feed("https://www.google.com/alerts/feeds/1/2")
    article = found(
        item(title, link=ALERT.format(host), content="&nbsp;... the shops of <b>Acme</b> are&nbsp;..."), alerts
    )
    assert (article.title, article.url, article.owner) == (plain, f"https://www.{host}/a?id=5", "")
    assert article.text == "... the shops of Acme are ..."
    own = only(read(item(link=f"https://{host}/a?id=5&utm_source=rss"), feed=feed(f"https://{host}/rss")))
    assert own.id == article.id


@pytest.mark.parametrize(
    ("link", "source_url", "owner"),
    [
        pytest.param("https://paper.example/1", "https://feeds.cdn.example/paper.xml", "", id="the address tells more"),
        pytest.param(
            "https://planet.example/1", "https://paper.example/feed", "paper.example", id="shown on the planet"
        ),
        pytest.param("https://planet.example/1", "https://blog.planet.example/", "", id="the planet's own"),
        pytest.param("https://planet.example/1", "https://feeds.feedburner.com/paper", "", id="a host of feeds"),
        pytest.param("https://planet.example/1", "", "", id="a credit, and no address"),
        pytest.param("", "https://paper.example", "paper.example", id="no link"),
        pytest.param(
            "", "https://www.p\u0430per.example", "xn--pper-53d.example", id="a letter that only looks like one"
        ),
    ],
)
def test_an_item_of_a_planet_or_an_export(link: str, source_url: str, owner: str) -> None:
    entry = item(link=link, source="Paper", source_url=source_url, summary="Its shops are shut.")
    planet = feed("https://feeds.feedburner.com/planet")
    assert found(entry, planet, site_url="https://www.planet.example/").owner == owner


def test_an_owner_that_a_person_named_holds() -> None:
    entry = item("Acme is down - Paper", source="Paper", source_url="https://paper.example")
    article = found(entry, replace(GOOGLE, owner="mine"))
    assert (article.owner, article.title) == ("mine", "Acme is down")


def test_a_post_on_a_link_board_is_of_the_site_that_it_links_to() -> None:
    board = feed("https://www.reddit.com/r/netsec/.rss")
    about = "submitted by <a href='https://www.reddit.com/user/x'> /u/x </a> <br/>"
    link = (
        '<span><a href="https://www.paper.example/a">[link]</a></span> <span><a href="https://x">[comments]</a></span>'
    )
    there = "https://www.reddit.com/r/netsec/comments/1/acme/"
    article = found(item(link=there, content=f"{about} {link}"), board)
    assert (article.owner, article.text, article.url) == ("paper.example", "", there)
    own = found(
        item(link=there, content=f"<p>I saw it.</p> {about} {link.replace('www.paper.example', 'old.reddit.com')}"),
        board,
    )
    assert (own.owner, own.text) == ("", "I saw it.")


def test_what_a_board_counts_is_no_text_and_no_edit() -> None:
    hacker_news = feed("https://hnrss.org/newest?q=acme")
    told = "<p>Article URL: <a href='{0}'>{0}</a></p>\n<p>Comments URL: <a href='{1}'>{1}</a></p>\n<p>Points: {2}</p>\n<p># Comments: 0</p>"
    entries = [
        item(link="https://paper.example/a", summary=told.format("https://paper.example/a", "https://news.ycombinator.com/item?id=1", n))
        for n in (1, 20)
    ]  # fmt: skip
    one, other = (found(entry, hacker_news) for entry in entries)
    assert (one.text, one.owner, one.content_hash) == ("", "", other.content_hash)


def test_a_feed_of_headlines_by_nature_has_not_lost_its_texts() -> None:
    entry = item(
        "Acme is down - Paper",
        summary=SMALL.format("Acme is down", "Paper"),
        source="Paper",
        source_url="https://p.example",
    )
    parsed = read(entry, feed=GOOGLE)
    assert parsed.document.shape is not None
    assert "texts" in parsed.document.shape.held
    assert only(parsed).text == ""


def test_what_was_stored_before_outlets_were_known_is_known_again() -> None:
    entry = item("Acme is down - Paper", source="Paper", source_url="https://paper.example")
    # The record of an entry is of the entry as its feed gave it, whatever is made of it.
    before = read(replace(entry, source="", source_url=""), feed=GOOGLE)
    again = read(entry, feed=GOOGLE, records=records_of(before))
    assert (again.articles, again.unchanged) == ((), 1)
    edited = only(read(replace(entry, title="Acme is up again - Paper"), feed=GOOGLE, records=records_of(before)))
    assert (edited.id, edited.title) == (only(before).id, "Acme is up again")


PAPER = Outlet("The Paper", "paper.example")


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Acme is down - The Paper", "Acme is down"),
        ("Acme is down | The paper", "Acme is down"),
        ("Acme is down – Paper.example", "Acme is down"),
        ("Acme is down - The Paper - The Paper", "Acme is down"),
        ("Acme is down | Paper - The Paper", "Acme is down"),
        ("Acme is down - what The Paper knows", "Acme is down - what The Paper knows"),
        ("Acme is down-The Paper", "Acme is down-The Paper"),
        ("The Paper", "The Paper"),
        (" - The Paper", " - The Paper"),
        ("The Paper - Acme is down", "The Paper - Acme is down"),
    ],
)
def test_the_name_behind_a_headline(title: str, headline: str) -> None:
    assert headline_of(title, PAPER) == headline


@given(st.lists(st.sampled_from(["Acme", "The Paper", "Paper", "-", "|", "–", " - ", " | ", "é", ""]), max_size=12))
def test_a_headline_is_the_beginning_of_its_title_and_has_no_name_behind_it(parts: list[str]) -> None:
    title = " ".join(parts)
    headline = headline_of(title, PAPER)
    assert title.startswith(headline)
    assert bool(headline.strip()) == bool(title.strip())
    assert headline_of(headline, PAPER) == headline


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Acme is down", True),
        ("Acme is down  The Paper", True),
        ("Acme is down. paper.example", True),
        ("Acme is down in Oslo", False),
        ("", False),
    ],
)
def test_a_repetition_of_the_headline(text: str, is_one: bool) -> None:
    assert is_repetition(text, ("Acme is down",), PAPER) is is_one


@pytest.mark.parametrize(
    ("markup", "is_list"),
    [
        ("<ul><li><a href='x'>A</a> <font>P</font></li><li><a>B</a>&nbsp;<font>Q</font></li></ul>", True),
        ("<a>A</a> and <a>B</a>", False),
        ("<a>A</a>", False),
        ("<a>A</a><a>B</a> after", False),
        ("before <a>A</a><a>B</a>", False),
        ("<abbr>A</abbr><a>A</a><a>B</a>", False),
        ("<a>A<a>B", False),
        ("", False),
        ("<a>" * 300_000, False),
    ],
)
def test_a_list_of_headlines(markup: str, is_list: bool) -> None:
    assert is_list_of_headlines(markup) is is_list

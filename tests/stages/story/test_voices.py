"""Whose voices a story has: outlets that feeds name, sites, owners that a person named, headlines told twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.stages.story.voices import owner_of, sources
from tests.story_builders import NOW, article

OWNED = frozenset({FeedId("owned")})
HOUSES = {"courier.example": "courier.example", "courier.co.uk": "courier.example", "couriernews": "courier.example"}
HEADLINE = "Acme shuts its shops after an attack on its tills"


def told(
    number: int, owner: str = "", url: str = "", *, title: str = "", text: str = "Told.", feed: str = "search"
) -> Article:
    plain = article(f"a{number}", title or f"Headline {number}", text, minutes=number)
    return replace(
        plain, owner=owner, url=url or f"https://news.google.com/rss/articles/{number}", feed_id=FeedId(feed)
    )


def voices(*articles: Article) -> list[bool]:
    return [source.independent for source in sources(articles, (), OWNED, HOUSES)]


@pytest.mark.parametrize(
    ("one", "other", "are_two"),
    [
        pytest.param(("paper.example",), ("post.example",), True, id="two outlets of one search"),
        pytest.param(("paper.example",), ("paper.example",), False, id="one outlet twice"),
        pytest.param(("",), ("",), False, id="nobody is named"),
        pytest.param(("paper.example",), ("", "https://www.paper.example/1"), False, id="its own feed"),
        pytest.param(("paper.co.uk",), ("", "https://news.paper.co.uk/1"), False, id="another host of it"),
        pytest.param(("paper.co.uk",), ("", "https://post.co.uk/1"), True, id="another site of one suffix"),
        pytest.param(("The Paper",), ("", "https://www.thepaper.example/1"), False, id="a name, and the site called so"),
        pytest.param(("The Paper",), ("thepaper.example",), False, id="a name, and the site named"),
        pytest.param(("The Paper",), ("THE PAPER",), False, id="one name"),
        pytest.param(("The Paper",), ("The Post",), True, id="two names"),
        pytest.param(("paper.example",), ("paper.test",), True, id="two sites of one name"),
        pytest.param(("courier.example",), ("", "https://www.courier.co.uk/1"), False, id="two sites of one outlet"),
        pytest.param(("Courier News",), ("", "https://www.courier.co.uk/1"), False, id="a name that is not the site's"),
        pytest.param(("group", "https://courier.co.uk/1", "owned"), ("courier.example",), False, id="an owner on another site of it"),
        pytest.param(("paper.example",), ("group", "https://paper.example/1", "owned"), False, id="a person named its owner"),
        pytest.param(("group", "https://post.example/1", "owned"), ("group", "https://paper.example/1", "owned"), False, id="one owner"),
        pytest.param(("one", "https://host.example/1", "owned"), ("two", "https://host.example/2", "owned"), True, id="owners on one site"),
        pytest.param(("paper.example", "https://x.example/1", "owned"), ("", "https://paper.example/2"), False, id="an owner that is a site"),
        pytest.param(("paper.example", "https://planet.example/1"), ("post.example", "https://planet.example/2"), True, id="on a planet"),
        pytest.param(("", "https://alice.blogspot.com/1"), ("", "https://bob.blogspot.com/1"), True, id="blogs of one host"),
    ],
)  # fmt: skip
def test_two_voices_or_one(one: tuple[str, ...], other: tuple[str, ...], are_two: bool) -> None:
    pair = [told(n, *given[:2], feed=given[2] if len(given) > 2 else "search") for n, given in enumerate((one, other))]
    assert voices(*pair) == [True, are_two]
    assert voices(*reversed(pair)) == [True, are_two]


@pytest.mark.parametrize(
    ("changes", "is_copy"),
    [
        pytest.param({}, True, id="the headline of an article"),
        pytest.param({"title": HEADLINE.upper()}, True, id="in another spelling"),
        pytest.param({"text": "Told in other words."}, False, id="with a text of its own"),
        pytest.param({"published_at": NOW + timedelta(days=2)}, False, id="days later"),
        pytest.param({"title": f"{HEADLINE} in Oslo"}, False, id="another headline"),
    ],
)
def test_a_bare_headline_is_a_copy_of_the_article_under_it(changes: dict[str, object], is_copy: bool) -> None:
    whole = told(1, "paper.example", title=HEADLINE)
    bare = replace(told(2, "post.example", title=HEADLINE, text=""), **changes)
    assert voices(whole, bare) == [True, not is_copy]
    assert voices(bare, whole) == [True, not is_copy]


def test_a_short_headline_is_nobodys() -> None:
    assert voices(*(told(n, f"p{n}.example", title="Acme is down", text="") for n in range(3))) == [True] * 3


def test_the_outlet_is_named_where_the_address_does_not_tell() -> None:
    named, own, owned = (
        told(1, "paper.example"),
        told(2, "", "https://www.post.example/2"),
        told(3, "group", feed="owned"),
    )
    assert [one.outlet for one in sources((named, own, owned), (), OWNED, HOUSES)] == ["paper.example", "", ""]
    assert [one.owner for one in sources((named, own, owned), (), OWNED, HOUSES)] == [
        "paper.example",
        "post.example",
        "group",
    ]


def test_without_owner_and_address_it_is_its_feed() -> None:
    assert owner_of(replace(told(1), id=ArticleId("x"), url="")) == "search"

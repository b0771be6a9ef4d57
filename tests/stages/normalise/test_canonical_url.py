import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stages.normalise.canonical_url import canonical_url, is_opaque, leads_elsewhere, spellings, url_identity


@pytest.mark.parametrize(
    ("link", "url"),
    [
        pytest.param("https://example.org/a?utm_source=rss&id=5&utm_medium=x", "https://example.org/a?id=5", id="trackers go, id stays"),
        pytest.param("HTTPS://Example.ORG:443/a/../b#part", "https://example.org/b", id="spelling"),
        pytest.param("http://example.org:8080/a", "http://example.org:8080/a", id="a port of its own"),
        pytest.param("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2", id="order of parameters"),
        pytest.param("https://user:secret@example.org/a", "https://example.org/a", id="credentials"),
        pytest.param("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4", id="letters beyond ASCII"),
        pytest.param(" https://example.org/a\nb ", "https://example.org/ab", id="blanks"),
        pytest.param("https://example.org/a?from=rss", "https://example.org/a", id="an origin"),
        pytest.param("https://example.org/a?from=2020", "https://example.org/a?from=2020", id="a choice"),
        pytest.param("https://www.bbc.example/news/1?at_medium=RSS&at_campaign=rss", "https://www.bbc.example/news/1", id="broadcaster"),
        pytest.param(
            "https://www.google.com/url?rct=j&url=https://example.org/a%3Fid%3D5&ct=ga", "https://example.org/a?id=5", id="a door"
        ),
        pytest.param(
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fexample.org%2fa%3fid%3d5%26utm_source%3dx&c=1&mkt=en-us",
            "https://example.org/a?id=5", id="of Bing"
        ),
        pytest.param(
            "https://r.search.yahoo.com/_ylt=A;_ylu=Y/RV=2/RE=1/RO=10/RU=https%3a%2f%2fexample.org%2fa%3fid%3d5/RK=2/RS=x-",
            "https://example.org/a?id=5", id="of Yahoo"
        ),
        pytest.param("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fa&rut=1", "https://example.org/a", id="of DuckDuckGo"),
        pytest.param(
            "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05%7C01", "https://example.org/a",
            id="of a mail filter"
        ),
        pytest.param("https://news.google.com/rss/articles/CBMiAb?oc=5", "https://news.google.com/rss/articles/CBMiAb?oc=5", id="opaque"),
        pytest.param("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript%3Aalert%281%29", id="no way out"),
        pytest.param("javascript:alert(1)", "", id="a script"),
        pytest.param("data:text/html,x", "", id="data"),
        pytest.param("feed:https://example.org/", "", id="feed"),
        pytest.param("file:///etc/hostname", "", id="a file"),
        pytest.param("/relative", "", id="relative"),
        pytest.param("https://", "", id="no host"),
        pytest.param("http://[::1", "", id="half an address"),
        pytest.param("http://a:99999/", "", id="no such port"),
        pytest.param("https://example.org/" + "a" * 5000, "", id="too long"),
        pytest.param("", "", id="none"),
    ],
)  # fmt: skip
def test_canonical_url(link: str, url: str) -> None:
    assert canonical_url(link) == url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("https://www.example.org/a/", "https://example.org/a"),
        ("https://example.org/a?utm_source=x", "https://example.org/a?fbclid=y#z"),
    ],
)
def test_the_same_page_has_one_identity(one: str, other: str) -> None:
    assert url_identity(canonical_url(one)) == url_identity(canonical_url(other)) != ""


def test_doors_and_what_is_behind_no_door_that_we_can_open() -> None:
    assert leads_elsewhere(" https://www.google.com/url?url=https://example.org/a")
    assert not leads_elsewhere("https://example.org/a?url=https://example.com/")
    assert is_opaque("https://news.google.com/rss/articles/CBMiAb?oc=5")
    assert not is_opaque("https://news.google.com/home")


def test_a_front_page_is_no_article() -> None:
    assert url_identity(canonical_url("https://example.org/")) == ""
    assert url_identity(canonical_url("https://example.org/?p=5")) == "example.org?p=5"


@given(st.text(max_size=80) | st.builds(lambda t: f"https://example.org/{t}", st.text(max_size=60)))
def test_canonical_twice_is_canonical_once(link: str) -> None:
    once = canonical_url(link)
    assert canonical_url(once) == once
    assert once == "" or once.startswith(("http://", "https://"))
    assert once.isascii()
    assert once.isprintable()


@given(
    host=st.lists(
        st.sampled_from(["example", "news", "www", "a-b", "org", "t", "xn--bcher-kva", "x" * 63]),
        min_size=1,
        max_size=4,
    ),
    path=st.lists(st.sampled_from(["a", "A-b", "index.php", "2026", "..", ".", "a..b", "_x", "url", ""]), max_size=4),
    query=st.lists(
        st.sampled_from(["id=1", "b=2", "b=", "a-b=2", "a=3", "B=1", "utm_source=x", "ref=rss", "q=1", "c"]), max_size=4
    ),
)
def test_plain_addresses_are_spelled_as_all_others(host: list[str], path: list[str], query: list[str]) -> None:
    link = f"https://{'.'.join(host)}/{'/'.join(path)}{'?' if query else ''}{'&'.join(query)}"
    # What has a fragment takes the long way.
    assert canonical_url(link) == canonical_url(f"{link}#part")


@pytest.mark.parametrize(
    "typed",
    [
        "https://news.example.org/a/b",
        "https://news.example.org/a/b/?utm_source=mail#top",
        "http://www.news.example.org/a/b",
        " news.example.org/a/b ",
    ],
)
def test_an_address_is_found_however_it_is_pasted(typed: str) -> None:
    assert canonical_url("https://news.example.org/a/b/") in spellings(typed)
    assert canonical_url("https://www.news.example.org/a/b") in spellings(typed)


@pytest.mark.parametrize("typed", ["", "al-1", "seed:a.md", "https://news.example.org/"])
def test_what_leads_to_no_article_stays_as_it_is(typed: str) -> None:
    assert spellings(typed) == (typed,)

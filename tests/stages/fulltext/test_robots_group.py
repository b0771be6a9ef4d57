"""What of a robots.txt speaks to us: read as the parser behind it would read all of it, at the cost of its length."""

import random

import pytest
from protego import Protego

from monitor.stages.fulltext.robots_group import group_for

AGENT = "NewsMonitor/0.1.0 (+https://example.org/about)"
LINES = [
    "User-agent: *", "user-agent: newsmonitor", "User agent: news", "useragent: Googlebot", "User-agent: bot", "User-agent:",
    "User-agent: NewsMonitor/0.1.0", "User-agent: Monitor", "Disallow: /", "Disallow: /a", "Allow: /a/b", "Disallow:",
    "Disallow: /*.php$", "Allow: /", "Crawl-delay: 5", "Crawl-delay: x", "Sitemap: http://x/s.xml", "Host: x", "", "# word",
    "Disallow /c", "dissallow: /d", "nonsense", "Foo: bar", "Disallow: /a # word", "Request-rate: 1/5",
]  # fmt: skip
PLACES = ["http://x.org/" + path for path in ("", "a", "a/b", "c", "d", "i.php", "e")]


def decided(text: str) -> list[object]:
    rules = Protego.parse(text)
    return [*(rules.can_fetch(place, AGENT) for place in PLACES), rules.crawl_delay(AGENT)]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_left_out_decides_nothing(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        text = "\n".join(chance.choice(LINES) for _ in range(chance.randint(1, 9)))
        assert decided(group_for(text, AGENT)) == decided(text), text


def test_a_group_of_thousands_of_names_and_places_stays_small() -> None:
    names, places = (range(10_000), range(10_000))
    text = "".join(f"user-agent: robot-{one}\n" for one in names) + "".join(f"disallow: /{one}\n" for one in places)
    assert group_for(text, AGENT) == "User-agent: *\n"
    told = group_for(f"user-agent: *\n{text}", AGENT).splitlines()
    assert (len(told), told[:2]) == (2_001, ["User-agent: *", "disallow: /0"])
    assert len(group_for("user-agent: *\ndisallow: /" + "a" * 500_000, AGENT)) < 2_100


def test_one_name_in_many_groups_is_told_all_of_them() -> None:
    text = (
        "User-agent: newsmonitor\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: NewsMonitor\nDisallow: /b\n"
    )
    assert group_for(text, AGENT).splitlines()[1:] == ["Disallow: /a", "Disallow: /b"]

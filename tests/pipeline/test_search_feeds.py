"""Searches of aggregators beside the feeds of papers: polled, read, grouped and judged for real."""

from pathlib import Path

from tests.pipeline.station import RULE, Station, open_station

HEADLINE = "Okta confirms ransomware attack on its identity servers"
TEXT = "Okta was hit by ransomware. The identity provider confirmed on Monday that 40 of its servers were encrypted."
LINK = "https://news.google.com/rss/articles/CBMi{}?oc=5"
OUTLETS = {
    "The Morning Paper": ("morning-paper.example", "Okta confirms ransomware attack on its servers"),
    "Evening Post": ("evening-post.example", "Ransomware: Okta says 40 servers were encrypted"),
    "Tech Daily": ("techdaily.example", "Identity provider Okta hit by ransomware, 40 servers encrypted"),
}


def google(title: str, outlet: str, site: str, key: str) -> str:
    """An item in the form of a search on Google News."""
    link = LINK.format(key)
    small = (
        f'&lt;a href="{link}"&gt;{title}&lt;/a&gt;&amp;nbsp;&amp;nbsp;&lt;font color="#6f6f6f"&gt;{outlet}&lt;/font&gt;'
    )
    return (
        f"<item><title>{title} - {outlet}</title><link>{link}</link><guid isPermaLink='false'>CBMi{key}</guid>"
        f"<description>{small}</description><source url='https://www.{site}'>{outlet}</source></item>"
    )


def bing(title: str, outlet: str, site: str, key: str) -> str:
    """The same of a search on Bing, for the article at `https://site/key`."""
    link = f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;url=https%3a%2f%2f{site}%2f{key}&amp;c=1&amp;mkt=en-us"
    return (
        f"<item><title>{title}</title><link>{link}</link><description>{TEXT}</description>"
        f"<News:Source xmlns:News='https://www.bing.com/news/search?q=okta'>{outlet}</News:Source></item>"
    )


async def begun(station: Station) -> None:
    """Both feeds were read before anything happens, so that what comes is news."""
    station.poll("feed", "more")
    station.write(w_w=f"watchlist: w\nentities: [Okta]\n{RULE.replace('id: hit,', 'id: hit, min_sources: 3,')}")
    await station.start()
    station.stand.publish("A quiet day", "Nothing happened in the village.", "quiet")
    station.stand.publish("A quiet day", "Nothing happened in the town.", "quiet-too", to="more")
    await station.later(hours=25)


async def test_three_outlets_of_one_search_are_three_sources_and_named(tmp_path: Path) -> None:
    async with open_station(tmp_path) as station:
        await begun(station)
        for number, (outlet, (site, title)) in enumerate(OUTLETS.items()):
            assert station.said() == []
            station.stand.items.append(google(title, outlet, site, f"a{number}"))
            await station.later(hours=2)
        (message,) = station.said()
        assert message["data"]["story"]["independent_sources"] == 3
        named = {source["outlet"]: source["title"] for source in message["data"]["sources"]}
        assert named == dict(OUTLETS.values())
        assert all(f"{site}, English" in message["data"]["text"] for site, _ in OUTLETS.values())


async def test_what_a_paper_tells_itself_is_one_source_with_what_searches_say_of_it(tmp_path: Path) -> None:
    async with open_station(tmp_path) as station:
        await begun(station)
        site = "morning-paper.example"
        own = f"<item><title>{HEADLINE}</title><link>https://www.{site}/okta</link><description>{TEXT}</description></item>"
        station.stand.more.append(own)
        await station.later(hours=2)
        station.stand.items += [
            google(HEADLINE, "The Morning Paper", site, "a"),
            bing(HEADLINE, "The Morning Paper", site, "okta"),
            google(HEADLINE, "A Portal", "portal.example", "b"),
        ]
        await station.later(hours=2)
        (story,) = [one for one in station.catalogue.stories() if one.headline == HEADLINE]
        # The search of Bing led to the very article, that of Google is of its outlet, and the portal has its headline.
        assert (len(story.sources), story.independent_sources) == (3, 1)
        assert {source.owner for source in story.sources} == {site, "portal.example"}
        assert station.said() == []


async def test_what_an_older_version_stored_is_no_news_when_it_is_read_anew(tmp_path: Path) -> None:
    async with open_station(tmp_path) as station:
        await begun(station)
        station.watch("w", "Okta")
        await station.restart()
        items = [google(title, outlet, site, f"a{n}") for n, (outlet, (site, title)) in enumerate(OUTLETS.items())]
        # Whose outlet is not read is stored as it was before outlets were known: the whole title, and no outlet.
        station.stand.items += [item.replace("source", "unread") for item in items]
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        assert {source.title for source in next(station.catalogue.stories(1)).sources} == {
            f"{title} - {outlet}" for outlet, (_, title) in OUTLETS.items()
        }
        station.stand.items[-3:] = items
        await station.later(hours=2)
        # Its publisher mends a title: an edit of the article that is known.
        station.stand.items[-1] = items[-1].replace("hit by", "struck by")
        await station.later(hours=2)
        assert station.told() == [["okta"]]
        (story,) = station.catalogue.stories()
        titles = [source.title for source in story.sources]
        assert len(titles) == len(OUTLETS)
        assert [title for title in titles if "struck by" in title] == [
            OUTLETS["Tech Daily"][1].replace("hit", "struck")
        ]

"""Whose voices a story has, and which of them are independent of the others."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.domain.article import Article, ArticleId
from monitor.domain.feed import FeedId
from monitor.domain.story import Join, Source
from monitor.stages.sites import folded, is_site, site_in

# A headline of so many words that two outlets do not both come upon it.
_WORDS_OF_COPY = 6
_COPIED_WITHIN = timedelta(days=1)
# What a mark is compared with beside its like. A name alone is that of the site which is called so, and what lies on a
# site is that site's, whatever owner a person named. Two sites of one name are two, and so are two owners on one site.
_OTHER = {"name": "site's name", "site's name": "name", "site": "owner's site", "owner's site": "site"}
_UNLIKE = frozenset({"site's name", "owner's site"})
_Mark = tuple[str, str]


def owner_of(article: Article) -> str:
    """Whose word an article is: who was named for it, else the site of its address, else its feed."""
    return article.owner or site_in(article.url) or str(article.feed_id)


def sources(
    ordered: Sequence[Article], joins: Sequence[Join], owned: AbstractSet[FeedId], houses: Mapping[str, str]
) -> Iterator[Source]:
    """
    The voices of a story; of one owner, author, text and page the first is the source.

    Args:
        ordered: Its articles, oldest first.
        owned: Feeds for which a person named an owner: of all others, an owner is the outlet that the feed names.
        houses: For sites, and for names of outlets as letters and digits, the site that stands for all of that outlet.
    """
    texts = texts_of({article.id for article in ordered}, joins)
    heard = _Heard()
    for article in ordered:
        is_owned = article.feed_id in owned
        marks = _owners(article, houses, is_owned=is_owned)
        # Feeds that retell one page, each in its own words, are no further sources of it.
        known = (("text", texts[article.id]), ("author", article.author.casefold().strip()), ("page", article.url))
        yield Source(
            article_id=article.id,
            title=article.title,
            url=article.url,
            language=article.language,
            owner=owner_of(article),
            published_at=article.published_at,
            independent=heard.is_new(article, marks.union(mark for mark in known if mark[1])),
            outlet="" if is_owned else article.owner,
        )


@dataclass(slots=True)
class _Heard:
    """What is known of the voices so far."""

    marks: set[_Mark] = field(default_factory=set)
    headlines: dict[str, list[Article]] = field(default_factory=lambda: defaultdict(list))

    def is_new(self, article: Article, marks: AbstractSet[_Mark]) -> bool:
        """Whether *article*, which is known by *marks*, is a voice of its own; it is heard from then on."""
        compared = {mark for mark in marks if mark[0] not in _UNLIKE}
        compared |= {(_OTHER[kind], value) for kind, value in marks if kind in _OTHER}
        alike = self.headlines[folded(article.title)] if len(article.title.split()) >= _WORDS_OF_COPY else []
        is_new = self.marks.isdisjoint(compared) and not any(_is_headline_of(article, other) for other in alike)
        self.marks |= marks
        alike.append(article)
        return is_new


def _owners(article: Article, houses: Mapping[str, str], *, is_owned: bool) -> set[_Mark]:
    """What says whose word an article is: also the site that it lies on, unless its feed names another outlet."""
    owner, site = owner_of(article), site_in(article.url)
    if article.owner and not is_owned:
        if not is_site(article.owner):
            name = folded(article.owner)
            return {("name", name), *((("site", houses[name]),) if name in houses else ())}
        site = article.owner
    marks = {("owner", owner)}
    if site:
        house = houses.get(site, site)
        marks |= {("owner's site" if is_owned else "site", house), ("site's name", site.partition(".")[0])}
    return marks


def _is_headline_of(one: Article, other: Article) -> bool:
    """Whether of two articles with one headline either is nothing but that, and both are of a day."""
    is_bare = not one.text or not other.text
    return is_bare and abs(one.published_at - other.published_at) <= _COPIED_WITHIN


def texts_of(here: AbstractSet[ArticleId], joins: Sequence[Join]) -> dict[ArticleId, ArticleId]:
    """For each copy within the story one article that stands for its text, whichever of them copied which."""
    head: dict[ArticleId, ArticleId] = {}

    def stands_for(article_id: ArticleId) -> ArticleId:
        while head.get(article_id, article_id) != article_id:
            article_id = head[article_id]
        return article_id

    for join in joins:
        original = join.duplicate_of
        if original is not None and original in here and join.article_id in here:
            head[stands_for(join.article_id)] = stands_for(original)
    return {article_id: stands_for(article_id) for article_id in here}

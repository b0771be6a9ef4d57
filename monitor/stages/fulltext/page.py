"""The article on a web page: its text without what stands around it, or the reason why there is none."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from monitor.domain.article import Article
from monitor.domain.errors import ParseError
from monitor.domain.policy import NormalisePolicy
from monitor.stages.normalise import LanguageOf
from monitor.stages.normalise.plain_text import cut, tidy
from monitor.stages.parse.source_text import decode, unpacked
from monitor.stages.parse.walls import says_missing, wall_in

_LONGEST_PAGE = 3 * 2**20
_MOST_TAGS = 60_000
_WORTH_MORE = 1.2
_SHORT = 600
# Of a headline's words as they begin, whatever their endings: of so many, an article on the same has one at least.
_WORD_STARTS, _FEWEST_STARTS = re.compile(r"\b[^\W\d_]{5}"), 3


def complete_article(
    article: Article, body: bytes, headers: Mapping[str, str], language_of: LanguageOf, policy: NormalisePolicy
) -> Article:
    """
    *article* with the text of its page in place of its feed's, where the page tells more.

    Raises:
        ParseError: the page is a wall, or holds no article; the feed's text stays.
    """
    page = decode(unpacked(body)[:_LONGEST_PAGE], headers)
    text = cut(tidy(_extracted(page)).strip(), policy.max_text)
    wall = wall_in(text, "")
    if not wall and len(text) < _SHORT:
        # What extraction leaves out may be what says that this is no article.
        wall = wall_in(_bare(page), "")
    if wall:
        raise ParseError(f"the page is {wall}", is_wall=True)
    if says_missing(text):
        raise ParseError("the page says that there is nothing at this address")
    if len(text) < len(article.text) * _WORTH_MORE:
        raise ParseError("the page tells no more than the feed")
    if _is_of_something_else(article, text):
        raise ParseError("the page tells of something else")
    language = language_of(f"{article.title}\n{text}", article.language)
    if language == "und":
        language = article.language
    digest = hashlib.sha256(f"{article.title}\0{text}".encode("utf-8", "replace")).hexdigest()[:32]
    return replace(article, text=text, language=language, content_hash=digest)


def _is_of_something_else(article: Article, text: str) -> bool:
    asked = set(_WORD_STARTS.findall(article.title.casefold()))
    return len(asked) >= _FEWEST_STARTS and asked.isdisjoint(_WORD_STARTS.findall(text.casefold()))


def _extracted(page: str) -> str:
    if page.count("<") > _MOST_TAGS:
        raise ParseError("the page has more elements than an article")
    import trafilatura  # an extra: imported where a page is read, in a process of its own

    text = trafilatura.extract(
        page, fast=True, favor_precision=True, include_comments=False, include_tables=False, output_format="txt"
    )
    return text or ""


def _bare(page: str) -> str:
    from monitor.stages.normalise.plain_text import plain_text

    return plain_text(page, 5_000)

"""
Feed documents beside exactly the articles they make.

To take up a change that is meant, run this file as a program (`python -m tests.stages.parse.test_golden_feeds`)
and read what it changed.
"""

import json
from pathlib import Path

import pytest

from monitor.domain.feed import Feed, FeedId, FeedState
from monitor.domain.policy import NormalisePolicy
from monitor.stages.normalise import normalise
from monitor.stages.parse import parse_document
from tests.builders import NOW

FOLDER = Path(__file__).parents[2] / "golden" / "feeds"
FEEDS = sorted(path for path in FOLDER.iterdir() if path.suffix in {".xml", ".json"} and ".articles" not in path.name)
FEED = Feed(FeedId("golden"), "https://example.org/feed.xml")
STATE = FeedState(FEED.id, NOW, FEED.url, last_success_at=NOW)


def articles(path: Path) -> str:
    """What the document at *path* makes, as JSON."""
    document = parse_document(FEED, path.read_bytes(), {}, FEED.url, 100)
    parsed = normalise(FEED, STATE, document, {}, NOW, lambda _text, _declared: "und", NormalisePolicy())
    made = {
        "feed": {
            "title": document.title,
            "language": document.language,
            "ttl_s": document.ttl.total_seconds() if document.ttl else None,
            "hub": document.hub_url,
            "self": document.self_url,
        },
        "articles": [
            {
                "id": article.id,
                "guid": article.guid,
                "url": article.url,
                "title": article.title,
                "text": article.text,
                "published_at": article.published_at.isoformat(),
                "date_flag": str(article.date_flag),
                "language": article.language,
                "author": article.author,
            }
            for article in parsed.articles
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def beside(path: Path) -> Path:
    """Where the articles of *path* are written down."""
    return path.with_name(f"{path.name}.articles.json")


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_golden_feeds(path: Path) -> None:
    assert articles(path) == beside(path).read_text(encoding="utf-8")


if __name__ == "__main__":
    for feed in FEEDS:
        beside(feed).write_text(articles(feed), encoding="utf-8")

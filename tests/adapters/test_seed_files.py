"""A folder of article files as a source."""

import dataclasses
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.seed_files import SeedFolder
from monitor.domain.article import DateFlag
from monitor.domain.errors import FetchError
from monitor.domain.feed import Feed, FeedId, FeedKind, FeedState, Fetched
from monitor.domain.source_policy import FolderPolicy
from monitor.ports import Parsed
from tests.builders import NOW

LEXICON = load_lexicon()
SHARED_SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    return folder


def feed_of(folder: Path) -> Feed:
    return Feed(FeedId("seeds"), str(folder), FeedKind.FOLDER, rings_always=True)


async def fetch(folder: Path, known: str | None = None, policy: FolderPolicy | None = None) -> Fetched:
    feed = feed_of(folder)
    state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), body_hash=known)
    return await SeedFolder(LEXICON, policy).fetch(feed, state, NOW)


async def read(folder: Path, known=None, policy: FolderPolicy | None = None) -> Parsed:
    feed = feed_of(folder)
    fetched = await fetch(folder, policy=policy)
    return await SeedFolder(LEXICON, policy).parse(feed, FeedState(feed.id, NOW, feed.url), fetched, known or {}, NOW)


async def test_every_article_file_is_an_article(seeds):
    (seeds / "b.txt").write_text(" date 2021-08 Second\n\nText.")
    (seeds / "a.md").write_text("---\ntitle: First\nurl: https://example.org/a\nlanguage: nl\n---\nTekst.")
    (seeds / "sub").mkdir()
    (seeds / "sub" / "c.txt").write_text("Third\nText.")
    os.utime(seeds / "sub" / "c.txt", (1_700_000_000, 1_700_000_000))
    parsed = await read(seeds)
    first, second, third = parsed.articles
    assert [article.title for article in parsed.articles] == ["First", "Second", "Third"]
    assert (first.url, first.language, first.rings) == ("https://example.org/a", "nl", True)
    assert (second.guid, second.published_at) == ("seed:b.txt", datetime(2021, 8, 1, tzinfo=UTC))
    assert (third.guid, third.date_flag) == ("seed:sub/c.txt", DateFlag.MISSING)
    assert third.published_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert len({article.id for article in parsed.articles}) == 3


async def test_what_is_no_article_is_left_out(seeds):
    for name in ("README.md", ".hidden.txt", "a.txt~", ".git"):
        (seeds / name).write_text("Not me")
    (seeds / "loop").symlink_to(seeds)
    (seeds / "nowhere.txt").symlink_to(seeds / "gone")
    os.mkfifo(seeds / "pipe")
    parsed = await read(seeds)
    assert (parsed.articles, parsed.notes, parsed.entries) == ((), (), 0)


async def test_faulty_files_stop_no_other(seeds):
    (seeds / "binary.txt").write_bytes(b"\x89PNG\r\n\0\0")
    (seeds / "broken.md").write_text("---\ntitle: T\nurl: nonsense\n---\nText")
    (seeds / "empty.txt").write_text("")
    (seeds / "fine.txt").write_text("Title\nText")
    (seeds / "large.txt").write_text("Title\n" + "x" * 5000)
    parsed = await read(seeds, policy=FolderPolicy(max_file_bytes=4096))
    assert [article.title for article in parsed.articles] == ["Title"]
    assert [note.partition(": ")[0] for note in parsed.notes] == [
        "seeds/binary.txt:2",
        "seeds/broken.md:3",
        "seeds/empty.txt:1",
        "seeds/large.txt:1",
    ]


@pytest.mark.parametrize(
    ("read_at", "is_told"),
    [
        pytest.param(None, True, id="never read"),
        pytest.param(datetime(2000, 1, 1, tzinfo=UTC), True, id="the file came after the last look"),
        pytest.param(datetime(2999, 1, 1, tzinfo=UTC), False, id="it was there at the last look"),
    ],
)
async def test_a_faulty_file_is_told_once(seeds, read_at, is_told):
    (seeds / "empty.txt").write_text("")
    feed, folder = feed_of(seeds), SeedFolder(LEXICON)
    state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), last_success_at=read_at)
    parsed = await folder.parse(feed, state, await folder.fetch(feed, state, NOW), {}, NOW)
    assert bool(parsed.notes) is is_told
    assert len(parsed.document.flaws) == 1


async def test_times_of_files_beyond_reason_do_no_harm(seeds):
    (seeds / "a.txt").write_text("Title\nText")
    for moment in (-(10**10), 10**11):
        os.utime(seeds / "a.txt", (moment, moment))
        (article,) = (await read(seeds)).articles
        assert datetime(1970, 1, 1, tzinfo=UTC) <= article.published_at <= NOW


async def test_a_folder_is_read_again_only_when_something_changed(seeds):
    (seeds / "a.txt").write_text("Title\nText")
    first = await fetch(seeds)
    again = await fetch(seeds, first.body_hash)
    assert (again.status, again.body) == (304, None)
    (seeds / "b.txt").write_text("Another\nText")
    changed = await fetch(seeds, first.body_hash)
    assert changed.body is not None


async def test_an_edit_is_the_same_article_and_known_ones_are_counted_only(seeds):
    (seeds / "a.txt").write_text("Title\nText")
    (seeds / "b.txt").write_text("Other\nText")
    first = await read(seeds)
    known = {article.guid: article.entry_hash for article in first.articles}
    (seeds / "a.txt").write_text("Title\nText, edited")
    second = await read(seeds, known)
    assert [article.id for article in second.articles] == [first.articles[0].id]
    assert (second.entries, second.unchanged) == (2, 1)
    assert second.articles[0].content_hash != first.articles[0].content_hash


async def test_a_folder_that_is_not_there_is_a_failure_in_plain_words(seeds):
    with pytest.raises(FetchError, match="cannot be read: no such file or directory"):
        await fetch(seeds / "missing")
    (seeds / "a.txt").write_text("T")
    (seeds / "b.txt").write_text("T")
    with pytest.raises(FetchError, match="more than 1 files"):
        await fetch(seeds, policy=FolderPolicy(max_files=1))


@pytest.mark.parametrize("folder", [Path(__file__).parents[2] / "seeds", SHARED_SEEDS], ids=["ours", "originals"])
async def test_the_seeds_are_read(folder):
    # The originals stand beside some checkouts only; ours are in every one.
    expected = 2 if folder.is_dir() else 0
    parsed = await read(folder) if expected else None
    titles = [article.title for article in parsed.articles] if parsed else []
    assert len(titles) == expected
    assert not any(title.startswith("date") for title in titles)


async def test_links_are_read_where_they_stay_in_the_folder_and_told_once_where_they_lead_out(seeds):
    outside = seeds.parent / "secret.txt"
    outside.write_text("Secret\nText.")
    os.utime(outside, (1_700_000_000, 1_700_000_000))
    (seeds / ".data").mkdir()
    (seeds / ".data" / "a.txt").write_text("First\nText.")
    (seeds / "a.txt").symlink_to(seeds / ".data" / "a.txt")
    (seeds / "b.txt").symlink_to("../secret.txt")
    (seeds.parent / "way").symlink_to(seeds)
    for folder in (seeds, seeds.parent / "way"):
        parsed = await read(folder)
        assert [article.title for article in parsed.articles] == ["First"]
        (note,) = parsed.notes
        assert note.endswith("/b.txt: is a link that leads out of the folder")
    feed, fetched = feed_of(seeds), await fetch(seeds)
    placed_at = datetime.fromtimestamp((seeds / "b.txt").lstat().st_ctime, UTC)
    for later_s, notes in ((-1, 1), (1, 0)):
        looked_at = placed_at + timedelta(seconds=later_s)
        state = dataclasses.replace(FeedState(feed.id, NOW, feed.url), last_success_at=looked_at)
        parsed = await SeedFolder(LEXICON).parse(feed, state, fetched, {}, NOW)
        assert len(parsed.notes) == notes

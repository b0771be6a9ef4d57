"""Tests that many articles are read on all cores as one is read alone."""

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.adapters.detection_pool import RawArticle, ReadingPool
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.domain.article import ArticleId, DateFlag
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.watchlist import Entity, EntityId
from tests.failing import FailingDetector
from tests.story_builders import article

_TEXTS = (
    "Acme Corp was hit by ransomware on Monday; 12,000 customers are without service.",
    "Das Unternehmen Acme Corp wurde am Dienstag Opfer eines Hackerangriffs auf seine Server in Köln.",
    "The weather will be fine in the south of the country, and the wind will be weak.",
)


def test_articles_are_read_alike_in_this_process_and_in_many() -> None:
    articles = [
        article(str(number), title=f"Story {number} of Acme Corp", text=_TEXTS[number % 3]) for number in range(200)
    ]
    articles += [article(key, title=f"{key} rain", text="It will be dry again on Sunday.") for key in ("more", "less")]
    articles[7] = replace(articles[7], language="und", date_flag=DateFlag.MISSING)
    entities = [Entity(EntityId("acme"), "Acme Corp")]
    facts = load_fact_reader(GroupPolicy())
    with (
        ReadingPool(entities, load_lexicon(), facts, 1) as alone,
        ReadingPool(entities, load_lexicon(), facts, 2) as many,
    ):
        batch = many.read(articles, {ArticleId("less")})
        assert batch == alone.read(articles, {ArticleId("less")})
        # What was begun is not read again, but for what stands in a story or was edited meanwhile.
        many.begin(articles)
        edited = [*articles[:3], replace(articles[3], text=_TEXTS[2], revision=2), *articles[4:]]
        assert many.read(edited, {ArticleId("less")}) == alone.read(edited, {ArticleId("less")})
        assert many.read(articles[:2]) == alone.read(articles[:2])
        read = batch.told
        raw = [RawArticle(one.id, one.title, one.text, one.published_at, one.language) for one in articles]
        analyses = {one.article_id: one for one in (*batch.off_topic, *(told.analysis for told in read))}
        assert list(many.analyse(raw)) == [analyses[one.id] for one in articles]
    # Who stands in a story is read whole, whatever it says.
    assert [one.article_id for one in batch.off_topic] == ["more"]
    assert [one.article.id for one in read] == [one.id for one in articles if one.id != "more"]
    assert read[7].article.language != "und"
    assert not read[7].fingerprint.is_dated


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        pytest.param("https://speld.nl/2025/acme", "", id="by its address"),
        pytest.param("https://news.google.com/rss/articles/1", "De Speld", id="by what a search calls it"),
    ],
)
def test_what_a_paper_of_satire_tells_happened_to_nobody(url: str, owner: str) -> None:
    told = article("1", title="Acme Corp hit by ransomware", text=_TEXTS[0])
    made_up = replace(article("2", title="Acme Corp hit by ransomware", text=_TEXTS[0]), url=url, owner=owner)
    with ReadingPool(
        [Entity(EntityId("acme"), "Acme Corp")], load_lexicon(), load_fact_reader(GroupPolicy()), 1
    ) as pool:
        batch = pool.read([told, made_up])
    assert [one.analysis.under_attack for one in batch.told] == [("acme",), ()]


@pytest.mark.parametrize("processes", [1, 2])
def test_an_article_that_the_program_fails_on_keeps_no_other_from_being_read(processes: int) -> None:
    articles = [article(str(number), title=f"Story {number} of Acme Corp", text=_TEXTS[0]) for number in range(200)]
    articles[7] = replace(articles[7], title="A bad story of Acme Corp")
    with ReadingPool(
        [Entity(EntityId("acme"), "Acme Corp")], load_lexicon(), load_fact_reader(GroupPolicy()), processes
    ) as pool:
        pool.detector = FailingDetector(pool.detector)
        batch = pool.read(articles, {articles[7].id})
        raw = [RawArticle(one.id, one.title, one.text, one.published_at, one.language) for one in articles]
        faults = [one.article_id for one in pool.analyse(raw) if one.fault]
    (unread,) = batch.off_topic
    assert [unread.article_id] == faults == ["7"]
    assert unread.fault.startswith("IndexError in analyse, line ")
    assert len(batch.told) == 199


def test_the_processes_end_with_a_service_that_was_killed() -> None:
    script = textwrap.dedent(
        """
        import os, signal
        from monitor.adapters.detection_pool import DetectionPool, RawArticle
        from monitor.adapters.packaged.lexicon import load_lexicon
        from monitor.domain.watchlist import Entity, EntityId
        pool = DetectionPool([Entity(EntityId("acme"), "Acme Corp")], load_lexicon(), 2)
        found = list(pool.analyse(RawArticle(str(number), "Acme", "Fine weather") for number in range(200)))
        print(*pool._executor._processes, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    # They hold its output open for as long as they live: what comes back, comes after their end.
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environ, stdout=subprocess.PIPE, text=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert len(done.stdout.split()) == 2

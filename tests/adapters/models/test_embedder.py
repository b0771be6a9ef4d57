"""A user's embedding model on loopback: what it says joins or parts stories within bounds, and its failure changes nothing."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.database.catalogue import DatabaseCatalogue
from monitor.adapters.models.embedder import HttpEmbedder
from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.adapters.yaml_settings.load import load_settings
from monitor.app import feeds_of, open_brain, open_desk, open_intakes, open_store
from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import ConfigError
from monitor.domain.feed import FeedId
from monitor.domain.finding import Analysis
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.model_policy import EmbeddingsPolicy
from monitor.domain.report import AssessReport, EmbedReport
from monitor.entrypoints.cli.main import main
from monitor.entrypoints.gear import secrets_of
from monitor.pipeline import assess, collect
from monitor.stages.read_article import ReadArticle, fingerprint_of
from tests.adapters.models.model_server import ModelServer, served
from tests.builders import NOW

Say = Callable[[list[str]], object]
FACTS = load_fact_reader(GroupPolicy())


def meaning(text: str) -> list[float]:
    """A model that knows two things: fires and banks."""
    low = text.lower()
    return [1.0 + sum(word in low for word in ("brand", "fire", "incendie")), float("bank" in low), 0.25]


class Model(ModelServer):
    """An embeddings endpoint; ``say`` gets the texts and gives the vectors."""

    def asked(self, body: dict[str, Any]) -> object:
        return body["input"]

    def answered(self, said: Any) -> object:
        rows = [{"index": index, "embedding": vector} for index, vector in enumerate(said)]
        return {"data": rows[::-1], "model": self.bodies[-1]["model"]}


def model(say: Say) -> AbstractAsyncContextManager[Model]:
    return served(Model(say))


def read(key: str, title: str) -> ReadArticle:
    article = Article(ArticleId(key), FeedId("f"), key, "", title, "Nobody was hurt.", NOW, NOW, "en")
    analysis = Analysis(key, "en", (), (), ())
    return ReadArticle(article, analysis, fingerprint_of(article, analysis, FACTS))


def embedder(server: Model, **policy: object) -> HttpEmbedder:
    return HttpEmbedder(EmbeddingsPolicy(url=f"{server.base}/v1", model="small", **policy), (), "test")


async def ask(one: HttpEmbedder, *articles: ReadArticle, after_s: int = 0) -> tuple[list[bytes], EmbedReport]:
    done, report = await asyncio.to_thread(one, articles, NOW + timedelta(seconds=after_s))
    assert report is not None
    return [each.fingerprint.vector for each in done], report


async def test_each_text_is_shown_once_in_batches_and_the_order_of_the_answer_does_not_matter() -> None:
    async with model(lambda texts: [meaning(text) for text in texts]) as server:
        one = embedder(server, batch=2, key="s3cret", most_characters=12)
        fire, bank, again = read("1", "Fire in town"), read("2", "Bank robbed here"), read("3", "Fire in town")
        other = read("4", "Something else")
        vectors, report = await ask(one, fire, bank, again, other)
        assert vectors[0] == vectors[2] != vectors[1]
        assert (report.asked, report.known, report.fault) == (3, 0, "")
        assert [body["input"] for body in server.bodies] == [["Fire in town", "Bank robbed "], ["Something el"]]
        assert (set(server.paths), set(server.keys)) == ({"/v1/embeddings"}, {"Bearer s3cret"})
        assert (await ask(one, bank))[1] == EmbedReport(asked=0, known=1)
        assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (500, "the embedding model answers with status 500"),
        (b"<html>", "the embedding model answers with what are no vectors"),
        (b"[" * 100_000, "the embedding model answers with what are no vectors"),
        (b'{"data": [{"index": 1, "embedding": [1]}]}', "the embedding model answers with what are no vectors"),
        (b'{"data": [{"index": 0, "embedding": ["x"]}]}', "the embedding model answers with what are no vectors"),
        ([[0.0, 0.0]], "the embedding model answers with vectors of no length"),
        (b'{"data": [{"index": 0, "embedding": [1e999]}]}', "the embedding model answers with vectors of no length"),
        ([[1.0] * 5000], "the embedding model answers with vectors of no length"),
        (b" " * (8 * 2**20 + 1), "the embedding model cannot be reached: ValueError: more than 8192 KiB"),
        ("hang", "the embedding model did not answer in time"),
    ],
)
async def test_what_it_cannot_say_leaves_articles_as_they_are(said: object, fault: str) -> None:
    async with model(lambda _: said) as server:
        one = embedder(server, timeout=timedelta(seconds=0.2 if said == "hang" else 60), patience=timedelta(minutes=2))
        assert await ask(one, read("1", "Fire")) == ([b""], EmbedReport(asked=0, known=0, fault=fault))


async def test_after_failures_in_a_row_it_is_left_alone_for_a_while() -> None:
    async with model(lambda texts: 503 if len(server.bodies) <= 3 else [meaning(text) for text in texts]) as server:
        one = embedder(server, batch=1)
        articles = [read(str(number), f"Fire {number}") for number in range(5)]
        assert (await ask(one, *articles))[1].fault == "the embedding model answers with status 503"
        assert len(server.bodies) == 3
        assert await ask(one, *articles, after_s=60) == ([b""] * 5, EmbedReport())
        assert (await ask(one, *articles, after_s=301))[1] == EmbedReport(asked=5)


FIRE = [
    (
        "a.txt",
        "Großbrand in Rotterdam",
        "Im Hafen von Rotterdam brennt eine Halle von Nordwick. Rauch zieht über die Stadt.",
    ),
    (
        "b.txt",
        "Incendie dans un entrepôt",
        "À Rotterdam, les pompiers luttent contre les flammes dans un dépôt de Nordwick.",
    ),
]


def installation(folder: Path, server: Model | None) -> Path:
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    (folder / "seeds").mkdir()
    for name, title, text in FIRE:
        (folder / "seeds" / name).write_text(f"{title}\n\n{text}\n", encoding="utf-8")
    keys = {"url": f"{server.base}/v1", "model": "small", "key": "${MODEL_KEY}"} if server else {}
    (config / "monitor.yaml").write_text(f"seeds: [seeds]\nembeddings: {json.dumps(keys)}\n", encoding="utf-8")
    (config / "watchlists" / "w.yaml").write_text("watchlist: w\nentities: [Nordwick]\n", encoding="utf-8")
    return config


async def round_of_all(config: Path) -> tuple[AssessReport, list[str]]:
    settings = load_settings(config, {"MODEL_KEY": "s3cret-key"})
    assert "s3cret-key" in secrets_of(settings) or not settings.policy.embeddings.url
    brain, intakes = open_brain(settings), open_intakes(settings)
    with open_store(settings, NOW) as store:
        store.sync_feeds(feeds_of(settings), NOW)
        await collect(lambda: NOW, store, intakes.by_kind, settings.policy)
        report = await asyncio.to_thread(assess, NOW, open_desk(settings, store, brain, NOW))
        found = DatabaseCatalogue(store.database).search("Rotterdam", 5)
    await intakes.close()
    brain.close()
    return report, sorted({str(row["story"]) for row in found})


async def test_likeness_is_among_the_shared_facts_that_a_story_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with model(lambda texts: [meaning(text) for text in texts]) as server:
        config = installation(tmp_path, server)
        report, stories = await round_of_all(config)
    assert report.embedded == EmbedReport(asked=2)
    assert server.keys == ["Bearer s3cret-key"]
    (story,) = stories
    monkeypatch.setenv("MODEL_KEY", "s3cret-key")
    assert main(["stories", "show", story, "--config", str(config)]) == 0
    assert "embedding likeness" in capsys.readouterr().out


async def test_it_is_off_by_default_and_one_that_fails_groups_by_facts_alone(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    async with model(lambda _: 503) as server:
        failed, stories = await round_of_all(installation(tmp_path / "with", server))
    plain, same = await round_of_all(installation(tmp_path / "without", None))
    assert failed.embedded == EmbedReport(fault="the embedding model answers with status 503")
    assert plain.embedded is None
    assert (replace(failed, embedded=None), len(stories)) == (plain, len(same))


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("{url: 'ftp://x', model: m}", "embeddings.url: is no http(s) address"),
        ("{url: 'http://x/v1'}", "embeddings.model: is missing"),
        ("{url: 'http://x/v1', model: m, batch: 0}", "embeddings.batch: is below 1"),
        ("{url: 'http://x/v1', model: m, timeout: 0s}", "embeddings.timeout: is no time at all"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, keys: str, fault: str) -> None:
    config = installation(tmp_path, None)
    (config / "monitor.yaml").write_text(f"embeddings: {keys}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(config, {})
    assert fault in "\n".join(map(str, caught.value.faults))

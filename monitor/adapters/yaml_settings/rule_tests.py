"""Rule tests: what is given, and which alerts are expected of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from monitor.adapters.yaml_settings.document import Document, listed, read_document
from monitor.adapters.yaml_settings.faults import validate
from monitor.adapters.yaml_settings.models import Language, Model, Name
from monitor.domain.article import Article, ArticleId
from monitor.domain.errors import ConfigError, Fault, ParseError
from monitor.domain.feed import FeedId
from monitor.domain.watchlist import Severity
from monitor.stages.parse.article_files import decode_article_file, read_article_file

# A replay needs some date for an article that gives none: all such tests happen on one day.
_SOME_DAY = datetime(2026, 1, 1, 9, tzinfo=UTC)


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f'a time is written 2026-11-25T09:00:00Z, not "{value}"') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class GivenModel(Model):
    title: str = ""
    text: str = ""
    published: Annotated[datetime, BeforeValidator(_moment)] | None = None
    url: str = ""
    language: Language | None = None
    file: Name | None = None


class AlertModel(Model):
    rule: Name
    entities: list[Name] | None = None
    severity: Severity | None = None
    notifications: int | None = None


class ExpectModel(Model):
    alerts: list[AlertModel] = []


class TestModel(Model):
    name: Name
    given: list[GivenModel]
    expect: ExpectModel


class FileModel(Model):
    tests: list[Any]


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert that must be there; fields that are None may be anything."""

    rule: str
    entities: tuple[str, ...] | None
    severity: Severity | None
    notifications: int | None

    def described(self) -> str:
        parts = [f"rule {self.rule}"]
        parts += [f"entities [{', '.join(self.entities)}]"] if self.entities is not None else []
        parts += [f"severity {self.severity}"] if self.severity is not None else []
        parts += [f"notifications {self.notifications}"] if self.notifications is not None else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test: articles in, alerts out."""

    name: str
    given: tuple[Article, ...]
    alerts: tuple[ExpectedAlert, ...]


def load_rule_tests(path: Path) -> tuple[RuleTest, ...]:
    """
    The tests of a file; article files are looked for from the working directory and beside the test file.

    Raises:
        ConfigError: every fault of the file at once.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError((Fault(str(path), 0, 0, "", f"cannot be read: {error.strerror}"),)) from error
    document = read_document(str(path), data)
    if not document.faults:
        validate(document, document.value or {}, FileModel)
    tests = tuple(_tests(document, path.parent))
    if document.faults:
        raise ConfigError(tuple(document.faults))
    return tests


def _tests(document: Document, folder: Path) -> Iterator[RuleTest]:
    for number, item in enumerate(listed(document, "tests")):
        test = validate(document, item, TestModel, ("tests", number))
        if test is None:
            continue
        given = [
            article
            for index, one in enumerate(test.given)
            if (article := _article(document, one, folder, ("tests", number, "given", index)))
        ]
        alerts = tuple(
            ExpectedAlert(a.rule, None if a.entities is None else tuple(a.entities), a.severity, a.notifications)
            for a in test.expect.alerts
        )
        yield RuleTest(test.name, tuple(given), alerts)


def _article(document: Document, given: GivenModel, folder: Path, at: tuple[str | int, ...]) -> Article | None:
    title, text, published, url = given.title, given.text, given.published, given.url
    if given.file is not None:
        path = next((root / given.file for root in (Path(), folder) if (root / given.file).is_file()), None)
        if path is None:
            document.faults.append(document.fault((*at, "file"), f"there is no file {given.file}"))
            return None
        try:
            read = read_article_file(path.name, decode_article_file(path.name, path.read_bytes()))
        except ParseError as error:
            document.faults.append(document.fault((*at, "file"), str(error)))
            return None
        title, text, url = read.title, read.text, url or read.url
        published = published or read.published_at
    moment = published or _SOME_DAY
    key = hashlib.sha256(f"{at} {title} {text}".encode()).hexdigest()[:16]
    return Article(
        id=ArticleId(key),
        feed_id=FeedId("test"),
        guid=key,
        url=url or f"https://outlet-{at[-1]}.example/{key}",
        title=title,
        text=text,
        published_at=moment,
        first_seen_at=moment,
        language=given.language or "und",
        owner=f"outlet-{at[-1]}.example",
    )

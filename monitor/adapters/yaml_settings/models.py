"""The shape of each configuration file, as pydantic models; `monitor schema` prints them for editors."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor.adapters.yaml_settings.faults import closest
from monitor.domain.feed import FeedKind, Fulltext
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.watchlist import Digest, Severity

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZE = re.compile(r"(\d+)\s*(B|KB|KiB|MB|MiB|GB|GiB)")
_BYTES = {"B": 1, "KB": 1000, "KiB": 1024, "MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}
_LONGEST = timedelta(days=3650)


def parse_duration(value: object) -> timedelta:
    """`30s`, `15m`, `7d` as a timedelta; ValueError says what is wrong."""
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(str(value).strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'a duration carries its unit, such as 30s, 15m, 2h or 7d, not "{value}"')
    length = timedelta(seconds=float(found[1]) * _SECONDS[found[2]])
    if length > _LONGEST:
        raise ValueError("longer than ten years")
    return length


def parse_size(value: object) -> int:
    """`15MiB` in bytes; ValueError says what is wrong."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SIZE.fullmatch(str(value).strip()) if isinstance(value, str) else None
    if not found:
        raise ValueError(f'a size carries its unit, such as 500KB or 15MiB, not "{value}"')
    return int(found[1]) * _BYTES[found[2]]


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), WithJsonSchema({"type": "string", "pattern": _DURATION.pattern})
]
Size = Annotated[int, BeforeValidator(parse_size), WithJsonSchema({"type": ["string", "integer"]})]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+([-_.][a-z0-9]+)*$", max_length=100)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


def _one_of(words: type[StrEnum]) -> AfterValidator:
    known = ["any", *words]

    def check(word: str) -> str:
        if word not in known:
            raise ValueError(f'"{word}" is none of {", ".join(known)}{closest(word, known)}')
        return word

    return AfterValidator(check)


def _country(code: str) -> str:
    if not re.fullmatch("[A-Z]{2}", code):
        raise ValueError(f'a country is its code of two letters, such as DK, not "{code}"')
    return code


class Model(BaseModel):
    """Unknown keys are faults, numbers may stand where text is wanted (`- 1984`)."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True)


class FeedModel(Model):
    url: Annotated[str, Field(min_length=1, max_length=4000)]
    id: Slug | None = None
    kind: FeedKind = FeedKind.WEB
    title: str = ""
    language: Language | None = None
    tags: list[str] = []
    every: Duration | None = None
    fulltext: Fulltext = Fulltext.MATCHED
    rings: Literal["news", "always"] = "news"
    owner: str = ""
    enabled: bool = True
    options: dict[str, Any] = {}


class FeedsModel(Model):
    feeds: list[Any] = []  # a URL or a FeedModel: each is validated by itself, so that a fault keeps its plain path


class EntityModel(Model):
    name: Name
    id: Slug | None = None
    aliases: list[Name] = []
    people: list[Name] = []
    products: list[Name] = []
    subsidiaries: list[Name] = []
    domains: list[Name] = []
    tickers: list[Name] = []
    context: list[Name] = []
    exclude: list[Name] = []
    tags: list[Name] = []
    ambiguous: bool | None = None
    kind: Literal["company", "public-body", "press", "news-agency", "security-vendor", "agency"] | None = None
    sector: str = ""
    country: Annotated[str, AfterValidator(_country)] = ""


class SuppliersModel(Model):
    file: Name
    tags: list[Name] = []


class SelectionModel(Model):
    tags: list[Name] = []


# A rule for none of them would never speak.
_SOME = Field(min_length=1)


class RuleModel(Model):
    id: Slug
    entities: Any = None  # SelectionModel or a list of ids
    roles: Annotated[list[Annotated[str, _one_of(Role)]], _SOME] = ["any"]
    attacks: Annotated[list[Annotated[str, _one_of(AttackType)]], _SOME] = ["any"]
    statuses: Annotated[list[Annotated[str, _one_of(Status)]], _SOME] = ["any"]
    text: str = ""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    min_sources: Annotated[int, Field(ge=1, le=1000)] = 1
    severity: Severity = Severity.WARNING
    channels: list[Name] = []
    digest: Digest = Digest.NONE
    notify_closed: bool = False
    cooldown: Duration | None = None


class WatchlistModel(Model):
    watchlist: Slug
    entities: list[Any]  # a name, an EntityModel or a SuppliersModel
    rules: list[Any] = []  # each is a RuleModel, validated by itself so that its other faults are told as well

"""
The shape of each configuration file, as pydantic models; `monitor schema` prints them for editors.

What stands below a field is what operators read of its key, as in `monitor.domain.policy`.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from monitor.adapters.yaml_settings.faults import closest
from monitor.adapters.yaml_settings.meanings import meanings
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


def write_duration(length: timedelta) -> str:
    """A timedelta as `parse_duration` reads it, in the largest unit up to days that leaves nothing over."""
    seconds = length.total_seconds()
    for unit in ("d", "h", "m", "s"):
        if seconds >= _SECONDS[unit] and seconds % _SECONDS[unit] == 0:
            return f"{int(seconds // _SECONDS[unit])}{unit}"
    return f"{seconds * 1000:.0f}ms" if seconds else "0s"


def write_size(count: int) -> str:
    """A number of bytes as `parse_size` reads it, in the largest binary unit that leaves nothing over."""
    unit = next((unit for unit in ("GiB", "MiB", "KiB") if count and count % _BYTES[unit] == 0), "")
    return f"{count // _BYTES[unit]}{unit}" if unit else str(count)


def _not_nothing(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("some time is wanted here")
    return value


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"})
]
SomeTime = Annotated[Duration, AfterValidator(_not_nothing)]
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


def _explain(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put into a JSON schema what each key means, and its default as a person writes it."""
    said = meanings(model)
    for name, key in schema.get("properties", {}).items():
        if name in said:
            key["description"] = said[name]
        if "default" in key:
            key["default"] = as_written(name, model.model_fields[name].default)
        if isinstance(key.get("default"), BaseModel):
            del key["default"]  # a section: each of its keys has its own


def as_written(name: str, value: object) -> object:
    """The value of a key as it stands in YAML: durations and sizes with their unit, all else as it is."""
    if isinstance(value, timedelta):
        return write_duration(value)
    return write_size(value) if name.endswith("_bytes") and isinstance(value, int) else value


class Model(BaseModel):
    """Unknown keys are faults, numbers may stand where text is wanted (`- 1984`)."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, frozen=True, json_schema_extra=_explain)


class FeedModel(Model):
    url: Annotated[str, Field(min_length=1, max_length=4000)]
    """Its address, or the path of a folder; `${NAME}` is filled in."""
    id: Slug | None = None
    """Its name in commands, logs and notices; made from the address where none is given."""
    kind: FeedKind = FeedKind.WEB
    """How it is read: `web` (RSS, Atom, JSON Feed), `sitemap`, `json-api`, `imap` or `folder`."""
    title: str = ""
    """Its name for people, in `monitor feeds test` and exported lists."""
    language: Language | None = None
    """Its usual language (a code such as nl), for texts too short to tell."""
    tags: list[str] = []
    """Words by which rules of `notices` and `monitor feeds` choose feeds."""
    every: SomeTime | None = None
    """Wait between two polls; without it, the feed's own pace decides."""
    fulltext: Fulltext = Fulltext.MATCHED
    """Whether pages behind articles are read: `matched` (promising ones), `always` or `never`."""
    rings: Literal["news", "always"] = "news"
    """`always`: its articles ring whatever their age, also those of its first poll."""
    owner: str = ""
    """Its publisher; feeds of the same owner count as one source."""
    enabled: bool = True
    """Whether it is polled."""
    options: dict[str, Any] = {}
    """What its kind needs, such as paths, a password or headers."""


class FeedsModel(Model):
    feeds: list[Any] = []  # a URL or a FeedModel: each is validated by itself, so that a fault keeps its plain path
    """What is polled: addresses, or feeds with keys of their own."""


class EntityModel(Model):
    name: Name
    """Its name; the catalogue adds its hints, but none of its other names."""
    id: Slug | None = None
    """What rules, silences and commands call it; made from the name where none is given."""
    aliases: list[Name] = []
    """Its other names and spellings."""
    people: list[Name] = []
    """Persons who stand for it, such as its head."""
    products: list[Name] = []
    """Names of its products and services, which stand for it."""
    subsidiaries: list[Name] = []
    """Companies that belong to it: an attack on one is an attack on it."""
    domains: list[Name] = []
    """Its domains, such as example.org, which stand for it where a text names them."""
    tickers: list[Name] = []
    """Its symbols at stock exchanges."""
    context: list[Name] = []
    """Words that make an ambiguous name likely to mean it."""
    exclude: list[Name] = []
    """Phrases that hold its name and never mean it."""
    tags: list[Name] = []
    """Words by which rules and channels choose entities."""
    ambiguous: bool | None = None
    """Whether its name often means something else, so that a mention takes more."""
    kind: Literal["company", "public-body", "press", "news-agency", "security-vendor", "agency"] | None = None
    """What it is, where the catalogue or the name suggests a wrong kind."""
    sector: str = ""
    """What it does, where the catalogue is wrong or silent."""
    country: Annotated[str, AfterValidator(_country)] = ""
    """Its country (two letters, such as DK), where the catalogue is wrong or silent."""


class SuppliersModel(Model):
    file: Name
    """CSV file beside the watchlist, one entity a row: `name[,id,aliases,domains,tags]`."""
    tags: list[Name] = []
    """Tags that all entities of the file have."""


class SelectionModel(Model):
    tags: list[Name] = []
    """Entities that have one of these tags."""


# A rule for none of them would never speak.
_SOME = Field(min_length=1)


class RuleModel(Model):
    id: Slug
    """Its name, unique over all watchlists."""
    entities: Any = None  # SelectionModel or a list of ids
    """Ids, or `{tags: [...]}`; without it, the rule is about the whole watchlist."""
    roles: Annotated[list[Annotated[str, _one_of(Role)]], _SOME] = ["any"]
    """Roles of an entity that it speaks of."""
    attacks: Annotated[list[Annotated[str, _one_of(AttackType)]], _SOME] = ["any"]
    """Attack types that it speaks of."""
    statuses: Annotated[list[Annotated[str, _one_of(Status)]], _SOME] = ["any"]
    """Statuses of an attack that it speaks of."""
    text: str = ""
    """A condition on the words: AND OR NOT, "phrases", NEAR/n, prefix*, parentheses."""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How sure (0 to 1) it must be that the entity is meant."""
    min_sources: Annotated[int, Field(ge=1, le=1000)] = 1
    """Independent sources that must report the story."""
    severity: Severity = Severity.WARNING
    """How loud its alerts are: `info`, `warning` or `critical`."""
    channels: list[Name] = []
    """Names of channels; without any, those with `default: true`."""
    digest: Digest = Digest.NONE
    """Whether its alerts come at once (`none`) or in an `hourly`, `daily` or `weekly` message."""
    notify_closed: bool = False
    """Whether it says so when a story has been quiet for long."""
    cooldown: Duration | None = None
    """Least time between messages about one story; what is graver is never held."""


class WatchlistModel(Model):
    watchlist: Slug
    """Its name, unique over all files."""
    entities: list[Any]  # a name, an EntityModel or a SuppliersModel
    """Whom it watches: names, entities with keys of their own, or CSV files."""
    rules: list[Any] = []  # each is a RuleModel, validated by itself so that its other faults are told as well
    """When a story about its entities is worth an alert."""

"""The whole configuration folder into Settings; the environment beats the files, a flag beats both."""

import hashlib
import ipaddress
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, ValidationError, create_model
from rapidfuzz import fuzz, process

from monitor.adapters.yaml_settings.catalogue import slug
from monitor.adapters.yaml_settings.channels import ChannelModel, ChannelsModel, channel_names, read_channels
from monitor.adapters.yaml_settings.document import Document, listed, read_document
from monitor.adapters.yaml_settings.faults import validate
from monitor.adapters.yaml_settings.feed_options import option_faults
from monitor.adapters.yaml_settings.models import (
    EntityModel,
    FeedModel,
    FeedsModel,
    Model,
    RuleModel,
    SuppliersModel,
    WatchlistModel,
)
from monitor.adapters.yaml_settings.notices import NoticeRuleModel, read_notice_rules
from monitor.adapters.yaml_settings.second_reader import embeddings_faults, second_reader_faults
from monitor.adapters.yaml_settings.secrets import Secrets
from monitor.adapters.yaml_settings.sections import policy_from, policy_sections, section_model
from monitor.adapters.yaml_settings.watchlists import read_watchlist
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.feed import Feed, FeedId, FeedKind, shown_url
from monitor.domain.notification import Channel
from monitor.domain.policy import AlertPolicy, Policy
from monitor.domain.settings import Settings
from monitor.domain.watchlist import Watchlist
from monitor.stages.addresses import health_faults, store_address_fault, web_faults

_PREFIX = "MONITOR_"
_SCHEMES = {"http", "https"}
_NEARLY = 80  # of 100
_APART = 'give one of them an "id" of its own (secrets in addresses do not tell feeds apart)'


def _address_of_store(url: str) -> str:
    if fault := store_address_fault(url):
        raise ValueError(fault)
    return url


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f'a network is an address with its mask, such as 10.0.0.0/8, not "{text}"') from None
    return text


class _General(Model):
    storage: Annotated[str, AfterValidator(_address_of_store)] = "sqlite:///storage/monitor.db"
    """The store; or `postgresql+psycopg://user@host/database` (after `make postgres`)."""
    seeds: list[str] = ["seeds/"]
    """Folders of article files, read as feeds that always ring, where they are there."""
    allow_private_addresses: list[Annotated[str, AfterValidator(_network)]] = []
    """Networks that feeds and channels may reach although they are private."""
    notices: list[NoticeRuleModel] = []
    """Who is told when feeds fall ill; without any, channels with `notices: true`."""


_SECTIONS: dict[str, Any] = {
    name: (section_model(policy), section_model(policy)()) for name, policy in policy_sections().items()
}
_SECTION_FAULTS: dict[str, Callable[[Any], Iterable[tuple[str, str]]]] = {
    "second_reader": second_reader_faults,
    "web": web_faults,
    "embeddings": embeddings_faults,
    "health": health_faults,
}
MonitorModel: type[Any] = create_model("MonitorModel", __base__=_General, __doc__="config/monitor.yaml", **_SECTIONS)


def load_settings(config_dir: Path, environ: Mapping[str, str], flags: Mapping[str, object] | None = None) -> Settings:
    """
    Read monitor.yaml, feeds.yaml, feeds.d/*.yaml, channels.yaml and watchlists/*.yaml of *config_dir*.

    A file that is missing counts as empty, a folder that is missing is a fault.

    Raises:
        ConfigError: every fault of all files at once.
    """
    if not config_dir.is_dir():
        raise ConfigError((Fault(str(config_dir), 0, 0, "", "there is no such folder: name one with --config"),))
    reader = _Reader(config_dir, Secrets(environ))
    settings = reader.read(environ, flags or {})
    if reader.faults or settings is None:
        raise ConfigError(tuple(dict.fromkeys(reader.faults)))
    return settings


class _Reader:
    """Reads the files of one folder and gathers their faults."""

    def __init__(self, config_dir: Path, secrets: Secrets) -> None:
        self.config_dir = config_dir
        self.root = config_dir.resolve().parent
        self.secrets = secrets
        self.faults: list[Fault] = []
        self.digest = hashlib.sha256()

    def read(self, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings | None:
        document = self._document(self.config_dir / "monitor.yaml")
        general = self._general(document, environ, flags)
        feeds = self._feeds()
        channels, names = self._channels()
        tags = {tag for feed in feeds for tag in feed.tags}
        notices = read_notice_rules(document, general.notices if general else [], names, tags)
        # Those of before come twice: the same fault is told once.
        self.faults += document.faults
        watchlists = self._watchlists(names)
        self._check_names(watchlists)
        if general is None:
            return None
        policy = Policy(**{name: policy_from(getattr(general, name), kind) for name, kind in policy_sections().items()})
        return Settings(
            root=self.root,
            config_dir=self.config_dir,
            storage=_storage(general.storage, self.root),
            seeds=tuple(_seeds(general, self.root)),
            allow_private_addresses=tuple(general.allow_private_addresses),
            feeds=feeds,
            channels=tuple(_limited(channel, policy.alerts) for channel in channels),
            watchlists=watchlists,
            policy=policy,
            version=self.digest.hexdigest()[:12],
            notices=notices,
        )

    def _document(self, path: Path) -> Document:
        # The name a person typed, not the absolute path: `config/feeds.yaml`.
        name = str(path)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return Document(name)
        except OSError as error:
            self.faults.append(Fault(name, 0, 0, "", f"cannot be read: {error.strerror}"))
            return Document(name)
        self.digest.update(data)
        return read_document(name, data)

    def _general(self, document: Document, environ: Mapping[str, str], flags: Mapping[str, object]) -> Any:
        value = {} if document.value is None else document.value
        if isinstance(value, dict):
            value = _overlaid(value, _from_environment(environ, self.secrets, document))
            typed = {key: flag for key, flag in flags.items() if flag is not None}
            document.given |= {(key,): f"--{key}" for key in typed}
            value = _overlaid(value, typed)
            value = _expanded(self.secrets, document, (), value)
        model: Any = validate(document, value, MonitorModel)
        document.faults += _faults_of_sections(document, value)
        self.faults += document.faults
        return model

    def _feeds(self) -> tuple[Feed, ...]:
        paths = [self.config_dir / "feeds.yaml", *sorted((self.config_dir / "feeds.d").glob("*.yaml"))]
        feeds: dict[str, Feed] = {}
        for path in paths:
            document = self._document(path)
            validate(document, {} if document.value is None else document.value, FeedsModel)
            for number, item in enumerate(listed(document, "feeds")):
                feed = _feed(document, item, ("feeds", number), self.secrets, self.root)
                if feed and feed.id in feeds:
                    document.faults.append(
                        document.fault(("feeds", number), f'the feed "{feed.id}" stands twice: {_APART}')
                    )
                elif feed:
                    feeds[feed.id] = feed
            self.faults += document.faults
        return tuple(feeds.values())

    def _channels(self) -> tuple[tuple[Channel, ...], tuple[str, ...]]:
        """The channels, and the names of all, those with faults included."""
        document = self._document(self.config_dir / "channels.yaml")
        channels = read_channels(document, self.secrets, self.root)
        self.faults += document.faults
        return channels, channel_names(document)

    def _watchlists(self, channels: Sequence[str]) -> tuple[Watchlist, ...]:
        folder = self.config_dir / "watchlists"
        found: list[Watchlist] = []
        files: dict[str, list[str]] = {}
        for path in sorted(folder.glob("*.yaml")):
            if path.name.endswith(".test.yaml"):
                continue
            try:
                data = path.read_bytes()
            except OSError as error:
                self.faults.append(Fault(str(path), 0, 0, "", f"cannot be read: {error.strerror}"))
                continue
            self.digest.update(data)
            watchlist, faults = read_watchlist(str(path), data, folder, channels)
            self.faults += faults
            if watchlist:
                found.append(watchlist)
                files.setdefault(watchlist.id, []).append(path.name)
        self._check_ids(files)
        for path in sorted(folder.glob("*.csv")):
            if os.access(path, os.R_OK) and path.is_file():
                self.digest.update(path.read_bytes())
        if not found and not self.faults:
            misnamed = next((f" (call {path.name} {path.stem}.yaml)" for path in sorted(folder.glob("*.yml"))), "")
            none = f"no watchlist (*.yaml) in this folder: nobody is watched{misnamed}"
            self.faults.append(Fault(str(folder), 0, 0, "", none))
        return tuple(found)

    def _check_ids(self, files: Mapping[str, Sequence[str]]) -> None:
        """Watchlists have names of their own: alerts refer to them."""
        for name, paths in files.items():
            if len(paths) > 1:
                text = f'"{name}" stands in {", ".join(paths)}: give one of them another name'
                self.faults.append(Fault(str(self.config_dir / "watchlists"), 0, 0, "watchlist", text))

    def _check_names(self, watchlists: Sequence[Watchlist]) -> None:
        """Rules over all watchlists have names of their own: alerts refer to them."""
        folder = str(self.config_dir / "watchlists")
        lists: dict[str, list[str]] = {}
        for watchlist in watchlists:
            # Twice in one list is told with the line of the rule.
            for rule_id in {str(rule.id) for rule in watchlist.rules}:
                lists.setdefault(rule_id, []).append(watchlist.id)
        for name, found in lists.items():
            if len(found) > 1:
                text = f'"{name}" stands in the watchlists {", ".join(found)}: rename one of them'
                self.faults.append(Fault(folder, 0, 0, "rule", text))


def _faults_of_sections(document: Document, value: object) -> Iterable[Fault]:
    """What is wrong with addresses and the like, of each section that is right so far."""
    for name, faults_of in _SECTION_FAULTS.items():
        written = value.get(name) if isinstance(value, dict) else None
        try:
            section = _SECTIONS[name][0].model_validate(written or {})
        except ValidationError:
            continue  # told already
        yield from (document.fault((name, key), text) for key, text in faults_of(section))


def _feed(document: Document, item: object, at: tuple[str, int], secrets: Secrets, root: Path) -> Feed | None:
    model = validate(document, {"url": item} if isinstance(item, str) else item, FeedModel, at)
    if model is None:
        return None
    url = secrets.expand(document, (*at, "url"), model.url)
    parts = urlsplit(url)
    if model.kind in {FeedKind.WEB, FeedKind.SITEMAP, FeedKind.JSON_API} and (
        parts.scheme not in _SCHEMES or not parts.hostname
    ):
        document.faults.append(document.fault((*at, "url"), f'"{model.url}" is no http(s) address'))
        return None
    if model.kind is not FeedKind.FOLDER and len(url.split()) != 1:
        document.faults.append(document.fault((*at, "url"), f'"{model.url}" is no address: there are blanks in it'))
        return None
    faults = list(option_faults(model.kind, url, model.options))
    if faults:
        document.faults += [document.fault((*at, *place), text) for place, text in faults]
        return None
    return Feed(
        id=FeedId(model.id or feed_id(url)),
        url=str(root / url) if model.kind is FeedKind.FOLDER else url,
        kind=model.kind,
        title=model.title,
        language=model.language,
        tags=tuple(model.tags),
        every=model.every,
        fulltext=model.fulltext,
        rings_always=model.rings == "always",
        owner=model.owner,
        is_enabled=model.enabled,
        options={
            key: _expanded(secrets, document, (*at, "options", key), value) for key, value in model.options.items()
        },
    )


def _expanded(secrets: Secrets, document: Document, at: tuple[str | int, ...], value: Any) -> Any:
    """*value* with secrets filled in, however deep they lie: a header of a feed, the password of a mailbox."""
    if isinstance(value, str):
        return secrets.expand(document, at, value)
    if isinstance(value, dict):
        return {key: _expanded(secrets, document, (*at, key), inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(secrets, document, (*at, number), inner) for number, inner in enumerate(value)]
    return value


def feed_id(url: str) -> str:
    """
    The id of a feed that was given none: its host, and what its address says beyond that.

    Its secrets are no part of it: a token that is changed leaves the feed the one that it was.
    """
    shown = shown_url(url)
    parts = urlsplit(shown)
    host = (parts.hostname or "feed").removeprefix("www.")
    tail = slug(f"{parts.path} {parts.query}") if parts.path.strip("/") or parts.query else ""
    name = f"{slug(host)}-{tail}" if tail else slug(host)
    return name if len(name) <= 80 else f"{name[:70]}-{hashlib.sha256(shown.encode()).hexdigest()[:8]}"


def _seeds(general: Any, root: Path) -> Iterator[Path]:
    """The folders of seeds; of the one that is read where nobody says anything, only if it is there."""
    for folder in general.seeds:
        if "seeds" in general.model_fields_set or (root / folder).is_dir():
            yield root / folder


def _storage(url: str, root: Path) -> str:
    prefix = "sqlite:///"
    if not url.startswith(prefix):
        return url
    return f"{prefix}{root / url.removeprefix(prefix)}"


def _overlaid(value: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(value)
    for key, new in over.items():
        old = merged.get(key)
        merged[key] = _overlaid(old, new) if isinstance(old, dict) and isinstance(new, Mapping) else new
    return merged


def _from_environment(environ: Mapping[str, str], secrets: Secrets, document: Document) -> dict[str, Any]:
    """`MONITOR_POLL__EVERY=10m` as {"poll": {"every": "10m"}}; `MONITOR_STORAGE_FILE` names a file with the value."""
    known = {*policy_sections(), *_General.model_fields}
    values: dict[str, Any] = {}
    # Those of single keys first: a section as a whole that is none is a fault, and not overlaid.
    for name in sorted(environ, key=lambda name: (-len(name), name)):
        if not name.startswith(_PREFIX) or name == "MONITOR_CONFIG":
            continue
        keys = name.removeprefix(_PREFIX).removesuffix("_FILE").lower().split("__")
        if keys[0] not in known:
            # Others use the prefix as well: Kubernetes tells of a service "monitor" in MONITOR_PORT and the like.
            near = process.extractOne(keys[0], known, scorer=fuzz.ratio, score_cutoff=_NEARLY)
            if near is not None:
                meant = name.upper().replace(keys[0].upper(), near[0].upper(), 1)
                document.faults.append(Fault(name, 0, 0, "", f"unknown key (did you mean {meant}?)"))
            continue
        text = secrets.lookup(name.removesuffix("_FILE"))
        if text is None:
            document.faults.append(Fault(name, 0, 0, "", "the file that this variable names cannot be read"))
            continue
        read = read_document(name, text.encode())
        if read.faults:
            document.faults += [replace(fault, line=0) for fault in read.faults]
            continue
        document.given[tuple(keys)] = name
        value: Any = read.value
        for key in reversed(keys):
            value = {key: value}
        values = _overlaid(values, value)
    return values


def schemas() -> Iterable[tuple[str, dict[str, Any]]]:
    """The JSON schema of each kind of file, for editors. Lists of mixed items are described by their long form."""
    yield "monitor", MonitorModel.model_json_schema()
    yield "feeds", _with_items(FeedsModel, "feeds", FeedModel)
    yield "channels", _with_items(ChannelsModel, "channels", ChannelModel)
    watchlist = _with_items(WatchlistModel, "entities", EntityModel, SuppliersModel)
    rule = RuleModel.model_json_schema()
    watchlist["$defs"].update(rule.pop("$defs", {}))
    watchlist["properties"]["rules"]["items"] = rule
    yield "watchlist", watchlist


def _with_items(model: type[Model], key: str, *items: type[Model]) -> dict[str, Any]:
    schema, inner = model.model_json_schema(), [item.model_json_schema() for item in items]
    for one in inner:
        schema.setdefault("$defs", {}).update(one.pop("$defs", {}))
    entry = schema["properties"][key]
    if entry.get("type") == "array":
        entry["items"] = {"anyOf": [{"type": "string"}, *inner]}
    else:
        (entry["additionalProperties"],) = inner
    return schema


def _limited(channel: Channel, policy: AlertPolicy) -> Channel:
    """A channel without a limit of its own has that of ``alerts.storm_per_minute``."""
    return channel if channel.per_minute else replace(channel, per_minute=policy.storm_per_minute)

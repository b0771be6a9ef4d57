"""channels.yaml into channels: secrets filled in, URLs checked without ever printing one."""

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from monitor.adapters.yaml_settings.document import Document
from monitor.adapters.yaml_settings.document import Path as Place
from monitor.adapters.yaml_settings.faults import closest, validate
from monitor.adapters.yaml_settings.models import Language, Model, Name, Slug
from monitor.adapters.yaml_settings.secrets import Secrets
from monitor.domain.notification import Channel, ChannelId, ChannelKind, QuietHours
from monitor.domain.watchlist import Digest, Severity
from monitor.stages.channels.services import channel_faults

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_WAYS = ("url", "webhook", "console", "file")


def _time(text: str) -> str:
    # Other forms of ISO 8601 may name an offset, which is the time zone's to say.
    if not _TIME.fullmatch(text):
        raise ValueError(f'a time of day is written "22:00", not "{text}"')
    return text


def _zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = closest(text, zoneinfo.available_timezones())
        raise ValueError(f'"{text}" is no time zone such as Europe/Amsterdam{hint}') from error
    return text


def _day(text: str) -> str:
    if text not in _DAYS:
        raise ValueError(f'"{text}" is none of {", ".join(_DAYS)}')
    return text


TimeOfDay = Annotated[str, AfterValidator(_time)]


class HoursModel(Model):
    start: TimeOfDay
    """When they begin, such as "22:00", in the time zone of the channel."""
    end: TimeOfDay
    """When they end; over midnight where that is before `start`."""
    days: Annotated[list[Annotated[str, AfterValidator(_day)]], Field(min_length=1)] = list(_DAYS)
    """Days on which they begin: mon, tue, wed, thu, fri, sat, sun."""

    @model_validator(mode="after")
    def _some_time(self) -> "HoursModel":
        if time.fromisoformat(self.start) == time.fromisoformat(self.end):
            raise ValueError("start and end are equal: that would be all day or never, leave it out instead")
        return self


class QuietModel(HoursModel):
    pierce: Severity = Severity.CRITICAL
    """Messages as severe as this or more come all the same."""


class ChannelModel(Model):
    url: str | None = None
    """Apprise URL of a chat or mail service."""
    webhook: str | None = None
    """Address that gets each message as JSON."""
    secret: str = ""
    """What the requests of a webhook are signed with."""
    console: bool = False
    """Whether messages are shown on standard output."""
    file: Name | None = None
    """File that each message is added to, as a line of JSON."""
    default: bool = False
    """Whether it gets the alerts of rules that name no channels."""
    language: Language = "en"
    """Language of its messages: en, nl, de, fr or es."""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Time zone of its times, hours and digests, such as Europe/Amsterdam."""
    min_severity: Severity = Severity.INFO
    """Only alerts as severe as this or more."""
    tags: list[Name] = []
    """Only alerts about companies with one of these tags; empty: all."""
    watchlists: list[Slug] = []
    """Only alerts of these watchlists; empty: all."""
    languages: list[Language] = []
    """Only alerts with a source in one of these languages; empty: all."""
    hours: HoursModel | None = None
    """Only alerts that come up in these hours."""
    quiet: QuietModel | None = None
    """Hours in which messages are held, to come as one list afterwards."""
    digest: Digest = Digest.NONE
    """Whether alerts come singly (`none`) or in an `hourly`, `daily` or `weekly` message."""
    digest_at: TimeOfDay = "08:00"
    """When daily and weekly digests come."""
    empty_digest: bool = False
    """Whether a digest comes also where there is nothing to tell."""
    fallback: Name | None = None
    """The channel that takes over where this one fails."""
    per_minute: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """More alerts a minute come as one list; without it, `alerts.storm_per_minute` holds."""
    notices: bool = True
    """Whether it gets messages about the service itself."""


class ChannelsModel(Model):
    channels: dict[str, Any] = {}
    """The ways out, by name."""


def read_channels(document: Document, secrets: Secrets, root: Path) -> tuple[Channel, ...]:
    """The channels of *document*; faults go to the document. Relative file paths start at *root*."""
    validate(document, {} if document.value is None else document.value, ChannelsModel)
    channels = tuple(_channels(document, secrets, root))
    known = channel_names(document)
    for channel in channels:
        if channel.fallback and (channel.fallback not in known or channel.fallback == channel.id):
            place = ("channels", channel.id, "fallback")
            hint = closest(channel.fallback, [name for name in known if name != channel.id])
            document.faults.append(document.fault(place, f'no other channel is called "{channel.fallback}"{hint}'))
    return channels


def channel_names(document: Document) -> tuple[str, ...]:
    """The names of all channels of *document*, those with faults included: referring to one is right."""
    return tuple(_written(document))


def _written(document: Document) -> dict[str, object]:
    channels = document.value.get("channels") if isinstance(document.value, dict) else None
    return channels if isinstance(channels, dict) else {}


def _channels(document: Document, secrets: Secrets, root: Path) -> Iterator[Channel]:
    for name, value in _written(document).items():
        at: Place = ("channels", name)
        item = validate(document, value, ChannelModel, at)
        if item is None:
            continue
        ways = [way for way in _WAYS if getattr(item, way)]
        if len(ways) != 1:
            found = f"not {' and '.join(ways)}" if ways else "none is here"
            document.faults.append(document.fault(at, f"a channel has one of {', '.join(_WAYS)}: {found}"))
            continue
        channel = _channel(document, item, ChannelId(name), ways[0], secrets, root)
        # A secret that is not set was told already: what is left of the address is no news.
        is_told = not channel.target and getattr(item, ways[0]) and ways[0] != "console"
        for fault in () if is_told else channel_faults(channel):
            document.faults.append(document.fault((*at, ways[0]), fault))
        yield channel


def _channel(
    document: Document, item: ChannelModel, name: ChannelId, way: str, secrets: Secrets, root: Path
) -> Channel:
    at: Place = ("channels", str(name))
    kinds = {"url": ChannelKind.APPRISE, "webhook": ChannelKind.WEBHOOK, "file": ChannelKind.FILE}
    written = getattr(item, way)
    target = "" if way == "console" else secrets.expand(document, (*at, way), written)
    return Channel(
        id=name,
        kind=kinds.get(way, ChannelKind.CONSOLE),
        target=str(root / target) if way == "file" else target,
        secret=secrets.expand(document, (*at, "secret"), item.secret),
        is_default=item.default,
        language=item.language,
        timezone=item.timezone,
        min_severity=item.min_severity,
        tags=frozenset(item.tags),
        watchlists=frozenset(item.watchlists),
        languages=frozenset(item.languages),
        hours=_hours(item.hours),
        quiet=_quiet(item.quiet),
        digest=item.digest,
        digest_at=time.fromisoformat(item.digest_at),
        empty_digest=item.empty_digest,
        fallback=ChannelId(item.fallback) if item.fallback else None,
        per_minute=item.per_minute or 0,
        notices=item.notices,
    )


def _hours(model: HoursModel | None) -> QuietHours | None:
    if model is None:
        return None
    return QuietHours(
        start=time.fromisoformat(model.start),
        end=time.fromisoformat(model.end),
        days=frozenset(_DAYS.index(day) for day in model.days),
    )


def _quiet(model: QuietModel | None) -> QuietHours | None:
    hours = _hours(model)
    return hours if hours is None or model is None else replace(hours, pierce=model.pierce)

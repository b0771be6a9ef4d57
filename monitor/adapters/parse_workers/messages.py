"""What a process that reads documents is told, and the form of its answers."""

import struct
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from monitor.domain.article import Article, Parsed
from monitor.domain.feed import Feed, FeedState, Fetched
from monitor.domain.lexicon import Cues, LanguagePack, Lexicon
from monitor.domain.policy import NormalisePolicy, ParsePolicy

# Each message, and each document behind one, is preceded by its length in bytes.
HEAD = struct.Struct("!I")
PARSED: TypeAdapter[Parsed] = TypeAdapter(Parsed)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a worker is told once."""

    parse: ParsePolicy
    normalise: NormalisePolicy
    lexicon: Lexicon


def reading_part(lexicon: Lexicon) -> Lexicon:
    """What of *lexicon* tells languages: a hundredth, so that a worker is started soon."""
    nothing: frozenset[str] = frozenset()
    # Made anew and not by leaving out: what lexicons come to hold besides is no business of a worker.
    packs = (
        LanguagePack(
            language=pack.language,
            name=pack.name,
            function_words=pack.function_words,
            common_words=nothing,
            given_names=nothing,
            places=nothing,
            abbreviations=nothing,
            cues=Cues({}),
            boilerplate=(),
        )
        for pack in lexicon.packs
    )
    return Lexicon(tuple(packs), (), {}, other_languages=lexicon.other_languages)


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read."""

    feed: Feed
    state: FeedState
    fetched: Fetched
    known: dict[str, str]
    now: datetime
    is_salvage: bool = False


@dataclass(frozen=True, slots=True)
class PageJob:
    """The page behind an article, to take its text from."""

    article: Article
    body: bytes
    headers: dict[str, str]


Message = Job | PageJob | Setting


def parted(message: Message) -> tuple[Message, bytes]:
    """*message* without its document, and that: it goes on its own, since packed with the rest it would be copied."""
    if isinstance(message, Job):
        return replace(message, fetched=replace(message.fetched, body=b"")), message.fetched.body or b""
    return (replace(message, body=b""), message.body) if isinstance(message, PageJob) else (message, b"")


def whole(message: Message, body: bytes) -> Message:
    """What `parted` took apart."""
    if isinstance(message, Job):
        return replace(message, fetched=replace(message.fetched, body=body))
    return replace(message, body=body) if isinstance(message, PageJob) else message

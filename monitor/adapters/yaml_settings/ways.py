"""Warnings about a configuration that is right: where alerts would reach nobody, with the line that says so."""

from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz import fuzz, process

from monitor.adapters.yaml_settings.catalogue import catalogue_by_name, fold_name
from monitor.adapters.yaml_settings.deaf_names import two_bearers
from monitor.adapters.yaml_settings.document import Document, read_document
from monitor.adapters.yaml_settings.document import Path as Place
from monitor.adapters.yaml_settings.faults import closest
from monitor.adapters.yaml_settings.sectors import is_sector, sectors
from monitor.domain.errors import Fault
from monitor.domain.notification import ChannelKind
from monitor.domain.settings import Settings
from monitor.lexicon import LEXICON
from monitor.stages.channels.ways import Gap, gaps

_MESSAGES = LEXICON / "messages"
# Comparing a name with all of the catalogue takes a while.
_MOST_LOOKED_UP = 200
_NEARLY = 85  # of 100


def warnings_of(settings: Settings) -> tuple[Fault, ...]:
    """
    What will surprise in *settings*: rules that nobody hears of, channels that nothing leads to, names that nobody has
    or two companies have, folders that are not there, files that are not read.

    Nothing of it keeps the program from starting. The files are read again for their line numbers.
    """
    folder = settings.config_dir
    documents = {
        path: read_document(str(path), path.read_bytes())
        for path in (folder / "channels.yaml", *sorted((folder / "watchlists").glob("*.yaml")))
        if path.is_file() and not path.name.endswith(".test.yaml")
    }
    channels = documents.pop(folder / "channels.yaml", Document(str(folder / "channels.yaml")))
    tags = {entity.id: frozenset(entity.tags) for entity in settings.entities()}
    rules = [rule for watchlist in settings.watchlists for rule in watchlist.rules]
    found = [_placed(gap, channels, tuple(documents.values())) for gap in gaps(rules, settings.channels, tags)]
    found += [fault for document in documents.values() for fault in (*_misspelt(document), *_strange(document))]
    if documents and not rules:
        found.append(
            Fault(str(next(iter(documents))), 0, 0, "", "no watchlist has a rule: nobody is alerted to anything")
        )
    found += [Fault(str(folder / "watchlists"), 0, 0, "entities", text) for text in two_bearers(settings.watchlists)]
    found += [*_unknown(settings, channels), *_unheeded(settings, channels), *_missing(settings), *_unread(settings)]
    return tuple(sorted(found, key=lambda one: (one.file, one.line, one.column)))


def _placed(gap: Gap, channels: Document, watchlists: tuple[Document, ...]) -> Fault:
    if gap.channel:
        return _at(channels, ("channels", gap.channel), gap)
    for document in watchlists if gap.rule_id else ():
        for number, rule in enumerate(_rules(document)):
            if rule == gap.rule_id:
                fault = _at(document, ("rules", number), gap)
                return replace(fault, path=".".join(("rules", gap.rule_id, *((gap.key,) if gap.key else ()))))
    return Fault(channels.file, 0, 0, "", gap.text)


def _at(document: Document, place: Place, gap: Gap) -> Fault:
    path = (*place, gap.key) if gap.key else place
    return document.fault(path, gap.text, at_key=True)


def _rules(document: Document) -> Iterator[str]:
    value = document.value
    rules = value.get("rules") if isinstance(value, dict) else None
    for rule in rules if isinstance(rules, list) else ():
        yield str(rule.get("id", "")) if isinstance(rule, dict) else ""


def _misspelt(document: Document) -> Iterator[Fault]:
    """Names that are nearly those of companies we know."""
    entities = document.value.get("entities") if isinstance(document.value, dict) else None
    known = catalogue_by_name()
    for number, name in enumerate(entities[:_MOST_LOOKED_UP] if isinstance(entities, list) else ()):
        if not isinstance(name, str) or fold_name(name) in known:
            continue
        near = nearly_known(name)
        if near:
            text = f'"{name}" is in no catalogue and is watched by just this name (did you mean "{near}"?)'
            yield document.fault(("entities", number), text)


def _strange(document: Document) -> Iterator[Fault]:
    """Sectors that say nothing here."""
    entities = document.value.get("entities") if isinstance(document.value, dict) else None
    known = sectors()
    for number, entity in enumerate(entities if isinstance(entities, list) else ()):
        sector = entity.get("sector") if isinstance(entity, dict) else None
        if sector and not is_sector(str(sector)):
            text = (
                f'"{sector}" is no sector known here and says nothing{closest(str(sector), known)}: {", ".join(known)}'
            )
            yield document.fault(("entities", number, "sector"), text)


def nearly_known(name: str) -> str:
    """The company of the catalogue whose name *name* nearly is; empty where there is none."""
    names = (entity.name for entity in catalogue_by_name().values())
    near = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=_NEARLY)
    return near[0] if near is not None else ""


def _missing(settings: Settings) -> Iterator[Fault]:
    """Folders of articles that monitor.yaml names and that are not there, or not yet."""
    path = settings.config_dir / "monitor.yaml"
    document = read_document(str(path), path.read_bytes()) if path.is_file() else Document(str(path))
    written = document.value.get("seeds") if isinstance(document.value, dict) else None
    for number, name in enumerate(written if isinstance(written, list) else ()):
        folder = settings.root / str(name)
        if not folder.is_dir():
            beside = [one.name for one in folder.parent.glob("*/")] if folder.parent.is_dir() else []
            text = f'there is no folder "{name}": nothing is read from there{closest(folder.name, beside)}'
            yield document.fault(("seeds", number), text)


def _unread(settings: Settings) -> Iterator[Fault]:
    """Files that look like configuration and are called otherwise."""
    folder = settings.config_dir
    for path in sorted((*folder.glob("*.yml"), *folder.glob("watchlists/*.yml"), *folder.glob("feeds.d/*.yml"))):
        yield Fault(str(path), 0, 0, "", f"this file is not read: call it {path.stem}.yaml")


def _unheeded(settings: Settings, document: Document) -> Iterator[Fault]:
    """What is written for channels and changes nothing: a language without messages, a secret of what is not signed."""
    spoken = sorted(path.stem for path in _MESSAGES.glob("*.yaml"))
    for channel in settings.channels:
        if channel.language not in spoken:
            text = f'there are no messages in "{channel.language}", they come in English; there are {", ".join(spoken)}'
            yield document.fault(("channels", str(channel.id), "language"), text)
        if channel.secret and channel.kind is not ChannelKind.WEBHOOK:
            yield document.fault(("channels", str(channel.id), "secret"), "only what goes to a `webhook` is signed")


def _unknown(settings: Settings, document: Document) -> Iterator[Fault]:
    """Tags, watchlists and languages that channels ask for and nobody has."""
    read = {path.stem for path in _MESSAGES.parent.glob("[a-z][a-z].yaml")}
    read |= {feed.language for feed in settings.feeds if feed.language}
    tags = {tag for entity in settings.entities() for tag in entity.tags}
    watchlists = {watchlist.id for watchlist in settings.watchlists}
    for channel in settings.channels:
        for key, asked, known, words in (
            ("tags", channel.tags, tags, "no company has the tag"),
            ("watchlists", channel.watchlists, watchlists, "no watchlist is called"),
            ("languages", channel.languages, read, "no article is read in the language"),
        ):
            for name in sorted(asked - known):
                text = f'{words} "{name}"{closest(name, known)}: nothing comes in by it'
                yield document.fault(("channels", str(channel.id), key), text, at_key=True)

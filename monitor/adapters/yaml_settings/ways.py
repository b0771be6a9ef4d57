"""Warnings about a configuration that is right: where alerts would reach nobody, with the line that says so."""

from collections.abc import Iterator
from dataclasses import replace

from monitor.adapters.yaml_settings.document import Document, read_document
from monitor.adapters.yaml_settings.document import Path as Place
from monitor.adapters.yaml_settings.faults import closest
from monitor.domain.errors import Fault
from monitor.domain.settings import Settings
from monitor.stages.ways import Gap, gaps


def warnings_of(settings: Settings) -> tuple[Fault, ...]:
    """
    What will surprise in *settings*: rules that nobody hears of, channels that nothing leads to, names that nobody has.

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
    return tuple(sorted((*found, *_unknown(settings, channels)), key=lambda one: (one.file, one.line, one.column)))


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


def _unknown(settings: Settings, document: Document) -> Iterator[Fault]:
    """Tags and watchlists that channels ask for and nobody has."""
    tags = {tag for entity in settings.entities() for tag in entity.tags}
    watchlists = {watchlist.id for watchlist in settings.watchlists}
    for channel in settings.channels:
        for key, asked, known, words in (
            ("tags", channel.tags, tags, "no company has the tag"),
            ("watchlists", channel.watchlists, watchlists, "no watchlist is called"),
        ):
            for name in sorted(asked - known):
                text = f'{words} "{name}"{closest(name, known)}: nothing comes in by it'
                yield document.fault(("channels", str(channel.id), key), text, at_key=True)

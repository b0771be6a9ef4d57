"""Language packs, frames and weights from the YAML files of ``monitor/lexicon/``."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from monitor.adapters.packaged.kept_values import kept_value
from monitor.adapters.packaged.plain_yaml import plain_yaml
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.families import phrases_of
from monitor.domain.finding import AttackType
from monitor.domain.lexicon import Cues, Frame, LanguagePack, Lexicon, SignWeights, Weights
from monitor.lexicon import LEXICON
from monitor.stages.detect.folding import fold_words
from monitor.stages.sites import folded

_WORD_LISTS = ("function_words", "common_words", "given_names", "places")


@functools.cache
def load_lexicon(folder: Path = LEXICON) -> Lexicon:
    """
    All of *folder*: each ``xx.yaml`` (two letters) is a language, beside frames, weights and others.

    Raises:
        ConfigError: every fault found; where the packaged folder is faulty, so is the installation.
    """
    files = _Files(folder)
    names = sorted(path.name for path in folder.glob("[a-z][a-z].yaml"))
    packs = tuple(_pack(name, files.read(name), files.faults) for name in names)
    frames = tuple(_frames(files.read("frames.yaml"), files.faults))
    weights = _weights(files.read("weights.yaml"))
    others = {str(key): _words(value) for key, value in files.read("other-languages.yaml").items()}
    bearers = {str(kind): _words(" ".join(lists.values())) for kind, lists in files.read("gazetteer.yaml").items()}
    told = files.read("trades.yaml")
    trades, scenes = (
        {str(kind): _words(listed) for kind, listed in told.get(key, {}).items()} for key in ("trades", "scenes")
    )
    outlets = files.read("satire.yaml").get("outlets", {})
    if files.faults:
        raise ConfigError(tuple(files.faults))
    tables = {name: files.lines(f"{name}.tsv") for name in ("wording", "contexts", "surroundings")}
    return Lexicon(
        packs,
        frames,
        weights,
        others,
        _towns(folder),
        bearers,
        trades,
        scenes,
        frozenset(map(folded, (*outlets.keys(), *outlets.values()))),
        files.digest.hexdigest()[:12],
        **{name: read_sign_weights(lines) for name, lines in tables.items()},
    )


class _Files:
    """Reads the files of one folder, gathers their faults, and sums up what they say in a digest."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.digest = folder, hashlib.sha256()
        self.faults: list[Fault] = []

    def read(self, name: str) -> Mapping[str, Any]:
        """A YAML file; empty where it has a fault."""
        path = self.folder / name
        try:
            data = path.read_bytes()
            self.digest.update(name.encode() + b"\0" + data)
            is_ours = self.folder == LEXICON
            value = kept_value(path, data, f"PyYAML {yaml.__version__}", plain_yaml) if is_ours else plain_yaml(data)
        except (OSError, yaml.YAMLError) as error:
            self.faults.append(Fault(name, 0, 0, "", f"cannot be read: {' '.join(str(error).split())}"))
            return {}
        if not isinstance(value, dict):
            self.faults.append(Fault(name, 0, 0, "", "a mapping of keys to values is wanted"))
            return {}
        return value

    def lines(self, name: str) -> list[str]:
        """The lines of a table; none where it is not there."""
        path = self.folder / name
        found = path.read_text("utf-8").splitlines() if path.is_file() else []
        self.digest.update("\n".join(found).encode())
        return found


def read_sign_weights(lines: Sequence[str]) -> SignWeights:
    """Weights of signs from a table: a line of outcomes, one of biases, and one for each sign; "#" begins a remark."""
    rows = dict(line.split("\t", 1) for line in lines if line[:1] != "#")
    outcomes, biases = rows.pop("outcomes", ""), rows.pop("biases", "")
    return SignWeights(tuple(outcomes.split()), tuple(map(float, biases.split())), rows)


def _pack(name: str, data: Mapping[str, Any], faults: list[Fault]) -> LanguagePack:
    cues = {str(concept): "\n".join(_families(listed)) for concept, listed in (data.get("cues") or {}).items()}
    if not any(map(str.strip, cues.values())):
        faults.append(Fault(name, 0, 0, "cues", "a language pack without cues finds nothing"))
    examples = tuple(
        (str(concept), *_example(str(line)))
        for concept, lines in (data.get("examples") or {}).items()
        for line in (lines if isinstance(lines, list) else [lines])
    )
    return LanguagePack(
        language=str(data.get("language", name.removesuffix(".yaml"))),
        name=str(data.get("name", "")),
        abbreviations=frozenset(str(data.get("abbreviations", "")).lower().split()),
        cues=Cues(cues),
        boilerplate=phrases_of(_families(data.get("boilerplate"))),
        nouns_are_capitalised=bool(data.get("nouns_are_capitalised", False)),
        names_take_article=bool(data.get("names_take_article", False)),
        names_take_s=bool(data.get("names_take_s", False)),
        countries=frozenset(str(data.get("countries", "")).split()),
        bodies=dict(_body(text) for text in phrases_of(_families(data.get("bodies")))),
        meanings={str(code): str(words) for code, words in (data.get("meanings") or {}).items()},
        examples=examples,
        **{key: _words(data.get(key, "")) for key in _WORD_LISTS},
    )


def _towns(folder: Path) -> frozenset[str]:
    """The cities and regions of the tables for grouping, as each language calls them."""
    found: set[str] = set()
    for table in sorted(folder.glob("concepts/places.psv")):
        for line in table.read_text("utf-8").splitlines():
            concept, _, words = line.partition(": ")
            if concept.startswith("c:"):
                found.update(fold_words(word.strip()) for word in words.replace("|", ",").split(","))
    return frozenset(word for word in found if word.isalpha())


def _frames(data: Mapping[str, Any], faults: list[Fault]) -> list[Frame]:
    frames = []
    for kind, lines in (data.get("frames") or {}).items():
        try:
            attack = AttackType(kind)
        except ValueError:
            faults.append(Fault("frames.yaml", 0, 0, f"frames.{kind}", "is no attack type"))
            continue
        frames += [_frame(attack, str(line)) for line in lines]
    return frames


def _frame(kind: AttackType, line: str) -> Frame:
    """``encrypt + systems|data ~ cyber - drill``: all of these, only near computing, but not with a drill."""
    need, *without = line.split(" - ")
    words, _, gate = need.partition(" ~ ")
    return Frame(
        id=f"{kind}:{' '.join(words.split())}",
        type=kind,
        need=tuple(frozenset(part.strip().split("|")) for part in words.split(" + ")),
        without=frozenset(word.strip() for part in without for word in part.split("|")),
        needs_cyber=bool(gate),
    )


def _weights(data: Mapping[str, Any]) -> Mapping[str, Weights]:
    return {str(model): {str(part): float(weight) for part, weight in parts.items()} for model, parts in data.items()}


def _body(text: str) -> tuple[str, str]:
    """``AP autoriteit persoonsgegevens``: an abbreviation and what it stands for, folded."""
    letters, _, spelt = fold_words(text).partition(" ")
    return letters, spelt


def _example(line: str) -> tuple[str, str]:
    found, _, not_found = line.partition(" | ")
    return found.strip(), not_found.strip()


def _families(listed: object) -> list[str]:
    parts = listed if isinstance(listed, list) else str(listed or "").split(",")
    return [" ".join(str(part).split()) for part in parts]


def _words(listed: object) -> frozenset[str]:
    return frozenset(fold_words(str(listed or "")).split())

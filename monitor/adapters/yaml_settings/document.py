"""YAML text into plain values that know their place: every fault can name its line and column."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from monitor.domain.errors import Fault

Path = tuple[str | int, ...]
_MAX_DEPTH = 60
_MAX_NODES = 3_000_000
_ALIASED = 100_000  # more than there are characters: only aliases that unfold make them
# YAML 1.2's core schema: `no` and `on` stay words, `0123` is a number, `1:30` is not base 60.
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}
# What the library says of the commonest slips, and what to look for.
_HINTS = (
    (
        "cannot start any token",
        "indent with blanks, not tabs; a text that begins with % @ ` or the like stands in quotes",
    ),
    ("\\t", "indent with blanks, not tabs"),
    ("mapping values are not allowed", "a colon is missing on the line before, or a text with a colon needs quotes"),
    ("did not find expected key", "the line stands further left or right than its neighbours, or a text needs quotes"),
    ("did not find expected '-' indicator", "the line stands further left or right than its neighbours"),
    ("unexpected end of stream", "a quotation mark is open"),
    ("undefined alias", "a text that begins with * stands in quotes"),
    ("found another document", "take the line --- out, or what follows it into a file of its own"),
    ("did not find expected ',' or", "a bracket is open, or a comma is missing"),
)


@dataclass(slots=True)
class Document:
    """
    A YAML file read: its value, and for each path the place of the value and of its key (from 1).

    ``given`` names what gave a value that does not stand in the file: a variable or a flag.
    """

    file: str
    value: object = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    key_places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    given: dict[Path, str] = field(default_factory=dict)

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> Fault:
        """A fault at *path*, or at its nearest ancestor that has a place."""
        places = self.key_places if at_key and path in self.key_places else self.places
        giver = next((self.given[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.given), "")
        if giver:
            return Fault(giver, 0, 0, ".".join(str(step) for step in path), message)
        near = path
        while near and near not in places:
            near = near[:-1]
        line, column = places.get(near, (1, 1))
        return Fault(self.file, line, column, ".".join(str(step) for step in path), message)


def listed(document: Document, key: str) -> list[object]:
    """The list under *key* at the top, empty where there is none; what is wrong beside it hides nothing in it."""
    found = document.value.get(key) if isinstance(document.value, dict) else None
    return found if isinstance(found, list) else []


def read_document(file: str, data: bytes) -> Document:
    """Read *data*; faults (no UTF-8, bad YAML, double keys, too deep) are collected, never raised."""
    document = Document(file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        document.faults.append(Fault(file, line, 1, "", f"byte {error.start} is no UTF-8: save the file as UTF-8"))
        return document
    try:
        if _too_deep(text):
            document.faults.append(Fault(file, 1, 1, "", f"nested deeper than {_MAX_DEPTH} levels"))
            return document
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        document.faults.append(_yaml_fault(file, error))
        return document
    if root is not None:
        document.value = _Builder(document, min(_MAX_NODES, len(data) + _ALIASED)).build(root, (), 0)
    return document


def _too_deep(text: str) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            return True
    return False


def _yaml_fault(file: str, error: yaml.YAMLError) -> Fault:
    opened = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or opened
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "nesting depth" in problem:
        problem = f"nested deeper than {_MAX_DEPTH} levels"
    hint = next((f" ({text})" for words, text in _HINTS if words in problem), "")
    if "quoted" in (getattr(error, "context", None) or ""):
        # It goes on to the end of the file: what to look for is where it begins.
        mark = opened
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault(file, line, column, "", f"no valid YAML: {problem}{hint}")


class _Builder:
    def __init__(self, document: Document, most: int) -> None:
        self.document = document
        self.most = most
        self.nodes = 0

    def build(self, node: yaml.Node, path: Path, depth: int) -> object:
        self.document.places[path] = _place(node)
        self.nodes += 1
        if depth > _MAX_DEPTH or self.nodes > self.most:
            # Only aliases that repeat or contain each other get here: the text itself was measured before.
            self.document.faults.append(self.document.fault(path, "aliases unfold to far too much"))
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path, depth))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, number), depth + 1) for number, item in enumerate(node.value)]
        return _scalar(node)

    def _pairs(self, node: yaml.MappingNode, path: Path, depth: int) -> Iterator[tuple[str, object]]:
        seen: dict[str, tuple[int, int]] = {}
        for key_node, value_node in node.value:
            if self.nodes > self.most:
                return
            if not isinstance(key_node, yaml.ScalarNode):
                self.document.faults.append(self.document.fault(path, "a key must be a word"))
                continue
            key = str(key_node.value)
            here = (*path, key)
            line, column = self.document.key_places[here] = _place(key_node)
            first = seen.setdefault(key, (line, column))
            if first != (line, column):
                told = f"this key stands twice, first in line {first[0]}"
                self.document.faults.append(self.document.fault(here, told, at_key=True))
                continue
            yield key, self.build(value_node, here, depth + 1)


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.Node) -> object:
    text = str(node.value)
    if getattr(node, "style", None) in {"'", '"', "|", ">"} or node.tag == "!":
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return _number(text)


def _number(text: str) -> object:
    digits = text.lstrip("+-")
    if len(digits) + 1 < len(text) or (digits[:1] == "0" and digits[1:2].isdigit()):
        return text
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:
        return int(text)
    whole, dot, fraction = digits.partition(".")
    if dot and whole.isdigit() and fraction.isdigit() and digits.isascii():
        return float(text)
    return text

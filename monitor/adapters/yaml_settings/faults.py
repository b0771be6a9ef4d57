"""pydantic's complaints in an operator's words, each with file, line and column."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from monitor.adapters.yaml_settings.document import Document, Path
from monitor.adapters.yaml_settings.meanings import meanings
from monitor.domain.errors import Fault

_SHORT = 60
_FEW = 24
_NEAR = 65  # of 100
_BOUNDS = {"greater_than_equal": "from", "greater_than": "above", "less_than_equal": "up to"}
M = TypeVar("M", bound=BaseModel)


def validate(document: Document, value: object, model: type[M], at: Path = ()) -> M | None:
    """*value* as *model*; faults go to the document and None comes back."""
    try:
        return TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            fault = _fault(document, details, model, at)
            document.faults.append(replace(fault, message=f"{fault.message}{_meaning(details, model)}"))
        return None


def closest(word: str, known: Iterable[str]) -> str:
    """` (did you mean "aliases"?)` where one of *known* is near, else nothing."""
    found = _nearest(word, list(known))
    return f' (did you mean "{found}"?)' if found else ""


def _nearest(word: str, names: Sequence[str]) -> str:
    # The whole word counts: by its best part every single letter would be near. In its own case before any other.
    for fold in (None, str.casefold):
        found = process.extractOne(word, names, scorer=fuzz.ratio, processor=fold, score_cutoff=_NEAR)
        if found:
            return str(found[0])
    return ""


def _listed(known: Sequence[str]) -> str:
    """The keys that there are, where they are few enough to be read."""
    return f" (known: {', '.join(known)})" if 0 < len(known) <= _FEW else ""


def _fault(document: Document, details: ErrorDetails, model: type[BaseModel], at: Path) -> Fault:
    path = at + tuple(details["loc"])
    kind, given = details["type"], details.get("input")
    if kind == "extra_forbidden":
        known = _fields_at(model, details["loc"][:-1])
        return document.fault(path, f"unknown key{closest(str(path[-1]), known) or _listed(known)}", at_key=True)
    if kind == "missing":
        return document.fault(path, f'"{path[-1]}" is missing')
    if kind in {"enum", "literal_error"}:
        expected = str(details.get("ctx", {}).get("expected", "")).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        return document.fault(path, f'"{_short(given)}" is none of {", ".join(words)}{closest(str(given), words)}')
    if kind == "value_error":
        return document.fault(path, details["msg"].removeprefix("Value error, "))
    if kind in {"list_type", "dict_type", "model_type"}:
        return document.fault(path, _shape(kind, given, _fields_at(model, details["loc"])))
    return document.fault(path, f"{_plain(details)}: {_short(given)}")


def _meaning(details: ErrorDetails, model: type[BaseModel]) -> str:
    """`; every: what it is for` of the key whose value is wrong; empty where none says so."""
    # Of a key that is unknown nothing is added: the form of that fault is one that programs read.
    *section, key = details["loc"] or ("",)
    inner = _model_at(model, section)
    said = meanings(inner) if inner and details["type"] != "extra_forbidden" else {}
    return f"; {key}: {said[str(key)]}" if key in said else ""


def _shape(kind: str, given: object, known: Sequence[str]) -> str:
    """What is wanted where a list was written for keys and values, or something else for either of them."""
    if kind != "list_type":
        return "keys and values are wanted here" + (f', such as "{known[0]}: ..."' if known else "")
    if isinstance(given, dict):
        return "a list is wanted here: each of its items begins with a hyphen (- )"
    return "a list is wanted here" + ("" if given is None else f", such as [{_short(given)}]")


def _plain(details: ErrorDetails) -> str:
    words = {
        "string_type": "text is wanted here",
        "bool_type": "true or false is wanted here",
        "bool_parsing": "true or false is wanted here",
        "int_type": "a whole number is wanted here",
        "int_parsing": "a whole number is wanted here",
        "float_type": "a number is wanted here",
        "float_parsing": "a number is wanted here",
        "string_too_short": "must not be empty",
        "too_short": "must not be empty",
        "string_pattern_mismatch": "only lower-case letters, digits and single hyphens fit here",
    }
    if details["type"] == "string_pattern_mismatch" and not {"language", "languages"}.isdisjoint(details["loc"][-2:]):
        return "a language is its code, such as nl"
    for kind, word in _BOUNDS.items():
        if details["type"] == kind:
            return f"a number {word} {next(iter(details['ctx'].values())):g} is wanted here"
    return words.get(details["type"], details["msg"][:1].lower() + details["msg"][1:])


def _short(value: object) -> str:
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    inner = _model_at(model, loc)
    return list(inner.model_fields) if inner else []


def _model_at(model: type[BaseModel], loc: Sequence[str | int]) -> type[BaseModel] | None:
    current: object = model
    for step in loc:
        current = _step(current, step)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _step(current: object, step: str | int) -> object:
    if isinstance(current, type) and issubclass(current, BaseModel):
        if step not in current.model_fields:
            return None
        return _bare(current.model_fields[str(step)].annotation)
    if get_origin(current) in {list, dict}:
        return _bare(get_args(current)[-1])
    return current


def _bare(annotation: object) -> object:
    if get_origin(annotation) in {Union, UnionType}:
        return next((arg for arg in get_args(annotation) if arg is not type(None)), None)
    return annotation

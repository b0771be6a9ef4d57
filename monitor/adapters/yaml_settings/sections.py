"""The sections of monitor.yaml, made from the policy dataclasses so that a number is named in one place only."""

import dataclasses
from datetime import timedelta
from typing import Any, get_type_hints

from pydantic import create_model

from monitor.adapters.yaml_settings.models import Duration, Model, Size
from monitor.domain.policy import Policy


def section_model(policy: type) -> type[Model]:
    """A pydantic model with the fields and defaults of a policy dataclass."""
    hints = get_type_hints(policy)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(policy):
        fields[field.name] = (_written(field.name, hints[field.name]), _default(field))
    return create_model(policy.__name__.removesuffix("Policy"), __base__=Model, __doc__=policy.__doc__, **fields)


def policy_from(model: Model, policy: type[Any]) -> Any:
    """The policy dataclass with the numbers of *model*."""
    values = {}
    for field in dataclasses.fields(policy):
        value = getattr(model, field.name)
        values[field.name] = policy_from(value, type(_default(field))) if isinstance(value, Model) else _frozen(value)
    return policy(**values)


def _default(field: "dataclasses.Field[Any]") -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def _written(name: str, hint: Any) -> Any:
    if hint is timedelta:
        return Duration
    if hint == timedelta | None:
        return Duration | None
    return Size if name.endswith("_bytes") else hint


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def policy_sections() -> dict[str, type]:
    """Section name -> policy class."""
    hints = get_type_hints(Policy)
    return {field.name: hints[field.name] for field in dataclasses.fields(Policy)}

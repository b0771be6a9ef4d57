"""The sections of monitor.yaml, made from the policy dataclasses so that a number is named in one place only."""

import dataclasses
from datetime import timedelta
from typing import Annotated, Any, get_type_hints

from pydantic import Field, create_model

from monitor.adapters.yaml_settings.models import Duration, Model, Size, SomeTime
from monitor.domain.policy import Policy

# Nothing of these would stop the service or lose what it is there for: no request, no time to answer, kept for no time.
# The sections of models say so themselves, where they are switched on.
_NEEDED = {
    "FetchPolicy": "timeout connect_timeout read_timeout max_body_bytes max_header_bytes concurrency per_host",
    "PollPolicy": "every longest gone_retry polls_per_item first_retry lease",
    "FolderPolicy": "every max_file_bytes max_files",
    "MailboxPolicy": "timeout patience at_once max_mails max_mail_bytes max_bytes",
    "ParsePolicy": "workers bytes_per_s time_limit thorough_limit memory_bytes max_entries",
    "NormalisePolicy": "max_title max_text",
    "GroupPolicy": "window max_articles",
    "AlertPolicy": "oldest closes_after storm_per_minute third_source tenth_source",
    "DeliveryPolicy": "longest_retry give_up_after rest_after_failures dead_after_failures send_timeout lease",
    "RetentionPolicy": "articles tombstones deliveries",
    "EnginePolicy": "heartbeat missed_after sweep longest_batch reconnect",
    "WebSubPolicy": "lease longest_lease ask_again max_body_bytes",
    "HealthPolicy": "overdue pending heartbeat_every",
    "CanaryPolicy": "patience",
}
_MOST = {("CanaryPolicy", "hour"): 23}


def section_model(policy: type) -> type[Model]:
    """A pydantic model with the fields and defaults of a policy dataclass."""
    hints = get_type_hints(policy)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(policy):
        needed = field.name in _NEEDED.get(policy.__name__, "").split()
        written = _written(field.name, hints[field.name])
        most = _MOST.get((policy.__name__, field.name))
        fields[field.name] = (_bounded(written, is_needed=needed, most=most), _default(field))
    # Under the policy's own name: `meanings` finds its texts there.
    return create_model(policy.__name__, __base__=Model, __module__=policy.__module__, __doc__=policy.__doc__, **fields)


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


def _bounded(written: Any, *, is_needed: bool, most: int | None) -> Any:
    """No number is below zero, and none that is needed is zero."""
    if written is Duration:
        return SomeTime if is_needed else written
    if written is float:
        return Annotated[float, Field(gt=0) if is_needed else Field(ge=0)]
    return Annotated[written, Field(ge=int(is_needed), le=most)] if written in (int, Size) else written


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def policy_sections() -> dict[str, type]:
    """Section name -> policy class."""
    hints = get_type_hints(Policy)
    return {field.name: hints[field.name] for field in dataclasses.fields(Policy)}

"""What of `second_reader:` and `embeddings:` in monitor.yaml cannot be used, beyond keys and units."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

_LEAST = {
    "max_per_hour": 0,
    "max_tokens_per_day": 0,
    "concurrency": 1,
    "max_answer_tokens": 1,
    "most_characters": 1,
    "rest_after": 1,
}


def second_reader_faults(section: Any) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of the section's model; nothing where the second reader is off."""
    yield from _model_faults(section, _LEAST)
    if section.url and not 0 <= section.margin <= 1:
        yield "margin", "is a share between 0 and 1"


def embeddings_faults(section: Any) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of the section's model; nothing where there is no model of meaning."""
    yield from _model_faults(section, dict.fromkeys(("batch", "most_characters", "rest_after"), 1))


def _model_faults(section: Any, least: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if not section.url:
        return
    fault = _url_fault(section.url)
    if fault:
        yield "url", fault
    if not section.model:
        yield "model", "is missing: name the model that is asked"
    yield from ((key, f"is below {one}") for key, one in least.items() if getattr(section, key) < one)
    yield from ((key, "is no time at all") for key in ("timeout", "patience") if not getattr(section, key))


def _url_fault(url: str) -> str:
    """The address is not printed: it may hold a secret."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        return "is no http(s) address such as http://127.0.0.1:11434/v1"
    has_secret = parts.username or parts.password
    return "holds a password: write it as `key`, which is sent as a bearer token" if has_secret else ""

"""Articles as JSON lines: how `monitor analyze` and `monitor group` read them."""

import codecs
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OPTIONAL = ("published", "language", "url")


@dataclass(frozen=True, slots=True)
class JsonArticle:
    """The article of one line; its *id* as it was given: a number comes back as a number."""

    id: str | int
    title: str
    text: str
    published: datetime | None
    language: str | None


def in_utf8(stream: IO[bytes]) -> IO[bytes]:
    """The same file; as UTF-8 where it is in UTF-16, as some shells write what a program says."""
    is_wide = stream.read(2) in _UTF_16
    stream.seek(0)
    return io.BytesIO(stream.read().decode("utf-16", "replace").encode()) if is_wide else stream


def read_json_articles(
    lines: Iterable[bytes], name: str, faults: list[str], *, must_be_dated: bool = False
) -> Iterator[JsonArticle]:
    """
    The articles of *lines*, in order; blank lines are passed over.

    A line that holds no article, or none with a time where one *must be dated*, adds to *faults*: *name*, the number
    of the line, and what is wrong with it.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _article(line, must_be_dated)
        except ValueError as error:
            faults.append(f"{name}:{number}: {error}")


def _article(line: bytes, must_be_dated: bool) -> JsonArticle:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON object: {str(error) or 'nested too deep'}") from error
    if not isinstance(row, dict):
        raise ValueError('no JSON object: {"id", "title", "text"} is wanted')
    given = row.get("id")
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise ValueError("id: missing, or neither text nor a whole number")
    missing = [key for key in ("title", "text") if not isinstance(row.get(key), str)]
    if missing:
        raise ValueError(f"{', '.join(missing)}: missing, or no text")
    wrong = [key for key in _OPTIONAL if not isinstance(row.get(key), str | None)]
    if wrong:
        raise ValueError(f"{', '.join(wrong)}: no text")
    published = _moment(row.get("published"))
    if must_be_dated and published is None:
        raise ValueError("published: missing")
    return JsonArticle(given, row["title"], row["text"], published, row.get("language"))


def _moment(printed: str | None) -> datetime | None:
    if not printed or not printed.strip():
        return None
    try:
        moment = datetime.fromisoformat(printed.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"published: {printed!r} is no time such as 2025-08-24T09:00:00Z") from None

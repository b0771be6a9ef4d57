"""Article files, in the raw form and with front matter, into their parts."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from monitor.domain.errors import ParseError

_HEADER = re.compile(r"\s*date\s+(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:\s+(\S.*))?")
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FENCE = "---"
_LONGEST_FRONT_MATTER = 200
_LONGEST_LINE = 20_000
_MOST_CONTROL = 0.02
_LAYOUT = "\t\n\r\f\v\x1b"


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """What an article file says; ``published_at`` is the first moment that its date may mean, in UTC."""

    title: str
    text: str
    url: str = ""
    published_at: datetime | None = None
    language: str | None = None
    author: str = ""


def decode_article_file(name: str, data: bytes) -> str:
    """
    The text of a file that was written as UTF-8, or as UTF-16 with a byte order mark.

    Raises:
        ParseError: it is empty, binary or in another encoding; the place is ``name:line``.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
        if b"\0" in data:
            raise ParseError(f"{name}:{_line(data, data.index(0))}: holds zero bytes: it is no text file")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        place = _line(data, error.start)
        raise ParseError(f"{name}:{place}: is not UTF-8: save it in that encoding") from error
    if not text.strip():
        raise ParseError(f"{name}:1: is empty: a title and text are wanted")
    if sum(c < " " and c not in _LAYOUT for c in text) > len(text) * _MOST_CONTROL:
        raise ParseError(f"{name}:1: is full of control characters: it is no text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def read_article_file(name: str, text: str) -> ArticleFile:
    """
    Read one article file.

    The raw form is a title, or a header such as `` date 2021-08 Title``, and paragraphs; the other one
    has a block of ``key: value`` lines (title, url, published_at, language, author) between two ``---``.

    Raises:
        ParseError: there is no title, or the front matter has a fault; the place is ``name:line``.
    """
    lines = text.lstrip("\ufeff").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise ParseError(f"{name}:1: is empty: a title and text are wanted")
    if lines[first].rstrip() == _FENCE:
        return _with_front_matter(name, lines, first)
    return _raw(name, lines, first)


def _raw(name: str, lines: list[str], first: int) -> ArticleFile:
    header = _HEADER.fullmatch(lines[first].rstrip()[:_LONGEST_LINE])
    title, published_at = lines[first].strip(), None
    if header and (published_at := _first_moment(header[1], header[2], header[3])) is not None:
        title = (header[4] or "").strip()
        if not title:
            first = next((number for number, line in enumerate(lines) if number > first and line.strip()), first)
            title = "" if _HEADER.fullmatch(lines[first].rstrip()[:_LONGEST_LINE]) else lines[first].strip()
    if not title:
        raise ParseError(f"{name}:{first + 1}: has a date and no title")
    return ArticleFile(title, _body(lines[first + 1 :]), published_at=published_at)


def _with_front_matter(name: str, lines: list[str], first: int) -> ArticleFile:
    rest = range(first + 1, min(len(lines), first + _LONGEST_FRONT_MATTER))
    end = next((number for number in rest if lines[number].rstrip() in {_FENCE, "..."}), None)
    if end is None:
        raise ParseError(f"{name}:{first + 1}: the front matter that begins here has no closing {_FENCE}")
    given: dict[str, tuple[str, int]] = {}
    for number in range(first + 1, end):
        found = _KEY.fullmatch(lines[number].rstrip())
        if found:
            given[found[1].lower()] = (_unquoted(found[2] or ""), number + 1)
        elif lines[number].strip() and not lines[number].startswith((" ", "\t", "-", "#")):
            raise ParseError(f'{name}:{number + 1}: "key: value" is wanted in the front matter')
    title, _ = given.get("title", ("", 0))
    if not title:
        raise ParseError(f"{name}:{first + 1}: the front matter has no title")
    return ArticleFile(
        title,
        _body(lines[end + 1 :]),
        url=_url(name, given),
        published_at=_published(name, given),
        language=_language(name, given),
        author=given.get("author", ("", 0))[0],
    )


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"') if value[0] == '"' else value[1:-1].replace("''", "'")
    return value.partition(" #")[0].rstrip()


def _url(name: str, given: dict[str, tuple[str, int]]) -> str:
    value, line = given.get("url", ("", 0))
    if value and not value.lower().startswith(("http://", "https://")):
        raise ParseError(f'{name}:{line}: url: "{value[:80]}" is no http(s) address')
    return value


def _language(name: str, given: dict[str, tuple[str, int]]) -> str | None:
    value, line = given.get("language", ("", 0))
    code = value.lower().replace("_", "-").partition("-")[0]
    if value and not _LANGUAGE.fullmatch(code):
        raise ParseError(f'{name}:{line}: language: "{value[:40]}" is no code such as en or nl')
    return code or None


def _published(name: str, given: dict[str, tuple[str, int]]) -> datetime | None:
    key = next((key for key in ("published_at", "published", "date") if given.get(key, ("", 0))[0]), None)
    if key is None:
        return None
    value, line = given[key]
    header = _HEADER.fullmatch(f"date {value}")
    is_date = header is not None and header[4] is None
    moment = _first_moment(header[1], header[2], header[3]) if header and is_date else _moment(value)
    if moment is None:
        raise ParseError(f'{name}:{line}: {key}: "{value[:60]}" is no time such as 2026-03-01T08:00:00Z')
    return moment


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _first_moment(year: str, month: str | None, day: str | None) -> datetime | None:
    try:
        return datetime.combine(date(int(year), int(month or 1), int(day or 1)), datetime.min.time(), UTC)
    except ValueError:
        return None


def _body(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")

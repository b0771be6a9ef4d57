"""What a message says, before it takes the form of a service: a subject, sections of lines, links to act on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.domain.watchlist import Severity


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line. No form interprets it: all text is treated as if it came from the news."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line; ``url`` is a checked web address, and its host is printed beside the text it leads from.

    ``detail`` is a sentence of the news below the line, where the form has room.
    """

    runs: tuple[Run, ...]
    url: str = ""
    host: str = ""
    note: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading in our own words and the lines below it; ``style`` is lead, quote, list or small."""

    title: str
    lines: tuple[Line, ...]
    style: str = "list"


@dataclass(frozen=True, slots=True)
class Action:
    """
    A link that does something. ``kind`` is *main*, *page* (leads to a choice) or *more* (one of that choice):
    short forms show main and page, long ones main and more.
    """

    label: str
    url: str
    kind: str = "more"


@dataclass(frozen=True, slots=True)
class Outline:
    """
    A message in no form yet. ``data`` is what programs get; all text is clean already.

    ``heading`` is how a title stands before what it announces in plain text: French has a blank there.
    """

    subject: str
    severity: Severity
    label: str
    language: str
    sections: tuple[Section, ...]
    actions: tuple[Action, ...] = ()
    actions_title: str = ""
    heading: str = "{title}:"
    footer: tuple[str, ...] = ()
    kind: str = "monitor.alert.opened"
    data: Mapping[str, object] = field(default_factory=dict)
    thread_key: str = ""
    mail_subject: str = ""
    # What no form may leave out, such as the ids of alerts: a form without room for them is not used.
    keep: tuple[str, ...] = ()
    # The channels that could not deliver it, so that no circle of fallbacks turns for ever.
    via: tuple[str, ...] = ()


def line(text: str) -> Line:
    """A line of plain text."""
    return Line((Run(text),))

"""
The process that reads documents: one job after the other from standard input, answers on standard output.

A document may make a parser spin for minutes or eat all memory, and no thread can be stopped from
outside. So this runs in a process that its parent kills, and that may do nothing but compute: it opens no
file outside of the interpreter's own, connects nowhere and starts nothing. Its answers are JSON, because
a parent should not unpickle what comes from where hostile input is read.
"""

import ctypes
import functools
import json
import os
import pickle
import resource
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from monitor.adapters.long_lived import settle, spare_memory
from monitor.adapters.parse_workers.messages import HEAD, PARSED, Job, PageJob, Setting, whole
from monitor.domain.article import Parsed
from monitor.domain.errors import ParseError
from monitor.domain.feed import Entry, ParsedFeed
from monitor.stages.detect.language import detect_language
from monitor.stages.fulltext.page import complete_article
from monitor.stages.normalise import LanguageOf, normalise
from monitor.stages.parse import parse_document

_FILES = 48
_LONGEST_NAME = 4000
_SET_DEATH_SIGNAL, _SET_NO_NEW_PRIVILEGES = 1, 38
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.putenv",
    "os.kill",
    "shutil.",
    "ftplib.",
    "http.",
    "urllib.Request",
    "smtplib.",
    "webbrowser.",
)


def main() -> None:
    """Answer jobs until standard input ends."""
    spare_memory()
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)  # whatever a library prints goes nowhere
    setting: Setting = _received(jobs)
    language_of = functools.partial(detect_language, lexicon=setting.lexicon)
    language_of("", None)  # builds its index
    _lock_down(setting.parse.memory_bytes)
    settle()
    _send(answers, b"{}")
    while (job := _received(jobs)) is not None:
        _send(answers, _answer(job, setting, language_of))


def _answer(job: Job | PageJob, setting: Setting, language_of: LanguageOf) -> bytes:
    try:
        if isinstance(job, PageJob):
            article = complete_article(job.article, job.body, job.headers, language_of, setting.normalise)
            return PARSED.dump_json(Parsed(ParsedFeed("", ()), (article,), 1))
        return PARSED.dump_json(read(job, setting, language_of))
    except ParseError as error:
        return json.dumps({"error": str(error), "is_wall": error.is_wall}).encode()
    except MemoryError:
        os._exit(1)  # what is left of this process is of no use
    except Exception as error:  # noqa: BLE001  # a fault of ours in one document must not stop all others
        return json.dumps({"error": f"reading it met a fault of ours: {type(error).__name__}: {error}"[:500]}).encode()


def read(job: Job, setting: Setting, language_of: LanguageOf) -> Parsed:
    """
    The articles in a document that are new or changed.

    Raises:
        ParseError: there is no feed in it.
    """
    fetched = job.fetched
    document = parse_document(
        job.feed,
        fetched.body or b"",
        fetched.headers,
        fetched.url,
        setting.parse.max_entries,
        is_salvage=job.is_salvage,
    )
    parsed = normalise(job.feed, job.state, document, job.known, job.now, language_of, setting.normalise)
    # The articles hold the words; what is planned by needs names and dates only.
    slim = tuple(map(_slim, parsed.document.entries))
    return replace(parsed, document=replace(parsed.document, entries=slim))


def _slim(entry: Entry) -> Entry:
    return Entry(
        guid=entry.guid[:_LONGEST_NAME],
        title=entry.title[:200],
        link=entry.link[:_LONGEST_NAME],
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        language=entry.language,
        is_html=entry.is_html,
    )


def _received(stream: IO[bytes]) -> Any:
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    message = pickle.loads(stream.read(HEAD.unpack(head)[0]))  # noqa: S301  # from the parent, which we are part of
    return whole(message, stream.read(HEAD.unpack(stream.read(HEAD.size))[0]))


def _send(stream: IO[bytes], answer: bytes) -> None:
    stream.write(HEAD.pack(len(answer)) + answer)
    stream.flush()


def _lock_down(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    system = ctypes.CDLL(None)
    if hasattr(system, "prctl"):
        system.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        system.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    own = (*own_folders(),)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _check_open(arguments[0], arguments[1], own)
        elif event.startswith(FORBIDDEN):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(audit)


def own_folders() -> set[str]:
    """Where the interpreter and its libraries lie: modules are loaded when they are first needed."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(__file__).resolve().parents[3])}
    folders |= {entry for entry in sys.path if entry}
    return {str(Path(folder).resolve()) + os.sep for folder in folders}


def _check_open(path: object, mode: object, own: tuple[str, ...]) -> None:
    if isinstance(mode, str) and set(mode) & set("wax+"):
        raise PermissionError("nothing may be written here")
    if isinstance(path, int):
        return
    place = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""  # noqa: PTH100
    if not place.startswith(own):
        raise PermissionError("no file may be opened here")


if __name__ == "__main__":
    main()

"""
Prints what reading the hostile documents tries to open, start or connect to: `python -m tests.hostile.reached`.

In a process of its own, without the lock that workers have: so an attempt is seen also where it would be refused
and the refusal swallowed. An audit hook cannot be taken away again, which is why no test has it in its own process.
"""

import sys
from datetime import UTC, datetime
from typing import Any

from monitor.adapters.packaged.lexicon import load_lexicon
from monitor.adapters.parse_workers.child import FORBIDDEN, own_folders, read
from monitor.adapters.parse_workers.messages import Job, Setting, reading_part
from monitor.domain.errors import ParseError
from monitor.domain.feed import Feed, FeedId, FeedState, Fetched
from monitor.domain.policy import NormalisePolicy, ParsePolicy
from tests.hostile.documents import KB, all_cases

_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_FEED = Feed(FeedId("hostile"), "https://example.org/feed")


def main() -> None:
    # What is imported while documents are read is compiled in a fresh checkout: keeping that renames a file.
    sys.dont_write_bytecode = True
    own = tuple(own_folders())
    seen: set[str] = set()
    case = ""

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        is_own = event == "open" and (isinstance(arguments[0], int) or str(arguments[0]).startswith(own))
        if (event == "open" and not is_own) or event.startswith(FORBIDDEN):
            seen.add(f"{case}: {event} {arguments[:1]!r}"[:300])

    setting = Setting(ParsePolicy(), NormalisePolicy(), reading_part(load_lexicon()))
    sys.addaudithook(audit)
    many = 0
    for one in all_cases():
        if len(one.body) > 250 * KB:
            continue  # the large ones are slow, and say the same at greater length
        many, case = many + 1, one.name
        fetched = Fetched(_FEED.id, 200, _FEED.url, one.body, {"content-type": one.content_type})
        state = FeedState(_FEED.id, _NOW, _FEED.url)
        try:
            # What hangs in feedparser is read without it, as it is after the first kill.
            read(Job(_FEED, state, fetched, {}, _NOW, is_salvage=one.hangs), setting, lambda _text, _declared: "en")
        except ParseError:
            continue
    sys.stdout.write("\n".join([f"{many} documents", *sorted(seen)]) + "\n")


if __name__ == "__main__":
    main()

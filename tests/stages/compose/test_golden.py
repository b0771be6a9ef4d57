"""
What messages look like, word by word: `MONITOR_GOLDEN=write pytest tests/stages/compose` writes the files
anew; read the difference before you keep it.
"""

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.adapters.packaged.messages import load_wordings, wording_for
from monitor.domain.notification import Notice, NoticeKind
from monitor.stages.compose.message import degraded
from monitor.stages.compose.notification import fold_notifications, notice_notification
from tests.occasions import NOW, attacked, channel, extreme, in_attack_news
from tests.stages.compose.messages import CHATS, MAIL, OCCASIONS, PLAIN, held, message

GOLDEN = Path(__file__).parents[2] / "golden" / "messages"


def files() -> Iterator[tuple[str, str]]:
    for language in load_wordings():
        for name, occasion in OCCASIONS.items():
            made = message(occasion, language=language)
            yield f"{name}.{language}.txt", f"{made.subject}\n\n{made.plain}\n"
        for name in ("attacked", "update", "closed", "extreme", "denied"):
            yield f"{name}.{language}.html", message(OCCASIONS[name], MAIL, language).html
        for service, url in CHATS.items():
            made = message(attacked(), channel(url), language)
            native = json.loads(made.fields).get("native")
            body = json.dumps({"subject": made.subject, "native": native}, indent=1, ensure_ascii=False)
            yield f"attacked.{language}.{service}.json", f"{body}\n"
            yield f"attacked.{language}.{service}.txt", f"{made.plain}\n"
        for key in (
            "digest:soc:daily:2026-11-25",
            "quiet:soc:2026-11-25T07:00",
            "storm:soc:2026-11-25T09:32",
            "restored:soc:x",
        ):
            ((folded, _),) = fold_notifications(key, held(language), PLAIN, wording_for(language), NOW)
            name = key.partition(":")[0]
            yield f"{name}.{language}.txt", f"{folded.message.subject}\n\n{folded.message.plain}\n"
        notice = Notice(NoticeKind.CHANNEL_DEAD, "soc-chat", "HTTP 401: check the token", "make a new token")
        made = notice_notification(notice, PLAIN, wording_for(language), NOW).message
        yield f"notice.{language}.txt", f"{made.subject}\n\n{made.plain}\n"
    yield "in-attack-news.en.html", message(in_attack_news(), MAIL).html
    for service in ("slack", "discord", "teams", "telegram"):
        made = message(extreme(), channel(CHATS[service]))
        body = json.dumps({"subject": made.subject, "native": json.loads(made.fields)["native"]}, indent=1)
        yield f"extreme.en.{service}.json", f"{body}\n"
        ((folded, _),) = fold_notifications("storm:soc:x", held(), channel(CHATS[service]), wording_for("en"), NOW)
        yield f"storm.en.{service}.json", json.dumps(json.loads(folded.message.fields)["native"], indent=1) + "\n"
    ((folded, _),) = fold_notifications("digest:soc:daily:2026-11-25", held(), MAIL, wording_for("en"), NOW)
    yield "digest.en.html", folded.message.html
    yield "attacked.en.degraded.txt", f"{degraded(message(attacked())).plain}\n"
    yield "attacked.en.fields.json", json.dumps(json.loads(message(attacked()).fields), indent=1) + "\n"


@functools.cache
def texts() -> dict[str, str]:
    return dict(files())


IS_WRITING = os.environ.get("MONITOR_GOLDEN") == "write"


# By the names of what is there: to write all of it takes a second, and each process collects all tests.
@pytest.mark.parametrize("name", sorted(texts()) if IS_WRITING else sorted(path.name for path in GOLDEN.iterdir()))
def test_golden(name: str) -> None:
    path = GOLDEN / name
    if IS_WRITING:
        path.write_text(texts()[name], encoding="utf-8")
    assert texts()[name] == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over_or_missing() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(texts())

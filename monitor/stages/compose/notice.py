"""Messages about the service itself: a feed fell silent, a channel is dead, a test."""

from monitor.domain.notification import Notice, NoticeKind
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.outline import Outline, Section, line
from monitor.stages.compose.retelling import retold

_NAME, _DETAIL = 160, 500
_OF_PARTS = frozenset({NoticeKind.CANARY_FAILED, NoticeKind.GENERAL})


def outline_notice(notice: Notice, words: Wording) -> Outline:
    """What a notice says. Of its detail, what a server or a library said stays in the words of that."""
    label = words.say("notice.label")
    title = words.say(f"notice.{notice.kind}", name=clean(_name(notice, words), _NAME))
    detail, step = clean(retold(notice.detail, words), _DETAIL), clean(retold(notice.step, words), _DETAIL)
    details = [detail]
    if notice.kind is NoticeKind.TEST:
        details.insert(0, words.say("notice.test-text"))
    if step:
        details.append(words.say("notice.next-step", step=step))
    lines = tuple(line(text) for text in details if text) or (line(title),)
    subject = words.say("notice.subject", label=label, title=title)
    return Outline(
        subject=subject,
        severity=notice.severity,
        label=label,
        language=words.language,
        heading=words.say("heading"),
        sections=(Section("", lines, "lead"),),
        kind="monitor.notice",
        data={
            "subject": subject,
            "notice": str(notice.kind),
            "name": clean(notice.name, _NAME),
            "detail": detail,
            "step": step,
        },
    )


def _name(notice: Notice, words: Wording) -> str:
    """Whom it is about: a feed or a channel has its own name, a part of the program one in each language."""
    return retold(notice.name, words, "name") if notice.kind in _OF_PARTS else notice.name

"""Messages about the service itself: a feed fell silent, a channel is dead, a test."""

from monitor.domain.notification import Notice, NoticeKind
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean
from monitor.stages.compose.outline import Outline, Section, line

_NAME, _DETAIL = 160, 500


def outline_notice(notice: Notice, words: Wording) -> Outline:
    """What a notice says. Its detail is in English: it names faults as the log does."""
    label = words.say("notice.label")
    title = words.say(f"notice.{notice.kind}", name=clean(notice.name, _NAME))
    details = [clean(notice.detail, _DETAIL)]
    if notice.kind in {NoticeKind.TEST, NoticeKind.HEARTBEAT}:
        details.insert(0, words.say(f"notice.{notice.kind}-text"))
    if notice.step:
        details.append(words.say("notice.next-step", step=clean(notice.step, _DETAIL)))
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
            "detail": clean(notice.detail, _DETAIL),
            "step": clean(notice.step, _DETAIL),
        },
    )

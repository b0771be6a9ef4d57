"""How facts are said: attacks with how sure they are, figures, moments."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.domain.finding import LIVE, AttackType, Role, Status, without_outage
from monitor.domain.story import StoryEntity
from monitor.domain.wording import Wording
from monitor.stages.compose.neutral import clean

LONGEST_NAME = 80
# Where attackers boast, an unconfirmed attack is their claim.
_BOASTED = frozenset({AttackType.RANSOMWARE, AttackType.EXTORTION})
_VAGUE = (AttackType.CYBERATTACK, AttackType.OUTAGE, AttackType.VULNERABILITY)
_ORDER = {kind: rank for rank, kind in enumerate(AttackType)}
_FIGURE = re.compile(r"(\d{1,18})(\.\d{1,4})?\s*([$€£]?)")


def is_attacked(entity: StoryEntity) -> bool:
    """Whether the story reports *entity* as under attack: victim of something live that is no outage."""
    return entity.role is Role.VICTIM and any(
        status in LIVE and kind is not AttackType.OUTAGE for kind, status in entity.statuses.items()
    )


def strongest(entities: Iterable[StoryEntity]) -> Mapping[AttackType, Status]:
    """Each kind of attack with the strongest status that any of *entities* has of it."""
    merged: dict[AttackType, Status] = {}
    for entity in entities:
        for kind, status in entity.statuses.items():
            if kind not in merged or status.rank < merged[kind].rank:
                merged[kind] = status
    return merged


def attack_words(statuses: Mapping[AttackType, Status], words: Wording) -> str:
    """The one or two most telling kinds with how sure they are: "ransomware and data breach, confirmed"."""
    told = without_outage(statuses)
    ranked = sorted(told.items(), key=lambda item: (item[1].rank, item[0] in _VAGUE, _ORDER[item[0]]))
    if not ranked:
        return words.say("attack.cyberattack")
    surest = ranked[0][1]
    kinds = [kind for kind, status in ranked if status is surest][:2]
    if len(kinds) == 2 and kinds[1] in _VAGUE:
        kinds = kinds[:1]
    listed = words.listed(tuple(words.say(f"attack.{kind}") for kind in kinds), 2)
    claimed = surest is Status.ALLEGED and kinds[0] in _BOASTED
    how = words.say("sure.claimed" if claimed else f"sure.{surest}", **_endings(kinds, words))
    return f"{listed}, {how}"


def _endings(kinds: Sequence[AttackType], words: Wording) -> dict[str, str]:
    """How an adjective on *kinds* ends, in languages where it agrees: the feminine is for feminine ones alone."""
    feminine, plural = words.say("agreement.feminine").split(), words.say("agreement.plural").split()
    is_feminine = all(kind in feminine for kind in kinds)
    is_many = len(kinds) > 1 or kinds[0] in plural
    return {"e": "e" if is_feminine else "", "o": "a" if is_feminine else "o", "s": "s" if is_many else ""}


def role_key(entity: StoryEntity) -> str:
    """The name of the role's text; a victim that is not under attack is one in the past, or only named as one."""
    if entity.role is not Role.VICTIM:
        return str(entity.role)
    if is_attacked(entity):
        return "victim"
    return "past-victim" if Status.BACKGROUND in entity.statuses.values() else "named-victim"


def name_of(entity: StoryEntity) -> str:
    return clean(entity.name, LONGEST_NAME)


def figure(text: str, words: Wording) -> str:
    """
    A figure of a story as people write it; anything else as it is.

    The sign of a sum ("1500000000$") says that it is money, not which: the articles may count in any currency.
    """
    found = _FIGURE.fullmatch(text.strip())
    if found is None:
        return clean(text, LONGEST_NAME)
    whole = f"{int(found[1]):,}".replace(",", words.say("number.thousands"))
    part = found[2].replace(".", words.say("number.point")) if found[2] else ""
    return words.say("number.money", number=f"{whole}{part}") if found[3] else f"{whole}{part}"


def moment(at: datetime, timezone: str) -> str:
    """*at* in the time zone of the channel, with the zone's name."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or ''}".strip()

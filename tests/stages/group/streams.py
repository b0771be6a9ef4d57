"""Small streams of articles, and the stories that grouping makes of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.article import ArticleId
from monitor.domain.finding import AttackType, Role, Status
from monitor.domain.group_policy import GroupPolicy
from monitor.domain.story import Join
from monitor.stages.group import FactReader, GroupWindow, group
from tests.story_builders import analysis

MONDAY = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)
POLICY = GroupPolicy()
# When an article comes, in days after the start; its title and its text.
Told = tuple[float, str, str]


def joins_of(
    reader: FactReader,
    told: Sequence[Told],
    start: datetime = MONDAY,
    *,
    victims: Sequence[str] = (),
    off: Collection[str] = (),
    are_dated: bool = True,
) -> list[Join]:
    """Why each article stands where it does, by all signs but those that are *off*; *victims* has the one of each."""
    weights = load_group_weights()
    weights = replace(weights, signs={sign: weight for sign, weight in weights.signs.items() if sign not in off})
    prints = []
    for number, (days, title, text) in enumerate(told):
        key, who = f"{number:02d}", victims[number] if victims else ""
        found = analysis(key, {who: Role.VICTIM}, [(AttackType.RANSOMWARE, Status.CONFIRMED, (who,))]) if who else None
        at = start + timedelta(days=days)
        prints.append(reader.fingerprint(key, title, text, at, analysis=found, is_dated=are_dated))
    return group(prints, GroupWindow(POLICY, weights, reader.lexicon.priors), POLICY)


def in_letters(joins: Sequence[Join]) -> str:
    """The story of each article, as a letter in the order in which the articles were told."""
    stories = {join.article_id: join.story_id for join in joins}
    names: dict[str, str] = {}
    ordered = (stories[ArticleId(f"{number:02d}")] for number in range(len(stories)))
    return "".join(names.setdefault(story, "abcdefgh"[len(names)]) for story in ordered)

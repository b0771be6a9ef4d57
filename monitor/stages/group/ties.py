"""What ties an article to a story: how many names both share, and one victim in the headlines of a few days."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.profile import StoryFacts
from monitor.stages.group.remarks import PAST

_ATTACKS = (
    "cyb:attack", "cyb:hack", "cyb:intrusion", "cyb:ransomware", "cyb:breach", "cyb:ddos", "cyb:malware", "cyb:leak",
    "cyb:ransom",
)  # fmt: skip
_NAMES = ("n:", "e:")
_PLACES = ("c:", "p:")
_AGAIN = "cue:again"
_COMPANIES = 3
# More than what is recalled at the end.
_TOLD = 0.9


def count_names(shared: Iterable[str]) -> int:
    """
    How many names are shared; the words of a company's name are the company once more.

    Two texts that share a long list of companies do so for a reason: no more than three count.
    """
    names = [key for key in shared if key[:2] in _NAMES]
    companies = [key[2:] for key in names if key[:2] == "e:"]
    own = {word for company in companies for word in company.split("-")}
    return min(_COMPANIES, len(companies)) + sum([key[:2] == "n:" and key[2:] not in own for key in names])


def one_victim(
    facts: Mapping[str, float],
    shared: Sequence[str],
    story: StoryFacts,
    days: float,
    sureness: float,
    policy: GroupPolicy,
) -> str | None:
    """
    The sign that both headlines name one company, or one name, and both texts tell of an attack; None where they don't.

    Two attacks on one company within some days are rarer than two articles on one attack, unless the article says that
    it is another. A name that is no known company's may be that of a gang or a tool: fewer days count, and no headline
    on a place that the story never names. What the headline only comes after ("after Milan, Lyon") is no such name.
    """
    shared = [key for key in shared if key[:2] in _NAMES and f"{PAST}{key}" not in facts]
    if days > policy.victim_days or (_AGAIN in facts and _AGAIN not in story.facts):
        return None
    if not (_tells_of_attack(lambda key: facts.get(key, 0.0)) and _tells_of_attack(story.strength)):
        return None
    least, firm = policy.headline_weight, policy.company_firmness
    if any(key[:2] == "e:" and facts[key] >= least and story.strength(key) >= firm for key in shared):
        return "one-victim"
    if days > policy.named_days or any(
        key[:2] in _PLACES and weight >= least and key not in story.facts for key, weight in facts.items()
    ):
        return None
    least *= sureness
    named = any(key[:2] == "n:" and min(facts[key], story.strength(key) / _TOLD) >= least for key in shared)
    return "one-name-attacked" if named else None


def _tells_of_attack(weigh: Callable[[str], float]) -> bool:
    return any(weigh(key) >= _TOLD for key in _ATTACKS)

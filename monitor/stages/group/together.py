"""What a story tells as a whole, as one article would: so two stories are compared like article and story."""

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.article_facts import ArticleFacts
from monitor.stages.group.fingerprint import Fingerprint
from monitor.stages.group.profile import StoryProfile
from monitor.stages.group.window import GroupWindow

_AGAIN = "cue:again"


def told_together(story: StoryProfile, window: GroupWindow, policy: GroupPolicy) -> ArticleFacts:
    """A story laid out as an article is."""
    language = next(iter(story.members.values())).language
    whole = Fingerprint("", story.first_at, language, _facts_of(story), is_dated=story.is_dated)
    held = {key: story.strength(key) for key in sorted(story.facts)}
    values = {key: window.weight(key) * strength for key, strength in held.items()}
    return ArticleFacts(whole, values, policy.headline_weight, held)


def _facts_of(story: StoryProfile) -> tuple[tuple[str, float], ...]:
    """
    What a story tells, with the prominence that it has in one of its articles where most say it.

    As a sum all that two articles mention would stand in a headline; and what one of them says of another attack, for
    which the story was opened, would be lost among what others do not say.
    """
    most: dict[str, list[float]] = {}
    held = story.facts
    for member in story.members.values():
        for key, weight in member.facts():
            # A long story forgets its weakest facts, and then tells them no more.
            if key in held:
                most.setdefault(key, []).append(weight)
    half = len(story.members) / 2
    return tuple(
        (key, max(weights) if key == _AGAIN or len(weights) > half else story.strength(key))
        for key, weights in sorted(most.items())
    )

"""The strands of a story that a person made of several: each goes on drawing in what tells of it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from monitor.domain.story import StoryId
from monitor.stages.group.profile import Member, StoryProfile

_MOST = 12

# By how much a text clears the bar of a story; None where it shares too little whatever else holds.
Fit = Callable[[Member, StoryProfile], float | None]


@dataclass(slots=True, eq=False)
class Strands:
    """
    What a story would be without the person's word: profiles that share its articles out among themselves.

    Two stories that are unlike lead with nothing in common, so that a follow-up of the smaller is like that one and
    unlike the whole. ``loose`` are articles that nobody has asked about yet. There are few strands: what fits none of
    them then is in the whole story only.
    """

    story_id: StoryId
    profiles: list[StoryProfile] = field(default_factory=list)
    loose: dict[str, Member] = field(default_factory=dict)

    def enter(self, members: Iterable[Member]) -> None:
        """Take articles in."""
        self.loose.update((member.article_id, member) for member in members)

    def leave(self, member: Member) -> None:
        """Let an article go."""
        self.loose.pop(member.article_id, None)
        for strand in self.profiles:
            if member.article_id in strand.members:
                strand.leave(member)
        self.profiles = [strand for strand in self.profiles if strand.members]

    def keys(self) -> Collection[str]:
        """All facts of any strand: the story must not forget them, or nobody finds the strand through them."""
        held = {key for strand in self.profiles for key in strand.facts}
        return held.union(*(member.keys for member in self.loose.values()))

    def settled(self, fit: Fit, most_facts: int) -> list[StoryProfile]:
        """The strands, with each article in the one that it fits best, or in one of its own."""
        for member in self.loose.values():
            strand = self._home_of(member, fit)
            if strand is not None:
                strand.enter(member)
                strand.prune(most_facts)
        self.loose = {}
        return self.profiles

    def _home_of(self, member: Member, fit: Fit) -> StoryProfile | None:
        fitting = [
            (margin, strand) for strand in self.profiles if (margin := fit(member, strand)) is not None and margin >= 0
        ]
        if fitting:
            return max(fitting, key=lambda one: one[0])[1]
        if len(self.profiles) >= _MOST:
            return None
        self.profiles.append(StoryProfile(self.story_id, member.at, member.at))
        return self.profiles[-1]

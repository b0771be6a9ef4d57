"""Finds texts that may be copies of each other: wire copy, syndication, edits."""

from collections.abc import Iterator, Sequence

from monitor.stages.group.profile import Member

_LEADING_HASHES = 6
_KEPT = 32  # of one phrase
_COMPARED = 8  # of a phrase that so many have: a wire text's copies are alike, a set phrase's texts are not


class CopyIndex:
    """The articles of the window by the leading hashes of their sketch; a bounded number for each hash."""

    def __init__(self) -> None:
        self._by_hash: dict[int, list[Member]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_hash.values()))

    def enter(self, member: Member) -> None:
        """Note an article."""
        for leading in member.sketch[:_LEADING_HASHES]:
            noted = self._by_hash.setdefault(leading, [])
            if len(noted) < _KEPT:
                noted.append(member)

    def leave(self, member: Member) -> None:
        """Forget an article as it was noted."""
        for leading in member.sketch[:_LEADING_HASHES]:
            noted = self._by_hash.get(leading)
            if noted is None or member not in noted:
                continue
            # Members leave in the order in which they came, so that it is mostly the first.
            noted.remove(member)
            if not noted:
                del self._by_hash[leading]

    def alike(self, article_id: str, sketch: Sequence[int]) -> Iterator[Member]:
        """Other articles that share two leading hashes with this one, each once."""
        seen: set[Member] = set()
        twice: set[Member] = set()
        for leading in sketch[:_LEADING_HASHES]:
            noted = self._by_hash.get(leading)
            if noted is None:
                continue
            for other in noted if len(noted) < _KEPT else noted[:_COMPARED]:
                if other not in seen:
                    seen.add(other)
                elif other not in twice and other.article_id != article_id:
                    twice.add(other)
                    yield other

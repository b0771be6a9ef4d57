"""What the parts of a score come to: sums as likelihoods, and those as the confidence that is printed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.stages.detect.scoring import squash

if TYPE_CHECKING:
    from monitor.domain.finding import Attack, Finding, Part

_NAME, _STRUCK = "name", "under-attack"


def finding_sums(finding: "Finding") -> Mapping[str, str]:
    """
    What the sum of each sort of parts means, by how the names of its parts begin.

    The confidence of a finding is how likely the name is meant, times how likely the role is beside the other roles
    (which have sums of their own); who is but named has the first alone.
    """
    totals = _totals(finding.parts)
    if _NAME not in totals:
        return {}
    meant = squash(totals[_NAME])
    told = {_NAME: f"{meant:.2f} likely"}
    role = str(finding.role)
    if finding.role == "mentioned":
        told[role] = "the most of the roles that it may have; the confidence is that of the name"
    else:
        beside = min(finding.confidence / max(meant, finding.confidence, 0.001), 1.0)
        told[role] = f"{beside:.2f} likely beside the other roles; confidence {meant:.2f} x {beside:.2f}"
    if finding.surplus is not None and _STRUCK in totals:
        struck = squash(totals[_STRUCK])
        told[_STRUCK] = f"{struck:.2f} likely, and {struck - finding.surplus:.2f} is enough"
    return told


def _totals(parts: "Sequence[Part]") -> Mapping[str, float]:
    totals: dict[str, float] = {}
    for part in parts:
        sort, has_name, _ = part.name.partition(" ")
        if has_name:
            totals[sort] = totals.get(sort, 0.0) + part.weight
    return totals


def attack_sums(attack: "Attack") -> Iterator[str]:
    """How sure an attack is: it is about attacks, times that it is of this kind; the status is a matter of its own."""
    parts = {part.name: part.weight for part in attack.parts}
    if "about" not in parts or "type" not in parts:
        return
    worded = f" (its words alone say {parts['words']:+.2f})" if "words" in parts else ""
    yield f"      {parts['about']:.2f}  likely that the article is about attacks at all  [about]"
    summed = f"in sum {parts['type']:+.2f}{worded}"
    yield f"      {squash(parts['type']):.2f}  likely that it tells of this kind: {summed}  [type]"
    yield f"    = {attack.confidence:.2f}  the one times the other"
    if "status" in parts:
        yield f"      {parts['status']:.2f}  likely that this is its status  [status]"

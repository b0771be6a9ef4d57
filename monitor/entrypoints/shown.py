"""What programs are shown of entities, by the API and by `-o json` alike."""

from collections.abc import Iterable

from monitor.domain.story import StoryEntity
from monitor.stages.compose.neutral import clean

# Most characters of a sentence that is quoted.
_QUOTED = 2_000


def entities_shown(entities: Iterable[StoryEntity]) -> list[dict[str, object]]:
    """For each of *entities*: ``id``, ``name``, ``role``, ``attacks`` (the status of each kind) and ``evidence``."""
    return [
        {
            "id": str(entity.entity_id),
            "name": entity.name,
            "role": str(entity.role),
            "attacks": {str(kind): str(status) for kind, status in entity.statuses.items()},
            "evidence": clean(entity.evidence, _QUOTED),
        }
        for entity in entities
    ]

"""When the service calls itself unwell, and in which words."""

from datetime import timedelta

import pytest

from monitor.domain.policy import HealthPolicy
from monitor.stages.health import Vitals, ailments
from tests.builders import NOW

POLICY = HealthPolicy()


def ago(seconds: float) -> object:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({}, (), id="nothing to do"),
        pytest.param(
            {"oldest_due_at": ago(61), "last_round_at": ago(61)},
            ("no round of polling for 61 seconds, though feeds are due",),
            id="overdue and no round",
        ),
        pytest.param({"oldest_due_at": ago(60), "last_round_at": ago(600)}, (), id="due just now, after a quiet time"),
        pytest.param({"oldest_due_at": ago(600), "last_round_at": ago(60)}, (), id="late, but at it"),
        pytest.param({"oldest_due_at": ago(600), "last_round_at": None}, (), id="another process polls"),
        pytest.param({"oldest_pending_at": ago(300), "oldest_pending_on": "mail"}, (), id="waits for five minutes"),
        pytest.param(
            {"oldest_pending_at": ago(301), "oldest_pending_on": "mail"},
            ('a notification for the channel "mail" has waited for 5 minutes',),
            id="waits for longer",
        ),
        pytest.param(
            {"dead_channels": ["chat", "mail"]},
            (
                'the channel "chat" takes nothing: see `monitor alerts dead`',
                'the channel "mail" takes nothing: see `monitor alerts dead`',
            ),
            id="dead channels",
        ),
        pytest.param({"store_fault": "the store is locked"}, ("the store is locked",), id="the store"),
    ],
)
def test_each_reason_in_words(changes: dict[str, object], says: tuple[str, ...]) -> None:
    assert ailments(Vitals(NOW, **changes), POLICY) == says


def test_every_reason_is_said() -> None:
    ill = Vitals(
        NOW, NOW - timedelta(hours=3), NOW - timedelta(hours=3), NOW - timedelta(days=1), "mail", ["chat"], "x"
    )
    assert len(ailments(ill, POLICY)) == 4
    assert "3 hours" in " ".join(ailments(ill, POLICY))

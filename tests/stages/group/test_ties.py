"""One victim in the headlines of a few days is one attack; names count once."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.profile import Known
from monitor.stages.group.ties import count_names, gain_by_victim

POLICY = GroupPolicy()
START = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)
STORY = Known({"e:acme": 1.3, "n:dravelle": 1.3, "cyb:ransomware": 1.0}, 1, START, START + timedelta(hours=1), True)


def test_the_words_of_a_company_are_no_names_of_their_own() -> None:
    assert count_names(["e:british-airways", "n:british", "n:airways", "n:cruz", "cyb:data", "#183"]) == 2


def test_of_a_long_list_of_companies_three_count() -> None:
    assert count_names([f"e:{company}" for company in "abcdefg"]) == 3


@pytest.mark.parametrize(
    ("facts", "days", "gain"),
    [
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0}, 5.0, POLICY.victim_gain, id="one company under attack"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0}, 40.0, 0.0, id="weeks later"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0, "cue:again": 1.0}, 5.0, 0.0, id="another one, it says"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 0.6, "eco:profit": 1.3}, 5.0, 0.0, id="an attack that is recalled"),
        pytest.param({"e:acme": 0.6, "cyb:breach": 1.0}, 5.0, 0.0, id="a company that is mentioned"),
        pytest.param({"n:dravelle": 1.3, "cyb:breach": 1.0}, 1.0, POLICY.named_gain, id="a name that nobody knows"),
        pytest.param({"n:dravelle": 1.3, "cyb:breach": 1.0}, 5.0, 0.0, id="such a name some days later"),
        pytest.param({"n:dravelle": 1.3, "c:lyon": 1.3, "cyb:ddos": 1.3}, 1.0, 0.0, id="such a name and another city"),
    ],
)
def test_one_victim_in_the_headlines_of_a_few_days_lowers_the_bar(
    facts: dict[str, float], days: float, gain: float
) -> None:
    shared = [key for key in facts if key in STORY.facts]
    assert gain_by_victim(facts, shared, STORY, days, 1.0, POLICY) == gain

"""One victim in the headlines of a few days is one attack; names count once."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group.profile import StoryFacts
from monitor.stages.group.ties import count_names, one_victim

POLICY = GroupPolicy()
START = datetime(2025, 5, 5, 8, 0, tzinfo=UTC)
STORY = StoryFacts(
    {"e:acme": 1.3, "n:dravelle": 1.3, "cyb:ransomware": 1.0}, 1, START, START + timedelta(hours=1), True
)


def test_the_words_of_a_company_are_no_names_of_their_own() -> None:
    assert count_names(["e:british-airways", "n:british", "n:airways", "n:cruz", "cyb:data", "#183"]) == 2


def test_of_a_long_list_of_companies_three_count() -> None:
    assert count_names([f"e:{company}" for company in "abcdefg"]) == 3


@pytest.mark.parametrize(
    ("facts", "days", "sign"),
    [
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0}, 5.0, "one-victim", id="one company under attack"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0}, 40.0, None, id="weeks later"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 1.0, "cue:again": 1.0}, 5.0, None, id="another one, it says"),
        pytest.param({"e:acme": 1.3, "cyb:breach": 0.6, "eco:profit": 1.3}, 5.0, None, id="an attack that is recalled"),
        pytest.param({"e:acme": 0.6, "cyb:breach": 1.0}, 5.0, None, id="a company that is mentioned"),
        pytest.param({"n:dravelle": 1.3, "cyb:breach": 1.0}, 1.0, "one-name-attacked", id="a name that nobody knows"),
        pytest.param({"n:dravelle": 1.3, "cyb:breach": 1.0}, 5.0, None, id="such a name some days later"),
        pytest.param({"n:dravelle": 1.3, "c:lyon": 1.3, "cyb:ddos": 1.3}, 1.0, None, id="such a name and another city"),
    ],
)
def test_one_victim_in_the_headlines_of_a_few_days_ties_an_article_to_a_story(
    facts: dict[str, float], days: float, sign: str | None
) -> None:
    shared = [key for key in facts if key in STORY.facts]
    assert one_victim(facts, shared, STORY, days, 1.0, POLICY) == sign

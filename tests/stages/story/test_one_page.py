"""What several feeds tell of one page is one source, whoever owns them."""

from dataclasses import replace

from monitor.adapters.packaged.concepts import load_fact_reader
from monitor.domain.policy import Policy
from monitor.domain.story import StoryId
from monitor.stages.story.summary import Background, summarise
from tests.story_builders import article


def test_one_page_is_one_source_whoever_retells_it() -> None:
    told = [article(str(number), owner=f"{number}.example", minutes=number) for number in range(3)]
    articles = [told[0], replace(told[1], url=told[0].url), told[2]]
    background = Background({}, load_fact_reader(Policy().group), frozenset())
    found = summarise(StoryId("s"), articles, (), (), background)
    assert [source.independent for source in found.sources] == [True, False, True]

"""A crowd of articles that have little to do with each other does not become a few large stories."""

from monitor.adapters.packaged.group_weights import load_group_weights
from monitor.domain.group_policy import GroupPolicy
from monitor.stages.group import FactReader, GroupWindow
from tools.lumps import crowds, lumps_of


def test_a_crowd_of_many_events_is_not_lumped(reader: FactReader) -> None:
    policy = GroupPolicy()
    (crowd,) = crowds(reader, 36, 1)
    found = lumps_of(crowd, GroupWindow(policy, load_group_weights(), reader.lexicon.priors), policy)
    assert found.articles >= 900
    # Measured 0.640 and 16, with headlines that name nobody among them; weights that no crowd had a part in reach 0.54.
    assert found.stories >= 0.6 * found.articles
    assert found.largest[0] <= 20

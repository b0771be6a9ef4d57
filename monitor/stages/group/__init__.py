"""
Articles into stories, online and in one pass, across languages and without a model.

    reader = FactReader(lexicon, aliases, policy)            once
    window = GroupWindow(policy, weights, lexicon.priors)    once, refilled from the store by `window.add`
    fingerprint = reader.fingerprint(...)                    for each new article
    joins = group(fingerprints, window, policy)              for each batch, saved with the articles
    merges = window.take_merges()                            (gone, kept): stories that proved to be one
    late = window.take_bridges()                             why articles of before stand in other stories now
    apply_edits(edits, window)                               after a refill and when people edited stories
"""

from monitor.stages.group.aliases import alias_index
from monitor.stages.group.assign import assign, find_copy, group, new_story_id
from monitor.stages.group.comparing import signs_of_candidates
from monitor.stages.group.concepts import Concept, ConceptLexicon, parse_concepts
from monitor.stages.group.edits import apply_edits, catch_up, split_story_id, stories_named
from monitor.stages.group.facts import FactReader
from monitor.stages.group.fingerprint import Fingerprint, pack, unpack
from monitor.stages.group.likeness import vector_of
from monitor.stages.group.parting import partings
from monitor.stages.group.profile import StoryProfile
from monitor.stages.group.window import GroupWindow

__all__ = [
    "Concept",
    "ConceptLexicon",
    "FactReader",
    "Fingerprint",
    "GroupWindow",
    "StoryProfile",
    "alias_index",
    "apply_edits",
    "assign",
    "catch_up",
    "find_copy",
    "group",
    "new_story_id",
    "pack",
    "parse_concepts",
    "partings",
    "signs_of_candidates",
    "split_story_id",
    "stories_named",
    "unpack",
    "vector_of",
]

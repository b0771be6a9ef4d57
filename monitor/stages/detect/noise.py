"""Which names of an entity will be noisy, said in plain words, with what to add."""

from collections.abc import Iterator

from monitor.domain.lexicon import LanguagePack, Lexicon
from monitor.domain.watchlist import Entity
from monitor.stages.detect.folding import fold_words

_SHORT = 3
_LISTED = 3
_KINDS = (
    ("is an everyday word", "consists of everyday words", "common_words"),
    ("is a first name", "consists of first names", "given_names"),
    ("is a place", "consists of places", "places"),
)


def noisy_names(entity: Entity, lexicon: Lexicon) -> list[str]:
    """
    A warning for each name of *entity* that will often be read where it means something else.

    Names that are words, first names or places of a language we read, names of three letters or
    fewer, and names without a letter. A name that an entry of ``context`` or a second, telling name
    helps is only warned of once, with what would help more.
    """
    warnings = []
    for name in dict.fromkeys((entity.name, *entity.aliases, *entity.products, *entity.subsidiaries)):
        reasons = list(_reasons(name, lexicon.packs))
        if reasons:
            warnings.append(f'"{name}" {", and ".join(reasons)}: {_remedy(entity, name, lexicon.packs)}')
    return warnings


def _reasons(name: str, packs: tuple[LanguagePack, ...]) -> Iterator[str]:
    folded = fold_words(name)
    words = folded.split()
    if not any(character.isalpha() for character in folded):
        yield "has no letter in it"
    elif len(folded) <= _SHORT:
        yield f"is only {len(folded)} letter{'s' if len(folded) > 1 else ''} long"
    for one, several, key in _KINDS:
        languages = [pack.name for pack in packs if words and all(_is_in(word, pack, key) for word in words)]
        if languages:
            yield f"{several if len(words) > 1 else one} in {_listed(languages)}"


def _is_in(word: str, pack: LanguagePack, key: str) -> bool:
    own: frozenset[str] = getattr(pack, key)
    return word in own or (key == "common_words" and word in pack.function_words)


def _listed(languages: list[str]) -> str:
    shown = languages[:_LISTED]
    more = len(languages) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _remedy(entity: Entity, name: str, packs: tuple[LanguagePack, ...]) -> str:
    wanted = []
    if not entity.context:
        wanted.append("context (words that stand near it when the company is meant)")
    if not entity.people:
        wanted.append("people (its chief executive)")
    if not any(other != name and not list(_reasons(other, packs)) for other in (entity.name, *entity.aliases)):
        wanted.append("aliases (the full name with its legal form)")
    if not entity.exclude:
        wanted.append("exclude (phrases in which it means something else)")
    if not wanted:
        return "it counts only where its surroundings speak for the company"
    return "add " + ", ".join(wanted)

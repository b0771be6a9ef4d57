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
_REMEDY = (
    "add context (words that stand near it when the company is meant), people (its chief executive)"
    " or aliases (a name that nothing else has)"
)


def noisy_names(entity: Entity, lexicon: Lexicon) -> list[str]:
    """
    The names of *entity* that often mean something else, in one warning; none where something tells it apart.

    Such names are words, first names or places of a language we read, have three letters or fewer, or none. What tells
    the company apart where one of them stands: words of its context, a person or a further name that is none of these,
    and the words of its trade, where its sector is known.
    """
    reasons = {name: list(_reasons(name, lexicon.packs)) for name in _names(entity)}
    is_told_apart = entity.context or entity.people or entity.sector in lexicon.trades or not all(reasons.values())
    if is_told_apart:
        return []
    name, *others = reasons
    like = f", and so {'does' if len(others) == 1 else 'do'} {_quoted(others)}" if others else ""
    return [f'"{name}" {", and ".join(reasons[name])}, so that it may mean something else{like}: {_REMEDY}']


def _names(entity: Entity) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entity.name, *entity.aliases, *entity.products, *entity.subsidiaries)))


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


def _quoted(names: list[str]) -> str:
    return _listed([f'"{name}"' for name in names])


def _listed(names: list[str]) -> str:
    shown = names[:_LISTED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")

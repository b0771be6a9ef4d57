"""Which words of a German text are nouns rather than names, though all have a capital."""

from itertools import pairwise

from monitor.stages.group.reading import Shape, Token

# "die Zahl", "im Netz"; but for "die Telekom" what an article stands before is seldom a name.
_ARTICLES = frozenset(
    "das dem des den der die ein eine einem einen einer eines kein keine keinen im am zum zur beim vom ins ans "
    "ihr ihre ihren ihrer ihrem sein seine seinen seiner seinem diese diesem diesen dieser dieses "
    "jede jeder jedes jedem jeden alle mehr viele einige zwei drei vier funf sechs mehrere wenige".split()
)


def common_nouns(tokens: list[Token]) -> frozenset[str]:
    """The German nouns of a text that follow an article or an adjective somewhere: names seldom do."""
    return frozenset(
        noun.word
        for before, noun in pairwise(tokens)
        if noun.shape is Shape.CAPITAL and (before.word in _ARTICLES or _is_adjective(before))
    )


def _is_adjective(token: Token) -> bool:
    return token.shape is Shape.LOWER and len(token.word) > 4 and token.word.endswith(("es", "em"))

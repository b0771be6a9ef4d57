"""
What of a robots.txt speaks to us, as one of a single group.

The parser that reads it then writes each rule down for each name of its group: a file of 90 KB that names three
thousand robots and forbids them three thousand places took it half a minute and 640 MB. Here it costs its length.
"""

from collections.abc import Iterator

_NAMES_US = ("user-agent", "useragent", "user agent")
# How a line without a colon begins that is meant as a rule all the same.
_RULES = ("allow", "dis", "dia", "crawl", "request", "visit")
# Of the whole site, and of no group.
_ELSEWHERE = ("sitemap", "site-map", "host")
_ANYBODY = "*"
_MOST_RULES = 2_000
_LONGEST_RULE = 2_000


def group_for(text: str, agent: str) -> str:
    """
    The rules for *agent*, our whole name: those of the groups that name it most closely, else those for anybody.

    Of very many rules the first ones are kept.
    """
    best = max((_closeness(name, agent) for names, _ in _groups(text) for name in names), default=0)
    rules = (
        rule
        for names, rules in _groups(text)
        if best and any(_closeness(name, agent) == best for name in names)
        for rule in rules
    )
    kept = [rule for rule, _ in zip(rules, range(_MOST_RULES), strict=False)]
    return "\n".join((f"User-agent: {_ANYBODY}", *kept, ""))


def _groups(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The groups of a file: who is named, and what each of them is told."""
    names: list[str] = []
    rules: list[str] = []
    for raw in text.splitlines():
        if not (line := raw.partition("#")[0].strip()):
            continue
        lowered = line[:12].lower()
        if lowered.startswith(_ELSEWHERE) or not (":" in line or lowered.startswith((*_NAMES_US, *_RULES))):
            continue
        named = next((prefix for prefix in _NAMES_US if lowered.startswith(prefix)), "")
        if not named:
            rules.append(line[:_LONGEST_RULE])
            continue
        if rules:
            yield names, rules
            names, rules = [], []
        names.append(line[len(named) :].lstrip(": \t").rstrip().lower())
    yield names, rules


def _closeness(name: str, agent: str) -> int:
    """How closely a file means *agent* by *name*: 0 not at all, 1 as anybody, else the longer the closer."""
    if name == _ANYBODY:
        return 1
    spoken, at = agent.lower(), -1
    while name and (at := spoken.find(name, at + 1)) >= 0:
        if at == 0 or not (spoken[at - 1].isalnum() or spoken[at - 1] in "-_"):
            return len(name) + 1
    return 0

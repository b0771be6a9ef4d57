"""
The second reader: what it is asked of findings near the threshold, and what of its answer counts.

It can confirm a finding or lower it, never raise one. Its answer is as little trusted as the article, whose text
may hold instructions: only words of our own vocabulary are read, and what lowers must quote the article.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from monitor.domain.article import Article
from monitor.domain.finding import LIVE, Analysis, Attack, Finding, Part, Role, Span, Status
from monitor.domain.model_policy import SecondReaderPolicy
from monitor.domain.second_reading import Question, Spent
from monitor.domain.watchlist import EntityId
from monitor.stages.group import FactReader
from monitor.stages.read_article import ReadArticle, fingerprint_of

_LONGEST_QUOTE = 300
_LEAST_QUOTE = 8
_MOST_ANSWER = 20_000
_LEAST_WEIGHT = 0.001
_READER = "second reader"
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer that can be read: what the entity is, how sure the text is, and the words that say so."""

    role: Role
    status: Status | None
    quote: str


def near(analysis: Analysis, margin: float) -> Iterator[Finding]:
    """Findings of somebody under attack that lie so near above the threshold that a second look is worth it."""
    for finding in analysis.findings:
        if finding.entity_id in analysis.under_attack and finding.surplus is not None and finding.surplus <= margin:
            yield finding


def questions_of(
    article: Article, analysis: Analysis, names: Mapping[EntityId, str], policy: SecondReaderPolicy, prompt: str
) -> Iterator[Question]:
    """What to ask of an article, one question for each entity that is near the threshold."""
    for finding in near(analysis, policy.margin):
        printed = list(dict.fromkeys(span.surface for span in finding.spans if span.surface))[:5]
        asked = {
            "organisation": names.get(finding.entity_id, str(finding.entity_id)),
            "printed_as": printed,
            "published": article.published_at.date().isoformat(),
            "title": article.title,
            "text": excerpt(article.text, finding.spans, policy.most_characters),
        }
        # As JSON, so that nothing in the text can look like the end of it; surrogates and controls are escaped.
        content = json.dumps(asked, ensure_ascii=True, indent=0)
        digest = hashlib.sha256("\0".join((policy.model, prompt, content)).encode())
        yield Question(digest.hexdigest(), article.id, finding.entity_id, prompt, content)


def excerpt(text: str, spans: Iterable[Span], most: int) -> str:
    """The beginning of *text*, and the surroundings of the first place that names the entity beyond it."""
    if len(text) <= most:
        return text
    first = min((span.start for span in spans if span.field == "text"), default=0)
    if first < most * 3 // 4:
        return text[:most]
    half = most // 2
    return f"{text[:half]}\n...\n{text[max(half, first - half // 2) : first + half // 2]}"


def affordable(asked: Sequence[Question], spent: Spent, policy: SecondReaderPolicy) -> tuple[Sequence[Question], str]:
    """As many of *asked* as the limits leave room for, in their order; and which limit the others met."""
    left, tokens = policy.max_per_hour - spent.questions, spent.tokens
    for taken, question in enumerate(asked):
        tokens += question.tokens + policy.max_answer_tokens
        if taken >= left:
            return asked[:taken], f"max_per_hour ({policy.max_per_hour}) is reached, the rest is not asked"
        if policy.max_tokens_per_day and tokens > policy.max_tokens_per_day:
            return asked[:taken], f"max_tokens_per_day ({policy.max_tokens_per_day}) is reached, the rest is not asked"
    return asked, ""


def read_answer(text: str) -> Judgement | None:
    """The answer in *text*: the last JSON object in it that names a role; None where there is none."""
    found = None
    for value in _objects(text[-_MOST_ANSWER:]):
        role = _word(value.get("role"), Role)
        if role is not None:
            quote = value.get("quote")
            status = _word(value.get("status"), Status)
            found = Judgement(role, status, quote[:_LONGEST_QUOTE] if isinstance(quote, str) else "")
    return found


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every flat JSON object in *text*: models put theirs into prose, fences and thoughts."""
    at = text.find("{")
    while at >= 0:
        end = text.find("}", at)
        if end < 0:
            return
        start = text.rfind("{", at, end)
        try:
            value = json.loads(text[start : end + 1])
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield value
        at = text.find("{", end + 1)


def _word(value: object, words: type[Word]) -> Word | None:
    known = {str(word): word for word in words}
    return known.get(value.strip().lower()) if isinstance(value, str) else None


def with_answers(
    read: Sequence[ReadArticle],
    asked: Iterable[Question],
    answers: Mapping[str, str],
    model: str,
    facts: FactReader,
) -> tuple[list[ReadArticle], int]:
    """Articles with what was answered about them, and how many findings were lowered by it."""
    told: dict[str, dict[EntityId, str]] = {}
    for question in asked:
        if answers.get(question.key):
            told.setdefault(question.article_id, {})[question.entity_id] = answers[question.key]
    again, lowered = [], 0
    for one in read:
        analysis = after(one.analysis, one.article, told.get(one.article.id, {}), model)
        if analysis.attacks == one.analysis.attacks:
            again.append(replace(one, analysis=analysis))
            continue
        lowered += sum(part.weight < 0 for part in _said(analysis, model))
        # Grouping goes by the victims as well.
        again.append(ReadArticle(one.article, analysis, fingerprint_of(one.article, analysis, facts)))
    return again, lowered


def _said(analysis: Analysis, model: str) -> Iterator[Part]:
    return (part for one in analysis.findings for part in one.parts if part.name.startswith(f"{_READER} {model}:"))


def after(analysis: Analysis, article: Article, answers: Mapping[EntityId, str], model: str) -> Analysis:
    """*analysis* with what the reader said of each entity; nonsense changes nothing."""
    for entity_id, text in answers.items():
        answer = read_answer(text)
        if answer is not None:
            analysis = _with_answer(analysis, article, entity_id, answer, model)
    return analysis


def _with_answer(analysis: Analysis, article: Article, entity_id: EntityId, answer: Judgement, model: str) -> Analysis:
    finding = next((one for one in analysis.findings if one.entity_id == entity_id), None)
    if finding is None or finding.role is not Role.VICTIM:
        return analysis
    span = _place(article, answer.quote)
    statuses = [one.status for one in analysis.attacks if entity_id in one.victims and one.status in LIVE]
    strongest = min(statuses, key=lambda one: one.rank, default=Status.CONFIRMED)
    is_other = answer.role is not Role.VICTIM
    is_weaker = answer.status is not None and answer.status.rank > strongest.rank
    said = f"{answer.role}, {answer.status}" if answer.status else str(answer.role)
    if not (is_other or is_weaker):
        return _noted(analysis, finding, Part(f"{_READER} {model}: confirmed as {finding.role}", 0.0, span))
    if span is None:
        return _noted(analysis, finding, Part(f"{_READER} {model}: {said}, without proof, not counted", 0.0))
    lowered = replace(finding, role=answer.role) if is_other else finding
    part = Part(f"{_READER} {model}: lowered to {said}", -max(round(finding.surplus or 0.0, 3), _LEAST_WEIGHT), span)
    status = answer.status if is_weaker and not is_other else None
    attacks = tuple(_without_victim(analysis.attacks, entity_id, status))
    under = analysis.under_attack
    if status is None or status not in LIVE:
        under = tuple(one for one in under if one != entity_id)
        lowered = replace(lowered, surplus=None)
    return _noted(replace(analysis, attacks=attacks, under_attack=under), lowered, part)


def _noted(analysis: Analysis, finding: Finding, part: Part) -> Analysis:
    noted = replace(finding, parts=(*finding.parts, part))
    return replace(
        analysis,
        findings=tuple(noted if one.entity_id == finding.entity_id else one for one in analysis.findings),
    )


def _without_victim(attacks: Sequence[Attack], entity_id: EntityId, status: Status | None) -> Iterator[Attack]:
    """The attacks without this victim; with a *status*, the stronger ones on it are said to be of that one."""
    for attack in attacks:
        if entity_id not in attack.victims or (status is not None and attack.status.rank >= status.rank):
            yield attack
            continue
        others = tuple(victim for victim in attack.victims if victim != entity_id)
        if others or status is None:
            yield replace(attack, victims=others)
        if status is not None:
            yield replace(attack, status=status, victims=(str(entity_id),))


def _place(article: Article, quote: str) -> Span | None:
    """Where the article says these words, blanks apart; None where it does not."""
    words = quote.split()
    if len("".join(words)) < _LEAST_QUOTE:
        return None
    for field, text in (("title", article.title), ("text", article.text)):
        start = _find_words(text, words)
        if start is not None:
            return Span(field, *start, text[start[0] : start[1]])
    return None


def _find_words(text: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Where *words* follow each other in *text* with nothing but blanks between."""
    at = text.find(words[0])
    while at >= 0:
        end = at + len(words[0])
        for word in words[1:]:
            start = end
            while start < len(text) and text[start].isspace():
                start += 1
            if start == end or not text.startswith(word, start):
                break
            end = start + len(word)
        else:
            return at, end
        at = text.find(words[0], at + 1)
    return None

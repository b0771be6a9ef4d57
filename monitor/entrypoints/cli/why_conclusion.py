"""What `monitor why` and `why-not` come to: what was told under which rule, and what stopped the rest."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.entrypoints.cli.inquiry import Inquiry
from monitor.entrypoints.cli.output import printable

if TYPE_CHECKING:
    from monitor.domain.alert import Verdict
    from monitor.domain.article import Article
    from monitor.domain.finding import Analysis
    from monitor.domain.watchlist import Entity, Rule

_UNREAD = "the program failed on the article; the fault is worth a report"
_OFF_TOPIC = "the article names nobody who is watched and tells of no attack"


def conclusion(asked: Inquiry) -> "Sequence[str]":
    """The whole in a sentence or two: what was told under which rule, else the gate that stopped each."""
    chain, watch = asked.chain, asked.watch
    if chain.analysis is None or chain.analysis.fault:
        return [no_story(chain.analysis)]
    if watch and all(one.entity_id != watch for one in chain.analysis.findings):
        return [_not_named(asked)]
    if chain.story is None:
        return [no_story(chain.analysis)]
    rules = asked.rules()
    spoken = [rule for rule in rules if any(verdict.reason.speaks for verdict in asked.decided(rule))]
    if spoken:
        under = ", ".join(str(rule.id) for rule in spoken)
        return [f"{_alerted(asked, spoken)}, under {under}{_sent(asked, spoken)}", *_still(asked, rules, spoken)]
    if not rules:
        return [f"no rule watches {watch}"]
    last = [(rule, decided[-1]) for rule in rules if (decided := asked.decided(rule))]
    if not last:
        is_named = watch or any(map(asked.is_about, rules))
        return ["no rule has decided yet" if is_named else "no rule watches anybody whom its story names"]
    return [f"{rule.id}: {printable(asked.because(rule, verdict))}" for rule, verdict in last]


def _alerted(asked: Inquiry, spoken: "Sequence[Rule]") -> str:
    came = asked.chain.article.first_seen_at
    told = (verdict for rule in spoken for verdict in asked.decided(rule) if verdict.reason.speaks)
    return "it did alert" if any(came <= one.decided_at for one in told) else "its story had alerted before it came"


def _still(asked: Inquiry, rules: "Sequence[Rule]", spoken: "Sequence[Rule]") -> Iterator[str]:
    """Why each rule keeps still that did so last, beside what was told."""
    for rule in rules:
        decided = asked.decided(rule)
        if decided and not decided[-1].reason.speaks:
            since = " since then" if rule in spoken else ""
            yield f"{rule.id}{since}: {printable(asked.because(rule, decided[-1]))}"


def _sent(asked: Inquiry, spoken: "Sequence[Rule]") -> str:
    told = (*asked.chain.notifications, *asked.lists)
    arrived = dict.fromkeys(str(one["channel"]) for one in told if one["state"] == "sent")
    waiting = dict.fromkeys(str(one["channel"]) for one in told if one["state"] in {"pending", "held"})
    said = [f"sent to {', '.join(arrived)}"] if arrived else []
    said += [f"waiting for {', '.join(waiting)}"] if waiting else []
    return f"; {' and '.join(said)}" if said else f"; no message about it was sent{_unheard(asked, spoken)}"


def _unheard(asked: Inquiry, spoken: "Sequence[Rule]") -> str:
    last = [(rule, [one for one in asked.decided(rule) if one.reason.speaks][-1]) for rule in spoken]
    is_heard = any(not deaf for rule, verdict in last for _, deaf in hearing(asked, rule, verdict))
    return "" if is_heard else ", since no channel takes it: the lines of the rules say why"


def hearing(asked: Inquiry, rule: "Rule", verdict: "Verdict") -> Iterator[tuple[str, str]]:
    """Each channel, and why it did not hear of a verdict that speaks; nothing for one that did."""
    from monitor.domain.alert import Verdict
    from monitor.stages.channels.route import unheard_because, ways_of
    from monitor.stages.decide.reasons import muting, others_told

    chain, channels = asked.chain, asked.settings.channels
    if chain.story is None:
        return
    tags = {entity.id: frozenset(entity.tags) for entity in asked.settings.entities()}
    ways = ways_of((one for watchlist in asked.settings.watchlists for one in watchlist.rules), channels, tags)
    louder = {
        name: f"it hears of the louder alert of rule {other.rule_id}"
        for other in muting(verdict, rule, others_told(rule, (), chain.verdicts, frozenset()))
        if isinstance(other, Verdict) and other.decided_at <= verdict.decided_at
        for name in ways.get(other.rule_id, ())
    }
    for channel in channels:
        deaf = unheard_because(verdict, rule, chain.story, channel, tags, verdict.decided_at)
        yield str(channel.id), deaf or louder.get(str(channel.id), "")


def no_story(analysis: "Analysis | None") -> str:
    """Why an article stands in no story."""
    if analysis is None:
        return "the article has not been assessed yet"
    return _UNREAD if analysis.fault else _OFF_TOPIC


def _not_named(asked: Inquiry) -> str:
    """That an entity is not named, and what of its names stands there all the same."""
    from monitor.stages.decide.explain import alike_words

    entity = next(one for one in asked.settings.entities() if one.id == asked.watch)
    article = asked.chain.article
    alike = alike_words(entity, f"{article.title}\n{article.text}")
    if alike and _is_named_now(entity, article):
        return (
            f"{asked.watch} is named in this article, but was not watched when it was read; the service takes up a"
            " changed configuration on SIGHUP, and reads what comes in from then on"
        )
    said = f"{asked.watch} is not named in this article, under any of its names and in its own sense"
    return f"{said}. {printable(alike)}" if alike else said


def _is_named_now(entity: "Entity", article: "Article") -> bool:
    """Whether the article would be read as naming *entity* today."""
    from monitor.adapters.detection_pool import DetectionPool, RawArticle
    from monitor.adapters.packaged.lexicon import load_lexicon

    raw = RawArticle(article.id, article.title, article.text, article.published_at, article.language)
    with DetectionPool([entity], load_lexicon(), 1) as pool:
        return any(one.entity_id == entity.id for analysis in pool.analyse([raw]) for one in analysis.findings)

"""`monitor why` and `why-not`: the whole chain from the words of an article to what was sent, or to what stopped it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from monitor.entrypoints.cli.configured import Config, read_settings, watched_id
from monitor.entrypoints.cli.inquiry import Inquiry
from monitor.entrypoints.cli.output import many, printable, room
from monitor.entrypoints.cli.weighed import Weighed, weighed
from monitor.entrypoints.cli.why_conclusion import conclusion, hearing, no_story
from monitor.entrypoints.cli.why_sums import attack_sums, finding_sums

if TYPE_CHECKING:
    from monitor.adapters.database.catalogue import Chain
    from monitor.domain.alert import Verdict
    from monitor.domain.article import Article
    from monitor.domain.finding import Attack, Finding, Span
    from monitor.domain.settings import Settings
    from monitor.domain.watchlist import Rule

_SHORT = typer.Option(False, "--short", help="Without the scores.")
_WANTED = typer.Argument(help="The id, URL or guid of an article, or the id of an alert.")
# Of a name that stands in a text more often, so many places are shown.
_PLACES = 5
_NOT_JUDGED = (
    "People took it out of another story, or the rule is newer: it is judged with the next article of the story."
)

commands = typer.Typer()


@commands.command(help="Why an article did what it did: words, roles, scores, story, rules, messages.")
def why(wanted: str = _WANTED, short: bool = _SHORT, config: Config = None) -> int:
    settings = read_settings(config)
    for line in _explained(_look_up(settings, wanted, is_short=short)):
        print(line)
    return 0


@commands.command("why-not", help="Why an article did not alert on an entity: the first gate that stopped it.")
def why_not(
    wanted: str = _WANTED,
    watch: str = typer.Option(..., "--watch", help="The watched entity, by its id or name."),
    short: bool = _SHORT,
    config: Config = None,
) -> int:
    settings = read_settings(config)
    entity_id = watched_id(settings, watch)
    for line in _explained(_look_up(settings, wanted, entity_id, is_short=short)):
        print(line)
    return 0


def _look_up(settings: "Settings", wanted: str, watch: str = "", *, is_short: bool) -> Inquiry:
    from monitor.app import open_catalogue
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now

    now = utc_now()
    with open_catalogue(settings, now) as catalogue:
        alert = catalogue.alert(wanted)
        if alert is not None and alert.entities:
            wanted = alert.entities[0].article_id
        chain = catalogue.chain(wanted)
        silences = catalogue.silences(now, ended=True)
        lists = catalogue.lists_naming(chain.alerts) if chain is not None else ()
        story = catalogue.story(wanted) if chain is None else None
    if story is not None:
        raise UsageError(f'"{printable(wanted)}" is a story: `monitor stories show {story.id}` lists its articles')
    if chain is None:
        raise UsageError(
            f'no article is stored under "{printable(wanted)}", and no alert: `monitor search WORDS` finds articles,'
            " `monitor alerts list` alerts"
        )
    return Inquiry(chain, settings, silences, watch, is_short, lists)


def _explained(asked: Inquiry) -> Iterator[str]:
    yield from _article(asked.chain.article)
    yield from _findings(asked)
    yield from _story(asked.chain)
    yield from _verdicts(asked)
    yield from _messages(asked)
    yield ""
    first, *others = conclusion(asked)
    yield f"Conclusion: {first}"
    yield from (f"  {other}" for other in others)


def _article(article: "Article") -> Iterator[str]:
    yield f"Article {article.id}: {printable(article.title)}"
    yield f"  {printable(article.url)}" if article.url else "  (no link)"
    yield (
        f"  feed {article.feed_id}, language {article.language}, published {article.published_at:%Y-%m-%d %H:%M} UTC"
        f"{_doubt(article)}, first seen {article.first_seen_at:%Y-%m-%d %H:%M} UTC, revision {article.revision}"
    )
    if article.page:
        yield f"  the page behind it: {printable(article.page)}"
    if article.tags:
        yield f"  filed by its publisher under: {printable(', '.join(article.tags))}"


def _doubt(article: "Article") -> str:
    from monitor.domain.article import DateFlag

    if article.date_flag is DateFlag.FINE:
        return ""
    return f" (when it was first seen, as the date that its feed gave is {article.date_flag})"


def _findings(asked: Inquiry) -> Iterator[str]:
    chain, watch = asked.chain, asked.watch
    yield ""
    if chain.analysis is None:
        yield "Findings: none yet, the article waits to be assessed"
        return
    if chain.analysis.fault:
        yield f"Findings: none, the program failed on this article ({printable(chain.analysis.fault)})"
        return
    yield f"Findings (lexicon {chain.analysis.lexicon_version or 'unknown'}):"
    if not asked.is_short:
        yield "  (below each what spoke for it, +, or against it, -, the heaviest first and the rest"
        yield "  as one, and in brackets how that is called in the model; --short leaves it out)"
    found = [one for one in chain.analysis.findings if not watch or one.entity_id == watch]
    if not found:
        yield f"  {watch} is not named in this article" if watch else "  no watched entity is named"
    for finding in found:
        yield from _finding(finding, asked)
    if not chain.analysis.attacks:
        yield "  no attack is told of"
    for attack in chain.analysis.attacks:
        yield from _attack(attack, asked)
    attacked = ", ".join(map(str, chain.analysis.under_attack)) or "nobody"
    yield f"  under attack in this article: {attacked}"


def _finding(finding: "Finding", asked: Inquiry) -> Iterator[str]:
    article = asked.chain.article
    yield f"  {finding.entity_id}: {finding.role}, confidence {finding.confidence:.2f}"
    for span in finding.spans[:_PLACES]:
        yield f"    {_place(span)} {_quoted(span, article)}"
    if len(finding.spans) > _PLACES:
        yield f"    and {many(len(finding.spans) - _PLACES, 'more place')}"
    yield from _parts(finding, asked)


def _attack(attack: "Attack", asked: Inquiry) -> Iterator[str]:
    victims = ", ".join(printable(victim) for victim in attack.victims) or "not named"
    yield f"  attack: {attack.type}, {attack.status}, victims: {victims}, confidence {attack.confidence:.2f}"
    for span in attack.evidence[:4]:
        yield f"    {_place(span)} {_quoted(span, asked.chain.article)}"
    if not asked.is_short:
        yield from attack_sums(attack)


def _parts(finding: "Finding", asked: Inquiry) -> Iterator[str]:
    from monitor.adapters.packaged.part_words import load_part_words

    parts = finding.parts
    if asked.is_short or not parts:
        return
    words = load_part_words()
    told = [words.told(part) for part in parts]
    sums = {words.model(sort): text for sort, text in finding_sums(finding).items()}
    proofs = [f": {_quoted(part.span, asked.chain.article)}" if part.span is not None else "" for part in parts]
    yield from weighed(
        [Weighed(part.weight, one, proof) for part, one, proof in zip(parts, told, proofs, strict=True)], room(), sums
    )


def _place(span: "Span") -> str:
    return f"{span.field}[{span.start}:{span.end}]"


def _quoted(span: "Span", article: "Article") -> str:
    text = article.title if span.field == "title" else article.text
    return f'"{printable(text[span.start : min(span.end, span.start + 160)])}"'


def _story(chain: "Chain") -> Iterator[str]:
    from monitor.adapters.packaged.sign_words import load_sign_words

    yield ""
    if chain.story is None or chain.join is None:
        yield "Story: none yet" if chain.analysis is None else f"Story: none, {no_story(chain.analysis)}"
        return
    story = chain.story
    yield f"Story {story.id}: {printable(story.headline)}"
    yield (
        f"  {story.state}, {many(len(story.sources), 'article')},"
        f" {many(story.independent_sources, 'independent source')}, languages {', '.join(story.languages)}"
    )
    if chain.join.duplicate_of:
        yield f"  this article repeats the text of {chain.join.duplicate_of}"
    if not chain.join.shared:
        yield "  this article opened the story"
        return
    if chain.join.merged_by:
        yield f"  {printable(chain.join.merged_by)} merged its story into this one"
        return
    if chain.join.parted_from:
        yield f"  stood in {chain.join.parted_from} until the article came that opened this story and fits it better"
    yield f"  joined with score {chain.join.score:.2f}, because both say:"
    for kind, value, weight in chain.join.facts:
        yield f"    {weight:5.2f} {kind}: {printable(value)}"
    words = load_sign_words()
    yield "  what spoke for it most, and against it:"
    for sign, added in chain.join.signs:
        yield f"    {added:+5.2f} {words.phrase(sign)}"


def _verdicts(asked: Inquiry) -> Iterator[str]:
    """Every rule with what it asks for and all that it decided, in order of time."""
    from monitor.stages.decide.explain import wishes

    yield ""
    yield "Rules:"
    for rule in asked.rules():
        yield f"  {rule.id} ({rule.severity}) asks for: {wishes(rule)}"
        decided = asked.decided(rule)
        for verdict in decided:
            says = "speaks" if verdict.reason.speaks else "keeps still"
            yield f"    {verdict.decided_at:%Y-%m-%d %H:%M} {says}: {verdict.reason}"
            yield f"      {printable(asked.because(rule, verdict))}"
        spoken = [verdict for verdict in decided if verdict.reason.speaks]
        if spoken:
            yield from _ways(asked, rule, spoken[-1])
        if not decided:
            yield from _undecided(asked, rule)
    known = {rule.id for rule in asked.rules()}
    for verdict in asked.chain.verdicts if not asked.watch else ():
        if verdict.rule_id not in known:
            yield f"  {verdict.rule_id}, which is gone: {verdict.reason} at {verdict.decided_at:%Y-%m-%d %H:%M}"


def _undecided(asked: Inquiry, rule: "Rule") -> Iterator[str]:
    if asked.chain.story is None:
        yield f"    has not decided: {no_story(asked.chain.analysis)}"
    elif asked.is_about(rule):
        yield "    has not decided yet"
        yield f"      {_NOT_JUDGED}"
    else:
        yield "    keeps still: no-entity"
        yield "      No entity of the rule is named in the story."


def _ways(asked: Inquiry, rule: "Rule", verdict: "Verdict") -> Iterator[str]:
    """Which channels heard of a verdict that speaks, and why the others did not."""
    for name, deaf in hearing(asked, rule, verdict):
        yield f"    not to {name}: {deaf}" if deaf else f"    to {name}"


def _messages(asked: Inquiry) -> Iterator[str]:
    from monitor.stages.decide.explain import explain_hold

    chain = asked.chain
    yield ""
    yield "Messages:" if chain.notifications or asked.lists else "Messages: none"
    for message in (*chain.notifications, *asked.lists):
        yield f'  {message["id"]} to {message["channel"]}: {message["state"]}, "{printable(message["subject"])}"'
        if not message["alert"]:
            yield "    a list that names an alert of this story"
        for attempt in message["deliveries"]:
            yield f"    {_attempt(attempt)}"
        if message["fold_key"]:
            yield f"    held {explain_hold(message['fold_key'])}"
        elif message["state"] == "folded":
            yield "    not sent: a later message of this alert arrived first"
        elif message["state"] == "withdrawn":
            yield "    not sent: its story became part of another one, whose alert tells the same"
        if message["state"] in {"pending", "held"}:
            yield f"    planned for {message['next_at']:%Y-%m-%d %H:%M:%S} UTC"


def _attempt(attempt: "Mapping[str, Any]") -> str:
    detail = f" ({printable(attempt['detail'])})" if attempt["detail"] else ""
    return f"attempt {attempt['attempt']}: {attempt['outcome']} at {attempt['at']:%Y-%m-%d %H:%M:%S}{detail}"

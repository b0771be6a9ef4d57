"""`monitor why` and `why-not`: the whole chain from the words of an article to what was sent, or to what stopped it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.output import printable

if TYPE_CHECKING:
    from monitor.adapters.database.catalogue import Chain
    from monitor.domain.alert import Verdict
    from monitor.domain.article import Article
    from monitor.domain.finding import Attack, Finding, Part, Span
    from monitor.domain.settings import Settings

_WANTED = typer.Argument(help="The id, URL or guid of an article; an alert's id for `why`.")


def register(app: typer.Typer) -> None:
    @app.command(help="Why an article did what it did: words, roles, scores, story, rules, messages.")
    def why(wanted: str = _WANTED, config: Config = None) -> int:
        settings = read_settings(config)
        for line in _explained(_chain(settings, wanted), settings, ""):
            print(line)
        return 0

    @app.command("why-not", help="Why an article did not alert on an entity: the first gate that stopped it.")
    def why_not(
        wanted: str = _WANTED,
        watch: str = typer.Option(..., "--watch", help="The id of the watched entity."),
        config: Config = None,
    ) -> int:
        from monitor.domain.errors import UsageError

        settings = read_settings(config)
        if watch not in {str(entity.id) for entity in settings.entities()}:
            raise UsageError(f'no watched entity is "{watch}": `monitor watch list` shows all')
        chain = _chain(settings, wanted)
        for line in (*_explained(chain, settings, watch), "", f"Conclusion: {_gate(chain, settings, watch)}"):
            print(line)
        return 0


def _chain(settings: "Settings", wanted: str) -> "Chain":
    from monitor.app import open_catalogue
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now

    with open_catalogue(settings, utc_now()) as catalogue:
        alert = catalogue.alert(wanted)
        if alert is not None and alert.entities:
            wanted = alert.entities[0].article_id
        chain = catalogue.chain(wanted)
    if chain is None:
        raise UsageError(f'no article is stored under "{printable(wanted)}": `monitor search WORDS` finds one')
    return chain


def _explained(chain: "Chain", settings: "Settings", watch: str) -> Iterator[str]:
    yield from _article(chain.article)
    yield from _findings(chain, watch)
    yield from _story(chain)
    yield from _verdicts(chain, settings, watch)
    yield from _messages(chain)


def _article(article: "Article") -> Iterator[str]:
    yield f"Article {article.id}: {printable(article.title)}"
    yield f"  {printable(article.url)}" if article.url else "  (no link)"
    yield (
        f"  feed {article.feed_id}, language {article.language}, published {article.published_at:%Y-%m-%d %H:%M} UTC"
        f" ({article.date_flag}), first seen {article.first_seen_at:%Y-%m-%d %H:%M} UTC, revision {article.revision}"
    )


def _findings(chain: "Chain", watch: str) -> Iterator[str]:
    yield ""
    if chain.analysis is None:
        yield "Findings: none yet, the article waits to be assessed"
        return
    yield f"Findings (lexicon {chain.analysis.lexicon_version or 'unknown'}):"
    found = [one for one in chain.analysis.findings if not watch or one.entity_id == watch]
    if not found:
        yield f"  {watch} is not named in this article" if watch else "  no watched entity is named"
    for finding in found:
        yield from _finding(finding, chain.article)
    if not chain.analysis.attacks:
        yield "  no attack is told of"
    for attack in chain.analysis.attacks:
        yield from _attack(attack, chain.article)
    attacked = ", ".join(map(str, chain.analysis.under_attack)) or "nobody"
    yield f"  under attack in this article: {attacked}"


def _finding(finding: "Finding", article: "Article") -> Iterator[str]:
    yield f"  {finding.entity_id}: {finding.role}, confidence {finding.confidence:.2f}"
    for span in finding.spans[:5]:
        yield f"    {_place(span)} {_quoted(span, article)}"
    if len(finding.spans) > 5:
        yield f"    and {len(finding.spans) - 5} more places"
    yield from _parts(finding.parts, article)


def _attack(attack: "Attack", article: "Article") -> Iterator[str]:
    victims = ", ".join(printable(victim) for victim in attack.victims) or "not named"
    yield f"  attack: {attack.type}, {attack.status}, victims: {victims}, confidence {attack.confidence:.2f}"
    for span in attack.evidence[:4]:
        yield f"    {_place(span)} {_quoted(span, article)}"
    yield from _parts(attack.parts, article)


def _parts(parts: "Sequence[Part]", article: "Article") -> Iterator[str]:
    for part in parts:
        where = f"  {_quoted(part.span, article)}" if part.span is not None else ""
        yield f"    {part.weight:+.2f} {part.name}{where}"


def _place(span: "Span") -> str:
    return f"{span.field}[{span.start}:{span.end}]"


def _quoted(span: "Span", article: "Article") -> str:
    text = article.title if span.field == "title" else article.text
    return f'"{printable(text[span.start : min(span.end, span.start + 160)])}"'


def _story(chain: "Chain") -> Iterator[str]:
    yield ""
    if chain.story is None or chain.join is None:
        yield "Story: none yet"
        return
    story = chain.story
    yield f"Story {story.id}: {printable(story.headline)}"
    yield (
        f"  {story.state}, {len(story.sources)} articles, {story.independent_sources} independent sources,"
        f" languages {', '.join(story.languages)}"
    )
    if chain.join.duplicate_of:
        yield f"  this article repeats the text of {chain.join.duplicate_of}"
    if not chain.join.shared:
        yield "  this article opened the story"
        return
    yield f"  joined with score {chain.join.score:.2f}, because both say:"
    for kind, value, weight in chain.join.shared:
        yield f"    {weight:5.2f} {kind}: {printable(value)}"


def _verdicts(chain: "Chain", settings: "Settings", watch: str) -> Iterator[str]:
    from monitor.stages.explain import explain

    yield ""
    yield "Rules:"
    spoken_of = {str(verdict.rule_id) for verdict in chain.verdicts}
    for verdict in chain.verdicts:
        says = "speaks" if verdict.reason.speaks else "keeps still"
        at = f"{verdict.decided_at:%Y-%m-%d %H:%M}"
        yield f"  {verdict.rule_id} ({verdict.severity}) {says}: {verdict.reason} at {at}"
        yield f"    {explain(verdict)}"
        yield from _ways(chain, verdict, settings)
    for watchlist in settings.watchlists:
        for rule in watchlist.rules:
            if str(rule.id) not in spoken_of and (not watch or watch in rule.entity_ids):
                yield f"  {rule.id} ({rule.severity}) keeps still: no-entity"
                yield "    No entity of the rule is named in the story."


def _ways(chain: "Chain", verdict: "Verdict", settings: "Settings") -> Iterator[str]:
    """Which channels heard of a verdict that speaks, and why the others did not."""
    from monitor.stages.route import unheard_because

    rule = next(
        (one for watchlist in settings.watchlists for one in watchlist.rules if one.id == verdict.rule_id), None
    )
    if rule is None or chain.story is None or not verdict.reason.speaks:
        return
    tags = {entity.id: frozenset(entity.tags) for entity in settings.entities()}
    for channel in settings.channels:
        deaf = unheard_because(verdict, rule, chain.story, channel, tags, verdict.decided_at)
        yield f"    not to {channel.id}: {deaf}" if deaf else f"    to {channel.id}"


def _messages(chain: "Chain") -> Iterator[str]:
    from monitor.stages.explain import explain_hold

    yield ""
    yield "Messages:" if chain.notifications else "Messages: none"
    for message in chain.notifications:
        yield f'  {message["id"]} to {message["channel"]}: {message["state"]}, "{printable(message["subject"])}"'
        for attempt in message["deliveries"]:
            yield f"    {_attempt(attempt)}"
        if message["fold_key"]:
            yield f"    held {explain_hold(message['fold_key'])}"
        elif message["state"] == "folded":
            yield "    not sent: a later message of this alert arrived first"
        if message["state"] in {"pending", "held"}:
            yield f"    planned for {message['next_at']:%Y-%m-%d %H:%M:%S} UTC"


def _attempt(attempt: "Mapping[str, Any]") -> str:
    detail = f" ({printable(attempt['detail'])})" if attempt["detail"] else ""
    return f"attempt {attempt['attempt']}: {attempt['outcome']} at {attempt['at']:%Y-%m-%d %H:%M:%S}{detail}"


def _gate(chain: "Chain", settings: "Settings", watch: str) -> str:
    from monitor.stages.explain import explain

    if chain.analysis is None:
        return "the article has not been assessed yet"
    finding = next((one for one in chain.analysis.findings if one.entity_id == watch), None)
    if finding is None:
        return f"{watch} is not named in this article, under any of its names and in its own sense"
    rules = {rule.id for watchlist in settings.watchlists for rule in watchlist.rules if watch in rule.entity_ids}
    verdicts = [verdict for verdict in chain.verdicts if verdict.rule_id in rules]
    spoken = [verdict for verdict in verdicts if verdict.reason.speaks]
    if spoken:
        return f"it did alert, under {', '.join(str(verdict.rule_id) for verdict in spoken)}"
    if not rules:
        return f"no rule watches {watch}"
    return " ".join(f"{verdict.rule_id}: {explain(verdict)}" for verdict in verdicts) or "no rule has decided yet"

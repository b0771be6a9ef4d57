"""`monitor test` runs rule tests, `monitor backtest` plays stored articles against the rules of today."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.entrypoints.cli.configured import Config, config_dir, read_settings
from monitor.entrypoints.cli.output import OUTPUT, Output, many, printable, show, time_of

if TYPE_CHECKING:
    from monitor.adapters.yaml_settings.rule_tests import ExpectedAlert, RuleTest
    from monitor.domain.alert import Alert
    from monitor.domain.article import Article
    from monitor.domain.settings import Settings
    from monitor.stages.decide.replay import Replayed

_COLUMNS = ("change", "rule", "severity", "entities", "messages", "first_reported_at", "headline")

commands = typer.Typer()


@commands.command("test", help="Run rule tests (*.test.yaml); exit code 1 where one fails.")
def run_tests(
    files: list[Path] = typer.Argument(None, help="Test files; else all *.test.yaml below the configuration."),
    config: Config = None,
    output: Output = OUTPUT,
) -> int:
    from monitor.adapters.yaml_settings.rule_tests import load_rule_tests
    from monitor.domain.errors import UsageError

    settings = read_settings(config)
    paths = list(files or sorted(config_dir(config).rglob("*.test.yaml")))
    if not paths:
        raise UsageError(f"there is no *.test.yaml below {config_dir(config)}")
    player, rows = _Player(settings), list[dict[str, object]]()
    for path in paths:
        for test in load_rule_tests(path):
            wrong = list(_differences(test, player.play(test.given)))
            result = "failed" if wrong else "passed"
            rows.append({"result": result, "file": str(path), "test": test.name, "differences": wrong})
            if output is Output.TABLE:
                print("\n       ".join((f"{'FAIL' if wrong else 'ok  '} {path}: {test.name}", *wrong)))
    failed = sum(row["result"] == "failed" for row in rows)
    if output is not Output.TABLE:
        show(rows, output, ("result", "file", "test", "differences"))
    said = sys.stdout if output is Output.TABLE else sys.stderr
    print(f"{len(rows) - failed} passed, {failed} failed", file=said)
    return 1 if failed else 0


@commands.command(help="Play stored articles against the rules of today: which alerts would be gained or lost.")
def backtest(
    config: Config = None,
    since: str = typer.Option("90d", help="How far back, such as 30d."),
    most: float = typer.Option(
        0, help="Exit with 1 where more alerts a day (0.5: one in two days) would be expected; 0 for no limit."
    ),
    output: Output = OUTPUT,
) -> int:
    from monitor.adapters.yaml_settings.models import parse_duration
    from monitor.app import open_catalogue
    from monitor.domain.errors import UsageError
    from monitor.entrypoints.daemon import utc_now

    settings, now = read_settings(config), utc_now()
    try:
        span = parse_duration(since)
    except ValueError as error:
        raise UsageError(f"--since: {error}") from error
    with open_catalogue(settings, now) as catalogue:
        articles = list(catalogue.full_articles(now - span))
        stored = {alert.id: alert for alert in catalogue.alerts() if alert.opened_at >= now - span}
    replayed = _Player(settings).play(articles)
    show(list(_rows(replayed, stored.values())), output, _COLUMNS)
    days = max(span, timedelta(days=1)) / timedelta(days=1)
    a_day = len(replayed.alerts) / days
    print(
        f"{many(len(articles), 'article')}, {many(len(replayed.alerts), 'alert')}, {a_day:.2f} a day expected",
        file=sys.stderr,
    )
    return 1 if most and a_day > most else 0


class _Player:
    """Detection and grouping for replays, loaded once."""

    def __init__(self, settings: "Settings") -> None:
        from monitor.app import open_bench, open_brain

        self._settings = settings
        self._brain = open_brain(settings)
        self._bench = open_bench(settings, self._brain.reader)

    def play(self, articles: "Sequence[Article]") -> "Replayed":
        from monitor.app import new_window
        from monitor.stages.decide.replay import Arrival, replay

        policy = self._settings.policy.group
        steps = [Arrival(one.article, one.analysis, one.fingerprint) for one in self._brain.read(articles).told]
        return replay(steps, new_window(policy, self._brain.reader), policy, self._bench)


def _differences(test: "RuleTest", replayed: "Replayed") -> Iterator[str]:
    left = list(replayed.alerts.values())
    for expected in test.alerts:
        found = next((alert for alert in left if _fits(expected, alert, replayed)), None)
        if found is None:
            yield f"missing: {expected.described()}"
        else:
            left.remove(found)
    for alert in left:
        yield f"not expected: {_described(alert, replayed)}"


def _fits(expected: "ExpectedAlert", alert: "Alert", replayed: "Replayed") -> bool:
    named = {str(entity.entity_id) for entity in alert.entities}
    return (
        expected.rule == alert.rule_id
        and (expected.severity is None or expected.severity == alert.severity)
        and (expected.entities is None or set(expected.entities) == named)
        and (expected.notifications is None or expected.notifications == replayed.messages_of(alert.id))
    )


def _described(alert: "Alert", replayed: "Replayed") -> str:
    named = ", ".join(str(entity.entity_id) for entity in alert.entities)
    return (
        f"rule {alert.rule_id}, entities [{named}], severity {alert.severity},"
        f" notifications {replayed.messages_of(alert.id)}"
    )


def _rows(replayed: "Replayed", stored: "Iterable[Alert]") -> Iterator[dict[str, object]]:
    known = Counter(alert.id for alert in stored)
    for alert in sorted(replayed.alerts.values(), key=lambda one: one.opened_at):
        story = replayed.stories[alert.story_id]
        yield {
            "change": "same" if known.pop(alert.id, 0) else "gained",
            "rule": alert.rule_id,
            "severity": alert.severity,
            "entities": [str(entity.entity_id) for entity in alert.entities],
            "messages": replayed.messages_of(alert.id),
            "first_reported_at": time_of(story.first_reported_at),
            "headline": printable(story.headline),
        }
    for alert in stored:
        if alert.id in known:
            yield {
                "change": "lost",
                "rule": alert.rule_id,
                "severity": alert.severity,
                "entities": [str(entity.entity_id) for entity in alert.entities],
                "messages": alert.version,
                "first_reported_at": time_of(alert.opened_at),
                "headline": "",
            }

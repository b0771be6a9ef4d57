"""`monitor check` tells whether the configuration is right, `monitor schema` describes it for editors."""

import json
import sys

import typer

from monitor.entrypoints.cli.configured import Config, read_settings


def register(app: typer.Typer) -> None:
    @app.command(help="Check every configuration file; all faults at once, exit code 2 where there are any.")
    def check(config: Config = None) -> int:
        from monitor.domain.errors import ConfigError

        try:
            settings = read_settings(config)
        except ConfigError as error:
            for fault in error.faults:
                print(fault)
            print(f"{len(error.faults)} fault{'s' if len(error.faults) > 1 else ''}", file=sys.stderr)
            return 2
        entities = settings.entities()
        rules = sum(len(watchlist.rules) for watchlist in settings.watchlists)
        polled = sum(feed.is_enabled for feed in settings.feeds)
        print(
            f"fine: {polled} feeds polled ({len(settings.feeds) - polled} more switched off), {len(entities)} entities"
            f" in {len(settings.watchlists)} watchlists, {rules} rules, {len(settings.channels)} channels"
        )
        return 0

    @app.command(help="Print the JSON schema of a configuration file, for editors.")
    def schema(name: str = typer.Argument("monitor", help="monitor, feeds, channels or watchlist")) -> None:
        from monitor.adapters.yaml_settings.load import schemas
        from monitor.domain.errors import UsageError

        known = dict(schemas())
        if name not in known:
            raise UsageError(f'there is no schema "{name}": it is one of {", ".join(known)}')
        print(json.dumps(known[name], indent=2, ensure_ascii=False))

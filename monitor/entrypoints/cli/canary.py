"""`monitor canary`: an article of our own through every step to every channel."""

import typer

from monitor.entrypoints.cli.configured import Config, read_settings
from monitor.entrypoints.cli.output import OUTPUT, Output, show

commands = typer.Typer()


@commands.command(help="Follow a test article from an internal feed to every channel; exit code 1 where it got lost.")
def canary(config: Config = None, output: Output = OUTPUT) -> int:
    import asyncio

    from monitor.entrypoints.canary import run_canary

    steps = asyncio.run(run_canary(read_settings(config)))
    rows = [{"step": one.name, "took_ms": one.took_ms, "fault": one.fault} for one in steps]
    show(rows, output, ("step", "took_ms", "fault"))
    return 1 if any(one.fault for one in steps) else 0

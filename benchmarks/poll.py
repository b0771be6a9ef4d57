"""
Claims, each against a peer on the same loopback server in the same run:
a first poll of 2,000 feeds, stored and assessed, does at least 8 times the feeds/s of `reader` (PyPI) with a sixth
of the CPU, and 1.5 times the feeds/s of `newsboat` (C++); a steady poll, all 304, at least 5 times the feeds/s of
`reader`, within 1.6 times the CPU of a bare aiohttp loop over the same addresses.

Usage: python benchmarks/poll.py [--feeds 2000] [--items 30] [--runs 5] [--no-assess]
       python benchmarks/poll.py --growth [1000 10000 100000]   CPU of a poll, idle CPU and memory as feeds grow
       python benchmarks/poll.py --latency [--feeds 2000]       from an article's answer to the message at a receiver
       python benchmarks/poll.py --steady [--feeds 2000]        steady polls and the bare loop alone, by turns
       python benchmarks/poll.py --steps [--feeds 100]          what each step of a first poll takes, and the least it can

`reader` is installed into a virtual environment of its own in a temporary folder (20 workers); `newsboat` is the
program of the system (Debian: apt-get install newsboat; 20 threads), left out with a word where it is missing. All
fetch the same documents, half of which is markup as blogs make it; every thirtieth has a bare `&` in its links.
Every feed has a host of its own, so that no limit for a host slows anybody down. Prints feeds/s, CPU seconds and
peak memory, medians of the runs, and the ratios; exit code 1 where a ratio is missed.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loopback import ROOT, Meter, address, clocked, in_child, server
from poll_steady import BARE

_WANTED = {
    "first poll, feeds/s to reader": 8.0,
    "first poll, CPU to reader": 6.0,
    "first poll, feeds/s to newsboat": 1.5,
    "steady poll, feeds/s to reader": 5.0,
    "steady poll, CPU to a bare loop": 1 / 1.6,
}


def ours(folder: str, count: int, port: int, *, is_assessed: bool) -> dict[str, float]:
    """One poll of everything that is due."""
    from monitor.adapters.long_lived import settle, spare_memory
    from monitor.adapters.yaml_settings.load import load_settings
    from monitor.app import feeds_of, open_brain, open_desk, open_intakes, open_store
    from monitor.pipeline import assess, collect

    config = Path(folder) / "config"
    if not config.exists():
        (config / "watchlists").mkdir(parents=True)
        (config / "monitor.yaml").write_text('seeds: []\nallow_private_addresses: ["127.0.0.0/8"]\n')
        (config / "feeds.yaml").write_text("feeds:\n" + "".join(f"  - {address(n, port)}\n" for n in range(count)))
        watchlist = (ROOT / "config" / "watchlists" / "default.yaml").read_text()
        (config / "watchlists" / "default.yaml").write_text(watchlist)
        (config / "channels.yaml").write_text("channels: {log: {file: alerts.jsonl}}\n")
    settings = load_settings(config, {})
    # Late enough for every feed to be due, too early for the daily look without validators.
    later = timedelta(hours=2)
    spare_memory()  # as the service does

    def clock() -> datetime:
        return datetime.now(UTC) + (later if (Path(folder) / "again").exists() else timedelta(0))

    async def poll() -> dict[str, float]:
        with open_store(settings, clock()) as store:
            store.sync_feeds(feeds_of(settings), clock() - timedelta(hours=1))
            intakes, brain = open_intakes(settings), open_brain(settings)
            desk = open_desk(settings, store, brain, clock())
            settle()  # as the service does
            meter = Meter()
            collecting = asyncio.create_task(collect(clock, store, intakes.by_kind, settings.policy))
            stored_at: list[float] = []
            collecting.add_done_callback(lambda _: stored_at.append(time.perf_counter()))
            articles = 0
            while is_assessed:
                is_last = collecting.done()
                report = await asyncio.to_thread(assess, clock(), desk)
                articles += report.articles
                if not report.articles:
                    if is_last:
                        break
                    await asyncio.wait({collecting}, timeout=0.05)
            report = await collecting
            meter.stop()
            await intakes.close()
            brain.close()
        if report.failures:
            raise SystemExit(f"{len(report.failures)} feeds failed, such as {report.failures[0]}")
        return meter.result(
            feeds=report.due,
            articles=report.articles_new,
            unchanged=report.unchanged,
            assessed=articles,
            stored=stored_at[0] - meter.begun,
        )

    return asyncio.run(poll())


_READER = """
import json, resource, sys, time
from reader import make_reader
folder, count, port, again = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "again"
reader = make_reader(folder + "/reader.sqlite")
if not again:
    for n in range(count):
        reader.add_feed(f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/{n}.xml")
cpu = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
started, used = time.perf_counter(), cpu()
reader.update_feeds(workers=20, scheduled=False)
seconds, used = time.perf_counter() - started, cpu() - used
counts = reader.get_entry_counts()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "cpu": used, "peak": peak, "feeds": count, "articles": counts.total}))
"""


def install_reader(folder: str) -> str:
    """A virtual environment with `reader` in it; its python."""
    uv = ROOT / ".boot" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, f"{folder}/venv"], check=True)
    python = f"{folder}/venv/bin/python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "reader", "sgmllib3k"], check=True)
    return python


def newsboat(folder: str, count: int, port: int) -> dict[str, float]:
    """`newsboat -x reload` over all feeds, with what it kept in *folder*."""
    Path(folder, "urls").write_text("".join(f"{address(n, port)}\n" for n in range(count)))
    Path(folder, "newsboat").write_text("reload-threads 20\nmax-items 0\n")
    files = ["-u", f"{folder}/urls", "-c", f"{folder}/newsboat.sqlite", "-C", f"{folder}/newsboat"]
    return {**clocked(["newsboat", *files, "-x", "reload"]), "feeds": count, "articles": 0}


def main() -> int:
    """Run everything, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-assess", action="store_true")
    parser.add_argument("--growth", type=int, nargs="*", help="numbers of feeds")
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--steady", action="store_true")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--ours", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        print(json.dumps(ours(given.ours[0], given.feeds, int(given.ours[1]), is_assessed=not given.no_assess)))
        return 0
    if given.growth is not None:
        from poll_growth import growth

        return growth(given.growth or [1_000, 10_000, 100_000])
    if given.latency:
        from poll_latency import latency

        return latency(given.feeds)
    if given.steady:
        from poll_steady import steady

        return steady(given.feeds, given.runs)
    if given.steps:
        from poll_steps import steps

        return steps(given.feeds)
    return _compare(given)


def _compare(given: argparse.Namespace) -> int:
    has_newsboat = shutil.which("newsboat") is not None
    if not has_newsboat:
        print("newsboat is not installed (Debian: apt-get install newsboat): its ratio is NOT measured", flush=True)
    results: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as tools:
        python = install_reader(tools)
        for run in range(given.runs):
            for name, result in _run(given, python, has_newsboat, swapped=bool(run % 2)):
                results.setdefault(name, []).append(result)
                print(f"run {run + 1}  {name:<22}  {_line(result)}", flush=True)
    medians = {
        name: {key: statistics.median(one[key] for one in many) for key in many[0]} for name, many in results.items()
    }
    return _judge(medians)


def _run(
    given: argparse.Namespace, python: str, has_newsboat: bool, *, swapped: bool
) -> Iterator[tuple[str, dict[str, float]]]:
    with tempfile.TemporaryDirectory() as folder, server(given.feeds, given.items) as port:
        Path(folder, "script.py").write_text(_READER)
        Path(folder, "bare.py").write_text(BARE)
        own = [sys.executable, __file__, "--feeds", str(given.feeds), "--ours", folder, str(port)]
        own += ["--no-assess"] if given.no_assess else []
        for kind in ("first", "steady"):
            script = [python, f"{folder}/script.py", folder, str(given.feeds), str(port)]
            script.append("again" if kind == "steady" else "new")
            rows = [(f"monitor, {kind} poll", own), (f"reader, {kind} poll", script)]
            for name, command in reversed(rows) if swapped else rows:
                yield name, in_child(command)
            if has_newsboat:
                yield f"newsboat, {kind} poll", newsboat(folder, given.feeds, port)
            Path(folder, "again").touch()
        yield "bare loop, steady poll", in_child([sys.executable, f"{folder}/bare.py", str(given.feeds), str(port)])


def _line(result: dict[str, float]) -> str:
    return (
        f"{result['feeds'] / result['seconds']:8.1f} feeds/s  {result['seconds']:7.2f} s  {result['cpu']:7.2f} s CPU"
        f"  {result['peak']:6.0f} MiB main  {result['peak_of_all']:6.0f} MiB all  {result['articles']:.0f} articles"
        + (f", all stored after {result['stored']:.1f} s" if "stored" in result else "")
    )


def _judge(medians: dict[str, dict[str, float]]) -> int:
    for name, result in medians.items():
        print(f"median {name:<22}  {_line(result)}")
    ratios = {}
    for name, other in medians.items():
        peer, _, kind = name.partition(", ")
        if peer != "monitor":
            own, whom = medians[f"monitor, {kind}"], "a bare loop" if peer == "bare loop" else peer
            ratios[f"{kind}, feeds/s to {whom}"] = other["seconds"] / own["seconds"]
            ratios[f"{kind}, CPU to {whom}"] = other["cpu"] / own["cpu"]
            ratios[f"{kind}, main memory to {whom}"] = other["peak"] / own["peak"]
    missed = [name for name, least in _WANTED.items() if ratios.get(name, least) < least]
    for name, ratio in ratios.items():
        wanted = f"  (wanted: {_WANTED[name]:.3g})" if name in _WANTED else ""
        print(f"ratio  {name:<36} {ratio:6.2f} times better{wanted}{'  MISSED' if name in missed else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

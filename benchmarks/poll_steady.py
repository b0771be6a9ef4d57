"""What a poll that finds nothing new costs beside a bare aiohttp loop over the same addresses, by turns."""

import statistics
import sys
import tempfile
from pathlib import Path

from loopback import NOTHING_NEW, in_child, server
from poll_growth import configure, in_process, poll_all

_MOST = 1.6

# Two rounds over all addresses; the second is told. With validators that are known both are answered by 304.
BARE = """
import asyncio, json, resource, sys, time
import aiohttp
count, port, known = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
def address(n): return f"http://127.{n // 62500}.{1 + n % 62500 // 250}.{1 + n % 250}:{port}/{n}.xml"
tags, waiting = {n: known[0] for n in range(count)} if known else {}, asyncio.Queue()
async def worker(session):
    while not waiting.empty():
        n = waiting.get_nowait()
        async with session.get(address(n), headers={"If-None-Match": tags.get(n, "")}) as answer:
            await answer.read()
            assert answer.status == (304 if n in tags else 200)
            tags[n] = answer.headers["ETag"]
async def main():
    for _ in range(2):
        started, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        for n in range(count): waiting.put_nowait(n)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
            await asyncio.gather(*(worker(session) for _ in range(64)))
    now = resource.getrusage(resource.RUSAGE_SELF)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({"seconds": time.perf_counter() - started, "cpu": cpu, "own_cpu": cpu,
                      "peak": now.ru_maxrss / 1024, "feeds": count, "articles": 0}))
asyncio.run(main())
"""


def steady(count: int, runs: int) -> int:
    """Medians of *runs* rounds of *count* feeds each, ours and the bare loop's by turns; 1 where ours costs too much."""
    ours, bare = [], []
    with server(0, 0) as port, tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "bare.py")
        script.write_text(BARE)
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as name:
                configure(Path(name), count, port)
                ours.append(1000 * in_process(poll_all, name, count)["own_cpu"] / count)
            told = in_child([sys.executable, str(script), str(count), str(port), NOTHING_NEW])
            bare.append(1000 * told["own_cpu"] / count)
            print(f"{ours[-1]:.3f} ms CPU a poll, {bare[-1]:.3f} ms a request of the bare loop", flush=True)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(f"{count} feeds: a poll takes {ratio:.2f} times the CPU of a bare loop (at most {_MOST})")
    return 1 if ratio > _MOST else 0

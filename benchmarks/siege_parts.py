"""What servers of a siege are made of: what they say, and how."""

import asyncio
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

COUNT = itertools.count()
_STILL_S = 600.0


@dataclass
class Asked:
    """A request: its path with the query, and the way to answer."""

    path: str
    headers: bytes
    out: asyncio.StreamWriter

    async def say(self, data: bytes) -> None:
        self.out.write(data)
        await self.out.drain()

    async def drip(self, data: bytes, every_s: float) -> None:
        while True:
            await self.say(data)
            await asyncio.sleep(every_s)


Behaviour = Callable[[Asked], Awaitable[None]]


def head(status: str = "200 OK", **headers: str) -> bytes:
    given = {"Content-Type": "application/rss+xml", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1")


def whole(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    return head(status, Content_Length=str(len(body)), Connection="close", **headers) + body


def item(title: str, link: str, guid: str = "", text: str = "words of no worth", date: str = "") -> str:
    known = f"<guid isPermaLink='false'>{guid}</guid>" if guid else ""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{title}</title><link>{link}</link>{known}{dated}<description>{text}</description></item>"


def rss(items: str, around: str = "") -> bytes:
    return f"<rss version='2.0'><channel><title>Evil</title>{around}{items}</channel></rss>".encode()


def fresh(many: int = 3) -> str:
    return "".join(item(f"Evil {next(COUNT)} budget", f"https://evil.example/{next(COUNT)}") for _ in range(many))


def says(make: Callable[[Asked], bytes]) -> Behaviour:
    async def answer(asked: Asked) -> None:
        await asked.say(make(asked))

    return answer


def drips(start: bytes, data: bytes, every_s: float) -> Behaviour:
    async def answer(asked: Asked) -> None:
        await asked.say(start)
        await asked.drip(data, every_s)

    return answer


def goes_still(start: bytes) -> Behaviour:
    async def answer(asked: Asked) -> None:
        await asked.say(start)
        await asyncio.sleep(_STILL_S)

    return answer


def resets(start: bytes) -> Behaviour:
    async def answer(asked: Asked) -> None:
        await asked.say(start)
        await asyncio.sleep(0.2 if start else 0)
        asked.out.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        asked.out.transport.abort()

    return answer


def takes_turns(*makes: Callable[[], bytes]) -> Behaviour:
    turns = itertools.cycle(makes)
    return says(lambda _: next(turns)())

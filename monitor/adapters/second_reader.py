"""
The second reader over HTTP: a chat endpoint in OpenAI's manner, of a provider or of one's own machine.

It goes to the one address of the configuration and nowhere else: no redirects, no proxy, no cookies. A loopback or
private address that is written there as such may be reached; a name that leads to one needs its network in
``allow_private_addresses``, as everywhere.
"""

import asyncio
import ipaddress
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from monitor.adapters.address_guard import AddressGuard
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.policy import SecondReaderPolicy
from monitor.domain.second_reading import Question, Reply

PROMPT = Path(__file__).resolve().parents[1] / "lexicon" / "second-reader.txt"
_ENDPOINT = "/chat/completions"
_MOST_BYTES = 256 * 2**10
_LOOPBACK = ("127.0.0.0/8", "::1/128")


class HttpSecondReader:
    """
    Asks up to ``policy.concurrency`` questions at a time.

    Used by one lane. After failures in a row it rests: what is asked then comes back without replies.
    """

    def __init__(self, policy: SecondReaderPolicy, allowed: Sequence[str], user_agent: str) -> None:
        self._policy = policy
        self._url = endpoint(policy.url)
        self._guard = AddressGuard((*allowed, *own_network(policy.url)))
        self._user_agent = user_agent
        self._failures = 0
        self._rests_until: datetime | None = None

    def ask(self, questions: Sequence[Question], now: datetime) -> tuple[Reply, ...]:
        """Keeps ports.SecondReader."""
        if self._is_resting(now):
            return ()
        # In a thread of its own, since the one we are in may run a loop already.
        with ThreadPoolExecutor(1) as thread:
            replies = thread.submit(asyncio.run, self._ask_all(questions)).result()
        if self._failures >= self._policy.rest_after:
            self._failures, self._rests_until = 0, now + self._policy.rest
        return replies

    def _is_resting(self, now: datetime) -> bool:
        until = self._rests_until
        # A clock that was set back must not make the rest longer.
        return until is not None and until - self._policy.rest <= now < until

    async def _ask_all(self, questions: Sequence[Question]) -> tuple[Reply, ...]:
        connector = aiohttp.TCPConnector(socket_factory=self._guard.socket_factory(), force_close=True)
        headers = {"User-Agent": self._user_agent}
        if self._policy.key:
            headers["Authorization"] = f"Bearer {self._policy.key}"
        waiting, replies = list(reversed(questions)), list[Reply]()
        clock = asyncio.get_running_loop().time
        end = clock() + self._policy.patience.total_seconds()
        async with (
            aiohttp.ClientSession(
                connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            ) as session,
            asyncio.TaskGroup() as group,
        ):

            async def ask_on() -> None:
                while waiting and self._failures < self._policy.rest_after and clock() < end:
                    replies.append(await self._ask(session, waiting.pop(), end - clock()))

            for _ in range(self._policy.concurrency):
                group.create_task(ask_on())
        return tuple(replies)

    async def _ask(self, session: aiohttp.ClientSession, question: Question, left_s: float) -> Reply:
        cost = question.tokens + self._policy.max_answer_tokens
        try:
            async with (
                asyncio.timeout(min(self._policy.timeout.total_seconds(), left_s)),
                session.post(self._url, json=_body(question, self._policy), allow_redirects=False) as response,
            ):
                status, data = response.status, await _read(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self._failures += 1
            # What was asked may have been worked on, and paid for.
            return Reply(question.key, tokens=cost, fault=_told(error))
        if status != HTTPStatus.OK:
            self._failures += 1
            return Reply(question.key, fault=f"the second reader answers with status {status}")
        text, tokens = _content(data)
        if not text:
            self._failures += 1
            return Reply(question.key, tokens=tokens or cost, fault="the second reader answers with what is no chat")
        self._failures = 0
        return Reply(question.key, text, tokens or cost)


def second_reader_prompt() -> str:
    """
    What the second reader is told to do.

    Raises:
        ConfigError: the installation is damaged.
    """
    try:
        return PROMPT.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError((Fault(str(PROMPT), 0, 0, "", f"cannot be read: {error.strerror}"),)) from error


def endpoint(url: str) -> str:
    """Where to ask: *url* itself, or the usual path below a base address such as ``http://127.0.0.1:11434/v1``."""
    plain = url.rstrip("/")
    return plain if plain.endswith(_ENDPOINT) or urlsplit(plain).query else plain + _ENDPOINT


def own_network(url: str) -> tuple[str, ...]:
    """The address in *url*, where it is written as one: whoever wrote it wanted it to be reached."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return _LOOPBACK
    try:
        return (str(ipaddress.ip_network(host)),)
    except ValueError:
        return ()


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "the second reader did not answer in time"
    reached = getattr(error, "os_error", error)
    return f"the second reader cannot be reached: {type(reached).__name__}: {reached}"


def _body(question: Question, policy: SecondReaderPolicy) -> dict[str, object]:
    return {
        "model": policy.model,
        "messages": [
            {"role": "system", "content": question.system},
            {"role": "user", "content": question.content},
        ],
        "temperature": 0,
        "max_tokens": policy.max_answer_tokens,
        "stream": False,
    }


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body; ValueError as soon as it is too long."""
    parts, length = list[bytes](), 0
    async for part in response.content.iter_chunked(2**14):
        length += len(part)
        if length > _MOST_BYTES:
            response.close()
            raise ValueError(f"more than {_MOST_BYTES // 2**10} KiB")
        parts.append(part)
    return b"".join(parts)


def _content(data: bytes) -> tuple[str, int]:
    """The text of the first choice, empty where there is none, and the tokens that the answer says it cost."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return "", 0
    choices = value.get("choices") if isinstance(value, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    text = message.get("content") if isinstance(message, dict) else None
    usage = value.get("usage") if isinstance(value, dict) else None
    tokens = usage.get("total_tokens") if isinstance(usage, dict) else None
    is_count = isinstance(tokens, int) and 0 < tokens < 10**7
    return text if isinstance(text, str) else "", tokens if is_count and isinstance(tokens, int) else 0

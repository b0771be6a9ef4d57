"""The second reader over HTTP: a chat endpoint in OpenAI's manner (`endpoint`)."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import aiohttp

from monitor.adapters.models.endpoint import ModelEndpoint, NoAnswerError, Rest
from monitor.domain.errors import ConfigError, Fault
from monitor.domain.model_policy import SecondReaderPolicy
from monitor.domain.second_reading import Question, Reply
from monitor.lexicon import LEXICON

PROMPT = LEXICON / "second-reader.txt"
PATH = "/chat/completions"
_MOST_BYTES = 256 * 2**10


class HttpSecondReader:
    """
    Asks up to ``policy.concurrency`` questions at a time.

    Used by one lane. After failures in a row it rests: what is asked then comes back without replies.
    """

    def __init__(self, policy: SecondReaderPolicy, allowed: Sequence[str], user_agent: str) -> None:
        self._policy = policy
        self._endpoint = ModelEndpoint(
            policy.url,
            PATH,
            key=policy.key,
            who="the second reader",
            allowed=allowed,
            user_agent=user_agent,
            most_bytes=_MOST_BYTES,
        )
        self._rest = Rest(policy.rest_after, policy.rest)

    def ask(self, questions: Sequence[Question], now: datetime) -> tuple[Reply, ...]:
        """Keeps ports.SecondReader."""
        if self._rest.is_on(now):
            return ()
        # In a thread of its own, since the one we are in may run a loop already.
        with ThreadPoolExecutor(1) as thread:
            replies = thread.submit(asyncio.run, self._ask_all(questions)).result()
        self._rest.settle(now)
        return replies

    async def _ask_all(self, questions: Sequence[Question]) -> tuple[Reply, ...]:
        waiting, replies = list(reversed(questions)), list[Reply]()
        clock = asyncio.get_running_loop().time
        end = clock() + self._policy.patience.total_seconds()
        async with self._endpoint.session() as session, asyncio.TaskGroup() as group:

            async def ask_on() -> None:
                while waiting and not self._rest.is_due and clock() < end:
                    replies.append(await self._ask(session, waiting.pop(), end - clock()))

            for _ in range(self._policy.concurrency):
                group.create_task(ask_on())
        return tuple(replies)

    async def _ask(self, session: aiohttp.ClientSession, question: Question, left_s: float) -> Reply:
        cost = question.tokens + self._policy.max_answer_tokens
        timeout_s = min(self._policy.timeout.total_seconds(), left_s)
        try:
            data = await self._endpoint.post(session, _body(question, self._policy), timeout_s)
        except NoAnswerError as error:
            self._rest.failures += 1
            # What was asked may have been worked on, and paid for.
            return Reply(question.key, tokens=cost if error.was_sent else 0, fault=str(error))
        text, tokens = _content(data)
        if not text:
            self._rest.failures += 1
            return Reply(question.key, tokens=tokens or cost, fault="the second reader answers with what is no chat")
        self._rest.failures = 0
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
    return _storable(text) if isinstance(text, str) else "", tokens if is_count and isinstance(tokens, int) else 0


def _storable(text: str) -> str:
    """*text* without what no store takes: halves of letters, NUL."""
    return text.encode(errors="replace").decode().replace("\0", "")

"""A user's model of meaning over HTTP: an embeddings endpoint in OpenAI's manner (`endpoint`)."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from monitor.adapters.models.endpoint import ModelEndpoint, NoAnswerError, Rest
from monitor.domain.model_policy import EmbeddingsPolicy
from monitor.domain.report import EmbedReport
from monitor.stages.group import vector_of
from monitor.stages.read_article import ReadArticle

PATH = "/embeddings"
_MOST_BYTES = 8 * 2**20
_REMEMBERED = 4096
_WHO = "the embedding model"


class HttpEmbedder:
    """
    Gives articles the vector that a model makes of them.

    Used by one lane. A text is asked for once: what came of it is remembered here, and kept in the store with the
    facts of its article. After failures in a row it rests, and articles pass as they are.
    """

    def __init__(self, policy: EmbeddingsPolicy, allowed: Sequence[str], user_agent: str) -> None:
        self._policy = policy
        self._endpoint = ModelEndpoint(
            policy.url,
            PATH,
            key=policy.key,
            who=_WHO,
            allowed=allowed,
            user_agent=user_agent,
            most_bytes=_MOST_BYTES,
        )
        self._rest = Rest(policy.rest_after, policy.rest)
        self._known: dict[str, bytes] = {}

    def __call__(self, read: Sequence[ReadArticle], now: datetime) -> tuple[Sequence[ReadArticle], EmbedReport | None]:
        """*read* with vectors where there are any, bounded in time. Never raises: what failed is in the report."""
        texts = {self._key(one): _shown(one, self._policy) for one in read}
        new = [key for key in texts if key not in self._known]
        fault = ""
        if new and not self._rest.is_on(now):
            # In a thread of its own, since the one we are in may run a loop already.
            with ThreadPoolExecutor(1) as thread:
                fault = thread.submit(asyncio.run, self._ask_all(new, texts)).result()
            self._rest.settle(now)
        done = [self._with_vector(one) for one in read]
        report = EmbedReport(sum(key in self._known for key in new), len(texts) - len(new), fault)
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return done, report

    def _key(self, one: ReadArticle) -> str:
        shown = f"{self._policy.model}\0{_shown(one, self._policy)}"
        return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()

    def _with_vector(self, one: ReadArticle) -> ReadArticle:
        vector = self._known.get(self._key(one), b"")
        return replace(one, fingerprint=replace(one.fingerprint, vector=vector)) if vector else one

    async def _ask_all(self, keys: Sequence[str], texts: dict[str, str]) -> str:
        """Ask for all *keys* in turn; what ailed the last request that failed, empty where none did."""
        clock = asyncio.get_running_loop().time
        end, fault = clock() + self._policy.patience.total_seconds(), ""
        async with self._endpoint.session() as session:
            for start in range(0, len(keys), self._policy.batch):
                left_s = min(self._policy.timeout.total_seconds(), end - clock())
                if self._rest.is_due or left_s <= 0:
                    break
                part = keys[start : start + self._policy.batch]
                body = {"model": self._policy.model, "input": [texts[key] for key in part], "encoding_format": "float"}
                try:
                    vectors = _vectors(await self._endpoint.post(session, body, left_s), len(part))
                except NoAnswerError as error:
                    self._rest.failures += 1
                    fault = str(error)
                    continue
                self._rest.failures = 0
                self._known.update(zip(part, vectors, strict=True))
        return fault


def _shown(one: ReadArticle, policy: EmbeddingsPolicy) -> str:
    return f"{one.article.title}\n{one.article.text}"[: policy.most_characters]


def _vectors(data: bytes, wanted: int) -> list[bytes]:
    """
    The vectors of an answer in the order of the question.

    Raises:
        NoAnswerError: it is none, or not of *wanted* vectors.
    """
    try:
        rows = json.loads(data)["data"]
        numbers = {row["index"]: [float(number) for number in row["embedding"]] for row in rows}
        found = [vector_of(numbers[index]) for index in range(wanted)]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise NoAnswerError(f"{_WHO} answers with what are no vectors", was_sent=True) from error
    if not all(found):
        raise NoAnswerError(f"{_WHO} answers with vectors of no length", was_sent=True)
    return found

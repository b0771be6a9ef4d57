"""A chat endpoint in OpenAI's manner on loopback, that answers as a test tells it."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from tests.adapters.models.model_server import ModelServer, served

Say = Callable[[dict[str, Any]], object]


@dataclass
class ChatServer(ModelServer):
    """``say`` gets the material of a question and gives the text of the answer."""

    tokens: int = 400

    def asked(self, body: dict[str, Any]) -> object:
        return json.loads(body["messages"][1]["content"])

    def answered(self, said: Any) -> object:
        choice = {"index": 0, "message": {"role": "assistant", "content": said}}
        return {"choices": [choice], "usage": {"total_tokens": self.tokens}}


def verdict(role: str, status: str = "confirmed", quote: str = "") -> str:
    """An answer as the reader is told to give it."""
    return json.dumps({"role": role, "status": status, "quote": quote})


def chat_server(say: Say) -> AbstractAsyncContextManager[ChatServer]:
    return served(ChatServer(say))

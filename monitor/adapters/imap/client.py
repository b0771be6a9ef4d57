"""The library's IMAP client, on a connection that our guard has judged, with an end to what a server may send."""

import imaplib
import io
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import cast

from monitor.adapters.address_guard import AddressGuard

_LONGEST_LINE = 1_000_000
_PIECE = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is: ``imaps://user@host/Folder``; ``imap:`` starts TLS before it says the password."""

    host: str
    port: int
    is_tls: bool
    user: str
    password: str = field(repr=False)
    folder: str
    is_plain: bool


class GuardedImap(imaplib.IMAP4):
    """
    The library itself reads as much as a server announces, and waits for as long as a byte comes now and then.

    Args:
        timeout_s: For each piece of an answer.
        patience_s: For everything, until the connection is given up.
        most_bytes: That the server may send in all.
    """

    def __init__(
        self, account: Account, guard: AddressGuard, timeout_s: float, patience_s: float, most_bytes: int
    ) -> None:
        self._account = account
        self._guard = guard
        self._ends_at = time.monotonic() + patience_s
        self._patience_s = patience_s
        self._left = most_bytes
        super().__init__(account.host, account.port, timeout_s)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = self._connected(timeout)
        self.file = self.sock.makefile("rb")

    def read(self, size: int) -> bytes:
        """So many bytes of a mail, piece by piece."""
        if size > self._left:
            raise self.abort("sends more than a mailbox may")
        parts = []
        while size > 0 and (part := self._stream.read(min(size, len(self._waiting()), _PIECE))):
            parts.append(part)
            self._left -= len(part)
            size -= len(part)
        return b"".join(parts)

    def readline(self) -> bytes:
        """One line of an answer."""
        line = b""
        while not line.endswith(b"\n") and (waiting := self._waiting()):
            line += self._stream.read(waiting.find(b"\n") + 1 or len(waiting))
            if len(line) > _LONGEST_LINE or len(line) > self._left:
                raise self.abort("sends more than a mailbox may")
        self._left -= len(line)
        return line

    def is_late(self) -> bool:
        """Whether half of the patience is used up: then nothing new is begun."""
        return self._ends_at - time.monotonic() < self._patience_s / 2

    @property
    def _stream(self) -> io.BufferedReader:
        return cast(io.BufferedReader, self.file)

    def _waiting(self) -> bytes:
        """What has come and is not read; waits for more where that is nothing."""
        if time.monotonic() > self._ends_at:
            raise TimeoutError
        return self._stream.peek(1)

    def _connected(self, timeout: float | None) -> socket.socket:
        fault: OSError = OSError("no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self._account.host, self._account.port, type=socket.SOCK_STREAM
        ):
            self._guard.check(str(address[0]))
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(timeout)
                plain.connect(address)
                return self._secured(plain)
            except OSError as error:
                plain.close()
                fault = error
        raise fault

    def _secured(self, plain: socket.socket) -> socket.socket:
        if not self._account.is_tls:
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._account.host)

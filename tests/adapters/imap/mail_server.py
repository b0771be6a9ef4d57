"""A small IMAP server for tests: one mailbox, the commands that reading needs, and nothing else."""

import asyncio
import re
from dataclasses import dataclass, field

from tests.loopback import talking


@dataclass
class MailServer:
    """Mails by number; ``commands`` holds what clients asked for, without passwords."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    password: str = "word"
    commands: list[str] = field(default_factory=list)
    # What is answered with NO, by its first letters: "UID FETCH 3".
    refused: tuple[str, ...] = ()
    port: int = 0

    async def __aenter__(self) -> "MailServer":
        self._talking = talking(self._talk)
        self.port = await self._talking.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._talking.__aexit__(None, None, None)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().rstrip():
            tag, _, command = line.partition(" ")
            name = command.split()[0].upper()
            self.commands.append(name if name == "LOGIN" else command)
            writer.write(self._answer(tag, name, command))
            await writer.drain()
            if name == "LOGOUT":
                break

    def _answer(self, tag: str, name: str, command: str) -> bytes:
        done = f"{tag} OK done\r\n".encode()
        if self.refused and command.startswith(self.refused):
            return f"{tag} NO [UNAVAILABLE] try again later\r\n".encode()
        if name == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        if name == "LOGIN" and f'"{self.password}"' not in command:
            return f"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n".encode()
        if name in {"EXAMINE", "SELECT"}:
            return self._opened(tag, command) + (done if "INBOX" in command else b"")
        if name == "UID" and "SEARCH" in command.upper():
            return f"* SEARCH {' '.join(map(str, self._found(command)))}\r\n".encode() + done
        if name == "UID":
            return self._mail(int(command.split()[2])) + done
        return b"* BYE\r\n" + done if name == "LOGOUT" else done

    def _opened(self, tag: str, command: str) -> bytes:
        if "INBOX" not in command:
            return f"{tag} NO no such folder\r\n".encode()
        newest = max(self.mails, default=0) + 1
        return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n* OK [UIDNEXT {newest}] x\r\n".encode()

    def _found(self, command: str) -> list[int]:
        since = re.search(r"UID (\d+):\*", command)
        if since is None or not self.mails:
            return sorted(self.mails)
        # As real servers do, "n:*" holds the newest mail in any case.
        return sorted({number for number in self.mails if number >= int(since[1])} | {max(self.mails)})

    def _mail(self, number: int) -> bytes:
        data = self.mails[number]
        return f"* 1 FETCH (UID {number} BODY[]<0> {{{len(data)}}}\r\n".encode() + data + b")\r\n"

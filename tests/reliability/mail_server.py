"""A real mail server on loopback in a process of its own, which writes down every mail that it has taken."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from tests.reliability.forks import ended, forked

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Taken:
    """A mail that the server has taken: what it answered 250 to."""

    message_id: str  #: without the angle brackets and the host
    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class MailServer:
    """Where the server listens, and the file of what it has taken."""

    port: int
    book: Path

    def taken(self) -> list[Taken]:
        """Every mail that the server has taken, in order."""
        return [Taken(**json.loads(line)) for line in self.book.read_text().splitlines()]


class _Desk:
    """Writes a mail down before it is answered for."""

    def __init__(self, book: Path) -> None:
        self.book = book

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        taken = {
            "message_id": str(mail["Message-ID"]).strip("<>").partition("@")[0],
            "to": ", ".join(envelope.rcpt_tos),
            "subject": str(mail["Subject"]),
            "text": body.get_content() if body is not None else "",
        }
        with self.book.open("a") as file:
            file.write(json.dumps(taken) + "\n")
        return "250 taken"


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """A server that runs meanwhile. The test process itself gets no thread: it has children to fork."""
    book = folder / "taken.jsonl"
    book.touch()
    reads, says = os.pipe()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(_Desk(book), hostname="localhost", loop=loop), HOST, 0)
        os.write(says, str(server.sockets[0].getsockname()[1]).encode())
        os.close(says)
        await server.serve_forever()

    process = forked(lambda: asyncio.run(serve()))
    os.close(says)
    port = os.read(reads, 16)
    os.close(reads)
    assert port, "the mail server did not start"
    try:
        yield MailServer(int(port), book)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        ended(process)

"""Mail servers on loopback for tests: real conversations, with a server that does what the test asks for."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

#: A key and a certificate for localhost, signed by itself and valid until 2120. Worth nothing to anybody.
PEM = Path(__file__).parent / "localhost.pem"
USER, PASSWORD = "inforande", "hemligt"


def server_tls() -> ssl.SSLContext:
    """What the server needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


def trust() -> ssl.SSLContext:
    """Trusts that server and nobody else."""
    return ssl.create_default_context(cafile=str(PEM))


@dataclass
class Conduct:
    """How a server behaves. ``at`` a command it answers with ``reply``, drops the connection or hangs."""

    replies: dict[str, str] = field(default_factory=dict)
    drop_at: str = ""
    hang_at: str = ""
    heard: list[str] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: list[Any] = field(default_factory=list)

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Let the one user in."""
        right: bool = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        self.heard.append("right password" if right else "wrong password")
        return AuthResult(success=right, handled=False)

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails that the server took, as another program reads them."""
        parsed = [message_from_bytes(raw, policy=policy.default) for _to, raw in self.taken]
        return [one for one in parsed if isinstance(one, EmailMessage)]


class _Handler:
    """Answers each command as the conduct says, and else as any server does."""

    def __init__(self, conduct: Conduct) -> None:
        self.conduct = conduct

    async def meet(self, server: SMTP, command: str) -> str | None:
        self.conduct.heard.append(command)
        if self.conduct.drop_at == command:
            server.transport.abort()
            return "421 gone"
        if self.conduct.hang_at == command:
            await asyncio.Event().wait()
        return self.conduct.replies.get(command)

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Any, name: str, responses: list[str]) -> Any:
        session.host_name = name
        refusal = await self.meet(server, "EHLO")
        return [refusal] if refusal else responses

    async def handle_HELO(self, server: SMTP, session: Any, envelope: Any, name: str) -> str:
        session.host_name = name
        return self.conduct.replies.get("EHLO") or "250 here"

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        refusal = await self.meet(server, "MAIL")
        envelope.mail_from = address
        return refusal or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        refusal = await self.meet(server, "RCPT")
        envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        refusal = self.conduct.replies.get("MESSAGE")
        if refusal is None:
            self.conduct.taken.append((envelope.rcpt_tos[0], envelope.content))
        await self.meet(server, "MESSAGE")
        return refusal or "250 taken as 7"


class _Server(SMTP):
    def __init__(self, conduct: Conduct, handler: _Handler, **options: Any) -> None:
        super().__init__(handler, **options)
        self.conduct, self.handler = conduct, handler

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.conduct.heard.append("connection")
        self.conduct.connections.append(transport)
        if self.conduct.drop_at == "connection":
            transport.abort()  # type: ignore[attr-defined]
            return
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        refusal = self.conduct.replies.get("DATA")
        if refusal is not None:
            await self.push(refusal)
        elif self.conduct.drop_at == "DATA":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
        else:
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        refusal = await self.handler.meet(self, "QUIT")
        if refusal is None:
            await super().smtp_QUIT(arg)
        else:
            await self.push(refusal)


@contextmanager
def serving(conduct: Conduct, *, tls: bool = False, starttls: bool = False, login: bool = False) -> Iterator[int]:
    """A server in a thread of its own, until the test is through with it. Gives its port."""
    options: dict[str, Any] = {"enable_SMTPUTF8": False}
    if starttls:
        options |= {"tls_context": server_tls(), "require_starttls": True}
    if login:
        # Behind TLS from the start aiosmtpd does not see that the connection is secret, and would offer no login.
        options |= {"authenticator": conduct.authenticate, "auth_required": starttls, "auth_require_tls": starttls}
    begun = threading.Event()
    place: list[Any] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)  # connections that break are what is tested
        over = asyncio.Event()
        server = await loop.create_server(
            lambda: _Server(conduct, _Handler(conduct), loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=server_tls() if tls else None,
        )
        place.extend((server.sockets[0].getsockname()[1], loop, over))
        begun.set()
        await over.wait()
        server.close()
        for transport in conduct.connections:
            transport.abort()
        await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    assert begun.wait(10), "the server did not start"
    port, loop, over = place
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)

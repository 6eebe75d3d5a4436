"""Sends one mail. What the server answers is told, never raised."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from introduction.services.outbox import Answer
from introduction.settings import Settings

#: Seconds that the server may take over each reply. A whole conversation stays well below the lease of a mail.
PATIENCE = 20.0


class Mailer(Protocol):
    """Whatever takes a mail."""

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Hand a mail over, and tell what came of it."""


class _Refusal(Exception):
    """The server refused this mail, with a reply of its own."""

    def __init__(self, code: int, said: bytes) -> None:
        super().__init__(code, said)
        self.code, self.told = code, _told(code, said)


@dataclass(frozen=True)
class SmtpMailer:
    """A mail server. ``security`` is ``starttls``, ``tls`` or ``none``; without it being had, nothing is sent."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = None
    trust: ssl.SSLContext | None = None
    patience: float = PATIENCE

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Hand a mail to the server.

        ``failed`` when the server refuses the recipient or this mail for good. ``retry`` when it may take it later,
        does not answer, or lets us not in, which somebody can put right: then the mail waits for that.
        """
        try:
            raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
            to.encode("ascii")
        except ValueError as error:  # an address or header that no mail can have
            return Answer("failed", f"{type(error).__name__}: {error}")
        handing_over = False
        try:
            with self._connected() as server:
                self._greet(server)
                _demand(server.rcpt(to), 250, 251)
                handing_over = True
                return Answer("sent", _told(*_demand(server.data(raw), 250)))
        except _Refusal as refusal:
            return _of_refusal(refusal.code, refusal.told, handing_over)
        except smtplib.SMTPDataError as error:  # before a word of the mail was said
            return _of_refusal(error.smtp_code, _told(error.smtp_code, error.smtp_error), handing_over)
        except smtplib.SMTPResponseException as error:
            return Answer("retry", _told(error.smtp_code, error.smtp_error), uncertain=handing_over)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Answer("retry", f"{type(error).__name__}: {error}", uncertain=handing_over)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection to the server. How it ends changes nothing of what was answered before."""
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.patience, context=self._trust())
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.patience)
        try:
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _greet(self, server: smtplib.SMTP) -> None:
        """Come as far as saying who sends. A server that refuses any of this refuses us, not the mail."""
        server.ehlo_or_helo_if_needed()
        if self.security == "starttls":
            server.starttls(context=self._trust())
            server.ehlo()
        if self.user:
            server.login(self.user, self.password or "")
        code, said = server.mail(self.sender)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, said, self.sender)

    def _trust(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()


def _demand(reply: tuple[int, bytes], *wanted: int) -> tuple[int, bytes]:
    if reply[0] not in wanted:
        raise _Refusal(*reply)
    return reply


def _of_refusal(code: int, told: str, handing_over: bool) -> Answer:
    if 500 <= code < 600:
        return Answer("failed", told)
    # A reply that is none, after the mail was handed over, says nothing of whether the server has it.
    return Answer("retry", told, uncertain=handing_over and not 400 <= code < 500)


@dataclass(frozen=True)
class RedirectingMailer:
    """Sends every mail to one address instead, with a note of whom it was to."""

    inner: Mailer
    address: str

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Send the mail to the one address."""
        del message["To"]
        message["To"] = self.address
        message["X-Original-To"] = to
        answer = self.inner.send(message, self.address)
        return Answer(answer.state, f"{self.address}: {answer.said}", answer.uncertain)


class StoppingMailer:
    """Sends nothing."""

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Tell that the mail was stopped."""
        return Answer("stopped", "all mail is stopped in this installation")


def of_settings(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    if settings.mail == "stop":
        return StoppingMailer()
    assert settings.smtp_host is not None, "the settings demand a host unless mail is stopped"
    server = SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.mail_sender_address,
        settings.smtp_user,
        settings.smtp_password,
    )
    if settings.mail == "redirect":
        assert settings.mail_redirect is not None, "the settings demand an address to redirect to"
        return RedirectingMailer(server, settings.mail_redirect)
    return server


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"

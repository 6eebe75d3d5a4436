"""Sends one mail. What the server answers is told, never raised."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from introduction.services.outbox import Answer
from introduction.settings import Settings

#: Seconds that the server may take over each reply. A whole conversation stays well below the lease of a mail.
PATIENCE = 20


class Mailer(Protocol):
    """Whatever takes a mail."""

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Hand a mail over, and tell what came of it."""


@dataclass(frozen=True)
class SmtpMailer:
    """A mail server. ``security`` is ``starttls``, ``tls`` or ``none``."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = None
    trust: ssl.SSLContext | None = None

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Hand a mail to the server.

        ``failed`` when the server refuses this mail for good; ``retry`` when it may take it later, does not answer, or
        does not let us in, which somebody can put right.
        """
        handing_over = False
        try:
            with self._connected() as server:
                self._demand(server.mail(self.sender), 250)
                self._demand(server.rcpt(to), 250, 251)
                handing_over = True
                code, said = server.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
                handing_over = False
                return Answer("sent", _told(code, said))
        except smtplib.SMTPSenderRefused as error:
            return Answer("retry", _told(error.smtp_code, error.smtp_error))
        except smtplib.SMTPAuthenticationError as error:
            return Answer("retry", _told(error.smtp_code, error.smtp_error))
        except smtplib.SMTPResponseException as error:
            state = "failed" if 500 <= error.smtp_code < 600 else "retry"
            return Answer(state, _told(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            return Answer("retry", f"{type(error).__name__}: {error}", uncertain=handing_over)
        except ValueError as error:  # an address or header that no mail can have
            return Answer("failed", f"{type(error).__name__}: {error}")

    def _connected(self) -> smtplib.SMTP:
        trust = self.trust or ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=trust)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            server.ehlo_or_helo_if_needed()
            if self.security == "starttls":
                server.starttls(context=trust)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _demand(self, reply: tuple[int, bytes], *wanted: int) -> None:
        code, said = reply
        if code not in wanted:
            raise smtplib.SMTPResponseException(code, said)


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

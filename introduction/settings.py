"""Settings, read once from the environment. A bad value stops the start and says why."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent


class BadSetting(Exception):
    """A setting in the environment that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Everything that an installation may choose."""

    state: Path  #: where all state lies: database, files, secret key, seals
    database_url: str
    workflows: Path
    secret_key: str
    seal_key: str
    secure_cookies: bool = False  #: on where the service is reached over https
    proxies: int = 0  #: how many proxies stand in front, whose word on the visitor's address is taken
    fixed_today: date | None = None
    testing: bool = False
    url: str = "http://127.0.0.1:8000"  #: where people reach the service: mails and calendars link there
    mail: str = "stop"  #: ``send``, ``redirect`` (all mail to one address) or ``stop``
    mail_redirect: str | None = None
    mail_sender: str = "Ordnat införande <ordnat-inforande@localhost>"
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = None
    worker_inside: bool = True  #: `serve` runs a worker in its own process

    @property
    def mail_sender_address(self) -> str:
        """The sender's address, without the name."""
        return parseaddr(self.mail_sender)[1]

    @property
    def host(self) -> str:
        """The name of the machine in the service's address."""
        return urlsplit(self.url).hostname or "localhost"

    @property
    def seals(self) -> Path:
        """The file of seals over the event chains."""
        return self.state / "seals.jsonl"

    @property
    def files(self) -> Path:
        """The folder of the attached files."""
        return self.state / "files"


def bundled(folder: str) -> Path:
    """A folder that ships with the product: beside the package in a checkout, inside it when installed."""
    beside = HERE.parent / folder
    return beside if (HERE.parent / "pyproject.toml").exists() else HERE / "_bundle" / folder


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Makes the state folder and the secret keys on first use.

    INTRODUCTION_STATE (default ./var), INTRODUCTION_DATABASE_URL (default SQLite in the state folder),
    INTRODUCTION_WORKFLOWS (default: those shipped), INTRODUCTION_SECRET_KEY and INTRODUCTION_SEAL_KEY
    (default: files in the state folder), INTRODUCTION_SECURE_COOKIES (0 or 1), INTRODUCTION_PROXIES (0 to 9),
    INTRODUCTION_TODAY (a date), INTRODUCTION_URL (where people reach the service), INTRODUCTION_WORKER (0: `serve` runs
    no worker inside; 1 is the default on SQLite), and for mail: INTRODUCTION_SMTP_HOST, INTRODUCTION_SMTP_PORT,
    INTRODUCTION_SMTP_SECURITY (starttls, tls or none), INTRODUCTION_SMTP_USER, INTRODUCTION_SMTP_PASSWORD,
    INTRODUCTION_MAIL_FROM and INTRODUCTION_MAIL (send, stop, or an address that all mail goes to instead; without it
    mail is stopped unless there is a host).

    Raises BadSetting.
    """
    state = Path(environment.get("INTRODUCTION_STATE", "var")).resolve()
    state.mkdir(parents=True, exist_ok=True)
    workflows = Path(environment.get("INTRODUCTION_WORKFLOWS") or bundled("workflows"))
    if not workflows.is_dir():
        raise BadSetting(f"INTRODUCTION_WORKFLOWS: {workflows} is not a folder")
    database_url = environment.get("INTRODUCTION_DATABASE_URL") or f"sqlite:///{state / 'introduction.db'}"
    settings = Settings(
        state=state,
        database_url=database_url,
        workflows=workflows,
        secret_key=environment.get("INTRODUCTION_SECRET_KEY") or _key(state / "secret.key"),
        seal_key=environment.get("INTRODUCTION_SEAL_KEY") or _key(state / "seal.key"),
        secure_cookies=_flag(environment, "INTRODUCTION_SECURE_COOKIES"),
        proxies=_digit(environment, "INTRODUCTION_PROXIES"),
        fixed_today=_date(environment, "INTRODUCTION_TODAY"),
        url=_url(environment),
        worker_inside=_flag(environment, "INTRODUCTION_WORKER", "1" if database_url.startswith("sqlite") else "0"),
        **_mail(environment),
    )
    if settings.mail != "stop" and settings.fixed_today is not None:
        raise BadSetting("INTRODUCTION_TODAY: a moved day and real mail do not go together; set INTRODUCTION_MAIL=stop")
    return settings


def _url(environment: Mapping[str, str]) -> str:
    value = environment.get("INTRODUCTION_URL") or f"http://127.0.0.1:{environment.get('PORT', '8000')}"
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(f"INTRODUCTION_URL: write an address such as https://inforande.region.se, not {value!r}")
    return value.rstrip("/")


def _mail(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of mail. Raises BadSetting for those that do not go together."""
    host = environment.get("INTRODUCTION_SMTP_HOST") or None
    wanted = environment.get("INTRODUCTION_MAIL") or ("send" if host else "stop")
    redirect = wanted if "@" in wanted else None
    if redirect is None and wanted not in ("send", "stop"):
        raise BadSetting(f"INTRODUCTION_MAIL: write send, stop or an address, not {wanted!r}")
    if wanted != "stop" and host is None:
        raise BadSetting("INTRODUCTION_MAIL: real mail needs INTRODUCTION_SMTP_HOST")
    sender = environment.get("INTRODUCTION_MAIL_FROM") or ""
    if wanted != "stop" and "@" not in parseaddr(sender)[1]:
        raise BadSetting("INTRODUCTION_MAIL_FROM: write the address that mail comes from")
    security = environment.get("INTRODUCTION_SMTP_SECURITY") or "starttls"
    if security not in ("starttls", "tls", "none"):
        raise BadSetting(f"INTRODUCTION_SMTP_SECURITY: write starttls, tls or none, not {security!r}")
    given = {
        "mail": "redirect" if redirect else wanted,
        "mail_redirect": redirect,
        "smtp_host": host,
        "smtp_port": _port(environment, {"starttls": "587", "tls": "465", "none": "25"}[security]),
        "smtp_security": security,
        "smtp_user": environment.get("INTRODUCTION_SMTP_USER") or None,
        "smtp_password": environment.get("INTRODUCTION_SMTP_PASSWORD") or None,
    }
    return {**given, "mail_sender": sender} if sender else given


def _port(environment: Mapping[str, str], otherwise: str) -> int:
    value = environment.get("INTRODUCTION_SMTP_PORT") or otherwise
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise BadSetting(f"INTRODUCTION_SMTP_PORT: write a port such as 587, not {value!r}")
    return int(value)


def _key(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _flag(environment: Mapping[str, str], name: str, otherwise: str = "0") -> bool:
    value = environment.get(name, otherwise)
    if value not in ("0", "1"):
        raise BadSetting(f"{name}: write 0 or 1, not {value!r}")
    return value == "1"


def _digit(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name, "0")
    if len(value) != 1 or not value.isdecimal():
        raise BadSetting(f"{name}: write a number from 0 to 9, not {value!r}")
    return int(value)


def _date(environment: Mapping[str, str], name: str) -> date | None:
    value = environment.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadSetting(f"{name}: write a date such as 2026-11-23, not {value!r}") from None

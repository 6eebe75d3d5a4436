"""Settings, read once from the environment. A bad value stops the start and says why."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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

    @property
    def seals(self) -> Path:
        """The file of seals over the event chains."""
        return self.state / "seals.jsonl"


def bundled(folder: str) -> Path:
    """A folder that ships with the product: beside the package in a checkout, inside it when installed."""
    beside = HERE.parent / folder
    return beside if (HERE.parent / "pyproject.toml").exists() else HERE / "_bundle" / folder


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Makes the state folder and the secret keys on first use.

    INTRODUCTION_STATE (default ./var), INTRODUCTION_DATABASE_URL (default SQLite in the state folder),
    INTRODUCTION_WORKFLOWS (default: those shipped), INTRODUCTION_SECRET_KEY and INTRODUCTION_SEAL_KEY
    (default: files in the state folder), INTRODUCTION_SECURE_COOKIES (0 or 1), INTRODUCTION_PROXIES (0 to 9),
    INTRODUCTION_TODAY (a date).

    Raises BadSetting.
    """
    state = Path(environment.get("INTRODUCTION_STATE", "var")).resolve()
    state.mkdir(parents=True, exist_ok=True)
    workflows = Path(environment.get("INTRODUCTION_WORKFLOWS") or bundled("workflows"))
    if not workflows.is_dir():
        raise BadSetting(f"INTRODUCTION_WORKFLOWS: {workflows} is not a folder")
    return Settings(
        state=state,
        database_url=environment.get("INTRODUCTION_DATABASE_URL") or f"sqlite:///{state / 'introduction.db'}",
        workflows=workflows,
        secret_key=environment.get("INTRODUCTION_SECRET_KEY") or _key(state / "secret.key"),
        seal_key=environment.get("INTRODUCTION_SEAL_KEY") or _key(state / "seal.key"),
        secure_cookies=_flag(environment, "INTRODUCTION_SECURE_COOKIES"),
        proxies=_digit(environment, "INTRODUCTION_PROXIES"),
        fixed_today=_date(environment, "INTRODUCTION_TODAY"),
    )


def _key(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "0")
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

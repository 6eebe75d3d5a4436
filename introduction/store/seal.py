"""Seals: that one was made, so that a seal missing at the end of the file of seals is noticed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime


class Seal(Base):
    """A line of the file of seals: its number there, and its message authentication code."""

    __tablename__ = "seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mac: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def seals(session: Session) -> list[Seal]:
    """Every seal that was made, oldest first."""
    return list(session.scalars(select(Seal).order_by(Seal.number)))


def lock_seals(session: Session) -> None:
    """Let nobody else seal until the transaction ends (SQLite: the write lock is held already)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE seal IN EXCLUSIVE MODE"))

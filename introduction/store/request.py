"""One-time keys of forms: a form that is sent twice acts once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime


class RequestKey(Base):
    """A form's key, stored in the transaction that acted on the form, with the answer that it gave."""

    __tablename__ = "request_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def forget_before(session: Session, moment: datetime) -> None:
    """Remove the keys of forms posted before a moment."""
    session.execute(delete(RequestKey).where(RequestKey.at < moment))


def answer_of(session: Session, key: str) -> str | None:
    """The answer that was given the first time; None when the key is new.

    In a writing transaction. Of two who ask at once, the second waits until the first has committed.
    """
    if session.get_bind().dialect.name == "postgresql":  # on SQLite there is only one writer
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    row = session.get(RequestKey, key)
    return None if row is None else row.answer

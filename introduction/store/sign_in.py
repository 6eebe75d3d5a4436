"""What signing in leaves behind: sessions, attempts, and posted fields kept for after a lost session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime


class SignInSession(Base):
    """A signed-in browser. The cookie holds a random id; here stands only its SHA-256."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """A failed attempt to sign in, by account and by address (both hashed), for throttling."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldPost(Base):
    """Fields posted after the session had ended. Only the same person gets them back."""

    __tablename__ = "held_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def session_of(session: Session, token_hash: str) -> SignInSession | None:
    """The session of a cookie, ended or not."""
    return session.scalar(select(SignInSession).where(SignInSession.token_hash == token_hash))


def end_sessions(session: Session, person_id: int, at: datetime, *, but: str | None = None) -> None:
    """End a person's sessions, all but one when named."""
    row = SignInSession
    query = update(row).where(row.person_id == person_id, row.ended_at.is_(None))
    session.execute(query.where(row.token_hash != but) if but else query, {"ended_at": at})


def failures_since(session: Session, key: str, since: datetime) -> int:
    """How many times signing in has failed for a key."""
    row = SignInAttempt
    return session.scalar(select(func.count()).select_from(row).where(row.key == key, row.at > since)) or 0


def forget_failures(session: Session, key: str) -> None:
    """Start over for a key, when somebody has signed in."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == key))


def forget_before(session: Session, moment: datetime) -> None:
    """Drop the failures that no longer count."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= moment))


def lock_attempts(session: Session, key: str) -> None:
    """Let attempts for a key wait for each other, so that many at once cannot slip past the count.

    SQLite: the write lock is held already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def mark_seen(session: Session, sign_in_id: int, at: datetime) -> None:
    """Note when a session that goes on was last in use."""
    row = SignInSession
    session.execute(update(row).where(row.id == sign_in_id, row.ended_at.is_(None), row.seen_at < at), {"seen_at": at})


def held_of(session: Session, token_hash: str) -> HeldPost | None:
    """The held post of a token."""
    return session.scalar(select(HeldPost).where(HeldPost.token_hash == token_hash))


def drop_held_before(session: Session, moment: datetime) -> None:
    """Drop held posts that nobody came back for."""
    session.execute(delete(HeldPost).where(HeldPost.at < moment))

"""Workers: who does the clock's work, and when each last gave a sign of life."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime


class Worker(Base):
    """A worker. One that ended in good order says so; one that crashed is silent."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    inside: Mapped[bool]  #: in the same process as the pages
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ticked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def last_tick(session: Session) -> datetime | None:
    """When any worker last gave a sign of life."""
    return session.scalar(select(func.max(Worker.ticked_at)))


def workers(session: Session, limit: int = 50) -> list[Worker]:
    """The workers, the latest sign of life first."""
    return list(session.scalars(select(Worker).order_by(Worker.ticked_at.desc()).limit(limit)))


def forget_before(session: Session, moment: datetime) -> None:
    """Forget workers that have been silent since before a moment."""
    session.execute(delete(Worker).where(Worker.ticked_at < moment))

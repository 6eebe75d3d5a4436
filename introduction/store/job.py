"""Long work: asked for by somebody, done by a worker, with its progress and its result."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.base import Base, UtcDateTime, one_of

STATES = ("waiting", "running", "done", "failed", "cancelled")
_UNDONE = text("state IN ('waiting', 'running')")


class Job(Base):
    """A piece of long work. While a worker does it, a lease holds it; when the lease runs out it begins again."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint(
            "steps_done >= 0 AND (steps_total IS NULL OR steps_done <= steps_total)", name="progress_adds_up"
        ),
        Index("ix_job_undone", "asked_at", postgresql_where=_UNDONE, sqlite_where=_UNDONE),
        Index("ix_job_region", "region_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given: Mapped[str] = mapped_column(Text, default="{}")  #: what it was asked to do, as JSON
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int | None]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  #: when the progress was last told
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(Text)  #: as JSON
    problem: Mapped[str | None] = mapped_column(Text)


def get(session: Session, job_id: int) -> Job:
    """The job. Raises NotFound."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"job {job_id}")
    return job


def lock(session: Session, job_id: int) -> Job:
    """The job, locked until the transaction ends. Raises NotFound."""
    query = select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    job = session.scalar(query)
    if job is None:
        raise NotFound(f"job {job_id}")
    return job


def claim(session: Session, now: datetime, lease: str, until: datetime) -> Job | None:
    """Take the job that has waited longest, or one whose worker has gone silent; None when there is none."""
    ready = or_(Job.state == "waiting", (Job.state == "running") & (Job.leased_until < now))
    query = select(Job).where(Job.state.in_(("waiting", "running")), ready).order_by(Job.asked_at, Job.id).limit(1)
    job = session.scalar(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    if job is not None:
        job.state, job.lease, job.leased_until = "running", lease, until
        job.started_at, job.read_at, job.steps_done = now, now, 0
        session.flush()
    return job


def recent(session: Session, region_ids: list[int], limit: int) -> list[Job]:
    """The latest jobs of some regions, and those of no region."""
    query = select(Job).where(or_(Job.region_id.in_(region_ids), Job.region_id.is_(None)))
    return list(session.scalars(query.order_by(Job.id.desc()).limit(limit)))


def latest(session: Session, kind: str, given: str) -> Job | None:
    """The last job of a kind that was asked to do exactly this (JSON text); None when there is none."""
    query = select(Job).where(Job.kind == kind, Job.given == given).order_by(Job.id.desc()).limit(1)
    return session.scalar(query)

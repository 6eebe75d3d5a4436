"""What all subjects share: where an instance of a process stands, and the head of its chain of events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.base import Base, one_of
from introduction.store.region import NO_HASH

SUBJECTS = ("case", "recommendation", "funding_application", "claim", "meeting")


class Instance(Base):
    """One run of a process, pinned to the version that it started on."""

    __tablename__ = "process_instance"
    __table_args__ = (
        one_of("subject", SUBJECTS),
        CheckConstraint("revision >= 1", name="revision_counts"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closed_after_opened"),
        CheckConstraint("return_stage IS NULL OR return_stage <> stage", name="returns_elsewhere"),
        Index("ix_process_instance_stage", "definition_id", "stage"),
        Index("ix_process_instance_next_due", "next_due_on"),
        # An id names a chain of events for ever: the id of an instance that was disposed of never comes back.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(20))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    definition_id: Mapped[str] = mapped_column(String(100))
    definition_version: Mapped[int]
    stage: Mapped[str] = mapped_column(String(48))
    stage_entered_on: Mapped[date]
    return_stage: Mapped[str | None] = mapped_column(String(48))
    revision: Mapped[int] = mapped_column(default=1)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    next_due_on: Mapped[date | None]  #: the nearest pending due date of the stage or a task
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64), default=NO_HASH)

    @property
    def stream(self) -> str:
        """The name of the instance's chain of events."""
        return f"instance:{self.id}"


_LOCKED = (
    select(Instance)
    .where(Instance.id == bindparam("instance_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def lock(session: Session, instance_id: int) -> Instance:
    """The instance, locked until the transaction ends (SQLite: the write lock is held already).

    A statement of its own: what is read together with a lock may be older than what the lock was waited for.
    """
    instance = session.scalar(_LOCKED, {"instance_id": instance_id})
    if instance is None:
        raise NotFound(f"instance {instance_id}")
    return instance


def lock_all(session: Session, ids: Select[Any]) -> dict[int, Instance]:
    """All instances that a query names, locked until the transaction ends, always in the same order."""
    query = select(Instance).where(Instance.id.in_(ids)).order_by(Instance.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return {instance.id: instance for instance in session.scalars(query)}


def lock_free(session: Session, instance_ids: Iterable[int]) -> dict[int, Instance]:
    """Those of some instances that nobody else has locked, locked until the transaction ends."""
    query = select(Instance).where(Instance.id.in_(list(instance_ids))).order_by(Instance.id)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return {instance.id: instance for instance in session.scalars(query)}


def some(session: Session, instance_ids: Iterable[int]) -> dict[int, Instance]:
    """Some instances, by id."""
    return {row.id: row for row in session.scalars(select(Instance).where(Instance.id.in_(list(instance_ids))))}


def open_ids(session: Session, region_id: int | None) -> list[int]:
    """The instances that have not ended: those of a region, or (without one) all."""
    query = select(Instance.id).where(Instance.closed_on.is_(None))
    if region_id is not None:
        query = query.where(Instance.region_id == region_id)
    return list(session.scalars(query.order_by(Instance.id)))


def get(session: Session, instance_id: int) -> Instance:
    """The instance. Raises NotFound."""
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound(f"instance {instance_id}")
    return instance


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """What every instance's row says of the last event of its chain: its number and hash."""
    query = select(Instance.id, Instance.head_seq, Instance.head_hash)
    return {f"instance:{instance_id}": (seq, hashed) for instance_id, seq, hashed in session.execute(query)}

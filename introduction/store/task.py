"""Tasks and due dates: rows, so that nothing is lost when a process dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, CheckConstraint, ForeignKey, Index, String, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime, one_of


class TaskRow(Base):
    """Something to be done by a role, perhaps by one person, perhaps for one unit.

    Its words stand in the definition that the instance is pinned to. One that opens later is a plan until then.
    """

    __tablename__ = "task"
    __table_args__ = (
        one_of("state", ("open", "done", "cancelled")),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_time"),
        Index("ix_task_instance", "instance_id", "state"),
        Index(
            "ix_task_assignee",
            "assignee_id",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    name: Mapped[str] = mapped_column(String(48))  #: the task's id in the definition
    stage: Mapped[str | None] = mapped_column(String(48))  #: the stage that it lives and dies with
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    optional: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="open")
    opens_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class DueDate(Base):
    """A day by which a stage or a task should be done, or a milestone. Derived from its anchor."""

    __tablename__ = "due_date"
    __table_args__ = (
        one_of("kind", ("stage", "task", "milestone")),
        one_of("state", ("pending", "done", "cancelled")),
        CheckConstraint("(kind = 'task') = (task_id IS NOT NULL)", name="task_named"),
        Index("ix_due_date_instance", "instance_id"),
        Index(
            "ix_due_date_pending",
            "due_on",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(48))  #: the stage, task or milestone in the definition
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    anchor: Mapped[str] = mapped_column(String(24))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="pending")


_OF_THEM: BindParameter[int] = bindparam("instance_ids", expanding=True)
_TASKS = select(TaskRow).where(TaskRow.instance_id.in_(_OF_THEM)).order_by(TaskRow.id)
_DUE_DATES = (
    select(DueDate)
    .where(DueDate.instance_id.in_(_OF_THEM), DueDate.state != "cancelled")
    .order_by(DueDate.due_on, DueDate.id)
)


def tasks_of(session: Session, instance_id: int) -> list[TaskRow]:
    """An instance's tasks in the order in which they came."""
    return list(session.scalars(_TASKS, {"instance_ids": [instance_id]}))


def due_dates_of(session: Session, instance_id: int) -> list[DueDate]:
    """An instance's due dates that are not cancelled, soonest first."""
    return list(session.scalars(_DUE_DATES, {"instance_ids": [instance_id]}))


def tasks_of_each(session: Session, instance_ids: Sequence[int]) -> dict[int, list[TaskRow]]:
    """The tasks of some instances, by instance; an empty list where there is none."""
    found: dict[int, list[TaskRow]] = {instance_id: [] for instance_id in instance_ids}
    for row in session.scalars(_TASKS, {"instance_ids": instance_ids}):
        found[row.instance_id].append(row)
    return found


def due_dates_of_each(session: Session, instance_ids: Sequence[int]) -> dict[int, list[DueDate]]:
    """The due dates of some instances that are not cancelled, by instance; an empty list where there is none."""
    found: dict[int, list[DueDate]] = {instance_id: [] for instance_id in instance_ids}
    for row in session.scalars(_DUE_DATES, {"instance_ids": instance_ids}):
        found[row.instance_id].append(row)
    return found

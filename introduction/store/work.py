"""What waits for people: open tasks and stages, and the days by which they should be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from introduction.domain.roles import Visible
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.listing import seen_by
from introduction.store.person import PersonRow
from introduction.store.task import DueDate, TaskRow
from introduction.store.unit import Unit

_case = Case.__table__.c


@dataclass(frozen=True)
class OpenTask:
    """An open task of a case."""

    id: int
    case_id: int
    name: str
    role: str
    unit_id: int | None
    unit: str | None
    assignee_id: int | None
    assignee: str | None
    optional: bool
    of_stage: bool
    due_on: date | None


@dataclass(frozen=True)
class OpenStage:
    """A case in a stage that has not ended."""

    case_id: int
    definition_id: str
    definition_version: int
    stage: str
    due_on: date | None


@dataclass(frozen=True)
class PendingDate:
    """A day that something should be done by, or a milestone."""

    id: int
    case_id: int
    kind: str
    name: str
    task_id: int | None
    due_on: date


def open_tasks(
    session: Session, visible: Visible, person_id: int, roles: Iterable[str], today: date, due_by: date
) -> list[OpenTask]:
    """The tasks that are open in the cases that somebody sees, nearest day first.

    Those for the person's roles or the person, and those of others that are due by a day.
    """
    assignee = aliased(PersonRow)
    query = (
        select(
            TaskRow.id,
            TaskRow.instance_id,
            TaskRow.name,
            TaskRow.role,
            TaskRow.unit_id,
            Unit.name,
            TaskRow.assignee_id,
            assignee.name,
            TaskRow.optional,
            TaskRow.stage,
            DueDate.due_on,
        )
        .join(Case, _case.id == TaskRow.instance_id)
        .outerjoin(DueDate, and_(DueDate.task_id == TaskRow.id, DueDate.state == "pending"))
        .outerjoin(Unit, Unit.id == TaskRow.unit_id)
        .outerjoin(assignee, assignee.id == TaskRow.assignee_id)
        .where(TaskRow.state == "open", TaskRow.opens_on <= today, seen_by(visible))
        .where(or_(TaskRow.role.in_(list(roles)), TaskRow.assignee_id == person_id, DueDate.due_on <= due_by))
        .order_by(DueDate.due_on.is_(None), DueDate.due_on, TaskRow.id)
    )
    return [
        OpenTask(task, case, name, role, unit_id, unit, holder_id, holder, optional, stage is not None, due)
        for task, case, name, role, unit_id, unit, holder_id, holder, optional, stage, due in session.execute(query)
    ]


def open_stages(
    session: Session, visible: Visible, stages: Sequence[tuple[str, int, str]], due_by: date
) -> list[OpenStage]:
    """The open cases in some stages (definition, version, stage), and all that are due by a day; nearest first."""
    query = (
        select(Instance.id, Instance.definition_id, Instance.definition_version, Instance.stage, DueDate.due_on)
        .join(Case, _case.id == Instance.id)
        .outerjoin(
            DueDate,
            and_(DueDate.instance_id == Instance.id, DueDate.kind == "stage", DueDate.state == "pending"),
        )
        .where(Instance.closed_on.is_(None), seen_by(visible))
        .where(or_(in_stages(stages), DueDate.due_on <= due_by))
        .order_by(DueDate.due_on.is_(None), DueDate.due_on, Instance.id)
    )
    return [OpenStage(*row) for row in session.execute(query)]


def in_stages(stages: Sequence[tuple[str, int, str]]) -> ColumnElement[bool]:
    """The condition that an instance stands in one of some stages (definition, version, stage)."""
    return or_(
        false(),
        *(
            and_(Instance.definition_id == name, Instance.definition_version == version, Instance.stage == stage)
            for name, version, stage in stages
        ),
    )


def pending_between(session: Session, visible: Visible, first: date | None, last: date) -> list[PendingDate]:
    """The pending days of cases that somebody may see, from a day (None: from ever) to another, in order."""
    query = (
        select(DueDate.id, DueDate.instance_id, DueDate.kind, DueDate.name, DueDate.task_id, DueDate.due_on)
        .join(Case, _case.id == DueDate.instance_id)
        .outerjoin(TaskRow, TaskRow.id == DueDate.task_id)
        .where(DueDate.state == "pending", DueDate.due_on <= last, seen_by(visible))
        .order_by(DueDate.due_on, DueDate.id)
    )
    if first is not None:
        query = query.where(DueDate.due_on >= first)
    return [PendingDate(*row) for row in session.execute(query)]

"""Reads what many instances need at once, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from introduction.store.case import TreatingUnit
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.nouns import ROWS, Row
from introduction.store.task import DueDate, TaskRow


class Named(NamedTuple):
    """Whom an instance names."""

    id: int
    owner_id: int | None
    nominating_unit_id: int | None
    contact_person_id: int | None


@dataclass(frozen=True)
class Gathered:
    """Instances with whom their cases name, some due dates with the tasks of those, and the units that treat."""

    instances: Mapping[int, Instance]
    cases: Mapping[int, Named] = field(default_factory=dict)
    due_dates: Mapping[int, DueDate] = field(default_factory=dict)
    tasks: Mapping[int, TaskRow] = field(default_factory=dict)
    treating: Mapping[int, list[int]] = field(default_factory=dict)

    def unit_of(self, due: DueDate) -> int | None:
        """The unit whose task has the due date; None where it is nobody's in particular."""
        task = self.tasks.get(due.task_id) if due.task_id is not None else None
        return task.unit_id if task is not None else None


def gather(session: Session, instances: Mapping[int, Instance], due_date_ids: Iterable[int]) -> Gathered:
    """Read the rest of some instances as it is now, whatever the session has read before."""
    ids, afresh = list(instances), {"populate_existing": True}
    cases = [named for row in ROWS.values() for named in _named(session, row, ids)]
    wanted = select(DueDate).where(DueDate.id.in_(list(due_date_ids)))
    dates = list(session.scalars(wanted, execution_options=afresh))
    theirs = select(TaskRow).where(TaskRow.id.in_([due.task_id for due in dates if due.task_id is not None]))
    tasks = session.scalars(theirs, execution_options=afresh)
    treating: dict[int, list[int]] = {}
    for case_id, unit_id in session.execute(
        select(TreatingUnit.case_id, TreatingUnit.unit_id)
        .where(TreatingUnit.case_id.in_(ids))
        .order_by(TreatingUnit.case_id, TreatingUnit.unit_id)
    ):
        treating.setdefault(case_id, []).append(unit_id)
    return Gathered(
        instances,
        {case.id: case for case in cases},
        {due.id: due for due in dates},
        {task.id: task for task in tasks},
        treating,
    )


def _named(session: Session, row: type[Row], ids: list[int]) -> list[Named]:
    columns = row.__table__.c
    named = (row.owner_column, row.unit_column, row.contact_column)
    if not any(named):
        return []
    asked = [columns[name] if name else null() for name in named]
    return [Named(*found) for found in session.execute(select(columns.id, *asked).where(columns.id.in_(ids)))]


@dataclass(frozen=True)
class Name:
    """What an instance is called."""

    subject: str
    number: str
    medicine: str
    indication: str
    example: bool
    financed_until: date | None = None  #: of a case: the last day that the region pays


def names(session: Session, instance_ids: Iterable[int]) -> dict[int, Name]:
    """What some instances are called, by id."""
    ids, found = list(instance_ids), {}
    for subject, noun in ROWS.items():
        row = noun.__table__.c
        until = row.get("financed_until", null())
        query = (
            select(row.id, row.public_number, Medicine.name, Indication.text, row.example, until)
            .join(Medicine, Medicine.id == row.medicine_id)
            .join(Indication, Indication.id == row.indication_id)
            .where(row.id.in_(ids))
        )
        for instance_id, *called in session.execute(query):
            found[instance_id] = Name(subject, *called)
    return found

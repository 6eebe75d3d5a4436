"""What some units have to do with money: grants that they may draw on, claims, applications and tasks. A query each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from introduction.store.application import FundingApplication
from introduction.store.case import Case, TreatingUnit
from introduction.store.claim import Claim
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.task import DueDate, TaskRow
from introduction.store.unit import Unit

_case, _claim, _application = Case.__table__.c, Claim.__table__.c, FundingApplication.__table__.c


@dataclass(frozen=True)
class GrantLine:
    """A grant that some units may draw on, and what it is for."""

    grant: GrantRow
    region_id: int
    administration: str
    medicine: str
    indication: str
    number: str  #: of the case, else of the application
    of_case: bool


@dataclass(frozen=True)
class FileLine:
    """A claim or an application of some units, where it stands, and by when that stage should be left.

    ``amount_ore`` is the extra cost that is claimed, or applied for; ``answer_by`` is the day that applicants are told.
    """

    id: int
    number: str
    unit: str
    medicine: str
    indication: str
    definition: tuple[str, int]
    stage: str
    since: date
    due_on: date | None
    first: date | None  #: the period
    last: date | None
    example: bool
    amount_ore: int | None
    answer_by: date | None = None


@dataclass(frozen=True)
class TaskLine:
    """An open task of one of some units in a case."""

    id: int
    name: str
    unit: str
    medicine: str
    number: str
    definition: tuple[str, int]
    opens_on: date
    due_on: date | None


@dataclass(frozen=True)
class Counted:
    """How many claims stand in a stage of a process, and what they come to."""

    definition: tuple[str, int]
    stage: str
    count: int
    amount_ore: int


def grants(
    session: Session, unit_ids: Collection[int], administration_ids: Collection[int], since: int,
    others: Iterable[int] = (),
) -> list[GrantLine]:  # fmt: skip
    """The grants, from a budget year on, to some administrations for cases in which some units treat; and of their own.

    ``others`` are grants that concern them in another way. Those in the books only, the newest year first.
    """
    own, over = list(unit_ids), list(administration_ids)
    treated = select(TreatingUnit.case_id).where(TreatingUnit.unit_id.in_(own))
    query = (
        select(
            GrantRow, func.coalesce(_case.region_id, _application.region_id), Unit.name, Medicine.name, Indication.text,
            _case.public_number, _application.public_number,
        )
        .outerjoin(Case, _case.id == GrantRow.case_id)
        .outerjoin(FundingApplication, _application.id == GrantRow.application_id)
        .join(Medicine, Medicine.id == func.coalesce(_case.medicine_id, _application.medicine_id))
        .join(Indication, Indication.id == func.coalesce(_case.indication_id, _application.indication_id))
        .join(Unit, Unit.id == GrantRow.unit_id)
        .where(GrantRow.fund_id.is_not(None), GrantRow.budget_year >= since, GrantRow.unit_id.in_(over))
        .where(or_(GrantRow.case_id.in_(treated), _application.unit_id.in_(own), GrantRow.id.in_(list(others))))
        .order_by(GrantRow.budget_year.desc(), Medicine.sort_key, GrantRow.id)
    )  # fmt: skip
    return [
        GrantLine(grant, region, administration, medicine, indication, case or application, case is not None)
        for grant, region, administration, medicine, indication, case, application in session.execute(query)
    ]


def open_claims(session: Session, unit_ids: Iterable[int]) -> list[FileLine]:
    """The claims of some units that have not ended, the longest waiting first."""
    query = _files(_claim, _claim.extra_cost_ore).where(_claim.unit_id.in_(list(unit_ids)))
    rows = session.execute(query.where(Instance.closed_on.is_(None)))
    return [_line(row, row[-1]) for row in rows]


def applications(session: Session, unit_ids: Iterable[int], closed_since: date) -> list[FileLine]:
    """The applications of some units that have not ended, or ended on a day or later; the longest waiting first."""
    query = _files(_application, _application.answer_by, _application.need_by_month)
    query = query.where(_application.unit_id.in_(list(unit_ids)))
    rows = session.execute(query.where(or_(Instance.closed_on.is_(None), Instance.closed_on >= closed_since)))
    return [_line(row, sum(row[-1].values()) if row[-1] else None, row[-2]) for row in rows]


def claims_by_stage(session: Session, unit_ids: Iterable[int], since: date) -> list[Counted]:
    """How many claims of some units stand in each stage: those that have not ended, or ended on a day or later."""
    of = (Instance.definition_id, Instance.definition_version, Instance.stage)
    amount = func.coalesce(func.sum(func.coalesce(_claim.approved_ore, _claim.extra_cost_ore)), 0)
    query = select(*of, func.count(), amount).join(Claim, _claim.id == Instance.id)
    query = query.where(_claim.unit_id.in_(list(unit_ids)))
    query = query.where(or_(Instance.closed_on.is_(None), Instance.closed_on >= since)).group_by(*of)
    return [
        Counted((name, version), stage, count, int(total))
        for name, version, stage, count, total in session.execute(query)
    ]


def tasks(session: Session, unit_ids: Iterable[int], names: Iterable[str], until: date) -> list[TaskLine]:
    """The open tasks of some names that some units have, or get by a day, the nearest first."""
    query = (
        select(
            TaskRow.id, TaskRow.name, Unit.name, Medicine.name, _case.public_number, Instance.definition_id,
            Instance.definition_version, TaskRow.opens_on, DueDate.due_on,
        )
        .join(Instance, Instance.id == TaskRow.instance_id)
        .join(Case, _case.id == Instance.id)
        .join(Medicine, Medicine.id == _case.medicine_id)
        .join(Unit, Unit.id == TaskRow.unit_id)
        .outerjoin(DueDate, and_(DueDate.task_id == TaskRow.id, DueDate.state == "pending"))
        .where(TaskRow.unit_id.in_(list(unit_ids)), TaskRow.name.in_(list(names)))
        .where(TaskRow.state == "open", TaskRow.opens_on <= until)
        .order_by(DueDate.due_on.is_(None), DueDate.due_on, TaskRow.id)
    )  # fmt: skip
    return [
        TaskLine(task, name, unit, medicine, number, (process, version), opens, due)
        for task, name, unit, medicine, number, process, version, opens, due in session.execute(query)
    ]


def _files(noun: Any, *more: Any) -> Select[Any]:
    return (
        select(
            Instance.id, noun.public_number, Unit.name, Medicine.name, Indication.text, Instance.definition_id,
            Instance.definition_version, Instance.stage, Instance.stage_entered_on, DueDate.due_on, noun.period_from,
            noun.period_to, noun.example, *more,
        )
        .join(Instance, Instance.id == noun.id)
        .join(Medicine, Medicine.id == noun.medicine_id)
        .join(Indication, Indication.id == noun.indication_id)
        .join(Unit, Unit.id == noun.unit_id)
        .outerjoin(
            DueDate,
            and_(DueDate.instance_id == Instance.id, DueDate.kind == "stage", DueDate.state == "pending"),
        )
        .order_by(Instance.stage_entered_on, Instance.id)
    )  # fmt: skip


def _line(row: Sequence[Any], amount_ore: int | None, answer_by: date | None = None) -> FileLine:
    """The line of a row of ``_files``; what was asked for beyond its own columns is told beside."""
    told: list[Any] = [*row[:5], (row[5], row[6]), *row[7:13], amount_ore, answer_by]
    return FileLine(*told)

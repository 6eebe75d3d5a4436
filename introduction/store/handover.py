"""What a handover is seen by: what was paid so far, and what units have answered or are asked in many cases at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from introduction.domain.funding import Account
from introduction.store.claim import Claim
from introduction.store.decision import Decision
from introduction.store.follow_up import HandoverConfirmation
from introduction.store.grant import GrantRow
from introduction.store.posting import Posting
from introduction.store.task import DueDate, TaskRow

_claim = Claim.__table__.c


@dataclass(frozen=True)
class Asked:
    """An open task of a unit in a case, and by when it should be done."""

    task_id: int
    case_id: int
    unit_id: int
    name: str
    due_on: date | None


def paid_by_unit(session: Session, case_id: int) -> dict[int, int]:
    """What the fund has paid of a case's claims less what came back, in öre, by the unit that claimed."""
    paid = Account.PAID.value
    signed = case((Posting.target == paid, Posting.amount_ore), else_=-Posting.amount_ore)
    query = (
        select(_claim.unit_id, func.sum(signed))
        .join(Posting, Posting.instance_id == _claim.id)
        .join(GrantRow, GrantRow.id == _claim.grant_id)
        .where(GrantRow.case_id == case_id, or_(Posting.target == paid, Posting.source == paid))
        .group_by(_claim.unit_id)
    )
    return {unit_id: int(amount) for unit_id, amount in session.execute(query)}


def answers_in(
    session: Session, case_ids: Collection[int], unit_ids: Collection[int]
) -> dict[tuple[int, int], HandoverConfirmation]:
    """The last answer at the handover of some units in some cases, by case and unit."""
    row = HandoverConfirmation
    query = select(row).where(row.case_id.in_(list(case_ids)), row.unit_id.in_(list(unit_ids))).order_by(row.id)
    return {(answer.case_id, answer.unit_id): answer for answer in session.scalars(query)}


def asked_in(
    session: Session, case_ids: Collection[int], unit_ids: Collection[int], names: Collection[str], today: date
) -> list[Asked]:
    """The open tasks of some names that some units have in some cases, the nearest day first."""
    query = (
        select(TaskRow.id, TaskRow.instance_id, TaskRow.unit_id, TaskRow.name, DueDate.due_on)
        .outerjoin(DueDate, and_(DueDate.task_id == TaskRow.id, DueDate.state == "pending"))
        .where(TaskRow.instance_id.in_(list(case_ids)), TaskRow.unit_id.in_(list(unit_ids)))
        .where(TaskRow.name.in_(list(names)), TaskRow.state == "open", TaskRow.opens_on <= today)
        .order_by(DueDate.due_on.is_(None), DueDate.due_on, TaskRow.id)
    )
    return [Asked(task, of, unit or 0, name, due) for task, of, unit, name, due in session.execute(query)]


def decided_again(session: Session, case_ids: Collection[int], outcomes: Collection[str]) -> dict[int, datetime]:
    """When the last decision with one of some outcomes was recorded, by case; those with only one are left out."""
    query = select(Decision.case_id, func.max(Decision.recorded_at)).group_by(Decision.case_id)
    query = query.where(Decision.case_id.in_(list(case_ids)), Decision.outcome.in_(list(outcomes)))
    return {case_id: moment for case_id, moment in session.execute(query.having(func.count() > 1))}

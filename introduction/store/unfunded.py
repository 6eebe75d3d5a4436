"""What tells whether an introduction has money for the years that it was approved for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from introduction.store.case import Case
from introduction.store.decision import ON_THE_CASE, Decision
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance

_case = Case.__table__.c


@dataclass(frozen=True)
class Period:
    """A case with the days between which the region pays."""

    id: int
    region_id: int
    introduction_start: date | None
    financed_until: date | None


def periods(session: Session, case_ids: Collection[int]) -> list[Period]:
    """The financed period of those of some cases that have not ended."""
    query = select(_case.id, _case.region_id, _case.introduction_start, _case.financed_until)
    query = query.join(Instance, Instance.id == _case.id)
    query = query.where(_case.id.in_(case_ids), Instance.closed_on.is_(None))
    return [Period(*row) for row in session.execute(query.order_by(_case.id))]


def last_outcomes(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """The outcome of the latest decision on those of some cases that have one."""
    query = select(Decision.case_id, Decision.outcome).where(Decision.case_id.in_(case_ids), ON_THE_CASE)
    query = query.order_by(Decision.id)
    return {case_id: outcome for case_id, outcome in session.execute(query)}


def years_granted(session: Session, case_ids: Collection[int]) -> dict[int, set[int]]:
    """The budget years for which some cases have money; what was lowered or settled to nothing is none."""
    query = select(GrantRow.case_id, GrantRow.budget_year).distinct()
    query = query.where(GrantRow.case_id.in_(case_ids), GrantRow.ceiling_ore > 0)
    found: dict[int, set[int]] = {}
    for case_id, year in session.execute(query):
        if case_id is not None:
            found.setdefault(case_id, set()).add(year)
    return found


def financed(session: Session, region_ids: Iterable[int], today: date) -> list[int]:
    """The open cases of some regions whose financed period is not over, in Swedish order by name."""
    query = select(_case.id).join(Instance, Instance.id == _case.id)
    query = query.where(
        _case.region_id.in_(list(region_ids)), _case.financed_until >= today, Instance.closed_on.is_(None)
    )
    return list(session.scalars(query.order_by(_case.sort_key, _case.id)))

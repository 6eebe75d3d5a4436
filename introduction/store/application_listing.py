"""Lists of applications: one query each, plain rows, a constant number of statements however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from introduction.domain.roles import Visible
from introduction.store.application import FundingApplication, OwnSaving
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.medicine import Indication, Medicine
from introduction.store.posting import MoneyDecision
from introduction.store.reservation import Reservation
from introduction.store.unit import Unit

_own = FundingApplication.__table__.c
_case = Case.__table__.c


@dataclass(frozen=True)
class ApplicationRow:
    """An application as lists show it. Amounts are öre."""

    id: int
    number: str
    region_id: int
    medicine: str
    indication: str
    unit_id: int
    unit: str
    case_id: int | None
    case_number: str | None
    rank: int | None
    financed_until: date | None
    budget_year: int | None
    patients: int | None
    period_from: date | None
    period_to: date | None
    need_by_month: dict[str, int] | None
    proposed_ore: int | None
    place: int | None
    submitted_on: date | None
    answer_by: date | None
    delay_reason: str | None
    definition_id: str
    definition_version: int
    stage: str
    stage_entered_on: date
    closed_on: date | None
    example: bool
    savings_ore: int  #: the own savings that can be made, confirmed or not
    unconfirmed: int  #: how many own savings have not been examined

    @property
    def need_ore(self) -> int:
        """The need of all months."""
        return sum((self.need_by_month or {}).values())


@dataclass(frozen=True)
class Settled:
    """How an application was settled last."""

    outcome: str
    granted_ore: int | None
    decided_on: date


def of_year(session: Session, region_id: int, budget_year: int) -> list[ApplicationRow]:
    """The applications of a region for a budget year, as the council has put them; then as they came in."""
    placed = (_own.place.is_(None), _own.place, _own.submitted_on, Instance.id)
    return _rows(session, and_(_own.region_id == region_id, _own.budget_year == budget_year), *placed)


def seen(session: Session, visible: Visible) -> list[ApplicationRow]:
    """The applications that somebody may list, the newest first."""
    shown = or_(_own.region_id.in_(sorted(visible.region_ids)), _own.unit_id.in_(sorted(visible.unit_ids)))
    return _rows(session, shown, Instance.id.desc())


def handed_in(session: Session, region_id: int) -> list[ApplicationRow]:
    """The applications of a region that have been handed in and wait for an answer, as they came in."""
    waits = and_(_own.region_id == region_id, _own.submitted_on.is_not(None), Instance.closed_on.is_(None))
    return _rows(session, waits, _own.submitted_on, Instance.id)


def years(session: Session, region_id: int) -> list[int]:
    """The budget years that a region's applications are for, in order."""
    query = select(_own.budget_year).where(_own.region_id == region_id, _own.budget_year.is_not(None)).distinct()
    return sorted(year for year in session.scalars(query) if year is not None)


def waiting_years(session: Session, region_id: int) -> list[int]:
    """The budget years of the applications of a region that have been handed in and not ended, in order."""
    waits = and_(_own.region_id == region_id, _own.submitted_on.is_not(None), Instance.closed_on.is_(None))
    query = select(_own.budget_year).join(Instance, Instance.id == _own.id).where(waits).distinct()
    return sorted(year for year in session.scalars(query) if year is not None)


def settled(session: Session, ids: Iterable[int]) -> dict[int, Settled]:
    """How some applications were settled, by id."""
    query = select(MoneyDecision).where(MoneyDecision.instance_id.in_(list(ids)), MoneyDecision.outcome.is_not(None))
    return {
        row.instance_id: Settled(row.outcome or "", row.granted_ore, row.decided_on)
        for row in session.scalars(query.order_by(MoneyDecision.id))
        if row.instance_id is not None
    }


def reserved(session: Session, fund_id: int, ids: Iterable[int]) -> int:
    """What a fund holds for some applications, in öre."""
    query = select(func.sum(Reservation.left_ore)).where(Reservation.fund_id == fund_id)
    return int(session.scalar(query.where(Reservation.instance_id.in_(list(ids)))) or 0)


def _rows(session: Session, shown: ColumnElement[bool], *order: Any) -> list[ApplicationRow]:
    saving = OwnSaving
    told = (
        select(
            saving.application_id.label("of"),
            func.sum(saving.amount_ore).filter(saving.state != "not_possible").label("ore"),
            func.count().filter(saving.confirmed_at.is_(None)).label("unconfirmed"),
        )
        .group_by(saving.application_id)
        .subquery()
    )
    unit = aliased(Unit)
    query = (
        select(
            _own.id, _own.public_number, _own.region_id, Medicine.name, Indication.text, _own.unit_id, unit.name,
            _own.case_id, _case.public_number, _case.rank, _case.financed_until, _own.budget_year, _own.patients,
            _own.period_from, _own.period_to, _own.need_by_month, _own.proposed_ore, _own.place, _own.submitted_on,
            _own.answer_by, _own.delay_reason,
            Instance.definition_id, Instance.definition_version, Instance.stage, Instance.stage_entered_on,
            Instance.closed_on, _own.example, func.coalesce(told.c.ore, 0), func.coalesce(told.c.unconfirmed, 0),
        )
        .select_from(FundingApplication)
        .join(Instance, Instance.id == _own.id)
        .join(Medicine, Medicine.id == _own.medicine_id)
        .join(Indication, Indication.id == _own.indication_id)
        .join(unit, unit.id == _own.unit_id)
        .outerjoin(Case, _case.id == _own.case_id)
        .outerjoin(told, told.c.of == _own.id)
        .where(shown)
        .order_by(*order)
    )  # fmt: skip
    return [ApplicationRow(*(*found[:-2], int(found[-2]), int(found[-1]))) for found in session.execute(query)]

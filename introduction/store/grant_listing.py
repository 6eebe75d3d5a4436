"""Lists of a fund's grants and reservations: plain rows, a constant number of statements whatever the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from introduction.domain.funding import IN_GRANT, Account
from introduction.domain.swedish import fold
from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.medicine import Medicine
from introduction.store.reservation import Reservation
from introduction.store.unit import Unit

_case, _application = Case.__table__.c, FundingApplication.__table__.c


@dataclass(frozen=True)
class GrantFilter:
    """What a list of grants is narrowed to; it lives in the address. Empty means everything."""

    text: str = ""
    unit_id: int | None = None
    left: str = ""  #: "left": with room to claim; "used": without; "settled"

    @property
    def narrows(self) -> bool:
        """True where anything is asked for."""
        return bool(fold(self.text) or self.unit_id or self.left)


@dataclass(frozen=True)
class GrantLine:
    """A grant as a list shows it; amounts in öre."""

    id: int
    subject: str  #: of what it is for: "case" or "funding_application"
    number: str
    medicine: str
    unit: str
    ceiling_ore: int
    paid_ore: int
    approved_ore: int
    claimed_ore: int
    unclaimed_ore: int
    settled_on: date | None
    example: bool


@dataclass(frozen=True)
class GrantSums:
    """How many grants a filter finds, and what they come to."""

    grants: int
    ceiling_ore: int = 0
    in_grant: dict[Account, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReservationLine:
    """Money that is held for something."""

    id: int
    subject: str
    number: str
    medicine: str
    left_ore: int
    reason: str
    made_by: int | None
    made_at: datetime


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(GrantRow)
        .outerjoin(Case, _case.id == GrantRow.case_id)
        .outerjoin(FundingApplication, _application.id == GrantRow.application_id)
        .join(Medicine, Medicine.id == func.coalesce(_case.medicine_id, _application.medicine_id))
    )


def _narrowed(fund_id: int, wanted: GrantFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [true(), GrantRow.fund_id == fund_id]
    for word in fold(wanted.text).split()[:8]:
        number = func.lower(func.coalesce(_case.public_number, _application.public_number))
        parts.append(or_(Medicine.folded.contains(word, autoescape=True), number.contains(word, autoescape=True)))
    if wanted.unit_id is not None:
        parts.append(GrantRow.unit_id == wanted.unit_id)
    if wanted.left == "settled":
        parts.append(GrantRow.settled_on.is_not(None))
    elif wanted.left:
        parts.append(GrantRow.unclaimed_ore > 0 if wanted.left == "left" else GrantRow.unclaimed_ore == 0)
    return and_(*parts)


def grants(session: Session, fund_id: int, wanted: GrantFilter, *, limit: int, offset: int = 0) -> list[GrantLine]:
    """A fund's grants that the filter finds, by medicine in Swedish order and administration."""
    numbers = func.coalesce(_case.public_number, _application.public_number)
    amounts = [getattr(GrantRow, f"{account}_ore") for account in IN_GRANT]
    query = select(
        GrantRow.id, GrantRow.case_id, numbers, Medicine.name, Unit.name, GrantRow.ceiling_ore, *amounts,
        GrantRow.settled_on, func.coalesce(_case.example, _application.example),
    )  # fmt: skip
    query = _joined(query).outerjoin(Unit, Unit.id == GrantRow.unit_id).where(_narrowed(fund_id, wanted))
    query = query.order_by(Medicine.sort_key, numbers, Unit.sort_key, GrantRow.id).limit(limit).offset(offset)
    return [
        GrantLine(grant_id, "case" if case_id is not None else "funding_application", number, medicine, unit or "",
                  *rest)
        for grant_id, case_id, number, medicine, unit, *rest in session.execute(query)
    ]  # fmt: skip


def sums(session: Session, fund_id: int, wanted: GrantFilter) -> GrantSums:
    """How many of a fund's grants the filter finds, and what they come to."""
    amounts = [func.sum(getattr(GrantRow, f"{account}_ore")) for account in IN_GRANT]
    query = select(func.count(GrantRow.id), func.sum(GrantRow.ceiling_ore), *amounts)
    query = _joined(query) if fold(wanted.text) else query.select_from(GrantRow)
    count, ceiling, *found = session.execute(query.where(_narrowed(fund_id, wanted))).one()
    return GrantSums(
        count, int(ceiling or 0), {account: int(ore or 0) for account, ore in zip(IN_GRANT, found, strict=True)}
    )


def reservations(session: Session, fund_id: int) -> list[ReservationLine]:
    """What is reserved in a fund, oldest first."""
    query = (
        select(
            Reservation.id, Instance.subject, func.coalesce(_case.public_number, _application.public_number),
            Medicine.name, Reservation.left_ore, Reservation.reason, Reservation.made_by, Reservation.made_at,
        )
        .join(Instance, Instance.id == Reservation.instance_id)
        .outerjoin(Case, _case.id == Instance.id)
        .outerjoin(FundingApplication, _application.id == Instance.id)
        .join(Medicine, Medicine.id == func.coalesce(_case.medicine_id, _application.medicine_id))
        .where(Reservation.fund_id == fund_id, Reservation.left_ore > 0)
        .order_by(Reservation.id)
    )  # fmt: skip
    return [ReservationLine(*row) for row in session.execute(query)]


def administrations(session: Session, fund_id: int) -> Sequence[tuple[int, str]]:
    """The administrations that have grants of a fund, in Swedish order."""
    holding = select(GrantRow.unit_id).where(GrantRow.fund_id == fund_id)
    query = select(Unit.id, Unit.name).where(Unit.id.in_(holding)).order_by(Unit.sort_key, Unit.id)
    return [(unit_id, name) for unit_id, name in session.execute(query)]

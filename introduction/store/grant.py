"""Money granted: a ceiling for a case or an application, an administration and a budget year.

A grant of a fund has four amounts, which always add up to its ceiling; none can be overdrawn. One without a fund is
from before the books: its ceiling is known and nothing can be claimed of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.funding import IN_GRANT, Account
from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime


class GrantRow(Base):
    """Up to how much an administration may draw in a budget year, in öre. Without unit: for the whole region."""

    __tablename__ = "grant_row"
    __table_args__ = (
        UniqueConstraint("case_id", "unit_id", "budget_year"),
        UniqueConstraint("application_id"),
        CheckConstraint(f"ceiling_ore BETWEEN 0 AND {MAX_ORE}", name="ceiling_bounds"),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
        CheckConstraint("case_id IS NOT NULL OR application_id IS NOT NULL", name="of_something"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="valid_in_order"),
        *(CheckConstraint(f"{account}_ore >= 0", name=f"{account}_not_overdrawn") for account in IN_GRANT),
        CheckConstraint(
            "fund_id IS NULL OR " + " + ".join(f"{account}_ore" for account in IN_GRANT) + " = ceiling_ore",
            name="adds_up",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("funding_application.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    budget_year: Mapped[int]
    ceiling_ore: Mapped[int] = mapped_column(BigInteger)
    unclaimed_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    approved_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    valid_from: Mapped[date | None]  #: pays for costs from this day; without it from the year's first
    valid_until: Mapped[date | None]
    settled_on: Mapped[date | None]  #: what was left has gone back; nothing more is claimed
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def amount(self, account: Account) -> int:
        """What is in one of the four amounts, in öre."""
        return int(getattr(self, f"{account}_ore"))


def get(session: Session, grant_id: int) -> GrantRow:
    """The grant. Raises NotFound."""
    found = session.get(GrantRow, grant_id)
    if found is None:
        raise NotFound(f"grant {grant_id}")
    return found


def some(session: Session, grant_ids: Iterable[int]) -> dict[int, GrantRow]:
    """Some grants, by id."""
    return {row.id: row for row in session.scalars(select(GrantRow).where(GrantRow.id.in_(list(grant_ids))))}


def lock(session: Session, grant_ids: Iterable[int]) -> dict[int, GrantRow]:
    """Some grants, locked until the transaction ends, always in the same order. New claims on them do not wait."""
    query = select(GrantRow).where(GrantRow.id.in_(sorted(set(grant_ids)))).order_by(GrantRow.id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {grant.id: grant for grant in session.scalars(query)}


_GRANTS = (
    select(GrantRow).where(GrantRow.case_id == bindparam("case_id")).order_by(GrantRow.budget_year, GrantRow.unit_id)
)


def grants_of(session: Session, case_id: int) -> list[GrantRow]:
    """A case's grants by year and administration."""
    return list(session.scalars(_GRANTS, {"case_id": case_id}))


def of_application(session: Session, application_id: int) -> GrantRow | None:
    """The grant that an application gave; None where it raised a case's grant, or gave nothing."""
    return session.scalar(select(GrantRow).where(GrantRow.application_id == application_id))


def of_units(session: Session, unit_ids: Iterable[int]) -> list[GrantRow]:
    """The grants of some administrations that are in the books, the newest year first."""
    query = select(GrantRow).where(GrantRow.unit_id.in_(list(unit_ids)), GrantRow.fund_id.is_not(None))
    return list(session.scalars(query.order_by(GrantRow.budget_year.desc(), GrantRow.id)))


def holding(session: Session, case_id: int, unit_id: int, budget_year: int) -> GrantRow | None:
    """A case's grant of an administration and year; None when there is none."""
    query = select(GrantRow).where(
        GrantRow.case_id == case_id, GrantRow.unit_id == unit_id, GrantRow.budget_year == budget_year
    )
    return session.scalar(query)

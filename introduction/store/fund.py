"""Funds: what a region has set aside for new medicines in a budget year, and where each krona of it is.

The six amounts are kept on the row and change with each posting (store/posting.py). That they add up to what was
appropriated, and that none of them is overdrawn, is held by the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.funding import HOLDERS, IN_FUND, Account
from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime, one_of


class Fund(Base):
    """A fund of a region and a budget year, with the position of its money. An invented one may stand beside it."""

    __tablename__ = "fund"
    __table_args__ = (
        UniqueConstraint("region_id", "budget_year", "held_by", "example"),
        one_of("held_by", HOLDERS),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
        CheckConstraint(f"appropriated_ore BETWEEN 0 AND {MAX_ORE}", name="appropriation_bounds"),
        *(CheckConstraint(f"{account}_ore >= 0", name=f"{account}_not_overdrawn") for account in IN_FUND),
        CheckConstraint(
            " + ".join(f"{account}_ore" for account in IN_FUND) + " = appropriated_ore", name="adds_up"
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    budget_year: Mapped[int]
    held_by: Mapped[str] = mapped_column(String(12), default="region")
    source: Mapped[str] = mapped_column(String(300))  #: where the money comes from
    budget_line: Mapped[str | None] = mapped_column(String(80))
    appropriated_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    unreserved_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    unclaimed_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    approved_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    example: Mapped[bool] = mapped_column(default=False, server_default=false())
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def amount(self, account: Account) -> int:
        """What is in one of the six amounts, in öre."""
        return int(getattr(self, f"{account}_ore"))


def get(session: Session, fund_id: int) -> Fund:
    """The fund. Raises NotFound."""
    found = session.get(Fund, fund_id)
    if found is None:
        raise NotFound(f"fund {fund_id}")
    return found


def lock(session: Session, fund_ids: Iterable[int]) -> dict[int, Fund]:
    """Some funds, locked until the transaction ends, always in the same order."""
    query = select(Fund).where(Fund.id.in_(sorted(set(fund_ids)))).order_by(Fund.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    return {fund.id: fund for fund in session.scalars(query)}


def of_region(session: Session, region_id: int) -> list[Fund]:
    """A region's funds, by year; the region's own before the council's."""
    query = select(Fund).where(Fund.region_id == region_id)
    return list(session.scalars(query.order_by(Fund.budget_year, Fund.held_by.desc(), Fund.example)))


def of_year(
    session: Session, region_id: int, budget_year: int, held_by: str = "region", *, example: bool = False
) -> Fund | None:
    """The fund of a year and holder that an instance draws on; None when there is none.

    An invented instance draws on an invented fund only; a real one on a real fund, else on an invented one.
    """
    query = select(Fund).where(Fund.region_id == region_id, Fund.budget_year == budget_year, Fund.held_by == held_by)
    if example:
        query = query.where(Fund.example)
    return session.scalars(query.order_by(Fund.example).limit(1)).first()


def opened(session: Session, region_id: int, budget_year: int, held_by: str, *, example: bool) -> Fund | None:
    """The fund of a year and holder, real or invented as asked for; None when there is none."""
    query = select(Fund).where(
        Fund.region_id == region_id, Fund.budget_year == budget_year, Fund.held_by == held_by, Fund.example == example
    )
    return session.scalar(query)

"""The ceiling of a region's introduction fund in each budget year, as decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime

_HOLDS = text("replaced_at IS NULL")


class FundCeiling(Base):
    """So much for a budget year. A new figure replaces the row and keeps it."""

    __tablename__ = "fund_ceiling"
    __table_args__ = (
        CheckConstraint(f"amount_ore BETWEEN 0 AND {MAX_ORE}", name="amount_bounds"),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
        Index(
            "uq_fund_ceiling_holds",
            "region_id",
            "budget_year",
            unique=True,
            postgresql_where=_HOLDS,
            sqlite_where=_HOLDS,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    budget_year: Mapped[int]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def ceilings_of(session: Session, region_id: int) -> dict[int, FundCeiling]:
    """The ceilings that hold in a region, by budget year."""
    query = select(FundCeiling).where(FundCeiling.region_id == region_id, FundCeiling.replaced_at.is_(None))
    return {row.budget_year: row for row in session.scalars(query.order_by(FundCeiling.budget_year))}


def replaced_of(session: Session, region_id: int) -> list[FundCeiling]:
    """The ceilings that held once, by budget year and the newest first."""
    query = select(FundCeiling).where(FundCeiling.region_id == region_id, FundCeiling.replaced_at.is_not(None))
    return list(session.scalars(query.order_by(FundCeiling.budget_year, FundCeiling.id.desc())))


def holding(session: Session, region_id: int, budget_year: int) -> FundCeiling | None:
    """The ceiling of a year, read afresh; None when there is none."""
    query = select(FundCeiling).where(
        FundCeiling.region_id == region_id, FundCeiling.budget_year == budget_year, FundCeiling.replaced_at.is_(None)
    )
    return session.scalar(query.execution_options(populate_existing=True))

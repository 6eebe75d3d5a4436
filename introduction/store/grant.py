"""Money granted: a ceiling for a case, an administration and a budget year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime


class GrantRow(Base):
    """Up to how much an administration may draw in a budget year, in öre. Without unit: for the whole region."""

    __tablename__ = "grant_row"
    __table_args__ = (
        UniqueConstraint("case_id", "unit_id", "budget_year"),
        CheckConstraint(f"ceiling_ore BETWEEN 0 AND {MAX_ORE}", name="ceiling_bounds"),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    budget_year: Mapped[int]
    ceiling_ore: Mapped[int] = mapped_column(BigInteger)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def grants_of(session: Session, case_id: int) -> list[GrantRow]:
    """A case's grants by year and administration."""
    query = select(GrantRow).where(GrantRow.case_id == case_id)
    return list(session.scalars(query.order_by(GrantRow.budget_year, GrantRow.unit_id)))

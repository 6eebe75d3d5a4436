"""Expected savings of a region beside the cases: patents that expire, biosimilars, switches, phase-outs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.money import MAX_ORE
from introduction.store.base import Base, UtcDateTime, one_of

SAVING_KINDS = ("patent_expiry", "biosimilar", "switch", "phase_out", "other")


class Saving(Base):
    """A saving that the region expects. It is ended and entered anew, never changed."""

    __tablename__ = "saving"
    __table_args__ = (one_of("kind", SAVING_KINDS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(160))
    atc: Mapped[str | None] = mapped_column(String(8))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  #: an administration; none: the whole region
    source: Mapped[str] = mapped_column(Text)
    example: Mapped[bool] = mapped_column(default=False)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavingYear(Base):
    """What a saving is expected to come to in a budget year, and its least and greatest. Above zero saves."""

    __tablename__ = "saving_year"
    __table_args__ = (
        CheckConstraint("low_ore <= amount_ore AND amount_ore <= high_ore", name="range_holds_amount"),
        CheckConstraint(f"low_ore >= -{MAX_ORE} AND high_ore <= {MAX_ORE}", name="amount_bounds"),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
    )

    saving_id: Mapped[int] = mapped_column(ForeignKey("saving.id"), primary_key=True)
    budget_year: Mapped[int] = mapped_column(primary_key=True)
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    low_ore: Mapped[int] = mapped_column(BigInteger)
    high_ore: Mapped[int] = mapped_column(BigInteger)


def savings_of(session: Session, region_id: int, *, ended: bool = False) -> list[Saving]:
    """A region's savings in the order in which they were entered: those that hold, or with ``ended`` the others."""
    query = select(Saving).where(Saving.region_id == region_id)
    query = query.where(Saving.ended_at.is_not(None) if ended else Saving.ended_at.is_(None))
    return list(session.scalars(query.order_by(Saving.id)))


def years_of(session: Session, saving_ids: Iterable[int]) -> dict[int, list[SavingYear]]:
    """The years of some savings, by saving; one statement."""
    query = select(SavingYear).where(SavingYear.saving_id.in_(list(saving_ids)))
    found: dict[int, list[SavingYear]] = {}
    for row in session.scalars(query.order_by(SavingYear.saving_id, SavingYear.budget_year)):
        found.setdefault(row.saving_id, []).append(row)
    return found


def lock(session: Session, saving_id: int) -> Saving:
    """The saving, locked until the transaction ends. Raises NotFound."""
    query = select(Saving).where(Saving.id == saving_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"saving {saving_id}")
    return found

"""Rounds (etapper): the occasions when a region takes its decisions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, PartialDate


class Round(Base):
    """A round, also one of which only the record is known (how many items, up to how much money)."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("region_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    name: Mapped[str] = mapped_column(String(120))
    cut_off: Mapped[date | None]
    decided_on: Mapped[str | None] = mapped_column(PartialDate)
    body: Mapped[str | None] = mapped_column(String(160))
    outcome: Mapped[str | None] = mapped_column(String(200))
    items: Mapped[int | None] = mapped_column(Integer)
    ceiling_ore: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_year: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)


def rounds_of(session: Session, region_id: int) -> list[Round]:
    """A region's rounds, newest first."""
    return list(session.scalars(select(Round).where(Round.region_id == region_id).order_by(Round.name.desc())))

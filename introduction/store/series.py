"""Number series: public numbers such as VGR-2026-0042, drawn in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, insert_if_new


class NumberSeries(Base):
    """The last number drawn in a series (a prefix and a year)."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def draw(session: Session, prefix: str, year: int) -> str:
    """The next number of a series. The row is locked, so two cases never get the same number."""
    name = f"{prefix}-{year}"
    insert_if_new(session, NumberSeries, name=name, last=0)
    series = session.scalars(select(NumberSeries).where(NumberSeries.name == name).with_for_update()).one()
    series.last += 1
    session.flush()
    return f"{name}-{series.last:04d}"

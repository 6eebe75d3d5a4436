"""Number series: public numbers such as VGR-2026-0042, drawn in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base


class NumberSeries(Base):
    """The last number drawn in a series (a prefix and a year)."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def draw(session: Session, prefix: str, year: int) -> str:
    """The next number of a series. The row is locked, so two cases never get the same number."""
    name = f"{prefix}-{year}"
    insert = _insert(session)(NumberSeries).values(name=name, last=0)
    session.execute(insert.on_conflict_do_nothing(index_elements=["name"]))
    series = session.scalars(select(NumberSeries).where(NumberSeries.name == name).with_for_update()).one()
    series.last += 1
    session.flush()
    return f"{name}-{series.last:04d}"


def _insert(session: Session):  # type: ignore[no-untyped-def]
    from sqlalchemy.dialects import postgresql, sqlite

    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert

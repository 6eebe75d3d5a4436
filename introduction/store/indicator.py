"""The follow-up plan of a case: indicators with measurable goals, and what the units report on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.followup.plan import DIMENSIONS, DIRECTIONS
from introduction.store.base import Base, UtcDateTime, one_of


class Indicator(Base):
    """Something that is measured, with its goal. It is ended and entered anew, never changed."""

    __tablename__ = "indicator"
    __table_args__ = (
        one_of("dimension", DIMENSIONS),
        one_of("direction", DIRECTIONS),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    dimension: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(String(60))  #: what it is counted in: ``procent``, ``dagar`` …
    source: Mapped[str] = mapped_column(String(200))  #: where the figure comes from
    direction: Mapped[str] = mapped_column(String(10))
    goal_milli: Mapped[int] = mapped_column(BigInteger)  #: thousandths of the measure
    reported_by: Mapped[str] = mapped_column(String(160))
    reported_when: Mapped[str] = mapped_column(String(160))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IndicatorValue(Base):
    """What a unit's report says of an indicator."""

    __tablename__ = "indicator_value"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("follow_up_report.id"), primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), primary_key=True)
    value_milli: Mapped[int] = mapped_column(BigInteger)


def plan_of(session: Session, case_id: int, *, ended: bool = False) -> list[Indicator]:
    """A case's indicators that hold (or with ``ended`` those that once did), in the order of the dimensions."""
    return _planned(session, case_id, Indicator.ended_at.is_not(None) if ended else Indicator.ended_at.is_(None))


def plan_with(session: Session, case_id: int, ids: Iterable[int]) -> list[Indicator]:
    """Some of a case's indicators, whether they hold or not, in the same order."""
    return _planned(session, case_id, Indicator.id.in_(list(ids)))


def _planned(session: Session, case_id: int, which: ColumnElement[bool]) -> list[Indicator]:
    found = session.scalars(select(Indicator).where(Indicator.case_id == case_id, which).order_by(Indicator.id))
    return sorted(found, key=lambda row: list(DIMENSIONS).index(row.dimension))


_DIMENSIONS = (
    select(Indicator.case_id, Indicator.dimension)
    .distinct()
    .where(Indicator.case_id.in_(bindparam("case_ids", expanding=True)), Indicator.ended_at.is_(None))
)


def dimensions(session: Session, case_ids: Iterable[int]) -> dict[int, set[str]]:
    """The dimensions of which the plans of some cases have an indicator that holds; cases without any are left out."""
    found: dict[int, set[str]] = {}
    for case_id, dimension in session.execute(_DIMENSIONS, {"case_ids": list(case_ids)}):
        found.setdefault(case_id, set()).add(dimension)
    return found


def lock(session: Session, indicator_id: int) -> Indicator:
    """The indicator, locked until the transaction ends. Raises NotFound."""
    query = select(Indicator).where(Indicator.id == indicator_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"indicator {indicator_id}")
    return found


def values_of(session: Session, report_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """What some reports say of the indicators, in thousandths, by report and indicator."""
    found: dict[int, dict[int, int]] = {}
    for row in session.scalars(select(IndicatorValue).where(IndicatorValue.report_id.in_(list(report_ids)))):
        found.setdefault(row.report_id, {})[row.indicator_id] = row.value_milli
    return found

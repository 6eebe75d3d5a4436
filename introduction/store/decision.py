"""Decisions by a region's bodies, as their minutes tell them. A decision row is never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.fields import OBJECTION_OUTCOMES, OUTCOMES
from introduction.store.base import Base, PartialDate, UtcDateTime, one_of


class Decision(Base):
    """What a body decided in a case. The approval of a medicine and each year's money are separate."""

    __tablename__ = "decision"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint("outcome <> 'approved_with_conditions' OR conditions IS NOT NULL", name="conditions_told"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    body: Mapped[str | None] = mapped_column(String(160))  #: its name on that day
    outcome: Mapped[str] = mapped_column(String(32))
    decided_on: Mapped[str | None] = mapped_column(PartialDate)
    section: Mapped[str | None] = mapped_column(String(40))
    registry_number: Mapped[str | None] = mapped_column(String(60))
    reasons: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    valid_until: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


#: A decision on the case itself, not on an objection to its handover.
ON_THE_CASE = Decision.outcome.not_in(list(OBJECTION_OUTCOMES))
_DECISIONS = select(Decision).where(Decision.case_id == bindparam("case_id")).order_by(Decision.id)


def decisions_of(session: Session, case_id: int) -> list[Decision]:
    """A case's decisions in the order in which they were recorded."""
    return list(session.scalars(_DECISIONS, {"case_id": case_id}))

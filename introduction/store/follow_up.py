"""What the treating units report while the introduction is financed, and answer at the handover."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime, one_of


class FollowUpReport(Base):
    """A unit's report: counts of patients only, never anything about one patient."""

    __tablename__ = "follow_up_report"
    __table_args__ = (
        CheckConstraint(
            "patients_started >= 0 AND patients_continuing >= 0 AND patients_stopped >= 0", name="counts_not_negative"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), unique=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    period_end: Mapped[date]
    patients_started: Mapped[int]
    patients_continuing: Mapped[int]
    patients_stopped: Mapped[int]
    goals_result: Mapped[str | None] = mapped_column(Text)
    obstacles: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandoverConfirmation(Base):
    """A unit's answer: it takes over the cost responsibility, or objects and says why."""

    __tablename__ = "handover_confirmation"
    __table_args__ = (
        one_of("answer", ("confirmed", "objection")),
        CheckConstraint("answer <> 'objection' OR comment IS NOT NULL", name="objection_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    answer: Mapped[str] = mapped_column(String(12))
    forecast_ore: Mapped[int | None] = mapped_column(BigInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def reports_of(session: Session, case_id: int) -> list[FollowUpReport]:
    """A case's reports, by period and unit."""
    row = FollowUpReport
    return list(
        session.scalars(select(row).where(row.case_id == case_id).order_by(row.period_end, row.unit_id, row.id))
    )


def confirmations_of(session: Session, case_id: int) -> list[HandoverConfirmation]:
    """A case's answers at the handover in the order in which they came; a unit's last one counts."""
    row = HandoverConfirmation
    return list(session.scalars(select(row).where(row.case_id == case_id).order_by(row.id)))

"""What the treating units report while the introduction is financed, and answer at the handover."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, NumberMap, UtcDateTime, one_of


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
    stopped_why: Mapped[dict[str, int] | None] = mapped_column(NumberMap)
    start_criteria_met: Mapped[int | None]
    stop_criteria_met: Mapped[int | None]
    registry_covered: Mapped[int | None]
    goals_result: Mapped[str | None] = mapped_column(Text)
    cost_ore: Mapped[int | None] = mapped_column(BigInteger)
    by_sex: Mapped[dict[str, int] | None] = mapped_column(NumberMap)
    by_age: Mapped[dict[str, int] | None] = mapped_column(NumberMap)
    by_area: Mapped[dict[str, int] | None] = mapped_column(NumberMap)
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


class HandoverProposal(Base):
    """What the region proposes for a unit before it takes over: the forecast, and the room in its budget."""

    __tablename__ = "handover_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    forecast_ore: Mapped[int] = mapped_column(BigInteger)
    room_ore: Mapped[int] = mapped_column(BigInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


_REPORTS = (
    select(FollowUpReport)
    .where(FollowUpReport.case_id == bindparam("case_id"))
    .order_by(FollowUpReport.period_end, FollowUpReport.unit_id, FollowUpReport.id)
)
_ANSWERS = (
    select(HandoverConfirmation)
    .where(HandoverConfirmation.case_id == bindparam("case_id"))
    .order_by(HandoverConfirmation.id)
)
_PROPOSALS = (
    select(HandoverProposal).where(HandoverProposal.case_id == bindparam("case_id")).order_by(HandoverProposal.id)
)


def reports_of(session: Session, case_id: int) -> list[FollowUpReport]:
    """A case's reports, by period and unit."""
    return list(session.scalars(_REPORTS, {"case_id": case_id}))


def confirmations_of(session: Session, case_id: int) -> list[HandoverConfirmation]:
    """A case's answers at the handover in the order in which they came; a unit's last one counts."""
    return list(session.scalars(_ANSWERS, {"case_id": case_id}))


def proposals_of(session: Session, case_id: int) -> list[HandoverProposal]:
    """A case's proposals in the order in which they came; a unit's last one counts."""
    return list(session.scalars(_PROPOSALS, {"case_id": case_id}))

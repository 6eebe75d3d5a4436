"""Budget-impact analyses of cases: what was typed, and from the submission on what it came to.

An approved analysis is never changed (triggers keep its inputs, method and result); a correction is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from introduction.domain.errors import NotFound
from introduction.domain.roles import Visible
from introduction.store.base import Base, UtcDateTime, one_of
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.listing import seen_by

#: A draft is handed in, reviewed by an economist and approved; the next approved one supersedes it.
STATES = ("draft", "submitted", "reviewed", "approved", "superseded")
FROZEN = ("approved", "superseded")
_APPROVED = text("state = 'approved'")


class Analysis(Base):
    """A budget-impact analysis. ``answers`` are kept as they were typed, also where they cannot be used yet."""

    __tablename__ = "analysis"
    __table_args__ = (
        one_of("state", STATES),
        UniqueConstraint("case_id", "number"),
        CheckConstraint(
            "state = 'draft' OR (model IS NOT NULL AND result IS NOT NULL)", name="computed_when_handed_in"
        ),
        CheckConstraint("(state IN ('approved', 'superseded')) = (approved_at IS NOT NULL)", name="approved_has_time"),
        Index("uq_analysis_approved", "case_id", unique=True, postgresql_where=_APPROVED, sqlite_where=_APPROVED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    number: Mapped[int]  #: 1, 2, 3 … within the case
    kind: Mapped[str] = mapped_column(String(24))  #: the template; domain/budget/kinds.py
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    answers: Mapped[str] = mapped_column(Text)  #: as typed, as JSON
    model: Mapped[str | None] = mapped_column(Text)  #: what was computed, as JSON; without rebates
    method: Mapped[str | None] = mapped_column(String(40))
    result: Mapped[str | None] = mapped_column(Text)  #: domain/budget/result.py, as JSON; gross figures in whole öre
    kept: Mapped[str | None] = mapped_column(Text)  #: yearly impact of some draws, for adding up portfolios
    review: Mapped[str | None] = mapped_column(Text)  #: the economist's marks on the assumptions, as JSON
    review_note: Mapped[str | None] = mapped_column(Text)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DecisionAnalysis(Base):
    """The approved analysis that a decision rested on."""

    __tablename__ = "decision_analysis"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id"))


@dataclass(frozen=True)
class Waiting:
    """An analysis that somebody has next, without its long texts."""

    case_id: int
    number: int
    state: str
    written_by: int | None
    submitted_by: int | None
    since: datetime


def waiting(session: Session, visible: Visible, person_id: int) -> list[Waiting]:
    """What is handed in in open cases that a person sees, and what was returned to that person; the oldest first."""
    row = Analysis
    returned = and_(row.state == "draft", row.written_by == person_id, row.review_note.is_not(None))
    since = func.coalesce(row.reviewed_at, row.submitted_at, row.changed_at, type_=UtcDateTime())
    query = select(row.case_id, row.number, row.state, row.written_by, row.submitted_by, since)
    query = query.join(Instance, Instance.id == row.case_id).join(Case, Case.id == row.case_id)
    query = query.where(Instance.closed_on.is_(None), seen_by(visible))
    query = query.where(or_(row.state.in_(("submitted", "reviewed")), returned)).order_by(since, row.id)
    return [Waiting(*found) for found in session.execute(query)]


def of_case(session: Session, case_id: int) -> list[Analysis]:
    """A case's analyses, the newest first; without their long texts until these are asked for."""
    row = Analysis
    query = select(row).where(row.case_id == case_id).order_by(row.number.desc())
    return list(
        session.scalars(query.options(defer(row.answers), defer(row.model), defer(row.result), defer(row.kept)))
    )


def numbered(session: Session, case_id: int, number: int) -> Analysis:
    """A case's analysis of a number. Raises NotFound."""
    found = session.scalar(select(Analysis).where(Analysis.case_id == case_id, Analysis.number == number))
    if found is None:
        raise NotFound(f"analysis {number} of case {case_id}")
    return found


def get(session: Session, analysis_id: int) -> Analysis:
    """The analysis. Raises NotFound."""
    found = session.get(Analysis, analysis_id)
    if found is None:
        raise NotFound(f"analysis {analysis_id}")
    return found


def lock(session: Session, analysis_id: int) -> Analysis:
    """The analysis, locked until the transaction ends. Raises NotFound."""
    query = select(Analysis).where(Analysis.id == analysis_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(f"analysis {analysis_id}")
    return found


def approved_of(session: Session, case_id: int) -> Analysis | None:
    """The case's approved analysis, if there is one."""
    return session.scalar(select(Analysis).where(Analysis.case_id == case_id, Analysis.state == "approved"))


def approved_id(session: Session, case_id: int) -> int | None:
    """The id of the case's approved analysis, if there is one."""
    return session.scalar(select(Analysis.id).where(Analysis.case_id == case_id, Analysis.state == "approved"))


def approved(session: Session, case_ids: Iterable[int]) -> dict[int, Analysis]:
    """The approved analyses of some cases, by case; one statement."""
    query = select(Analysis).where(Analysis.case_id.in_(list(case_ids)), Analysis.state == "approved")
    return {row.case_id: row for row in session.scalars(query.options(defer(Analysis.answers), defer(Analysis.model)))}


def ever_approved(session: Session, case_id: int) -> list[Analysis]:
    """Every analysis of a case that was approved once, oldest first."""
    query = select(Analysis).where(Analysis.case_id == case_id, Analysis.state.in_(FROZEN))
    return list(session.scalars(query.order_by(Analysis.number)))


def next_number(session: Session, case_id: int) -> int:
    """The number of the case's next analysis. The case's instance is locked by the caller."""
    highest = session.scalar(select(func.max(Analysis.number)).where(Analysis.case_id == case_id))
    return (highest or 0) + 1


def of_decisions(session: Session, case_id: int) -> dict[int, int]:
    """The number of the analysis that each decision of a case rested on, by decision."""
    query = select(DecisionAnalysis.decision_id, Analysis.number).join(Analysis)
    return {
        decision_id: number for decision_id, number in session.execute(query.where(DecisionAnalysis.case_id == case_id))
    }

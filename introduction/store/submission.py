"""Budget submissions: the approved analyses of a region, frozen together for a budget year. Rows are never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.analysis import Analysis
from introduction.store.base import Base, UtcDateTime


class Submission(Base):
    """What a region says before the work with a year's budget: once for each year."""

    __tablename__ = "budget_submission"
    __table_args__ = (
        UniqueConstraint("region_id", "budget_year"),
        CheckConstraint("budget_year BETWEEN 2000 AND 2100", name="year_bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    budget_year: Mapped[int]
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  #: none: the clock


class SubmissionRow(Base):
    """What a case costs an administration in a year, from one purse, by the analysis that was approved then."""

    __tablename__ = "budget_submission_row"
    __table_args__ = (CheckConstraint("low_ore <= high_ore", name="range_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("budget_submission.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  #: none: not divided by administration
    year: Mapped[int]
    purse: Mapped[str] = mapped_column(String(24))
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    low_ore: Mapped[int] = mapped_column(BigInteger)
    high_ore: Mapped[int] = mapped_column(BigInteger)


def submissions_of(session: Session, region_id: int) -> list[Submission]:
    """A region's submissions, the latest year first."""
    query = select(Submission).where(Submission.region_id == region_id)
    return list(session.scalars(query.order_by(Submission.budget_year.desc())))


def of_year(session: Session, region_id: int, budget_year: int) -> Submission | None:
    """A region's submission for a budget year; None when it has not been frozen."""
    return session.scalar(
        select(Submission).where(Submission.region_id == region_id, Submission.budget_year == budget_year)
    )


def frozen_in(session: Session, budget_years: Iterable[int]) -> set[tuple[int, int]]:
    """The submissions of some budget years, as (region, year)."""
    query = select(Submission.region_id, Submission.budget_year).where(Submission.budget_year.in_(list(budget_years)))
    return {(region_id, year) for region_id, year in session.execute(query)}


def rows_of(session: Session, submission_id: int) -> list[SubmissionRow]:
    """What a submission says, in the order in which it was written: case by case."""
    query = select(SubmissionRow).where(SubmissionRow.submission_id == submission_id)
    return list(session.scalars(query.order_by(SubmissionRow.id)))


def sums_of(session: Session, submission_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """What some submissions come to, by submission and year; one statement."""
    query = select(SubmissionRow.submission_id, SubmissionRow.year, func.sum(SubmissionRow.amount_ore))
    query = query.where(SubmissionRow.submission_id.in_(list(submission_ids)))
    query = query.group_by(SubmissionRow.submission_id, SubmissionRow.year)
    return {(submission_id, year): int(amount) for submission_id, year, amount in session.execute(query)}


def add_rows(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write a submission's rows, all at once."""
    if rows:
        session.execute(insert(SubmissionRow), rows)


def analysis_numbers(session: Session, analysis_ids: Iterable[int]) -> dict[int, int]:
    """The number within its case of each of some analyses, by id."""
    query = select(Analysis.id, Analysis.number).where(Analysis.id.in_(list(analysis_ids)))
    return {analysis_id: number for analysis_id, number in session.execute(query)}

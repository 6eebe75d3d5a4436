"""How people want to be reached: their preferences, and who stands in for them while they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.notices import Preference
from introduction.store.base import Base, UtcDateTime, one_of


class PreferenceRow(Base):
    """What a person has chosen. Somebody without a row has chosen nothing: reminders are collected."""

    __tablename__ = "preference"
    __table_args__ = (one_of("reminders", Preference),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    reminders: Mapped[str] = mapped_column(String(10), default=Preference.COLLECTED)
    calendar_serial: Mapped[int] = mapped_column(default=1)  #: goes into the secret address of the calendar


class Absence(Base):
    """A time when a person is away, and who is told instead."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("substitute_id <> person_id", name="not_oneself"),
        Index("ix_absence_person", "person_id", "last_day"),
        Index("ix_absence_substitute", "substitute_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  #: taken back


def of_person(session: Session, person_id: int) -> PreferenceRow:
    """What a person has chosen; a row that is not yet stored when nothing has been chosen."""
    row = session.get(PreferenceRow, person_id)
    return row or PreferenceRow(person_id=person_id, reminders=Preference.COLLECTED, calendar_serial=1)


def chosen(session: Session, person_ids: Iterable[int]) -> dict[int, Preference]:
    """How some people want reminders, as far as they have said."""
    query = select(PreferenceRow.person_id, PreferenceRow.reminders)
    query = query.where(PreferenceRow.person_id.in_(list(person_ids)))
    return {person_id: Preference(value) for person_id, value in session.execute(query)}


def substitutes(session: Session, day: date) -> dict[int, int]:
    """Who stands in for whom on a day: the substitute's id by the id of the one who is away."""
    query = select(Absence).where(Absence.first_day <= day, Absence.last_day >= day, Absence.ended_at.is_(None))
    return {row.person_id: row.substitute_id for row in session.scalars(query.order_by(Absence.id))}


def absences_of(session: Session, person_id: int, since: date) -> list[Absence]:
    """A person's times away that have not ended before a day, soonest first."""
    query = select(Absence).where(Absence.person_id == person_id, Absence.last_day >= since)
    return list(session.scalars(query.where(Absence.ended_at.is_(None)).order_by(Absence.first_day)))


def covered_by(session: Session, person_id: int, day: date) -> list[Absence]:
    """The absences in which a person stands in on a day."""
    query = select(Absence).where(Absence.substitute_id == person_id, Absence.first_day <= day, Absence.last_day >= day)
    return list(session.scalars(query.where(Absence.ended_at.is_(None)).order_by(Absence.person_id)))

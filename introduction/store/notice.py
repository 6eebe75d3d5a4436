"""Notices: what a person is to be told, once. The outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.domain.notices import Kind
from introduction.store.base import Base, UtcDateTime, one_of

#: In literal words: with a bound value neither database would see that its partial index fits.
_UNPACKED = text("state = 'waiting'")
_IS_WAITING = text("notice.state = 'waiting'")


class Notice(Base):
    """Something that one person is told: by which rule, about what, and what the person answered.

    ``key`` names rule, occurrence and recipient and is unique for ever: nobody is told the same thing twice.
    It is written in the transaction of what caused it, and packed into a mail afterwards.
    """

    __tablename__ = "notice"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("state", ("waiting", "packed", "dropped")),
        UniqueConstraint("key"),
        Index("ix_notice_instance", "instance_id"),
        Index("ix_notice_person", "person_id", "created_at"),
        Index("ix_notice_mail", "mail_id"),
        Index("ix_notice_due_date", "due_date_id"),
        Index("ix_notice_waiting", "send_at", postgresql_where=_UNPACKED, sqlite_where=_UNPACKED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(240))
    kind: Mapped[str] = mapped_column(String(12))
    template: Mapped[str] = mapped_column(String(48))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  #: whom the person stands in for
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    due_date_id: Mapped[int | None] = mapped_column(ForeignKey("due_date.id"))
    due_on: Mapped[date | None]  #: the day that it speaks of
    about: Mapped[str] = mapped_column(Text, default="{}")  #: what else its words need, as JSON
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    send_at: Mapped[datetime] = mapped_column(UtcDateTime)  #: not sent before
    collected: Mapped[bool]  #: travels in the day's collecting mail
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    problem: Mapped[str | None] = mapped_column(Text)  #: why it was dropped, or could not be put in words
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    snoozed_to: Mapped[date | None]


#: Not the plain column: SQLite would then read all that a person was ever told, instead of the little that waits.
_TO = Notice.person_id + literal_column("0")


def add_new(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add notices, but none whose key is there already."""
    if rows:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        stated = insert(Notice).on_conflict_do_nothing(index_elements=[Notice.key])
        session.execute(stated, list(rows))


def claim_apart(session: Session, now: datetime, limit: int) -> list[Notice]:
    """The notices that go apart, whose time has come and that are in no mail yet, locked until the transaction ends."""
    query = select(Notice).where(_IS_WAITING, Notice.send_at <= now, Notice.collected.is_(False))
    query = query.order_by(Notice.send_at, Notice.id).limit(limit).with_for_update(skip_locked=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def people_waiting(session: Session, now: datetime, limit: int) -> list[int]:
    """The people for whom something waits to be collected whose time has come."""
    query = select(_TO).where(_IS_WAITING, Notice.send_at <= now, Notice.collected.is_(True))
    return list(session.scalars(query.distinct().order_by(_TO).limit(limit)))


def claim_collected(session: Session, now: datetime, person_ids: Sequence[int]) -> list[Notice]:
    """All that waits to be collected for some people, locked until the transaction ends."""
    query = select(Notice).where(_IS_WAITING, Notice.send_at <= now, Notice.collected.is_(True))
    query = query.where(_TO.in_(list(person_ids))).order_by(_TO, Notice.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def of_mail(session: Session, mail_id: int) -> list[Notice]:
    """The notices that a mail carries, in the order in which they came."""
    return list(session.scalars(select(Notice).where(Notice.mail_id == mail_id).order_by(Notice.due_on, Notice.id)))


def acknowledged(session: Session, due_date_ids: Sequence[int]) -> set[tuple[int, date | None]]:
    """The due dates, with the day that they had, of which somebody has acknowledged a reminder."""
    query = (
        select(Notice.due_date_id, Notice.due_on)
        .where(Notice.due_date_id.in_(list(due_date_ids)), Notice.acknowledged_at.is_not(None))
        .where(Notice.kind.in_((Kind.REMINDER, Kind.ESCALATION)))
    )
    return {(due_date_id, day) for due_date_id, day in session.execute(query) if due_date_id is not None}


def waiting(session: Session, now: datetime, *, collected: bool | None = None) -> tuple[int, datetime | None]:
    """How many notices whose time has come are in no mail yet, and since when the oldest has waited.

    All of them, or only those that are collected, or only those that go apart.
    """
    query = select(func.count(), func.min(Notice.send_at)).where(_IS_WAITING, Notice.send_at <= now)
    if collected is not None:
        query = query.where(Notice.collected.is_(collected))
    number, oldest = session.execute(query).one()
    return number, oldest

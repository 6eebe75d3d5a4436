"""Mails: what carries notices to a person, with what the mail server said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from introduction.store.base import Base, UtcDateTime, one_of

#: ``stopped``: the installation stops all real mail; ``dropped``: nothing in it was worth saying any more.
STATES = ("waiting", "sending", "retry", "sent", "stopped", "dropped", "failed")
_UNSETTLED = text("settled_at IS NULL")


class Mail(Base):
    """One mail to one person. The words are kept as they were first put; a later try sends the same.

    While it is being sent it is held by a lease, whose holder alone may settle it. A lease that ran out was a crash:
    the mail may have gone, and is sent again under the same Message-ID, which ``uncertain`` counts.
    """

    __tablename__ = "mail"
    __table_args__ = (
        one_of("state", STATES),
        UniqueConstraint("key"),
        UniqueConstraint("message_id"),
        CheckConstraint("(state = 'sending') = (lease IS NOT NULL)", name="lease_while_sending"),
        CheckConstraint("(state IN ('waiting', 'sending', 'retry')) = (settled_at IS NULL)", name="settled_has_time"),
        Index("ix_mail_unsettled", "due_at", postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED),
        Index("ix_mail_person", "person_id"),
        Index("ix_mail_state", "state", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(240))  #: the notice's own, or the person and day of a collecting mail
    message_id: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    collected_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  #: when it is next tried
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    give_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uncertain: Mapped[int] = mapped_column(default=0)  #: tries that ended in a crash and may have reached the server
    answer: Mapped[str | None] = mapped_column(Text)  #: what the server said last, or why it was not tried
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(String(254))
    subject: Mapped[str | None] = mapped_column(String(400))
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)  #: the calendar file that goes with it
    reply_to: Mapped[str | None] = mapped_column(String(400))


def claim(session: Session, now: datetime, lease: str, until: datetime, limit: int) -> list[int]:
    """Take a lease on mails whose time has come, and on those whose lease has run out. Returns their ids."""
    # Not "state in": what is unsettled is found by the index of the unsettled, and by no other.
    ready = or_(Mail.state != "sending", Mail.leased_until < now)
    query = select(Mail.id, Mail.state).where(Mail.settled_at.is_(None), Mail.due_at <= now, ready)
    query = query.order_by(Mail.due_at, Mail.id)
    found = session.execute(query.limit(limit).with_for_update(skip_locked=True)).all()
    crashed = [mail_id for mail_id, state in found if state == "sending"]
    ids = [mail_id for mail_id, _state in found]
    if crashed:
        session.execute(update(Mail).where(Mail.id.in_(crashed)).values(uncertain=Mail.uncertain + 1))
    if ids:
        session.execute(
            update(Mail)
            .where(Mail.id.in_(ids))
            .values(state="sending", lease=lease, leased_until=until, attempts=Mail.attempts + 1)
        )
    return ids


def held(session: Session, mail_id: int, lease: str) -> Mail | None:
    """The mail, when the lease is still ours; locked until the transaction ends."""
    query = select(Mail).where(Mail.id == mail_id, Mail.lease == lease).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def by_ids(session: Session, mail_ids: Sequence[int]) -> dict[int, Mail]:
    """Some mails by id, to list them: their words are read when somebody asks."""
    query = select(Mail).where(Mail.id.in_(list(mail_ids))).options(defer(Mail.text), defer(Mail.html))
    return {mail.id: mail for mail in session.scalars(query.options(defer(Mail.calendar)))}


def made(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """The ids of the mails with some keys, as far as they are there."""
    return {key: mail_id for key, mail_id in session.execute(select(Mail.key, Mail.id).where(Mail.key.in_(list(keys))))}


def backlog(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many mails are not settled, those too that wait for their next try; and when the first is given up."""
    query = select(func.count(), func.min(Mail.give_up_at)).where(Mail.settled_at.is_(None), Mail.created_at <= now)
    number, gives_up = session.execute(query).one()
    return number, gives_up


def counts_since(session: Session, moment: datetime) -> dict[str, int]:
    """How many mails were settled in each state since a moment."""
    query = select(Mail.state, func.count()).where(Mail.settled_at >= moment).group_by(Mail.state)
    return {state: number for state, number in session.execute(query)}


def sent_since(session: Session, moment: datetime, limit: int) -> list[tuple[datetime, datetime]]:
    """When mails were made and when they were sent, the latest first."""
    query = select(Mail.created_at, Mail.settled_at).where(Mail.state == "sent", Mail.settled_at >= moment)
    return [(made, sent) for made, sent in session.execute(query.order_by(Mail.settled_at.desc()).limit(limit)) if sent]


def uncertain_total(session: Session) -> int:
    """How many tries ended in a crash and may have sent a mail that was sent again."""
    return session.scalar(select(func.coalesce(func.sum(Mail.uncertain), 0))) or 0


def add_all(session: Session, rows: Sequence[dict[str, Any]]) -> list[Mail]:
    """Add mails. Returns them with their ids."""
    mails = [Mail(**row) for row in rows]
    session.add_all(mails)
    session.flush()
    return mails

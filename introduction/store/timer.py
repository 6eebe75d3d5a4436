"""Timers: what the clock is to do, and when. Rows, so that nothing is lost when a process dies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime, one_of

#: ``failed``: nobody could be told, or something broke; ``refused``: the rules did not let the clock act.
STATES = ("pending", "done", "dropped", "cancelled", "failed", "refused")
#: In literal words: with a bound value neither database would see that its partial index fits.
_PENDING = text("state = 'pending'")
_IS_PENDING = text("timer.state = 'pending'")
#: Nobody looks at the rows that this transaction has read already: they need not be brought in step.
_AS_IT_IS = {"synchronize_session": False}


class Timer(Base):
    """A reminder to send, or an action for the clock to take, on a day.

    ``key`` names the rule, what it is about, whom, and the day: it is unique for ever, so that nothing is done twice.
    """

    __tablename__ = "timer"
    __table_args__ = (
        one_of("what", ("reminder", "action")),
        one_of("state", STATES),
        UniqueConstraint("key"),
        Index("ix_timer_instance", "instance_id", "state"),
        Index("ix_timer_due", "what", "due_at", postgresql_where=_PENDING, sqlite_where=_PENDING),
        Index("ix_timer_due_date", "due_date_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(10))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    due_date_id: Mapped[int | None] = mapped_column(ForeignKey("due_date.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  #: a snoozed reminder goes to one only
    rule: Mapped[str] = mapped_column(String(120))  #: where the rule stands: ``task:register:0``, ``action:hand_over``
    about: Mapped[str | None] = mapped_column(String(60))  #: of a region's reminder: ``mandate:17``
    day: Mapped[date]  #: the day that it is for, in Sweden
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)


_WAITS = Timer.state.in_(("pending", "refused"))
_OF_THEM: BindParameter[int] = bindparam("instance_ids", expanding=True)
_PENDING_OF = select(Timer).where(Timer.instance_id.in_(_OF_THEM), _WAITS).order_by(Timer.due_at, Timer.id)


def pending_of(session: Session, instance_id: int) -> list[Timer]:
    """What the clock is still to do with an instance, and what it was refused."""
    return pending_of_each(session, [instance_id])[instance_id]


def pending_of_each(session: Session, instance_ids: Sequence[int]) -> dict[int, list[Timer]]:
    """The same of some instances, by instance."""
    found: dict[int, list[Timer]] = {instance_id: [] for instance_id in instance_ids}
    for row in session.scalars(_PENDING_OF, {"instance_ids": instance_ids}):
        assert row.instance_id is not None, "it was asked for by its instance"
        found[row.instance_id].append(row)
    return found


def pending_of_region(session: Session, region_id: int) -> list[Timer]:
    """The region's own reminders that wait."""
    query = select(Timer).where(Timer.region_id == region_id, Timer.instance_id.is_(None), _IS_PENDING)
    return list(session.scalars(query))


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Plan timers. One that was cancelled stands again; one that has been done is left as it is."""
    if not rows:
        return
    session.execute(_planned(session.get_bind().dialect.name), list(rows))


@cache
def _planned(dialect: str) -> sqlite.Insert | postgresql.Insert:
    stated = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(Timer)
    return stated.on_conflict_do_update(
        index_elements=[Timer.key],
        set_={"state": "pending", "due_at": stated.excluded.due_at, "settled_at": None, "problem": None},
        where=Timer.state == "cancelled",
    )


def cancel(session: Session, timer_ids: Iterable[int]) -> None:
    """Cancel timers that wait."""
    ids = list(timer_ids)
    if ids:
        gone = update(Timer).where(Timer.id.in_(ids), _WAITS).values(state="cancelled")
        session.execute(gone, execution_options=_AS_IT_IS)


def settle(session: Session, outcomes: Mapping[int, tuple[str, str | None]], now: datetime) -> None:
    """Write down what became of timers: the state and the problem, by id. One statement for each that occurs."""
    alike: dict[tuple[str, str | None], list[int]] = {}
    for timer_id, outcome in outcomes.items():
        alike.setdefault(outcome, []).append(timer_id)
    for (state, problem), ids in alike.items():
        became = {"state": state, "settled_at": now, "problem": problem}
        session.execute(update(Timer).where(Timer.id.in_(ids)).values(became), execution_options=_AS_IT_IS)


def snoozed(session: Session, due_date_id: int, person_id: int) -> list[int]:
    """The reminders of a due date that a person has put off and that wait."""
    query = select(Timer.id).where(Timer.due_date_id == due_date_id, Timer.person_id == person_id, _IS_PENDING)
    return list(session.scalars(query))


def claim(session: Session, what: str, now: datetime, limit: int) -> list[Timer]:
    """The timers that have fallen due, oldest first, locked until the transaction ends; not those locked already."""
    query = select(Timer).where(_IS_PENDING, Timer.what == what, Timer.due_at <= now)
    query = query.order_by(Timer.due_at, Timer.id).limit(limit).with_for_update(skip_locked=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def claim_one(session: Session, timer_id: int) -> Timer | None:
    """A timer that waits, locked; None when it is locked already or waits no more."""
    query = select(Timer).where(Timer.id == timer_id, _IS_PENDING).with_for_update(skip_locked=True)
    return session.scalar(query.execution_options(populate_existing=True))


def oldest_due(session: Session, what: str, now: datetime) -> datetime | None:
    """Since when the oldest timer that has fallen due has waited; None when there is none."""
    query = select(Timer.due_at).where(_IS_PENDING, Timer.what == what, Timer.due_at <= now)
    return session.scalar(query.order_by(Timer.due_at).limit(1))


def due_ids(session: Session, what: str, now: datetime, limit: int) -> list[int]:
    """The timers that have fallen due, oldest first, without locking them."""
    query = select(Timer.id).where(_IS_PENDING, Timer.what == what, Timer.due_at <= now)
    return list(session.scalars(query.order_by(Timer.due_at, Timer.id).limit(limit)))


def backlog(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many timers have fallen due and wait, and since when the oldest has."""
    query = select(func.count(), func.min(Timer.due_at)).where(_IS_PENDING, Timer.due_at <= now)
    number, oldest = session.execute(query).one()
    return number, oldest


def settled_since(session: Session, moment: datetime, limit: int) -> list[tuple[datetime, datetime]]:
    """When timers fell due and when they were done, the latest first."""
    query = select(Timer.due_at, Timer.settled_at).where(Timer.state == "done", Timer.settled_at >= moment)
    return [(due, done) for due, done in session.execute(query.order_by(Timer.settled_at.desc()).limit(limit)) if done]

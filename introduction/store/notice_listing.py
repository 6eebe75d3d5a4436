"""Lists of notices for pages: what one person was told, what was told of one thing, and what waits for an answer."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from introduction.domain.notices import Kind
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.task import DueDate
from introduction.store.timer import Timer

#: What somebody is asked to answer. The rest is told, and needs no answer.
ANSWERED = (Kind.REMINDER, Kind.ESCALATION)


@dataclass(frozen=True)
class Of:
    """Whose notices, or about what; narrowed to some regions (national things always among them) where that is said."""

    person_id: int | None = None
    instance_id: int | None = None
    region_ids: Collection[int] | None = None
    awaiting_since: datetime | None = None  #: only what was told since then and waits for the person's own answer

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same as a condition."""
        parts: list[ColumnElement[bool]] = [true()]
        if self.instance_id is not None:
            parts.append(Notice.instance_id == self.instance_id)
        if self.awaiting_since is not None:
            parts += [Notice.person_id == self.person_id, Notice.created_at >= self.awaiting_since, _awaiting()]
        elif self.person_id is not None:
            parts.append(or_(Notice.person_id == self.person_id, Notice.instead_of_id == self.person_id))
        if self.region_ids is not None:
            parts.append(or_(Notice.region_id.is_(None), Notice.region_id.in_(list(self.region_ids))))
        return and_(*parts)


def count(session: Session, of: Of) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Notice).where(of.condition)) or 0


def rows(session: Session, of: Of, *, limit: int, offset: int = 0) -> list[Notice]:
    """Some of them, the latest first."""
    query = select(Notice).where(of.condition).order_by(Notice.created_at.desc(), Notice.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def awaiting_among(session: Session, notice_ids: Iterable[int]) -> set[int]:
    """Which of some notices wait for an answer."""
    return set(session.scalars(select(Notice.id).where(Notice.id.in_(list(notice_ids)), _awaiting())))


def of_due_date(session: Session, due_date_id: int, limit: int) -> list[Notice]:
    """What has been told about a due date, to anybody, the earliest first."""
    query = select(Notice).where(Notice.due_date_id == due_date_id)
    return list(session.scalars(query.order_by(Notice.created_at, Notice.id).limit(limit)))


def unkept(session: Session, instance_id: int, limit: int) -> list[Timer]:
    """What the clock could not do with an instance, the latest first."""
    query = select(Timer).where(Timer.instance_id == instance_id, Timer.state.in_(("failed", "refused")))
    return list(session.scalars(query.order_by(Timer.settled_at.desc(), Timer.id.desc()).limit(limit)))


@functools.cache  # every page counts what waits, and building the condition takes longer than asking the database
def _awaiting() -> ColumnElement[bool]:
    """What waits for an answer: a reminder or escalation of something that is still to be done on the same day.

    Of several about the same due date only the last waits.
    """
    later = aliased(Notice)
    overtaken = exists().where(
        later.due_date_id == Notice.due_date_id,
        later.due_on == Notice.due_on,
        later.person_id == Notice.person_id,
        later.id > Notice.id,
        later.kind.in_(ANSWERED),
        later.state != "dropped",
    )
    moved = or_(DueDate.state != "pending", DueDate.due_on != Notice.due_on)
    gone = exists().where(DueDate.id == Notice.due_date_id, moved)
    closed = exists().where(Instance.id == Notice.instance_id, Instance.closed_on.is_not(None))
    return and_(
        Notice.kind.in_(ANSWERED),
        Notice.state != "dropped",
        Notice.acknowledged_at.is_(None),
        ~overtaken,
        ~gone,
        ~closed,
    )

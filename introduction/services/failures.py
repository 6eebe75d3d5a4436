"""What went wrong while the clock worked, for those who answer for it in a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from introduction.domain.process.timing import Text
from introduction.domain.roles import Right, Scope, can
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import gathering
from introduction.store import instance as instances
from introduction.store import mail as mails
from introduction.store import person as persons
from introduction.store.gathering import Name
from introduction.store.instance import Instance
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.region import RegionRow
from introduction.store.task import DueDate
from introduction.store.timer import Timer

#: For how long what has failed is shown.
SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class Undelivered:
    """A mail that failed, or that is being tried again."""

    mail: Mail
    person: str  #: whom it is to


@dataclass(frozen=True)
class Undone:
    """What the clock could not do, and in which case; none where it is a region's own reminder."""

    timer: Timer
    title: Text | None  #: what was to be done, or what the reminder was of
    name: Name | None


@dataclass(frozen=True)
class Failures:
    """What failed lately or waits for something to change, the latest first."""

    mails: Sequence[Undelivered]
    timers: Sequence[Undone]
    more_mails: int
    more_timers: int


def failures(desk: Desk, limit: int) -> Failures:
    """What went wrong in the regions where the acting person answers for the clock's work, at most so much of each."""
    mail_ids, timer_ids = _mail_ids(desk), _timer_ids(desk)
    names, found = persons.names(desk.session), mails.by_ids(desk.session, mail_ids[:limit])
    shown = list(desk.session.scalars(select(Timer).where(Timer.id.in_(timer_ids[:limit]))))
    return Failures(
        [Undelivered(found[mail_id], names[found[mail_id].person_id]) for mail_id in mail_ids[:limit]],
        _undone(desk, sorted(shown, key=lambda timer: timer_ids.index(timer.id))),
        max(0, len(mail_ids) - limit),
        max(0, len(timer_ids) - limit),
    )


def timers_total(desk: Desk) -> int:
    """How many timers failed lately, or were refused, whatever their region."""
    return desk.session.scalar(select(func.count()).select_from(Timer).where(_is_broken(desk))) or 0


# ------------------------------------------------------------------------------------- the parts


def _is_broken(desk: Desk) -> ColumnElement[bool]:
    return or_(Timer.state == "refused", (Timer.state == "failed") & (Timer.settled_at >= desk.now - SHOWN))


def _answers_for(desk: Desk, region_id: int | None) -> bool:
    return desk.operator or can(desk.by, Right.OPERATE, Scope(region_id)) is None


def _mail_ids(desk: Desk) -> list[int]:
    """The mails all of whose regions the acting person answers for: one line of a mail may name a case."""
    lately = (Mail.state == "failed") & (Mail.settled_at >= desk.now - SHOWN)
    query = select(Mail.id, Notice.region_id).outerjoin(Notice, Notice.mail_id == Mail.id)
    rows = desk.session.execute(query.where(or_(Mail.state == "retry", lately)).distinct()).all()
    foreign = {mail_id for mail_id, region_id in rows if not _answers_for(desk, region_id)}
    return sorted({mail_id for mail_id, _region_id in rows} - foreign, reverse=True)


def _timer_ids(desk: Desk) -> list[int]:
    query = select(Timer.id, Timer.region_id).where(_is_broken(desk)).order_by(Timer.settled_at.desc(), Timer.id)
    return [timer_id for timer_id, region_id in desk.session.execute(query) if _answers_for(desk, region_id)]


def _undone(desk: Desk, broken: Sequence[Timer]) -> list[Undone]:
    ids = {timer.instance_id for timer in broken if timer.instance_id is not None}
    names, found = gathering.names(desk.session, ids), instances.some(desk.session, ids)
    return [
        Undone(timer, _title(desk, timer, found.get(timer.instance_id or 0)), names.get(timer.instance_id or 0))
        for timer in broken
    ]


def _title(desk: Desk, timer: Timer, instance: Instance | None) -> Text | None:
    """What was to be done; None when its rule is there no more."""
    if instance is None:
        row = desk.session.get(RegionRow, timer.region_id)
        region = desk.catalogue.regions.get(row.slug) if row else None
        own = region.reminder if region else ()
        return next((one.title for one in own if timer.rule == f"region:{one.id}"), None)
    definition = desk.catalogue.get(instance.definition_id, instance.definition_version)
    source, _, name = timer.rule.partition(":")
    if source == "action":
        return definition.action_named(name).title
    if source == "reminder":
        return next(one.title for one in definition.reminder if one.id == name)
    due = desk.session.get(DueDate, timer.due_date_id) if timer.due_date_id is not None else None
    if due is None:
        return None
    return task_named(definition, due.name).title if due.kind == "task" else definition.stage_named(due.name).title

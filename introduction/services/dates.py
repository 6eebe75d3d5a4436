"""What follows when a date moves: which due dates move with it, which reminders, and who is told.

A preview makes the change, looks, and takes it back: it cannot say anything else than what then happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.process.definition import Definition
from introduction.domain.process.timing import ProcessReminder, Remind, Text
from introduction.domain.roles import Role
from introduction.services import changes, log, notices, plan, subjects, timers
from introduction.services.desk import Desk
from introduction.services.directory import Directory
from introduction.services.subjects import Subject, task_named
from introduction.store import instance as instances
from introduction.store import person as persons
from introduction.store import timer as timer_store
from introduction.store.case import Case
from introduction.store.task import DueDate, due_dates_of


@dataclass(frozen=True)
class Move:
    """A day that moves. ``before`` None: it is new; ``after`` None: it goes."""

    number: str
    kind: str  #: ``stage``, ``task`` or ``milestone``; ``reminder``, ``escalation`` or ``action``
    title: Text
    before: date | None
    after: date | None
    unit: str | None = None
    people: Sequence[str] = ()  #: of a reminder: who is told on the new day, as things stand


@dataclass(frozen=True)
class Preview:
    """What a change moves: due dates and milestones, then reminders and what the clock does."""

    dates: Sequence[Move]
    timers: Sequence[Move]

    @property
    def empty(self) -> bool:
        """True when nothing moves."""
        return not self.dates and not self.timers


def preview(desk: Desk, instance_id: int, change: Callable[[Desk], object]) -> Preview:
    """What a change to an instance would move. Makes the change and takes it back; the desk must be able to write.

    Raises what the change raises.
    """
    attempt = desk.session.begin_nested()
    try:
        before = _days(desk, instance_id)
        change(desk)
        desk.session.flush()
        return _compare(desk, instance_id, before, _days(desk, instance_id))
    finally:
        attempt.rollback()
        desk.session.expire_all()


def derive_again(desk: Desk, instance_id: int) -> Preview:
    """Derive an instance's dates again, as when the table of days off has changed. Returns what moved.

    An event says what moved, when anything did.
    """
    before = _days(desk, instance_id)
    subject = changes.load(desk, instance_id, None)
    plan.derive(desk, subject)
    desk.session.flush()
    moved = _compare(desk, instance_id, before, _days(desk, instance_id))
    if not moved.empty:
        told = [
            {"what": move.kind, "title": move.title.sv, "before": move.before, "after": move.after}
            for move in (*moved.dates, *moved.timers)
        ]
        log.record(desk, subject.instance, "dates_derived_again", moved=told)
        desk.session.flush()
    if moved.dates:
        changes.settle(desk, subject)
    return moved


# ------------------------------------------------------------------------------------- the parts


#: What a timer does, by which rule, for which due date, and for whom alone.
_TimerKey = tuple[str, str, int | None, int | None]


@dataclass(frozen=True)
class _Days:
    dates: Mapping[tuple[str, str, int | None], DueDateDay]
    timers: Mapping[_TimerKey, date]


@dataclass(frozen=True)
class DueDateDay:
    """A due date's day, and what it is for."""

    due_on: date
    title: Text
    unit_id: int | None


def _days(desk: Desk, instance_id: int) -> _Days:
    desk.session.expire_all()
    subject = subjects.read(desk, instances.get(desk.session, instance_id))
    units = {task.id: task.unit_id for task in subject.tasks}
    dates = {
        (due.kind, due.name, due.task_id): DueDateDay(
            due.due_on, _title(subject.definition, due), units.get(due.task_id or 0)
        )
        for due in due_dates_of(desk.session, instance_id)
        if due.state == "pending"
    }
    pending = timer_store.pending_of(desk.session, instance_id)
    return _Days(
        dates,
        {(t.what, t.rule, t.due_date_id, t.person_id): t.day for t in pending},
    )


def _title(definition: Definition, due: DueDate) -> Text:
    if due.kind == "task":
        return task_named(definition, due.name).title
    if due.kind == "milestone":
        return next(one.title for one in definition.milestone if one.id == due.name)
    return definition.stage_named(due.name).title


def _compare(desk: Desk, instance_id: int, before: _Days, after: _Days) -> Preview:
    subject = subjects.read(desk, instances.get(desk.session, instance_id))
    dates = []
    for key in sorted({*before.dates, *after.dates}, key=str):
        old, new = before.dates.get(key), after.dates.get(key)
        shown = new or old
        was, will = old.due_on if old else None, new.due_on if new else None
        if shown is not None and was != will:
            unit = subject.unit_names.get(shown.unit_id or 0)
            dates.append(Move(subject.number, key[0], shown.title, was, will, unit))
    told = []
    book = Directory(desk.session, desk.catalogue, desk.today)
    for tkey in sorted({*before.timers, *after.timers}, key=str):
        was, will = before.timers.get(tkey), after.timers.get(tkey)
        if was != will:
            told.append(_timer_move(desk, subject, book, tkey, was, will))
    return Preview(
        sorted(dates, key=lambda move: (move.after or move.before or date.min, move.title.sv)),
        sorted(told, key=lambda move: (move.after or move.before or date.min, move.title.sv)),
    )


def _timer_move(
    desk: Desk, subject: Subject, book: Directory, key: _TimerKey, was: date | None, will: date | None
) -> Move:
    what, rule_name, due_date_id, person_id = key
    definition = subject.definition
    if what == "action":
        action = definition.action_named(rule_name.partition(":")[2])
        return Move(subject.number, "action", action.title, was, will)
    rule = timers.rule_named(definition, rule_name)
    due = desk.session.get(DueDate, due_date_id) if due_date_id is not None else None
    if isinstance(rule, ProcessReminder):
        title = rule.title
    else:
        assert due is not None, "a reminder that is not the process's own is of a due date"
        title = _title(definition, due)
    people = _people(desk, subject, book, rule, due, person_id) if will is not None else ()
    kind = "escalation" if rule is not None and rule.kind == "escalation" else "reminder"
    return Move(subject.number, kind, title, was, will, people=people)


def _people(
    desk: Desk, subject: Subject, book: Directory, rule: Remind | None, due: DueDate | None, person_id: int | None
) -> Sequence[str]:
    """Who would be told today, by name."""
    task = next((row for row in subject.tasks if due is not None and row.id == due.task_id), None)
    if task is not None:
        matter = notices.matter_of(subject, Role(task.role), person_id or task.assignee_id, task.unit_id)
    else:
        role = subject.definition.stage_named(subject.instance.stage).owner or Role.COORDINATOR
        owner = subject.row.owner_id if isinstance(subject.row, Case) else None
        named = owner if owner in book.holders(subject.instance.region_id, role) else None
        matter = notices.matter_of(subject, role, person_id or named)
    names = persons.names(desk.session)
    return [names[person] for person in book.recipients(matter, rule.to if rule else None).people]

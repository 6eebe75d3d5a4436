"""Keeps an instance's timers in step with its due dates, anchors and stage: what the clock is to do, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from introduction.domain.process import occurrences
from introduction.domain.process.definition import Definition
from introduction.domain.process.situation import day_of, series
from introduction.domain.process.timing import ProcessReminder, Remind
from introduction.services.desk import Desk
from introduction.services.subjects import Subject, task_named
from introduction.store import timer as store
from introduction.store.task import DueDate
from introduction.store.timer import Timer

#: A reminder that somebody has put off: it has no rule of its own.
SNOOZE = "snooze"


@dataclass(frozen=True)
class Wanted:
    """A timer that should stand."""

    what: str
    rule: str
    due_date_id: int | None
    day: date
    due_at: datetime


def rules_of(definition: Definition, kind: str, name: str) -> list[tuple[str, Remind]]:
    """The reminders of a due date (its own, or else the process's) with the name of each; none for a milestone."""
    if kind == "milestone":
        return []
    own = definition.stage_named(name).remind if kind == "stage" else task_named(definition, name).remind
    prefix = f"{kind}:{name}" if own else "default"
    return [(f"{prefix}:{index}", rule) for index, rule in enumerate(own or definition.remind)]


def rule_named(definition: Definition, name: str) -> Remind | None:
    """The reminder of a name that ``rules_of`` gave, or of a process's own reminder; None for a snoozed one."""
    if name == SNOOZE:
        return None
    source, _, rest = name.partition(":")
    if source == "reminder":
        return next(reminder for reminder in definition.reminder if reminder.id == rest)
    if source == "default":
        return definition.remind[int(rest)]
    thing, _, index = rest.partition(":")
    return (definition.stage_named(thing) if source == "stage" else task_named(definition, thing)).remind[int(index)]


def follow(desk: Desk, found: Sequence[tuple[Subject, Mapping[str, date | None]]]) -> None:
    """Plan what is to come of some instances and cancel what no longer holds. Doing so twice changes nothing.

    Each with the days that its anchors stand for.
    """
    standing = store.pending_of_each(desk.session, [subject.instance.id for subject, _days in found])
    gone, new = list[int](), list[dict[str, Any]]()
    for subject, days in found:
        _compare(desk, subject, days, standing[subject.instance.id], gone, new)
    store.cancel(desk.session, gone)
    store.plan(desk.session, new)


def _compare(
    desk: Desk,
    subject: Subject,
    days: Mapping[str, date | None],
    standing: Sequence[Timer],
    gone: list[int],
    new: list[dict[str, Any]],
) -> None:
    """Put the timers of an instance that no longer hold with those gone, and the rows of those to plan with the new."""
    wanted = {(one.what, one.rule, one.due_date_id): one for one in _wanted(desk, subject, days, standing)}
    alive = {due.id for due in subject.due_dates if due.state == "pending"}
    for row in standing:
        found = wanted.get((row.what, row.rule, row.due_date_id))
        if row.rule == SNOOZE and row.due_date_id in alive:
            continue
        if found is None or found.day != row.day:
            gone.append(row.id)
            continue
        del wanted[row.what, row.rule, row.due_date_id]
        if row.state == "refused":  # something has changed since: the clock may try again
            row.state, row.due_at, row.problem = "pending", desk.now, None
        elif row.due_at != found.due_at:
            row.due_at = found.due_at
    new += [values_of(subject.instance.id, subject.instance.region_id, one) for one in wanted.values()]


def values_of(instance_id: int, region_id: int | None, wanted: Wanted, person_id: int | None = None) -> dict[str, Any]:
    """A timer's row. The key holds all that makes it one of a kind."""
    parts = (instance_id, wanted.rule, wanted.due_date_id or "", person_id or "", wanted.day.isoformat())
    return {
        "key": ":".join(str(part) for part in parts),
        "what": wanted.what,
        "instance_id": instance_id,
        "region_id": region_id,
        "due_date_id": wanted.due_date_id,
        "person_id": person_id,
        "rule": wanted.rule,
        "about": None,
        "day": wanted.day,
        "due_at": wanted.due_at,
        "state": "pending",
    }


def _wanted(
    desk: Desk, subject: Subject, days: Mapping[str, date | None], standing: Sequence[Timer]
) -> Iterator[Wanted]:
    stands = {(row.rule, row.due_date_id): row.day for row in standing if row.what == "reminder"}
    for due in subject.due_dates:
        if due.state == "pending":
            for name, rule in rules_of(subject.definition, due.kind, due.name):
                yield from _reminder(desk, subject, name, rule, [due.due_on], stands, due)
    for reminder in subject.definition.reminder:
        if holds_in(subject, reminder):
            bases = bases_of(subject, reminder, days)
            yield from _reminder(desk, subject, f"reminder:{reminder.id}", reminder, bases, stands)
    yield from _actions(subject, days)


def holds_in(subject: Subject, reminder: ProcessReminder) -> bool:
    """True when the process's reminder holds in the stage where the instance is."""
    stage = subject.definition.stage_named(subject.instance.stage)
    return stage.id in reminder.stages if reminder.stages else stage.kind != "end"


def bases_of(subject: Subject, reminder: ProcessReminder, days: Mapping[str, date | None]) -> list[date]:
    """The days that a process's reminder counts from: its anchor's, or each of its series."""
    if reminder.after in days:
        day = days[reminder.after]
        return [] if day is None else [day]
    return series(subject.situation)[reminder.after]


def _reminder(
    desk: Desk,
    subject: Subject,
    name: str,
    rule: Remind,
    bases: Iterable[date],
    stands: Mapping[tuple[str, int | None], date],
    due: DueDate | None = None,
) -> Iterator[Wanted]:
    due_date_id = due.id if due else None
    day = occurrences.next_day(rule, bases, subject.region, desk.now, stands.get((name, due_date_id)))
    if day is not None:
        yield Wanted("reminder", name, due_date_id, day, occurrences.moment(rule, day, subject.region))


def _actions(subject: Subject, days: Mapping[str, date | None]) -> Iterator[Wanted]:
    """The actions that the clock takes from the stage. What should have been taken already is due at once."""
    for action in subject.definition.actions_from(subject.instance.stage):
        day = day_of(action.clock.at, days) if action.clock else None
        if day is not None:
            day = max(day, subject.instance.stage_entered_on)
            yield Wanted("action", f"action:{action.id}", None, day, occurrences.at(day, occurrences.CLOCK_ACTS))

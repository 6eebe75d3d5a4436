"""Keeps tasks, due dates and timers in step with where an instance stands and what its anchors say.

Everything is derived from the definition and the situation, so that calling this twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from introduction.domain.process.definition import ProcessTask, Stage, Task
from introduction.domain.process.situation import anchors, day_of, due_day
from introduction.services import timers
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.task import DueDate, TaskRow

_Days = Mapping[str, date | None]
#: What a due date is for: its kind, its name in the definition and the task, where it is a task's.
_Key = tuple[str, str, TaskRow | None]


def enter(desk: Desk, subject: Subject, stage: Stage, *, returning: bool = False) -> None:
    """Cancel what lived with the stage that was left and open the tasks of the one that was entered.

    When a case returns from a hold, its tasks are as they were: what was done stays done, the rest opens again.
    """
    for row in subject.tasks:
        if row.state == "open" and (stage.kind == "end" or row.stage not in (None, stage.id)):
            row.state = "cancelled"
    last = {(row.name, row.unit_id): row for row in subject.tasks if row.stage == stage.id} if returning else {}
    for row in last.values():
        if row.state == "cancelled":
            row.state = "open"
    for task in stage.task:
        for unit_id in _units(subject, task):
            if (task.id, unit_id) not in last:
                _open(desk, subject, task, unit_id, stage.id, desk.today)


def derive(desk: Desk, *found: Subject) -> None:
    """Plan the process tasks of some instances and derive every due date again from its anchor; written together."""
    going = [(subject, anchors(subject.situation)) for subject in found if not subject.rests_in_the_past]
    wanted = []
    for subject, days in going:
        stage = subject.definition.stage_named(subject.instance.stage)
        _follow_units(desk, subject, stage)
        for task in subject.definition.task:
            _plan(desk, subject, task, stage, days)
        wanted.append(_wanted(subject, stage, days))
        _keep(subject, wanted[-1])
    desk.session.flush()  # the instances are written once, and new tasks get their ids, which the due dates name
    for (subject, _days), lacking in zip(going, wanted, strict=True):
        _add(desk, subject, lacking)
    if going:
        timers.follow(desk, going)


def open_on_event(desk: Desk, subject: Subject, event: str) -> int:
    """Open the process tasks that answer to something that has happened. Returns how many were opened."""
    if subject.rests_in_the_past:
        return 0
    stage = subject.definition.stage_named(subject.instance.stage)
    opened = 0
    for task in subject.definition.task:
        waiting = any(row.name == task.id and row.state == "open" for row in subject.tasks)
        if task.on == event and stage.kind != "end" and stage.id not in task.until and not waiting:
            for unit_id in _units(subject, task):
                _open(desk, subject, task, unit_id, None, desk.today)
            opened += 1
    return opened


def _units(subject: Subject, task: Task) -> list[int | None]:
    """For whom a task is opened: each treating unit, or once for all."""
    return [unit for unit, _name in subject.treating_units] if task.per else [None]


def _open(desk: Desk, subject: Subject, task: Task, unit_id: int | None, stage_id: str | None, opens_on: date) -> None:
    row = TaskRow(
        instance_id=subject.instance.id,
        name=task.id,
        stage=stage_id,
        role=task.by,
        unit_id=unit_id,
        optional=task.optional,
        state="open",
        opens_on=opens_on,
    )
    desk.session.add(row)
    subject.tasks.append(row)


def _follow_units(desk: Desk, subject: Subject, stage: Stage) -> None:
    """A unit that joins while the stage lasts gets the stage's task; one that leaves is let off."""
    for task in stage.task:
        if not task.per:
            continue
        units = _units(subject, task)
        rows = [row for row in subject.tasks if row.name == task.id and row.stage == stage.id]
        for row in rows:
            if row.state == "open" and row.unit_id not in units:
                row.state = "cancelled"
        has = {row.unit_id for row in rows if row.state != "cancelled"}
        for unit_id in units:
            if unit_id not in has:
                _open(desk, subject, task, unit_id, stage.id, desk.today)


def _plan(desk: Desk, subject: Subject, task: ProcessTask, stage: Stage, days: _Days) -> None:
    rows = [row for row in subject.tasks if row.name == task.id]
    opens = day_of(task.opens, days) if task.opens else None
    anchor_gone = task.opens is not None and opens is None
    if stage.kind == "end" or stage.id in task.until or anchor_gone:
        for row in rows:
            if row.state == "open":
                row.state = "cancelled"
    elif opens is not None:
        units = _units(subject, task)
        for row in rows:
            if row.state == "open" and row.unit_id in units:
                row.opens_on = opens
            elif row.state == "open":
                row.state = "cancelled"  # the unit no longer treats
        planned = {row.unit_id for row in rows if row.state != "cancelled"}
        for unit_id in units:
            if unit_id not in planned:
                _open(desk, subject, task, unit_id, None, opens)


def _wanted(subject: Subject, stage: Stage, days: _Days) -> dict[_Key, tuple[str, date]]:
    """Every due date that should stand, with its anchor and day."""
    wanted: dict[_Key, tuple[str, date]] = {}
    if stage.due and (day := due_day(stage.due, days)):
        wanted["stage", stage.id, None] = (stage.due.after, day)
    for row in subject.tasks:
        rule = subject.task_named(row.name).due
        if row.state == "cancelled" or rule is None:
            continue
        own = {**days, "stage_entered": row.opens_on} if row.stage is None else days
        if day := due_day(rule, own):
            wanted["task", row.name, row] = (rule.after, day)
    if stage.kind != "end":
        for milestone in subject.definition.milestone:
            if day := day_of(milestone.at, days):
                wanted["milestone", milestone.id, None] = (milestone.at.after, day)
    return wanted


def _add(desk: Desk, subject: Subject, wanted: dict[_Key, tuple[str, date]]) -> None:
    """Add the due dates that are wanted and do not stand."""
    added = [
        DueDate(
            instance_id=subject.instance.id,
            kind=kind,
            name=name,
            task_id=task.id if task else None,
            anchor=anchor,
            due_on=day,
            state=_state_of(task),
        )
        for (kind, name, task), (anchor, day) in wanted.items()
    ]
    desk.session.add_all(added)
    subject.due_dates += added


def _keep(subject: Subject, wanted: dict[_Key, tuple[str, date]]) -> None:
    """Bring the due dates that stand in step, and take them out of those that are wanted. The nearest is noted."""
    tasks = {row.id: row for row in subject.tasks}
    kept: list[DueDate] = []
    for row in subject.due_dates:
        task = tasks[row.task_id] if row.task_id is not None else None
        key = (row.kind, row.name, task)
        if key not in wanted:
            row.state = "done" if row.kind == "stage" else "cancelled"
        elif row.kind != "stage" or row.state != "done":  # done: an earlier stay in the same stage
            row.anchor, row.due_on = wanted.pop(key)
            row.state = _state_of(task)
            kept.append(row)
    pending = [row.due_on for row in kept if row.state == "pending" and row.kind != "milestone"]
    pending += [
        day
        for (kind, _name, task), (_anchor, day) in wanted.items()
        if kind != "milestone" and _state_of(task) == "pending"
    ]
    subject.due_dates, subject.instance.next_due_on = kept, min(pending, default=None)


def _state_of(task: TaskRow | None) -> str:
    return "done" if task is not None and task.state == "done" else "pending"

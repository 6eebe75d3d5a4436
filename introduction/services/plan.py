"""Keeps tasks and due dates in step with where an instance stands and what its anchors say.

Everything is derived from the definition and the situation, so that calling this twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from introduction.domain.process.definition import ProcessTask, Stage, Task
from introduction.domain.process.situation import anchors, day_of
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.task import DueDate, TaskRow

_Days = Mapping[str, date | None]


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


def derive(desk: Desk, subject: Subject) -> None:
    """Plan the process tasks and derive every due date again from its anchor."""
    days = anchors(subject.situation)
    stage = subject.definition.stage_named(subject.instance.stage)
    _follow_units(desk, subject, stage)
    for task in subject.definition.task:
        _plan(desk, subject, task, stage, days)
    desk.session.flush()  # new tasks get their ids, which the due dates name
    _derive_due_dates(desk, subject, stage, days)


def open_on_event(desk: Desk, subject: Subject, event: str) -> int:
    """Open the process tasks that answer to something that has happened. Returns how many were opened."""
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
    if stage.kind == "end" or stage.id in task.until:
        for row in rows:
            if row.state == "open":
                row.state = "cancelled"
    elif opens is not None:
        for row in rows:
            if row.state == "open":
                _put(row, opens_on=opens)
        planned = {row.unit_id for row in rows}
        for unit_id in _units(subject, task):
            if unit_id not in planned:
                _open(desk, subject, task, unit_id, None, opens)


def _wanted(subject: Subject, stage: Stage, days: _Days) -> dict[tuple[str, str, int | None], tuple[str, date]]:
    """Every due date that should stand: (kind, name, task) → (anchor, day)."""
    wanted: dict[tuple[str, str, int | None], tuple[str, date]] = {}
    if stage.due and (day := day_of(stage.due, days)):
        wanted["stage", stage.id, None] = (stage.due.after, day)
    for row in subject.tasks:
        rule = subject.task_named(row.name).due
        if row.state == "cancelled" or rule is None:
            continue
        own = {**days, "stage_entered": row.opens_on} if row.stage is None else days
        if day := day_of(rule, own):
            wanted["task", row.name, row.id] = (rule.after, day)
    if stage.kind != "end":
        for milestone in subject.definition.milestone:
            if day := day_of(milestone.at, days):
                wanted["milestone", milestone.id, None] = (milestone.at.after, day)
    return wanted


def _put(row: TaskRow | DueDate, **values: object) -> None:
    """Set what differs: a row that is set to what it already says would take part in the next flush."""
    for key, value in values.items():
        if getattr(row, key) != value:
            setattr(row, key, value)


def _derive_due_dates(desk: Desk, subject: Subject, stage: Stage, days: _Days) -> None:
    wanted = _wanted(subject, stage, days)
    done = {row.id for row in subject.tasks if row.state == "done"}
    kept: list[DueDate] = []
    for row in subject.due_dates:
        key = (row.kind, row.name, row.task_id)
        if key not in wanted:
            row.state = "done" if row.kind == "stage" else "cancelled"
            continue
        if row.kind == "stage" and row.state == "done":
            continue  # an earlier stay in the same stage
        anchor, day = wanted.pop(key)
        _put(row, anchor=anchor, due_on=day, state="done" if row.task_id in done else "pending")
        kept.append(row)
    for (kind, name, task_id), (anchor, day) in wanted.items():
        row = DueDate(
            instance_id=subject.instance.id,
            kind=kind,
            name=name,
            task_id=task_id,
            anchor=anchor,
            due_on=day,
            state="done" if task_id in done else "pending",
        )
        desk.session.add(row)
        kept.append(row)
    subject.due_dates = kept
    pending = [row.due_on for row in kept if row.state == "pending" and row.kind != "milestone"]
    subject.instance.next_due_on = min(pending, default=None)

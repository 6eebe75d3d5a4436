"""What people do with an instance along its process: take an action, do a task, assign it, open it again.

Each of these is whole or did not happen: permission, revision, rules, rows, event and due dates, in the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from introduction.domain.errors import NotAllowed, NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.process import engine
from introduction.domain.process.definition import Action, ProcessTask
from introduction.domain.roles import Person, Right, Role, Scope, can, demand, why_not
from introduction.services import advice, changes, conclusions, effects, log, notices, records
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.task import TaskRow


def take(
    desk: Desk,
    instance_id: int,
    action_id: str,
    *,
    revision: int | None = None,
    given: Mapping[str, Any] | None = None,
    record: Mapping[str, Any] | None = None,
    note: str = "",
) -> Subject:
    """Take an action.

    ``given`` are facts by key, ``record`` the fields of the record that the action leaves, ``note`` what the
    person wants to say with it. Raises NotAllowed, Conflict, InvalidInput (a field), Refused (every guard's
    reason) or NotFound.
    """
    subject = changes.load(desk, instance_id, revision)
    _finish(desk, [_enact(desk, subject, action_id, given or {}, record or {}, note)])
    return subject


def take_each(desk: Desk, found: Iterable[Subject], action_of: Callable[[Subject], str]) -> None:
    """Take an action with each of some instances that are locked and read, with nothing more to say. All, or none.

    As ``take`` does one at a time, but that what each leaves behind is written together. Raises as ``take``.
    """
    _finish(desk, [_enact(desk, subject, action_of(subject), {}, {}, "") for subject in found])


@dataclass(frozen=True)
class _Taken:
    """An action that has been taken, as its event tells it; tasks and dates, and those to be told, remain."""

    subject: Subject
    action: Action
    note: str
    told: Mapping[str, Any]

    @property
    def left_something(self) -> bool:
        """Whether there are rows that the situation did not know of."""
        return bool(self.action.record or self.told["effects"])


def _enact(
    desk: Desk, subject: Subject, action_id: str, given: Mapping[str, Any], record: Mapping[str, Any], note: str
) -> _Taken:
    """The right is asked, the rules say yes, and the rows are changed."""
    action = _action(subject, action_id)
    _demand_action(desk, subject, action)
    note = changes.accept_note(note, required=action.note == "required")
    before = subject.situation.facts
    values = changes.accept_facts(subject, given, action.asks, action.may)
    forgotten = {key: None for key in action.clears if before.get(key) is not None}
    recorded = (
        records.accept(subject, action.record, record, outcome=action.outcome, body=action.body)
        if action.record
        else {}
    )
    taken = engine.step(subject.situation, action.id, subject.instance.return_stage)
    changes.write_facts(desk, subject, {**values, **forgotten})
    told = (
        records.add(desk, subject, action.record, recorded, outcome=action.outcome, body=action.body)
        if action.record
        else None
    )
    done = effects.do(desk, subject, action.does)
    changes.move(desk, subject, taken)
    cut_off = changes.join_round(desk, subject) if action.joins_round else None
    what = {
        "action": action.id,
        "origin": taken.origin,
        "goal": taken.goal,
        "note": note or None,
        "changes": log.changes(before, {**values, **forgotten}) or None,
        "follow_up": conclusions.ground(desk, subject, {*action.asks, *log.changes(before, values)}),
        "round_cut_off": cut_off,
        "record": {action.record: told} if action.record else None,
        "effects": done or None,
    }
    return _Taken(subject, action, note, what)


def _finish(desk: Desk, taken: Sequence[_Taken]) -> None:
    """Write the events, derive tasks and dates, and tell people."""
    log.record_each(desk, "action_taken", [(one.subject.instance, one.told) for one in taken])
    changes.settle_each(desk, [(one.subject, one.left_something) for one in taken])
    notices.tell_actions(desk, [(one.subject, one.action, one.note) for one in taken])
    for one in taken:
        if one.action.record == "recommendation_version":
            advice.tell_cases(desk, one.subject)


def do_task(
    desk: Desk,
    task_id: int,
    *,
    revision: int | None = None,
    given: Mapping[str, Any] | None = None,
    record: Mapping[str, Any] | None = None,
    note: str = "",
) -> Subject:
    """Do a task: give the facts and the record that it asks for. Raises as ``take`` does."""
    subject, row = _load_task(desk, task_id, revision)
    task = subject.task_named(row.name)
    _demand_task(desk, subject, row)
    if row.state != "open":
        raise Refused(say("Uppgiften ”{task}” är redan klar eller avslutad", task=task.title))
    if row.opens_on > desk.today:
        raise Refused(say("Uppgiften ”{task}” öppnas först {day}", task=task.title, day=row.opens_on))
    note = changes.accept_note(note)
    before = subject.situation.facts
    values = changes.accept_facts(subject, given or {}, task.asks, task.may)
    recorded = records.accept(subject, task.record, record or {}) if task.record else {}
    changes.write_facts(desk, subject, values)
    told = records.add(desk, subject, task.record, recorded, task=row, note=note) if task.record else None
    if isinstance(task, ProcessTask) and task.on == "recommendation_changed":
        advice.catch_up(desk, subject)
    row.state, row.done_at, row.done_by = "done", desk.now, desk.user_id
    log.record(
        desk,
        subject.instance,
        "task_done",
        task=row.name,
        task_id=row.id,
        unit_id=row.unit_id,
        note=note or None,
        changes=log.changes(before, values) or None,
        follow_up=conclusions.ground(desk, subject, {*task.asks, *log.changes(before, values)}),
        record={task.record: told} if task.record else None,
    )
    changes.settle(desk, subject, records_added=told is not None)
    return subject


def assign_task(desk: Desk, task_id: int, person_id: int | None, *, revision: int | None = None) -> Subject:
    """Give a task to a person (None: back to the role). A person may also take or leave a task of the own role."""
    subject, row = _load_task(desk, task_id, revision)
    own = desk.by is not None and person_id in (desk.by.user_id, None) and row.assignee_id in (desk.by.user_id, None)
    if not (own and may_do(desk.by, subject, row)):
        demand(desk.by, Right.ASSIGN, subject.scope)
    if row.state != "open":
        raise Refused(say("Uppgiften är redan klar eller avslutad"))
    changes.demand_colleague(desk, subject, "assignee", person_id)
    previous, row.assignee_id = row.assignee_id, person_id
    log.record(
        desk,
        subject.instance,
        "task_assigned",
        task=row.name,
        task_id=row.id,
        changes={"assignee": [previous, person_id]},
    )
    changes.settle(desk, subject)
    due = next((due for due in subject.due_dates if due.task_id == row.id), None)
    notices.tell_assigned(desk, subject, person_id, row.name, due)
    return subject


def reopen_task(desk: Desk, task_id: int, *, note: str, revision: int | None = None) -> Subject:
    """Open a task that is done, with a reason; only while its stage lasts, and never one that left a record."""
    subject, row = _load_task(desk, task_id, revision)
    demand(desk.by, Right.ASSIGN, subject.scope)
    if row.state != "done":
        raise Refused(say("Bara en uppgift som är klar kan öppnas igen"))
    if subject.instance.closed_on is not None:
        raise Refused(say("Ärendet är avslutat"))
    if subject.task_named(row.name).record:
        raise Refused(say("Uppgiften lämnade en handling som inte kan ändras"))
    if row.stage not in (None, subject.instance.stage):
        raise Refused(say("Ärendet har lämnat steget som uppgiften hörde till"))
    reason = changes.accept_note(note, required=True)
    row.state, row.done_at, row.done_by = "open", None, None
    log.record(desk, subject.instance, "task_reopened", task=row.name, task_id=row.id, note=reason)
    changes.settle(desk, subject)
    return subject


def may_do(by: Person | None, subject: Subject, row: TaskRow) -> bool:
    """True when the person may do the task: by role, or because it was given to the person, who sees the case."""
    if by is not None and row.assignee_id == by.user_id:
        return can(by, Right.VIEW_CASE, subject.scope) is None
    scope = Scope(subject.scope.region_id, frozenset({row.unit_id})) if row.unit_id else subject.scope
    return why_not(by, [Role(row.role), Role.COORDINATOR], scope) is None


# ------------------------------------------------------------------------------------- the parts


def _action(subject: Subject, action_id: str) -> Action:
    try:
        return subject.definition.action_named(action_id)
    except KeyError:
        raise NotFound(f"action {action_id}") from None


def _demand_action(desk: Desk, subject: Subject, action: Action) -> None:
    if desk.clock and action.clock is not None:
        return
    reason = why_not(desk.by, action.by, subject.scope)
    if reason is not None:
        raise NotAllowed(reason)


def _demand_task(desk: Desk, subject: Subject, row: TaskRow) -> None:
    if not may_do(desk.by, subject, row):
        reason = why_not(desk.by, [Role(row.role)], subject.scope)
        raise NotAllowed(reason or say("Uppgiften gäller en annan enhet"))


def _load_task(desk: Desk, task_id: int, revision: int | None) -> tuple[Subject, TaskRow]:
    found = desk.session.get(TaskRow, task_id)
    if found is None:
        raise NotFound(f"task {task_id}")
    instance_id = found.instance_id
    desk.session.expire(found)  # read again under the lock
    subject = changes.load(desk, instance_id, revision)
    return subject, next(row for row in subject.tasks if row.id == task_id)

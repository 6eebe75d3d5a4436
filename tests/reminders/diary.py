"""What happened, written down after each change as plain values: how each case stood, who worked where, who did what.

It is all that the expectation (expected.py) knows of the run. It reads due dates, tasks and facts, and nothing of
timers, notices or mails.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from introduction.domain.notices import Preference
from introduction.domain.roles import Role
from introduction.store.case import Case, TreatingUnit
from introduction.store.decision import Decision
from introduction.store.event import Event
from introduction.store.follow_up import HandoverConfirmation
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.person import PersonRow, RoleAssignment
from introduction.store.preference import Absence, PreferenceRow
from introduction.store.recommendation import Recommendation
from introduction.store.task import DueDate, TaskRow

_DATES = ("introduction_start", "financed_until", "watch_until", "reassess_by")


@dataclass(frozen=True)
class Due:
    """A due date that waits."""

    id: int
    kind: str
    name: str
    task_id: int | None
    on: date


@dataclass(frozen=True)
class Task:
    """A task that is not cancelled."""

    id: int
    name: str
    role: Role
    unit_id: int | None
    assignee_id: int | None
    left: bool  #: it is open, belongs to its stage, and must be done


@dataclass(frozen=True)
class State:
    """How a case or a recommendation stood from a moment on."""

    since: datetime
    id: int
    region_id: int | None
    definition: tuple[str, int]
    stage: str
    entered: date
    opened: date
    closed: bool
    owner_id: int | None
    contact_id: int | None
    nominating_unit_id: int | None
    units: tuple[int, ...]
    dates: Mapping[str, date | None]
    concluded: bool
    outcome: str | None  #: of the follow-up
    answers: Mapping[int, str]
    granted: frozenset[int]  #: budget years
    dues: Mapping[int, Due]
    tasks: Mapping[int, Task]


@dataclass(frozen=True)
class Mandate:
    """A role that somebody holds between two days."""

    id: int
    person: int
    region_id: int
    role: Role
    unit_id: int | None
    first: date
    last: date | None


@dataclass(frozen=True)
class Staff:
    """Who could be told, from a moment on."""

    since: datetime
    mandates: tuple[Mandate, ...]
    active: frozenset[int]
    at_once: frozenset[int]
    absences: tuple[tuple[int, int, date, date], ...]  #: who, in whose hands, from, to


@dataclass(frozen=True)
class Deed:
    """An event: who did what, and how the case stood afterwards."""

    at: datetime
    seq: int
    kind: str
    by: int | None
    content: Mapping[str, Any]
    after: State


@dataclass(frozen=True)
class Snooze:
    """That somebody asked to be reminded of a due date again."""

    at: datetime
    person: int
    instance_id: int
    due_id: int
    to: date

    def replaced_by(self, other: Snooze) -> bool:
        """True when the same person put the same thing off once more, later."""
        return (other.person, other.due_id) == (self.person, self.due_id) and other.at > self.at


@dataclass
class Diary:
    """All that happened, in its order."""

    states: dict[int, list[State]] = field(default_factory=dict)
    staff: list[Staff] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    ticks: list[datetime] = field(default_factory=list)
    snoozes: list[Snooze] = field(default_factory=list)
    acknowledged: list[tuple[datetime, int, date]] = field(default_factory=list)
    _revisions: dict[int, int] = field(default_factory=dict)
    _told: dict[int, int] = field(default_factory=dict)

    def look(self, connection: Connection, now: datetime) -> None:
        """Write down every case that has changed since one last looked."""
        for row in connection.execute(select(Instance.__table__).order_by(Instance.id)).all():
            if self._revisions.get(row.id) == row.revision:
                continue
            self._revisions[row.id] = row.revision
            state = _state(connection, row, now)
            self.states.setdefault(row.id, []).append(state)
            since = self._told.get(row.id, 0)
            events = select(Event.seq, Event.body).where(Event.stream == f"instance:{row.id}", Event.seq > since)
            for seq, body in connection.execute(events.order_by(Event.seq)):
                content = json.loads(body)
                self.deeds.append(Deed(now, seq, content["kind"], content.get("by"), content, state))
            self._told[row.id] = row.head_seq

    def look_at_staff(self, connection: Connection, now: datetime) -> None:
        """Write down who holds which roles, who is away, and how they want to be told."""
        held = connection.execute(select(RoleAssignment.__table__).order_by(RoleAssignment.id)).all()
        chosen = select(PreferenceRow.person_id).where(PreferenceRow.reminders == Preference.AT_ONCE)
        away = connection.execute(select(Absence.__table__).where(Absence.ended_at.is_(None)).order_by(Absence.id))
        self.staff.append(
            Staff(
                now,
                tuple(
                    Mandate(m.id, m.person_id, m.region_id, Role(m.role), m.unit_id, m.valid_from, m.valid_to)
                    for m in held
                ),
                frozenset(connection.scalars(select(PersonRow.id).where(PersonRow.active))),
                frozenset(connection.scalars(chosen)),
                tuple((row.person_id, row.substitute_id, row.first_day, row.last_day) for row in away),
            )
        )


def _state(connection: Connection, row: Any, now: datetime) -> State:
    table = Case.__table__ if row.subject == "case" else Recommendation.__table__
    facts = connection.execute(select(table).where(table.c.id == row.id)).mappings().one()
    units = select(TreatingUnit.unit_id).where(TreatingUnit.case_id == row.id).order_by(TreatingUnit.unit_id)
    dues = select(DueDate.__table__).where(DueDate.instance_id == row.id, DueDate.state == "pending")
    tasks = select(TaskRow.__table__).where(TaskRow.instance_id == row.id, TaskRow.state != "cancelled")
    years = select(GrantRow.budget_year).where(GrantRow.case_id == row.id, GrantRow.ceiling_ore > 0)
    return State(
        since=now,
        id=row.id,
        region_id=row.region_id,
        definition=(row.definition_id, row.definition_version),
        stage=row.stage,
        entered=row.stage_entered_on,
        opened=row.opened_on,
        closed=row.closed_on is not None,
        owner_id=facts.get("owner_id"),
        contact_id=facts.get("contact_person_id"),
        nominating_unit_id=facts.get("nominating_unit_id"),
        units=tuple(connection.scalars(units)),
        dates={key: facts.get(key) for key in _DATES},
        concluded=bool(facts.get("follow_up_conclusion")),
        outcome=facts.get("follow_up_outcome"),
        answers=_answers(connection, row.id),
        granted=frozenset(connection.scalars(years)),
        dues={due.id: Due(due.id, due.kind, due.name, due.task_id, due.due_on) for due in connection.execute(dues)},
        tasks={
            task.id: Task(
                task.id,
                task.name,
                Role(task.role),
                task.unit_id,
                task.assignee_id,
                task.state == "open" and task.stage is not None and not task.optional,
            )
            for task in connection.execute(tasks)
        },
    )


def _answers(connection: Connection, case_id: int) -> dict[int, str]:
    """What each unit answered last, since the financing was last extended."""
    extended = select(Decision.recorded_at).where(Decision.case_id == case_id, Decision.outcome == "extended")
    since = max(connection.scalars(extended), default=None)
    told = select(HandoverConfirmation.__table__).where(HandoverConfirmation.case_id == case_id)
    rows = connection.execute(told.order_by(HandoverConfirmation.id)).all()
    return {row.unit_id: row.answer for row in rows if since is None or row.recorded_at > since}

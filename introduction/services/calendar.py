"""A person's own calendar: what waits for the person and when, and the secret address where programs fetch it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, timedelta

from introduction.domain.calendar import add_months
from introduction.domain.process.timing import Text
from introduction.domain.roles import Person, visible
from introduction.services import overview
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import listing, preference, work
from introduction.store.listing import CaseRow
from introduction.store.person import PersonRow, as_person
from introduction.store.work import OpenTask, PendingDate

#: The calendar holds days from so long ago to so far ahead.
BACK = timedelta(days=30)
MONTHS_AHEAD = 24


@dataclass(frozen=True)
class Day:
    """A day in somebody's calendar: something that waits for the person, or a milestone of a case."""

    due_date_id: int
    day: date
    kind: str  #: ``stage``, ``task`` or ``milestone``
    title: Text
    case: CaseRow
    task_id: int | None = None
    unit: str | None = None


def secret(person_id: int, serial: int, key: str) -> str:
    """The secret in the address of a person's calendar. Another serial gives another one, so the old address is dead.

    It begins with the person's id, which is no secret; the rest cannot be made without the installation's key.
    """
    proof = hmac.new(key.encode(), f"calendar:{person_id}:{serial}".encode(), hashlib.sha256).hexdigest()
    return f"{person_id}-{proof}"


def reader(desk: Desk, given: str, key: str) -> tuple[PersonRow, Person] | None:
    """Whose calendar a secret opens; None when it opens none, or the person may no longer sign in or has no role."""
    number = given.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    person_id = int(number)
    row = desk.session.get(PersonRow, person_id)
    serial = preference.of_person(desk.session, person_id).calendar_serial
    if not hmac.compare_digest(given.encode(), secret(person_id, serial, key).encode()):
        return None
    if row is None or not row.active:
        return None
    person = as_person(desk.session, row, desk.today)
    return (row, person) if person.mandates else None


def days(desk: Desk, person: Person) -> list[Day]:
    """What waits for a person, and the milestones of the open cases that the person sees; soonest first.

    A task counts from the day when it is planned, also before it opens. The number of statements is the same however
    many days there are.
    """
    seen = visible(person)
    last = add_months(desk.today, MONTHS_AHEAD)
    roles = person.roles_in(None)
    pending = work.pending_between(desk.session, seen, desk.today - BACK, last)
    tasks = {task.id: task for task in work.open_tasks(desk.session, seen, person.user_id, roles, last, date.min)}
    rows = listing.by_ids(desk.session, sorted({one.case_id for one in pending}))
    found = (_day(desk, person, rows[one.case_id], one, tasks.get(one.task_id or 0)) for one in pending)
    return [day for day in found if day is not None]


def _day(desk: Desk, person: Person, row: CaseRow, pending: PendingDate, task: OpenTask | None) -> Day | None:
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    if pending.kind == "milestone":
        title = next(one.title for one in definition.milestone if one.id == pending.name)
    elif pending.kind == "stage":
        if definition.stage_named(pending.name).owner not in person.roles_in(row.region_id):
            return None
        title = definition.next_step(pending.name)
    else:
        if task is None or not overview.waits_for(person, task, row.region_id):
            return None
        title = task_named(definition, task.name).title
    unit = task.unit if task is not None else None
    return Day(pending.id, pending.due_on, pending.kind, title, row, pending.task_id, unit)

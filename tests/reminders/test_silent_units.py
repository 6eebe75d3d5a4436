"""A unit that is asked to take over a cost and says nothing: its head is reminded, who comes next, and the chair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from introduction.domain.calendar import STOCKHOLM, add_working_days
from introduction.domain.notices import Kind
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import notices
from introduction.store import database
from introduction.store.notice import Notice
from introduction.store.task import due_dates_of
from tests.handing_over import WHY, Handing
from tests.reminders.driving import Post, worker_of
from tests.world import VGR, World

TEN = timedelta(days=10)


@pytest.fixture
def worker(engine: Engine, world: World) -> Worker:
    return worker_of(engine, world.catalogue, world.clock, Post(world.clock))


@pytest.fixture
def handing(world: World) -> Handing:
    """Room is proposed for both units on the first day; nobody has answered."""
    made = Handing.build(world)
    made.propose("lung")
    made.propose("neuro")
    return made


def due(handing: Handing, unit: str) -> date:
    task = handing.task("confirm_responsibility", unit)
    rows = due_dates_of(handing.world.session, handing.case.instance.id)
    return next(row.due_on for row in rows if row.task_id == task.id)


def wake(world: World, worker: Worker, day: date) -> None:
    """The worker wakes as the office opens on a day."""
    world.session.commit()
    world.clock.now = datetime(day.year, day.month, day.day, 7, 0, 3, tzinfo=STOCKHOLM)
    worker.tick()
    database.begin_writing(world.session)
    world.session.expire_all()


def told(world: World, due_date_of: int) -> Sequence[tuple[int, str, str]]:
    query = select(Notice).where(Notice.due_date_id == due_date_of).order_by(Notice.id)
    return [(row.person_id, row.kind, row.template) for row in world.session.scalars(query)]


def due_date_id(handing: Handing, unit: str) -> int:
    task = handing.task("confirm_responsibility", unit)
    rows = due_dates_of(handing.world.session, handing.case.instance.id)
    return next(row.id for row in rows if row.task_id == task.id)


def test_silence_goes_to_the_next_in_line_and_then_to_the_chair(world: World, worker: Worker, handing: Handing) -> None:
    day, which = due(handing, "lung"), due_date_id(handing, "lung")
    for at in (day - TEN, day, *(add_working_days(day, days) for days in (2, 10, 20))):
        wake(world, worker, at)
    people = world.people[VGR]
    head, coordinator, chair = (people[role].id for role in (Role.HEAD_OF_UNIT, Role.COORDINATOR, Role.COUNCIL_CHAIR))
    assert told(world, which) == [
        (head, Kind.REMINDER, "reminder"),
        (head, Kind.REMINDER, "reminder"),
        (coordinator, Kind.ESCALATION, "unanswered"),
        (chair, Kind.ESCALATION, "unanswered"),
        (chair, Kind.ESCALATION, "unanswered"),
    ]


def test_an_acknowledged_reminder_is_no_answer_to_the_chair(world: World, worker: Worker, handing: Handing) -> None:
    day, which = due(handing, "lung"), due_date_id(handing, "lung")
    wake(world, worker, day - TEN)
    [mine] = world.session.scalars(select(Notice).where(Notice.due_date_id == which)).all()
    notices.acknowledge(world.desk(Role.HEAD_OF_UNIT), mine.id)
    for at in (day, add_working_days(day, 2), add_working_days(day, 10)):
        wake(world, worker, at)
    chair = world.people[VGR][Role.COUNCIL_CHAIR].id
    assert [person for person, _kind, _template in told(world, which)][2:] == [chair], (
        "the coordinator is left in peace"
    )


def test_whoever_has_answered_is_left_in_peace(world: World, worker: Worker, handing: Handing) -> None:
    day, which = due(handing, "lung"), due_date_id(handing, "lung")
    other = due_date_id(handing, "neuro")
    handing.answer("lung", "objection", WHY)
    for at in (day, add_working_days(day, 10)):
        wake(world, worker, at)
    assert not told(world, which) and told(world, other)

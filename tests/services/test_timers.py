"""A case's timers follow its dates: moved with them, cancelled with them, and none carried out twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from introduction.domain.calendar import add_months, on_working_day
from introduction.domain.process import occurrences
from introduction.domain.roles import Role
from introduction.services import cases, changes, plan, reminding, steps
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import timer as store
from introduction.store.notice import Notice
from introduction.store.task import DueDate, TaskRow
from introduction.store.timer import Timer
from tests.world import VGR, World

START = date(2027, 1, 11)


@pytest.fixture
def case(world: World) -> Subject:
    """A case whose introduction starts on 11 January 2027 at one unit, which reports after 3, 6, 12, 18, 24 months."""
    case = world.start_case()
    return start_on(world, case, START, treating_units=(world.units[VGR]["lung"].id,))


def start_on(world: World, case: Subject, day: date | None, **facts: object) -> Subject:
    given = {"introduction_start": day, **facts}
    return cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, given, note="Rättat")


def first_report(world: World, case: Subject) -> TaskRow:
    query = select(TaskRow).where(TaskRow.instance_id == case.instance.id, TaskRow.name == "report_month_3")
    return world.session.scalars(query).one()


def reminders(world: World, task: TaskRow) -> dict[str, date]:
    """The reminders of a task that wait, by the place of their rule."""
    query = select(Timer.rule, Timer.day).join(DueDate, DueDate.id == Timer.due_date_id)
    return dict(world.session.execute(query.where(DueDate.task_id == task.id, Timer.state == "pending")).all())  # type: ignore[arg-type]


def at(world: World, day: date) -> None:
    """Let it be that day, as the office opens."""
    world.clock.now = occurrences.at(day, occurrences.COLLECTED_AT)


def fire(world: World) -> int:
    return reminding.fire(Desk(world.session, world.catalogue, None, world.clock.now), 1000)


def told(world: World) -> int:
    return world.session.scalar(select(func.count()).select_from(Notice)) or 0


def days_for(start: date) -> dict[str, date]:
    """The days on which one is reminded of the first report: due four months after the start."""
    due = add_months(start, 4)
    return {
        "default:0": on_working_day(due - timedelta(days=10), before=True),
        "default:1": on_working_day(due, before=True),
        "default:2": occurrences.add_working_days(due, 2),
        "default:3": occurrences.add_working_days(due, 5),
    }


def test_the_days_are_as_the_process_says(world: World, case: Subject) -> None:
    assert reminders(world, first_report(world, case)) == {
        "default:0": date(2027, 4, 30),
        "default:1": date(2027, 5, 11),
        "default:2": date(2027, 5, 13),
        "default:3": date(2027, 5, 18),
    }


def test_deriving_again_changes_nothing(world: World, case: Subject) -> None:
    before = world.session.execute(select(Timer.__table__).order_by(Timer.id)).all()
    plan.derive(world.operator, changes.load(world.operator, case.instance.id, None))
    world.session.flush()
    assert world.session.execute(select(Timer.__table__).order_by(Timer.id)).all() == before


@pytest.mark.parametrize("days", [1, 7, 200, -1, -20])
def test_when_the_date_moves_the_reminders_move(world: World, case: Subject, days: int) -> None:
    moved = START + timedelta(days=days)
    start_on(world, case, moved)
    assert reminders(world, first_report(world, case)) == days_for(moved)


def test_when_the_date_is_no_longer_known_nobody_is_reminded(world: World, case: Subject) -> None:
    start_on(world, case, None)
    assert reminders(world, first_report(world, case)) == {}


def test_moved_back_the_reminders_stand_again_as_the_same_rows(world: World, case: Subject) -> None:
    task = first_report(world, case)
    keys = set(world.session.scalars(select(Timer.key).where(Timer.state == "pending")))
    start_on(world, case, START + timedelta(days=200))
    start_on(world, case, START)
    assert reminders(world, task) == days_for(START)
    assert set(world.session.scalars(select(Timer.key).where(Timer.state == "pending"))) == keys


def test_what_was_sent_is_not_sent_again_when_the_date_moves_forth_and_back(world: World, case: Subject) -> None:
    at(world, date(2027, 4, 30))
    fire(world)
    assert told(world) == 1
    start_on(world, case, START + timedelta(days=1))
    start_on(world, case, START)
    fire(world)
    world.clock.forward(days=3)
    fire(world)
    assert told(world) == 1


def test_what_comes_after_what_was_sent_stands_though_somebody_changes_the_case_at_the_same_moment(
    world: World, case: Subject
) -> None:
    task = first_report(world, case)
    at(world, date(2027, 5, 18))
    fire(world)
    assert reminders(world, task) == {"default:3": date(2027, 6, 1)}
    plan.derive(world.operator, changes.load(world.operator, case.instance.id, None))
    assert reminders(world, task) == {"default:3": date(2027, 6, 1)}


def test_what_is_done_is_reminded_of_no_more(world: World, case: Subject) -> None:
    task = first_report(world, case)
    world.clock.forward(months=6)
    record = {"period_end": START, "patients_started": 1, "patients_continuing": 1, "patients_stopped": 0}
    steps.do_task(world.desk(Role.HEAD_OF_UNIT), task.id, record=record)
    about = select(Notice.id).join(DueDate, DueDate.id == Notice.due_date_id)
    assert reminders(world, task) == {}
    fire(world)
    assert not list(world.session.scalars(about.where(DueDate.task_id == task.id)))


def test_what_is_opened_again_is_reminded_of_again(world: World) -> None:
    case = world.start_case()
    world.take(case, "await_advice", Role.COORDINATOR)
    query = select(TaskRow).where(TaskRow.instance_id == case.instance.id, TaskRow.name == "check_national_status")
    task = world.session.scalars(query).one()
    planned = reminders(world, task)
    assert len(planned) == 4
    steps.do_task(world.desk(Role.COORDINATOR), task.id)
    assert reminders(world, task) == {}
    steps.reopen_task(world.desk(Role.COORDINATOR), task.id, note="Inte klart")
    assert reminders(world, task) == planned


def test_a_case_that_has_ended_reminds_nobody(world: World, case: Subject) -> None:
    world.take(case, "withdraw", Role.COORDINATOR, note="Företaget drog sig ur")
    assert [timer.what for timer in store.pending_of(world.session, case.instance.id)] == []


def test_while_a_case_rests_nobody_is_reminded_of_its_stage_and_afterwards_again(world: World) -> None:
    case = world.start_case()
    planned = {(row.rule, row.day) for row in store.pending_of(world.session, case.instance.id)}
    assert len(planned) == 4
    world.take(case, "pause", Role.COORDINATOR, note="Väntar")
    assert store.pending_of(world.session, case.instance.id) == []
    world.take(case, "resume", Role.COORDINATOR)
    assert {(row.rule, row.day) for row in store.pending_of(world.session, case.instance.id)} == planned


def test_no_two_timers_have_the_same_key(world: World, case: Subject) -> None:
    [row] = store.pending_of(world.session, case.instance.id)[:1]
    planned = {column.name: getattr(row, column.name) for column in Timer.__table__.columns if column.name != "id"}
    before = world.session.scalar(select(func.count()).select_from(Timer))
    store.plan(world.session, [planned, planned])
    assert world.session.scalar(select(func.count()).select_from(Timer)) == before


def test_what_was_due_when_it_became_known_is_past(world: World) -> None:
    """A start that lies years back: all its reports are late, and only what still repeats is to come."""
    case = start_on(world, world.start_case(), date(2023, 1, 11), treating_units=(world.units[VGR]["lung"].id,))
    assert set(reminders(world, first_report(world, case))) == {"default:3"}
    fire(world)
    assert told(world) == 0

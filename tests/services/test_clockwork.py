"""What the clock does by itself: on its day, once, by the rules, and told when it may not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from introduction.domain.calendar import STOCKHOLM, add_months, add_working_days
from introduction.domain.notices import Kind
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import cases, steps
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import database
from introduction.store.case import Case
from introduction.store.event import events_of
from introduction.store.follow_up import HandoverConfirmation, HandoverProposal
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.reminders.driving import Post, worker_of
from tests.world import VGR, World

UNTIL = date(2028, 12, 31)
BEGINS = date(2028, 2, 1)  # the budget work for 2029 opens then


@pytest.fixture
def worker(engine: Engine, world: World) -> Worker:
    return worker_of(engine, world.catalogue, world.clock, Post(world.clock))


@pytest.fixture
def case(world: World) -> Subject:
    """A financed case: from January 2027 to the end of 2028, at one unit."""
    return standing(world, "financed")


def standing(world: World, stage: str, **facts: Any) -> Subject:
    """A case put in a stage as if it had come there today; its dates are then derived as after any change."""
    case = world.start_case()
    row: Any = world.session.get_one(Case, case.instance.id)
    instance = world.session.get_one(Instance, case.instance.id)
    definition = world.catalogue.get(instance.definition_id, instance.definition_version)
    row.introduction_start, row.financed_until = date(2026, 11, 2), UNTIL
    row.phase = definition.stage_named(stage).phase or Phase.FOLLOW_UP
    instance.stage, instance.stage_entered_on = stage, world.clock.today
    for task in case.tasks:
        task.state = "cancelled"
    world.session.flush()
    given = {"treating_units": (world.units[VGR]["lung"].id,), **facts}
    return cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, given, note="Utsedda")


def tick(world: World, worker: Worker, moment: datetime | None = None) -> None:
    """The worker wakes; what the test has done is committed first."""
    world.session.commit()
    if moment is not None:
        world.clock.now = moment
    worker.tick()
    database.begin_writing(world.session)
    world.session.expire_all()


def six(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, 0, 2, tzinfo=STOCKHOLM)


def stage(world: World, case: Subject) -> str:
    return world.session.get_one(Instance, case.instance.id, populate_existing=True).stage


def by_clock(world: World, case: Subject) -> list[tuple[str, str | None, str | None]]:
    """The actions in the case's history: which, by whom, and which actor."""
    events = [event.content for event in events_of(world.session, case.instance.stream)]
    return [(e["action"], e["by"], e.get("actor")) for e in events if e["kind"] == "action_taken"]


def refusals(world: World) -> list[Notice]:
    return list(world.session.scalars(select(Notice).where(Notice.template == "refused").order_by(Notice.id)))


def timer(world: World, action: str) -> Timer:
    return world.session.scalars(
        select(Timer).where(Timer.rule == f"action:{action}").order_by(Timer.id.desc())
    ).first()  # type: ignore[return-value]


# --- taken


def test_the_handover_begins_on_its_day_by_the_clock(world: World, worker: Worker, case: Subject) -> None:
    tick(world, worker, six(BEGINS) - timedelta(minutes=1))
    assert stage(world, case) == "financed"
    tick(world, worker, six(BEGINS))
    assert stage(world, case) == "handover_preparation"
    assert by_clock(world, case) == [("begin_handover", None, "clock")]
    head, economist = (world.people[VGR][role].id for role in (Role.HEAD_OF_UNIT, Role.ECONOMIST))
    moved = world.session.scalars(select(Notice.person_id).where(Notice.template == "moved")).all()
    assert sorted(moved) == sorted([head, economist]), "those whom the action tells"


def test_it_is_taken_once_however_often_the_worker_wakes(world: World, worker: Worker, case: Subject) -> None:
    for hour in range(5):
        tick(world, worker, six(BEGINS) + timedelta(hours=hour))
    assert by_clock(world, case) == [("begin_handover", None, "clock")]
    assert timer(world, "begin_handover").state == "done"


def test_after_a_week_without_a_worker_it_is_caught_up_once(world: World, worker: Worker, case: Subject) -> None:
    tick(world, worker, six(BEGINS) + timedelta(days=7))
    tick(world, worker, six(BEGINS) + timedelta(days=7, minutes=5))
    assert by_clock(world, case) == [("begin_handover", None, "clock")]
    assert world.session.get_one(Instance, case.instance.id).stage_entered_on == BEGINS + timedelta(days=7)


def test_what_a_person_has_done_before_the_clock_does_not_do(world: World, worker: Worker, case: Subject) -> None:
    facts = {"follow_up_outcome": "hand_over_early", "follow_up_conclusion": "Målen är nådda"}
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, facts, note="Klart tidigt")
    world.take(case, "begin_handover", Role.COORDINATOR)
    assert timer(world, "begin_handover").state == "cancelled"
    tick(world, worker, six(BEGINS))
    person = world.people[VGR][Role.COORDINATOR].id
    assert by_clock(world, case) == [("begin_handover", person, None)]


def test_when_the_financing_is_prolonged_the_clock_waits(world: World, worker: Worker, case: Subject) -> None:
    facts = {"financed_until": date(2029, 12, 31)}
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, facts, note="Ett år till")
    tick(world, worker, six(BEGINS))
    assert stage(world, case) == "financed"
    tick(world, worker, six(date(2029, 2, 1)))
    assert stage(world, case) == "handover_preparation"


def test_the_clock_gives_the_date_that_the_regions_setting_says(world: World, worker: Worker) -> None:
    case = standing(world, "prescriber_responsibility")
    day = add_working_days(world.clock.today, 40)
    tick(world, worker, six(day))
    assert stage(world, case) == "watch"
    assert world.session.get_one(Case, case.instance.id, populate_existing=True).fact("watch_until") == add_months(
        day, 12
    )


def test_only_the_clocks_own_desk_may_act_as_the_clock(world: World, case: Subject) -> None:
    nobody = Desk(world.session, world.catalogue, None, world.clock.now)
    with pytest.raises(Exception, match="Logga in"):
        steps.take(nobody, case.instance.id, "begin_handover")
    clock = Desk(world.session, world.catalogue, None, world.clock.now, clock=True)
    with pytest.raises(Exception, match="Logga in"):
        steps.take(clock, case.instance.id, "end_early", note="Nej", record={})


# --- refused


@pytest.fixture
def unconfirmed(world: World) -> Subject:
    """A case about to be handed over, whose unit has not answered."""
    return standing(world, "handover_preparation", follow_up_conclusion="Målen är nådda")


def confirm(world: World, case: Subject) -> None:
    """Room is proposed for the unit, and it confirms."""
    told = {
        "case_id": case.instance.id,
        "unit_id": world.units[VGR]["lung"].id,
        "forecast_ore": 0,
        "recorded_at": world.clock.now,
    }
    world.session.add_all([HandoverProposal(room_ore=0, **told), HandoverConfirmation(answer="confirmed", **told)])
    world.session.flush()


def test_what_the_rules_do_not_allow_is_told_the_coordinator_once(
    world: World, worker: Worker, unconfirmed: Subject
) -> None:
    day = UNTIL + timedelta(days=1)
    for days in range(5):
        tick(world, worker, six(day + timedelta(days=days)))
    assert stage(world, unconfirmed) == "handover_preparation"
    [notice] = refusals(world)
    assert (notice.person_id, notice.kind) == (world.people[VGR][Role.COORDINATOR].id, Kind.ESCALATION)
    assert "Bekräftelse saknas från" in notice.about and "Lungmedicin" in notice.about
    assert timer(world, "hand_over").state == "refused"
    assert [event for event in by_clock(world, unconfirmed) if event[2] == "clock"] == []


def test_the_clock_tries_again_when_something_has_changed(world: World, worker: Worker, unconfirmed: Subject) -> None:
    day = UNTIL + timedelta(days=1)
    tick(world, worker, six(day))
    cases.change_facts(world.desk(Role.COORDINATOR), unconfirmed.instance.id, {"goals": "Nya"}, note="Ändrat")
    assert timer(world, "hand_over").state == "pending"
    tick(world, worker, six(day + timedelta(days=1)))
    assert timer(world, "hand_over").state == "refused"
    assert len(refusals(world)) == 1, "of the same day one is told once"
    confirm(world, unconfirmed)
    cases.change_facts(world.desk(Role.COORDINATOR), unconfirmed.instance.id, {"goals": "Andra"}, note="Ändrat")
    tick(world, worker, six(day + timedelta(days=2)))
    assert stage(world, unconfirmed) == "prescriber_responsibility"


def test_when_the_day_moves_the_refusal_is_forgotten(world: World, worker: Worker, unconfirmed: Subject) -> None:
    tick(world, worker, six(UNTIL + timedelta(days=1)))
    facts = {"financed_until": date(2029, 6, 30)}
    cases.change_facts(world.desk(Role.COORDINATOR), unconfirmed.instance.id, facts, note="Ett halvår till")
    confirm(world, unconfirmed)
    tick(world, worker, six(UNTIL + timedelta(days=2)))
    assert stage(world, unconfirmed) == "handover_preparation"
    tick(world, worker, six(date(2029, 7, 1)))
    assert stage(world, unconfirmed) == "prescriber_responsibility"

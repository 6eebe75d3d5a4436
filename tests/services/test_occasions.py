"""Reminders of what belongs to no case: mandates that end, and units that nobody answers for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from introduction.domain.notices import Kind
from introduction.domain.process import occurrences
from introduction.domain.roles import Role
from introduction.services import cases, occasions, people, reminding
from introduction.services.desk import Desk
from introduction.store.notice import Notice
from introduction.store.person import RoleAssignment, assignments_of
from introduction.store.timer import Timer
from tests.world import NORRBOTTEN, VGR, World

ENDS = date(2027, 2, 15)  # a Monday


@pytest.fixture
def mandate(world: World) -> RoleAssignment:
    """The economist's mandate in Västra Götaland, which ends on 15 February 2027."""
    [held] = assignments_of(world.session, world.people[VGR][Role.ECONOMIST].id)
    people.end_role(world.operator, held.id, last_day=ENDS)
    return held


def live_until(world: World, day: date) -> None:
    """Let the days pass: each morning the clock looks around at six and reminds at seven."""
    while world.clock.today <= day:
        for hour in (occurrences.CLOCK_ACTS, occurrences.COLLECTED_AT):
            world.clock.now = max(world.clock.now, occurrences.at(world.clock.today, hour))
            desk = Desk(world.session, world.catalogue, None, world.clock.now)
            occasions.sweep(desk)
            reminding.fire(desk, 1000)
        world.clock.now = occurrences.at(world.clock.today + timedelta(days=1), occurrences.CLOCK_ACTS)


def told(world: World, about: str = "region") -> list[tuple[int, date | None, date, str]]:
    """Who was told of what day, when, and how."""
    rows: Sequence[Notice] = world.session.scalars(select(Notice).order_by(Notice.id)).all()
    return [(n.person_id, n.due_on, day_of(n.created_at), n.kind) for n in rows if n.template == about]


def day_of(moment: datetime) -> date:
    return moment.astimezone(occurrences.STOCKHOLM).date()


def waiting(world: World) -> list[tuple[str, str | None, date]]:
    query = select(Timer.rule, Timer.about, Timer.day).where(Timer.state == "pending", Timer.instance_id.is_(None))
    return [tuple(row) for row in world.session.execute(query.order_by(Timer.day))]  # type: ignore[misc]


def headless_unit(world: World, region: str = VGR) -> int:
    """A unit that treats and has no head, from today on; its case is opened today."""
    neuro = world.units[region]["neuro"].id
    case = world.start_case(region=region)
    desk = world.desk(Role.COORDINATOR, region)
    cases.change_facts(desk, case.instance.id, {"treating_units": (neuro,)}, note="Utsedda")
    return neuro


# --- mandates


def test_the_administrator_hears_a_month_before_a_mandate_ends_and_the_coordinator_a_fortnight_before(
    world: World, mandate: RoleAssignment
) -> None:
    live_until(world, ENDS + timedelta(days=40))
    administrator, coordinator = (world.people[VGR][role].id for role in (Role.ADMINISTRATOR, Role.COORDINATOR))
    assert told(world) == [
        (administrator, ENDS, date(2027, 1, 15), Kind.REMINDER),  # 30 days before is a Saturday
        (coordinator, ENDS, date(2027, 2, 1), Kind.DIGEST),
    ]


def test_a_mandate_that_is_prolonged_is_reminded_of_for_its_new_end(world: World, mandate: RoleAssignment) -> None:
    live_until(world, date(2026, 12, 1))
    mandate.valid_to = ENDS + timedelta(days=365)
    live_until(world, date(2027, 3, 1))
    assert told(world) == []
    assert [day for _rule, _about, day in waiting(world)] == [date(2028, 1, 14), date(2028, 2, 1)]


def test_nobody_hears_of_the_mandate_of_somebody_who_has_left(world: World, mandate: RoleAssignment) -> None:
    live_until(world, date(2026, 12, 1))
    people.deactivate(world.operator, mandate.person_id)
    live_until(world, date(2027, 2, 20))
    assert told(world) == []


def test_a_mandate_given_for_a_few_days_only_is_not_reminded_of(world: World) -> None:
    today = world.clock.today
    row = world.people[VGR][Role.READER]
    people.grant_role(world.operator, row.id, Role.AUDITOR, world.regions[VGR], valid_to=today + timedelta(days=5))
    live_until(world, today + timedelta(days=10))
    assert told(world) == []


def test_looking_around_again_changes_nothing(world: World, mandate: RoleAssignment) -> None:
    desk = Desk(world.session, world.catalogue, None, world.clock.now)
    assert occasions.sweep(desk) == occasions.sweep(desk) == 2
    assert len(waiting(world)) == 2


# --- units that nobody answers for


def test_a_unit_without_a_head_is_told_of_the_day_after_and_then_each_month(world: World) -> None:
    headless_unit(world)
    live_until(world, date(2027, 2, 26))
    coordinator, opened = world.people[VGR][Role.COORDINATOR].id, date(2026, 11, 23)
    assert told(world) == [
        (coordinator, opened, date(2026, 11, 24), Kind.DIGEST),
        (coordinator, opened, date(2026, 12, 28), Kind.DIGEST),  # the 24th is Christmas Eve
        (coordinator, opened, date(2027, 1, 25), Kind.DIGEST),  # the 24th is a Sunday
        (coordinator, opened, date(2027, 2, 24), Kind.DIGEST),
    ]


def test_it_stops_when_somebody_answers_for_the_unit(world: World) -> None:
    headless_unit(world)
    live_until(world, date(2026, 12, 1))
    assert len(told(world)) == 1
    world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Nora Chef")
    live_until(world, date(2027, 2, 26))
    assert len(told(world)) == 1
    assert waiting(world) == []


def test_what_is_mended_between_two_looks_is_not_told_of_though_it_was_planned(world: World) -> None:
    headless_unit(world)
    occasions.sweep(Desk(world.session, world.catalogue, None, world.clock.now))
    world.add_person(Role.HEAD_OF_UNIT, unit_key="hospital", name="Hanna Chef")  # above the unit
    world.clock.forward(days=2)
    assert reminding.fire(Desk(world.session, world.catalogue, None, world.clock.now), 1000) == 1
    assert told(world) == []


def test_when_a_head_leaves_it_counts_from_the_last_day(world: World) -> None:
    """The head above answers until New Year; the region has had a case there since November."""
    neuro = world.units[VGR]["neuro"].id
    row = world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Nora Chef")
    headless_unit(world)
    [held] = assignments_of(world.session, row.id)
    people.end_role(world.operator, held.id, last_day=date(2027, 1, 12))
    live_until(world, date(2027, 1, 20))
    coordinator = world.people[VGR][Role.COORDINATOR].id
    about_the_unit = [one for one in told(world) if one[1] == date(2027, 1, 12) and one[2] > date(2027, 1, 12)]
    assert about_the_unit == [(coordinator, date(2027, 1, 12), date(2027, 1, 13), Kind.DIGEST)]
    assert waiting(world) == [("region:unit_without_head", f"unit:{neuro}", date(2027, 2, 15))]


def test_each_region_hears_of_its_own_units(world: World) -> None:
    headless_unit(world, NORRBOTTEN)
    live_until(world, date(2026, 11, 27))
    assert [one[0] for one in told(world)] == [world.people[NORRBOTTEN][Role.COORDINATOR].id]


def test_a_unit_of_a_case_that_has_ended_is_nobodys_concern(world: World) -> None:
    neuro = world.units[VGR]["neuro"].id
    case = world.start_case()
    cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, {"treating_units": (neuro,)}, note="Utsedda")
    world.take(case, "withdraw", Role.COORDINATOR, note="Avbrutet")
    live_until(world, date(2026, 12, 1))
    assert told(world) == []

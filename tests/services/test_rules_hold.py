"""Ways around the rules that are closed: other units' tasks, emptied facts, old answers, links to hidden cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.process.guards import GUARDS
from introduction.domain.process.situation import Situation
from introduction.domain.roles import Role
from introduction.services import cases, changes, files, history, steps
from introduction.services.history import Past
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store.task import TaskRow
from tests.world import VGR, World


@pytest.fixture
def case(world: World) -> Subject:
    """A case in the horizon scan."""
    return world.start_case()


def open_task(case: Subject) -> TaskRow:
    return next(row for row in case.tasks if row.state == "open")


def test_a_task_is_not_given_to_somebody_without_a_role_in_the_region(world: World, case: Subject) -> None:
    stranger = world.people["norrbotten"][Role.READER]
    with pytest.raises(InvalidInput, match="roll i regionen"):
        steps.assign_task(world.desk(Role.COORDINATOR), open_task(case).id, stranger.id)
    with pytest.raises(InvalidInput, match="roll i regionen"):
        cases.set_owner(world.desk(Role.COORDINATOR), case.instance.id, stranger.id)


def test_a_head_of_unit_does_not_take_the_task_of_another_unit(world: World, case: Subject) -> None:
    lung, neuro = world.units[VGR]["lung"].id, world.units[VGR]["neuro"].id
    coordinator = world.desk(Role.COORDINATOR)
    cases.change_facts(coordinator, case.instance.id, {"treating_units": (lung, neuro)}, note="Två enheter")
    row = open_task(case)
    row.role, row.unit_id = Role.HEAD_OF_UNIT, neuro
    world.session.flush()
    head_of_lung = world.people[VGR][Role.HEAD_OF_UNIT]
    with pytest.raises(NotAllowed):
        steps.assign_task(world.desk(head_of_lung), row.id, head_of_lung.id)
    row.assignee_id = world.people["norrbotten"][Role.READER].id  # as if it had been given away before
    world.session.flush()
    subject = changes.load(coordinator, case.instance.id, None)
    assert not steps.may_do(world.desk(Role.READER, "norrbotten").by, subject, row)


def test_a_task_is_not_done_before_it_opens(world: World, case: Subject) -> None:
    row = open_task(case)
    row.opens_on = world.clock.today + timedelta(days=1)
    world.session.flush()
    with pytest.raises(Refused, match="öppnas först"):
        steps.do_task(world.desk(Role.COORDINATOR), row.id)


def test_the_rank_is_not_corrected_beside_the_process(world: World, case: Subject) -> None:
    with pytest.raises(InvalidInput, match="frågas inte efter"):
        cases.change_facts(world.desk(Role.REGISTRAR), case.instance.id, {"rank": 1}, note="Bättre så")


@pytest.mark.parametrize("guard", ["all_units_confirmed", "all_units_answered"])
def test_nobody_has_answered_when_no_unit_treats(world: World, case: Subject, guard: str) -> None:
    assert not case.situation.treating_units
    reason = GUARDS[guard].check(case.situation)
    assert reason is not None and "Utse" in str(reason)


def test_a_case_comes_into_the_round_of_the_day_when_it_is_nominated(world: World, case: Subject) -> None:
    first = case.situation.round_cut_off
    world.clock.forward(months=14)
    moved = world.take(case, "nominate", Role.COORDINATOR)
    assert isinstance(moved.situation, Situation)
    assert first is not None and moved.situation.round_cut_off is not None
    assert moved.situation.round_cut_off >= world.clock.today > first


def test_what_was_recorded_afterwards_stays_asleep_when_it_gets_an_owner(world: World) -> None:
    about = About.typed("Gammalumab", "svår migrän")
    desk = world.desk(Role.COORDINATOR)
    facts = {"introduction_start": world.clock.today.replace(year=2019, month=3, day=1)}
    past = Past(f"{VGR}.new_medicine", "financed", about, "Protokoll", "2019-03", facts=facts)
    recorded = history.record_history(desk, past)
    case = cases.set_owner(desk, recorded.instance.id, world.people[VGR][Role.COORDINATOR].id)
    assert case.tasks == [] and case.instance.next_due_on is None


def test_the_nominator_sees_neither_internal_notes_nor_links_to_cases_of_others(world: World, case: Subject) -> None:
    coordinator = world.desk(Role.COORDINATOR)
    hidden = world.start_case("Hemligumab", "dold indikation")
    cases.link(coordinator, case.instance.id, hidden.instance.id)
    cases.comment(coordinator, case.instance.id, "Ring direktören", internal=True)
    lung = world.units[VGR]["lung"].id
    cases.change_facts(coordinator, case.instance.id, {"nominating_unit_id": lung}, note="Lungmedicin nominerar")
    seen = files.case_file(world.desk(Role.NOMINATOR), case.number)
    assert seen.links == [] and seen.comments == []
    assert all(entry.kind != "commented" for entry in seen.history)
    assert len(files.case_file(coordinator, case.number).links) == 1

"""Who is told: from roles, units and names to people who can be reached today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from introduction.domain.roles import Role
from introduction.services import people
from introduction.services.directory import Directory, Found, Matter
from introduction.store.person import PersonRow, assignments_of
from introduction.store.preference import Absence
from tests.world import NORRBOTTEN, VGR, World

Ask = Callable[..., Found]


@pytest.fixture
def ask(world: World) -> Ask:
    """Asks the directory, as it is now, who is told of a matter in Västra Götaland."""

    def told(role: Role = Role.COORDINATOR, to: Any = None, **matter: Any) -> Found:
        book = Directory(world.session, world.catalogue, world.clock.today)
        return book.recipients(Matter(**{"region_id": world.regions[VGR], "role": role} | matter), to)

    return told


def who(world: World, role: Role, region: str = VGR) -> int:
    return world.people[region][role].id


def end(world: World, row: PersonRow) -> None:
    """Let all that a person may do end today."""
    for held in assignments_of(world.session, row.id):
        people.end_role(world.operator, held.id)


def away(world: World, row: PersonRow, substitute: PersonRow, *, days: int = 5) -> None:
    today = world.clock.today
    world.session.add(
        Absence(
            person_id=row.id,
            substitute_id=substitute.id,
            first_day=today,
            last_day=today + timedelta(days=days),
            made_at=world.clock.now,
        )
    )
    world.session.flush()


# --- roles


def test_a_matter_of_nobody_in_particular_is_for_everybody_with_the_role(world: World, ask: Ask) -> None:
    second = world.add_person(Role.ECONOMIST, name="Eva Ekonom")
    assert ask(Role.ECONOMIST).people == {who(world, Role.ECONOMIST): None, second.id: None}


def test_a_matter_given_to_somebody_is_for_that_person_alone(world: World, ask: Ask) -> None:
    second = world.add_person(Role.ECONOMIST, name="Eva Ekonom")
    assert ask(Role.ECONOMIST, person_id=second.id).people == {second.id: None}


def test_other_regions_people_are_not_told(world: World, ask: Ask) -> None:
    assert who(world, Role.SECRETARY, NORRBOTTEN) not in ask(Role.SECRETARY).people


def test_a_mandate_holds_from_its_first_day_to_its_last(world: World) -> None:
    today = world.clock.today
    row = world.people[VGR][Role.READER]
    last = today + timedelta(days=3)
    people.grant_role(
        world.operator, row.id, Role.ECONOMIST, world.regions[VGR], valid_from=today + timedelta(days=1), valid_to=last
    )

    def holds(day: date) -> bool:
        return row.id in Directory(world.session, world.catalogue, day).holders(world.regions[VGR], Role.ECONOMIST)

    assert [holds(today + timedelta(days=n)) for n in range(5)] == [False, True, True, True, False]


# --- units


def test_a_unit_is_answered_for_by_its_own_head_else_by_the_one_above(world: World, ask: Ask) -> None:
    units = world.units[VGR]
    above = world.add_person(Role.HEAD_OF_UNIT, unit_key="hospital", name="Hanna Chef")
    own = who(world, Role.HEAD_OF_UNIT)
    assert ask(Role.HEAD_OF_UNIT, unit_ids=(units["lung"].id,)).people == {own: None}
    assert ask(Role.HEAD_OF_UNIT, unit_ids=(units["neuro"].id,)).people == {above.id: None}
    both = ask(to="unit_head", unit_ids=(units["lung"].id, units["neuro"].id))
    assert both.people == {own: None, above.id: None}


def test_without_units_that_treat_the_nominating_unit_is_meant(world: World, ask: Ask) -> None:
    lung = world.units[VGR]["lung"].id
    assert ask(to="unit_head", nominating_unit_id=lung).people == {who(world, Role.HEAD_OF_UNIT): None}


def test_a_nominator_is_of_the_nominating_unit_and_not_of_those_that_treat(world: World, ask: Ask) -> None:
    second = world.add_person(Role.NOMINATOR, unit_key="neuro", name="Nils Nominator")
    units = world.units[VGR]
    found = ask(Role.NOMINATOR, unit_ids=(units["lung"].id,), nominating_unit_id=units["neuro"].id)
    assert found.people == {second.id: None}


# --- the next in line


def test_when_nobody_has_the_role_the_next_in_line_is_told(world: World, ask: Ask) -> None:
    end(world, world.people[VGR][Role.NOMINATOR])
    lung = (world.units[VGR]["lung"].id,)
    assert ask(Role.NOMINATOR, unit_ids=lung).people == {who(world, Role.HEAD_OF_UNIT): None}
    end(world, world.people[VGR][Role.HEAD_OF_UNIT])
    assert ask(Role.NOMINATOR, unit_ids=lung).people == {who(world, Role.COORDINATOR): None}
    end(world, world.people[VGR][Role.COORDINATOR])
    assert ask(Role.NOMINATOR, unit_ids=lung).people == {who(world, Role.ADMINISTRATOR): None}


def test_the_next_in_line_of_a_role_is_told_when_a_rule_says_so(world: World, ask: Ask) -> None:
    assert ask(Role.ECONOMIST, "next_in_line").people == {who(world, Role.COORDINATOR): None}
    assert ask(Role.COUNCIL_MEMBER, "next_in_line").people == {who(world, Role.COUNCIL_CHAIR): None}
    assert ask(Role.COORDINATOR, "next_in_line").people == {who(world, Role.ADMINISTRATOR): None}


def test_a_region_may_say_who_comes_after_whom(world: World) -> None:
    rules = world.catalogue.regions[VGR].model_copy(update={"next_in_line": {Role.ECONOMIST: Role.SECRETARY}})
    catalogue = replace(world.catalogue, regions={**world.catalogue.regions, VGR: rules})
    book = Directory(world.session, catalogue, world.clock.today)
    found = book.recipients(Matter(world.regions[VGR], Role.ECONOMIST), "next_in_line")
    assert found.people == {who(world, Role.SECRETARY): None}


def test_when_nobody_at_all_can_be_reached_nobody_is_told(world: World, ask: Ask) -> None:
    for row in world.people[VGR].values():
        end(world, row)
    found = ask(Role.NOMINATOR, unit_ids=(world.units[VGR]["lung"].id,))
    assert (found.people, found.unreached) == ({}, [])


# --- somebody named


def test_an_owner_without_a_role_is_missed_and_the_role_is_told_instead(world: World, ask: Ask) -> None:
    owner = world.add_person(Role.READER, name="Olle Ägare")
    assert ask(to="owner", owner_id=owner.id).people == {owner.id: None}
    end(world, owner)
    found = ask(to="owner", owner_id=owner.id)
    assert (found.people, found.unreached) == ({who(world, Role.COORDINATOR): None}, [owner.id])


def test_a_case_that_nobody_keeps_together_is_the_coordinators(world: World, ask: Ask) -> None:
    assert ask(to="owner").people == {who(world, Role.COORDINATOR): None}


def test_a_contact_person_whose_account_has_ended_is_missed(world: World, ask: Ask) -> None:
    contact = world.people[VGR][Role.HEAD_OF_UNIT]
    people.deactivate(world.operator, contact.id)
    found = ask(to="contact_person", contact_person_id=contact.id)
    assert (found.people, found.unreached) == ({who(world, Role.COORDINATOR): None}, [contact.id])


def test_somebody_who_cannot_be_reached_is_not_told_by_way_of_the_role_either(world: World, ask: Ask) -> None:
    second = world.add_person(Role.COORDINATOR, name="Siv Samordnare")
    people.deactivate(world.operator, second.id)
    assert ask(person_id=second.id).people == {who(world, Role.COORDINATOR): None}


# --- absence


def test_whoever_is_away_is_stood_in_for(world: World, ask: Ask) -> None:
    coordinator, economist = world.people[VGR][Role.COORDINATOR], world.people[VGR][Role.ECONOMIST]
    away(world, coordinator, economist)
    assert ask().people == {economist.id: coordinator.id}
    world.clock.forward(days=6)
    assert ask().people == {coordinator.id: None}


def test_a_substitute_who_can_do_nothing_in_the_region_does_not_stand_in(world: World, ask: Ask) -> None:
    coordinator, other = world.people[VGR][Role.COORDINATOR], world.people[NORRBOTTEN][Role.ECONOMIST]
    away(world, coordinator, other)
    assert ask().people == {coordinator.id: None}


def test_two_who_are_away_may_have_the_same_substitute(world: World, ask: Ask) -> None:
    first, second = world.people[VGR][Role.COORDINATOR], world.add_person(Role.COORDINATOR, name="Siv Samordnare")
    economist = world.people[VGR][Role.ECONOMIST]
    away(world, first, economist)
    away(world, second, economist)
    assert list(ask().people) == [economist.id]
    assert ask().people[economist.id] in (first.id, second.id)


def test_a_substitute_who_is_told_in_any_case_is_told_once_and_in_the_own_name(world: World, ask: Ask) -> None:
    first, second = world.people[VGR][Role.COORDINATOR], world.add_person(Role.COORDINATOR, name="Siv Samordnare")
    away(world, first, second)
    assert ask().people == {second.id: None}


# --- what is national


def test_what_is_national_is_with_the_role_in_every_region(world: World, ask: Ask) -> None:
    found = ask(Role.COUNCIL_CHAIR, region_id=None)
    assert set(found.people) == {who(world, Role.COUNCIL_CHAIR, region) for region in (VGR, NORRBOTTEN)}


def test_the_national_coordinators_next_in_line_is_not_the_coordinator_again(world: World, ask: Ask) -> None:
    found = ask(Role.COORDINATOR, "next_in_line", region_id=None)
    assert set(found.people) == {who(world, Role.ADMINISTRATOR, region) for region in (VGR, NORRBOTTEN)}

"""How people want to be reached, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.roles import Role
from introduction.services import people, preferences
from introduction.store import preference
from introduction.store.event import events_of
from introduction.store.person import PersonRow
from tests.world import NORRBOTTEN, VGR, World

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def away(world: World) -> PersonRow:
    """Who is away: the registrar."""
    return world.people[VGR][Role.REGISTRAR]


@pytest.fixture
def there(world: World) -> PersonRow:
    """Who stands in: the secretary."""
    return world.people[VGR][Role.SECRETARY]


def _events(world: World) -> list[dict[str, Any]]:
    return [event.content for event in events_of(world.session, f"region:{world.regions[VGR]}")]


def _problem(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        act()
    ((field, message),) = refusal.value.problems
    return field, str(message)


# ------------------------------------------------------------------------------------- choices


def test_a_choice_holds_until_the_next_and_is_nobodys_else(world: World, away: PersonRow, there: PersonRow) -> None:
    for value in ("at_once", "collected", "at_once"):
        preferences.choose(world.desk(away), value)
        assert preferences.of(world.desk(away)).reminders == value
    assert preference.chosen(world.session, [away.id, there.id]) == {away.id: "at_once"}
    assert _problem(lambda: preferences.choose(world.desk(away), "never"))[0] == "reminders"


def test_a_new_address_for_the_calendar_keeps_the_choice(world: World, away: PersonRow) -> None:
    preferences.choose(world.desk(away), "at_once")
    preferences.renew_calendar(world.desk(away))
    preferences.renew_calendar(world.desk(away))
    row = preferences.of(world.desk(away))
    assert (row.calendar_serial, row.reminders) == (3, "at_once")


# ------------------------------------------------------------------------------------- absence


def test_an_absence_says_who_stands_in_from_its_first_day_to_its_last(
    world: World, away: PersonRow, there: PersonRow
) -> None:
    absence = preferences.be_away(world.desk(away), there.id, MONDAY, FRIDAY)
    for day, stands_in in ((-1, False), (0, True), (4, True), (5, False)):
        found = preference.substitutes(world.session, MONDAY + timedelta(days=day))
        assert found == ({away.id: there.id} if stands_in else {}), day
    ((told),) = preferences.covering(world.desk(there))
    assert (told.person, told.row.last_day) == (away.name, FRIDAY)
    event = _events(world)[-1]
    assert event["kind"] == "absence_set" and (event["person"], event["substitute"]) == (away.id, there.id)
    preferences.end_absence(world.desk(away), absence.id)
    assert not preferences.absences(world.desk(away), away.id) and not preferences.covering(world.desk(there))
    assert _events(world)[-1]["kind"] == "absence_ended"
    with pytest.raises(Refused, match="redan slut"):
        preferences.end_absence(world.desk(away), absence.id)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (FRIDAY, MONDAY, "last"),
        (MONDAY - timedelta(days=9), MONDAY - timedelta(days=1), "last"),
        (None, FRIDAY, "first"),
        (MONDAY, None, "last"),
    ],
)
def test_the_days_are_in_order_and_not_past(
    world: World, away: PersonRow, there: PersonRow, first: date | None, last: date | None, field: str
) -> None:
    assert _problem(lambda: preferences.be_away(world.desk(away), there.id, first, last))[0] == field


def test_one_who_fell_ill_last_week_can_say_so_today(world: World, away: PersonRow, there: PersonRow) -> None:
    preferences.be_away(world.desk(away), there.id, MONDAY - timedelta(days=4), MONDAY)
    assert preference.substitutes(world.session, MONDAY) == {away.id: there.id}


@pytest.mark.parametrize(
    ("first", "last", "fits"), [(-3, -1, True), (-3, 0, False), (2, 3, False), (4, 9, False), (5, 9, True)]
)
def test_two_absences_of_one_person_do_not_overlap(
    world: World, away: PersonRow, there: PersonRow, first: int, last: int, fits: bool
) -> None:
    start = MONDAY + timedelta(days=7)
    taken_back = preferences.be_away(world.desk(away), there.id, start - timedelta(days=3), start + timedelta(days=9))
    preferences.end_absence(world.desk(away), taken_back.id)
    preferences.be_away(world.desk(away), there.id, start, start + timedelta(days=4))
    days = start + timedelta(days=first), start + timedelta(days=last)
    if fits:
        preferences.be_away(world.desk(away), there.id, *days)
        assert len(preferences.absences(world.desk(away), away.id)) == 2
        return
    field, message = _problem(lambda: preferences.be_away(world.desk(away), there.id, *days))
    assert field == "first" and "2026-11-30" in message and "2026-12-04" in message


def test_who_stands_in_is_somebody_else_who_is_there_and_has_a_role_in_the_region(
    world: World, away: PersonRow, there: PersonRow
) -> None:
    def asked(person_id: int | None) -> tuple[str, str]:
        return _problem(lambda: preferences.be_away(world.desk(away), person_id, MONDAY, FRIDAY))

    assert asked(None)[0] == asked(0)[0] == asked(999999)[0] == "substitute"
    assert "någon annan" in asked(away.id)[1]
    assert "samma region" in asked(world.people[NORRBOTTEN][Role.SECRETARY].id)[1]
    preferences.be_away(world.desk(there), world.people[VGR][Role.AUDITOR].id, FRIDAY, FRIDAY)
    assert "själv borta" in asked(there.id)[1]
    ended = world.people[VGR][Role.ECONOMIST]
    people.deactivate(world.operator, ended.id)
    assert "samma region" in asked(ended.id)[1]
    offered = {person_id for person_id, _name in preferences.substitutes_for(world.desk(away), away.id)}
    assert there.id in offered and not offered & {away.id, ended.id, world.people[NORRBOTTEN][Role.READER].id}


def test_all_that_is_wrong_is_said_at_once(world: World, away: PersonRow) -> None:
    with pytest.raises(InvalidInput) as refusal:
        preferences.be_away(world.desk(away), None, None, None)
    assert [field for field, _message in refusal.value.problems] == ["first", "last", "substitute"]


def test_only_a_coordinator_of_the_region_says_it_of_others(world: World, away: PersonRow, there: PersonRow) -> None:
    for role, region in ((Role.ADMINISTRATOR, VGR), (Role.NOMINATOR, VGR), (Role.COORDINATOR, NORRBOTTEN)):
        with pytest.raises(NotAllowed):
            preferences.be_away(world.desk(role, region), there.id, MONDAY, FRIDAY, person_id=away.id)
    absence = preferences.be_away(world.desk(Role.COORDINATOR), there.id, MONDAY, FRIDAY, person_id=away.id)
    assert absence.made_by == world.people[VGR][Role.COORDINATOR].id
    with pytest.raises(NotAllowed):
        preferences.end_absence(world.desk(there), absence.id)
    preferences.end_absence(world.desk(Role.COORDINATOR), absence.id)
    for act in (
        lambda: preferences.be_away(world.desk(Role.COORDINATOR), there.id, MONDAY, FRIDAY, person_id=999999),
        lambda: preferences.end_absence(world.desk(away), 999999),
    ):
        with pytest.raises(NotFound):
            act()

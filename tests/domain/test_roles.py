"""Who sees and does what. The list of cases and the single case follow one rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.errors import NotAllowed
from introduction.domain.roles import (
    REGION_WIDE,
    RIGHTS,
    ROLE_TITLES,
    Mandate,
    Person,
    Right,
    Role,
    Scope,
    can,
    demand,
    visible,
    why_not,
)

REGIONS = st.integers(1, 3)
UNITS = st.frozensets(st.integers(1, 5), max_size=3)
MANDATES = st.builds(Mandate, role=st.sampled_from(Role), region_id=REGIONS, unit_ids=UNITS)
PEOPLE = st.builds(
    Person, user_id=st.just(1), name=st.just("Ett namn"), mandates=st.tuples() | st.lists(MANDATES).map(tuple)
)


def person(*mandates: Mandate) -> Person:
    return Person(1, "Ett namn", mandates)


def in_list(who: Person, scope: Scope) -> bool:
    """Whether the list of cases, asked by region and unit, holds the case."""
    seen = visible(who)
    return scope.region_id in seen.region_ids or bool(scope.unit_ids & seen.unit_ids)


# Units belong to one region each, as in the organisation tree: unit 12 is unit 2 of region 1.
OWN_UNITS = st.builds(
    lambda region, role, units: Mandate(role, region, frozenset(region * 10 + unit for unit in units)),
    REGIONS,
    st.sampled_from(Role),
    UNITS,
)
SCOPES = st.builds(lambda region, units: Scope(region, frozenset(region * 10 + unit for unit in units)), REGIONS, UNITS)


@given(st.lists(OWN_UNITS, max_size=5), SCOPES)
def test_a_case_may_be_opened_exactly_when_it_stands_in_the_list(mandates, scope):
    who = person(*mandates)
    assert (can(who, Right.VIEW_CASE, scope) is None) == in_list(who, scope)


@given(PEOPLE, st.sampled_from(Right), st.builds(Scope, region_id=REGIONS | st.none(), unit_ids=UNITS))
def test_a_right_takes_a_role_that_has_it_and_a_refusal_has_words(who, right, scope):
    reason = can(who, right, scope)
    if reason is None:
        assert who.roles_in(scope.region_id) & RIGHTS[right]
    else:
        assert str(reason)
        with pytest.raises(NotAllowed):
            demand(who, right, scope)


def test_whoever_is_not_signed_in_is_asked_to_sign_in():
    assert str(can(None, Right.VIEW_CASE, Scope(1))) == "Logga in först"


def test_a_nominator_sees_the_cases_of_the_own_units_alone():
    nominator = person(Mandate(Role.NOMINATOR, 1, frozenset({11, 12})))
    assert can(nominator, Right.VIEW_CASE, Scope(1, frozenset({12, 13}))) is None
    assert can(nominator, Right.VIEW_CASE, Scope(1, frozenset({13}))) is not None
    assert can(nominator, Right.VIEW_CASE, Scope(1)) is not None


def test_a_local_role_without_units_reaches_no_case():
    head = person(Mandate(Role.HEAD_OF_UNIT, 1))
    assert can(head, Right.VIEW_CASE, Scope(1, frozenset({11}))) is not None
    assert visible(head).unit_ids == frozenset()


def test_a_coordinator_of_one_region_is_nobody_in_another():
    coordinator = person(Mandate(Role.COORDINATOR, 1))
    assert can(coordinator, Right.EDIT_FACTS, Scope(1)) is None
    assert str(can(coordinator, Right.EDIT_FACTS, Scope(2))) == "Din roll gäller en annan region eller enhet"


def test_national_things_are_reached_with_a_role_in_any_region():
    coordinator = person(Mandate(Role.COORDINATOR, 2))
    assert can(coordinator, Right.EDIT_RECOMMENDATION, Scope(None)) is None
    assert coordinator.roles_in(None) == {Role.COORDINATOR}
    assert coordinator.roles_in(1) == frozenset()
    assert coordinator.region_ids == {2}


def test_the_refusal_names_who_does_it():
    reader = person(Mandate(Role.READER, 1))
    assert str(can(reader, Right.ASSIGN, Scope(1))) == "Det här görs av: samordnare"
    assert "ekonom" in str(why_not(reader, [Role.ECONOMIST, Role.COORDINATOR], Scope(1)))


def test_those_who_only_look_cannot_change_anything():
    changing = {Right.START_CASE, Right.NOMINATE, Right.EDIT_FACTS, Right.ASSIGN, Right.LINK, Right.RECORD_HISTORY}
    for right in changing:
        assert not RIGHTS[right] & {Role.READER, Role.AUDITOR}


def test_every_right_is_somebodys_and_every_role_has_a_name():
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert set(ROLE_TITLES) == set(Role)
    assert set(Role) - REGION_WIDE == {Role.NOMINATOR, Role.HEAD_OF_UNIT}

"""Signing in, passwords and roles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select

from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.roles import Role
from introduction.services import passwords, people, signing_in
from introduction.services.signing_in import SignIn
from introduction.store import sign_in
from introduction.store.event import events_of
from introduction.store.person import PersonRow, RoleAssignment, as_person
from introduction.store.sign_in import HeldPost, SignInAttempt, SignInSession
from tests.world import NORRBOTTEN, PASSWORD, VGR, World

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def attempt(world: World, row: PersonRow | str, password: str = PASSWORD, address: str = HERE) -> SignIn:
    """Try to sign in."""
    email = row if isinstance(row, str) else row.email
    return signing_in.sign_in(world.desk(None), email, password, address)


def signed_in(world: World, row: PersonRow) -> str:
    """The token of somebody who has just signed in."""
    token = attempt(world, row).token
    assert token is not None
    return token


def is_in(world: World, token: str) -> bool:
    """True when the token still stands for somebody."""
    return signing_in.session_person(world.session, token, world.clock.now) is not None


def told(world: World, region: str = VGR) -> list[tuple[str, dict[str, object]]]:
    """The kinds and contents of a region's events."""
    events = events_of(world.session, f"region:{world.regions[region]}")
    return [(event.content["kind"], event.content) for event in events]


@pytest.fixture
def anna(world: World) -> PersonRow:
    """A coordinator in Västra Götaland."""
    return world.people[VGR][Role.COORDINATOR]


# --- signing in


def test_the_right_password_signs_in_whatever_the_case_of_the_address(world: World, anna: PersonRow) -> None:
    token = attempt(world, f"  {anna.email.upper()} ").token
    assert token is not None
    found = signing_in.session_person(world.session, token, world.clock.now)
    assert found is not None
    assert found[0].id == anna.id


def test_the_token_itself_is_not_stored(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    stored = world.session.scalars(select(SignInSession.token_hash)).all()
    assert token not in stored
    assert len(stored[0]) == 64


def test_nobody_can_tell_an_unknown_account_from_a_wrong_password(world: World, anna: PersonRow) -> None:
    unknown, wrong = attempt(world, "ingen@region.example"), attempt(world, anna, "fel lösenord här")
    assert unknown == wrong
    assert str(unknown.reason) == "Fel e-postadress eller lösenord"


def test_an_unknown_account_costs_a_hash_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []
    match = passwords.hasher.match
    monkeypatch.setattr(passwords.hasher, "match", lambda *given: checked.append(given) or match(*given))
    attempt(world, "ingen@region.example")
    assert checked == [(None, PASSWORD)]


def test_after_five_failures_the_right_password_must_wait_a_quarter(world: World, anna: PersonRow) -> None:
    for _ in range(5):
        assert not attempt(world, anna, "fel lösenord här").throttled
    refused = attempt(world, anna, address=ELSEWHERE)
    assert refused.throttled
    assert refused.token is None
    world.clock.forward(minutes=14)
    assert attempt(world, anna).throttled
    world.clock.forward(minutes=2)
    assert attempt(world, anna).token is not None


def test_an_unknown_account_is_throttled_alike(world: World) -> None:
    for _ in range(5):
        attempt(world, "ingen@region.example")
    assert attempt(world, "ingen@region.example").throttled


def test_after_twenty_failures_nobody_signs_in_from_the_address(world: World, anna: PersonRow) -> None:
    for number in range(20):
        attempt(world, f"{number}@region.example")
    assert attempt(world, anna).throttled
    assert attempt(world, anna, address=ELSEWHERE).token is not None


def test_signing_in_forgets_the_failures_of_the_account(world: World, anna: PersonRow) -> None:
    for _ in range(4):
        attempt(world, anna, "fel lösenord här")
    signed_in(world, anna)
    for _ in range(4):
        assert not attempt(world, anna, "fel lösenord här").throttled
    signed_in(world, anna)


def test_neither_address_nor_account_stands_readable_among_the_attempts(world: World, anna: PersonRow) -> None:
    attempt(world, anna, "fel lösenord här")
    keys = world.session.scalars(select(SignInAttempt.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 and "@" not in key and HERE not in key for key in keys)


def test_old_attempts_are_dropped(world: World, anna: PersonRow) -> None:
    attempt(world, anna, "fel lösenord här")
    world.clock.forward(minutes=16)
    attempt(world, anna, "fel lösenord här")
    assert world.session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


def test_the_log_tells_of_signing_in_and_out_and_failing_without_what_was_typed(world: World, anna: PersonRow) -> None:
    attempt(world, anna, "hemligt i fel ruta")
    signing_in.sign_out(world.desk(None), signed_in(world, anna))
    kinds = [kind for kind, _content in told(world)][-3:]
    assert kinds == ["sign_in_failed", "signed_in", "signed_out"]
    assert told(world)[-1][1]["by"] == anna.id
    bodies = " ".join(str(content) for _kind, content in told(world))
    assert "hemligt" not in bodies
    assert anna.email not in bodies


def test_somebody_without_region_leaves_no_event(world: World) -> None:
    row = people.add_person(world.operator, "ny@region.example", "Ny Person")
    before = told(world), told(world, NORRBOTTEN)
    people.set_password(world.operator, row.id, PASSWORD)
    signed_in(world, row)
    assert (told(world), told(world, NORRBOTTEN)) == before


def test_an_ended_account_cannot_sign_in(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    people.deactivate(world.operator, anna.id)
    assert not is_in(world, token)
    assert attempt(world, anna).token is None
    with pytest.raises(Refused, match="redan avslutat"):
        people.deactivate(world.operator, anna.id)


# --- sessions


def test_a_session_ends_after_half_an_hour_without_use(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    world.clock.forward(minutes=30)
    assert is_in(world, token)
    world.clock.forward(minutes=1)
    assert not is_in(world, token)


def test_a_session_in_use_lasts_ten_hours(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    for _ in range(20):
        world.clock.forward(minutes=30)
        found = signing_in.session_person(world.session, token, world.clock.now)
        assert found is not None
        signing_in.touch(world.session, found[1].id, world.clock.now)
        world.session.expire_all()
    world.clock.forward(minutes=1)
    assert not is_in(world, token)


def test_a_session_is_touched_once_a_minute_at_most(world: World, anna: PersonRow) -> None:
    found = signing_in.session_person(world.session, signed_in(world, anna), world.clock.now)
    assert found is not None
    assert not signing_in.wants_touch(found[1], world.clock.now + timedelta(seconds=59))
    assert signing_in.wants_touch(found[1], world.clock.now + timedelta(seconds=60))


def test_an_ended_session_is_not_touched(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    found = signing_in.session_person(world.session, token, world.clock.now)
    assert found is not None
    started = world.clock.now
    signing_in.sign_out(world.desk(None), token)
    world.session.flush()
    signing_in.touch(world.session, found[1].id, world.clock.forward(minutes=5))
    world.session.refresh(found[1])
    assert found[1].seen_at == started


def test_signing_out_ends_the_session_and_twice_does_no_harm(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    signing_in.sign_out(world.desk(None), token)
    signing_in.sign_out(world.desk(None), token)
    assert not is_in(world, token)
    assert [kind for kind, _content in told(world)].count("signed_out") == 1


# --- passwords


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elva tecken", "minst 12 tecken"),
        ("x" * 201, "högst 200 tecken"),
        ("Coordinator Vastra_Gotaland", "namn eller din e-postadress"),
        ("COORDINATOR.vastra_gotaland@region.example", "namn eller din e-postadress"),
        ("aaaaaaaaaaaaaaaa", "för få olika tecken"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(world: World, anna: PersonRow, password: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        people.set_password(world.operator, anna.id, password)


def test_a_new_password_ends_every_session(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    people.set_password(world.operator, anna.id, "ett annat lösenord")
    assert not is_in(world, token)
    assert attempt(world, anna).token is None
    assert attempt(world, anna, "ett annat lösenord").token is not None
    assert "password_changed" in [kind for kind, _content in told(world)]


def test_changing_the_own_password_keeps_the_own_session_alone(world: World, anna: PersonRow) -> None:
    here, there = signed_in(world, anna), signed_in(world, anna)
    people.change_own_password(world.desk(anna), PASSWORD, "ett annat lösenord", keep=here)
    assert is_in(world, here)
    assert not is_in(world, there)


def test_changing_the_own_password_asks_for_the_old_one(world: World, anna: PersonRow) -> None:
    with pytest.raises(InvalidInput, match="nuvarande lösenordet") as refused:
        people.change_own_password(world.desk(anna), "fel lösenord här", "ett annat lösenord")
    assert refused.value.problems[0][0] == "old"


def test_the_same_letters_from_another_keyboard_are_the_same_password(world: World, anna: PersonRow) -> None:
    people.set_password(world.operator, anna.id, "blåbär på tallen")
    decomposed = "bla\u030aba\u0308r pa\u030a tallen"
    assert attempt(world, anna, decomposed).token is not None


# --- accounts and roles


def test_every_problem_with_a_new_account_is_told_at_once(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        people.add_person(world.operator, "ingen adress", " ")
    assert [field for field, _reason in refused.value.problems] == ["email", "name"]


def test_an_address_is_used_once(world: World, anna: PersonRow) -> None:
    with pytest.raises(InvalidInput, match="redan en person"):
        people.add_person(world.operator, anna.email.upper(), "Anna Två")


def test_only_an_administrator_adds_people_and_grants_roles(world: World, anna: PersonRow) -> None:
    for desk in (world.desk(Role.COORDINATOR), world.desk(None)):
        with pytest.raises(NotAllowed):
            people.add_person(desk, "ny@region.example", "Ny Person")
        with pytest.raises(NotAllowed):
            people.grant_role(desk, anna.id, Role.ADMINISTRATOR, world.regions[VGR])


def test_an_administrator_grants_roles_in_the_own_region_alone(world: World, anna: PersonRow) -> None:
    desk = world.desk(Role.ADMINISTRATOR)
    people.grant_role(desk, anna.id, Role.REGISTRAR, world.regions[VGR])
    assert told(world)[-1][1] | {"recorded_at": ""} == {
        "kind": "role_granted",
        "by": desk.user_id,
        "person": anna.id,
        "role": "registrar",
        "valid_from": "2026-11-23",
        "happened_on": "2026-11-23",
        "recorded_at": "",
    }
    with pytest.raises(NotAllowed):
        people.grant_role(desk, anna.id, Role.REGISTRAR, world.regions[NORRBOTTEN])


def test_an_administrator_cannot_take_over_an_account_with_roles_in_another_region(
    world: World, anna: PersonRow
) -> None:
    people.grant_role(world.operator, anna.id, Role.READER, world.regions[NORRBOTTEN])
    for who in (Role.ADMINISTRATOR,):
        with pytest.raises(NotAllowed):
            people.set_password(world.desk(who), anna.id, "ett annat lösenord")
        with pytest.raises(NotAllowed):
            people.deactivate(world.desk(who), anna.id)


def test_a_role_needs_its_unit_or_none(world: World, anna: PersonRow) -> None:
    region_id, lung = world.regions[VGR], world.units[VGR]["lung"]
    north = world.units[NORRBOTTEN]["lung"]
    for role, unit_id, reason in (
        (Role.NOMINATOR, None, "Välj en enhet"),
        (Role.REGISTRAR, lung.id, "gäller hela regionen"),
        (Role.NOMINATOR, north.id, "Välj en enhet i regionen"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            people.grant_role(world.operator, anna.id, role, region_id, unit_id=unit_id)


def test_the_same_role_is_not_granted_twice_for_the_same_days(world: World, anna: PersonRow) -> None:
    with pytest.raises(InvalidInput, match="redan rollen"):
        people.grant_role(world.operator, anna.id, Role.COORDINATOR, world.regions[VGR])
    with pytest.raises(InvalidInput, match="före den första"):
        people.grant_role(
            world.operator, anna.id, Role.READER, world.regions[VGR], valid_to=world.clock.today - timedelta(days=1)
        )


def held(world: World, row: PersonRow) -> RoleAssignment:
    """The person's role."""
    return world.session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == row.id)).one()


def test_ending_a_role_takes_it_at_once_and_ends_the_sessions(world: World, anna: PersonRow) -> None:
    world.clock.forward(days=10)
    token = signed_in(world, anna)
    people.end_role(world.desk(Role.ADMINISTRATOR), held(world, anna).id)
    assert not is_in(world, token)
    assert as_person(world.session, anna, world.clock.today).mandates == ()
    assert told(world)[-1][0] == "role_ended"
    with pytest.raises(Refused, match="redan avslutad"):
        people.end_role(world.desk(Role.ADMINISTRATOR), held(world, anna).id)


def test_a_role_ended_on_its_first_day_never_held(world: World, anna: PersonRow) -> None:
    people.end_role(world.desk(Role.ADMINISTRATOR), held(world, anna).id)
    assert as_person(world.session, anna, world.clock.today).mandates == ()


def test_a_mandate_holds_through_its_last_day(world: World, anna: PersonRow) -> None:
    last = date(2026, 12, 31)
    people.end_role(world.desk(Role.ADMINISTRATOR), held(world, anna).id, last_day=last)
    assert as_person(world.session, anna, last).roles_in(world.regions[VGR]) == {Role.COORDINATOR}
    assert as_person(world.session, anna, last + timedelta(days=1)).mandates == ()


# --- held posts


def test_what_was_posted_after_the_session_comes_back_once_to_the_same_person(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    fields = [("note", "Lång text ”med åäö”"), ("unit", "1"), ("unit", "2")]
    key = signing_in.hold_post(world.session, token, "/arenden/VGR-2026-0001", fields, world.clock.now)
    assert key is not None
    other = world.people[VGR][Role.REGISTRAR]
    assert signing_in.take_held_post(world.session, key, other.id, world.clock.now) is None
    found = signing_in.take_held_post(world.session, key, anna.id, world.clock.forward(minutes=60))
    assert found == signing_in.Held("/arenden/VGR-2026-0001", tuple(fields))
    assert signing_in.take_held_post(world.session, key, anna.id, world.clock.now) is None


def test_a_held_post_is_gone_after_an_hour(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    key = signing_in.hold_post(world.session, token, "/", [("a", "b")], world.clock.now)
    assert key is not None
    assert signing_in.take_held_post(world.session, key, anna.id, world.clock.forward(minutes=61)) is None
    signing_in.hold_post(world.session, token, "/", [("c", "d")], world.clock.now)
    assert world.session.scalar(select(func.count()).select_from(HeldPost)) == 1


def test_a_held_post_has_a_limit_and_an_owner(world: World, anna: PersonRow) -> None:
    token = signed_in(world, anna)
    with pytest.raises(Refused, match="för stort"):
        signing_in.hold_post(world.session, token, "/", [("note", "å" * 500_001)], world.clock.now)
    assert signing_in.hold_post(world.session, "ingen", "/", [("a", "b")], world.clock.now) is None


def test_attempts_wait_for_each_other(engine: Engine, world: World) -> None:
    sign_in.lock_attempts(world.session, "a key")  # on SQLite a promise that the writing transaction keeps
    assert sign_in.failures_since(world.session, "a key", world.clock.now) == 0

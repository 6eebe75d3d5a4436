"""Several people at the same money, and a process that is killed in the middle: the books add up afterwards."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from introduction.domain.errors import Overtaken, Refused
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import books, funds, grants, log, regions, reservations, steps
from introduction.services.applications import Concern
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.services.funds import NewMoney
from introduction.services.grants import NewGrant
from introduction.store import database
from introduction.store import instance as instances
from introduction.store.case import Case
from introduction.store.grant import GrantRow
from introduction.store.posting import Posting
from tests import applying
from tests.claiming import Clinic, grant
from tests.money import decide, put_case
from tests.reliability import checks
from tests.reliability.books import check_books
from tests.reliability.forks import ended, forked
from tests.reliability.test_concurrency import Office
from tests.reliability.test_kill import after, after_commit, before_commit
from tests.world import NINE, VGR, World

YEAR = 2026
MINUTES = Minutes(NINE.date(), "Så beslutades", "Regionstyrelsen", "§ 9")
MANY = 6


def add_administrations(world: World, count: int) -> list[int]:
    names = [f"Sjukhus {number}" for number in range(count)]
    return [regions.add_unit(world.operator, world.regions[VGR], name, "administration").id for name in names]


def check(office: Office) -> None:
    """The books and every chain agree."""
    with Session(office.engine) as session:
        database.begin_writing(session)
        check_books(session)
        checks.check_chains(session)
        session.rollback()


def done(answers: list[Any]) -> int:
    """How many were not refused."""
    assert all(not isinstance(answer, Exception) or isinstance(answer, Refused) for answer in answers)
    return sum(not isinstance(answer, Exception) for answer in answers)


# ------------------------------------------------------------------------------------- at once


def test_grants_given_at_once_never_pass_what_there_is(engine: Engine, world: World) -> None:
    world.fund(YEAR, 1_000)
    places, region_id = add_administrations(world, MANY), world.regions[VGR]
    office = Office(engine, world)

    def give(place: int) -> object:
        def change(desk: Desk) -> None:
            instances.lock(desk.session, office.case_ids[place % 2])
            new = NewGrant(places[place], YEAR, 30_000, office.case_ids[place % 2])
            grants.give(desk, region_id, new)

        return office.act(change, "economist")

    answers = office.at_once(*[lambda place=place: give(place) for place in range(MANY)])  # type: ignore[misc]
    assert done(answers) == 3
    check(office)


def test_claims_handed_in_at_once_never_pass_the_grant(engine: Engine, world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path / "files", 1_000)
    months = [(date(YEAR, month, 1), date(YEAR, month, 28)) for month in range(1, MANY + 1)]
    drafts = [clinic.draft(300, days).instance.id for days in months]
    office = Office(engine, world)

    def submit(claim_id: int) -> object:
        return office.act(lambda desk: steps.take(desk, claim_id, "submit"), "head_of_unit")

    answers = office.at_once(*[lambda one=one: submit(one) for one in drafts])  # type: ignore[misc]
    assert done(answers) == 3
    check(office)


def test_room_moved_at_once_in_both_directions_is_moved_once_each(engine: Engine, world: World) -> None:
    world.fund(YEAR, 2_000)
    case = world.start_case("Nyttumab")
    given = grant(world, case, 1_000)
    [north] = add_administrations(world, 1)
    other = grants.give(
        world.desk(Role.ECONOMIST), world.regions[VGR], NewGrant(north, YEAR, 100_000, case.instance.id)
    )
    first, second, hospital = given.id, other.id, world.units[VGR]["hospital"].id
    office = Office(engine, world)

    def move(number: int) -> object:
        grant_id, to = (first, north) if number % 2 else (second, hospital)
        return office.act(lambda desk: grants.reallocate(desk, grant_id, to, 30_000, MINUTES), "economist")

    answers = office.at_once(*[lambda number=number: move(number) for number in range(MANY)])  # type: ignore[misc]
    assert done(answers) == MANY
    assert office.read(lambda session: {row.id: row.ceiling_ore for row in session.scalars(select(GrantRow))}) == {
        first: 100_000, second: 100_000,
    }  # fmt: skip
    check(office)


def test_reserved_granted_and_lowered_at_once(engine: Engine, world: World) -> None:
    fund = world.fund(YEAR, 1_000).id
    given = grant(world, world.start_case("Nyttumab"), 300).id
    office = Office(engine, world)
    numbers = office.read(
        lambda session: [number for (number,) in session.execute(select(Case.__table__.c.public_number))]
    )

    def hold(number: str) -> object:
        return office.act(lambda desk: reservations.hold(desk, fund, number, 40_000, "Väntar"), "economist")

    def raise_to(ore: int) -> object:
        return office.act(lambda desk: grants.change(desk, given, ore, MINUTES), "economist")

    works: list[Callable[[], Any]] = [lambda number=number: hold(number) for number in numbers]  # type: ignore[misc]
    works += [lambda ore=ore: raise_to(ore) for ore in (60_000, 80_000, 10_000)]  # type: ignore[misc]
    office.at_once(*works)
    check(office)


def test_of_those_who_saw_the_same_amounts_one_changes_each(engine: Engine, world: World) -> None:
    fund = world.fund(YEAR, 1_000)
    given, region_id = grant(world, world.start_case("Nyttumab"), 300).id, world.regions[VGR]
    seen = fund.appropriated_ore
    office = Office(engine, world)

    def change(ore: int) -> object:
        return office.act(lambda desk: grants.change(desk, given, ore, MINUTES, seen_ore=30_000), "economist")

    def appropriate(ore: int) -> object:
        new = NewMoney(YEAR, ore, "Budgeten")
        return office.act(lambda desk: funds.appropriate(desk, region_id, new, MINUTES, seen_ore=seen), "economist")

    works: list[Callable[[], Any]] = [lambda ore=ore: change(ore) for ore in (40_000, 41_000, 42_000)]  # type: ignore[misc]
    works += [lambda ore=ore: appropriate(ore) for ore in (200_000, 210_000, 220_000)]  # type: ignore[misc]
    answers = office.at_once(*works)
    assert [done(answers[:3]), done(answers[3:])] == [1, 1]
    assert sum(isinstance(answer, Overtaken) for answer in answers) == 4
    check(office)


def test_applications_of_one_case_are_granted_at_once_into_one_amount(engine: Engine, world: World) -> None:
    """They lock the case too: neither finds that there is no amount yet, and nobody waits for each other in a ring."""
    applying.fund(world, region=VGR)
    case = put_case(world, "Introdumab", "follow_up", treating=("lung",), financed_until=date(2028, 12, 31))
    decide(world, case.instance.id, "approved")
    made = [
        applying.taken(world, applying.begin(world, Concern(case.number), region=VGR, **applying.need()),
                       ["submit", "propose"], region=VGR, proposed=1_200_000).instance.id
        for _ in range(4)
    ]  # fmt: skip
    office = Office(engine, world)
    record = {"decided_on": NINE.date(), "reasons": "Behovet är visat.", "registry_number": "RN 2026/1",
              "section": "§ 1", "granted_ore": 120_000_000}  # fmt: skip

    def give(application_id: int) -> object:
        return office.act(lambda desk: steps.take(desk, application_id, "grant", record=record), "secretary")

    answers = office.at_once(*[lambda one=one: give(one) for one in made])  # type: ignore[misc]
    assert done(answers) == 4
    assert office.read(lambda session: [row.ceiling_ore for row in session.scalars(select(GrantRow))]) == [480_000_000]
    check(office)


# ------------------------------------------------------------------------------------- killed


STEPS = {
    "with the money locked": after(books, "hold"),
    "with the decision written": after(books, "decide"),
    "with half of the money moved": after(books, "move", 3),
    "after the event": after(log, "record"),
    "before the commit": before_commit,
    "after the commit": after_commit,
}


@pytest.mark.kill
@pytest.mark.parametrize("step", STEPS)
def test_killed_while_money_is_carried_over(step: str, engine: Engine, world: World, catalogue: Catalogue) -> None:
    """Until the commit not a krona has moved; after it each is in its new place."""
    world.fund(YEAR, 1_000)
    world.fund(YEAR + 1, 500)
    grant_id = grant(world, world.start_case("Nyttumab"), 300).id
    world.clock.forward(months=3)
    person, now = world.desk(Role.ECONOMIST).by, world.clock.now
    world.session.commit()
    world.session.close()
    with Session(engine) as session:
        before = session.query(Posting).count()
    engine.dispose()

    def settle() -> None:
        engine.dispose(close=False)  # the parent's connections are not ours
        with Session(engine) as session:
            database.begin_writing(session)
            STEPS[step](engine, session)
            grants.settle(Desk(session, catalogue, person, now), grant_id, MINUTES, carry_over_ore=20_000)
            session.commit()

    assert ended(forked(settle)) == -signal.SIGKILL
    with Session(engine) as session:
        database.begin_writing(session)
        check_books(session)
        checks.check_chains(session)
        moved = session.query(Posting).count() - before
        assert moved == (4 if step == "after the commit" else 0)
        if not moved:  # the next process simply goes on
            grants.settle(Desk(session, catalogue, person, now), grant_id, MINUTES, carry_over_ore=20_000)
            check_books(session)
        session.rollback()

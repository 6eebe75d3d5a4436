"""Disposal: a whole example goes and leaves a tombstone; nothing else goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.funding import IN_FUND
from introduction.domain.roles import Role
from introduction.services import (
    advice,
    audit,
    cases,
    claims,
    disposal,
    grants,
    ledger,
    recommendations,
    regions,
    reservations,
)  # fmt: skip
from introduction.services.books import Minutes
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import Base
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.decision import Decision
from introduction.store.disposal import ROWS, Disposal
from introduction.store.event import TOMBSTONE, events_of
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile, LedgerLine
from introduction.store.medicine import Indication, Medicine
from introduction.store.posting import MoneyDecision
from introduction.store.recommendation import Recommendation, RecommendationVersion
from tests.claiming import Clinic, grant, receipt
from tests.databases import writing
from tests.world import VGR, World

KEY = "a key that is not in the database"
REASON = "Exemplen behövs inte längre"


@pytest.fixture
def example(world: World) -> Subject:
    """An invented case with a comment, a decision and a link to a real case."""
    invented, real = world.start_case("Påhittumab", example=True), world.start_case("Verkligumab")
    desk = world.desk(Role.COORDINATOR)
    cases.comment(desk, invented.instance.id, "Påhittat", internal=True)
    cases.link(desk, real.instance.id, invented.instance.id)
    world.session.add(Decision(case_id=invented.instance.id, outcome="approved", recorded_at=world.clock.now))
    world.session.flush()
    return invented


def test_an_example_goes_with_everything_that_hangs_on_it(world: World, example: Subject) -> None:
    number, stream, instance_id = example.number, example.instance.stream, example.instance.id
    assert disposal.dispose(world.operator, instance_id, REASON) == number
    assert world.session.get(Instance, instance_id) is None
    assert events_of(world.session, stream) == []
    for row, column in ROWS:
        assert world.session.scalar(select(func.count()).select_from(row).where(column == instance_id)) == 0


def test_the_tombstone_names_the_chain_and_its_head(world: World, example: Subject) -> None:
    instance = example.instance
    expected = {"stream": instance.stream, "head_seq": instance.head_seq, "head_hash": instance.head_hash}
    disposal.dispose(world.desk(Role.ADMINISTRATOR), instance.id, REASON)
    told = events_of(world.session, f"region:{world.regions[VGR]}")[-1].content
    assert told["kind"] == TOMBSTONE
    assert {key: told[key] for key in expected} == expected
    assert (told["number"], told["reason"]) == (example.number, REASON)


def test_verifying_accepts_a_disposed_chain(world: World, example: Subject, tmp_path: Path) -> None:
    seals = tmp_path / "seals.jsonl"
    audit.seal(world.session, seals, KEY, world.clock.now)
    disposal.dispose(world.operator, example.instance.id, REASON)
    world.session.flush()
    assert audit.verify(world.session, seals, KEY).problems == ()
    audit.seal(world.session, seals, KEY, world.clock.forward(days=1))
    assert audit.verify(world.session, seals, KEY).problems == ()


def test_the_triggers_are_closed_again_afterwards(engine: Engine, world: World, example: Subject) -> None:
    disposal.dispose(world.operator, example.instance.id, REASON)
    world.session.commit()
    for statement in (
        "DELETE FROM event",
        "DELETE FROM disposal",
        "UPDATE disposal SET ended_at = NULL",
        "UPDATE disposal SET reason = 'x'",
    ):
        with pytest.raises(IntegrityError, match="kept"), writing(engine) as session:
            session.execute(text(statement))


def test_while_one_chain_is_disposed_of_the_others_are_kept(engine: Engine, world: World, example: Subject) -> None:
    world.session.commit()
    with pytest.raises(IntegrityError, match="kept: no delete"), writing(engine) as session:
        session.add(Disposal(stream=example.instance.stream, reason="x", at=world.clock.now))
        session.flush()
        session.execute(text("DELETE FROM event WHERE stream = :stream"), {"stream": example.instance.stream})
        session.execute(text("DELETE FROM event WHERE stream LIKE 'region:%'"))


def test_the_id_of_a_disposed_instance_never_comes_back(world: World) -> None:
    gone = world.start_case("Påhittumab", example=True).instance.id
    disposal.dispose(world.operator, gone, REASON)
    assert world.start_case("Nyttumab").instance.id > gone


def test_a_real_case_is_refused_by_name(world: World) -> None:
    real = world.start_case("Verkligumab")
    with pytest.raises(Refused, match=f"{real.number} är inget exempel"):
        disposal.dispose(world.operator, real.instance.id, REASON)


def test_only_an_administrator_of_the_region_disposes_and_says_why(world: World, example: Subject) -> None:
    for desk in (world.desk(Role.COORDINATOR), world.desk(None), world.desk(Role.ADMINISTRATOR, "norrbotten")):
        with pytest.raises(NotAllowed):
            disposal.dispose(desk, example.instance.id, REASON)
    with pytest.raises(InvalidInput, match="motivering"):
        disposal.dispose(world.operator, example.instance.id, " ")
    with pytest.raises(NotFound):
        disposal.dispose(world.operator, 99_999, REASON)


def test_an_example_that_a_real_case_rests_on_stays(world: World) -> None:
    desk = world.desk(Role.COORDINATOR)
    about = About.typed("Verkligumab", "svår migrän")
    invented = recommendations.start(desk, "hospital_medicine", about, example=True)
    values = {"recommendation_id": invented.instance.id, "version": 1, "level": "should", "wording": "Bör användas"}
    world.session.add(RecommendationVersion(**values, recorded_at=world.clock.now))
    world.session.flush()
    real = world.start_case("Verkligumab")
    row = world.session.get_one(Recommendation, invented.instance.id)
    advice.rest_on(desk, real.instance.id, row)
    with pytest.raises(Refused, match=f"vilar på rekommendationen: {real.number}"):
        disposal.dispose(world.operator, invented.instance.id, REASON)


def money_of(world: World) -> dict[tuple[bool, int], dict[str, int]]:
    """What each fund holds in öre, by whether it is invented and by year."""
    found = {}
    for fund in world.session.scalars(select(Fund).execution_options(populate_existing=True)):
        amounts = {account.value: fund.amount(account) for account in IN_FUND if fund.amount(account)}
        assert sum(amounts.values()) == fund.appropriated_ore
        found[fund.example, fund.budget_year] = amounts
    return found


def test_an_invented_case_gives_its_money_back_first(world: World, example: Subject) -> None:
    invented = world.fund(2026, 1_000, example=True)
    given = grant(world, example, 400)
    other = world.start_case("Annatumab", example=True)
    grant(world, other, 100)
    world.fund(2026, 1_000)
    desk, minutes = world.desk(Role.ECONOMIST), Minutes(world.clock.today, "Fler patienter")
    north = regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration").id
    grants.change(desk, given.id, 50_000, minutes)
    grants.reallocate(desk, given.id, north, 10_000, minutes)
    reservations.hold(desk, invented.id, example.number, 7_000, "Väntar")
    disposal.dispose(world.operator, example.instance.id, REASON)
    world.session.flush()
    assert money_of(world) == {
        (False, 2026): {"unreserved": 100_000},
        (True, 2026): {"unclaimed": 10_000, "unreserved": 90_000},
    }
    assert world.session.scalar(select(func.count()).select_from(GrantRow)) == 1


def test_a_case_goes_with_its_claims_and_their_place_in_the_ledger(world: World, tmp_path: Path) -> None:
    world.fund(2026, 1_000_000, example=True)
    clinic = Clinic.build(world, tmp_path / "files", example=True)
    clinic.approved(10_000)
    desk = world.desk(Role.ECONOMIST)
    file = ledger.export(desk, world.regions[VGR], example=True)
    ledger.receive(desk, world.regions[VGR], receipt(world, file))
    assert clinic.amounts() == (990_000, 0, 0, 10_000)
    disposal.dispose(world.operator, clinic.case.instance.id, REASON)
    assert money_of(world)[True, 2026] == {"unreserved": 100_000_000}
    for row in (Claim, LedgerFile, LedgerLine):
        assert world.session.scalar(select(func.count()).select_from(row)) == 0
    assert audit.verify(world.session, tmp_path / "seals.jsonl", KEY).problems == ()


def test_a_claim_goes_alone_with_its_corrections(world: World, tmp_path: Path) -> None:
    world.fund(2026, 1_000_000, example=True)
    clinic = Clinic.build(world, tmp_path / "files", example=True)
    claim = clinic.approved(10_000)
    claims.correct(clinic.desk(), claim.instance.id, 100_000, "Räknat dubbelt")
    disposal.dispose(world.operator, claim.instance.id, REASON)
    assert clinic.amounts() == (1_000_000, 0, 0, 0)
    assert world.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_invented_funds_go_whole_with_the_examples(world: World, example: Subject, tmp_path: Path) -> None:
    for year in (2026, 2027):
        world.fund(year, 1_000, example=True)
    world.fund(2027, 1_000)
    given = grant(world, example, 400)
    real = world.start_case("Äktamab")
    world.clock.forward(months=3)
    desk, minutes = world.desk(Role.ECONOMIST), Minutes(world.clock.today, "Året är slut")
    grants.settle(desk, given.id, minutes, carry_over_ore=30_000)
    later = next(row for row in world.session.scalars(select(GrantRow)) if row.budget_year == 2027)
    grants.change(desk, later.id, 0, minutes)
    grant(world, real, 100, 2027)
    other = world.start_case("Annatumab", example=True)
    grant(world, other, 1_300, 2027)
    disposal.dispose_of_examples(world.operator, REASON)
    world.session.flush()
    assert money_of(world) == {(False, 2027): {"unclaimed": 10_000, "unreserved": 90_000}}
    assert {row.kind for row in world.session.scalars(select(MoneyDecision))} == {"appropriation"}
    assert audit.verify(world.session, tmp_path / "seals.jsonl", KEY).problems == ()


def test_a_fund_that_a_real_case_draws_on_stays(world: World, example: Subject) -> None:
    world.fund(2026, 1_000, example=True)
    grant(world, example, 400)
    grant(world, world.start_case("Äktamab"), 100)
    disposal.dispose_of_examples(world.operator, REASON)
    assert money_of(world) == {(True, 2026): {"unclaimed": 10_000, "unreserved": 90_000}}


def test_money_that_others_have_used_since_holds_a_case_back(world: World, example: Subject) -> None:
    world.fund(2026, 100, example=True)
    world.fund(2027, 0, example=True)
    given = grant(world, example, 100)
    world.clock.forward(months=3)
    desk, minutes = world.desk(Role.ECONOMIST), Minutes(world.clock.today, "Året är slut")
    grants.settle(desk, given.id, minutes, carry_over_ore=10_000)
    later = next(row for row in world.session.scalars(select(GrantRow)) if row.budget_year == 2027)
    grants.change(desk, later.id, 0, minutes)
    grant(world, world.start_case("Annatumab", example=True), 100, 2027)
    with pytest.raises(Refused, match="Andra har använt pengarna"):
        disposal.dispose(world.operator, example.instance.id, REASON)


def test_all_examples_go_at_once_with_their_medicines(world: World, example: Subject) -> None:
    recommendations.start(
        world.desk(Role.COORDINATOR), "hospital_medicine", About.typed("Påhittumab", "svår migrän"), example=True
    )
    assert len(disposal.dispose_of_examples(world.operator, REASON)) == 2
    assert world.session.scalars(select(Medicine.name)).all() == ["Verkligumab"]
    assert world.session.scalar(select(func.count()).select_from(Indication)) == 1
    assert world.session.scalar(select(func.count()).select_from(Case)) == 1
    assert TOMBSTONE in [event.content["kind"] for event in events_of(world.session, f"region:{world.regions[VGR]}")]


def test_every_table_that_hangs_on_an_instance_is_disposed_of() -> None:
    roots = {"process_instance", "cases", "recommendation", "funding_application", "claim"}
    hanging = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name in roots for key in table.foreign_keys)
    }
    assert hanging == {row.__table__.name for row, _column in ROWS}

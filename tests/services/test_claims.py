"""Claims: a clinic draws money for costs that have arisen, and nobody can draw what is not there or draw it twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as event_hooks

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.roles import Role
from introduction.services import cases, claim_desk, claimable, claims, grants, regions, steps
from introduction.services.books import Minutes
from introduction.services.subjects import Subject
from introduction.store import event
from introduction.store import indicator as indicators
from introduction.store.claim import Claim
from introduction.store.claim_listing import ClaimFilter
from introduction.store.payer_change import PayerChange
from tests.claiming import MARCH, YEAR, Clinic, figures, grant
from tests.world import NORRBOTTEN, World

APRIL = (date(2026, 4, 1), date(2026, 4, 30))


@pytest.fixture
def clinic(world: World, tmp_path: Path) -> Clinic:
    """A clinic with a million kronor to claim."""
    return Clinic.build(world, tmp_path / "files")


def reason(work: Callable[[], object]) -> str:
    """Why something is refused."""
    with pytest.raises(Refused) as refusal:
        work()
    return "; ".join(str(each) for each in refusal.value.reasons).replace("\u00a0", " ")


def row_of(clinic: Clinic, claim: Subject) -> Claim:
    return clinic.world.session.get_one(Claim, claim.instance.id)


def change_payer(clinic: Clinic, day: date, unit: str = "lung") -> None:
    """From a day on a unit bears the cost itself."""
    change = PayerChange(
        case_id=clinic.case.instance.id, unit_id=clinic.world.units[clinic.region][unit].id, from_payer="fund",
        to_payer="unit", takes_effect_on=day, recorded_at=clinic.world.clock.now,
    )  # fmt: skip
    clinic.world.session.add(change)
    clinic.world.session.flush()


# ------------------------------------------------------------------------------------- from draft to approved


def test_a_claim_goes_from_draft_to_approved(clinic: Clinic) -> None:
    claim = clinic.draft(10_000)
    assert claim.instance.stage == "draft" and clinic.amounts() == (1_000_000, 0, 0, 0)
    assert clinic.take(claim, "submit").instance.stage == "submitted"
    assert clinic.amounts() == (990_000, 10_000, 0, 0)
    assert clinic.approve(claim, 10_000).instance.stage == "approved"
    assert clinic.amounts() == (990_000, 0, 10_000, 0)
    told = [each.content["kind"] for each in event.events_of(clinic.world.session, claim.instance.stream)]
    assert told == ["claim_started", "attachment_added", "action_taken", "action_taken"]


def test_the_extra_cost_is_worked_out_where_it_is_left_out(clinic: Clinic) -> None:
    claim = clinic.bare(**figures(10_000))
    assert row_of(clinic, claim).extra_cost_ore == 1_000_000
    clinic.take(claim, "revise", given={"gross_new_ore": 2_000_000, "extra_cost_ore": None})
    assert row_of(clinic, claim).extra_cost_ore == 1_500_000


def test_a_part_is_approved_with_a_reason_and_the_rest_is_room_again(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    assert "varför" in reason(lambda: clinic.approve(claim, 6_000))
    clinic.approve(claim, 6_000, assessment="Moms ingår i underlaget")
    assert clinic.amounts() == (994_000, 0, 6_000, 0)


@pytest.mark.parametrize("kronor", [0, -1, 10_001])
def test_no_more_than_the_claim_and_no_less_than_a_little_is_approved(clinic: Clinic, kronor: int) -> None:
    claim = clinic.submitted(10_000)
    assert "högst 10 000 kr" in reason(lambda: clinic.approve(claim, kronor, assessment="Så"))
    assert clinic.amounts() == (990_000, 10_000, 0, 0)


def test_a_returned_claim_gives_its_room_back_and_comes_again(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    with pytest.raises(InvalidInput):
        clinic.take(claim, "return_claim", Role.ECONOMIST)
    clinic.take(claim, "return_claim", Role.ECONOMIST, note="Fel månad")
    assert clinic.amounts() == (1_000_000, 0, 0, 0)
    clinic.take(claim, "revise_returned", given={"period_from": APRIL[0], "period_to": APRIL[1]})
    clinic.take(claim, "submit")
    assert clinic.amounts() == (990_000, 10_000, 0, 0)


@pytest.mark.parametrize(("before", "action"), [((), "discard"), (("submit",), "withdraw")])
def test_a_clinic_takes_its_claim_back(clinic: Clinic, before: tuple[str, ...], action: str) -> None:
    claim = clinic.draft(10_000)
    for step in before:
        clinic.take(claim, step)
    assert clinic.take(claim, action).instance.closed_on is not None
    assert clinic.amounts() == (1_000_000, 0, 0, 0)


def test_norrbotten_may_refuse_a_claim(world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path / "files", region=NORRBOTTEN)
    claim = clinic.submitted(10_000)
    assert clinic.take(claim, "refuse", Role.ECONOMIST, note="Gäller ett annat läkemedel").instance.stage == "refused"
    assert clinic.amounts() == (1_000_000, 0, 0, 0)


def test_nobody_pays_by_hand(clinic: Clinic) -> None:
    claim = clinic.approved()
    assert "väntar på att skickas" in reason(lambda: clinic.take(claim, "pay", Role.ECONOMIST))


# ------------------------------------------------------------------------------------- what is looked at


def test_a_claim_says_all_that_is_missing_at_once_and_each_lack_once(clinic: Clinic) -> None:
    told = reason(lambda: clinic.take(clinic.bare(), "submit"))
    for part in (
        "periodens första dag", "periodens sista dag", "hur läkemedlet har hämtats ut", "antal patienter", "mängd",
        "kostnad för det nya läkemedlet", "kostnad som har fallit bort", "Bifoga ett underlag",
    ):  # fmt: skip
        assert told.count(part) == 1, part
    assert told.count("Fyll i") == 3, "the period, what was dispensed, and the amounts"
    assert "merkostnad" not in told, "it is worked out of the amounts"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"period_from": date(2025, 12, 1)}, "Pengarna gäller från och med"),
        ({"period_to": date(2026, 12, 31)}, "Perioden är inte slut"),
        ({"extra_cost_ore": 1_200_000}, "minus den som har fallit bort är 10 000 kr"),
        ({"gross_new_ore": 500_000, "extra_cost_ore": None}, "Det finns ingen merkostnad"),
        ({"gross_displaced_ore": -500_000, "extra_cost_ore": None}, "kan inte vara negativa"),
        ({"gross_new_ore": 150_000_000, "extra_cost_ore": None}, "har 1 000 000 kr kvar för 2026"),
    ],
)
def test_what_does_not_hold_is_refused_with_the_reason(clinic: Clinic, facts: dict[str, Any], told: str) -> None:
    claim = clinic.draft(10_000, **facts)
    assert told in reason(lambda: clinic.take(claim, "submit"))
    assert clinic.amounts() == (1_000_000, 0, 0, 0)


def test_a_period_that_ends_before_it_begins_is_told_at_its_field(clinic: Clinic) -> None:
    claim = clinic.draft()
    with pytest.raises(InvalidInput) as refusal:
        clinic.take(claim, "revise", given={"period_to": date(2026, 2, 1)})
    assert [key for key, _what in refusal.value.problems] == ["period_to"]
    with pytest.raises(InvalidInput):
        clinic.bare(period_from=MARCH[1], period_to=MARCH[0])


def test_money_is_claimed_for_some_months_after_the_year(clinic: Clinic) -> None:
    early, late = clinic.draft(10_000), clinic.draft(10_000, APRIL)
    clinic.world.clock.forward(months=3)
    clinic.take(early, "submit")
    clinic.world.clock.forward(months=1)
    assert "kunde rekvireras till och med" in reason(lambda: clinic.take(late, "submit"))
    clinic.approve(early, 10_000)  # what came in time is reviewed in its own time


def test_a_claim_that_came_in_time_and_was_given_back_comes_again_until_the_grant_is_settled(clinic: Clinic) -> None:
    first, second = clinic.submitted(10_000), clinic.submitted(10_000, APRIL)
    for claim in (first, second):
        clinic.take(claim, "return_claim", Role.ECONOMIST, note="Fel underlag")
    clinic.world.clock.forward(months=4)
    assert clinic.take(first, "submit").instance.stage == "submitted"
    clinic.take(first, "return_claim", Role.ECONOMIST, note="Fel igen")
    economist = clinic.desk(Role.ECONOMIST)
    grants.settle(economist, clinic.grant.id, Minutes(clinic.world.clock.today, "Året är slut."))
    assert "slutavräknat" in reason(lambda: clinic.take(second, "submit"))


def test_the_fund_pays_nothing_after_the_change_of_payer(clinic: Clinic) -> None:
    change_payer(clinic, date(2026, 3, 15))
    assert "bär enheten kostnaden själv" in reason(lambda: clinic.take(clinic.draft(), "submit"))
    clinic.take(clinic.draft(days=(date(2026, 3, 1), date(2026, 3, 14))), "submit")


@pytest.mark.parametrize("changed", ["hospital", "lung"])
def test_nor_to_who_never_had_a_change_of_its_own(clinic: Clinic, changed: str) -> None:
    """A ward follows its clinic or administration, and who has none above them follows those that treat."""
    world, head = clinic.world, clinic.world.add_person(Role.HEAD_OF_UNIT, unit_key="hospital", name="Sjukhusets Chef")
    units = world.units[clinic.region]
    ward = regions.add_unit(
        world.operator, world.regions[clinic.region], "Avdelning 7", "unit", parent_id=units["lung"].id
    )
    change_payer(clinic, date(2026, 3, 15), changed)
    desk = world.desk(head, clinic.region)
    for unit_id in (ward.id, units["hospital"].id):
        claim = claims.start(desk, clinic.grant.id, unit_id, given=figures(10_000))
        told = reason(lambda made=claim: steps.take(desk, made.instance.id, "submit"))  # type: ignore[misc]
        assert "bär enheten kostnaden själv" in told


def test_a_change_of_payer_that_comes_while_a_claim_waits_is_seen_when_it_is_approved(clinic: Clinic) -> None:
    claim = clinic.submitted()
    change_payer(clinic, date(2026, 3, 15))
    assert "bär enheten kostnaden själv" in reason(lambda: clinic.approve(claim, 10_000))
    assert clinic.amounts() == (990_000, 10_000, 0, 0)


def test_the_same_days_are_not_claimed_twice(clinic: Clinic) -> None:
    first = clinic.submitted(days=MARCH)
    again = clinic.draft(days=(MARCH[1], APRIL[1]))
    assert f"{first.number} gäller redan dagar i perioden" in reason(lambda: clinic.take(again, "submit"))
    clinic.take(clinic.draft(days=MARCH, basis="prescription"), "submit")
    clinic.take(clinic.draft(days=APRIL), "submit")
    clinic.take(first, "withdraw")
    clinic.take(clinic.draft(days=MARCH), "submit")


def test_the_same_evidence_is_not_shown_twice(clinic: Clinic) -> None:
    first = clinic.bare(**figures(10_000))
    clinic.attach(first)
    clinic.take(first, "submit")
    second = clinic.bare(**figures(10_000, APRIL))
    clinic.attach(second)
    assert f"Samma underlag är bifogat till {first.number}" in reason(lambda: clinic.take(second, "submit"))


def test_money_is_released_only_with_a_plan_for_the_follow_up(world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path / "files")
    bare = world.start_case("Planlös")
    facts = {"introduction_start": date(YEAR, 1, 1), "financed_until": date(YEAR + 1, 12, 31)}
    cases.change_facts(world.desk(Role.COORDINATOR), bare.instance.id, facts, note="Beslutet")
    other = replace(clinic, case=bare, grant=grant(world, bare, 100_000))
    assert "Uppföljningsplanen saknar mål" in reason(lambda: other.take(other.draft(), "submit"))


# ------------------------------------------------------------------------------------- who may


def test_nobody_claims_in_another_units_name(clinic: Clinic) -> None:
    units = clinic.world.units[clinic.region]
    for desk in (
        clinic.desk(Role.ECONOMIST),
        clinic.desk(Role.COORDINATOR),
        clinic.world.desk(Role.HEAD_OF_UNIT, NORRBOTTEN),
    ):
        with pytest.raises(NotAllowed):
            claims.start(desk, clinic.grant.id, units["lung"].id)
    with pytest.raises(NotAllowed):  # the head of the lung clinic for the neurologists
        claims.start(clinic.desk(), clinic.grant.id, units["neuro"].id)
    neighbour = clinic.world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Annan Chef")
    claim = clinic.draft()
    with pytest.raises(NotAllowed):
        steps.take(clinic.world.desk(neighbour), claim.instance.id, "submit")


def test_money_from_before_the_books_is_not_claimed(clinic: Clinic) -> None:
    clinic.grant.fund_id = None
    clinic.world.session.flush()
    assert "innan pengarna bokfördes här" in reason(lambda: clinic.bare())


def test_the_grants_that_a_clinic_may_claim_on(clinic: Clinic) -> None:
    (found,) = claimable.listed(clinic.desk())
    assert found.open.grant.id == clinic.grant.id and found.open.medicine == "Examplumab"
    assert [name for _id, name in found.units] == ["Lungmedicin"]
    assert (found.first_day, found.last_day, found.until) == (date(2026, 1, 1), date(2026, 12, 31), date(2027, 2, 28))
    assert claimable.listed(clinic.desk(Role.ECONOMIST)) == []
    clinic.world.clock.forward(months=5)
    assert claimable.listed(clinic.desk()) == []
    assert lacks(clinic) == "Pengar för 2026 kunde rekvireras till och med 2027-02-28"


def lacks(clinic: Clinic) -> str:
    """Why the only grant that concerns the clinic cannot be claimed on."""
    (found,) = claimable.found(clinic.desk())
    return "; ".join(str(lack) for lack in found.lacks)


def test_a_grant_that_nobody_can_claim_on_says_what_is_missing_and_who_sees_to_it(clinic: Clinic) -> None:
    case, world = clinic.case.instance.id, clinic.world
    coordinator = clinic.desk(Role.COORDINATOR)
    cases.change_facts(coordinator, case, {"treating_units": ()}, note="Ingen har börjat")
    for row in indicators.plan_of(world.session, case):
        row.ended_at, row.ended_by = world.clock.now, coordinator.user_id
    world.session.flush()
    assert claimable.listed(clinic.desk()) == []
    assert "inga behandlande enheter. Samordnaren" in lacks(clinic)
    assert "saknar mätbara mål. Samordnaren" in lacks(clinic)
    with pytest.raises(Refused):
        claimable.one(clinic.desk(), clinic.grant.id)
    neuro = (world.units[clinic.region]["neuro"].id,)
    cases.change_facts(coordinator, case, {"treating_units": neuro}, note="Neurologen börjar")
    assert claimable.found(clinic.desk()) == [], "another clinic's medicine is no concern of theirs"
    with pytest.raises(NotFound):
        claimable.one(clinic.desk(), clinic.grant.id)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"introduction_start": date(2027, 1, 1)}, "har ingen period"),
        ({"introduction_start": date(2026, 12, 30)}, "Kan rekvireras från och med 2026-12-30"),
    ],
)
def test_money_whose_time_has_not_come_is_told_so(clinic: Clinic, facts: dict[str, Any], told: str) -> None:
    cases.change_facts(clinic.desk(Role.COORDINATOR), clinic.case.instance.id, facts, note="Flyttat")
    assert told in lacks(clinic)


def test_nor_is_money_claimed_that_is_used_up_or_that_the_unit_pays_itself(clinic: Clinic) -> None:
    clinic.submitted(1_000_000)
    assert "Allt är rekvirerat" in lacks(clinic)
    change_payer(clinic, date(2026, 1, 1))
    assert "bär enheten kostnaden själv" in lacks(clinic)


# ------------------------------------------------------------------------------------- corrections


def correct(clinic: Clinic, claim: Subject, kronor: int) -> Subject:
    return claims.correct(clinic.desk(), claim.instance.id, kronor * 100, "Två förpackningar återlämnades")


def test_a_correction_takes_back_part_of_what_was_approved(clinic: Clinic) -> None:
    claim = clinic.approved(10_000)
    correction = correct(clinic, claim, 3_000)
    row = row_of(clinic, correction)
    assert (row.corrects_id, row.extra_cost_ore) == (claim.instance.id, -300_000)
    clinic.take(correction, "submit")
    clinic.approve(correction, -3_000)
    assert clinic.amounts() == (990_000, 0, 10_000, 0), "the money comes back when the ledger has booked it"


def test_what_should_not_have_been_paid_is_taken_back_also_when_the_money_has_ended_since(clinic: Clinic) -> None:
    claim = clinic.approved(10_000)
    change_payer(clinic, date(2026, 3, 15))
    ended = {"financed_until": date(2026, 3, 14)}
    cases.change_facts(clinic.desk(Role.COORDINATOR), clinic.case.instance.id, ended, note="Lämnas över tidigare")
    correction = clinic.take(correct(clinic, claim, 5_000), "submit")
    assert clinic.approve(correction, -5_000).instance.stage == "approved"


def test_no_more_is_corrected_than_was_approved(clinic: Clinic) -> None:
    claim = clinic.approved(10_000)
    first = correct(clinic, claim, 6_000)
    second = correct(clinic, claim, 6_000)
    clinic.take(first, "submit")
    assert "4 000 kr godkänt och inte redan rättat" in reason(lambda: clinic.take(second, "submit"))
    assert "Högst 4 000 kr" in reason(lambda: correct(clinic, claim, 4_001))
    assert "i sin helhet" in reason(lambda: clinic.approve(first, -5_000))


def test_only_what_is_approved_is_corrected_and_never_a_correction(clinic: Clinic) -> None:
    waiting = clinic.submitted(10_000)
    assert "Bara en godkänd" in reason(lambda: correct(clinic, waiting, 1))
    clinic.approve(waiting, 10_000)
    correction = correct(clinic, waiting, 1_000)
    assert "ursprungliga" in reason(lambda: correct(clinic, correction, 1))
    with pytest.raises(InvalidInput) as refusal:
        claims.correct(clinic.desk(), waiting.instance.id, None, " ")
    assert [key for key, _what in refusal.value.problems] == ["less_ore", "explanation"]


# ------------------------------------------------------------------------------------- lists


def numbers(clinic: Clinic, by: Role, wanted: ClaimFilter) -> list[str]:
    return [
        line.row.claim.public_number for line in claim_desk.lines(clinic.desk(by), wanted, order="waiting", limit=50)
    ]


def test_the_economists_queue_says_what_the_checks_say(clinic: Clinic) -> None:
    first, draft = clinic.submitted(10_000, MARCH), clinic.bare()
    wanted = ClaimFilter(clinic.world.regions[clinic.region], "waiting")
    (line,) = claim_desk.lines(clinic.desk(Role.ECONOMIST), wanted, order="waiting", limit=50)
    assert line.row.claim.public_number == first.number and not line.faults and line.decide == "approve"
    assert (line.row.unit, line.row.administration, line.row.medicine) == ("Lungmedicin", "Sjukhuset", "Examplumab")
    states = claim_desk.by_state(clinic.desk(Role.ECONOMIST), wanted)
    assert states == {"waiting": (1, 1_000_000), "draft": (1, 0), "approved": (0, 0), "paid": (0, 0), "ended": (0, 0)}
    (line,) = claim_desk.lines(clinic.desk(), replace(wanted, state="draft"), order="newest", limit=50)
    assert line.row.claim.public_number == draft.number and len(line.faults) > 3 and line.decide is None


def test_lists_are_narrowed(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    region, lung = clinic.world.regions[clinic.region], clinic.world.units[clinic.region]["lung"].id
    for found in (
        ClaimFilter(), ClaimFilter(region), ClaimFilter(year=YEAR), ClaimFilter(unit_ids=frozenset({lung})),
        ClaimFilter(number=claim.number.lower()), ClaimFilter(number=clinic.case.number), ClaimFilter(number="exampl"),
        ClaimFilter(grant_id=clinic.grant.id),
    ):  # fmt: skip
        assert numbers(clinic, Role.ECONOMIST, found) == [claim.number], found
    for empty in (
        ClaimFilter(year=2020),
        ClaimFilter(unit_ids=frozenset()),
        ClaimFilter(number="%"),
        ClaimFilter(state="paid"),
    ):
        assert numbers(clinic, Role.ECONOMIST, empty) == [], empty


def test_a_clinic_sees_its_own_and_a_reader_none(clinic: Clinic) -> None:
    claim = clinic.submitted(10_000)
    assert numbers(clinic, Role.HEAD_OF_UNIT, ClaimFilter()) == [claim.number]
    assert numbers(clinic, Role.READER, ClaimFilter()) == []
    neighbour = clinic.world.add_person(Role.NOMINATOR, unit_key="neuro", name="Annan Klinik")
    assert claim_desk.count(clinic.world.desk(neighbour), ClaimFilter()) == (0, 0)


def test_a_list_of_many_claims_takes_as_many_statements_as_one(clinic: Clinic, engine: Engine) -> None:
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    def asked() -> int:
        sent.clear()
        numbers(clinic, Role.ECONOMIST, ClaimFilter())
        return len(sent)

    clinic.submitted(1_000, (date(2026, 1, 1), date(2026, 1, 1)))
    event_hooks.listen(engine, "before_cursor_execute", note)
    try:
        few = asked()
        for day in range(2, 12):
            clinic.submitted(1_000, (date(2026, 1, day), date(2026, 1, day)))
        assert asked() == few
    finally:
        event_hooks.remove(engine, "before_cursor_execute", note)

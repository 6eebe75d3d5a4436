"""Funds and grants: every krona is in one of six places, moves by a decision, and is nowhere twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as event_hooks
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from introduction.domain.errors import InvalidInput, NotAllowed, Overtaken, Refused
from introduction.domain.funding import IN_FUND, unfunded_years
from introduction.domain.roles import Role
from introduction.services import claims, fund_view, funds, grants, regions, reservations, steps, unfunded
from introduction.services.books import Minutes
from introduction.services.funds import NewMoney
from introduction.services.grants import NewGrant
from introduction.store import event
from introduction.store import posting as postings
from introduction.store.case import Case
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.grant_listing import GrantFilter
from introduction.store.reservation import Reservation
from tests.claiming import Clinic, grant
from tests.money import close, decide, put_case
from tests.world import NORRBOTTEN, VGR, World

YEAR = 2026


@pytest.fixture
def clinic(world: World, tmp_path: Path) -> Clinic:
    """A hospital with a million kronor for a medicine, out of a fund of a hundred million."""
    return Clinic.build(world, tmp_path / "files")


def minutes(world: World, reasons: str = "Så beslutades") -> Minutes:
    return Minutes(world.clock.today, reasons, "Regionstyrelsen", "§ 9")


def fund_of(world: World, year: int = YEAR) -> Fund:
    found = [row for row in funds.listed(world.desk(Role.AUDITOR), world.regions[VGR]) if row.budget_year == year]
    world.session.refresh(found[0])
    return found[0]


def amounts(fund: Fund) -> dict[str, int]:
    """The six amounts in kronor, those that hold something."""
    assert sum(fund.amount(account) for account in IN_FUND) == fund.appropriated_ore
    return {account.value: fund.amount(account) // 100 for account in IN_FUND if fund.amount(account)}


def reason(work: Callable[[], object]) -> str:
    """Why something is refused."""
    with pytest.raises(Refused) as refusal:
        work()
    return "; ".join(str(each) for each in refusal.value.reasons).replace("\u00a0", " ")


def add_hospital(world: World) -> int:
    return regions.add_unit(world.operator, world.regions[VGR], "Norra sjukhuset", "administration").id


# ------------------------------------------------------------------------------------- appropriations


def test_a_fund_is_opened_and_changed_by_decisions(world: World) -> None:
    fund = world.fund(2027, 90_000_000)
    assert amounts(fund) == {"unreserved": 90_000_000}
    world.fund(2027, 80_000_000)
    assert amounts(fund_of(world, 2027)) == {"unreserved": 80_000_000}
    file = fund_view.fund_file(world.desk(Role.AUDITOR), fund.id, GrantFilter(), limit=50)
    assert [row.granted_ore for row in file.decisions] == [8_000_000_000, 9_000_000_000]
    told = event.events_of(world.session, f"region:{world.regions[VGR]}")[-1].content
    assert (told["kind"], told["changes"]) == ("fund_appropriated", {"amount_ore": [9_000_000_000, 8_000_000_000]})
    assert "Ingenting är ändrat" in reason(lambda: world.fund(2027, 80_000_000))


@pytest.mark.parametrize(
    ("field", "money", "told"),
    [
        ("budget_year", NewMoney(None, 1, "Budgeten"), {}),
        ("budget_year", NewMoney(27, 1, "Budgeten"), {}),
        ("amount", NewMoney(2027, None, "Budgeten"), {}),
        ("amount", NewMoney(2027, -1, "Budgeten"), {}),
        ("amount", NewMoney(2027, 10**13, "Budgeten"), {}),
        ("source", NewMoney(2027, 1, " "), {}),
        ("held_by", NewMoney(2027, 1, "Budgeten", "kungen"), {}),
        ("reasons", NewMoney(2027, 1, "Budgeten"), {"reasons": " "}),
        ("decided_on", NewMoney(2027, 1, "Budgeten"), {"decided_on": None}),
        ("decided_on", NewMoney(2027, 1, "Budgeten"), {"decided_on": date(2030, 1, 1)}),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(
    world: World, field: str, money: NewMoney, told: dict[str, object]
) -> None:
    decided = Minutes(**({"decided_on": world.clock.today, "reasons": "Budgeten"} | told))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refusal:
        funds.appropriate(world.desk(Role.ECONOMIST), world.regions[VGR], money, decided)
    assert [name for name, _what in refusal.value.problems] == [field]


def test_an_appropriation_that_was_changed_meanwhile_is_not_written_over(world: World) -> None:
    desk, told = world.desk(Role.ECONOMIST), minutes(world)
    fund, region = world.fund(2027, 90_000_000), world.regions[VGR]
    seen = fund.appropriated_ore
    world.fund(2027, 95_000_000)
    less = NewMoney(2027, 8_000_000_000, "Regionfullmäktiges budget")
    with pytest.raises(Overtaken) as refusal:
        funds.appropriate(desk, region, less, told, seen_ore=seen)
    assert [name for name, _what in refusal.value.problems] == ["amount"]
    assert amounts(fund_of(world, 2027)) == {"unreserved": 95_000_000}
    funds.appropriate(desk, region, less, told, seen_ore=refusal.value.standing_ore)
    assert amounts(fund_of(world, 2027)) == {"unreserved": 80_000_000}
    assert "Fonden för 2027 finns redan" in reason(lambda: funds.appropriate(desk, region, less, told, opens=True))


def test_a_fund_is_never_less_than_what_is_granted(clinic: Clinic) -> None:
    assert "1 000 000 kr är redan reserverat eller beviljat" in reason(lambda: clinic.world.fund(YEAR, 999_999))
    clinic.world.fund(YEAR, 1_000_000)
    assert amounts(fund_of(clinic.world)) == {"unclaimed": 1_000_000}


@pytest.mark.parametrize("who", [Role.AUDITOR, Role.COUNCIL_CHAIR, Role.HEAD_OF_UNIT, Role.READER])
def test_only_those_who_plan_the_fund_decide(clinic: Clinic, who: Role) -> None:
    world, told = clinic.world, minutes(clinic.world)
    desk, hospital = world.desk(who), add_hospital(world)
    fund_id = clinic.grant.fund_id
    assert fund_id is not None
    for attempt in (
        lambda: funds.appropriate(desk, world.regions[VGR], NewMoney(2027, 1, "Budgeten"), told),
        lambda: grants.change(desk, clinic.grant.id, 1, told),
        lambda: grants.reallocate(desk, clinic.grant.id, hospital, 1, told),
        lambda: grants.settle(desk, clinic.grant.id, told),
        lambda: reservations.hold(desk, fund_id, clinic.case.number, 1, "Väntar"),
        lambda: grants.change(world.desk(Role.ECONOMIST, NORRBOTTEN), clinic.grant.id, 1, told),
    ):
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.parametrize("statement", ["UPDATE posting SET amount_ore = 1", "DELETE FROM posting",
                                       "UPDATE money_decision SET reasons = 'x'", "DELETE FROM money_decision",
                                       "UPDATE fund SET unreserved_ore = unreserved_ore + 1",
                                       "UPDATE grant_row SET unclaimed_ore = -1"])  # fmt: skip
def test_the_database_keeps_the_books(clinic: Clinic, statement: str) -> None:
    world = clinic.world
    grants.change(world.desk(Role.ECONOMIST), clinic.grant.id, 200, minutes(world))
    with pytest.raises(DatabaseError), world.session.begin_nested():
        world.session.execute(text(statement))


# ------------------------------------------------------------------------------------- grants


def test_a_grant_needs_a_fund_of_its_year(world: World) -> None:
    assert "ingen fond för 2026" in reason(lambda: grant(world, world.start_case(), 1))


def test_no_more_is_granted_than_there_is(world: World) -> None:
    world.fund(YEAR, 100)
    assert "Fonden har 100 kr kvar för 2026" in reason(lambda: grant(world, world.start_case(), 101))
    assert amounts(fund_of(world)) == {"unreserved": 100}


@pytest.mark.parametrize("minuted", [True, False])
def test_a_grant_given_in_a_case_leaves_the_decision_that_its_minutes_tell(world: World, minuted: bool) -> None:
    fund = world.fund(YEAR, 1_000)
    case = put_case(world, "Nyttumab", "introduction_financing", registry_number="RS 2026-00417")
    told = {"decided_on": date(2026, 11, 12), "section": "§ 204"} if minuted else {}
    record = {"unit_id": world.units[VGR]["hospital"].id, "budget_year": YEAR, "ceiling_ore": 30_000, **told}
    steps.take(world.desk(Role.ECONOMIST), case.instance.id, "divide_money", record=record)
    (decision,) = postings.decisions_of(world.session, case.instance.id)
    assert (decision.kind, decision.fund_id, decision.granted_ore) == ("grant", fund.id, 30_000)
    assert (decision.decided_on, decision.section) == ((date(2026, 11, 12), "§ 204") if minuted else (
        world.clock.today, None))  # fmt: skip
    assert (decision.registry_number, decision.reasons) == ("RS 2026-00417", f"Beviljat i ärende {case.number}")
    (posted,) = [row for row in postings.of_fund(world.session, fund.id, 10) if row.target == "unclaimed"]
    assert (posted.decision_id, posted.amount_ore) == (decision.id, 30_000)


def test_a_second_grant_to_the_same_is_refused(clinic: Clinic) -> None:
    assert "Sjukhuset har redan ett belopp för 2026" in reason(lambda: grant(clinic.world, clinic.case, 5))


def test_a_grant_is_raised_and_lowered_but_not_below_what_is_claimed(clinic: Clinic) -> None:
    world = clinic.world
    desk = world.desk(Role.ECONOMIST)
    clinic.submitted(400_000)
    grants.change(desk, clinic.grant.id, 150_000_000, minutes(world))
    assert clinic.amounts() == (1_100_000, 400_000, 0, 0)
    said = reason(lambda: grants.change(desk, clinic.grant.id, 39_999_900, minutes(world)))
    assert said == "400 000 kr är redan rekvirerat. Beloppet kan inte bli mindre"
    grants.change(desk, clinic.grant.id, 40_000_000, minutes(world))
    assert clinic.amounts() == (0, 400_000, 0, 0)
    assert amounts(fund_of(world)) == {"claimed": 400_000, "unreserved": 99_600_000}
    assert "Ingenting är ändrat" in reason(lambda: grants.change(desk, clinic.grant.id, 40_000_000, minutes(world)))


def test_an_amount_that_was_changed_meanwhile_is_not_written_over(clinic: Clinic) -> None:
    world, told = clinic.world, minutes(clinic.world)
    desk, seen = world.desk(Role.ECONOMIST), clinic.grant.ceiling_ore
    grants.reallocate(desk, clinic.grant.id, add_hospital(world), 30_000_000, told)
    with pytest.raises(Overtaken, match="Beloppet ändrades till 700\xa0000\xa0kr efter att du öppnade") as refusal:
        grants.change(desk, clinic.grant.id, 120_000_000, told, seen_ore=seen)
    assert [name for name, _what in refusal.value.problems] == ["ceiling_ore"]
    assert clinic.amounts() == (700_000, 0, 0, 0)
    grants.change(desk, clinic.grant.id, 120_000_000, told, seen_ore=refusal.value.standing_ore)
    assert clinic.amounts() == (1_200_000, 0, 0, 0)


def test_room_moves_to_another_administration(clinic: Clinic) -> None:
    world, north = clinic.world, add_hospital(clinic.world)
    desk = world.desk(Role.ECONOMIST)
    receiver = grants.reallocate(desk, clinic.grant.id, north, 30_000_000, minutes(world))
    assert (receiver.unit_id, receiver.ceiling_ore) == (north, 30_000_000)
    again = grants.reallocate(desk, clinic.grant.id, north, 10_000_000, minutes(world))
    assert (again.id, again.ceiling_ore) == (receiver.id, 40_000_000)
    assert clinic.amounts() == (600_000, 0, 0, 0)
    assert amounts(fund_of(world)) == {"unclaimed": 1_000_000, "unreserved": 99_000_000}
    assert "Välj en annan" in reason(lambda: grants.reallocate(desk, receiver.id, north, 1, minutes(world)))
    over = reason(lambda: grants.reallocate(desk, clinic.grant.id, north, 60_000_001, minutes(world)))
    assert over == "600 000 kr är inte rekvirerat. Mer kan inte flyttas"
    lung = world.units[VGR]["lung"].id
    assert "förvaltning" in reason(lambda: grants.reallocate(desk, clinic.grant.id, lung, 1, minutes(world)))
    with pytest.raises(InvalidInput) as refused:
        grants.reallocate(desk, clinic.grant.id, 0, None, Minutes(None, ""))
    assert {key for key, _what in refused.value.problems} == {"unit_id", "amount_ore", "decided_on", "reasons"}


def test_after_the_year_the_rest_goes_back_or_is_carried_over(clinic: Clinic) -> None:
    world = clinic.world
    claim = clinic.submitted(400_000)
    assert "när 2026 är slut" in reason(lambda: settled(clinic, 0))
    world.clock.forward(months=3)
    assert "väntar på granskning" in reason(lambda: settled(clinic, 0))
    clinic.take(claim, "return_claim", Role.ECONOMIST, note="För sent")
    assert "ingen fond för 2027" in reason(lambda: settled(clinic, 100))
    world.fund(2027, 10_000_000)
    assert "Mer kan inte föras över" in reason(lambda: settled(clinic, 1_000_001))
    settled(clinic, 250_000)
    assert clinic.amounts() == (0, 0, 0, 0) and clinic.grant.settled_on == world.clock.today
    assert amounts(fund_of(world)) == {"unreserved": 99_750_000}
    assert amounts(fund_of(world, 2027)) == {"unclaimed": 250_000, "unreserved": 10_000_000}
    assert "slutavräknades" in reason(lambda: settled(clinic, 0))


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_is_carried_over_to_a_year_in_which_the_region_does_not_pay(clinic: Clinic, closed: bool) -> None:
    world, case = clinic.world, clinic.world.session.get_one(Case, clinic.case.instance.id)
    world.fund(2027, 10_000_000)
    case.financed_until = date(2027, 6, 30) if closed else date(2026, 12, 31)  # type: ignore[attr-defined]
    world.session.flush()
    world.clock.forward(months=3)
    if closed:
        close(world, clinic.case, date(2026, 12, 15))
    with pytest.raises(InvalidInput) as refusal:
        settled(clinic, 100)
    (key, why), *_none = refusal.value.problems
    until = "Ärendet avslutades 2026-12-15" if closed else "Införandet finansieras till och med 2026-12-31"
    assert (key, str(why)) == ("carry_over_ore", f"{until}. Inget kan föras över till 2027")
    settled(clinic, 0)
    assert amounts(fund_of(world)) == {"unreserved": 100_000_000}


def settled(clinic: Clinic, kronor: int) -> GrantRow:
    told = minutes(clinic.world)
    return grants.settle(clinic.world.desk(Role.ECONOMIST), clinic.grant.id, told, carry_over_ore=kronor * 100)


def test_nothing_is_carried_over_to_what_is_settled_itself(clinic: Clinic) -> None:
    world = clinic.world
    world.fund(2027, 10_000_000)
    onward = grant(world, clinic.case, 1_000, 2027)
    world.clock.forward(months=14)
    desk = world.desk(Role.ECONOMIST)
    grants.settle(desk, onward.id, minutes(world))
    assert "slutavräknades" in reason(lambda: settled(clinic, 100))
    settled(clinic, 0)


@pytest.mark.parametrize("other_fund", [True, False])
def test_money_does_not_move_to_an_amount_of_another_fund(clinic: Clinic, other_fund: bool) -> None:
    """The council's own, or from before the books: then the fund's amounts would not be those of its grants."""
    world, north = clinic.world, add_hospital(clinic.world)
    desk = world.desk(Role.ECONOMIST)
    world.fund(YEAR, 1_000, held_by="council")
    council = NewGrant(north, YEAR, 50_000, clinic.case.instance.id, held_by="council")
    other = grants.give(desk, world.regions[VGR], council)
    if not other_fund:
        other.fund_id = None
        world.session.flush()
    assert "annan fond" in reason(lambda: grants.reallocate(desk, clinic.grant.id, north, 1_000, minutes(world)))
    assert (other.ceiling_ore, clinic.amounts()) == (50_000, (1_000_000, 0, 0, 0))


def test_nothing_is_carried_over_to_an_amount_of_another_fund(clinic: Clinic) -> None:
    world = clinic.world
    world.fund(2027, 10_000)
    world.fund(2027, 10_000, held_by="council")
    hospital = world.units[VGR]["hospital"].id
    council = NewGrant(hospital, 2027, 50_000, clinic.case.instance.id, held_by="council")
    grants.give(world.desk(Role.ECONOMIST), world.regions[VGR], council)
    world.clock.forward(months=2)
    assert "annan fond" in reason(lambda: settled(clinic, 100))


def test_what_the_council_holds_is_carried_over_to_what_the_council_holds(world: World) -> None:
    case = world.start_case()
    for year in (YEAR, YEAR + 1):
        world.fund(year, 1_000)
        world.fund(year, 1_000, held_by="council")
    hospital = world.units[VGR]["hospital"].id
    desk = world.desk(Role.ECONOMIST)
    new = NewGrant(hospital, YEAR, 50_000, case.instance.id, held_by="council")
    given = grants.give(desk, world.regions[VGR], new)
    world.clock.forward(months=2)
    grants.settle(world.desk(Role.ECONOMIST), given.id, minutes(world), carry_over_ore=50_000)
    found = {(row.budget_year, row.held_by): row for row in funds.listed(desk, world.regions[VGR])}
    assert amounts(found[YEAR + 1, "council"]) == {"unclaimed": 500, "unreserved": 1_000}
    assert amounts(found[YEAR + 1, "region"]) == {"unreserved": 1_000}


# ------------------------------------------------------------------------------------- reservations


def test_money_is_held_for_a_case_and_granted_first(world: World) -> None:
    fund, case = world.fund(YEAR, 1_000), world.start_case()
    desk = world.desk(Role.ECONOMIST)
    reservations.hold(desk, fund.id, case.number.lower(), 30_000, "Väntar på styrelsen")
    reservations.hold(desk, fund.id, case.number, 40_000, "Väntar på styrelsen")
    assert amounts(fund_of(world)) == {"reserved": 400, "unreserved": 600}
    told = event.events_of(world.session, case.instance.stream)[-1].content
    assert (told["kind"], told["amount_ore"]) == ("money_reserved", 40_000)
    grant(world, case, 500)
    assert amounts(fund_of(world)) == {"unclaimed": 500, "unreserved": 500}


def test_a_reservation_is_let_go_once(world: World) -> None:
    fund, case = world.fund(YEAR, 1_000), world.start_case()
    desk = world.desk(Role.ECONOMIST)
    reservations.hold(desk, fund.id, case.number, 30_000, "Väntar på styrelsen")
    row = world.session.query(Reservation).one()
    reservations.let_go(desk, row.id)
    assert amounts(fund_of(world)) == {"unreserved": 1_000}
    assert event.events_of(world.session, case.instance.stream)[-1].content["kind"] == "reservation_released"
    assert "Ingenting är längre reserverat" in reason(lambda: reservations.let_go(desk, row.id))


@pytest.mark.parametrize(
    ("field", "number", "ore", "why"),
    [("case", "VGR-1999-0001", 1, "x"), ("amount", "", None, "x"), ("amount", "", 0, "x"), ("reason", "", 1, " "),
     ("amount", "", 100_001, "x")],
)  # fmt: skip
def test_a_reservation_that_cannot_be_right(world: World, field: str, number: str, ore: int | None, why: str) -> None:
    fund, case = world.fund(YEAR, 1_000), world.start_case()
    with pytest.raises(InvalidInput) as refusal:
        reservations.hold(world.desk(Role.ECONOMIST), fund.id, number or case.number, ore, why)
    assert [name for name, _what in refusal.value.problems] == [field]
    assert amounts(fund_of(world)) == {"unreserved": 1_000}


def test_nobody_holds_another_regions_money(world: World) -> None:
    fund, other = world.fund(YEAR, 1_000), world.start_case(region=NORRBOTTEN)
    desk = world.desk(Role.ECONOMIST)
    assert "Inget ärende i regionen" in reason(lambda: reservations.hold(desk, fund.id, other.number, 1, "x"))


# ------------------------------------------------------------------------------------- invented money


def test_invented_cases_draw_on_invented_funds_only(world: World) -> None:
    real, invented = world.start_case("Verkligumab"), world.start_case("Påhittumab", example=True)
    world.fund(YEAR, 1_000)
    assert "ingen fond" in reason(lambda: grant(world, invented, 1))
    world.fund(YEAR, 1_000, example=True)
    grant(world, invented, 300)
    grant(world, real, 200)
    held = {row.example: amounts(row) for row in funds.listed(world.desk(Role.AUDITOR), world.regions[VGR])}
    assert held == {False: {"unclaimed": 200, "unreserved": 800}, True: {"unclaimed": 300, "unreserved": 700}}
    assert funds.appropriated(world.desk(Role.AUDITOR), world.regions[VGR]) == {YEAR: 100_000}


# ------------------------------------------------------------------------------------- without money for the year


PERIOD = (date(2026, 3, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("outcome", "period", "granted", "today", "decided", "years"),
    [
        ("approved", PERIOD, (), date(2026, 11, 23), None, (2026,)),
        ("approved_with_conditions", PERIOD, (2026,), date(2026, 11, 23), None, ()),
        ("extended", PERIOD, (2026,), date(2026, 11, 23), date(2026, 11, 15), (2027,)),
        ("approved", PERIOD, (2026,), date(2026, 11, 14), date(2026, 11, 15), ()),
        ("approved", PERIOD, (2026, 2027, 2028), date(2028, 1, 1), date(2028, 11, 15), ()),
        ("approved", PERIOD, (), date(2028, 2, 29), date(2028, 11, 15), (2028,)),
        ("approved", PERIOD, (), date(2028, 3, 1), None, ()),
        ("approved", (date(2027, 1, 1), date(2028, 12, 31)), (), date(2026, 5, 1), None, (2027,)),
        ("approved", (None, date(2028, 12, 31)), (), date(2026, 5, 1), None, ()),
        ("without_financing", PERIOD, (), date(2026, 11, 23), None, ()),
        ("ended_early", PERIOD, (), date(2026, 11, 23), None, ()),
        (None, PERIOD, (), date(2026, 11, 23), None, ()),
    ],
)
def test_which_years_lack_money(
    outcome: str | None,
    period: tuple[date | None, date | None],
    granted: tuple[int, ...],
    today: date,
    decided: date | None,
    years: tuple[int, ...],
) -> None:
    assert unfunded_years(outcome, period, granted, today, decided) == years


def test_an_introduction_without_money_is_found_until_it_has_some(clinic: Clinic) -> None:
    world, case_id = clinic.world, clinic.case.instance.id
    desk = world.desk(Role.ECONOMIST)
    assert unfunded.years_of(desk, [case_id]) == {}, "nobody has decided yet"
    decide(world, case_id, "approved")
    assert unfunded.years_of(desk, [case_id]) == {case_id: (2027,)}, "the round of November has passed"
    assert [one.row.number for one in unfunded.in_region(desk, world.regions[VGR])] == [clinic.case.number]
    planner, reader = desk.by, world.desk(Role.AUDITOR).by
    assert planner is not None and reader is not None
    assert len(unfunded.to_see_to(desk, planner)) == 1 and not unfunded.to_see_to(desk, reader)
    world.fund(2027)
    given = grant(world, clinic.case, 10, 2027)
    assert unfunded.years_of(desk, [case_id]) == {}
    grants.change(desk, given.id, 0, minutes(world))
    assert unfunded.years_of(desk, [case_id]) == {case_id: (2027,)}, "what is lowered to nothing is no money"


def test_many_cases_are_asked_about_in_a_few_statements(world: World) -> None:
    ids = []
    for number in range(12):
        case = world.start_case(f"Nyttumab{number}")
        decide(world, case.instance.id, "approved")
        ids.append(case.instance.id)
    world.session.execute(
        text("UPDATE cases SET introduction_start = :first, financed_until = :last"),
        {"first": world.clock.today - timedelta(days=100), "last": world.clock.today + timedelta(days=400)},
    )
    desk, sent = world.desk(Role.ECONOMIST), list[str]()
    connection = world.session.connection()
    event_hooks.listen(connection, "before_cursor_execute", lambda *told: sent.append(told[2]))
    assert len(unfunded.years_of(desk, ids)) == 12
    assert len(sent) == 4


# ------------------------------------------------------------------------------------- the page


def test_a_funds_page_has_its_grants_and_their_sum(clinic: Clinic) -> None:
    world = clinic.world
    clinic.approved(100_000)
    other = world.start_case("Annatumab")
    grant(world, other, 5_000)
    desk, fund = world.desk(Role.AUDITOR), fund_of(world)
    file = fund_view.fund_file(desk, fund.id, GrantFilter(), limit=50)
    assert [(line.medicine, line.ceiling_ore // 100) for line in file.lines] == [
        ("Annatumab", 5_000), ("Examplumab", 1_000_000),
    ]  # fmt: skip
    assert (file.sums.grants, file.sums.ceiling_ore) == (2, 100_500_000)
    assert sum(file.sums.in_grant.values()) == file.sums.ceiling_ore
    assert file.ends.expected_ore >= 0 and file.year.passed == 10 and file.year.since == 10_000_000
    assert not file.may_plan
    hospital = world.units[VGR]["hospital"].id
    for wanted, found in (
        (GrantFilter(text="annat"), ["Annatumab"]),
        (GrantFilter(text=clinic.case.number.lower()), ["Examplumab"]),
        (GrantFilter(unit_id=hospital), ["Annatumab", "Examplumab"]),
        (GrantFilter(left="settled"), []),
        (GrantFilter(left="used"), []),
        (GrantFilter(left="left"), ["Annatumab", "Examplumab"]),
    ):
        page = fund_view.fund_file(desk, fund.id, wanted, limit=50)
        assert [line.medicine for line in page.lines] == found and page.sums.grants == len(found)


def test_a_clinic_sees_its_administrations_grant_and_its_own_claims(clinic: Clinic) -> None:
    own = clinic.draft(unit="lung")
    neuro = clinic.world.add_person(Role.NOMINATOR, unit_key="neuro", name="Nora Neuro")
    others = claims.start(clinic.world.desk(neuro), clinic.grant.id, clinic.world.units[VGR]["neuro"].id)
    seen = fund_view.grant_file(clinic.desk(), clinic.grant.id)
    assert [claim.public_number for claim, _instance in seen.claims] == [own.number]
    assert not seen.postings and not seen.reads_books
    whole = fund_view.grant_file(clinic.world.desk(Role.AUDITOR), clinic.grant.id)
    assert {claim.public_number for claim, _instance in whole.claims} == {own.number, others.number}
    assert [row.amount_ore for row in whole.postings] == [100_000_000]
    with pytest.raises(NotAllowed):
        fund_view.grant_file(clinic.world.desk(Role.HEAD_OF_UNIT, NORRBOTTEN), clinic.grant.id)
    with pytest.raises(NotAllowed):
        fund_view.fund_of(clinic.desk(), clinic.grant.fund_id or 0)

"""The handover, unit by unit: forecast, room, answer, the council's word, and who pays from when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.roles import Role
from introduction.services import (
    cases,
    claim_money,
    handover,
    handover_view,
    landing,
    regions,
    steps,
    subjects,
    suggestions,
)
from introduction.services.handover_file import handover_file
from introduction.store import payer_change, portfolio, unfunded
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.decision import Decision
from introduction.store.instance import get
from introduction.store.payer_change import PayerChange
from tests.claiming import Clinic
from tests.handing_over import FIRST_DAY, LAST_DAY, MILLION, WHY, Handing
from tests.money import approve
from tests.world import NORRBOTTEN, VGR, World

DECISION = {"decided_on": date(2026, 11, 23), "section": "§ 9", "registry_number": "RS 2026-01234", "reasons": "Skäl"}
HIGHER = {"decided_on": date(2026, 11, 23), "section": "§ 14", "reasons": "Utrymmet höjs i vårens budget"}


@pytest.fixture
def handing(world: World) -> Handing:
    return Handing.build(world)


def changes(handing: Handing) -> dict[str, PayerChange]:
    names = {unit.id: key for key, unit in handing.world.units[VGR].items()}
    last = payer_change.last_of_units(handing.world.session, handing.case.instance.id)
    return {names[unit_id]: row for unit_id, row in last.items()}


# --- what the page tells


def test_the_forecast_is_what_the_unit_s_own_page_tells(handing: Handing) -> None:
    found = handing.seen()
    assert (found.first_day, found.years, found.months) == (FIRST_DAY, (2028, 2029), 12)
    desk, lung = handing.world.desk(Role.ECONOMIST), handing.world.units[VGR]["lung"]
    [own] = landing.see(desk, lung.id).decided
    forecast = found.of(lung.id).forecast
    assert forecast is not None and forecast.expected[0] > 0
    at = landing.see(desk, lung.id).years.index(2028)
    for told, theirs in ((forecast.expected, own.cost.expected), (forecast.low, own.cost.low)):
        assert told[0] == theirs[at]
    assert forecast.low[0] < forecast.expected[0] < forecast.high[0]


def test_a_year_that_is_unfunded_in_part_says_so(world: World) -> None:
    found = Handing.build(world, financed_until=date(2027, 3, 31)).seen()
    assert (found.first_day, found.years, found.months) == (date(2027, 4, 1), (2027, 2028), 9)


def test_without_an_analysis_or_an_end_it_says_what_is_missing(world: World) -> None:
    handing = Handing.build(world, analysed=False, financed_until=None)
    found = handing.seen()
    assert (found.first_day, found.years, found.source) == (None, (), "")
    assert all(line.forecast is None for line in found.lines)


def test_a_unit_that_bears_no_cost_stands_apart(handing: Handing) -> None:
    world, lung = handing.world, handing.world.units[VGR]["lung"]
    regions.set_terms(world.operator, lung.id, "choice_of_care", bears_cost=False, valid_from=date(2020, 1, 1))
    found = handing.seen()
    assert [line.unit for line in found.lines] == ["Neurologi"] and [line.unit for line in found.central] == [
        "Lungmedicin"
    ]
    assert found.central[0].forecast_ore == 0 and found.central[0].forecast is not None
    assert found.central[0].forecast.expected[0] > 0, "what stays with the region is told"
    handing.agree()
    handing.conclude()
    handing.take("hand_over")
    assert {key: row.to_payer for key, row in changes(handing).items()} == {"lung": "central", "neuro": "unit"}


def test_what_was_paid_is_by_unit_less_what_came_back(world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path)
    first = clinic.approved(10_000)
    paid = [world.session.get_one(Claim, first.instance.id)]
    claim_money.pay(world.desk(Role.ECONOMIST), paid)
    unit = world.units[VGR]["lung"].id
    desk = world.desk(Role.ECONOMIST)
    found = handover_view.see(desk, subjects.read(desk, get(world.session, clinic.case.instance.id)))
    assert found.of(unit).paid_ore == 10_000_00 and found.elsewhere_ore == 0
    assert found.of(world.units[VGR]["neuro"].id).paid_ore == 0


def test_a_process_without_a_handover_has_no_such_page(world: World) -> None:
    case = world.start_case(region=NORRBOTTEN)
    with pytest.raises(NotFound):
        handover_file(world.desk(Role.COORDINATOR, NORRBOTTEN), case.number)


def test_only_those_who_may_see_the_case_see_its_handover(handing: Handing) -> None:
    with pytest.raises(NotAllowed):
        handover_file(handing.world.desk(Role.COORDINATOR, NORRBOTTEN), handing.case.number)


# --- proposed and answered


def test_the_forms_begin_with_the_forecast(handing: Handing) -> None:
    world = handing.world
    desk = world.desk(Role.ECONOMIST)
    subject = subjects.read(desk, get(world.session, handing.case.instance.id))
    known = suggestions.of_record(desk, subject, handing.task("propose_room", "lung"))
    forecast = handing.seen().of(world.units[VGR]["lung"].id).forecast_ore
    assert forecast is not None and known["forecast_ore"] == round(forecast, -2)
    handing.propose("lung")
    told = suggestions.of_record(desk, subject, handing.task("confirm_responsibility", "lung"))
    assert told["forecast_ore"] == 2 * MILLION, "the unit answers to what was proposed"


def test_nobody_confirms_before_room_is_proposed_but_may_object(handing: Handing) -> None:
    with pytest.raises(InvalidInput, match="är föreslaget än"):
        handing.answer("lung")
    handing.answer("neuro", "objection", WHY)
    handing.propose("lung")
    handing.answer("lung")
    states = {line.unit: line.state for line in handing.seen().lines}
    assert states == {"Lungmedicin": "confirmed", "Neurologi": "objection"}


def test_an_objection_says_why(handing: Handing) -> None:
    handing.propose("lung")
    with pytest.raises(InvalidInput, match="Skriv skälet"):
        handing.answer("lung", "objection")


def test_a_head_answers_for_the_own_unit_only(handing: Handing) -> None:
    handing.propose("lung")
    task = handing.task("confirm_responsibility", "lung")
    with pytest.raises(NotAllowed):
        steps.do_task(handing.head("neuro"), task.id, record={"answer": "confirmed", "forecast_ore": 1})


def test_nothing_is_handed_over_until_room_is_proposed_and_all_have_confirmed(handing: Handing) -> None:
    handing.conclude()
    with pytest.raises(Refused) as refusal:
        handing.take("hand_over")
    told = [str(reason) for reason in refusal.value.reasons]
    assert any("Utrymme är inte föreslaget för: Lungmedicin, Neurologi" in reason for reason in told)
    assert any("Bekräftelse saknas från: Lungmedicin, Neurologi" in reason for reason in told)
    assert changes(handing) == {}


def test_after_an_extension_everything_is_asked_anew(handing: Handing) -> None:
    handing.agree("lung")
    handing.world.clock.forward(hours=1)
    handing.take(
        "extend", Role.SECRETARY, given={"financed_until": date(2028, 12, 31)}, record=DECISION
    )  # fmt: skip
    line = handing.seen().of(handing.world.units[VGR]["lung"].id)
    assert line.answer is None and line.proposal is None


# --- the change of payer


def test_the_payer_changes_the_day_after_the_money_has_ended(handing: Handing) -> None:
    handing.agree()
    handing.conclude()
    handing.take("hand_over")
    found = changes(handing)
    assert {key: (row.from_payer, row.to_payer, row.takes_effect_on) for key, row in found.items()} == {
        "lung": ("fund", "unit", FIRST_DAY), "neuro": ("fund", "unit", FIRST_DAY),
    }  # fmt: skip
    [line] = landing.see(handing.world.desk(Role.ECONOMIST), handing.world.units[VGR]["lung"].id).decided
    assert line.borne_now and line.answers.borne_from == FIRST_DAY


def test_the_council_hears_an_objection_and_hands_over_all_the_same(handing: Handing) -> None:
    handing.agree("lung")
    handing.propose("neuro", kronor=900_000)
    handing.answer("neuro", "objection", WHY)
    handing.take("refer_objection", note="Neurologi invänder")
    assert handing.file().unheard
    handing.conclude()
    handing.take("overrule_objection", Role.COUNCIL_CHAIR, record=HIGHER)
    file = handing.file()
    [decided] = file.council
    assert (decided.outcome, decided.decided_on, decided.section, decided.reasons, decided.registry_number) == (
        "objection_overruled", "2026-11-23", "§ 14", "Utrymmet höjs i vårens budget", "RS 2026-01234",
    )  # fmt: skip
    assert decided.body == "Program- och prioriteringsrådet (PPR)"
    assert decided in file.case.decisions and not file.unheard
    assert {row.to_payer for row in changes(handing).values()} == {"unit"}


def test_the_council_says_why(handing: Handing) -> None:
    handing.propose("neuro")
    handing.answer("neuro", "objection", WHY)
    handing.take("refer_objection", note="Neurologi invänder")
    with pytest.raises(InvalidInput) as refusal:
        handing.take("ask_units_again", Role.COUNCIL_CHAIR)
    assert {key for key, _message in refusal.value.problems} == {"decided_on", "reasons"}
    assert handing.file().council == [] and handing.file().unheard


def test_a_decision_on_an_objection_decides_nothing_of_the_introduction(handing: Handing) -> None:
    world, case_id = handing.world, handing.case.instance.id
    handing.propose("neuro")
    handing.answer("neuro", "objection", WHY)
    handing.take("refer_objection", note="Neurologi invänder")
    handing.take("ask_units_again", Role.COUNCIL_CHAIR, record=HIGHER)
    region_id = handing.case.instance.region_id
    assert region_id is not None
    assert portfolio.last_outcomes(world.session, region_id)[case_id] == "approved"
    assert unfunded.last_outcomes(world.session, [case_id]) == {case_id: "approved"}
    assert handing.seen().of(world.units[VGR]["neuro"].id).answer is not None, "the answers count as before"


def test_the_council_asks_the_units_again(handing: Handing) -> None:
    handing.propose("neuro")
    handing.answer("neuro", "objection", WHY)
    handing.take("refer_objection", note="Neurologi invänder")
    handing.take("ask_units_again", Role.COUNCIL_CHAIR, record=HIGHER)
    line = handing.seen().of(handing.world.units[VGR]["neuro"].id)
    assert line.state == "objection" and line.asked is not None and line.proposing is not None
    handing.agree("neuro")
    assert handing.seen().of(handing.world.units[VGR]["neuro"].id).state == "confirmed"
    assert [row.reasons for row in handing.file().council] == ["Utrymmet höjs i vårens budget"], "it is remembered"


def test_what_was_handed_over_stands_as_it_was_whatever_comes_later(handing: Handing) -> None:
    world, lung = handing.world, handing.world.units[VGR]["lung"].id
    handing.agree()
    handing.conclude()
    before = handing.file()
    assert before.done is None
    handing.take("hand_over")
    world.clock.forward(days=30)
    approve(world, handing.case, patients=3, financed={"first": "2026-01", "last": "2027-12"})
    cases.change_facts(
        world.desk(Role.COORDINATOR), handing.case.instance.id, {"follow_up_conclusion": "Omskriven"}, note="Senare"
    )
    file = handing.file()
    assert file.done is not None and file.done.at == world.clock.now - timedelta(days=30)
    then, now = file.done.handover.of(lung), file.handover.of(lung)
    assert then.forecast == before.handover.of(lung).forecast != now.forecast
    assert (then.proposal, then.answer, then.change) == (now.proposal, now.answer, now.change)
    assert file.done.handover.analysis == 1 and file.handover.analysis == 2
    assert file.done.conclusion is not None and file.done.conclusion.text == "Målen är nådda"
    assert file.conclusion is not None and file.conclusion.text == "Omskriven"


def test_from_the_day_of_an_early_end_the_fund_pays_nothing_more(world: World, tmp_path: Path) -> None:
    clinic = Clinic.build(world, tmp_path)
    subject = _ended(world, clinic, date(2026, 5, 15))
    assert handover.end_payments(world.desk(Role.SECRETARY), subject)["units"], "somebody bears it from then on"
    before = (date(2026, 5, 1), date(2026, 5, 14))
    assert clinic.submitted(10_000, before).instance.stage == "submitted"
    with pytest.raises(Refused, match="bär enheten kostnaden själv"):
        clinic.submitted(20_000, (date(2026, 5, 10), date(2026, 5, 31)))
    hospital = clinic.draft(20_000, (date(2026, 6, 1), date(2026, 6, 30)))
    assert payer_change.own_since(world.session, clinic.case.instance.id, world.units[VGR]["hospital"].id) == date(
        2026, 5, 15
    ), "nor does an administration that never had a change of its own claim"
    with pytest.raises(Refused):
        clinic.take(hospital, "submit")


def _ended(world: World, clinic: Clinic, on: date) -> subjects.Subject:
    """The case as the decision that ends it has been recorded."""
    world.session.get_one(Case, clinic.case.instance.id).phase = "follow_up"
    world.session.add(
        Decision(case_id=clinic.case.instance.id, outcome="ended_early", decided_on=on.isoformat(),
                 recorded_at=world.clock.now)
    )  # fmt: skip
    world.session.flush()
    return subjects.read(world.desk(Role.SECRETARY), get(world.session, clinic.case.instance.id))


def test_ending_early_what_was_never_paid_for_changes_no_payer(handing: Handing) -> None:
    handing.take("end_early", Role.SECRETARY, record=DECISION, note="Läkemedlet drogs in")
    assert changes(handing) == {}, "the case has no money"


def test_when_an_introduction_starts_again_the_fund_pays_again(handing: Handing) -> None:
    world = handing.world
    handing.agree()
    handing.conclude()
    subject = handing.take("hand_over")
    start = LAST_DAY + timedelta(days=90)
    subject.situation.facts["introduction_start"] = start  # type: ignore[index]
    handover.resume_payments(world.desk(Role.COORDINATOR), subject)
    assert {(row.to_payer, row.takes_effect_on) for row in changes(handing).values()} == {("fund", start)}
    assert payer_change.own_since(world.session, subject.instance.id, world.units[VGR]["lung"].id) is None

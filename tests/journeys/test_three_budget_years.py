"""Västra Götaland through three budget years: money decided year by year, claimed, followed up, and handed over.

The introduction begins in March 2027 and is financed until February 2029. Two administrations treat. The funds are
read after each step: their six amounts, in thousands of kronor, are what the step should have made of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from introduction.domain.roles import Role
from introduction.jobs.worker import Worker
from introduction.services import regions
from introduction.store import payer_change
from tests.journeys.purse import Clinic, Drawn, Purse
from tests.journeys.story import MEDICINE, PLAN, Story, Thread
from tests.journeys.test_vastra_gotaland import case_at
from tests.journeys.tour import Tour
from tests.reliability.books import check_books
from tests.reminders.driving import Post, worker_of
from tests.world import UNITS, VGR

HOSPITAL, NORTH = UNITS["hospital"], "Norra sjukhuset"
LUNG, NORTH_LUNG = UNITS["lung"], "Lungkliniken norr"
START, LAST_DAY, CHANGE = date(2027, 3, 1), date(2029, 2, 28), date(2029, 3, 1)
ASKED = "Medel för nästa budgetår är inte beviljade"  #: what the economist is reminded of before the round


@dataclass
class Years:
    """The case, the region's money, the two clinics, and the worker that wakes when time has passed."""

    story: Story
    case: Thread
    purse: Purse
    lung: Clinic
    north: Clinic
    worker: Worker
    first: Drawn = field(init=False)  #: the first claim, which is corrected later

    @classmethod
    def begin(cls, story: Story) -> Years:
        """A decided case that is to be set up, in a region with two administrations that treat."""
        with story.site.changing() as world:
            region = world.regions[VGR]
            north = regions.add_unit(world.operator, region, NORTH, "administration")
            clinic = regions.add_unit(world.operator, region, NORTH_LUNG, "operation", parent_id=north.id)
            world.units[VGR]["north"] = clinic
        head = story.head_of("north", VGR)
        site = story.site
        return cls(
            story, case_at(story, "setup"), Purse(story, MEDICINE), Clinic(story, Role.HEAD_OF_UNIT),
            Clinic(story, head), worker_of(site.engine, site.world.catalogue, site.clock, Post(site.clock)),
        )  # fmt: skip

    def live_until(self, day: date) -> None:
        """Let time pass to the morning of a day, when the worker wakes."""
        self.story.wait_until(day)
        self.worker.tick()

    def messages(self, who: Role) -> str:
        """What somebody has been told."""
        return self.story.site.visitor(who).open("/messages?show=all").text

    def marked(self, year: int) -> bool:
        """Whether the missing money of a year is marked, on the case's page and on what the economist has to do."""
        text = f"Inga pengar beviljade för {year}"
        pages = [self.purse.economist.open(path) for path in ("/work", self.case.address)]
        told = {text in page.text and "app-state--late" in page.html for page in pages}
        assert len(told) == 1, "the pages do not agree"
        return told.pop()


@pytest.fixture
def years(story: Story) -> Years:
    return Years.begin(story)


def test_an_introduction_through_three_budget_years(years: Years, caplog: pytest.LogCaptureFixture) -> None:
    set_up(years)
    claims_of_the_spring(years)
    both_report(years, 3, date(2027, 6, 7))
    a_claim_beyond_the_room(years)
    answered_once(years)
    a_correction(years)
    a_reallocation(years)
    a_late_report(years)
    money_for_the_second_year(years)
    the_first_year_ends(years)
    the_calendar_begins_the_handover(years)
    one_unit_objects(years)
    both_report(years, 12, date(2028, 3, 6))
    a_claim_of_the_second_year(years)
    both_report(years, 18, date(2028, 9, 4))
    money_for_the_third_year(years)
    the_follow_up_is_concluded(years)
    the_second_year_ends(years)
    the_payers_change(years)
    the_last_claims(years)
    the_watch_and_the_end(years)
    with years.story.site.looking() as session:
        check_books(session)
    Tour(years.story, years.case.number).everybody_opens_everything()
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


# ------------------------------------------------------------------------------------- the first year


def set_up(years: Years) -> None:
    case, purse, units = years.case, years.purse, years.story.site.world.units[VGR]
    case.do("name_units", treating_units=[units["lung"].id, units["north"].id])
    case.go("set_goals", "inform_units", PLAN)
    assert not years.marked(2027), "how long it is financed is not settled"
    case.do("set_financed_period", introduction_start=START, financed_until=LAST_DAY)
    assert years.marked(2027)
    purse.opens(2027, 10_000)
    purse.holds(2027, unreserved=10_000)
    purse.reserves(2027, case.number, 2_000)
    purse.holds(2027, unreserved=8_000, reserved=2_000)
    divide(years, "divide_money", 2027, HOSPITAL, 1_200)
    purse.holds(2027, unreserved=8_000, reserved=800, unclaimed=1_200)
    divide(years, "divide_money", 2027, NORTH, 600)
    purse.lets_go(2027)
    purse.holds(2027, unreserved=8_200, unclaimed=1_800)
    assert not years.marked(2027)
    years.live_until(START)
    case.take("start_introduction")


def divide(years: Years, action: str, year: int, administration: str, tkr: int) -> None:
    """A grant by its decision, as the economist records it from the case; the fund tells it too."""
    day = years.story.today - timedelta(days=3)
    typed = {"unit_id": administration, "budget_year": year, "ceiling_ore": f"{tkr} tkr", "decided_on": day,
             "section": f"§ {year % 100}{tkr}"}  # fmt: skip
    page = years.case.take(action, Role.ECONOMIST, **{f"record-{key}": value for key, value in typed.items()})
    assert administration in page.part("money") and str(year) in page.part("money")
    told = years.purse.fund(year).part("decisions")
    assert f"§ {year % 100}{tkr}" in told and f"Beviljat i ärende {years.case.number}" in told


def claims_of_the_spring(years: Years) -> None:
    purse = years.purse
    years.live_until(date(2027, 5, 3))
    spring = (date(2027, 3, 1), date(2027, 4, 30))
    years.first = years.lung.hands_in(2027, spring, 200)
    part = years.north.hands_in(2027, spring, 150)
    purse.holds(2027, unreserved=8_200, unclaimed=1_450, claimed=350)
    purse.approves(years.first)
    purse.holds(2027, unreserved=8_200, unclaimed=1_450, claimed=150, approved=200)
    returned_and_handed_in_again(years, part)


def returned_and_handed_in_again(years: Years, claim: Drawn) -> None:
    purse = years.purse
    purse.returns(claim, "Ange mängden i hela förpackningar.")
    purse.holds(2027, unreserved=8_200, unclaimed=1_600, approved=200)
    assert "Ange mängden i hela förpackningar." in claim.page().text
    claim.acts("revise_returned", quantity_milli="40")
    claim.hands_in()
    purse.holds(2027, unreserved=8_200, unclaimed=1_450, claimed=150, approved=200)
    purse.approves(claim, 120, "En förpackning gäller en annan indikation.")
    purse.holds(2027, unreserved=8_200, unclaimed=1_480, approved=320)


def a_claim_beyond_the_room(years: Years) -> None:
    purse = years.purse
    years.live_until(date(2027, 8, 2))
    claim = years.north.begins(2027, (date(2027, 5, 1), date(2027, 7, 31)), 500)
    assert any(f"{NORTH} har 480 000 kr kvar för 2027" in fault for fault in claim.refused().faults)
    purse.holds(2027, unreserved=8_200, unclaimed=1_480, approved=320)
    claim.acts("revise", gross_new_ore="450 tkr", gross_displaced_ore="150 tkr", extra_cost_ore="300 tkr")
    claim.hands_in()
    purse.holds(2027, unreserved=8_200, unclaimed=1_180, claimed=300, approved=320)
    purse.approves(claim)
    purse.holds(2027, unreserved=8_200, unclaimed=1_180, approved=620)


def answered_once(years: Years) -> None:
    """All that is approved goes to the ledger in a file; its receipt is taken in once, also where two have the page."""
    purse = years.purse
    receipt = purse.answer_of(purse.makes_file())
    form, another = purse.receipt_form(), purse.receipt_form()
    assert "3 rekvisitioner är utbetalda, 620 000 kr" in purse.receives(receipt, form).flashed
    again = purse.receives(receipt, another)
    assert again.status == 422 and "Kvittensen lästes in" in again.text
    purse.holds(2027, unreserved=8_200, unclaimed=1_180, paid=620)


def a_correction(years: Years) -> None:
    """Part of a paid claim is taken back, by a claim with a negative amount."""
    purse = years.purse
    years.live_until(date(2027, 9, 1))
    corrected = years.first.corrected(50, "Två förpackningar lämnades tillbaka.")
    assert "−50 000 kr" in corrected.page().part("amounts")
    purse.approves(corrected)
    purse.holds(2027, unreserved=8_200, unclaimed=1_180, paid=620)
    purse.pays()
    purse.holds(2027, unreserved=8_200, unclaimed=1_230, paid=570)


def a_reallocation(years: Years) -> None:
    """A grant is not lowered below what is claimed of it; room moves to the other administration by a decision."""
    purse = years.purse
    low = purse.changes(purse.grant(2027, HOSPITAL), 149)
    assert low.status == 422 and "150 000 kr är redan rekvirerat" in low.fault_at("ceiling_ore")
    page = purse.moves(purse.grant(2027, NORTH), HOSPITAL, 150)
    assert "1 200 000 kr av 1 350 000 kr är kvar att rekvirera" in page.text
    assert "30 000 kr av 450 000 kr är kvar" in purse.grant(2027, NORTH).text
    purse.holds(2027, unreserved=8_200, unclaimed=1_230, paid=570)


def both_report(years: Years, months: int, day: date) -> None:
    years.live_until(day)
    for unit in ("lung", "north"):
        report(years, months, unit)


def report(years: Years, months: int, unit: str) -> None:
    head = years.story.head_of(unit, VGR)
    page = years.case.do(f"report_month_{months}", head, unit=unit, **{"record-cost_ore": "400 tkr"})
    assert "12" in page.part("follow-up")


def a_late_report(years: Years) -> None:
    """The north reports late: that is told further, and the summary names it until the report has come."""
    member, address = years.story.site.visitor(Role.COUNCIL_MEMBER), f"{years.case.address}/follow-up"
    years.live_until(date(2027, 9, 6))
    report(years, 6, "lung")
    years.live_until(date(2027, 10, 11))
    summary = member.open(address)
    assert NORTH_LUNG in summary.part("late") and LUNG not in summary.part("late")
    told = years.messages(Role.COORDINATOR)
    assert told.count("Försenat: Uppföljningsrapport efter") == told.count("Försenat: Uppföljningsrapport efter 6") == 1
    report(years, 6, "north")
    assert 'aria-labelledby="late"' not in member.open(address).html


def money_for_the_second_year(years: Years) -> None:
    case, purse = years.case, years.purse
    assert ASKED not in years.messages(Role.ECONOMIST)
    years.live_until(date(2027, 10, 18))
    assert ASKED in years.messages(Role.ECONOMIST), "a month before the round"
    assert not years.marked(2028)
    years.live_until(date(2027, 11, 15))
    assert years.marked(2028)
    purse.opens(2028, 12_000)
    divide(years, "grant_next_year", 2028, HOSPITAL, 2_000)
    divide(years, "grant_next_year", 2028, NORTH, 900)
    case.do("money_second_year", Role.ECONOMIST)
    assert not years.marked(2028)
    purse.holds(2028, unreserved=9_100, unclaimed=2_900)


def the_first_year_ends(years: Years) -> None:
    """Claims of the year are taken until February; then some is carried over and the rest returned."""
    purse = years.purse
    years.live_until(date(2028, 1, 17))
    purse.approves(years.lung.hands_in(2027, (date(2027, 8, 1), date(2027, 12, 31)), 400))
    waiting = purse.decides(purse.grant(2027, HOSPITAL), "settle")
    assert waiting.status == 422 and "Rekvisitioner väntar" in waiting.text
    purse.holds(2027, unreserved=8_200, unclaimed=830, approved=400, paid=570)
    purse.pays()
    purse.holds(2027, unreserved=8_200, unclaimed=830, paid=970)
    purse.settles(purse.grant(2027, HOSPITAL), carried_over=500)
    purse.holds(2027, unreserved=8_500, unclaimed=30, paid=970)
    purse.holds(2028, unreserved=9_100, unclaimed=3_400)
    purse.settles(purse.grant(2027, NORTH))
    purse.holds(2027, unreserved=8_530, paid=970)


# ------------------------------------------------------------------------------------- the handover


def the_calendar_begins_the_handover(years: Years) -> None:
    case = years.case
    years.live_until(date(2028, 1, 31))
    assert case.stage == "financed"
    years.live_until(date(2028, 2, 1))
    assert case.stage == "handover_preparation", "the clock takes the step"
    assert case.told("action_taken")[-1]["actor"] == "clock"


def one_unit_objects(years: Years) -> None:
    case, north = years.case, years.story.head_of("north", VGR)
    case.do("propose_room", unit="lung", **{"record-room_ore": "1,5 mnkr"})
    case.do("propose_room", unit="north", **{"record-room_ore": "400 tkr"})
    case.do("confirm_responsibility", unit="lung")
    why = "Vi behandlar dubbelt så många som förslaget räknar med."
    objection = {"record-answer": "objection", "record-comment": why}
    case.do("confirm_responsibility", north, unit="north", **objection)
    case.take("refer_objection")
    case.do("hear_objecting_unit")
    reasons = {"record-reasons": "Rådet: utrymmet höjs till 800 000 kr."}
    page = case.take("ask_units_again", Role.COUNCIL_CHAIR, **reasons)
    assert "Enheterna tillfrågas på nytt" in page.part("decisions") and "utrymmet höjs" in page.part("decisions")
    page = case.do("propose_room", unit="north", **{"record-room_ore": "800 tkr"})
    assert page.leads_to(f"{case.address}/handover")
    shown = years.story.site.visitor(Role.HEAD_OF_UNIT).open(f"{case.address}/handover")
    assert why in shown.part("objections") and "utrymmet höjs" in shown.part("objections")
    case.do("confirm_responsibility", north, unit="north")
    assert "Alla 2 enheter har bekräftat" in years.purse.economist.open(f"{case.address}/handover").text


def a_claim_of_the_second_year(years: Years) -> None:
    purse = years.purse
    years.live_until(date(2028, 6, 5))
    purse.approves(years.lung.hands_in(2028, (date(2028, 1, 1), date(2028, 5, 31)), 1_900))
    purse.holds(2028, unreserved=9_100, unclaimed=1_500, approved=1_900)
    purse.pays()
    purse.holds(2028, unreserved=9_100, unclaimed=1_500, paid=1_900)


def money_for_the_third_year(years: Years) -> None:
    case, purse = years.case, years.purse
    before = years.messages(Role.ECONOMIST).count(ASKED)
    years.live_until(date(2028, 10, 16))
    assert years.messages(Role.ECONOMIST).count(ASKED) == before + 1
    assert not years.marked(2029)
    years.live_until(date(2028, 11, 15))
    assert years.marked(2029)
    purse.opens(2029, 3_000)
    divide(years, "grant_last_year", 2029, HOSPITAL, 400)
    divide(years, "grant_last_year", 2029, NORTH, 200)
    case.do("money_third_year", Role.ECONOMIST)
    assert not years.marked(2029)
    purse.holds(2029, unreserved=2_400, unclaimed=600)


def the_follow_up_is_concluded(years: Years) -> None:
    case = years.case
    case.do("conclude_follow_up", follow_up_outcome="continue", follow_up_conclusion="Målen är nådda i båda.")
    case.do("report_to_budget")
    member = years.story.site.visitor(Role.COUNCIL_MEMBER)
    assert "Målen är nådda i båda." in member.open(f"{case.address}/follow-up").part("conclusion")
    answer = member.client.get(f"{case.address}/follow-up/conclusion.pdf")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF")


def the_second_year_ends(years: Years) -> None:
    purse = years.purse
    years.live_until(date(2029, 1, 15))
    purse.approves(years.north.hands_in(2028, (date(2028, 1, 1), date(2028, 12, 31)), 800))
    purse.pays()
    purse.holds(2028, unreserved=9_100, unclaimed=700, paid=2_700)
    for administration in (HOSPITAL, NORTH):
        purse.settles(purse.grant(2028, administration))
    purse.holds(2028, unreserved=9_800, paid=2_700)
    purse.holds(2029, unreserved=2_400, unclaimed=600)


def the_payers_change(years: Years) -> None:
    case = years.case
    assert any("Finansieringen gäller till och med" in fault for fault in case.refused("hand_over").faults)
    years.live_until(CHANGE)
    assert case.stage == "prescriber_responsibility", "the clock hands over on the day"
    units = years.story.site.world.units[VGR]
    with years.story.site.looking() as session:
        last = payer_change.last_of_units(session, case.row.id)
    assert {unit_id: (row.to_payer, row.takes_effect_on) for unit_id, row in last.items()} == {
        units[key].id: ("unit", CHANGE) for key in ("lung", "north")
    }
    shown = years.purse.economist.open(f"{case.address}/handover")
    assert "1 mars 2029" in shown.part("units")
    both_report(years, 24, years.story.today)


def the_last_claims(years: Years) -> None:
    """Costs before the change are paid, those after it are not."""
    purse = years.purse
    years.live_until(date(2029, 4, 3))
    late = years.lung.begins(2029, (CHANGE, date(2029, 3, 31)), 100)
    faults = late.refused().faults
    assert any("Från och med torsdag 1 mars bär enheten kostnaden själv" in fault for fault in faults), faults
    purse.holds(2029, unreserved=2_400, unclaimed=600)
    late.acts("revise", period_from=date(2029, 1, 1), period_to=LAST_DAY)
    late.hands_in()
    purse.holds(2029, unreserved=2_400, unclaimed=500, claimed=100)
    purse.approves(late)
    purse.approves(years.north.hands_in(2029, (date(2029, 1, 1), LAST_DAY), 150))
    purse.pays()
    purse.holds(2029, unreserved=2_400, unclaimed=350, paid=250)


def the_watch_and_the_end(years: Years) -> None:
    case, purse = years.case, years.purse
    case.go("settle_claims", "inform_prescribers", "begin_watch", "check_use_after_handover")
    years.live_until(date(2030, 1, 15))
    for administration in (HOSPITAL, NORTH):
        purse.settles(purse.grant(2029, administration))
    purse.holds(2029, unreserved=2_750, paid=250)
    assert any("Ärendet bevakas till och med" in fault for fault in case.refused("close").faults)
    years.live_until(case.day("watch") + timedelta(days=1))
    assert "Ärendet avslutades" in case.take("close").part("next")
    assert case.open_tasks() == []

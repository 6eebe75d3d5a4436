"""Each guard: a situation where it holds, and situations where it says why it does not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from introduction.domain.applications import ApplicationGround, SavingSeen
from introduction.domain.claims import ClaimGround
from introduction.domain.process.definition import Text
from introduction.domain.process.guards import GUARDS, answers
from introduction.domain.process.situation import Grant, TaskState

TODAY = date(2026, 11, 20)
UNITS = ((1, "Lungmedicin"), (2, "Onkologi"))


def task(**kinds: Any) -> TaskState:
    told = {"open": True, "optional": False, "of_stage": True, **kinds}
    return TaskState(1, "assess_risk", Text(sv="Bedöm risken", en="Assess the risk"), **told)


def around(**with_: Any) -> dict[str, Any]:
    return {"with_": with_}


ASSESSED = {
    "severity": "high",
    "effect": "good",
    "risk": "low",
    "evidence_grade": "3",
    "cost_effectiveness": "reasonable",
}
DESCRIBED = {"target_population": "Vuxna", "comparator": "Docetaxel", "benefit": "Längre liv"}

CLAIM: dict[str, Any] = {
    "period_from": date(2026, 9, 1),
    "period_to": date(2026, 9, 30),
    "basis": "requisition",
    "patients": 4,
    "quantity_milli": 8_000,
    "gross_new_ore": 8_000_000,
    "gross_displaced_ore": 2_000_000,
    "extra_cost_ore": 6_000_000,
}
GRANT = ClaimGround(
    unit="Lungmedicin",
    administration="Sjukhuset",
    budget_year=2026,
    room_ore=10_000_000,
    first_day=date(2026, 3, 1),
    last_day=date(2026, 12, 31),
    claims_until=date(2027, 2, 28),
    settled=False,
    unit_belongs=True,
    evidence=1,
    price_ore_per_unit=1_000_000,
    goals_planned=True,
)
CORRECTION = {"extra_cost_ore": -1_000_000, "gross_new_ore": -1_000_000, "gross_displaced_ore": 0}
NEED: dict[str, Any] = {
    "budget_year": 2027,
    "period_from": date(2027, 4, 1),
    "period_to": date(2027, 6, 30),
    "patients": 0,
    "need_by_month": {"2027-04": 10_000_000},
    "budget_reason": "Budgeten lades innan läkemedlet fanns",
    "without_it": "Två patienter får vänta",
}
APPLICATION = ApplicationGround(case_number="NB-2026-0001", need_ore=10_000_000, unreserved_ore=50_000_000)
SAVING = SavingSeen("Byte till biosimilar", 5_000_000, "planned", explained=False, confirmed=True)


def claim(told: dict[str, Any] | None = None, **ground: Any) -> dict[str, Any]:
    return {**CLAIM, **(told or {}), **around(ground=replace(GRANT, **ground))}


def application(told: dict[str, Any] | None = None, **ground: Any) -> dict[str, Any]:
    return {**NEED, **(told or {}), **around(ground=replace(APPLICATION, **ground))}


HOLDS: list[tuple[str, dict[str, Any]]] = [
    ("claim_described", claim()),
    ("claim_unit_belongs", claim()),
    ("claim_period_in_grant", claim()),
    ("claim_before_handover", claim()),
    ("claim_before_handover", claim(paid_by_unit_from=date(2026, 10, 1))),
    ("claim_period_in_grant", claim(CORRECTION, corrects="VGR-2026-0007", last_day=date(2026, 9, 14))),
    ("claim_before_handover", claim(CORRECTION, corrects="VGR-2026-0007", paid_by_unit_from=date(2026, 9, 15))),
    ("claim_before_settlement", claim()),
    ("claim_before_settlement", claim(settled=True, claims_until=date(2026, 11, 19), handed_in=True)),
    ("claim_before_settlement", claim(CORRECTION, settled=True, corrects="VGR-2026-0007")),
    ("claim_before_settlement", claim(claims_until=date(2026, 11, 19), handed_in_on=date(2026, 11, 19))),
    ("claim_no_overlap", claim()),
    ("claim_adds_up", claim()),
    ("claim_adds_up", claim(CORRECTION, corrects="VGR-2026-0007")),
    ("claim_price_explained", claim()),
    ("claim_price_explained", claim({"gross_new_ore": 8_800_000})),
    ("claim_price_explained", claim({"gross_new_ore": 9_900_000, "explanation": "Ny förpackning"})),
    ("claim_price_explained", claim({"gross_new_ore": 99}, price_ore_per_unit=None)),
    ("claim_room_left", claim({"extra_cost_ore": 10_000_000})),
    ("claim_room_left", claim(CORRECTION, corrects="VGR-2026-0007", left_to_correct_ore=1_000_000)),
    ("claim_evidence_attached", claim()),
    ("claim_evidence_attached", claim(CORRECTION, evidence=0, corrects="VGR-2026-0007")),
    ("approved_within_claim", claim({"approved_ore": 6_000_000})),
    ("approved_within_claim", claim({"approved_ore": 1, "assessment": "Resten gäller november"})),
    ("approved_within_claim", claim({**CORRECTION, "approved_ore": -1_000_000})),
    ("booked_in_ledger", claim(ledger_file=12, booked=True)),
    ("follow_up_planned", claim()),
    ("follow_up_planned", around(goals_planned=True)),
    ("need_described", application()),
    ("case_linked_or_explained", application()),
    ("case_linked_or_explained", application({"no_case_reason": "Licensläkemedel"}, case_number=None)),
    ("case_linked", application(introduction_decided=True)),
    ("savings_told", application(savings=(SAVING,))),
    ("savings_told", application({"no_savings_reason": "Allt är redan bytt"})),
    ("savings_examined", application(demands_savings=False)),
    ("savings_examined", application(demands_savings=True, savings=(SAVING,))),
    ("savings_examined", application({"no_savings_reason": "Allt är bytt"}, demands_savings=True)),
    ("review_written", application({"review": "Rimligt", "proposed_ore": 0})),
    ("fund_opened", application({"proposed_ore": 60_000_000})),
    ("delay_explained", application({"answer_by": date(2026, 11, 20)})),
    ("delay_explained", application({"answer_by": date(2026, 11, 1), "delay_reason": "Rådet möts i december"})),
    ("tasks_done", {}),
    ("tasks_done", around(tasks=(task(open=False), task(optional=True), task(of_stage=False)))),
    ("registered", {"registry_number": "RS 2026-01234"}),
    ("described", DESCRIBED),
    ("anchored", {"anchored_with": "Lungmedicin, 12 november 2026"}),
    ("conflicts_declared", {"conflicts_of_interest": "Inget jäv"}),
    ("authorised", {"authorised": True}),
    ("not_in_routine_use", {"routine_use": "not_routine"}),
    ("not_in_routine_use", {"routine_use": "unequal_with_plan"}),
    ("evidence_exists", {"evidence_exists": True}),
    ("material", {"extra_cost_year3_ore": 200_000_000}),
    ("material", {"extra_cost_year1_ore": 400_000_000, "care_levels": ["county", "regional"]}),
    ("material", {"reorganisation": True}),
    ("material", {"complex_ethics": True}),
    ("assessed", ASSESSED),
    ("rank_not_better_than_severity", {"rank": 2, "severity": "moderate"}),
    ("weak_evidence_explained", {"rank": 1, "evidence_grade": "3"}),
    ("weak_evidence_explained", {"rank": 2, "evidence_grade": "1"}),
    (
        "weak_evidence_explained",
        {"rank": 1, "evidence_grade": "2", "rare_and_severe": True, "rank_reason": "Tio patienter i landet"},
    ),
    ("rank_one_or_two", {"rank": 1}),
    ("rank_one_or_two", {"rank": 2}),
    ("rank_three", {"rank": 3}),
    ("proposal_written", {"proposal": "Bevilja"}),
    ("national_advice_if_demanded", {}),
    ("budget_impact_if_demanded", {}),
    ("treating_units_named", around(treating_units=UNITS)),
    ("contact_person_named", {"contact_person_id": 7}),
    ("goals_set", {"goals": "80 procent i registret"}),
    ("money_divided", {"introduction_start": date(2027, 2, 1), **around(grants=(Grant(1, 2027, 100),))}),
    ("next_year_granted", around(grants=(Grant(1, 2027, 100),))),
    ("financed_period_set", {"introduction_start": date(2026, 1, 1), "financed_until": date(2027, 12, 31)}),
    ("introduction_started", {"introduction_start": TODAY}),
    ("handover_due", {"financed_until": date(2027, 5, 20)}),
    ("handover_due", {"financed_until": date(2029, 12, 31), "follow_up_outcome": "hand_over_early"}),
    ("not_to_be_stopped", {}),
    ("not_to_be_stopped", {"follow_up_outcome": "continue"}),
    ("handover_due", {}),
    ("report_received", around(reports=1)),
    ("room_proposed", around(treating_units=UNITS, proposed=frozenset({1, 2}))),
    ("all_units_confirmed", around(treating_units=UNITS, confirmations={1: "confirmed", 2: "confirmed"})),
    ("all_units_answered", around(treating_units=UNITS, confirmations={1: "confirmed", 2: "objection"})),
    ("unit_objects", around(treating_units=UNITS, confirmations={2: "objection"})),
    ("financing_over", {"financed_until": date(2026, 11, 19)}),
    ("financing_over", {}),
    ("watch_over", {"watch_until": date(2026, 11, 19)}),
    ("watch_over", {}),
    ("conclusion_written", {"follow_up_conclusion": "Jämlikt infört"}),
    ("consequence_described", {"consequence": "Ryms i ramen"}),
    ("regional_statement_given", {"regional_statement": "Tillstyrks"}),
    ("manager_named", {"implementation_manager": "Chefen för länssjukvården"}),
    ("decision_followed", {"adherence": "followed"}),
    ("decision_not_followed", {"adherence": "partly"}),
    ("decision_not_followed", {"adherence": "not_followed"}),
    ("health_economics_known", {"health_economics": "Kan inte göras: för få patienter"}),
    ("advice_given", around(advice_level="should")),
]

FAILS: list[tuple[str, dict[str, Any], str]] = [
    ("claim_described", claim({"patients": None, "basis": None}), "hämtats ut, antal patienter"),
    ("claim_unit_belongs", claim(unit_belongs=False), "Lungmedicin hör inte till Sjukhuset"),
    ("claim_period_in_grant", claim({"period_to": None}), "Fyll i: periodens sista dag"),
    ("claim_period_in_grant", claim({"period_to": date(2026, 8, 31)}), "före den första"),
    ("claim_period_in_grant", claim({"period_from": date(2026, 2, 28)}), "från och med 2026-03-01"),
    ("claim_period_in_grant", claim({"period_to": date(2026, 11, 30)}), "Perioden är inte slut"),
    ("claim_before_handover", claim(paid_by_unit_from=date(2026, 9, 30)), "2026-09-30"),
    ("claim_before_settlement", claim(settled=True), "slutavräknat"),
    ("claim_before_settlement", claim(claims_until=date(2026, 11, 19)), "till och med 2026-11-19"),
    ("claim_before_settlement", claim(settled=True, handed_in_on=date(2026, 11, 1)), "slutavräknat"),
    ("claim_no_overlap", claim(overlapping=("VGR-2026-0009",)), "VGR-2026-0009"),
    ("claim_adds_up", claim({"extra_cost_ore": 8_000_000}), "60\u00a0000\u00a0kr"),
    ("claim_adds_up", claim({"gross_new_ore": None}), "Fyll i: kostnad för det nya läkemedlet"),
    ("claim_adds_up", claim({"extra_cost_ore": None}), "Fyll i: merkostnad"),
    ("claim_adds_up", claim({"gross_new_ore": 2_000_000, "extra_cost_ore": 0}), "ingen merkostnad"),
    ("claim_adds_up", claim({"gross_displaced_ore": -1, "extra_cost_ore": 8_000_001}), "negativa"),
    ("claim_adds_up", claim(corrects="VGR-2026-0007"), "med minus"),
    ("claim_price_explained", claim({"gross_new_ore": 8_800_001}), "10 procent"),
    ("claim_price_explained", claim(CORRECTION, corrects="VGR-2026-0007"), "vad som rättas"),
    ("claim_room_left", claim({"extra_cost_ore": 10_000_001}), "100\u00a0000\u00a0kr kvar för 2026"),
    ("claim_room_left", claim(CORRECTION, corrects="VGR-2026-0007", left_to_correct_ore=999_999), "VGR-2026-0007"),
    ("claim_evidence_attached", claim(evidence=0), "Bifoga ett underlag"),
    ("claim_evidence_attached", claim(same_evidence=("VGR-2026-0009",)), "VGR-2026-0009"),
    ("approved_within_claim", claim(), "vilket belopp"),
    ("approved_within_claim", claim({"approved_ore": 6_000_001}), "högst 60"),
    ("approved_within_claim", claim({"approved_ore": 0}), "mer än noll"),
    ("approved_within_claim", claim({"approved_ore": 1}), "varför hela beloppet inte"),
    ("approved_within_claim", claim({**CORRECTION, "approved_ore": -1}), "i sin helhet"),
    ("booked_in_ledger", claim(), "väntar på att skickas"),
    ("booked_in_ledger", claim(ledger_file=12), "fil 12"),
    ("claim_period_in_grant", claim(first_day=date(2027, 1, 1)), "har ingen period"),
    ("follow_up_planned", claim(goals_planned=False), "saknar mål"),
    ("follow_up_planned", {}, "saknar mål"),
    ("need_described", application({"without_it": None}), "vad som händer"),
    ("need_described", application({"period_to": date(2027, 3, 1)}), "före den första"),
    ("need_described", application({"period_from": date(2026, 12, 1)}), "budgetåret 2027"),
    ("need_described", application({"need_by_month": {"2027-07": 1}}), "2027-07"),
    ("need_described", application(need_ore=0), "noll kronor"),
    ("case_linked_or_explained", application(case_number=None), "Koppla ansökan"),
    ("case_linked", application(case_number=None), "införande"),
    ("case_linked", application(), "NB-2026-0001 är inte ett beslutat införande"),
    ("savings_told", application(), "egna besparingar"),
    ("savings_told", application(savings=(replace(SAVING, state="not_possible"),)), "varför besparingen"),
    ("savings_examined", application(demands_savings=True), "Inga egna besparingar"),
    (
        "savings_examined",
        application(demands_savings=True, savings=(replace(SAVING, confirmed=False),)),
        "Byte till biosimilar",
    ),
    ("review_written", application({"review": "Rimligt"}), "vilket belopp"),
    ("fund_opened", application(unreserved_ore=None), "ingen fond för 2027"),
    ("delay_explained", application({"answer_by": date(2026, 11, 19)}), "2026-11-19"),
    ("tasks_done", around(tasks=(task(),)), "Kvar att göra: Bedöm risken"),
    ("registered", {}, "diarienumret"),
    ("described", {**DESCRIBED, "comparator": "", "benefit": None}, "Beskriv: ersatt behandling, nytta"),
    ("anchored", {}, "förankrad"),
    ("conflicts_declared", {}, "Inget jäv"),
    ("authorised", {"authorised": False}, "saknar godkännande"),
    ("authorised", {}, "Ange om"),
    ("not_in_routine_use", {}, "Ange om"),
    ("not_in_routine_use", {"routine_use": "routine"}, "regional plan"),
    ("evidence_exists", {}, "Ange om"),
    ("evidence_exists", {"evidence_exists": False}, "saknas"),
    ("material", {}, "Ange merkostnaden"),
    ("material", {"extra_cost_year3_ore": 199_999_999}, "Gränsen är 2\u00a0000\u00a0000 kr"),
    (
        "material",
        {"extra_cost_year3_ore": 399_999_999, "care_levels": ["county", "regional"]},
        "Gränsen är 4\u00a0000\u00a0000 kr",
    ),
    ("assessed", {**ASSESSED, "risk": None, "effect": None}, "Bedöm: effekt, risk"),
    ("rank_not_better_than_severity", {"rank": 1}, "Ange både"),
    ("rank_not_better_than_severity", {"rank": 1, "severity": "moderate"}, "måttlig"),
    ("rank_not_better_than_severity", {"rank": 2, "severity": "low"}, "bättre än 3"),
    ("weak_evidence_explained", {"rank": 1, "evidence_grade": "2"}, "sällsynt"),
    ("weak_evidence_explained", {"rank": 1, "evidence_grade": "1", "rare_and_severe": True}, "motivering"),
    ("rank_one_or_two", {"rank": 3}, "rang 1 eller 2"),
    ("rank_one_or_two", {}, "rang 1 eller 2"),
    ("rank_three", {"rank": 2}, "fördjupad analys"),
    ("proposal_written", {}, "Skriv rådets förslag"),
    ("treating_units_named", {}, "minst en"),
    ("contact_person_named", {}, "kontaktperson"),
    ("goals_set", {"goals": ""}, "mätbart mål"),
    ("money_divided", {"introduction_start": date(2027, 2, 1), **around(grants=(Grant(1, 2026, 100),))}, "2027"),
    ("money_divided", {}, "2026"),
    ("next_year_granted", around(grants=(Grant(1, 2026, 100),)), "2027"),
    ("next_year_granted", around(grants=(Grant(1, 2027, 0),)), "2027"),
    ("financed_period_set", {"introduction_start": date(2026, 1, 1)}, "Ange när"),
    ("financed_period_set", {"introduction_start": TODAY, "financed_until": TODAY}, "före starten"),
    ("introduction_started", {}, "Ange när"),
    ("introduction_started", {"introduction_start": date(2026, 11, 21)}, "2026-11-21"),
    ("handover_due", {"financed_until": date(2028, 12, 31)}, "2028-02-01"),
    (
        "handover_due",
        {"financed_until": date(2028, 12, 31), "follow_up_outcome": "continue", "follow_up_conclusion": "Klart"},
        "i förtid",
    ),
    ("not_to_be_stopped", {"follow_up_outcome": "stop"}, "För in det beslutet"),
    ("report_received", {}, "Ingen uppföljningsrapport"),
    ("room_proposed", {}, "Utse minst en behandlande enhet"),
    ("room_proposed", around(treating_units=UNITS, proposed=frozenset({1})), "inte föreslaget för: Onkologi"),
    ("all_units_confirmed", around(treating_units=UNITS, confirmations={1: "confirmed"}), "saknas från: Onkologi"),
    (
        "all_units_confirmed",
        around(treating_units=UNITS, confirmations={1: "objection"}),
        "Invändning från: Lungmedicin",
    ),
    ("all_units_answered", around(treating_units=UNITS), "Svar saknas från: Lungmedicin, Onkologi"),
    ("unit_objects", around(treating_units=UNITS, confirmations={1: "confirmed"}), "Ingen enhet"),
    ("unit_objects", around(treating_units=UNITS[:1], confirmations={2: "objection"}), "Ingen enhet"),
    ("financing_over", {"financed_until": TODAY}, "2026-11-20"),
    ("watch_over", {"watch_until": TODAY}, "2026-11-20"),
    ("conclusion_written", {}, "Skriv slutsatsen"),
    ("consequence_described", {}, "Beskriv konsekvenserna"),
    ("regional_statement_given", {}, "ställningstagande"),
    ("manager_named", {}, "chef i linjen"),
    ("decision_followed", {"adherence": "partly"}, "inte att beslutet följs"),
    ("decision_followed", {}, "inte att beslutet följs"),
    ("decision_not_followed", {"adherence": "followed"}, "inte följs"),
    ("decision_not_followed", {}, "inte följs"),
    ("health_economics_known", {}, "hälsoekonomiska"),
    ("advice_given", {}, "Ingen rekommendation"),
]


@pytest.mark.parametrize(("name", "told"), HOLDS)
def test_the_guard_holds(in_vastra_gotaland, name, told):
    assert GUARDS[name].check(in_vastra_gotaland(**told)) is None


@pytest.mark.parametrize(("name", "told", "words"), FAILS)
def test_the_guard_says_why_it_does_not_hold(in_vastra_gotaland, name, told, words):
    reason = GUARDS[name].check(in_vastra_gotaland(**told))
    assert reason is not None
    assert words in str(reason)


@pytest.mark.parametrize(("level", "holds"), [(None, False), ("wait", False), ("may", True), ("not_covered", True)])
def test_a_region_may_demand_national_advice_before_its_own_decision(in_vastra_gotaland, level, holds):
    now = in_vastra_gotaland(with_={"advice_level": level})
    settings = tuple(
        setting.model_copy(update={"value": 1}) if setting.key == "demands_national_advice" else setting
        for setting in now.region.setting
    )
    demanding = now.region.model_copy(update={"setting": settings})
    now = in_vastra_gotaland(with_={"advice_level": level, "region": demanding})
    assert (GUARDS["national_advice_if_demanded"].check(now) is None) is holds


@pytest.mark.parametrize("approved", [True, False])
def test_a_region_may_demand_that_the_cost_is_approved_before_its_decision(in_vastra_gotaland, approved):
    now = in_vastra_gotaland()
    settings = tuple(
        setting.model_copy(update={"value": 1}) if setting.key == "demands_budget_impact" else setting
        for setting in now.region.setting
    )
    demanding = now.region.model_copy(update={"setting": settings})
    now = in_vastra_gotaland(with_={"analysis_approved": approved, "region": demanding})
    assert (GUARDS["budget_impact_if_demanded"].check(now) is None) is approved


def test_no_guard_is_left_untried():
    assert {name for name, _told in HOLDS} == set(GUARDS)
    of_settings = {"national_advice_if_demanded", "budget_impact_if_demanded"}
    assert {name for name, _told, _words in FAILS} | of_settings == set(GUARDS)


def test_every_guard_says_what_it_promises():
    assert all(str(guard.title) for guard in GUARDS.values())


def test_the_answers_come_in_the_order_asked(in_vastra_gotaland):
    needs = answers(("registered", "anchored"), in_vastra_gotaland(registry_number="RS 2026-01234"))
    assert [(need.guard, need.reason is None) for need in needs] == [("registered", True), ("anchored", False)]

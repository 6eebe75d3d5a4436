"""Each guard: a situation where it holds, and situations where it says why it does not."""

from datetime import date
from typing import Any

import pytest

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

HOLDS: list[tuple[str, dict[str, Any]]] = [
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
    ("handover_due", {"financed_until": date(2029, 12, 31), "follow_up_conclusion": "Klart"}),
    ("handover_due", {}),
    ("report_received", around(reports=1)),
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
    ("financed_period_set", {"introduction_start": date(2026, 1, 1)}, "Ange när"),
    ("financed_period_set", {"introduction_start": TODAY, "financed_until": TODAY}, "före starten"),
    ("introduction_started", {}, "Ange när"),
    ("introduction_started", {"introduction_start": date(2026, 11, 21)}, "2026-11-21"),
    ("handover_due", {"financed_until": date(2028, 12, 31)}, "2028-02-01"),
    ("report_received", {}, "Ingen uppföljningsrapport"),
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

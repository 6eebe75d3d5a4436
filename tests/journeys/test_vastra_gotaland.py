"""A new medicine's way through Västra Götaland: the whole of it, and every way that leads off it.

On SQLite each journey has a database of its own; on PostgreSQL all of them are made in one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from introduction.domain.calendar import add_months
from introduction.domain.roles import Role
from tests.journeys.site import Site
from tests.journeys.story import Story, Thread, untaken, yesterday

PROCESS = "vastra_gotaland.new_medicine"
Journey = Callable[[Story], None]
JOURNEYS: list[Journey] = []

NOMINATION = (
    "describe_need", "anchor_nomination", "declare_conflicts", "estimate_extra_cost", "describe_organisation",
    "register", "check_criteria",
)  # fmt: skip
ASSESSMENT = ("assess_severity", "assess_effect", "assess_risk", "assess_evidence", "assess_cost_effectiveness")
SETTING_UP = ("name_units", "set_goals", "plan_follow_up", "set_financed_period", "inform_units", "divide_money")
#: From the horizon scan to the handover, as most cases go.
USUAL_WAY = (
    "nominate", *NOMINATION, "qualify", *ASSESSMENT, "rank", "start_analysis", "write_analysis", "check_cost_forecast",
    "finish_analysis", "write_proposal", "forward_proposal", "write_statement", "refer_to_board", "approve",
    *SETTING_UP, "start_introduction", "conclude_early", "begin_handover", "propose_room",
    "confirm_responsibility",
)  # fmt: skip
#: The administration's own name in the form.
HOSPITAL = "Sjukhuset"


def journey(walk: Journey) -> Journey:
    """Count a journey among those that together take every action, and make it on SQLite by itself."""
    JOURNEYS.append(walk)
    return pytest.mark.parametrize("engine", ["sqlite"], indirect=True)(walk)


def case_at(story: Story, stage: str) -> Thread:
    """A case that has come the usual way to a stage."""
    return story.opens(PROCESS).prepare(USUAL_WAY, stage)


# ------------------------------------------------------------------------------------- the whole way


@journey
def test_from_horizon_scan_to_closed(story: Story) -> None:
    case = story.opens(PROCESS)
    assert case.number.startswith("VGR-2026-") or story.today.year > 2026
    case.do("describe_candidate")
    case.do("estimate_early_cost")
    case.take("await_advice")
    story.wait(months=2)
    case.take("nominate", nominating_unit_id="Lungmedicin, Sjukhuset")
    nominated_to_decided(story, case)
    start = set_up(story, case)
    follow_up(story, case, start)
    hand_over(story, case)


def nominated_to_decided(story: Story, case: Thread) -> None:
    assert case.open_tasks() == sorted(NOMINATION)
    page = case.refused("qualify")
    assert any("Ange om läkemedlet är godkänt för försäljning" in fault for fault in page.faults)
    for task in NOMINATION[:5]:
        case.do(task, Role.NOMINATOR)
    case.go(*NOMINATION[5:], "qualify")
    story.wait(days=20)
    case.go(*ASSESSMENT, "rank", "start_analysis", "write_analysis", "check_cost_forecast", "finish_analysis")
    story.wait(days=20)
    case.go("write_proposal", "declare_council_conflicts", "forward_proposal")
    case.go("consult_managements", "write_statement", "refer_to_board")
    assert case.day("planned_decision") == add_months(case.row.round_cut_off, 3)
    story.wait_until(case.day("decision"))
    page = case.take("approve", Role.SECRETARY)
    assert "§ 112" in page.part("decisions") and "Beviljad" in page.part("decisions")


def set_up(story: Story, case: Thread) -> date:
    """Divide the money and start; returns the day when the introduction starts."""
    start = add_months(story.today.replace(day=1), 3)
    case.go("name_units", "set_goals", "inform_units")
    case.do("set_financed_period", introduction_start=start, financed_until=yesterday(add_months(start, 24)))
    page = case.refused("start_introduction")
    assert any("Uppföljningsplanen saknar mål" in fault for fault in page.faults)
    assert "minst ett av varje slag" in case.plan_follow_up().text
    page = case.refused("start_introduction")
    assert any(f"Fördela medel per förvaltning för {start.year}" in fault for fault in page.faults)
    grant = {"record-unit_id": HOSPITAL, "record-budget_year": start.year}
    page = case.refused("divide_money", **grant)
    assert f"Det finns ingen fond för {start.year}" in page.fault_at("record-budget_year")
    story.opens_fund(start.year)
    page = case.take("divide_money", **grant, **{"record-ceiling_ore": "1 250 000,50"})
    assert "1 250 000,50 kr" in page.part("money")
    page = case.refused("divide_money", **grant)
    assert page.fault_at("record-unit_id").endswith(f"har redan ett belopp för {start.year}")
    story.wait_until(start)
    case.take("start_introduction")
    return start


def follow_up(story: Story, case: Thread, start: date) -> None:
    """The financed time: reports of each unit, and money for each new budget year."""
    for months in (3, 6, 12):
        story.wait_until(max(story.today, add_months(start, months)))
        report(story, case, months)
        if months == 6:
            grant(story, case, "grant_next_year", "money_second_year", start.year + 1)
    assert case.day("handover_begins") == case.day("financed")
    story.wait_until(max(story.today, case.day("handover_begins")))
    case.take("begin_handover")


def report(story: Story, case: Thread, months: int) -> None:
    """Each treating unit reports through its own head."""
    task = f"report_month_{months}"
    assert case.open_tasks().count(task) == 2, case.open_tasks()
    neuro = story.head_of("neuro", case.region)
    page = case.do(task, unit="lung", **{"record-patients_started": 10 + months})
    assert f"{10 + months}" in page.part("follow-up")
    case.do(task, neuro, unit="neuro")
    assert case.open_tasks().count(task) == 0


def grant(story: Story, case: Thread, action: str, task: str, year: int) -> None:
    """Each year's money is a decision of its own, asked for four months before the year ends."""
    story.wait_until(max(story.today, case.opens_on(task)))
    assert task in case.open_tasks()
    story.opens_fund(year)
    page = case.take(action, Role.ECONOMIST, **{"record-unit_id": HOSPITAL, "record-budget_year": year})
    assert str(year) in page.part("money")
    case.do(task, Role.ECONOMIST)


def hand_over(story: Story, case: Thread) -> None:
    """From the handover's beginning until the case is closed; the late reports outlive their stage."""
    too_early = case.do_refused("confirm_responsibility", unit="lung")
    assert "är föreslaget än" in too_early.fault_at("record-answer")
    for unit in ("lung", "neuro"):
        case.do("propose_room", unit=unit)
        page = case.do("confirm_responsibility", unit=unit)
    assert page.part("handover").count("bekräftat") == 2
    case.go("conclude_follow_up", "report_to_budget")
    assert any("Finansieringen gäller till och med" in fault for fault in case.refused("hand_over").faults)
    grant(story, case, "grant_last_year", "money_third_year", case.day("financing_ends").year)
    story.wait_until(max(story.today, case.opens_on("report_month_18")))
    report(story, case, 18)
    story.wait_until(case.day("financing_ends"))
    story.wait(days=1)
    report(story, case, 24)
    case.take("hand_over")
    assert case.refused("begin_watch").faults, "the prescribers are to be told first"
    case.go("inform_prescribers", "settle_claims", "begin_watch", "check_use_after_handover")
    assert any("Ärendet bevakas till och med" in fault for fault in case.refused("close").faults)
    story.wait_until(case.day("watch"))
    story.wait(days=1)
    page = case.take("close")
    assert "Ärendet avslutades" in page.part("next")
    assert case.open_tasks() == []
    opened = case.told("case_started")[0]["recorded_at"]
    assert (story.today - date.fromisoformat(opened[:10])).days > 3 * 365


# ------------------------------------------------------------------------------------- before the decision


@journey
def test_returned_for_completion_and_submitted_again(story: Story) -> None:
    case = story.opens(PROCESS, "nomination", by=Role.NOMINATOR, nominating_unit_id="Lungmedicin")
    assert case.stage == "nominated"
    page = case.refused("return_for_completion", note=" ")
    assert page.fault_at("note") == "Fel: Skriv en motivering"
    case.take("return_for_completion", note="Beskriv vilken behandling som ersätts.")
    assert "Beskriv vilken behandling som ersätts." in case.page(Role.NOMINATOR).part("history")
    assert case.open_tasks() == ["complete_nomination"], "the tasks of the nomination went with its stage"
    case.do("complete_nomination", Role.NOMINATOR, comparator="Bästa omhändertagande")
    case.take("resubmit", Role.NOMINATOR)
    assert case.open_tasks() == sorted(NOMINATION)
    assert case.row.comparator == "Bästa omhändertagande"


@journey
def test_not_qualified(story: Story) -> None:
    case = case_at(story, "nominated").go(*NOMINATION[:-1])
    case.do("check_criteria", routine_use="routine", authorised=True, evidence_exists=True)
    page = case.refused("qualify")
    assert any("Läkemedlet är i rutinbruk" in fault for fault in page.faults)
    page = case.take("decline_nomination")
    assert "Uppfyller inte kriterierna" in page.part("next")
    assert case.open_tasks() == []
    assert not page.leads_to(f"{case.address}/actions/pause"), "nothing more is done with a case that has ended"


@journey
def test_rank_may_not_be_better_than_the_severity(story: Story) -> None:
    case = case_at(story, "qualified").go(*ASSESSMENT[1:])
    case.do("assess_severity", severity="low")
    page = case.refused("rank", rank="1", rank_reason="Stor nytta 🙂")
    assert "Svårighetsgraden är låg" in page.fault_at("rank")
    form = page.own_form()
    assert (form.fields["rank"], form.fields["rank_reason"]) == ("1", "Stor nytta 🙂")
    case.take("rank", rank="3")
    assert any("rang 1 eller 2" in fault for fault in case.refused("start_analysis").faults)


@journey
def test_rank_three_goes_to_the_council_without_an_analysis(story: Story) -> None:
    case = case_at(story, "qualified").go(*ASSESSMENT)
    case.take("rank", rank="3")
    case.take("propose_without_analysis")
    assert case.open_tasks() == ["declare_council_conflicts", "write_proposal"]


@journey
def test_a_top_rank_on_weak_evidence_is_explained(story: Story) -> None:
    case = case_at(story, "qualified").go(*ASSESSMENT[:3], ASSESSMENT[4])
    case.do("assess_evidence", evidence_grade="1")
    page = case.refused("rank", rank="1")
    assert any("svagt underlag" in fault for fault in page.faults)
    case.take("rank", rank="1", rare_and_severe=True, rank_reason="Fem patienter i landet, utan behandling dör de")


@journey
def test_ranked_anew_and_assessed_again(story: Story) -> None:
    case = case_at(story, "in_depth_analysis")
    case.take("change_rank", rank="2")
    assert case.row.rank == 2
    case.take("assess_again")
    assert case.open_tasks() == sorted(ASSESSMENT)


@journey
def test_the_director_sends_the_proposal_back(story: Story) -> None:
    case = case_at(story, "forwarded")
    case.take("return_to_council")
    case.go("write_proposal", "forward_proposal", "refer_to_board")


@journey
def test_not_prioritised_and_nominated_again(story: Story) -> None:
    case = case_at(story, "decision")
    page = case.take("not_prioritise", **{"record-reasons": "Nyttan är osäker."})
    assert "Inte prioriterad" in page.part("decisions")
    story.wait(months=8)
    newer = case.grows("nominate_again")
    assert newer.number != case.number and newer.stage == "nominated"
    assert newer.row.target_population == case.row.target_population, "the description goes with it"
    assert f"Nominerad på nytt efter {case.number}" in newer.page().part("links")
    assert f"Nominerad på nytt som {newer.number}" in case.page().part("links")
    assert case.stage == "not_prioritised"


@journey
def test_postponed_and_taken_up_in_a_later_round(story: Story) -> None:
    case = case_at(story, "decision")
    case.take("postpone")
    case.do("gather_what_was_missing")
    story.wait(months=4)
    case.take("take_up_again")
    case.go("write_proposal", "forward_proposal", "refer_to_board", "approve")
    assert [d["record"]["decision"]["outcome"] for d in case.told("action_taken") if d.get("record")] == [
        "postponed",
        "approved",
    ]


@journey
def test_approved_with_conditions(story: Story) -> None:
    case = case_at(story, "decision")
    page = case.refused("approve_with_conditions", **{"record-conditions": ""})
    assert page.fault_at("record-conditions") == "Fel: Fyll i: Villkor"
    assert page.own_form().fields["record-section"] == "§ 112", "what was typed is kept"
    tomorrow = story.today.replace(year=story.today.year + 1)
    page = case.refused("approve_with_conditions", **{"record-decided_on": tomorrow})
    assert "Beslutet kan inte ligga i framtiden" in page.fault_at("record-decided_on")
    page = case.take("approve_with_conditions", **{"record-conditions": "Bara vid lungmottagning"})
    assert "Villkor: Bara vid lungmottagning" in page.part("decisions")


# ------------------------------------------------------------------------------------- after the decision


@journey
def test_introduced_without_financing(story: Story) -> None:
    case = case_at(story, "decision")
    page = case.take("introduce_without_financing")
    assert "Hoppades över" in page.html, "the phase of financing is skipped"
    page = case.refused("finish_unfinanced")
    assert any("Utse minst en behandlande enhet" in fault for fault in page.faults)
    case.go("name_units_unfinanced", "set_goals_unfinanced", "set_start_unfinanced")
    story.wait_until(case.opens_on("report_month_3"))
    case.go("report_month_3", "conclude_unfinanced", "finish_unfinanced")
    assert case.stage == "prescriber_responsibility"
    assert not any(task.startswith("money_") for task in case.open_tasks())


@journey
def test_withdrawn_by_the_nominator(story: Story) -> None:
    case = story.opens(PROCESS, "nomination", by=Role.NOMINATOR, nominating_unit_id="Lungmedicin")
    case.take("withdraw", Role.NOMINATOR, note="Företaget drar sig ur.")
    assert case.open_tasks() == []


@journey
def test_paused_and_resumed_where_it_stood(story: Story) -> None:
    case = case_at(story, "qualified").go(*ASSESSMENT[:2])
    left = case.open_tasks()
    case.take("pause")
    assert case.open_tasks() == [], "nothing is asked of anybody meanwhile"
    story.wait(months=5)
    case.take("resume")
    assert (case.stage, case.open_tasks()) == ("qualified", left)
    done = [task.name for task in case.tasks if task.state == "done" and task.stage == "qualified"]
    assert sorted(done) == sorted(ASSESSMENT[:2]), "what was done stays done"


@journey
def test_ended_early(story: Story) -> None:
    case = case_at(story, "financed")
    page = case.take("end_early", note="Nya säkerhetsuppgifter")
    assert "Avslutad i förtid" in page.part("decisions")
    assert case.open_tasks() == []


@journey
def test_the_financing_is_extended(story: Story) -> None:
    case = case_at(story, "handover_preparation")
    before = case.day("financing_ends")
    later = add_months(before, 12)
    page = case.take("extend", financed_until=later)
    assert "Förlängd" in page.part("decisions")
    assert case.day("financing_ends") == later and case.day("financed") > before.replace(year=before.year - 1)
    assert not any(task.name == "confirm_responsibility" and task.state == "open" for task in case.tasks)


@journey
def test_an_objection_goes_to_the_council(story: Story) -> None:
    case = case_at(story, "handover_preparation")
    page = case.refused("refer_objection")
    assert any("Ingen enhet har lämnat en invändning" in fault for fault in page.faults)
    neuro = story.head_of("neuro", case.region)
    case.do("propose_room")
    case.do("confirm_responsibility", unit="lung")
    objection = {"record-answer": "objection", "record-comment": "Budgeten räcker inte"}
    case.do("confirm_responsibility", neuro, unit="neuro", **objection)
    assert "Neurologi: invändning" in case.page().part("handover")
    case.go("conclude_follow_up")
    story.wait_until(case.day("financing_ends"))
    story.wait(days=1)
    assert any("Invändning från: Neurologi" in fault for fault in case.refused("hand_over").faults)
    case.go("refer_objection", "hear_objecting_unit", "ask_units_again", "confirm_responsibility")
    case.take("hand_over")


@journey
def test_the_council_hands_over_despite_an_objection(story: Story) -> None:
    case = case_at(story, "handover_preparation")
    case.do("confirm_responsibility", **{"record-answer": "objection", "record-comment": "Budgeten räcker inte"})
    case.go("conclude_follow_up", "refer_objection")
    assert any("Finansieringen gäller" in fault for fault in case.refused("overrule_objection").faults)
    grant(story, case, "grant_last_year_in_review", "money_third_year", case.day("financing_ends").year)
    story.wait_until(case.day("financing_ends"))
    story.wait(days=1)
    case.take("overrule_objection", Role.COUNCIL_CHAIR)


@journey
def test_reconsidered(story: Story) -> None:
    case = case_at(story, "financed")
    page = case.take("reconsider")
    assert "Pågår sedan" in page.html and case.row.phase == "regional_decision"
    case.go("write_proposal", "forward_proposal", "refer_to_board", "approve")
    assert case.stage == "setup"


# ------------------------------------------------------------------------------------- beside


@journey
def test_a_widened_indication_is_a_case_of_its_own(story: Story) -> None:
    case = case_at(story, "financed")
    visitor, address = story.site.visitor(Role.COORDINATOR), f"{case.address}/follow-on/widen_indication"
    page = visitor.send(visitor.open(address).form(address), indication="svår  astma")
    assert page.status == 422
    page = visitor.send(page.form(address), indication="SVÅR ASTMA", note="Ny studie")
    assert "densamma" in page.fault_at("indication")
    assert page.own_form().fields["note"] == "Ny studie"
    newer = case.grows("widen_indication", indication="måttlig astma")
    assert newer.stage == "horizon_scan" and newer.row.medicine_id == case.row.medicine_id
    assert f"Vidgad indikation från {case.number}" in newer.page().part("links")
    assert case.stage == "financed", "the older case goes on"


@journey
def test_a_case_waits_for_national_advice(story: Story) -> None:
    case = story.opens(PROCESS)
    case.take("await_advice")
    case.do("check_national_status")
    page = case.refused("note_advice")
    assert any("Ingen rekommendation har lämnats än" in fault for fault in page.faults)
    advice = issued_advice(story)
    rest_on(story, case, advice)
    case.go("note_advice", "inform_operations", "nominate")


@journey
def test_changed_national_advice_puts_a_task_on_the_cases_that_rest_on_it(story: Story) -> None:
    advice = issued_advice(story)
    resting = story.opens(PROCESS, "recommendation", recommendation=advice.number)
    assert (resting.stage, resting.row.recommendation_version) == ("advised", 1)
    other = story.opens(PROCESS)
    story.wait(months=6)
    advice.take("revise", **{"record-level": "wait", "record-wording": "Avvakta nya säkerhetsdata."})
    assert "reassess_on_new_advice" in resting.open_tasks()
    assert "reassess_on_new_advice" not in other.open_tasks()
    page = resting.page()
    assert "Version 2 är nyare" in page.part("recommendation")
    assert "Ny nationell rekommendation, version 2: avvakta" in page.part("history")
    assert resting.row.recommendation_version == 1, "until somebody has looked at it"
    resting.do("reassess_on_new_advice")
    assert resting.row.recommendation_version == 2


def issued_advice(story: Story) -> Thread:
    """National advice for the same medicine, issued."""
    advice = story.opens_recommendation("hospital_medicine")
    way = ("nominate", "cover", "summarise_evaluation", "finish_evaluation", "finish_negotiation", "issue")
    return advice.prepare(way, "issued")


def rest_on(story: Story, case: Thread, advice: Thread) -> None:
    """Write the advice's number on the case's page."""
    address = f"{case.address}/recommendation"
    visitor = story.site.visitor(Role.COORDINATOR)
    page = visitor.send(visitor.open(case.address).form(address), recommendation=advice.number.lower())
    assert "Ärendet vilar på version 1" in page.part("recommendation")


# ------------------------------------------------------------------------------------- all together


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_together_the_journeys_take_every_action_and_visit_every_stage(story: Story, site: Site) -> None:
    for walk in JOURNEYS:
        walk(story)
    assert untaken(site, PROCESS) == (set(), set())

"""A new medicine's way through Västra Götaland: the whole of it, and every way that leads off it."""

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
SETTING_UP = ("name_units", "set_goals", "set_financed_period", "inform_units", "divide_money")
#: From the horizon scan to the handover, as most cases go.
USUAL_WAY = (
    "nominate", *NOMINATION, "qualify", *ASSESSMENT, "rank", "start_analysis", "write_analysis", "check_cost_forecast",
    "finish_analysis", "write_proposal", "forward_proposal", "write_statement", "refer_to_board", "approve",
    *SETTING_UP, "start_introduction", "conclude_early", "begin_handover", "confirm_responsibility",
)  # fmt: skip
#: The administration's own name in the form.
HOSPITAL = "Sjukhuset"


def journey(walk: Journey) -> Journey:
    """Count a journey among those that together take every action."""
    JOURNEYS.append(walk)
    return walk


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
    assert any("Läkemedlet saknar godkännande för försäljning" in fault for fault in page.faults)
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
    assert any(f"Fördela medel per förvaltning för {start.year}" in fault for fault in page.faults)
    grant = {"record-unit_id": HOSPITAL, "record-budget_year": start.year}
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
            grant_next_year(story, case, "money_second_year", start.year + 1)
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


def grant_next_year(story: Story, case: Thread, task: str, year: int) -> None:
    """Each year's money is a decision of its own, asked for four months before the year ends."""
    story.wait_until(max(story.today, case.opens_on(task)))
    assert task in case.open_tasks()
    page = case.take("grant_next_year", Role.ECONOMIST, **{"record-unit_id": HOSPITAL, "record-budget_year": year})
    assert str(year) in page.part("money")
    case.do(task, Role.ECONOMIST)


def hand_over(story: Story, case: Thread) -> None:
    """From the handover's beginning until the case is closed; the late reports outlive their stage."""
    for unit in ("lung", "neuro"):
        page = case.do("confirm_responsibility", unit=unit)
    assert page.part("follow-up").count("bekräftat") == 2
    case.go("conclude_follow_up", "report_to_budget")
    assert any("Finansieringen gäller till och med" in fault for fault in case.refused("hand_over").faults)
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

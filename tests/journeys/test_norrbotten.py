"""A new medicine's way through Norrbotten: no financing of its own, and a council that wants the decision followed.

On SQLite each journey has a database of its own; on PostgreSQL all of them are made in one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from introduction.domain.roles import Role
from tests.journeys.site import Site
from tests.journeys.story import Story, Thread, untaken
from tests.world import NORRBOTTEN

PROCESS = "norrbotten.new_medicine"
Journey = Callable[[Story], None]
JOURNEYS: list[Journey] = []

PREPARATION = (
    "register", "describe_use", "hear_operations", "declare_conflicts", "estimate_extra_cost",
)  # fmt: skip
USUAL_WAY = (
    "nominate", *PREPARATION, "submit_to_committee", "describe_consequence", "hear_drug_committee", "write_proposal",
    "submit_to_council", "declare_council_conflicts", "approve", "name_manager", "name_units", "set_start",
    "inform_prescribers", "plan_follow_up", "start_introduction", "assess_adherence", "conclude", "leave_to_line",
)  # fmt: skip


def journey(walk: Journey) -> Journey:
    """Count a journey among those that together take every action, and make it on SQLite by itself."""
    JOURNEYS.append(walk)
    return pytest.mark.parametrize("engine", ["sqlite"], indirect=True)(walk)


def case_at(story: Story, stage: str) -> Thread:
    """A case that has come the usual way to a stage."""
    return story.opens(PROCESS).prepare(USUAL_WAY, stage)


@journey
def test_from_horizon_scan_to_closed(story: Story) -> None:
    case = story.opens(PROCESS)
    assert case.number.startswith("NB-")
    case.go("describe_candidate", "await_advice")
    story.wait(months=3)
    case.go("nominate", *PREPARATION, "consider_regional_preparation", "submit_to_committee")
    assert any("Beskriv konsekvenserna" in fault for fault in case.refused("submit_to_council").faults)
    case.go("describe_consequence", "hear_drug_committee", "write_proposal", "submit_to_council")
    case.do("declare_council_conflicts", Role.COUNCIL_CHAIR)
    page = case.take("approve", Role.COUNCIL_CHAIR, **{"record-section": ""})
    assert "Kunskapsstyrningsrådet" in page.part("decisions"), "a council that agrees has no numbered sections"
    case.go("name_manager", "name_units", "set_start", "inform_prescribers", "plan_follow_up", "start_introduction")
    for task in ("report_month_6", "report_month_12"):
        story.wait_until(case.opens_on(task))
        case.do(task, story.head_of("neuro", NORRBOTTEN), unit="neuro")
        case.do(task, unit="lung")
    assert case.refused("leave_to_line").faults
    case.go("assess_adherence", "note_follow_up", "conclude")
    case.take("leave_to_line", watch_until=case.day("report_month_24"))
    story.wait_until(case.opens_on("report_month_24"))
    case.go("report_month_24", "tell_drug_committee")
    assert any("Ärendet bevakas till och med" in fault for fault in case.refused("close").faults)
    story.wait_until(case.day("watch_ends"))
    story.wait(days=1)
    assert "Ärendet avslutades" in case.take("close").part("next")


@journey
def test_returned_for_completion_and_submitted_again(story: Story) -> None:
    case = story.opens(PROCESS, "nomination", by=Role.NOMINATOR, nominating_unit_id="Lungmedicin")
    case.take("return_for_completion", note="Beskriv vilken behandling som ersätts.")
    case.do("complete_nomination", Role.NOMINATOR)
    case.take("resubmit", Role.NOMINATOR)
    assert case.open_tasks() == sorted((*PREPARATION, "consider_regional_preparation"))


@journey
def test_prepared_in_the_health_care_region(story: Story) -> None:
    case = case_at(story, "preparation")
    case.take("prepare_in_health_care_region")
    assert any("ställningstagande" in fault for fault in case.refused("receive_regional_statement").faults)
    case.go("write_regional_statement", "receive_regional_statement")
    case.go("prepare_in_health_care_region", "go_on_without_statement")
    assert case.stage == "preparation"


@journey
def test_left_to_the_drug_committee_and_nominated_again(story: Story) -> None:
    case = case_at(story, "final_preparation")
    case.take("leave_to_drug_committee")
    assert case.open_tasks() == []
    assert case.grows("nominate_again").stage == "preparation"


@journey
def test_the_committee_sends_the_case_back(story: Story) -> None:
    case = case_at(story, "decision")
    case.take("return_to_drafting_group")
    assert case.stage == "preparation"


@journey
def test_approved_with_conditions(story: Story) -> None:
    case = case_at(story, "decision")
    page = case.refused("approve_with_conditions", **{"record-conditions": ""})
    assert page.fault_at("record-conditions") == "Fel: Fyll i: Villkor"
    case.take("approve_with_conditions")


@journey
def test_not_prioritised(story: Story) -> None:
    case = case_at(story, "decision")
    assert "Inte prioriterad" in case.take("not_prioritise").part("decisions")


@journey
def test_postponed_and_taken_up_again(story: Story) -> None:
    case = case_at(story, "decision")
    case.go("postpone", "gather_what_was_missing")
    story.wait(months=4)
    case.take("take_up_again")
    assert case.stage == "final_preparation"


@journey
def test_the_council_acts_when_the_decision_is_not_followed(story: Story) -> None:
    case = case_at(story, "followed")
    assert any("Ange i uppföljningen" in fault for fault in case.refused("escalate").faults)
    case.take("note_follow_up", adherence="not_followed", adherence_comment="Två mottagningar har inte börjat.")
    assert any("inte att beslutet följs" in fault for fault in case.refused("leave_to_line").faults)
    case.take("escalate")
    assert case.open_tasks() == ["explain_non_adherence"] * 2, "each treating operation explains itself"
    case.do("explain_non_adherence", unit="lung", note="Remisserna kommer sent.")
    case.go("give_stricter_direction", "report_measures", "return_to_follow_up")
    case.take("note_follow_up", adherence="followed")
    assert case.row.adherence == "followed"


@journey
def test_the_line_is_asked_to_follow_up(story: Story) -> None:
    case = case_at(story, "followed")
    for way_out in ("follow_up_in_line", "accept_explanation"):
        case.take("note_follow_up", adherence="partly")
        case.go("escalate", way_out)
        if case.stage == "line_follow_up":
            assert any("Kvar att göra" in fault for fault in case.refused("return_to_follow_up").faults)
            case.go("report_measures", "return_to_follow_up")
    assert case.stage == "followed"


@journey
def test_followed_up_again_after_the_line_took_over(story: Story) -> None:
    case = case_at(story, "ordinary_responsibility")
    case.take("follow_again")
    assert case.stage == "followed"


@journey
def test_reconsidered(story: Story) -> None:
    case = case_at(story, "followed")
    case.take("reconsider")
    assert (case.stage, case.row.phase) == ("preparation", "regional_decision")


@journey
def test_ended_early(story: Story) -> None:
    case = case_at(story, "implementation")
    assert "Avslutad i förtid" in case.take("end_early").part("decisions")


@journey
def test_withdrawn(story: Story) -> None:
    case = case_at(story, "final_preparation")
    case.take("withdraw")
    assert case.open_tasks() == []


@journey
def test_paused_and_resumed(story: Story) -> None:
    case = case_at(story, "decision")
    case.take("pause")
    story.wait(months=2)
    case.take("resume")
    assert (case.stage, case.open_tasks()) == ("decision", ["declare_council_conflicts"])


@journey
def test_taken_up_on_national_advice(story: Story) -> None:
    advice = story.opens_recommendation("hospital_medicine")
    way = ("nominate", "cover", "summarise_evaluation", "finish_evaluation", "finish_negotiation", "issue")
    advice.prepare(way, "issued")
    waiting = story.opens(PROCESS)
    waiting.take("await_advice")
    assert waiting.refused("take_up_advice").faults
    visitor = story.site.visitor(Role.COORDINATOR, NORRBOTTEN)
    form = visitor.open(waiting.address).form(f"{waiting.address}/recommendation")
    visitor.send(form, recommendation=advice.number)
    waiting.take("take_up_advice")
    started = story.opens(PROCESS, "recommendation", recommendation=advice.number)
    assert started.stage == "preparation"
    advice.take("revise", **{"record-level": "should_not"})
    for case in (waiting, started):
        assert "reassess_on_new_advice" in case.open_tasks()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_together_the_journeys_take_every_action_and_visit_every_stage(story: Story, site: Site) -> None:
    for walk in JOURNEYS:
        walk(story)
    assert untaken(site, PROCESS) == (set(), set())

"""The two national processes: advice on a hospital medicine, and a benefit medicine's way through TLV.

On SQLite each journey has a database of its own; on PostgreSQL all of them are made in one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from introduction.domain.roles import Role
from tests.journeys.site import Site
from tests.journeys.story import Story, Thread, untaken

HOSPITAL, BENEFIT = "hospital_medicine", "benefit_medicine"
Journey = Callable[[Story], None]
JOURNEYS: list[Journey] = []

TO_ADVICE = (
    "nominate", "cover", "order_evaluation", "summarise_evaluation", "finish_evaluation", "finish_negotiation", "issue",
)  # fmt: skip
TO_FORCE = ("receive_application", "examine_without_talks", "record_tlv_decision", "leave_as_decided")


def journey(walk: Journey) -> Journey:
    """Count a journey among those that together take every action, and make it on SQLite by itself."""
    JOURNEYS.append(walk)
    return pytest.mark.parametrize("engine", ["sqlite"], indirect=True)(walk)


def hospital_at(story: Story, stage: str) -> Thread:
    """A hospital medicine that has come the usual way to a stage."""
    return story.opens_recommendation(HOSPITAL).prepare(TO_ADVICE, stage)


def benefit_at(story: Story, stage: str) -> Thread:
    """A benefit medicine that has come the usual way to a stage."""
    return story.opens_recommendation(BENEFIT).prepare(TO_FORCE, stage)


# ------------------------------------------------------------------------------------- hospital medicines


@journey
def test_advice_on_a_hospital_medicine_and_its_later_versions(story: Story) -> None:
    advice = story.opens_recommendation(HOSPITAL)
    assert advice.number.startswith("NT-")
    advice.go("write_early_assessment", "nominate", "ask_regions", "cover", "order_evaluation")
    advice.take("advise_to_wait", **{"record-level": "wait", "record-wording": "Avvakta värderingen."})
    assert advice.refused("finish_evaluation").faults
    advice.go("summarise_evaluation", "finish_evaluation", "appoint_group")
    advice.take("advise_to_wait_for_negotiation", **{"record-level": "wait", "record-wording": "Avvakta avtalet."})
    advice.go("finish_negotiation", "write_advice", "declare_conflicts")
    page = advice.refused("issue", **{"record-clinical_grade": "low"})
    assert "Ange skalan" in page.fault_at("record-grade_scale"), "low certainty and low uncertainty are opposites"
    advice.take("issue", **{"record-clinical_grade": "low", "record-grade_scale": "uncertainty"})
    advice.do("inform_regions")
    story.wait(months=8)
    page = advice.take("revise", **{"record-level": "may", "record-wording": "Kan användas efter bedömning."})
    assert "Version 4: kan användas" in page.part("versions")
    story.wait_until(advice.opens_on("plan_reassessment"))
    advice.go("plan_reassessment", "reassess", "gather_follow_up")
    page = advice.take("issue_again", **{"record-level": "should"})
    assert "Version 5: bör användas" in page.part("versions")
    story.wait_until(advice.day("issued"))
    advice.go("reassess", "keep")
    assert len(advice.told("action_taken")) == 12
    page = advice.take("archive")
    assert "Avslutad: regionerna tar över" in page.part("next") and advice.open_tasks() == []


@journey
def test_not_covered_by_national_cooperation(story: Story) -> None:
    advice = hospital_at(story, "nominated")
    page = advice.take("not_cover", **{"record-level": "not_covered"})
    assert "omfattas inte av nationell samverkan" in page.part("versions")


@journey
def test_negotiated_and_evaluated_anew(story: Story) -> None:
    advice = hospital_at(story, "health_economics")
    advice.take("evaluation_not_possible", health_economics="Underlaget räcker inte.")
    advice.go("negotiation_failed", "negotiate_again", "evaluate_again", "summarise_evaluation")
    advice.take("deliberate_without_negotiation")
    assert advice.stage == "deliberation"


@journey
def test_discontinued_before_any_advice(story: Story) -> None:
    advice = hospital_at(story, "negotiation")
    advice.take("discontinue")
    assert advice.open_tasks() == []


# ------------------------------------------------------------------------------------- benefit medicines


@journey
def test_a_benefit_medicine_from_scan_to_the_regions(story: Story) -> None:
    advice = story.opens_recommendation(BENEFIT)
    advice.go("write_early_assessment", "receive_application", "note_application", "appoint_group", "begin_talks")
    story.wait(months=2)
    page = advice.refused("agree", talks_result="")
    assert "trepartsöverläggningen" in page.fault_at("talks_result")
    advice.go("agree", "summarise_evaluation")
    story.wait(months=2)
    advice.take("record_tlv_decision", **{"record-level": "reimbursed_limited"})
    advice.do("inform_regions_of_decision")
    advice.take("add_advice", Role.COUNCIL_CHAIR)
    advice.go("inform_regions", "revise", "reassess", "keep", "reassess", "gather_follow_up")
    advice.take("record_new_tlv_decision", **{"record-level": "reimbursed"})
    page = advice.take("leave_as_decided")
    assert "Version 4: ingår i förmånerna" in page.part("versions")
    story.wait_until(advice.opens_on("plan_reassessment"))
    advice.go("plan_reassessment", "archive")


@journey
def test_talks_without_result_and_talks_again(story: Story) -> None:
    advice = benefit_at(story, "applied")
    advice.go("begin_talks", "end_talks_without_result", "begin_talks", "agree", "record_tlv_decision")
    advice.go("leave_as_decided", "reassess", "reopen_talks")
    assert advice.stage == "talks"


@journey
def test_the_company_withdraws(story: Story) -> None:
    advice = benefit_at(story, "tlv_examination")
    advice.take("company_withdraws")
    assert advice.open_tasks() == []


@journey
def test_a_benefit_medicine_is_discontinued(story: Story) -> None:
    benefit_at(story, "applied")
    advice = story.opens_recommendation(BENEFIT)
    advice.take("discontinue")
    assert advice.stage == "discontinued"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_together_the_journeys_take_every_action_and_visit_every_stage(story: Story, site: Site) -> None:
    for walk in JOURNEYS:
        walk(story)
    for route in (HOSPITAL, BENEFIT):
        assert untaken(site, f"national.{route}") == (set(), set())

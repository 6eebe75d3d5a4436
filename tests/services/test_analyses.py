"""The life of an analysis: nothing typed is lost, nothing is approved unseen, and what was approved is frozen."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from introduction.domain.budget import questions
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.bounds import Fault
from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from introduction.domain.messages import say
from introduction.domain.roles import Role
from introduction.services import analyses, analysis_answers, analysis_file, kept_words, results
from introduction.services.cases import Roots, start
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import unit as units
from introduction.store.analysis import Analysis, DecisionAnalysis, approved_of
from introduction.store.event import events_of
from introduction.store.notice import Notice
from tests.pricing import approved, drafted, reviewed, typed
from tests.world import VGR, World

_PLAIN = """title = "Egen"
start = "2027-01"
[[group]]
id = "all"
population = 1e7
new = "medicine"
uptake = { to = 0.5 }
[[treatment]]
id = "medicine"
cost = [{ amount = 1000 }]
"""


@pytest.fixture
def case(world: World) -> Subject:
    """A case that the lung clinic has nominated."""
    unit = world.units[VGR]["lung"]
    about = About.typed("Nordivumab", "svår eosinofil astma")
    desk = world.desk(Role.COORDINATOR)
    return start(desk, f"{VGR}.new_medicine", "horizon_scan", about, roots=Roots(nominating_unit_id=unit.id))


def test_an_analysis_begins_with_what_the_region_knows(world: World, case: Subject) -> None:
    row = analyses.start(world.desk(Role.NOMINATOR), case.instance.id, "tablets", sex="women", ages=(18, None))
    known = analysis_answers.answers_of(row)
    assert row.title == "Nordivumab"
    assert 600_000 < int(known["population"].value.replace(" ", "")) < 800_000
    assert "SCB" in known["population"].source
    assert (known["financed"].value, known["threshold"].value) == ("24", "2 000 000")


def test_half_an_analysis_is_kept_as_it_was_typed(world: World, case: Subject) -> None:
    desk = world.desk(Role.NOMINATOR)
    row = analyses.start(desk, case.instance.id, "infusion")
    _row, made = analyses.answer(desk, row.id, {"uptake": Answer("sextiofem", "50", "", "gissning")})
    assert made.model is None
    assert {"uptake.value", "first_patient.value", "interval.value", "incidence.value"} <= set(made.problems)
    kept = analysis_answers.answers_of(row)["uptake"]
    assert (kept.value, kept.low, kept.source) == ("sextiofem", "50", "gissning")
    assert (kept.by, kept.on) == (desk.user_id, "2026-11-23")
    with pytest.raises(InvalidInput):
        analyses.submit(desk, row.id)
    assert row.state == "draft"


def test_who_set_an_assumption_changes_only_with_it(world: World, case: Subject) -> None:
    row = drafted(world, case)
    before = analysis_answers.answers_of(row)["price_dose"]
    analyses.answer(world.desk(Role.ECONOMIST), row.id, typed(interval="6"))
    after = analysis_answers.answers_of(row)
    assert after["price_dose"] == before
    assert after["interval"].by == world.desk(Role.ECONOMIST).user_id


def test_two_people_in_one_draft_do_not_overwrite_each_other(world: World, case: Subject) -> None:
    row = drafted(world, case)
    seen = row.revision
    analyses.answer(world.desk(Role.ECONOMIST), row.id, typed(interval="6"), revision=seen)
    with pytest.raises(Conflict):
        analyses.answer(world.desk(Role.NOMINATOR), row.id, typed(interval="8"), revision=seen)


def test_handing_in_keeps_the_figures_and_tells_the_case_its_extra_cost(world: World, case: Subject) -> None:
    row = drafted(world, case)
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    figures = results.result_of(row)
    assert figures.years == (2027, 2028, 2029, 2030, 2031)
    assert [case.row.fact(f"extra_cost_year{year}_ore") for year in (1, 2, 3)] == list(figures.impact()[:3])
    assert sum(figures.gross_new) + sum(figures.displaced) == sum(figures.impact()) > 0
    span = figures.ranges["impact"]
    assert all(low < high for low, high in zip(span.low, span.high, strict=True))


def test_an_economist_reviews_what_somebody_else_has_written(world: World, case: Subject) -> None:
    own = drafted(world, case, by=Role.ECONOMIST)
    analyses.submit(world.desk(Role.ECONOMIST), own.id)
    with pytest.raises(NotAllowed):
        analyses.review(world.desk(Role.ECONOMIST), own.id, {})
    row = drafted(world, case)
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    with pytest.raises(NotAllowed):
        analyses.review(world.desk(Role.DRAFTING_GROUP), row.id, {})
    analyses.review(world.desk(Role.ECONOMIST), row.id, {"uptake": "confirm"}, "Upptaget är högt räknat")
    assert (row.state, json.loads(row.review or ""), row.review_note) == (
        "reviewed",
        {"uptake": "confirm"},
        "Upptaget är högt räknat",
    )


def test_what_is_returned_is_a_draft_again_with_what_to_put_right(world: World, case: Subject) -> None:
    row = reviewed(world, case)
    with pytest.raises(InvalidInput):
        analyses.give_back(world.desk(Role.ECONOMIST), row.id, " ")
    analyses.give_back(world.desk(Role.DRAFTING_GROUP), row.id, "Andelen som väntar saknar källa")
    assert (row.state, row.review_note) == ("draft", "Andelen som väntar saknar källa")
    analyses.answer(world.desk(Role.NOMINATOR), row.id, typed(waiting_uptake="40"))


def test_nothing_is_approved_before_an_economist_has_reviewed_it(world: World, case: Subject) -> None:
    row = drafted(world, case)
    with pytest.raises(Refused):
        analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id)
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    with pytest.raises(Refused):
        analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id)
    analyses.review(world.desk(Role.ECONOMIST), row.id, {})
    with pytest.raises(NotAllowed):
        analyses.approve(world.desk(Role.NOMINATOR), row.id)
    assert approved_of(world.session, case.instance.id) is None
    analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id)
    assert approved_of(world.session, case.instance.id) is row


def test_a_new_approval_supersedes_and_the_old_one_stands_as_it_was(world: World, case: Subject) -> None:
    first = approved(world, case)
    told = (first.model, first.result, first.kept)
    second = approved(world, case, uptake="40")
    assert (first.state, second.state) == ("superseded", "approved")
    assert (first.model, first.result, first.kept) == told
    assert sum(results.result_of(second).impact()) < sum(results.result_of(first).impact())


@pytest.mark.parametrize("column", ["answers", "model", "result", "kept", "method", "title", "approved_at"])
def test_the_database_refuses_to_change_what_was_approved(world: World, case: Subject, column: str) -> None:
    row = approved(world, case)
    world.session.flush()
    changed = text(f"UPDATE analysis SET {column} = :new WHERE id = :id")
    new = "2020-01-01 00:00:00" if column == "approved_at" else "x"
    with pytest.raises(DBAPIError), world.session.begin_nested():
        world.session.execute(changed, {"new": new, "id": row.id})
    with pytest.raises(DBAPIError), world.session.begin_nested():
        world.session.execute(text("DELETE FROM analysis WHERE id = :id"), {"id": row.id})


def test_only_a_draft_is_answered_or_thrown_away(world: World, case: Subject) -> None:
    row = approved(world, case)
    with pytest.raises(Refused):
        analyses.answer(world.desk(Role.NOMINATOR), row.id, typed(uptake="1"))
    with pytest.raises(Refused):
        analyses.discard(world.desk(Role.NOMINATOR), row.id)
    copy = analyses.copy(world.desk(Role.NOMINATOR), row.id)
    assert analysis_answers.answers_of(copy) == analysis_answers.answers_of(row)
    analyses.discard(world.desk(Role.NOMINATOR), copy.id)
    assert world.session.scalars(select(Analysis.number)).all() == [row.number]


def test_a_rebate_has_no_place_in_an_analysis(world: World, case: Subject) -> None:
    desk = world.desk(Role.ECONOMIST)
    row = analyses.start(desk, case.instance.id, "own")
    model = """
title = "Egen"
start = "2027-01"
[[group]]
id = "all"
population = 100
new = "medicine"
uptake = { curve = "step", to = 0.5 }
[[treatment]]
id = "medicine"
cost = [{ per = "month", amount = 1000, rebate = 0.4 }]
"""
    with pytest.raises(InvalidInput, match="Återbäring"):
        analyses.answer(desk, row.id, {"toml": Answer(model)})
    assert "0.4" not in row.answers, "not even a draft keeps what is secret"
    _row, made = analyses.answer(desk, row.id, {"toml": Answer(model.replace(", rebate = 0.4", ""))})
    assert made.model is not None
    analyses.submit(desk, row.id)


def test_a_rebate_has_no_place_in_a_scenario_either(world: World, case: Subject) -> None:
    desk = world.desk(Role.ECONOMIST)
    row = analyses.start(desk, case.instance.id, "own")
    scenario = '[[scenario]]\nname = "Avtal"\nset = { "treatment.medicine.cost.0.rebate" = 0.4 }'
    with pytest.raises(InvalidInput, match="Återbäring"):
        analyses.answer(desk, row.id, {"toml": Answer(_PLAIN + scenario)})
    spelled = scenario.replace("rebate", "re\\u0062ate")  # as TOML may spell it
    _row, made = analyses.answer(desk, row.id, {"toml": Answer(_PLAIN + spelled)})
    assert made.model is None and "Återbäring" in str(made.problems["toml.value"])


def test_a_draft_that_cannot_be_computed_opens_and_says_so(world: World, case: Subject) -> None:
    desk = world.desk(Role.ECONOMIST)
    row = analyses.start(desk, case.instance.id, "own")
    analyses.answer(desk, row.id, {"toml": Answer(_PLAIN.replace("amount = 1000", "amount = 1e12"))})
    file = analysis_file.analysis_file(desk, case.number, row.number)
    assert file.figures is None and "orimligt stort" in str(file.problems["toml.value"])
    with pytest.raises(InvalidInput):
        analyses.submit(desk, row.id)
    assert row.state == "draft"


def test_what_is_reviewed_and_approved_is_what_was_seen(world: World, case: Subject) -> None:
    row = reviewed(world, case)
    seen = row.revision
    analyses.give_back(world.desk(Role.ECONOMIST), row.id, "Upptaget")
    with pytest.raises(Conflict):
        analyses.discard(world.desk(Role.NOMINATOR), row.id, revision=seen)
    analyses.answer(world.desk(Role.NOMINATOR), row.id, typed(uptake="90"))
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    with pytest.raises(Conflict):
        analyses.review(world.desk(Role.ECONOMIST), row.id, {}, revision=seen)
    with pytest.raises(Conflict):
        analyses.give_back(world.desk(Role.ECONOMIST), row.id, "Än", revision=seen)
    analyses.review(world.desk(Role.ECONOMIST), row.id, {}, revision=row.revision)
    with pytest.raises(Conflict):
        analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id, revision=seen)
    assert analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id, revision=row.revision).state == "approved"


def test_control_signs_are_not_kept(world: World, case: Subject) -> None:
    row = analyses.start(world.desk(Role.NOMINATOR), case.instance.id, "tablets", title="Ast\x00ma")
    analyses.answer(world.desk(Role.NOMINATOR), row.id, {"old1_name": Answer("Äld\x00re", source="Re\x07gister")})
    kept = analysis_answers.answers_of(row)["old1_name"]
    assert (row.title, kept.value, kept.source) == ("Astma", "Äldre", "Register")


def test_the_case_tells_the_extra_cost_of_what_is_approved(world: World, case: Subject) -> None:
    first = approved(world, case)
    second = reviewed(world, case, uptake="5")
    told = results.result_of(first).impact()[2]
    assert case.row.fact("extra_cost_year3_ore") == told != results.result_of(second).impact()[2]
    analyses.approve(world.desk(Role.DRAFTING_GROUP), second.id)
    assert case.row.fact("extra_cost_year3_ore") == results.result_of(second).impact()[2]


def test_the_least_age_is_not_above_the_greatest(world: World, case: Subject) -> None:
    with pytest.raises(InvalidInput, match="åldern"):
        analyses.start(world.desk(Role.NOMINATOR), case.instance.id, "tablets", ages=(80, 20))


def test_what_was_handed_in_asks_of_the_administrations_of_its_day(world: World, case: Subject) -> None:
    region_id = case.instance.region_id
    assert region_id is not None
    (only,) = units.units_of(world.session, region_id, world.clock.today, "administration")
    area = f"area_{only.id}"
    row = approved(world, case, **{area: "100"})
    only.valid_to = world.clock.today
    world.clock.forward(days=1)
    draft = analyses.copy(world.desk(Role.NOMINATOR), row.id)
    kept, fresh = (
        analysis_file.analysis_file(world.desk(Role.ECONOMIST), case.number, one.number) for one in (row, draft)
    )
    assert area in questions.questions_of(kept.pages) and area not in questions.questions_of(fresh.pages)
    assert set(kept.figures.by("area")) == {str(only.id)} and set(fresh.figures.by("area")) == {""}


def test_a_decision_tells_which_analysis_it_rested_on(world: World, case: Subject) -> None:
    from introduction.services import records

    subject = case
    row = approved(world, case)
    values = {"decided_on": world.clock.today, "reasons": "Nyttan", "section": "§ 1", "registry_number": "RS 1"}
    records.add(world.desk(Role.SECRETARY), subject, "decision", values, outcome="approved", body="board")
    world.session.flush()
    assert world.session.scalars(select(DecisionAnalysis.analysis_id)).all() == [row.id]


def test_each_step_stands_in_the_cases_history_without_its_figures(world: World, case: Subject) -> None:
    approved(world, case)
    told = [event.content for event in events_of(world.session, case.instance.stream)]
    kinds = [event["kind"] for event in told if event["kind"].startswith("analysis")]
    assert kinds == ["analysis_started", "analysis_submitted", "analysis_reviewed", "analysis_approved"]


def test_the_page_of_an_approved_analysis_computes_nothing(
    world: World, case: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(world, case)

    def computed(*_given: object, **_options: object) -> None:
        raise AssertionError("an approved analysis opens from its stored result")

    monkeypatch.setattr("introduction.domain.budget.freezing.freeze", computed)
    monkeypatch.setattr("introduction.domain.budget.uncertainty.simulate", computed)
    file = analysis_file.analysis_file(world.desk(Role.COUNCIL_MEMBER), case.number, row.number)
    assert file.figures == results.result_of(row)


def test_what_was_approved_opens_when_more_is_asked_of_a_model(
    world: World, case: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = approved(world, case, population="1 234 321")
    fault = Fault("group.new.population", say("Skriv färre personer"))
    monkeypatch.setattr("introduction.domain.budget.checks.faults", lambda _model: [fault])
    file = analysis_file.analysis_file(world.desk(Role.COUNCIL_MEMBER), case.number, row.number)
    assert file.model is not None and file.treatment("old1") == "Äldre behandling"
    with pytest.raises(InvalidInput, match="färre"):
        analysis_file.what_if(file, {"group.new.population": 5})


def test_a_clinic_sees_the_analysis_of_its_own_case_alone(world: World, case: Subject) -> None:
    row = approved(world, case)
    assert analysis_file.analysis_file(world.desk(Role.NOMINATOR), case.number, row.number).row is row
    other = world.add_person(Role.NOMINATOR, unit_key="neuro", name="Nora Neuro")
    with pytest.raises(NotAllowed):
        analysis_file.analysis_file(world.desk(other), case.number, row.number)


def test_each_step_tells_whoever_has_the_analysis_next(world: World, case: Subject) -> None:
    row = drafted(world, case)
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    assert told(world) == [(Role.ECONOMIST, "Beräkning 1 väntar på granskning")]
    analyses.give_back(world.desk(Role.ECONOMIST), row.id, "Källan saknas")
    assert told(world)[-1] == (Role.NOMINATOR, "Beräkning 1 är återlämnad och ska rättas")
    analyses.submit(world.desk(Role.NOMINATOR), row.id)
    analyses.review(world.desk(Role.ECONOMIST), row.id, {})
    assert {who for who, what in told(world) if "väntar på att godkännas" in what} == {
        Role.DRAFTING_GROUP,
        Role.COORDINATOR,
    }
    analyses.approve(world.desk(Role.DRAFTING_GROUP), row.id)
    assert told(world)[-1] == (Role.NOMINATOR, "Beräkning 1 är godkänd")


def told(world: World) -> list[tuple[Role, str]]:
    """Who in the region has been told what of analyses, in order."""
    roles = {row.id: role for role, row in world.people[VGR].items()}
    rows = world.session.scalars(select(Notice).where(Notice.template == "analysis").order_by(Notice.id))
    return [(roles[row.person_id], str(kept_words.of_data(json.loads(row.about)["reasons"])[0])) for row in rows]

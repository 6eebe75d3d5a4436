"""The follow-up of an introduction: its plan, the units' reports, what each reader may see, and the conclusion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.process.situation import handover_begins
from introduction.domain.roles import Role
from introduction.services import cases, follow_up, follow_up_plan, population, reports, steps
from introduction.services.follow_up import Counts, Summary, UnitLine
from introduction.services.subjects import Subject
from introduction.store import indicator as indicators
from introduction.store.event import events_of
from introduction.store.follow_up import FollowUpReport
from introduction.store.outcome import OutcomeMonth
from tests.money import approve, put_case
from tests.planning import goal, plan
from tests.reporting import COUNTS, introduced, report, task_of
from tests.world import NORRBOTTEN, VGR, World


@pytest.fixture
def case(world: World) -> Subject:
    """An introduction that is followed up, with a plan."""
    return introduced(world)


def see(world: World, case: Subject, who: Role = Role.COORDINATOR) -> Summary:
    return follow_up.view(world.desk(who), case.number)


def line(found: Summary, name: str = "Lungmedicin") -> UnitLine:
    return next(one for one in found.lines if one.name == name)


def told(world: World, case: Subject, kind: str) -> list[dict[str, Any]]:
    events = [event.content for event in events_of(world.session, case.instance.stream)]
    return [content for content in events if content["kind"] == kind]


# ------------------------------------------------------------------------------------- the plan


def test_the_plan_tells_what_is_lacking_until_there_is_a_goal_of_each_kind(world: World) -> None:
    case = introduced(world, planned=False)
    desk = world.desk(Role.DRAFTING_GROUP)
    assert follow_up_plan.view(desk, case.number).lacking == [
        "equal_introduction", "clinical_benefit", "cost_effectiveness",
    ]  # fmt: skip
    plan(desk, case.instance.id, ["clinical_benefit"])
    assert follow_up_plan.view(desk, case.number).lacking == ["equal_introduction", "cost_effectiveness"]
    plan(desk, case.instance.id, ["equal_introduction", "cost_effectiveness"])
    assert follow_up_plan.view(desk, case.number).lacking == []
    [first, *_rest] = told(world, case, "indicator_added")
    assert (first["dimension"], first["goal_milli"]) == ("clinical_benefit", 70_000)


def test_the_introduction_starts_only_with_a_plan(world: World) -> None:
    facts: dict[str, Any] = {"goals": "Ett mål", "contact_person_id": world.people[VGR][Role.COORDINATOR].id}
    facts |= {"introduction_start": date(2026, 11, 1), "financed_until": date(2028, 10, 31)}
    case = put_case(world, "Införumab", "introduction_financing", treating=("lung",), **facts)
    with pytest.raises(Refused) as refusal:
        world.take(case, "start_introduction", Role.COORDINATOR)
    assert any("Uppföljningsplanen saknar mål" in str(reason) for reason in refusal.value.reasons)
    plan(world.desk(Role.COORDINATOR), case.instance.id)
    with pytest.raises(Refused) as refusal:
        world.take(case, "start_introduction", Role.COORDINATOR)
    assert not any("Uppföljningsplanen" in str(reason) for reason in refusal.value.reasons)


def test_a_goal_is_ended_with_a_reason_and_never_changed(world: World, case: Subject) -> None:
    desk = world.desk(Role.DRAFTING_GROUP)
    [row, *_rest] = indicators.plan_of(world.session, case.instance.id)
    with pytest.raises(InvalidInput) as refusal:
        follow_up_plan.end(desk, row.id, note=" ")
    assert refusal.value.problems[0][0] == "note"
    follow_up_plan.end(desk, row.id, note="Registret finns inte längre")
    view = follow_up_plan.view(desk, case.number)
    assert [one.id for one in view.ended] == [row.id]
    assert view.lacking == [row.dimension]
    [event] = told(world, case, "indicator_ended")
    assert (event["title"], event["note"]) == (row.title, "Registret finns inte längre")
    with pytest.raises(Refused, match="redan avslutat"):
        follow_up_plan.end(desk, row.id, note="Igen")


@pytest.mark.parametrize("role", [Role.READER, Role.ECONOMIST, Role.HEAD_OF_UNIT, Role.COUNCIL_MEMBER, Role.AUDITOR])
def test_others_do_not_plan(world: World, case: Subject, role: Role) -> None:
    desk = world.desk(role)
    assert not follow_up_plan.view(desk, case.number).may_plan
    with pytest.raises(NotAllowed):
        follow_up_plan.add(desk, case.instance.id, goal("clinical_benefit", title="Ett till"))
    [row, *_rest] = indicators.plan_of(world.session, case.instance.id)
    with pytest.raises(NotAllowed):
        follow_up_plan.end(desk, row.id, note="Bort")


def test_another_region_neither_plans_nor_sees(world: World, case: Subject) -> None:
    desk = world.desk(Role.COORDINATOR, NORRBOTTEN)
    with pytest.raises(NotAllowed):
        follow_up_plan.add(desk, case.instance.id, goal("clinical_benefit", title="Ett till"))
    for reading in (follow_up_plan.view, follow_up.view):
        with pytest.raises(NotAllowed):
            reading(desk, case.number)


def test_bad_goals_are_refused_and_leave_nothing(world: World, case: Subject) -> None:
    desk = world.desk(Role.DRAFTING_GROUP)
    before = len(indicators.plan_of(world.session, case.instance.id))
    with pytest.raises(InvalidInput) as refusal:
        follow_up_plan.add(desk, case.instance.id, {**goal("clinical_benefit"), "goal_milli": -1, "source": ""})
    assert {key for key, _message in refusal.value.problems} == {"goal_milli", "source"}
    with pytest.raises(InvalidInput):
        follow_up_plan.add(desk, case.instance.id, goal("kindness"))
    with pytest.raises(Refused, match="redan målet"):
        follow_up_plan.add(desk, case.instance.id, goal("clinical_benefit"))
    with pytest.raises(Conflict):
        follow_up_plan.add(desk, case.instance.id, goal("clinical_benefit", title="Ett till"), revision=1)
    with pytest.raises(NotFound):
        follow_up_plan.end(desk, 999, note="Finns inte")
    assert len(indicators.plan_of(world.session, case.instance.id)) == before


def test_a_case_that_has_ended_is_not_planned(world: World, case: Subject) -> None:
    case.instance.closed_on = world.clock.today
    world.session.flush()
    with pytest.raises(Refused, match="avslutat"):
        follow_up_plan.add(world.desk(Role.COORDINATOR), case.instance.id, goal("clinical_benefit", title="Nytt"))


# ------------------------------------------------------------------------------------- reports


def test_a_report_is_kept_with_what_it_says_of_the_goals(world: World, case: Subject) -> None:
    [first, second, _third] = indicators.plan_of(world.session, case.instance.id)
    report(
        world, case,
        stopped_why={"no_benefit": 6, "other": 4}, registry_covered=35, by_sex={"women": 22, "men": 18},
        indicators={str(first.id): 72_500, str(second.id): 64_000}, cost_ore=120_000_000,
    )  # fmt: skip
    found = see(world, case)
    assert line(found).counts == Counts(40, 30, 10, 35, None, None)
    assert [(goal.known, goal.met) for goal in found.goals] == [(1, 1), (1, 0), (0, 0)]
    assert found.goals[0].reached[0].value_milli == 72_500
    [row] = world.session.scalars(select(FollowUpReport))
    assert row.recorded_by == world.people[VGR][Role.COORDINATOR].id


def test_the_counts_stay_outside_the_history(world: World, case: Subject) -> None:
    report(world, case, patients_started=43, patients_continuing=39, patients_stopped=4)
    [event] = [one for one in told(world, case, "task_done") if one.get("record")]
    assert event["record"] == {"follow_up_report": {"period_end": "2026-08-31", "unit_id": event["unit_id"]}}


def test_a_report_that_cannot_be_right_leaves_nothing(world: World, case: Subject) -> None:
    with pytest.raises(InvalidInput) as refusal:
        report(world, case, patients_continuing=41, by_area={"moon": 1})
    assert {key for key, _message in refusal.value.problems} == {"patients_continuing", "by_area"}
    assert task_of(world, case).state == "open"
    assert list(world.session.scalars(select(FollowUpReport))) == []


def test_a_goal_that_was_ended_meanwhile_is_not_reported_on(world: World, case: Subject) -> None:
    [row, *_rest] = indicators.plan_of(world.session, case.instance.id)
    follow_up_plan.end(world.desk(Role.COORDINATOR), row.id, note="Byts")
    with pytest.raises(InvalidInput) as refusal:
        report(world, case, indicators={str(row.id): 1_000})
    assert refusal.value.problems[0][0] == "indicators"


def test_counts_go_on_from_the_last_report_unless_the_note_says_why(world: World, case: Subject) -> None:
    report(world, case, name="report_month_3", period_end=date(2026, 5, 31), patients_started=50)
    with pytest.raises(InvalidInput) as refusal:
        report(world, case)
    assert "sade 50" in str(refusal.value.problems[0][1])
    report(world, case, note="Tio räknades två gånger i maj")
    assert line(see(world, case)).counts == Counts(40, 30, 10, None, None, None)


def test_a_report_that_comes_late_is_held_against_the_later_one(world: World, case: Subject) -> None:
    report(world, case)
    early = {"period_end": date(2026, 5, 31), "patients_continuing": 10, "patients_stopped": 0}
    with pytest.raises(InvalidInput) as refusal:
        report(world, case, name="report_month_3", **early, patients_started=41)
    assert refusal.value.problems[0][0] == "patients_started"
    report(world, case, name="report_month_3", **early, patients_started=12)
    assert line(see(world, case)).counts == Counts(40, 30, 10, None, None, None), "the latest day counts"


def test_the_form_begins_with_the_period_and_the_cost_of_the_outcome(world: World, case: Subject) -> None:
    row = task_of(world, case)
    assert reports.known(world.desk(Role.HEAD_OF_UNIT), case, row) == {
        "period_end": date(2026, 8, 31), "cost_ore": None,
    }  # fmt: skip
    for month, unit in ((7, "lung"), (8, "lung"), (9, "lung"), (8, "neuro")):
        made = OutcomeMonth(
            case_id=case.instance.id, unit_id=world.units[VGR][unit].id, month=date(2026, month, 1), patients=9,
            quantity_milli=9_000, cost_ore=1_000_000, source="Statistik", recorded_at=world.clock.now,
        )  # fmt: skip
        world.session.add(made)
    world.session.flush()
    assert reports.known(world.desk(Role.HEAD_OF_UNIT), case, row)["cost_ore"] == 2_000_000


def test_a_unit_reports_through_its_own_head_alone(world: World, case: Subject) -> None:
    with pytest.raises(NotAllowed):
        steps.do_task(world.desk(Role.HEAD_OF_UNIT), task_of(world, case, "neuro").id, record=COUNTS)
    steps.do_task(world.desk(Role.HEAD_OF_UNIT), task_of(world, case, "lung").id, record=COUNTS)
    with pytest.raises(Refused, match="redan klar"):
        report_again = task_of(world, case, "lung")
        steps.do_task(world.desk(Role.HEAD_OF_UNIT), report_again.id, record=COUNTS)


# ------------------------------------------------------------------------------------- the summary


def test_who_has_not_reported_is_told_with_since_when(world: World, case: Subject) -> None:
    report(world, case, name="report_month_3", period_end=date(2026, 5, 31))
    report(world, case)
    found = see(world, case)
    assert [one.name for one in found.overdue] == ["Neurologi"]
    [three, six] = line(found, "Neurologi").waiting
    assert (three.due_on, six.due_on, three.late) == (date(2026, 7, 1), date(2026, 10, 1), True)
    assert line(found).late_days == (world.clock.today - date(2026, 10, 1)).days, "the late report is told as late"
    assert line(found, "Neurologi").until is None


def test_use_and_cost_are_held_against_what_the_forecast_has_for_the_unit(world: World, case: Subject) -> None:
    analysis = approve(world, case, start="2026-03", patients=240)
    report(world, case, patients_started=100, patients_continuing=90, patients_stopped=10, cost_ore=1_000_000_00)
    report(world, case, "neuro", patients_started=12, patients_continuing=9, patients_stopped=3)
    found = see(world, case)
    lung, neuro = line(found).expected, line(found, "Neurologi").expected
    assert found.forecast == analysis.number
    assert lung is not None and neuro is not None
    assert lung.patients == neuro.patients, "evenly where the analysis does not part it"
    assert lung.cost_ore == neuro.cost_ore > 0
    assert lung.low < lung.patients < lung.high
    assert lung.beyond == (1 if lung.high < 90 else -1 if lung.low > 90 else 0)
    assert lung.against is not None and lung.against.value == pytest.approx(90 / lung.patients)


def test_use_per_area_is_counted_by_the_real_population(world: World, case: Subject) -> None:
    report(world, case, by_area={"goteborg": 30, "northern": 10})
    areas = see(world, case).areas
    region = case.region
    living = {area.id: population.of_municipalities(area.municipalities) for area in region.area}
    county = population.of_county("14")
    assert county is not None and sum(living.values()) == county.people
    gothenburg = next(one for one in areas.lines if one.key == "goteborg")
    assert gothenburg.rate == pytest.approx(30 / living["goteborg"] * 100_000)
    assert areas.mean == pytest.approx(40 / county.people * 100_000)
    assert gothenburg.beyond == 1
    assert next(one for one in areas.lines if one.key == "eastern").beyond in (0, -1)


def test_a_case_without_reports_or_units_has_an_empty_summary(world: World) -> None:
    bare = see(world, introduced(world, treating=(), planned=False))
    assert (bare.lines, bare.together, bare.divisions, bare.goals, bare.conclusion) == ([], None, [], [], None)
    assert bare.areas.lines == []


# ------------------------------------------------------------------------------------- small counts


def test_staff_see_small_counts_and_a_reader_does_not(world: World, case: Subject) -> None:
    report(world, case, patients_started=3, patients_continuing=2, patients_stopped=1, cost_ore=100)
    report(world, case, "neuro", registry_covered=39)
    staff, reader = see(world, case), see(world, case, Role.READER)
    assert line(staff).counts == Counts(3, 2, 1, None, None, None)
    assert staff.together is not None and staff.together.started == 43
    assert all(one.hidden and one.counts is None and one.cost_ore is None for one in reader.lines)
    assert reader.together is not None and reader.together.started == 43, "the sum does not tell how it is parted"
    assert reader.reports == []
    assert not reader.shows_small


def test_a_unit_sees_its_own_small_counts_and_not_the_others(world: World, case: Subject) -> None:
    report(world, case, patients_started=3, patients_continuing=2, patients_stopped=1)
    report(world, case, "neuro", patients_started=4, patients_continuing=4, patients_stopped=0)
    found = see(world, case, Role.HEAD_OF_UNIT)
    assert line(found).counts == Counts(3, 2, 1, None, None, None)
    assert line(found, "Neurologi").counts is None
    assert found.together is None, "the own counts could be taken from the sum"
    assert [one.unit_id for one in found.reports] == [world.units[VGR]["lung"].id]


def test_large_counts_are_shown_to_everybody(world: World, case: Subject) -> None:
    for unit in ("lung", "neuro"):
        report(world, case, unit, registry_covered=38, by_sex={"women": 20, "men": 18})
    found = see(world, case, Role.READER)
    assert found.together is not None and found.together.started == 80
    assert line(found).counts == Counts(40, 30, 10, None, None, None), "two of forty are not in the register"
    assert found.together.registry is None
    [sex] = found.divisions
    assert [part.count for part in sex.parts] == [None, None] or sex.unknown is None, "four are not told of"


def test_a_goals_value_is_hidden_with_its_unit(world: World, case: Subject) -> None:
    [row, *_rest] = indicators.plan_of(world.session, case.instance.id)
    few: dict[str, Any] = {"patients_started": 3, "patients_continuing": 3, "patients_stopped": 0}
    report(world, case, **few, indicators={str(row.id): 66_667})
    [goal, *_others] = see(world, case, Role.READER).goals
    assert all(one.value_milli is None and one.met is None for one in goal.reached)
    assert any(one.hidden for one in goal.reached)


# ------------------------------------------------------------------------------------- the conclusion


def conclude(world: World, case: Subject, outcome: str) -> None:
    given = {"follow_up_outcome": outcome, "follow_up_conclusion": "Så blev det"}
    tasks = [row for row in _tasks(world, case) if row.name == "conclude_early"]
    if tasks:
        steps.do_task(world.desk(Role.DRAFTING_GROUP), tasks[0].id, given=given)
    else:
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, given, note="Rådet har dragit slutsatsen")


def _tasks(world: World, case: Subject) -> list[Any]:
    return [
        row for row in follow_up.view(world.desk(Role.COORDINATOR), case.number).subject.tasks if row.state == "open"
    ]


def test_the_conclusion_tells_when_and_by_whom_it_was_written(world: World, case: Subject) -> None:
    assert see(world, case).conclusion is None
    conclude(world, case, "adjust")
    found = see(world, case).conclusion
    assert found is not None
    assert (found.outcome, found.text, found.on) == ("adjust", "Så blev det", world.clock.today)
    assert found.by is not None


def test_a_conclusion_rests_on_what_was_known_the_day_it_was_drawn(world: World, case: Subject) -> None:
    approve(world, case, start="2026-03", patients=240)
    [first, second, third] = indicators.plan_of(world.session, case.instance.id)
    report(world, case, cost_ore=120_000_000, indicators={str(first.id): 72_500})
    live = see(world, case)
    conclude(world, case, "adjust")
    world.clock.forward(months=3)
    report(world, case, "neuro", patients_started=90, patients_continuing=70, patients_stopped=20)
    report(
        world, case, name="report_month_3", note="Rättelse", period_end=date(2026, 9, 30), patients_started=50,
        indicators={str(first.id): 10_000},
    )  # fmt: skip
    follow_up_plan.end(world.desk(Role.DRAFTING_GROUP), second.id, note="Mäts inte längre")
    approve(world, case, start="2026-03", patients=20)
    cases.change_facts(
        world.desk(Role.COORDINATOR), case.instance.id,
        {"treating_units": [world.units[VGR]["neuro"].id]}, note="Lungmedicin behandlar inte längre",
    )  # fmt: skip
    kept = follow_up.concluded(world.desk(Role.COORDINATOR), case.number)
    assert [replace(one, expected=None) for one in kept.lines] == [replace(one, expected=None) for one in live.lines]
    then, before = line(kept).expected, line(live).expected
    assert then is not None and before is not None
    assert (then.patients, then.cost_ore) == (pytest.approx(before.patients, abs=0.001), before.cost_ore)
    assert kept.together == live.together
    assert [goal.reached for goal in kept.goals] == [goal.reached for goal in live.goals]
    assert [row.id for row in kept.plan] == [first.id, second.id, third.id]
    assert (kept.forecast, kept.until, kept.started) == (live.forecast, live.until, live.started)
    assert see(world, case).lines != live.lines


def test_the_counts_that_a_conclusion_rests_on_are_not_in_the_chain(world: World, case: Subject) -> None:
    report(world, case, patients_started=4, patients_continuing=3, patients_stopped=1, cost_ore=731_337_00)
    conclude(world, case, "adjust")
    event = events_of(world.session, case.instance.stream)[-1].content
    assert event["follow_up"]["reports"] and "73133700" not in str(event)
    assert set(event["follow_up"]) == {"started", "analysis", "reports", "goals", "units"}
    reader = follow_up.concluded(world.desk(Role.READER), case.number)
    assert all(one.counts is None for one in reader.lines), "small counts are hidden there too"


def test_an_earlier_conclusion_stays_with_its_figures_when_a_later_one_is_drawn(world: World, case: Subject) -> None:
    report(world, case)
    conclude(world, case, "adjust")
    report(world, case, name="report_month_3", note="Kom efteråt", patients_started=60)
    conclude(world, case, "continue")
    found = see(world, case)
    assert found.conclusion is not None and found.conclusion.outcome == "continue"
    [earlier] = found.earlier
    assert (earlier.outcome, earlier.event) == ("adjust", earlier.event)
    desk = world.desk(Role.COUNCIL_MEMBER)
    old = follow_up.concluded(desk, case.number, earlier.event)
    assert (old.conclusion, line(old).counts) == (earlier, Counts(40, 30, 10, None, None, None))
    with pytest.raises(NotFound):
        follow_up.concluded(desk, case.number, 1)


def test_a_conclusion_that_a_step_took_away_can_still_be_read(world: World, case: Subject) -> None:
    report(world, case)
    conclude(world, case, "hand_over_early")
    world.take(case, "reconsider", Role.COORDINATOR, note="Ny studie")
    found = see(world, case)
    assert found.conclusion is None and [one.outcome for one in found.earlier] == ["hand_over_early"]
    with pytest.raises(Refused, match="ingen slutsats"):
        follow_up.concluded(world.desk(Role.COORDINATOR), case.number)
    assert follow_up.concluded(world.desk(Role.COORDINATOR), case.number, found.earlier[0].event).together is not None


@pytest.mark.parametrize("table", ["follow_up_report", "indicator_value"])
def test_what_a_conclusion_rests_on_cannot_be_changed(world: World, case: Subject, table: str) -> None:
    [first, *_rest] = indicators.plan_of(world.session, case.instance.id)
    report(world, case, indicators={str(first.id): 72_500})
    for change in (f"UPDATE {table} SET case_id = case_id + 1", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="kept"), world.session.begin_nested():
            world.session.execute(text(change))


def test_only_to_hand_over_early_lets_the_handover_begin_early(world: World, case: Subject) -> None:
    until = date(2028, 2, 29)
    assert world.clock.today < handover_begins(until, case.region)
    conclude(world, case, "continue")
    with pytest.raises(Refused, match="i förtid"):
        world.take(case, "begin_handover", Role.COORDINATOR)
    conclude(world, case, "hand_over_early")
    assert world.take(case, "begin_handover", Role.COORDINATOR).instance.stage == "handover_preparation"


def test_what_is_to_stop_is_not_handed_over_but_decided(world: World, case: Subject) -> None:
    conclude(world, case, "stop")
    assert see(world, case).stops()
    world.clock.forward(months=20)
    with pytest.raises(Refused, match="avsluta i förtid"):
        world.take(case, "begin_handover", Role.COORDINATOR)
    decision = {
        "decided_on": world.clock.today, "section": "§ 9", "registry_number": "RS 2026-1", "reasons": "Ingen nytta",
    }  # fmt: skip
    world.take(case, "end_early", Role.SECRETARY, record=decision, note="Rådets slutsats")
    assert not see(world, case).stops()


def test_both_regions_ask_what_becomes_of_the_introduction_with_the_conclusion(world: World) -> None:
    for region in (VGR, NORRBOTTEN):
        definition = world.catalogue.latest(f"{region}.new_medicine")
        every = [task for stage in definition.stage for task in stage.task]
        asking = [task for task in every if "follow_up_conclusion" in task.asks]
        assert asking
        assert all(task.asks == ("follow_up_outcome", "follow_up_conclusion") for task in asking)

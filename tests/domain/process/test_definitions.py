"""The processes that come with the product: each can be walked, and does what its region does."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from introduction.domain.applications import ApplicationGround
from introduction.domain.calendar import add_months
from introduction.domain.claims import ClaimGround
from introduction.domain.errors import Refused
from introduction.domain.fields import LEVELS, OBJECTION_OUTCOMES, OUTCOMES
from introduction.domain.process.checks import ending, reachable
from introduction.domain.process.definition import RETURN, Definition, Phase, Text
from introduction.domain.process.engine import step
from introduction.domain.process.loading import Catalogue
from introduction.domain.process.situation import Grant, Situation, anchors, day_of, due_day, handover_begins
from introduction.domain.process.timing import When
from introduction.domain.roles import RIGHTS, Right, Role

VASTRA_GOTALAND = "vastra_gotaland.new_medicine"
NORRBOTTEN = "norrbotten.new_medicine"
HOSPITAL = "national.hospital_medicine"
BENEFIT = "national.benefit_medicine"
MONEY = [
    f"{region}.{name}" for region in ("vastra_gotaland", "norrbotten") for name in ("claim", "funding_application")
]
EVERY = [VASTRA_GOTALAND, NORRBOTTEN, HOSPITAL, BENEFIT, *MONEY]

TODAY = date(2030, 1, 15)

#: A case where all is written, the financing is over and every unit has confirmed.
COMPLETE = {
    "registry_number": "RS 2026-01234",
    "target_population": "Vuxna med spridd sjukdom",
    "comparator": "Docetaxel",
    "benefit": "Längre liv",
    "anchored_with": "Lungmedicin, 12 november 2026",
    "conflicts_of_interest": "Inget jäv",
    "authorised": True,
    "routine_use": "not_routine",
    "evidence_exists": True,
    "extra_cost_year3_ore": 310_000_000,
    "severity": "high",
    "effect": "good",
    "risk": "low",
    "evidence_grade": "3",
    "cost_effectiveness": "reasonable",
    "rank": 1,
    "in_depth_analysis": "Skriven",
    "proposal": "Bevilja",
    "contact_person_id": 7,
    "goals": "80 procent i registret",
    "introduction_start": date(2027, 3, 1),
    "financed_until": date(2029, 2, 28),
    "watch_until": date(2029, 12, 31),
    "follow_up_conclusion": "Jämlikt infört",
    "consequence": "Ryms i ramen",
    "regional_statement": "Tillstyrks",
    "implementation_manager": "Chefen för länssjukvården",
    "adherence": "followed",
    "health_economics": "Underlaget är osäkert",
}
#: A claim and an application where all is told, with what hangs on each.
CLAIM = {
    "period_from": date(2029, 9, 1),
    "period_to": date(2029, 9, 30),
    "basis": "requisition",
    "patients": 4,
    "quantity_milli": 8_000,
    "gross_new_ore": 8_000_000,
    "gross_displaced_ore": 2_000_000,
    "extra_cost_ore": 6_000_000,
    "approved_ore": 6_000_000,
}
GRANT = ClaimGround(
    unit="Lungmedicin",
    administration="Sjukhuset",
    budget_year=2029,
    room_ore=10_000_000,
    first_day=date(2029, 1, 1),
    last_day=date(2029, 12, 31),
    claims_until=date(2030, 2, 28),
    settled=False,
    unit_belongs=True,
    evidence=1,
    goals_planned=True,
    booked=True,
)
APPLICATION = {
    "budget_year": 2030,
    "period_from": date(2030, 4, 1),
    "period_to": date(2030, 6, 30),
    "patients": 3,
    "need_by_month": {"2030-04": 10_000_000},
    "budget_reason": "Budgeten lades innan läkemedlet fanns",
    "without_it": "Två patienter får vänta",
    "no_savings_reason": "Allt är redan bytt",
    "review": "Rimligt",
    "proposed_ore": 10_000_000,
}
ASKED = ApplicationGround(
    case_number="VGR-2029-0001", introduction_decided=True, need_ore=10_000_000, unreserved_ore=50_000_000
)
GROUNDS = {"claim": (CLAIM, GRANT), "funding_application": (APPLICATION, ASKED)}


def situation(shipped: Catalogue, name: str, stage: str, **facts: object) -> Situation:
    definition = shipped.latest(name)
    told, ground = GROUNDS.get(definition.subject, (COMPLETE, None))
    return Situation(
        definition=definition,
        region=shipped.region_of(definition),
        stage=stage,
        today=TODAY,
        stage_entered=TODAY,
        opened=date(2026, 11, 1),
        facts={**told, **facts},
        ground=ground,
        grants=(Grant(1, 2027, 100_000_000),),
        treating_units=((1, "Lungmedicin"),),
        confirmations={1: "confirmed"},
        proposed=frozenset({1}),
        reports=5,
        goals_planned=True,
        advice_level="should",
        advice_on=date(2026, 10, 1),
        last_decision_on=date(2027, 2, 10),
        round_cut_off=date(2026, 11, 15),
    )


def situations(shipped: Catalogue, name: str, stage: str) -> list[Situation]:
    """The complete case, and those where something went the other way."""
    return [
        situation(shipped, name, stage),
        situation(shipped, name, stage, rank=3),
        situation(shipped, name, stage, adherence="not_followed"),
        replace(situation(shipped, name, stage), confirmations={1: "objection"}),
    ]


def walk(shipped: Catalogue, name: str, start: str, actions: list[str], **facts: object) -> list[str]:
    """The stages that the actions lead through, from a start."""
    assert start in {s.stage for s in shipped.latest(name).start}
    now = situation(shipped, name, start, **facts)
    stages, kept = [start], None
    for action in actions:
        taken = step(now, action, kept)
        now, kept = replace(now, stage=taken.goal), taken.keeps
        stages.append(taken.goal)
    return stages


def phases(definition: Definition, stages: list[str]) -> list[Phase]:
    """The phases of the stages, each once for as long as it lasts."""
    told = [phase for stage in stages if (phase := definition.stage_named(stage).phase)]
    return [phase for index, phase in enumerate(told) if index == 0 or told[index - 1] != phase]


# ------------------------------------------------------------------------------------- all of them


def test_every_shipped_process_loads_and_is_published(shipped):
    assert [definition.id for definition in shipped.newest()] == sorted(EVERY)
    assert set(shipped.regions) == {"vastra_gotaland", "norrbotten", "stockholm", "national"}
    assert {region.prefix for region in shipped.regions.values()} == {"VGR", "NB", "STH", "NT"}
    assert {region.county_code for region in shipped.regions.values()} == {"14", "25", "01", None}


@pytest.mark.parametrize("name", EVERY)
def test_every_stage_is_reached_and_has_a_way_to_an_end(shipped, name):
    definition = shipped.latest(name)
    stages = {stage.id for stage in definition.stage}
    assert reachable(definition) == stages
    assert ending(definition) == stages


@pytest.mark.parametrize("name", EVERY)
def test_every_action_can_be_taken_from_each_of_its_stages(shipped, name):
    definition = shipped.latest(name)
    for action in definition.action:
        for source in definition.sources(action):
            goals = set()
            for now in situations(shipped, name, source):
                try:
                    goals.add(step(now, action.id, return_stage=definition.start[0].stage).goal)
                except Refused:
                    continue
            expected = definition.start[0].stage if action.to == RETURN else action.to
            assert goals == {expected}, f"{action.id} from {source}"


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_a_pause_leads_back_to_the_very_stage_that_was_left(shipped, name):
    definition = shipped.latest(name)
    for stage in definition.stage:
        if stage.kind == "work":
            paused = step(situation(shipped, name, stage.id), "pause")
            assert paused.keeps == stage.id
            assert step(situation(shipped, name, paused.goal), "resume", paused.keeps).goal == stage.id


@pytest.mark.parametrize("name", EVERY)
def test_the_next_step_is_offered_first(shipped, name):
    definition = shipped.latest(name)
    for stage in definition.stage:
        if stage.kind == "work":
            assert definition.actions_from(stage.id)[0].main


@pytest.mark.parametrize("name", EVERY)
def test_decisions_are_taken_by_a_body_that_decides(shipped, name):
    definition = shipped.latest(name)
    region = shipped.region_of(definition)
    for action in definition.action:
        if action.record == "decision":
            assert action.body is not None
            decides = region.body_named(action.body).does == "decides"
            assert decides != (action.outcome in OBJECTION_OUTCOMES), "objections are the council's"


@pytest.mark.parametrize("name", EVERY)
def test_whoever_may_begin_has_the_right_to(shipped, name):
    allowed = RIGHTS[Right.START_CASE] | RIGHTS[Right.NOMINATE]
    for start in shipped.latest(name).start:
        assert set(start.by) <= allowed


@pytest.mark.parametrize("name", EVERY)
def test_nobody_who_only_looks_is_given_anything_to_do(shipped, name):
    definition = shipped.latest(name)
    working = {task.by for stage in definition.stage for task in stage.task} | {task.by for task in definition.task}
    acting = {role for action in definition.action for role in action.by}
    assert not (working | acting) & {Role.READER, Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.mark.parametrize("name", EVERY)
def test_due_dates_remind_before_on_the_day_and_escalate_after(shipped, name):
    before, on, unanswered, late = shipped.latest(name).remind
    assert (before.days or before.working_days) < 0 == on.days < unanswered.working_days < late.working_days
    assert (before.kind, unanswered.kind, late.kind) == ("reminder", "escalation", "escalation")
    assert (unanswered.to, unanswered.unless_acknowledged) == ("next_in_line", True)
    assert (late.to, late.again.working_days > 0) == (Role.COORDINATOR, True)


def texts_of(thing: object) -> list[Text]:
    """Every text in a definition or region, however deep."""
    if isinstance(thing, Text):
        return [thing]
    if isinstance(thing, dict):
        return [text for part in thing.values() for text in texts_of(part)]
    if isinstance(thing, tuple):
        return [text for part in thing for text in texts_of(part)]
    fields = getattr(type(thing), "model_fields", {})
    return [text for name in fields for text in texts_of(getattr(thing, name))]


def test_every_text_stands_in_both_languages(shipped):
    texts = [text for thing in (*shipped.definitions.values(), *shipped.regions.values()) for text in texts_of(thing)]
    assert len(texts) > 300
    for text in texts:
        assert text.sv.strip() == text.sv != ""
        assert text.en.strip() == text.en != ""


@pytest.mark.parametrize("name", EVERY)
def test_no_two_steps_from_a_stage_have_the_same_words(shipped, name):
    definition = shipped.latest(name)
    for stage in definition.stage:
        for language in ("sv", "en"):
            words = [action.title.in_language(language) for action in definition.actions_from(stage.id)]
            assert len(words) == len(set(words)), f"{stage.id}: {words}"


# ------------------------------------------------------------------------------------- Västra Götaland

TO_THE_BOARD = ["qualify", "rank", "start_analysis", "finish_analysis", "forward_proposal", "refer_to_board"]


def test_a_case_goes_from_horizon_scan_to_closed_through_all_five_phases(shipped):
    stages = walk(
        shipped,
        VASTRA_GOTALAND,
        "horizon_scan",
        [
            *["await_advice", "note_advice", "nominate", *TO_THE_BOARD, "approve", "start_introduction"],
            *["begin_handover", "hand_over", "begin_watch", "close"],
        ],
    )
    assert stages[-1] == "closed"
    assert phases(shipped.latest(VASTRA_GOTALAND), stages) == list(Phase)


@pytest.mark.parametrize(
    ("start", "actions"),
    [("horizon_scan", ["nominate"]), ("horizon_scan", ["await_advice", "nominate"]), ("advised", ["nominate"])],
)
def test_the_national_process_never_blocks_a_nomination(shipped, start, actions):
    definition = shipped.latest(VASTRA_GOTALAND)
    assert definition.action_named("nominate").needs == ()
    assert walk(shipped, VASTRA_GOTALAND, start, actions)[-1] == "nominated"


def test_an_incomplete_nomination_comes_back_and_the_reason_is_demanded(shipped):
    stages = walk(shipped, VASTRA_GOTALAND, "nominated", ["return_for_completion", "resubmit", "qualify"])
    assert stages == ["nominated", "completion", "nominated", "qualified"]
    assert shipped.latest(VASTRA_GOTALAND).action_named("return_for_completion").note == "required"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"comparator": None}, "ersatt behandling"),
        ({"anchored_with": None}, "förankrad"),
        ({"conflicts_of_interest": None}, "jäv"),
        ({"authorised": False}, "godkännande"),
        ({"routine_use": "routine"}, "rutinbruk"),
        ({"evidence_exists": False}, "underlag"),
        ({"extra_cost_year3_ore": 150_000_000}, "Gränsen"),
    ],
)
def test_a_nomination_must_meet_every_criterion(shipped, missing, words):
    with pytest.raises(Refused) as refusal:
        walk(shipped, VASTRA_GOTALAND, "nominated", ["qualify"], **missing)
    assert len(refusal.value.reasons) == 1
    assert words in str(refusal.value)


def test_only_rank_one_and_two_get_an_in_depth_analysis(shipped):
    assert walk(shipped, VASTRA_GOTALAND, "nominated", ["qualify", "rank", "start_analysis"])[-1] == "in_depth_analysis"
    rank_three = ["qualify", "rank", "propose_without_analysis"]
    assert walk(shipped, VASTRA_GOTALAND, "nominated", rank_three, rank=3)[-1] == "proposal"
    for rank, action in ((1, "propose_without_analysis"), (3, "start_analysis")):
        with pytest.raises(Refused):
            walk(shipped, VASTRA_GOTALAND, "nominated", ["qualify", "rank", action], rank=rank)


def test_a_rank_better_than_the_severity_allows_is_refused(shipped):
    with pytest.raises(Refused, match="måttlig"):
        walk(shipped, VASTRA_GOTALAND, "nominated", ["qualify", "rank"], severity="moderate")


def test_no_case_comes_to_the_board_without_a_registry_number(shipped):
    with pytest.raises(Refused, match="diarienumret"):
        step(situation(shipped, VASTRA_GOTALAND, "forwarded", registry_number=None), "refer_to_board")
    for name in (VASTRA_GOTALAND, NORRBOTTEN):
        deciding = [action for action in shipped.latest(name).action if action.record == "decision"]
        assert all("registered" in action.needs for action in deciding)


def test_the_board_has_every_outcome_of_a_decision(shipped):
    outcomes = {action.outcome for action in shipped.latest(VASTRA_GOTALAND).action if action.outcome}
    assert outcomes == set(OUTCOMES)
    of_the_council = {action.outcome for action in shipped.latest(NORRBOTTEN).action if action.outcome}
    assert of_the_council == set(OUTCOMES) - {"without_financing", "extended", *OBJECTION_OUTCOMES}


def test_a_postponed_case_is_taken_up_in_a_later_round(shipped):
    stages = walk(
        shipped, VASTRA_GOTALAND, "nominated", [*TO_THE_BOARD, "postpone", "take_up_again", "forward_proposal"]
    )
    assert stages[-3:] == ["postponed", "proposal", "forwarded"]


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_what_was_not_prioritised_may_be_nominated_again_as_a_linked_case(shipped, name):
    definition = shipped.latest(name)
    (again,) = [follow for follow in definition.follow_on if follow.link == "renominated_from"]
    assert again.grows_from("not_prioritised")
    assert not again.grows_from("followed")
    assert not again.new_indication
    assert definition.stage_named(again.start).phase is Phase.REGIONAL_DECISION


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_a_widened_indication_is_a_new_case_from_wherever_the_first_one_is(shipped, name):
    definition = shipped.latest(name)
    (widened,) = [follow for follow in definition.follow_on if follow.link == "widened_from"]
    assert widened.new_indication
    assert all(widened.grows_from(stage.id) for stage in definition.stage)


def test_introduced_without_financing_skips_that_phase_but_is_followed_up(shipped):
    stages = walk(
        shipped,
        VASTRA_GOTALAND,
        "nominated",
        [*TO_THE_BOARD, "introduce_without_financing", "finish_unfinanced", "begin_watch", "close"],
        financed_until=None,
    )
    assert phases(shipped.latest(VASTRA_GOTALAND), stages) == [Phase.REGIONAL_DECISION, Phase.FOLLOW_UP, Phase.HANDOVER]


def test_an_introduction_starts_when_money_units_goals_and_dates_are_set(shipped):
    bare = replace(
        situation(shipped, VASTRA_GOTALAND, "setup", introduction_start=None, goals=None, contact_person_id=None),
        grants=(),
        treating_units=(),
        goals_planned=False,
    )
    with pytest.raises(Refused) as refusal:
        step(bare, "start_introduction")
    assert len(refusal.value.reasons) == 7


@pytest.mark.parametrize(
    ("stage", "action"),
    [("setup", "divide_money"), ("financed", "grant_next_year"), ("handover_preparation", "grant_last_year"),
     ("objection_review", "grant_last_year_in_review")],
)  # fmt: skip
def test_each_years_money_is_granted_without_leaving_the_stage(shipped, stage, action):
    taken = step(situation(shipped, VASTRA_GOTALAND, stage), action)
    assert not taken.moves
    assert (taken.action.record, taken.action.outcome) == ("grant", None)


@pytest.mark.parametrize("stage", ["financed", "handover_preparation", "objection_review"])
def test_a_new_decision_may_extend_the_financing_even_when_handover_has_begun(shipped, stage):
    taken = step(situation(shipped, VASTRA_GOTALAND, stage), "extend")
    assert taken.goal == "financed"
    assert taken.action.asks == ("financed_until",)
    assert taken.action.outcome == "extended"


def test_the_responsibility_passes_when_the_financing_is_over_and_not_before(shipped):
    now = situation(shipped, VASTRA_GOTALAND, "handover_preparation")
    last_day = now["financed_until"]
    with pytest.raises(Refused, match="Finansieringen gäller till och med 2029-02-28"):
        step(replace(now, today=last_day), "hand_over")
    assert step(replace(now, today=last_day + timedelta(days=1)), "hand_over").goal == "prescriber_responsibility"


def test_each_treating_unit_confirms_and_an_objection_goes_to_the_council(shipped):
    definition = shipped.latest(VASTRA_GOTALAND)
    (confirm,) = [t for t in definition.stage_named("handover_preparation").task if t.record == "handover_confirmation"]
    assert confirm.per == "treating_unit"
    objecting = replace(situation(shipped, VASTRA_GOTALAND, "handover_preparation"), confirmations={1: "objection"})
    with pytest.raises(Refused, match="Invändning från: Lungmedicin"):
        step(objecting, "hand_over")
    assert step(objecting, "refer_objection").goal == "objection_review"
    review = replace(objecting, stage="objection_review")
    assert step(review, "ask_units_again").goal == "handover_preparation"
    assert step(review, "overrule_objection").goal == "prescriber_responsibility"
    assert {step(review, action).action.body for action in ("ask_units_again", "overrule_objection")} == {"council"}


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_a_case_is_withdrawn_before_the_decision_and_ended_early_after_it(shipped, name):
    definition = shipped.latest(name)
    withdrawn = set(definition.sources(definition.action_named("withdraw")))
    ended = set(definition.sources(definition.action_named("end_early")))
    assert not withdrawn & ended
    assert withdrawn | ended == {stage.id for stage in definition.stage if stage.kind == "work"}
    before = {Phase.NATIONAL_RECOMMENDATION, Phase.REGIONAL_DECISION}
    assert {definition.stage_named(stage).phase for stage in withdrawn} == before
    assert {definition.stage_named(stage).phase for stage in ended}.isdisjoint(before)


def test_the_units_report_at_months_3_6_12_18_and_24(shipped):
    definition = shipped.latest(VASTRA_GOTALAND)
    reports = [task for task in definition.task if task.record == "follow_up_report"]
    assert all(task.per == "treating_unit" and task.by is Role.HEAD_OF_UNIT for task in reports)
    days = anchors(situation(shipped, VASTRA_GOTALAND, "financed"))
    start = days["introduction_start"]
    assert [day_of(task.opens, days) for task in reports] == [add_months(start, count) for count in (3, 6, 12, 18, 24)]
    assert [day_of(task.due, days) for task in reports] == [add_months(start, count) for count in (4, 7, 13, 19, 25)]


@pytest.mark.parametrize(
    ("start", "until", "due"),
    [
        (date(2027, 1, 1), date(2028, 12, 31), [date(2027, 11, 30), None, None]),
        (date(2027, 3, 1), date(2029, 2, 28), [date(2027, 11, 30), date(2028, 11, 30), None]),
        (date(2027, 3, 1), date(2030, 2, 28), [date(2027, 11, 30), date(2028, 11, 30), date(2029, 11, 30)]),
        (date(2027, 3, 1), None, [None, None, None]),
    ],
)
def test_money_for_the_next_budget_year_is_asked_for_each_autumn_while_the_financing_lasts(shipped, start, until, due):
    days = anchors(situation(shipped, VASTRA_GOTALAND, "financed", introduction_start=start, financed_until=until))
    tasks = [task for task in shipped.latest(VASTRA_GOTALAND).task if task.id.startswith("money_")]
    assert [day_of(task.due, days) for task in tasks] == due


@pytest.mark.parametrize(
    ("when", "on", "day"),
    [
        (When(months=1), date(2026, 10, 25), date(2026, 11, 25)),  # a Wednesday stays
        (When(months=1), date(2026, 10, 22), date(2026, 11, 23)),  # from a Sunday on to Monday
        (When(days=30), date(2026, 11, 25), date(2026, 12, 28)),  # from Christmas Day past the weekend
        (When(days=0), date(2026, 12, 31), date(2027, 1, 4)),  # what ends with the year is done after it
        (When(days=-10), date(2027, 1, 5), date(2026, 12, 23)),  # before Christmas: not closer to its anchor
        (When(working_days=5), date(2026, 12, 23), date(2027, 1, 5)),
    ],
)
def test_nothing_is_due_on_a_day_off(when, on, day):
    assert due_day(when, {"stage_entered": on}) == day


@pytest.mark.parametrize(
    ("until", "begins"),
    [
        (
            date(2028, 12, 31),
            date(2028, 2, 1),
        ),  # the first unfunded year is 2029: its budget work opens in February 2028
        (date(2029, 2, 28), date(2028, 2, 1)),
        (date(2028, 6, 30), date(2027, 2, 1)),
    ],
)
def test_handover_begins_with_the_budget_work_before_the_first_unfunded_year(shipped, until, begins):
    assert handover_begins(until, shipped.regions["vastra_gotaland"]) == begins


def test_handover_begins_six_months_before_the_end_where_that_is_earlier(shipped):
    region = shipped.regions["vastra_gotaland"]
    late = tuple(
        setting.model_copy(update={"value": 1001}) if setting.key == "budget_calendar_opens" else setting
        for setting in region.setting
    )
    assert handover_begins(date(2028, 12, 31), region.model_copy(update={"setting": late})) == date(2028, 6, 30)


def test_the_page_tells_the_planned_decision_and_when_financing_handover_and_watch_turn(shipped):
    days = anchors(situation(shipped, VASTRA_GOTALAND, "financed"))
    told = {milestone.id: day_of(milestone.at, days) for milestone in shipped.latest(VASTRA_GOTALAND).milestone}
    assert told == {
        "planned_decision": date(2027, 2, 15),
        "introduction_starts": date(2027, 3, 1),
        "handover_begins": date(2028, 2, 1),
        "financing_ends": date(2029, 2, 28),
        "watch_ends": date(2029, 12, 31),
    }


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_a_changed_recommendation_makes_the_coordinator_look_again(shipped, name):
    (task,) = [task for task in shipped.latest(name).task if task.on == "recommendation_changed"]
    assert task.by is Role.COORDINATOR
    noticed = {"stage_entered": date(2026, 10, 1)}
    assert day_of(task.due, noticed) == date(2026, 10, 29)


@pytest.mark.parametrize("name", [VASTRA_GOTALAND, NORRBOTTEN])
def test_the_units_are_named_before_the_stage_where_each_of_them_gets_a_task(shipped, name):
    for stage in shipped.latest(name).stage:
        if any(task.per for task in stage.task):
            assert not any("treating_units" in task.asks + task.may for task in stage.task)


def test_a_decision_may_be_reconsidered_by_the_council(shipped):
    stages = walk(shipped, VASTRA_GOTALAND, "nominated", [*TO_THE_BOARD, "approve", "reconsider", "forward_proposal"])
    assert stages[-2:] == ["proposal", "forwarded"]


# ------------------------------------------------------------------------------------- Norrbotten

TO_THE_COUNCIL = ["submit_to_committee", "submit_to_council"]


def test_norrbotten_skips_introduction_financing(shipped):
    definition = shipped.latest(NORRBOTTEN)
    assert Phase.INTRODUCTION_FINANCING not in {stage.phase for stage in definition.stage}
    stages = walk(
        shipped,
        NORRBOTTEN,
        "horizon_scan",
        ["take_up_advice", *TO_THE_COUNCIL, "approve", "start_introduction", "leave_to_line", "close"],
    )
    assert phases(definition, stages) == [phase for phase in Phase if phase is not Phase.INTRODUCTION_FINANCING]


def test_lsg_prepares_the_committee_prepares_finally_and_the_council_decides(shipped):
    definition = shipped.latest(NORRBOTTEN)
    region = shipped.region_of(definition)
    acting = [definition.action_named(name).body for name in (*TO_THE_COUNCIL, "approve")]
    assert acting == ["drafting_group", "working_committee", "council"]
    assert [region.body_named(body).does for body in acting] == ["prepares", "prepares", "decides"]
    assert region.body_named("council").how == "consensus"


def test_the_committee_demands_that_the_consequences_are_described(shipped):
    with pytest.raises(Refused, match="konsekvenserna"):
        step(situation(shipped, NORRBOTTEN, "final_preparation", consequence=None), "submit_to_council")


def test_the_northern_health_care_region_may_prepare_first(shipped):
    stages = walk(
        shipped,
        NORRBOTTEN,
        "preparation",
        ["prepare_in_health_care_region", "receive_regional_statement", *TO_THE_COUNCIL],
    )
    assert stages[1:] == ["regional_preparation", "preparation", "final_preparation", "decision"]
    with pytest.raises(Refused, match="ställningstagande"):
        step(
            situation(shipped, NORRBOTTEN, "regional_preparation", regional_statement=None),
            "receive_regional_statement",
        )


def test_a_decision_that_is_not_followed_leads_to_a_stricter_direction_and_follow_up_in_the_line(shipped):
    stages = walk(
        shipped,
        NORRBOTTEN,
        "preparation",
        [
            *TO_THE_COUNCIL,
            "approve",
            "start_introduction",
            "escalate",
            "give_stricter_direction",
            "return_to_follow_up",
        ],
        adherence="partly",
    )
    assert stages[-3:] == ["escalated", "line_follow_up", "followed"]
    with pytest.raises(Refused, match="inte att beslutet följs"):
        step(situation(shipped, NORRBOTTEN, "followed", adherence="partly"), "leave_to_line")


# ------------------------------------------------------------------------------------- the national processes


@pytest.mark.parametrize("name", [HOSPITAL, BENEFIT])
def test_a_recommendation_has_no_phases(shipped, name):
    assert {stage.phase for stage in shipped.latest(name).stage} == {None}


def test_a_hospital_medicine_goes_from_horizon_scan_to_the_regions(shipped):
    stages = walk(
        shipped,
        HOSPITAL,
        "horizon_scan",
        ["nominate", "cover", "finish_evaluation", "finish_negotiation", "issue", "reassess", "keep", "archive"],
    )
    assert stages[-1] == "archived"


@pytest.mark.parametrize(
    "actions",
    [
        ["not_cover"],
        ["cover", "evaluation_not_possible", "negotiation_failed", "issue"],
        ["cover", "advise_to_wait", "finish_evaluation", "advise_to_wait_for_negotiation", "finish_negotiation"],
        ["cover", "deliberate_without_negotiation", "issue", "revise", "reassess", "issue_again", "archive"],
        ["cover", "discontinue"],
    ],
)
def test_a_hospital_medicine_may_take_other_ways(shipped, actions):
    assert len(walk(shipped, HOSPITAL, "nominated", actions)) == len(actions) + 1


def test_advice_is_reassessed_within_two_years(shipped):
    days = anchors(situation(shipped, HOSPITAL, "issued", financed_until=None))
    assert day_of(shipped.latest(HOSPITAL).stage_named("issued").due, days) == date(2028, 10, 1)


@pytest.mark.parametrize("name", [HOSPITAL, BENEFIT])
def test_each_advice_and_each_change_of_it_is_a_new_version(shipped, name):
    definition = shipped.latest(name)
    advising = [action for action in definition.action if action.record == "recommendation_version"]
    assert {"revise"} < {action.id for action in advising}
    assert not step(situation(shipped, name, advising_stage(definition)), "revise").moves
    assert {"wait", "not_covered", "reimbursed"} <= set(LEVELS)


def advising_stage(definition: Definition) -> str:
    return definition.action_named("revise").to


@pytest.mark.parametrize(
    "actions",
    [
        ["begin_talks", "agree", "record_tlv_decision", "add_advice", "revise", "reassess", "keep", "archive"],
        ["begin_talks", "end_talks_without_result", "record_tlv_decision", "leave_as_decided"],
        ["examine_without_talks", "record_tlv_decision", "archive"],
        ["examine_without_talks", "begin_talks", "company_withdraws"],
        ["begin_talks", "agree", "record_tlv_decision", "leave_as_decided", "reassess", "record_new_tlv_decision"],
    ],
)
def test_a_benefit_medicine_goes_the_way_of_the_companys_application(shipped, actions):
    assert len(walk(shipped, BENEFIT, "applied", actions)) == len(actions) + 1


def test_who_does_what_nationally(shipped):
    for name, action, body in [
        (HOSPITAL, "cover", "nt_council"),
        (HOSPITAL, "finish_evaluation", "tlv"),
        (HOSPITAL, "finish_negotiation", "negotiation_function"),
        (HOSPITAL, "issue", "nt_council"),
        (BENEFIT, "record_tlv_decision", "tlv"),
        (BENEFIT, "add_advice", "nt_council"),
        (BENEFIT, "company_withdraws", "company"),
    ]:
        assert shipped.latest(name).action_named(action).body == body


# ------------------------------------------------------------------------------------- the regions


def test_what_we_assume_is_marked_to_be_confirmed(shipped):
    for region in shipped.regions.values():
        assert all(setting.to_confirm or setting.source for setting in region.setting)
        assert all(setting.valid_from <= date(2026, 1, 1) for setting in region.setting)
    assert all(cut_off.to_confirm for cut_off in shipped.regions["vastra_gotaland"].round)


def test_vastra_gotaland_has_three_rounds_a_year(shipped):
    region = shipped.regions["vastra_gotaland"]
    assert [(cut_off.month, cut_off.day) for cut_off in region.round] == [(3, 15), (8, 15), (11, 15)]
    assert (region.value("threshold_one_level_kr", TODAY), region.value("threshold_several_levels_kr", TODAY)) == (
        2_000_000,
        4_000_000,
    )


def test_the_deciding_bodies_of_vastra_gotaland_followed_upon_each_other(shipped):
    region = shipped.regions["vastra_gotaland"]
    boards = [region.body_named(body) for body in ("health_committee", "health_board", "board")]
    for before, after in pairwise(boards):
        assert before.valid_to + timedelta(days=1) == after.valid_from


def test_the_regions_call_the_roles_by_their_own_names(shipped):
    def called(region: str, role: Role) -> str:
        return str(shipped.regions[region].role_titles[role])

    assert called("vastra_gotaland", Role.DRAFTING_GROUP) == "Beredningsgrupp läkemedel"
    assert called("vastra_gotaland", Role.SECRETARY) == "nämndsekreterare"
    assert called("norrbotten", Role.DRAFTING_GROUP) == "LSG Läkemedel"
    assert called("norrbotten", Role.ECONOMIST) == "divisionsekonom"

"""A step: where it leads, or every reason why it cannot be taken."""

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from introduction.domain.errors import Refused
from introduction.domain.process import engine
from introduction.domain.process.engine import step
from introduction.domain.process.loading import load
from introduction.domain.process.situation import Situation

READY = {"target_population": "Vuxna", "comparator": "Docetaxel", "benefit": "Längre liv", "registry_number": "RS 1"}


@pytest.fixture
def nominated(small) -> Situation:
    definition = small.latest("testland.new_medicine")
    day = date(2026, 11, 20)
    return Situation(definition, small.region_of(definition), "nominated", day, day, day, facts=READY)


def test_an_action_leads_to_its_goal(nominated):
    taken = step(nominated, "approve")
    assert (taken.origin, taken.goal, taken.moves, taken.keeps) == ("nominated", "followed", True, None)
    assert taken.action.outcome == "approved"


def test_a_refusal_gives_every_guards_reason_at_once(nominated):
    with pytest.raises(Refused) as refusal:
        step(replace(nominated, facts={}), "approve")
    assert [str(reason) for reason in refusal.value.reasons] == [
        "Beskriv: målgrupp, ersatt behandling, nytta",
        "Registrera ärendet och skriv diarienumret",
    ]


def test_after_a_refusal_the_case_stands_where_it_stood_and_may_go_on(nominated):
    unready = replace(nominated, facts={})
    with pytest.raises(Refused):
        step(unready, "approve")
    assert unready.stage == "nominated"
    assert step(nominated, "approve").goal == "followed"


def test_an_action_of_another_stage_is_refused_by_name(nominated):
    with pytest.raises(Refused) as refusal:
        step(nominated, "close")
    assert str(refusal.value) == "”Avsluta” kan inte göras i steget ”Nominerad”"


def test_an_unknown_action_is_refused(nominated):
    with pytest.raises(Refused, match="inget steg som heter fly"):
        step(nominated, "fly")


@pytest.mark.parametrize("trick", ["trigger", "stage", "now", "return_stage", "__init__", "to_closed", "is_nominated"])
def test_the_machines_own_names_are_no_actions(nominated, trick):
    with pytest.raises(Refused):
        step(nominated, trick)


def test_nothing_leaves_an_end(nominated):
    closed = replace(nominated, stage="closed")
    for action in nominated.definition.action:
        with pytest.raises(Refused):
            step(closed, action.id)


@pytest.mark.parametrize("stage", ["nominated", "followed"])
def test_a_pause_remembers_the_stage_and_resuming_leads_back_to_it(nominated, stage):
    paused = step(replace(nominated, stage=stage), "pause")
    assert (paused.goal, paused.keeps) == ("paused", stage)
    resumed = step(replace(nominated, stage="paused"), "resume", return_stage=stage)
    assert (resumed.goal, resumed.keeps) == (stage, None)


@pytest.mark.parametrize("lost", [None, "closed", "a_stage_of_long_ago"])
def test_without_a_stage_to_return_to_the_case_stays_paused(nominated, lost):
    with pytest.raises(Refused, match="inget steg att gå tillbaka till"):
        step(replace(nominated, stage="paused"), "resume", return_stage=lost)


def test_a_stage_that_was_kept_bends_no_other_action(nominated):
    assert step(nominated, "approve", return_stage="paused").goal == "followed"


def test_an_action_to_where_it_stands_does_not_leave_the_stage(nominated):
    taken = step(replace(nominated, stage="followed"), "divide_money")
    assert (taken.origin, taken.goal, taken.moves, taken.keeps) == ("followed", "followed", False, None)


def test_a_hold_may_be_paused_from_another_hold_and_is_returned_to(folder):
    folder.edit(
        folder.process_file,
        '[[stage]]\nid = "closed"',
        '[[stage]]\nid = "postponed"\ntitle = { sv = "Uppskjutet", en = "Postponed" }\nkind = "hold"\n\n'
        '[[stage]]\nid = "closed"',
    )
    folder.edit(
        folder.process_file,
        '[[action]]\nid = "pause"',
        '[[action]]\nid = "postpone"\ntitle = { sv = "Skjut upp", en = "Postpone" }\nfrom = "nominated"\n'
        'to = "postponed"\nby = ["coordinator"]\n\n[[action]]\nid = "take_up"\n'
        'title = { sv = "Ta upp", en = "Take up" }\nfrom = "postponed"\nto = "nominated"\nby = ["coordinator"]\n\n'
        '[[action]]\nid = "pause"',
    )
    catalogue = load(folder.path, demand_published=False)
    definition = catalogue.latest("testland.new_medicine")
    day = date(2026, 11, 20)
    now = Situation(definition, catalogue.region_of(definition), "postponed", day, day, day)
    assert step(now, "pause").keeps == "postponed"
    assert step(replace(now, stage="paused"), "resume", return_stage="postponed").goal == "postponed"


def test_no_step_leaves_anything_alive(nominated):
    for _ in range(50):
        step(nominated, "approve")
        with pytest.raises(Refused):
            step(replace(nominated, facts={}), "approve")
        with pytest.raises(Refused):
            step(nominated, "close")
    gc.collect()
    assert engine._machine(nominated.definition).models == []
    assert not [thing for thing in gc.get_objects() if type(thing) is engine._Model]


def test_many_may_step_at_the_same_time(nominated):
    unready = replace(nominated, facts={})

    def go(turn: int) -> str:
        if turn % 2:
            return step(nominated, "approve").goal
        try:
            return step(unready, "approve").goal
        except Refused as refusal:
            return str(len(refusal.reasons))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(go, range(400))) == ["2", "followed"] * 200
    assert engine._machine(nominated.definition).models == []


def test_the_machine_is_built_once_for_a_definition(nominated):
    step(nominated, "approve")
    first = engine._machine(nominated.definition)
    step(nominated, "pause")
    assert engine._machine(nominated.definition) is first

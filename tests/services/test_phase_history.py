"""How often cases that were in a phase came to be introduced: from the region's own history, examples apart."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from introduction.domain.budget.portfolio import Share
from introduction.domain.errors import NotAllowed
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Role
from introduction.services import history as recorded
from introduction.services import log, phase_history
from introduction.services.history import Past, PastDecision
from introduction.services.medicines import About
from introduction.services.phase_history import History
from introduction.store.instance import lock
from tests.money import decide, put_case
from tests.world import NORRBOTTEN, VGR, World

NATIONAL, REGIONAL = Phase.NATIONAL_RECOMMENDATION, Phase.REGIONAL_DECISION


def told(world: World, who: Role = Role.ECONOMIST, region: str = VGR) -> History:
    return phase_history.of_region(world.desk(who, region), world.regions[region])


def test_a_region_without_history_knows_nothing(world: World) -> None:
    found = told(world)
    assert found.on == world.clock.today
    assert found.of(NATIONAL) == found.of(REGIONAL) == Share(0, 0)


@pytest.mark.parametrize("outcome", ["approved", "approved_with_conditions", "without_financing"])
def test_an_introducing_decision_counts_in_each_phase_that_the_case_was_in(world: World, outcome: str) -> None:
    put_case(world, "Ettumab", "regional_decision", outcome=outcome)
    assert told(world).of(NATIONAL) == Share(1, 1), "it began in the horizon scan"
    assert told(world).of(REGIONAL) == Share(1, 1)


def test_a_case_past_its_decision_is_introduced_whatever_is_recorded(world: World) -> None:
    put_case(world, "Ettumab", "follow_up")
    assert told(world).of(NATIONAL) == Share(1, 1)
    assert told(world).of(REGIONAL) == Share(0, 0), "its chain does not tell of that phase, nor does a decision"


def test_what_was_not_prioritised_or_ended_counts_against(world: World) -> None:
    put_case(world, "Ettumab", "regional_decision", outcome="not_prioritised", closed=True)
    put_case(world, "Tvåumab", "national_recommendation", closed=True)
    assert told(world).of(REGIONAL) == Share(0, 1)
    assert told(world).of(NATIONAL) == Share(0, 2)


def test_the_latest_decision_counts(world: World) -> None:
    case = put_case(world, "Ettumab", "regional_decision", outcome="not_prioritised")
    decide(world, case.instance.id, "approved")
    assert told(world).of(REGIONAL) == Share(1, 1)


def test_the_postponed_and_those_under_way_do_not_count(world: World) -> None:
    put_case(world, "Ettumab", "regional_decision", outcome="postponed")
    put_case(world, "Tvåumab", "regional_decision")
    assert told(world).of(REGIONAL) == told(world).of(NATIONAL) == Share(0, 0)


def test_history_recorded_afterwards_counts(world: World) -> None:
    past = Past(
        definition_id=f"{VGR}.new_medicine", stage="financed", about=About.typed("Gammalumab", "svår astma"),
        source="Protokoll", happened_on="2021", decision=PastDecision("approved", "2021"),
    )  # fmt: skip
    recorded.record_history(world.operator, past)
    assert told(world).of(REGIONAL) == Share(1, 1), "a decision was taken in that phase"
    assert told(world).of(NATIONAL) == Share(0, 0)


def test_invented_examples_do_not_weigh_real_cases(world: World) -> None:
    put_case(world, "Ettumab", "regional_decision", outcome="not_prioritised", closed=True, example=True)
    assert told(world).of(REGIONAL) == Share(0, 0)
    assert told(world).of(REGIONAL, example=True) == Share(0, 1)


def test_other_regions_do_not_count(world: World) -> None:
    put_case(world, "Ettumab", "regional_decision", outcome="approved", region=NORRBOTTEN)
    assert told(world).of(REGIONAL) == Share(0, 0)
    assert told(world, region=NORRBOTTEN).of(REGIONAL) == Share(1, 1)


def test_a_note_cannot_pass_for_a_stage(world: World) -> None:
    case = put_case(world, "Ettumab", "national_recommendation", closed=True)
    instance = lock(world.session, case.instance.id)
    log.record(world.desk(Role.COORDINATOR), instance, "commented", note='se "goal":"nominated", så stod det')
    assert told(world).of(REGIONAL) == Share(0, 0)


def test_three_statements_however_many_cases(world: World) -> None:
    def statements() -> int:
        world.session.flush()
        sent: list[str] = []
        desk = world.desk(Role.ECONOMIST)

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        engine = world.session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            phase_history.of_region(desk, world.regions[VGR])
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    put_case(world, "Ettumab", outcome="approved")
    one = statements()
    for number in range(5):
        put_case(world, f"Fler{number}umab", outcome="approved")
    assert statements() == one == 3


@pytest.mark.parametrize("who", [Role.READER, Role.HEAD_OF_UNIT, Role.NOMINATOR])
def test_who_may_not_see_the_portfolio_may_not_see_this(world: World, who: Role) -> None:
    with pytest.raises(NotAllowed):
        told(world, who)

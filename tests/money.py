"""Cases with money for tests: put in a phase without walking there, with a decision and an approved analysis."""

from __future__ import annotations

from datetime import date
from typing import Any

from introduction.domain.roles import Role
from introduction.services import log
from introduction.services.subjects import Subject
from introduction.store.case import Case, TreatingUnit
from introduction.store.decision import Decision
from introduction.store.instance import Instance, lock
from tests.analyses import add_approved, plain_model
from tests.world import VGR, World

#: A stage of each phase.
STAGES = {
    "national_recommendation": "horizon_scan",
    "regional_decision": "nominated",
    "introduction_financing": "setup",
    "follow_up": "financed",
    "handover": "handover_preparation",
}


def put_case(
    world: World,
    medicine: str,
    phase: str = "regional_decision",
    *,
    outcome: str | None = None,
    closed: bool = False,
    region: str = VGR,
    example: bool = False,
    treating: tuple[str, ...] = (),
    **facts: Any,
) -> Subject:
    """A case in a phase, with the event that it came there; perhaps with a decision, or ended."""
    subject = world.start_case(medicine, region=region, example=example)
    session, desk = world.session, world.desk(Role.COORDINATOR, region)
    case, instance = session.get_one(Case, subject.instance.id), lock(session, subject.instance.id)
    if phase != "national_recommendation":
        log.record(desk, instance, "action_taken", action="test", origin=instance.stage, goal=STAGES[phase])
    if phase == "handover":
        case.introduction_start = date(2025, 1, 1)  # type: ignore[attr-defined]
    case.phase, instance.stage = phase, STAGES[phase]
    for key, value in facts.items():
        setattr(case, key, value)
    if closed:
        instance.closed_on = world.clock.today
    if outcome is not None:
        decide(world, instance.id, outcome)
    for key in treating:
        session.add(TreatingUnit(case_id=case.id, unit_id=world.units[region][key].id))
    session.flush()
    return subject


def decide(world: World, case_id: int, outcome: str) -> None:
    """Add a decision as it was recorded now."""
    conditions = "Bara i registret" if outcome == "approved_with_conditions" else None
    world.session.add(Decision(case_id=case_id, outcome=outcome, conditions=conditions, recorded_at=world.clock.now))
    world.session.flush()


def approve(world: World, subject: Subject, **model: Any) -> Any:
    """Give a case an approved analysis; ``model`` is what differs from the plain one."""
    sizes = {key: model.pop(key) for key in ("start", "years", "patients", "monthly_kr") if key in model}
    return add_approved(world.session, subject.instance.id, world.clock.now, plain_model(**sizes) | model)


def close(world: World, subject: Subject, on: date) -> None:
    """End a case."""
    world.session.get_one(Instance, subject.instance.id).closed_on = on
    world.session.flush()

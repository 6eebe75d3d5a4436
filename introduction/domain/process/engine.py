"""The state machine: the one place that knows the library ``transitions``.

A machine is built once for each definition. Each step hands a fresh small model to the action's event; the
machine never learns to know it, so nothing is kept alive, and none of the library's methods are bound to it.
Guards raise Refused from inside a condition: the library then leaves the state as it was. No effect ever runs
in a callback; the services do those when the step is known.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, cast

from transitions import EventData, Machine, MachineError

from introduction.domain.errors import Refused
from introduction.domain.messages import say
from introduction.domain.process.definition import RETURN, Action, Definition
from introduction.domain.process.guards import answers
from introduction.domain.process.situation import Situation


@dataclass(frozen=True)
class Step:
    """What an action does: where it leads, and whether the stage is left at all."""

    action: Action
    origin: str
    goal: str
    keeps: str | None  #: the stage to come back to, when the goal is a hold

    @property
    def moves(self) -> bool:
        """False for an action that leads to where it stands."""
        return self.origin != self.goal


class _Model:
    """What the machine moves: a stage, the situation, and the stage to return to."""

    def __init__(self, now: Situation, return_stage: str | None) -> None:
        self.stage = now.stage
        self.now = now
        self.return_stage = return_stage


def _conditions(definition: Definition, action: Action, goal: str) -> list[Any]:
    def guards_hold(event: EventData) -> bool:
        model = cast(_Model, event.model)
        reasons = [need.reason for need in answers(action.needs, model.now) if need.reason]
        if reasons:
            raise Refused(*reasons)
        return True

    def returns_here(event: EventData) -> bool:
        return cast(_Model, event.model).return_stage == goal

    return [returns_here, guards_hold] if action.to == RETURN else [guards_hold]


@functools.lru_cache(maxsize=64)
def _machine(definition: Definition) -> Machine:
    machine = Machine(
        model=None,
        states=[stage.id for stage in definition.stage],
        initial=definition.stage[0].id,
        auto_transitions=False,
        send_event=True,
        model_attribute="stage",
    )
    for action in definition.action:
        goals = [stage.id for stage in definition.stage if stage.kind != "end"] if action.to == RETURN else [action.to]
        for goal in goals:
            machine.add_transition(
                action.id,
                list(definition.sources(action)),
                goal,
                conditions=_conditions(definition, action, goal),
            )
    return machine


def step(now: Situation, action_id: str, return_stage: str | None = None) -> Step:
    """Where an action leads from the situation's stage.

    Raises Refused with every guard's reason, or saying that the action cannot be taken from this stage.
    """
    definition = now.definition
    try:
        action = definition.action_named(action_id)
    except KeyError:
        raise Refused(say("Processen har inget steg som heter {action}", action=action_id)) from None
    model = _Model(now, return_stage)
    try:
        taken = _machine(definition).events[action_id].trigger(model)
    except MachineError:
        raise Refused(
            say(
                "”{action}” kan inte göras i steget ”{stage}”",
                action=action.title,
                stage=definition.stage_named(now.stage).title,
            )
        ) from None
    if not taken:
        raise Refused(say("Det finns inget steg att gå tillbaka till"))
    goal = model.stage
    keeps = now.stage if definition.remembers(goal) and goal != now.stage else None
    return Step(action, now.stage, goal, keeps)

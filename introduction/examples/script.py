"""The language of the invented examples: a script is a list of steps, each so many days before the loading.

Most of a script is a route: the actions that most cases take, with the days that the case stays in each
stage. The tasks of a stage are read from the process, so that a changed process changes the examples with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.process.definition import Definition


@dataclass(frozen=True)
class Step:
    """One thing that somebody does: how many days ago, the verb, and what it is about.

    ``by`` names a person where the process does not say who; ``values`` come before the example's own facts.
    """

    ago: int
    verb: str
    what: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    by: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Example:
    """An invented case or recommendation: its process, its medicine, its facts and its script."""

    key: str
    definition_id: str
    medicine: str
    steps: tuple[Step, ...]
    unit: str = ""  #: the nominating unit
    facts: Mapping[str, Any] = field(default_factory=dict)
    indication: str | None = None  #: where it is not the medicine's own
    advice: str = ""  #: the key of the recommendation that the case rests on from the start

    @property
    def region(self) -> str:
        """The region's folder, or ``national``."""
        return self.definition_id.split(".")[0]


Route = Sequence[tuple[str, int]]


def along(definition: Definition, origin: str, route: Route, ago: int, begins: str = "") -> list[Step]:
    """Start and go along a route of (action, days in the stage before it), the last action so many days ago.

    Every task that the process demands of a stage is done before the stage is left, one after the other;
    but those that leave a record or belong to one unit each are told by steps of their own.
    """
    left = ago + sum(days for _action, days in route)
    stage = begins or next(way.stage for way in definition.start if way.origin == origin)
    steps = [Step(left, "start", origin)] if origin else []
    for action, days in route:
        steps += tasks_of(definition, stage, left, left - days)
        left -= days
        steps.append(Step(left, "take", action))
        goal = definition.action_named(action).to
        stage = goal if goal != "@return" else stage
    return steps


def tasks_of(definition: Definition, stage: str, begun: int, left: int) -> list[Step]:
    """The tasks that a stage demands, spread between the day it was entered and the day it is left."""
    demanded = [task.id for task in definition.stage_named(stage).task if not task.optional and task.record is None]
    days = begun - left
    return [
        Step(begun - days * (number + 1) // (len(demanded) + 1), "do", name) for number, name in enumerate(demanded)
    ]


def at(steps: Iterable[Step], action: str, **changed: Any) -> list[Step]:
    """The steps with what is said in one action changed: ``note``, ``values`` or ``by``."""
    return [
        Step(**{**step.__dict__, **changed}) if step.verb == "take" and step.what == action else step for step in steps
    ]


def said(ago: int, by: str, text: str) -> Step:
    """An open comment."""
    return Step(ago, "comment", by=by, note=text)


def noted(ago: int, by: str, text: str) -> Step:
    """An internal note."""
    return Step(ago, "internal", by=by, note=text)


def do(ago: int, task: str, **values: Any) -> Step:
    """A task is done."""
    return Step(ago, "do", task, values)


def take(ago: int, action: str, note: str = "", by: str = "", **values: Any) -> Step:
    """An action is taken."""
    return Step(ago, "take", action, values, note, by)


def granted(ago: int, administration: str, year: int, ore: int, action: str = "divide_money") -> Step:
    """A ceiling is set for an administration and a budget year."""
    return Step(ago, "grant", action, {"budget_year": year, "ceiling_ore": ore}, unit=administration)


# ------------------------------------------------------------------------------------- days


def first_of_month(today: date, months: int) -> date:
    """The first day of the month so many months from this one."""
    return add_months(today.replace(day=1), months)


def days_since(today: date, day: date) -> int:
    """How many days ago a day was."""
    return (today - day).days

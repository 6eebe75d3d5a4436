"""The budget-impact model: costs by month in two worlds, and the difference.

Method: budget impact as the difference between scenarios in an open cohort, undiscounted by default (Sullivan et al.,
Value in Health 2014;17:5-14). ``METHOD`` is stamped on every result; a change of what is computed changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from introduction.domain.budget import curves, dosing
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.patients import Course, Courses, courses, followed
from introduction.domain.budget.spec import BudgetModel, Cost, Treatment

METHOD = "budget-impact/1"


@dataclass(frozen=True)
class Line:
    """One cost of one treatment of one group in one world, by month: shape ``(months, draws)``, in the currency."""

    world: str
    group: str
    treatment: str
    category: str
    purse: str
    gross: Array
    net: Array


@dataclass(frozen=True)
class Outcome:
    """What a model comes to."""

    model: BudgetModel
    lines: tuple[Line, ...]
    courses: Courses

    def total(self, world: str, *, net: bool = False, keep: Callable[[Line], bool] = lambda line: True) -> Array:
        """A world's cost by month, of the lines that are kept."""
        parts = [line.net if net else line.gross for line in self.lines if line.world == world and keep(line)]
        empty = np.zeros((self.model.months, 1))
        return np.asarray(sum(parts, empty), dtype=np.float64)

    def impact(self, *, net: bool = False, keep: Callable[[Line], bool] = lambda line: True) -> Array:
        """What the new treatment adds, by month; negative where it saves."""
        return self.total("with", net=net, keep=keep) - self.total("without", net=net, keep=keep)


def by_year(monthly: Array) -> Array:
    """Sums for each year: shape ``(years, draws)``."""
    return np.asarray(monthly.reshape(-1, 12, monthly.shape[1]).sum(axis=1), dtype=np.float64)


def value_of(given: Input) -> float:
    """An input's value, for a run without uncertainty."""
    return given.value


def run(model: BudgetModel, draw: Draw = value_of) -> Outcome:
    """Compute a model. ``draw`` gives each input's value; one number, or one for each draw."""
    treatments = {treatment.id: treatment for treatment in model.treatment}
    found: Courses = {}
    for group in model.group:
        found |= courses(model, group, treatments, draw)
    lines = [
        _line(model, key, course, treatments[key[2]], cost, draw)
        for key, course in found.items()
        for cost in treatments[key[2]].cost
    ]
    return Outcome(model, tuple(lines), found)


def _line(
    model: BudgetModel, key: tuple[str, str, str], course: Course, treatment: Treatment, cost: Cost, draw: Draw
) -> Line:
    quantity = _quantity(model, course, treatment, cost, draw)
    gross = quantity * _amounts(model, cost, draw) * _discount(model, draw)
    return Line(*key, cost.category, cost.purse, gross, gross * (1 - draw(cost.rebate)))


def _quantity(model: BudgetModel, course: Course, treatment: Treatment, cost: Cost, draw: Draw) -> Array:
    """How often a cost arises in each month."""
    if cost.per == "fixed_year":
        return np.asarray((course.on > 0) / 12, dtype=np.float64)
    if cost.per == "start":
        return course.starts
    always = cost.per in ("month", "year") and not cost.first_month and cost.last_month is None
    if always or not course.cohort:
        return course.on * _each_month(treatment, cost, draw)
    return followed(model, course.starts, _since_start(model, treatment, cost, draw))


def _each_month(treatment: Treatment, cost: Cost, draw: Draw) -> float | Array:
    """How often a cost arises in a month for a patient who has been on treatment for long."""
    match cost.per:
        case "month":
            return 1.0
        case "year":
            return 1 / 12
        case "dose":
            return dosing.steady(treatment.dosing, draw)
        case "mg":
            return dosing.steady(treatment.dosing, draw) * _mg(treatment, draw)
    return 0.0


def _since_start(model: BudgetModel, treatment: Treatment, cost: Cost, draw: Draw) -> Array:
    """How often a cost arises for one who started, by month since the start: shape ``(months, draws)``."""
    left = curves.persistence(treatment.persistence, model.months, draw)
    if cost.per == "stop":
        each = -np.diff(left, axis=0)
    elif cost.per in ("dose", "mg") and treatment.dosing is not None:
        each = left[:-1] * dosing.doses(treatment.dosing, model.months, draw)
        each = each * _mg(treatment, draw) if cost.per == "mg" else each
    else:
        each = left[:-1] * _each_month(treatment, cost, draw)
    month = np.arange(model.months)[:, None]
    last = cost.last_month if cost.last_month is not None else model.months
    return np.asarray(np.where((month >= cost.first_month) & (month <= last), each, 0.0), dtype=np.float64)


def _mg(treatment: Treatment, draw: Draw) -> float | Array:
    dose = treatment.dosing.dose if treatment.dosing is not None else None
    return dosing.amount_used(dose, draw) if dose is not None else 1.0


def _amounts(model: BudgetModel, cost: Cost, draw: Draw) -> Array:
    """What a cost is in each month; nought outside its time."""
    month = np.arange(model.months)
    if isinstance(cost.amount, Input):
        amounts = np.atleast_1d(np.asarray(draw(cost.amount), dtype=np.float64))[None, :]
        if cost.valid_from is None and cost.valid_to is None:
            return amounts  # the same in every month
    else:
        yearly = [np.atleast_1d(np.asarray(draw(one), dtype=np.float64)) for one in cost.amount]
        amounts = np.stack([yearly[min(at // 12, len(yearly) - 1)] for at in range(model.months)])
    first = cost.valid_from - model.start if cost.valid_from is not None else 0
    last = cost.valid_to - model.start if cost.valid_to is not None else model.months
    return np.where(((month >= first) & (month <= last))[:, None], amounts, 0.0)


def _discount(model: BudgetModel, draw: Draw) -> Array | float:
    rate: Any = draw(model.discount)
    if not np.any(rate):
        return 1.0
    return np.asarray((1 + np.asarray(rate)) ** -(curves.month_numbers(model) // 12), dtype=np.float64)

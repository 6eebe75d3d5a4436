"""The budget-impact model: costs by month in two worlds, and the difference.

Method: budget impact as the difference between scenarios in an open cohort, undiscounted by default (Sullivan et al.,
Value in Health 2014;17:5-14). ``METHOD`` is stamped on every result; a change of what is computed changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from introduction.domain.budget import costs
from introduction.domain.budget.costs import FUND, borne_by_fund
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.patients import Courses, courses
from introduction.domain.budget.spec import BudgetModel, Cost, Treatment

METHOD = "budget-impact/2"


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
    area: str | None = None  #: the group's own; without one its costs are divided by the model's ``split``


@dataclass(frozen=True)
class Outcome:
    """What a model comes to."""

    model: BudgetModel
    lines: tuple[Line, ...]
    courses: Courses
    draw: Draw

    def total(self, world: str, *, net: bool = False, keep: Callable[[Line], bool] = lambda line: True) -> Array:
        """A world's cost by month, of the lines that are kept."""
        parts = [line.net if net else line.gross for line in self.lines if line.world == world and keep(line)]
        empty = np.zeros((self.model.months, 1))
        return np.asarray(sum(parts, empty), dtype=np.float64)

    def impact(self, *, net: bool = False, keep: Callable[[Line], bool] = lambda line: True) -> Array:
        """What the new treatment adds, by month; negative where it saves."""
        return self.total("with", net=net, keep=keep) - self.total("without", net=net, keep=keep)

    def purse_of(self, line: Line, month: int) -> str:
        """Who pays a line in a month of the model (0 is the first): its own purse, or the introduction fund."""
        return FUND if borne_by_fund(self.model, line.category, line.purse)[month] else line.purse

    def by_purse(self, line: Line, *, net: bool = False) -> dict[str, Array]:
        """A line by who pays: its own purse, and the introduction fund in the months that this finances."""
        cost = line.net if net else line.gross
        borne = borne_by_fund(self.model, line.category, line.purse)[:, None]
        if not borne.any():
            return {line.purse: cost}
        return {line.purse: np.where(borne, 0.0, cost), FUND: np.where(borne, cost, 0.0)}

    def quantity(self, treatment: str) -> Array | None:
        """How much of a medicine is used by month in the world with the new treatment; None if it has no drug cost.

        What is counted follows the first drug cost: times it is given (``dose``), ``mg``, patients who start
        (``start``), and else patient-months. Months that the price is not for are counted too.
        """
        given = next(one for one in self.model.treatment if one.id == treatment)
        cost = next((cost for cost in given.cost if cost.category == "drug"), None)
        if cost is None:
            return None
        its = [course for key, course in self.courses.items() if key[0] == "with" and key[2] == treatment]
        parts = [costs.used(self.model, course, given, cost, self.draw) for course in its]
        return np.asarray(sum(parts, np.zeros((self.model.months, 1))), dtype=np.float64)


def by_year(monthly: Array) -> Array:
    """Sums for each year: shape ``(years, draws)``."""
    return np.asarray(monthly.reshape(-1, 12, monthly.shape[1]).sum(axis=1), dtype=np.float64)


def value_of(given: Input) -> float:
    """An input's value, for a run without uncertainty."""
    return given.value


def run(model: BudgetModel, draw: Draw = value_of) -> Outcome:
    """Compute a model. ``draw`` gives each input's value; one number, or one for each draw."""
    treatments = {treatment.id: treatment for treatment in model.treatment}
    areas = {group.id: group.area for group in model.group}
    found: Courses = {}
    for group in model.group:
        found |= courses(model, group, treatments, draw)
    lines = []
    for key in found:
        often: dict[tuple[object, ...], Array] = {}
        for cost in treatments[key[2]].cost:
            if cost.world not in ("both", key[0]):
                continue
            kind = (cost.per, cost.first_month, cost.last_month)
            if kind not in often:
                often[kind] = _quantity(model, found, key, treatments[key[2]], cost, draw)
            gross = often[kind] * costs.amounts(model, cost, draw)
            net = gross * (1 - draw(cost.rebate))
            lines.append(Line(*key, cost.category, cost.purse, gross, net, areas[key[1]]))
    return Outcome(model, tuple(lines), found, draw)


def _quantity(
    model: BudgetModel, found: Courses, key: tuple[str, str, str], treatment: Treatment, cost: Cost, draw: Draw
) -> Array:
    if cost.per != "fixed_year":
        return costs.quantity(model, found[key], treatment, cost, draw)
    together = np.zeros((model.months, 1))
    for (world, _, name), other in found.items():
        together = together + other.on if (world, name) == key[::2] else together
    return np.asarray(costs.someone(together) * found[key].on / np.maximum(together, costs.NOBODY))

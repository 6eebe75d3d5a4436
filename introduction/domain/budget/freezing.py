"""Settles a model's figures in whole öre, with their uncertainty: what the life of an analysis keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget import uncertainty
from introduction.domain.budget.model import METHOD, Line, Outcome, by_year, run, value_of
from introduction.domain.budget.patients import eligible
from introduction.domain.budget.reading import with_values
from introduction.domain.budget.result import WHOLE, Cell, Lever, Monthly, Range, Result, ScenarioResult
from introduction.domain.budget.spec import BudgetModel, Scenario
from introduction.domain.budget.uncertainty import Simulation, Spread
from introduction.domain.errors import InvalidInput
from introduction.domain.messages import say
from introduction.domain.money import split

#: The interval that pages show: so large a share of the draws lies in it.
LEVEL = 0.8
DRAWS = 10_000
SEED = 2026
#: More öre than any country's budget, and as many as a database holds in a whole number.
_MOST_ORE = 10**18


def range_of(spread: Spread, scale: float = 100.0) -> Range:
    """A spread in the currency as öre; ``scale`` 1 leaves counts."""
    parts = (spread.low, spread.median, spread.high)
    return Range(*(tuple(round(value * scale) for value in part) for part in parts))


def freeze(
    model: BudgetModel,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    tell: Callable[[int, int], None] | None = None,
) -> tuple[Result, NDArray[np.float64]]:
    """Compute a model with its uncertainty, and settle the figures in öre.

    ``tell`` hears of the progress as (done, of how many). Returns the result, and the yearly impact of some draws in
    the currency (shape ``(years, draws kept)``) for adding up portfolios. Raises InvalidInput for a model of one's
    own whose figures cannot be computed, or are too large for money.
    """
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # what has no end is told below
            result, kept = _computed(model, draws, seed, tell)
    except (ArithmeticError, ValueError) as error:  # such as a price without end, or a vial of no size
        raise InvalidInput(("", say("Modellen går inte att räkna på: {error}", error=str(error)))) from error
    if any(abs(ore) > _MOST_ORE for ore in (*result.gross_new, *result.displaced, *result.ranges["impact"].high)):
        raise InvalidInput(("", say("Beloppet är orimligt stort")))
    return result, kept


def _computed(
    model: BudgetModel, draws: int, seed: int, tell: Callable[[int, int], None] | None
) -> tuple[Result, NDArray[np.float64]]:
    outcome = run(model)
    steps = 1 + len(model.scenario)
    simulation = uncertainty.simulate(model, draws, seed, LEVEL, _part_of(tell, 0, steps, draws))
    scenarios = [
        _scenario(model, one, draws, seed, _part_of(tell, number, steps, draws))
        for number, one in enumerate(model.scenario, start=1)
    ]
    return _result(model, outcome, simulation, _levers(model), tuple(scenarios)), simulation.kept


def _scenario(
    model: BudgetModel, one: Scenario, draws: int, seed: int, tell: Callable[[int, int], None] | None
) -> ScenarioResult:
    changed = with_values(model, one.set)
    cells = _cells(changed, run(changed))
    impact = tuple(sum(cell.impact[year] for cell in cells) for year in range(changed.years))
    spans = uncertainty.impact_of(changed, draws, seed, LEVEL, tell)
    return ScenarioResult(one.name, one.reason, impact, *(range_of(span) for span in spans))


def _part_of(
    tell: Callable[[int, int], None] | None, number: int, steps: int, draws: int
) -> Callable[[int, int], None] | None:
    if tell is None:
        return None
    return lambda done, total: tell(number * draws + done * draws // max(total, 1), steps * draws)


def _result(
    model: BudgetModel,
    outcome: Outcome,
    simulation: Simulation,
    levers: tuple[Lever, ...],
    scenarios: tuple[ScenarioResult, ...],
) -> Result:
    new = tuple(dict.fromkeys(group.new for group in model.group if group.new is not None))
    return Result(
        method=METHOD,
        draws=simulation.draws,
        seed=simulation.seed,
        level=simulation.level,
        first_month=model.start,
        years=tuple(model.start // 12 + number for number in range(model.years)),
        new=new,
        cells=tuple(_cells(model, outcome)),
        eligible=_mean_by_year(sum(eligible(model, group, value_of) for group in model.group)),
        patients=_patients(outcome, "with"),
        patients_before=_patients(outcome, "without"),
        ranges=_ranges(simulation),
        monthly=_monthly(outcome, simulation, new),
        levers=levers,
        scenarios=scenarios,
        above={name: tuple(chances) for name, chances in simulation.above.items()},
    )


def _cells(model: BudgetModel, outcome: Outcome) -> list[Cell]:
    amounts: dict[tuple[str, str, str, str, str], dict[str, list[int]]] = {}
    for line in outcome.lines:
        for purse, monthly in outcome.by_purse(line).items():
            yearly = [round(float(value) * 100) for value in by_year(monthly)[:, 0]]
            for area, part in _by_area(model, line, yearly).items():
                key = (line.group, line.treatment, line.category, purse, area)
                worlds = amounts.setdefault(key, {"without": [0] * model.years, "with": [0] * model.years})
                worlds[line.world] = [before + more for before, more in zip(worlds[line.world], part, strict=True)]
    return [Cell(*key, tuple(worlds["without"]), tuple(worlds["with"])) for key, worlds in amounts.items()]


def _by_area(model: BudgetModel, line: Line, yearly: list[int]) -> dict[str, list[int]]:
    """A line's öre by area: all to the group's own, or by the model's shares, which add up exactly."""
    if line.area is not None or not model.split:
        return {line.area or WHOLE: yearly}
    weights = [round(share.value * 1_000_000) for share in model.split.values()]
    parts = [split(ore, weights) for ore in yearly]
    return {area: [part[at] for part in parts] for at, area in enumerate(model.split)}


def _patients(outcome: Outcome, world: str) -> dict[str, tuple[float, ...]]:
    found: dict[str, NDArray[np.float64]] = {}
    for (where, _group, treatment), course in outcome.courses.items():
        if where == world:
            found[treatment] = found.get(treatment, np.zeros((1, 1))) + course.on
    return {treatment: _mean_by_year(on) for treatment, on in found.items()}


def _mean_by_year(monthly: Any) -> tuple[float, ...]:
    return tuple(round(float(value) / 12, 3) for value in by_year(np.asarray(monthly))[:, 0])


def _ranges(simulation: Simulation) -> dict[str, Range]:
    found = {
        "impact": range_of(simulation.impact),
        "cumulative": range_of(simulation.cumulative),
        "new": range_of(simulation.new),
        "displaced": range_of(simulation.displaced),
        "patients": range_of(simulation.patients, 1),
    }
    found |= {f"purse.{purse}": range_of(spread) for purse, spread in simulation.by_purse.items()}
    found |= {f"category.{category}": range_of(spread) for category, spread in simulation.by_category.items()}
    return found | {f"cumulative.{name}": range_of(spread) for name, spread in simulation.whole.items()}


def _monthly(outcome: Outcome, simulation: Simulation, new: tuple[str, ...]) -> Monthly:
    drug = outcome.total("with", keep=lambda line: line.treatment in new and line.category == "drug")[:, 0]
    on = sum(
        (course.on[:, 0] for key, course in outcome.courses.items() if key[0] == "with" and key[2] in new),
        np.zeros(outcome.model.months),
    )
    quantities = [found for one in new if (found := outcome.quantity(one)) is not None]
    quantity = sum((found[:, 0] for found in quantities), np.zeros(outcome.model.months))
    return Monthly(
        cost=tuple(round(float(value) * 100) for value in drug),
        cost_range=range_of(simulation.monthly_cost),
        so_far_range=range_of(simulation.monthly_cost_so_far),
        patients=tuple(round(float(value), 3) for value in on),
        quantity=tuple(round(float(value), 3) for value in quantity),
        unit=_counted_in(outcome.model, new),
    )


def _counted_in(model: BudgetModel, new: tuple[str, ...]) -> str:
    for treatment in model.treatment:
        for cost in treatment.cost:
            if treatment.id in new and cost.category == "drug":
                return {"dose": "dose", "mg": "mg", "start": "dose"}.get(cost.per, "month")
    return "month"


def _levers(model: BudgetModel) -> tuple[Lever, ...]:
    return tuple(
        Lever(bar.path, bar.low, bar.high, _ore(bar.by_year_low), _ore(bar.by_year_high))
        for bar in uncertainty.tornado(model)
    )


def _ore(values: Iterable[float]) -> tuple[int, ...]:
    return tuple(round(value * 100) for value in values)

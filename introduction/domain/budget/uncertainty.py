"""How sure a model is: draws from the inputs' distributions, and one input at a time.

Each varying input draws from a stream of its own, named by its path, so that the same seed gives the same figures, and
a new input leaves the others' draws as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel

from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.model import by_year, run
from introduction.domain.budget.spec import BudgetModel

DRAWS = 10_000
#: So many draws are computed at a time: memory stays small, and the arrays long enough for numpy.
_CHUNK = 500


def inputs_of(model: BudgetModel) -> dict[str, Input]:
    """Every input of a model by its path, such as ``group.all.uptake.to``; parts of a list by name or number."""
    return dict(_inputs(model, ""))


def _inputs(thing: object, path: str) -> Iterator[tuple[str, Input]]:
    if isinstance(thing, Input):
        yield path, thing
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from _inputs(getattr(thing, name), f"{path}.{name}".lstrip("."))
    elif isinstance(thing, Mapping):
        for name, part in thing.items():
            yield from _inputs(part, f"{path}.{name}")
    elif isinstance(thing, tuple):
        for number, part in enumerate(thing):
            yield from _inputs(part, f"{path}.{getattr(part, 'id', None) or number}")


# ------------------------------------------------------------------------------------- draws


def sample(given: Input, path: str, draws: int, seed: int) -> Array:
    """Values of an input: its value is the mean, its range the 95 % interval, or the ends of a bounded distribution."""
    rng = np.random.default_rng([seed, zlib.crc32(path.encode())])
    low, high, mean, sd = given.low or 0.0, given.high or 0.0, given.value, given.spread
    match given.distribution:
        case "uniform":
            return rng.uniform(low, high, draws)
        case "triangular":
            return rng.triangular(low, min(max(3 * mean - low - high, low), high), high, draws)
        case "pert":
            mode = min(max((6 * mean - low - high) / 4, low), high)
            a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
            return low + (high - low) * rng.beta(a, b, draws)
        case "normal":
            return rng.normal(mean, sd, draws)
        case "lognormal":
            return rng.lognormal(*given.logarithmic, draws)
        case "beta":
            size = mean * (1 - mean) / sd**2 - 1
            return rng.beta(mean * size, (1 - mean) * size, draws)
        case "gamma":
            return rng.gamma((mean / sd) ** 2, sd**2 / mean, draws)
    return np.full(draws, mean)


@dataclass(frozen=True)
class Spread:
    """A figure with its uncertainty, by year: mean, median and the ends of the 95 % interval."""

    mean: list[float]
    median: list[float]
    low: list[float]
    high: list[float]

    @classmethod
    def of(cls, values: Array) -> Spread:
        """Of draws, shape ``(years, draws)``."""
        low, median, high = np.percentile(values, [2.5, 50, 97.5], axis=1)
        return cls(values.mean(axis=1).tolist(), median.tolist(), low.tolist(), high.tolist())


@dataclass(frozen=True)
class Simulation:
    """What many draws come to."""

    draws: int
    seed: int
    impact: Spread
    impact_net: Spread
    cumulative: Spread
    above: Mapping[str, list[float]] = field(default_factory=dict)  #: the share of draws above each threshold, by year


def simulate(model: BudgetModel, draws: int = DRAWS, seed: int = 1) -> Simulation:
    """Compute the model for many draws of its inputs. Repeatable: the same seed gives the same figures."""
    sampled = {
        id(given): sample(given, path, draws, seed)
        for path, given in inputs_of(model).items()
        if given.varies and given.distribution != "fixed"
    }
    gross, net = np.empty((model.years, draws)), np.empty((model.years, draws))
    for first in range(0, draws, _CHUNK):
        here = slice(first, min(first + _CHUNK, draws))
        outcome = run(model, _drawing(sampled, here))
        gross[:, here], net[:, here] = by_year(outcome.impact()), by_year(outcome.impact(net=True))
    limits = {name: limit.value for name, limit in model.threshold.items()}
    return Simulation(
        draws,
        seed,
        Spread.of(gross),
        Spread.of(net),
        Spread.of(gross.sum(axis=0, keepdims=True)),
        {name: (gross > limit).mean(axis=1).tolist() for name, limit in limits.items()},
    )


def _drawing(sampled: Mapping[int, Array], here: slice) -> Draw:
    def draw(given: Input) -> float | Array:
        found = sampled.get(id(given))
        return given.value if found is None else found[here]

    return draw


# ------------------------------------------------------------------------------------- one at a time


@dataclass(frozen=True)
class Bar:
    """An input at each end of its range, all else as it is: what the impact of all years comes to."""

    path: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How much the input matters."""
        return abs(self.at_high - self.at_low)


def tornado(model: BudgetModel) -> list[Bar]:
    """Every input that has a range, the one that matters most first."""
    bars = []
    for path, given in inputs_of(model).items():
        if given.varies and given.low is not None and given.high is not None:
            ends = [_impact_at(model, given, end) for end in (given.low, given.high)]
            bars.append(Bar(path, given.low, given.high, *ends))
    return sorted(bars, key=lambda bar: (-bar.width, bar.path))


def _impact_at(model: BudgetModel, changed: Input, value: float) -> float:
    def draw(given: Input) -> float:
        return value if given is changed else given.value

    return float(run(model, draw).impact().sum())


def as_data(model: BudgetModel, draws: int, seed: int) -> dict[str, Any]:
    """Simulation and tornado as plain figures."""
    found = simulate(model, draws, seed)
    return {
        "draws": found.draws,
        "seed": found.seed,
        "impact": vars(found.impact),
        "impact_net": vars(found.impact_net),
        "cumulative": {name: values[0] for name, values in vars(found.cumulative).items()},
        "probability_above": dict(found.above),
        "tornado": [vars(bar) for bar in tornado(model)],
    }

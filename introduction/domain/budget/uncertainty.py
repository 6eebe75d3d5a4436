"""How sure a model is: draws from the inputs' distributions, and one input at a time.

Each varying input draws from a stream of its own, named by its path, so that the same seed gives the same figures, and
a new input leaves the others' draws as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import BaseModel

from introduction.domain.budget import curves, sums
from introduction.domain.budget.curves import Array, Draw, running
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.model import by_year
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.sums import Sums

DRAWS = 10_000
KEPT = 400
#: So many draws are computed at a time: few enough to stay in the processor's cache, enough for numpy.
_CHUNK = 1_250
#: The draws of so many inputs are remembered: a model and its scenarios share most of theirs.
_REMEMBERED = 64
#: So many inputs of the tornado are computed at a time.
_BARS = 100


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
            # By its mean: the shape 1 + 4 (mode - low) / (high - low) is 6 (mean - low) / (high - low), which holds
            # also where the mean lies so near an end that no mode would give it.
            a = min(max(6 * (mean - low) / (high - low), 1e-3), 6 - 1e-3)
            return low + (high - low) * rng.beta(a, 6 - a, draws)
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
    """A figure with its uncertainty, by year or by month: mean, median and the ends of the central interval."""

    mean: list[float]
    median: list[float]
    low: list[float]
    high: list[float]

    @classmethod
    def of(cls, values: Array, level: float = 0.95) -> Spread:
        """Of draws, shape ``(years, draws)``: as large a share of them as ``level`` lies between low and high."""
        ordered, tail = np.sort(values, axis=1), (1 - level) / 2
        low, median, high = (_quantile(ordered, share).tolist() for share in (tail, 0.5, 1 - tail))
        return cls(values.mean(axis=1).tolist(), median, low, high)


def _quantile(ordered: Array, share: float) -> Array:
    """The value that as large a share of the ordered ones lies below, by a line between the two nearest."""
    at = share * (ordered.shape[1] - 1)
    below = int(at)
    above = min(below + 1, ordered.shape[1] - 1)
    return np.asarray(ordered[:, below] + (at - below) * (ordered[:, above] - ordered[:, below]), dtype=np.float64)


@dataclass(frozen=True)
class Simulation:
    """What many draws come to. All but ``impact_net`` and ``cumulative_net`` is gross, before rebates.

    In every draw the impact is ``new`` + ``displaced``, and the sum of ``by_purse``.
    """

    draws: int
    seed: int
    level: float  #: the share of the draws between low and high
    impact: Spread  #: by year
    impact_net: Spread  #: by year
    cumulative: Spread  #: one figure: all years
    cumulative_net: Spread
    new: Spread  #: by year: what the new treatments cost more than without them
    displaced: Spread  #: by year: what all other treatments cost more; usually below zero
    by_purse: Mapping[str, Spread]  #: by year: the impact on each, with what the introduction fund bears
    by_category: Mapping[str, Spread]  #: by year: the impact of each kind of cost
    whole: Mapping[str, Spread]  #: one figure, all years: ``new``, ``displaced``, ``purse.<purse>``, ``category.<…>``
    patients: Spread  #: by year: the mean number on the new treatments
    monthly_cost: Spread  #: by month: the new treatments' drug cost
    monthly_cost_so_far: Spread  #: by month: the same since the model's start
    monthly_patients: Spread  #: by month: on the new treatments
    above: Mapping[str, list[float]]  #: the share of draws above each threshold, by year
    kept: Array = field(compare=False)  #: impact by year of evenly chosen draws, shape ``(years, KEPT)``


def simulate(
    model: BudgetModel,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = 0.95,
    tell: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Compute the model for many draws of its inputs. Repeatable: the same seed gives the same figures.

    ``tell`` is told how many draws are done, and of how many, after each piece of the work.
    """
    parts, sizes = [], []
    for draw, size in _pieces(model, draws, seed, tell):
        parts.append(sums.of_draws(model, draw))
        sizes.append(size)
    return _simulation(model, sums.joined(parts, sizes), draws, seed, level)


def impact_of(
    model: BudgetModel,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = 0.95,
    tell: Callable[[int, int], None] | None = None,
) -> tuple[Spread, Spread]:
    """Only the ``impact`` and ``cumulative`` that ``simulate`` would give, in less time."""
    parts = [
        np.broadcast_to(sums.impact_of_draws(model, draw), (model.years, size))
        for draw, size in _pieces(model, draws, seed, tell)
    ]
    impact = np.concatenate(parts, axis=1)
    return Spread.of(impact, level), Spread.of(impact.sum(axis=0, keepdims=True), level)


def _pieces(
    model: BudgetModel, draws: int, seed: int, tell: Callable[[int, int], None] | None
) -> Iterator[tuple[Draw, int]]:
    """The draws in pieces, with the size of each; one piece of one where no input is drawn. Tells after each."""
    drawn = draws_of(model, draws, seed)
    for first in range(0, draws, _CHUNK) if drawn else (0,):
        here = slice(first, min(first + _CHUNK, draws) if drawn else draws)
        yield drawing(drawn, here), here.stop - here.start if drawn else 1
        if tell is not None:
            tell(here.stop, draws)


def _simulation(model: BudgetModel, found: Sums, draws: int, seed: int, level: float) -> Simulation:
    def spread(values: Array) -> Spread:
        return Spread.of(values, level)

    impact = found.impact
    parts = {"new": found.new, "displaced": impact - found.new}
    parts |= {f"purse.{purse}": values for purse, values in found.by_purse.items()}
    parts |= {f"category.{category}": values for category, values in found.by_category.items()}
    kept = np.linspace(0, impact.shape[1] - 1, KEPT).round().astype(np.intp)
    return Simulation(
        draws=draws,
        seed=seed,
        level=level,
        impact=spread(impact),
        impact_net=spread(found.impact_net),
        cumulative=spread(impact.sum(axis=0, keepdims=True)),
        cumulative_net=spread(found.impact_net.sum(axis=0, keepdims=True)),
        new=spread(parts["new"]),
        displaced=spread(parts["displaced"]),
        by_purse={purse: spread(values) for purse, values in found.by_purse.items()},
        by_category={category: spread(values) for category, values in found.by_category.items()},
        whole={name: spread(values.sum(axis=0, keepdims=True)) for name, values in parts.items()},
        patients=spread(by_year(found.monthly_patients) / 12),
        monthly_cost=spread(found.monthly_cost),
        monthly_cost_so_far=spread(running(found.monthly_cost)),
        monthly_patients=spread(found.monthly_patients),
        above={name: (impact > limit.value).mean(axis=1).tolist() for name, limit in model.threshold.items()},
        kept=impact[:, kept],
    )


def draws_of(model: BudgetModel, draws: int, seed: int) -> dict[int, Array]:
    """The draws of every input that is drawn, by the input's ``id``; inputs of one name have the same."""
    varied = {path: given for path, given in inputs_of(model).items() if given.varies and given.distribution != "fixed"}
    return {id(given): _sampled(given, given.name or path, draws, seed) for path, given in varied.items()}


@lru_cache(_REMEMBERED)
def _sampled(given: Input, path: str, draws: int, seed: int) -> Array:
    found = sample(given, path, draws, seed)
    found.setflags(write=False)
    return found


def drawing(drawn: Mapping[int, Array], here: slice) -> Draw:
    """Gives each input its draws in a slice, or its value where it is not drawn."""

    def draw(given: Input) -> float | Array:
        found = drawn.get(id(given))
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
    by_year_low: list[float]
    by_year_high: list[float]

    @property
    def width(self) -> float:
        """How much the input matters."""
        return abs(self.at_high - self.at_low)


def tornado(model: BudgetModel) -> list[Bar]:
    """Every input that has a range, the one that matters most first. Inputs of one name are one."""
    named: dict[str, list[Input]] = {}
    for path, one in inputs_of(model).items():
        if one.varies:
            named.setdefault(one.name or path, []).append(one)
    ranged, bars = list(named.items()), []
    for first in range(0, len(ranged), _BARS):
        some = ranged[first : first + _BARS]
        yearly = _impacts_at(model, [[(one, end(one)) for one in same] for _, same in some for end in _ENDS])
        for at, (name, same) in enumerate(some):
            by_low, by_high = yearly[:, 2 * at].tolist(), yearly[:, 2 * at + 1].tolist()
            low, high = (end(same[0]) for end in _ENDS)
            bars.append(Bar(name, low, high, sum(by_low), sum(by_high), by_low, by_high))
    return sorted(bars, key=lambda bar: (-bar.width, bar.path))


#: The two ends of an input's range; an input that varies has both.
_ENDS: tuple[Callable[[Input], float], ...] = (lambda one: one.low or 0.0, lambda one: one.high or 0.0)


def _impacts_at(model: BudgetModel, changes: Sequence[Sequence[tuple[Input, float]]]) -> Array:
    """The impact by year with some inputs at other values, for each change: computed as if they were draws."""
    values: dict[int, Array] = {}
    for at, changed in enumerate(changes):
        for given, value in changed:
            values.setdefault(id(given), np.full(len(changes), given.value))[at] = value
    impact = sums.impact_of_draws(model, lambda given: values.get(id(given), given.value))
    return np.broadcast_to(impact, (model.years, len(changes)))


#: Seconds for an input drawn once, for a group's month in one draw for each thing worked out, and whatever the draws.
_DRAWN, _WORKED_OUT, _AT_LEAST = 35e-9, 0.25e-9, 0.01


def effort(model: BudgetModel, draws: int) -> float:
    """Roughly how many seconds ``simulate`` takes on one core of a small server.

    By counts, measured on models of one to forty groups: the machine and its other work matter as much.
    """
    varied = sum(one.varies and one.distribution != "fixed" for one in inputs_of(model).values())
    if not varied:
        return _AT_LEAST
    steady = {one.id: curves.steady_loss(one.persistence) for one in model.treatment}
    both_worlds = bool(model.whole_patients) or model.entry in ("quarterly", "yearly")
    each = 0.0
    for group in model.group:
        shares = len({*group.mix, *group.mix_to, *group.mix_with})
        each += (15 + 5 * shares) * (3 if both_worlds else 1)
        if group.kind == "pool" and group.new is not None and not steady[group.new]:
            each += model.months
    for treatment in model.treatment:
        each += 10 * len(treatment.cost)
        if treatment.id in model.introduced:
            each += model.months * (1 + sum(cost.category == "drug" for cost in treatment.cost))
    return _AT_LEAST + draws * (varied * _DRAWN + model.months * each * _WORKED_OUT)


def as_data(model: BudgetModel, draws: int, seed: int) -> dict[str, Any]:
    """Simulation and tornado as plain figures."""
    found = simulate(model, draws, seed)
    told: dict[str, Any] = {"draws": found.draws, "seed": found.seed, "level": found.level}
    for name in ("impact", "impact_net", "new", "displaced", "patients"):
        told[name] = vars(getattr(found, name))
    for name in ("cumulative", "cumulative_net"):
        told[name] = {key: values[0] for key, values in vars(getattr(found, name)).items()}
    for name in ("monthly_cost", "monthly_cost_so_far", "monthly_patients"):
        told[name] = vars(getattr(found, name))
    told["by_purse"] = {purse: vars(spread) for purse, spread in found.by_purse.items()}
    told["by_category"] = {category: vars(spread) for category, spread in found.by_category.items()}
    told["probability_above"] = dict(found.above)
    told["tornado"] = [vars(bar) for bar in tornado(model)]
    return told

"""What an analysis comes to when rebates have come back. Computed at each reading; nothing here is ever stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from introduction.domain.budget import uncertainty
from introduction.domain.budget.curves import Array
from introduction.domain.budget.model import Outcome, by_year, run
from introduction.domain.budget.result import Range
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.uncertainty import Spread
from introduction.domain.secrecy import WHOLE

#: So many draws tell the ends of an 80 % interval well enough to read from a page.
DRAWS = 2_000
#: A very large model is drawn less often, so that the page comes within seconds.
_FEW_DRAWS, _PATIENCE = 400, 5.0
_CHUNK = 250


@dataclass(frozen=True)
class Rebate:
    """The share of a treatment's list price that comes back, in months counted since year 0, both included."""

    agreement: str
    treatment: str
    ppm: int  #: parts per million
    first: int
    last: int | None = None  #: none: as long as the model goes


@dataclass(frozen=True)
class Net:
    """What comes back and what is left, of the budget impact. All in whole öre, by year unless something else is said.

    A rebate on a treatment that is displaced is lost: it counts below zero.
    """

    gross: Mapping[str, tuple[int, ...]]  #: by treatment, as the model gives it now
    rebate: Mapping[str, tuple[int, ...]]  #: by treatment; those that have one
    by_agreement: Mapping[str, int]  #: all years together
    net_range: Range
    cumulative_range: Range  #: one figure: all years
    draws: int


def net_of(model: BudgetModel, rebates: Sequence[Rebate], *, draws: int, seed: int, level: float) -> Net:
    """Compute a model with rebates on its drug costs. The draws are those of ``uncertainty.simulate`` with the seed.

    At most DRAWS draws are used. A month that two rebates of a treatment cover has both.
    """
    most = DRAWS if uncertainty.effort(model, DRAWS) < _PATIENCE else _FEW_DRAWS
    draws = min(draws, most)
    shares = _shares(model, rebates)
    outcome = run(model)
    net = _drawn(model, shares, draws, seed)
    return Net(
        gross={one.id: _ore(_part(outcome, one.id)) for one in model.treatment},
        rebate={name: _ore(_back(outcome, {name: share})) for name, share in shares.items()},
        by_agreement={
            agreement: sum(_ore(_back(outcome, _shares(model, [r for r in rebates if r.agreement == agreement]))))
            for agreement in dict.fromkeys(rebate.agreement for rebate in rebates)
        },
        net_range=_range(net, level),
        cumulative_range=_range(net.sum(axis=0, keepdims=True), level),
        draws=draws,
    )


def _shares(model: BudgetModel, rebates: Sequence[Rebate]) -> dict[str, Array]:
    """The share that comes back of each treatment's drug costs, by month: shape ``(months, 1)``."""
    months = model.start + np.arange(model.months)
    found: dict[str, Array] = {}
    for rebate in rebates:
        if rebate.treatment not in {one.id for one in model.treatment}:
            continue
        last = months[-1] if rebate.last is None else rebate.last
        share = np.where((months >= rebate.first) & (months <= last), rebate.ppm / WHOLE, 0.0)[:, None]
        found[rebate.treatment] = found.get(rebate.treatment, np.zeros_like(share)) + share
    return found


def _part(outcome: Outcome, treatment: str) -> Array:
    """A treatment's impact before rebates, by month."""
    return outcome.impact(keep=lambda line: line.treatment == treatment)


def _back(outcome: Outcome, shares: Mapping[str, Array]) -> Array:
    """What comes back of the impact, by month: shape ``(months, draws)``."""
    total = np.zeros((outcome.model.months, 1))
    for name, share in shares.items():
        drug = outcome.impact(keep=lambda line, name=name: line.treatment == name and line.category == "drug")  # type: ignore[misc]
        total = total + drug * share
    return total


def _drawn(model: BudgetModel, shares: Mapping[str, Array], draws: int, seed: int) -> Array:
    """The net impact of each draw: shape ``(years, draws)``."""
    drawn = uncertainty.draws_of(model, draws, seed)
    parts = []
    for first in range(0, draws, _CHUNK):
        here = slice(first, min(first + _CHUNK, draws))
        outcome = run(model, uncertainty.drawing(drawn, here))
        net = by_year(outcome.impact() - _back(outcome, shares))
        parts.append(np.broadcast_to(net, (net.shape[0], here.stop - here.start)))
    return np.concatenate(parts, axis=1)


def _ore(monthly: Array) -> tuple[int, ...]:
    return tuple(round(float(value) * 100) for value in by_year(monthly)[:, 0])


def _range(values: Array, level: float) -> Range:
    spread = Spread.of(values, level)
    return Range(*(tuple(round(one * 100) for one in part) for part in (spread.low, spread.median, spread.high)))

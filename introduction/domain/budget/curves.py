"""Curves over time: uptake, persistence, growth and mixes. Arrays are ``(months, draws)``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, Persistence, Uptake

Array = NDArray[np.float64]
#: Gives an input's value: a number, or one for each draw.
Draw = Callable[[Input], "float | Array"]

DAYS_IN_MONTH = 365.25 / 12


def month_numbers(model: BudgetModel) -> Array:
    """The months of the model as a column: 0, 1, 2 …; shape ``(months, 1)``."""
    return np.arange(model.months, dtype=np.float64)[:, None]


def ends(model: BudgetModel) -> Array:
    """Months passed at the end of each step: of the month, or of the year when the model moves yearly."""
    month = month_numbers(model)
    return 12 * (month // 12 + 1) if model.steps == "yearly" else month + 1


def uptake(model: BudgetModel, given: Uptake, draw: Draw) -> Array:
    """The share that the new treatment has reached at the end of each step. Nought before it starts."""
    begins = (given.start if given.start is not None else model.start) - model.start + draw(given.delay)
    passed = ends(model) - begins
    long = 12.0 if model.steps == "yearly" else 1.0
    since = np.maximum(passed, 0.0)
    match given.curve:
        case "step":
            share = _value(given.to, draw) * np.minimum(since / long, 1.0)
        case "linear":
            share = _value(given.to, draw) * np.minimum(since / np.maximum(_value(given.months, draw), 1e-9), 1.0)
        case "logistic":
            power = -_value(given.slope, draw) * (since - _value(given.midpoint, draw))
            share = np.where(since > 0, _value(given.to, draw) / (1 + np.exp(np.clip(power, -700, 700))), 0.0)
        case "exponential":
            share = _value(given.to, draw) * (1 - (1 - _value(given.rate, draw)) ** since)
        case "table":
            share = _table(given, since, draw)
    return np.asarray(share + np.zeros_like(passed), dtype=np.float64)


def _table(given: Uptake, since: Array, draw: Draw) -> Array:
    """A share for each year since the start; after the last it stays."""
    shares = [np.atleast_1d(np.asarray(draw(one), dtype=np.float64)) for one in given.shares]
    draws = max(share.shape[0] for share in shares)
    points = np.stack([np.zeros(draws), *(np.broadcast_to(share, draws) for share in shares)])
    last = len(shares)
    if given.between == "hold":
        year = np.clip(np.ceil(since / 12 - 1e-9), 0, last).astype(np.intp)
        return _pick(points, year)
    at = np.clip(since / 12, 0, last)
    below = np.minimum(at.astype(np.intp), last - 1)
    return _pick(points, below) + (at - below) * (_pick(points, below + 1) - _pick(points, below))


def _pick(points: Array, index: NDArray[np.intp]) -> Array:
    """The point of each month's index, for each draw."""
    draws = max(points.shape[1], index.shape[1])
    return np.take_along_axis(
        np.broadcast_to(points, (points.shape[0], draws)), np.broadcast_to(index, (index.shape[0], draws)), axis=0
    )


def persistence(given: Persistence, months: int, draw: Draw) -> Array:
    """The share still on treatment as each month since the start begins; one more month than asked for."""
    month = np.arange(months + 1, dtype=np.float64)[:, None]
    match given.curve:
        case "exponential":
            left = np.asarray(_value(given.yearly, draw)) ** (month / 12)
        case "weibull":
            left = np.exp(-((month / _value(given.scale, draw)) ** _value(given.shape, draw)))
        case "table":
            shares = np.stack([np.atleast_1d(np.asarray(draw(one), dtype=np.float64)) for one in given.shares])
            left = shares[np.minimum(month[:, 0].astype(np.intp) // given.every, len(given.shares) - 1)]
        case _:
            left = np.ones_like(month)
    if given.stop_after is not None:
        left = np.where(month >= given.stop_after, 0.0, left)
    return np.asarray(left, dtype=np.float64)


def monthly_loss(given: Persistence, draw: Draw) -> float | Array | None:
    """What remains of the patients from one month to the next, where it is always the same share; else None."""
    if given.stop_after is not None or given.curve not in ("none", "exponential"):
        return None
    return 1.0 if given.yearly is None else np.asarray(draw(given.yearly)) ** (1 / 12)


def growth(model: BudgetModel, yearly: float | Array) -> Array:
    """How many times as large something is that grows by a yearly rate, from the model's first year on."""
    month = month_numbers(model)
    years = month // 12 if model.steps == "yearly" else month / 12
    return np.asarray((1 + np.asarray(yearly)) ** years, dtype=np.float64)


def towards(model: BudgetModel, first: float | Array, last: float | Array, months: float | Array) -> Array:
    """A figure that moves evenly from one value to another and stays there."""
    way = np.minimum(ends(model) / np.maximum(months, 1e-9), 1.0)
    return np.asarray(first + way * (np.asarray(last) - first), dtype=np.float64)


def _value(given: Input | None, draw: Draw) -> float | Array:
    assert given is not None, "the shape demands what a curve needs"
    return draw(given)

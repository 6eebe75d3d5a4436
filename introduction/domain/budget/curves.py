"""Curves over time: uptake, persistence, growth and mixes. Arrays are ``(months, draws)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import BudgetModel, ByYear, Persistence, Uptake

Array = NDArray[np.float64]
#: Gives an input's value: a number, or one for each draw.
Draw = Callable[[Input], "float | Array"]

DAYS_IN_MONTH = 365.25 / 12
_FAR = 300.0  #: beyond this an exponential is as good as nought or without end


def month_numbers(model: BudgetModel) -> Array:
    """The months of the model as a column: 0, 1, 2 …; shape ``(months, 1)``."""
    return np.arange(model.months, dtype=np.float64)[:, None]


def ends(model: BudgetModel) -> Array:
    """Months passed at the end of each step: of the month, or of the year when the model moves yearly."""
    month = month_numbers(model)
    return 12 * (month // 12 + 1) if model.steps == "yearly" else month + 1


def by_year(model: BudgetModel, given: ByYear, draw: Draw) -> float | Array:
    """A figure, one for each draw, or, where it is told year by year, one for each month; shape ``(months, draws)``."""
    if isinstance(given, Input):
        return draw(given)
    yearly = _rows(given, draw)
    return np.asarray(yearly[np.minimum(np.arange(model.months) // 12, len(given) - 1)], dtype=np.float64)


def _rows(given: Sequence[Input], draw: Draw) -> Array:
    """A row of draws for each figure."""
    return np.vstack(np.broadcast_arrays(*(np.atleast_1d(np.asarray(draw(one), dtype=np.float64)) for one in given)))


def powers(base: float | Array, count: int, first: float | Array = 1.0) -> Array:
    """``first`` times ``base`` to the power of 0, 1, 2 …; shape ``(count, draws)``.

    The rows that there are give as many more at a time.
    """
    base = np.atleast_1d(np.asarray(base, dtype=np.float64))
    found = np.empty((count, max(np.size(base), np.size(first))))
    found[0] = first
    done, factor = 1, base
    while done < count:
        more = min(done, count - done)
        np.multiply(found[:more], factor, out=found[done : done + more])
        done, factor = done + more, factor * factor
    return found


def begins(model: BudgetModel, given: Uptake, draw: Draw) -> float | Array:
    """The month of the model in which the uptake begins; 0 is the first."""
    return (given.start if given.start is not None else model.start) - model.start + draw(given.delay)


def running(each: Array) -> Array:
    """What has come up to and with each month. Row by row: numpy's own sum is many times slower in this direction."""
    found = np.empty_like(each)
    found[0] = each[0]
    for month in range(1, each.shape[0]):
        np.add(found[month - 1], each[month], out=found[month])
    return found


def uptake(model: BudgetModel, given: Uptake, draw: Draw, between: str = "hold") -> Array:
    """The share that the new treatment has reached at the end of each step. Nought before it starts.

    ``between`` is how a table goes from year to year where the uptake does not say it.
    """
    passed = ends(model) - begins(model, given, draw)
    long = 12.0 if model.steps == "yearly" else 1.0
    since = np.maximum(passed, 0.0)
    match given.curve:
        case "step":
            share = _value(given.to, draw) * np.minimum(since / long, 1.0)
        case "linear":
            share = _value(given.to, draw) * np.minimum(since / np.maximum(_value(given.months, draw), 1e-9), 1.0)
        case "logistic":
            odds = _odds_against(given, passed, draw)
            odds += 1
            share = _value(given.to, draw) / odds
            share = share if np.min(passed) > 0 else np.where(passed > 0, share, 0.0)
        case "exponential":
            share = _value(given.to, draw) * (1 - (1 - _value(given.rate, draw)) ** since)
        case "table":
            share = _table(given, since, draw, given.between or between)
    return np.asarray(share, dtype=np.float64)


def _odds_against(given: Uptake, passed: Array, draw: Draw) -> Array:
    """``exp(-slope * (passed - midpoint))``: by multiplication from month to month where that cannot overflow."""
    slope, midpoint = np.asarray(_value(given.slope, draw)), _value(given.midpoint, draw)
    first, last = (np.atleast_1d(-slope * (passed[at] - midpoint)) for at in (0, -1))
    step = passed[1, 0] - passed[0, 0]
    if step != 1 or max(np.max(np.abs(first)), np.max(np.abs(last))) > _FAR:
        return np.asarray(np.exp(np.clip(-slope * (passed - midpoint), -_FAR, _FAR)), dtype=np.float64)
    return powers(np.exp(-slope), passed.shape[0], np.exp(first))


def _table(given: Uptake, since: Array, draw: Draw, between: str) -> Array:
    """A share for each year since the start; after the last it stays."""
    shares = _rows(given.shares, draw)
    points, last = np.concatenate([np.zeros_like(shares[:1]), shares]), len(shares)
    if between == "hold":
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
    passed = np.arange(months + 1) // given.every
    match given.curve:
        case "exponential":
            left = powers(np.asarray(_value(given.yearly, draw)) ** (given.every / 12), passed[-1] + 1)[passed]
        case "weibull":
            at = passed[:, None] * given.every
            left = np.exp(-((at / _value(given.scale, draw)) ** _value(given.shape, draw)))
        case "table":
            left = _rows(given.shares, draw)[np.minimum(passed, len(given.shares) - 1)]
        case _:
            left = np.ones_like(month)
    if given.stop_after is not None:
        left = np.where(month >= given.stop_after, 0.0, left)
    return np.asarray(left, dtype=np.float64)


def steady_loss(given: Persistence) -> bool:
    """Whether the same share remains from one month to the next, however long since the start."""
    return given.stop_after is None and given.curve in ("none", "exponential") and given.every == 1


def monthly_loss(given: Persistence, draw: Draw) -> float | Array | None:
    """What remains of the patients from one month to the next, where it is always the same share; else None."""
    if not steady_loss(given):
        return None
    return 1.0 if given.yearly is None else np.asarray(draw(given.yearly)) ** (1 / 12)


def growth(model: BudgetModel, yearly: float | Array, first: Array) -> Array:
    """What grows by a yearly rate from the model's first year on; ``first`` is one for each draw, or by month."""
    rate, start = 1 + np.asarray(yearly, dtype=np.float64), first if first.ndim < 2 else 1.0
    if np.all(rate == 1):
        grown = np.full((model.months, np.size(start)), start)
    elif model.steps == "yearly":
        grown = np.repeat(powers(rate, model.years, start), 12, axis=0)
    else:
        grown = powers(rate ** (1 / 12), model.months, start)
    return grown if first.ndim < 2 else grown * first


def towards(model: BudgetModel, first: float | Array, last: float | Array, months: float | Array) -> Array:
    """A figure that moves evenly from one value to another and stays there."""
    way = np.minimum(ends(model) / np.maximum(months, 1e-9), 1.0)
    return np.asarray(first + way * (np.asarray(last) - first), dtype=np.float64)


def _value(given: Input | None, draw: Draw) -> float | Array:
    assert given is not None, "the shape demands what a curve needs"
    return draw(given)

"""Those who start a treatment, followed month by month. Arrays are ``(months, draws)``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from introduction.domain.budget import curves
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.spec import BudgetModel, Treatment

_ENTRIES = {"yearly": 12, "quarterly": 3}
#: The share of a month that a patient of it comes after its beginning, on average.
_LATER_IN_MONTH = {"weekly": 0.5 - 0.5 * 12 * 7 / 365.25, "evenly": 0.5}


@dataclass(frozen=True)
class Course:
    """A treatment of a group in a world, month by month: shape ``(months, draws)``."""

    on: Array  #: patients on treatment
    starts: Array  #: patients who start
    cohort: bool  #: whether those on treatment came by the starts; else they are simply there


def entering(model: BudgetModel, monthly: Array) -> Array:
    """Those who come during a quarter or a year, moved to when they enter.

    That is its first month, or the first in which anybody comes: nobody starts a treatment before it is there.
    """
    every = _ENTRIES.get(model.entry)
    return monthly if every is None else gathered(monthly, every)


def gathered(monthly: Array, every: int) -> Array:
    """All who come in as many months, in the first of them in which anybody comes."""
    parts = monthly.reshape(-1, every, monthly.shape[1])
    first = (parts > 0).argmax(axis=1, keepdims=True)
    moved = np.zeros_like(parts)
    np.put_along_axis(moved, first, parts.sum(axis=1, keepdims=True), axis=1)
    return moved.reshape(monthly.shape)


def course(model: BudgetModel, treatment: Treatment, starts: Array, draw: Draw) -> Course:
    """Those who start, and those of them who are on treatment in each month."""
    return Course(_later(model, _staying(model, treatment, starts, draw)), starts, cohort=True)


def stops(model: BudgetModel, treatment: Treatment, starts: Array, draw: Draw) -> Array:
    """How many of those who have started stop as each month begins."""
    on = _staying(model, treatment, starts, draw)
    return np.maximum(starts - np.diff(on, axis=0, prepend=0.0), 0.0)


def _staying(model: BudgetModel, treatment: Treatment, starts: Array, draw: Draw) -> Array:
    """Those on treatment, when all who start in a month do so as it begins."""
    monthly = curves.monthly_loss(treatment.persistence, draw)
    if monthly is None:
        left = curves.persistence(treatment.persistence, model.months, draw)
        return summed(starts, left[:-1])
    on = np.empty(np.broadcast_shapes(starts.shape, (model.months, np.size(monthly))))
    on[0] = starts[0]
    for month in range(1, model.months):
        np.multiply(on[month - 1], monthly, out=on[month])
        on[month] += starts[month]
    return on


def followed(model: BudgetModel, starts: Array, each: Array) -> Array:
    """What everybody who has started comes to, when one patient comes to ``each`` by month since the start.

    With weekly or even entry those of a month come on average later in it, so that a part falls in the month after.
    """
    return _later(model, summed(starts, each))


def summed(starts: Array, each: Array) -> Array:
    """The same, when all who come in a month start as it begins."""
    total = np.zeros(np.broadcast_shapes(starts.shape, (starts.shape[0], each.shape[1])))
    part = np.empty_like(total)
    for month in range(min(starts.shape[0], each.shape[0])):
        if each[month].any():
            rest = starts.shape[0] - month
            np.multiply(starts[:rest], each[month], out=part[:rest])
            total[month:] += part[:rest]
    return total


def later(model: BudgetModel) -> float:
    """The share of what comes in a month that falls in the month after, by when in the month patients start."""
    return _LATER_IN_MONTH.get(model.entry, 0.0)


def _later(model: BudgetModel, total: Array) -> Array:
    part = later(model)
    if not part:
        return total
    moved = np.concatenate([np.zeros_like(total[:1]), total[:-1]])
    return np.asarray((1 - part) * total + part * moved)

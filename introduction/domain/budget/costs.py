"""How often a cost arises, and what it is. Arrays are ``(months, draws)``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget import cohorts, curves, dosing
from introduction.domain.budget.cohorts import Course
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.spec import BudgetModel, Cost, Dosing, Treatment

FUND = "introduction_fund"
#: The purses that the fund can relieve for a time.
RELIEVED = ("clinic", "prescription_benefit")
#: So many patients, or fewer, are nobody.
NOBODY = 1e-9


def borne_by_fund(model: BudgetModel, category: str, purse: str) -> NDArray[np.bool_]:
    """In which months the introduction fund bears a cost that another purse would have paid."""
    months = model.start + np.arange(model.months)
    financed = model.financed
    if financed is None or category not in financed.pays or purse not in RELIEVED:
        return np.zeros(model.months, dtype=np.bool_)
    return (months >= financed.first) & (months <= financed.last)


def quantity(model: BudgetModel, course: Course, treatment: Treatment, cost: Cost, draw: Draw) -> Array:
    """How often a cost arises in each month. Not of a ``fixed_year``, which is shared by groups."""
    if cost.per == "start":
        return course.starts
    if course.cohort:
        if cost.per in ("month", "year") and not windowed(cost):
            return course.on * _each_month(treatment, cost, draw)
        if cost.per in ("dose", "mg") and treatment.dosing is not None and not windowed(cost):
            return _given(model, course, treatment, treatment.dosing, draw) * (
                _mg(treatment, draw) if cost.per == "mg" else 1.0
            )
        return cohorts.followed(model, course.starts, since_start(model, treatment, cost, draw))
    found = course.on * long_run(treatment, cost, draw)
    extra = at_first(model, treatment, cost, draw)
    if extra is None or not course.starts.any():
        return found
    return np.asarray(found + cohorts.summed(course.starts, extra), dtype=np.float64)


def someone(on: Array) -> Array:
    """A twelfth of a year's cost that is the same however many have the treatment; nought when nobody has."""
    return np.asarray((on > NOBODY) / 12, dtype=np.float64)


def _given(model: BudgetModel, course: Course, treatment: Treatment, given: Dosing, draw: Draw) -> Array:
    """How many times a treatment is given to a cohort: as often as is usual, and what differs after the start."""
    each = dosing.doses(given, model.months, draw)
    usual = float(np.median(each[:, 0]))
    left = curves.persistence(treatment.persistence, model.months, draw)[:-1]
    found = course.on * usual
    found += cohorts.followed(model, course.starts, left * (each - usual))
    return found


def windowed(cost: Cost) -> bool:
    """Whether a cost arises in some months since the start of the treatment only."""
    return cost.first_month > 0 or cost.last_month is not None


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


def _mg(treatment: Treatment, draw: Draw) -> float | Array:
    dose = treatment.dosing.dose if treatment.dosing is not None else None
    return dosing.amount_used(dose, draw) if dose is not None else 1.0


def since_start(model: BudgetModel, treatment: Treatment, cost: Cost, draw: Draw) -> Array:
    """How often a cost arises for one of a cohort, by month since the start: shape ``(months, draws)``."""
    left = curves.persistence(treatment.persistence, model.months, draw)
    if cost.per == "stop":
        each: Array = -np.diff(left, axis=0)
    elif cost.per in ("dose", "mg") and treatment.dosing is not None:
        each = left[:-1] * dosing.doses(treatment.dosing, model.months, draw)
        each = each * _mg(treatment, draw) if cost.per == "mg" else each
    else:
        each = left[:-1] * _each_month(treatment, cost, draw)
    return _in_window(model, cost, each)


def _in_window(model: BudgetModel, cost: Cost, each: Array) -> Array:
    if not windowed(cost):
        return each
    month = np.arange(model.months)[:, None]
    last = cost.last_month if cost.last_month is not None else model.months
    return np.where((month >= cost.first_month) & (month <= last), each, 0.0)


def long_run(treatment: Treatment, cost: Cost, draw: Draw) -> float | Array:
    """How often a cost arises in a month for one who has had the treatment since long before the model begins."""
    return 0.0 if cost.last_month is not None else _each_month(treatment, cost, draw)


def at_first(model: BudgetModel, treatment: Treatment, cost: Cost, draw: Draw) -> Array | None:
    """How much more often a cost arises for a newcomer, by month since the start, than in the long run.

    None where it never differs: neither loading nor the month since the start matters.
    """
    loading = cost.per in ("dose", "mg") and treatment.dosing is not None and bool(treatment.dosing.loading)
    if cost.per == "stop" or not (loading or windowed(cost)):
        return None
    each = np.ones((model.months, 1)) * _each_month(treatment, cost, draw)
    if loading and treatment.dosing is not None:
        each = dosing.loaded(treatment.dosing, model.months, draw)
        each = each * _mg(treatment, draw) if cost.per == "mg" else each
    return np.asarray(_in_window(model, cost, each) - long_run(treatment, cost, draw), dtype=np.float64)


def used(model: BudgetModel, course: Course, treatment: Treatment, cost: Cost, draw: Draw) -> Array:
    """How much of a medicine a cost is for: starts, times it is given or mg; else patient-months."""
    if cost.per == "start":
        return course.starts
    if cost.per not in ("dose", "mg"):
        return course.on
    return quantity(model, course, treatment, cost.model_copy(update={"first_month": 0, "last_month": None}), draw)


def amounts(model: BudgetModel, cost: Cost, draw: Draw) -> Array:
    """What a cost is in each month, discounted if the model wants that; nought outside its time.

    One row stands for all months.
    """
    amount = np.asarray(curves.by_year(model, cost.amount, draw), dtype=np.float64)
    amount = amount if amount.ndim == 2 else np.atleast_1d(amount)[None, :]
    if cost.valid_from is not None or cost.valid_to is not None:
        month = model.start + np.arange(model.months)[:, None]
        first = cost.valid_from if cost.valid_from is not None else model.start
        last = cost.valid_to if cost.valid_to is not None else model.start + model.months
        amount = np.where((month >= first) & (month <= last), amount, 0.0)
    rate: Any = draw(model.discount)
    if np.any(rate):
        amount = amount * (1 + np.asarray(rate)) ** -(curves.month_numbers(model) // 12)
    return np.asarray(amount, dtype=np.float64)

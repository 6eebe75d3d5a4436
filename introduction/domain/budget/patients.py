"""How many patients: through the funnel, and on which treatment, in the world without and with the new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from introduction.domain.budget import curves
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.spec import BudgetModel, Group, Treatment

WORLDS = ("without", "with")
_ENTRIES = {"yearly": 12, "quarterly": 3}
#: With weekly entry a patient of a month comes on average this share of the month after its beginning.
_LATER_IN_MONTH = 0.5 - 0.5 * 12 * 7 / 365.25


@dataclass(frozen=True)
class Course:
    """A treatment of a group in a world, month by month: shape ``(months, draws)``."""

    on: Array  #: patients on treatment
    starts: Array  #: patients who start
    cohort: bool  #: whether those on treatment came by the starts; else they are simply there


Courses = dict[tuple[str, str, str], Course]  #: by world, group and treatment


def eligible(model: BudgetModel, group: Group, draw: Draw) -> Array:
    """The group's patients who could be treated: present, new in a year, or in the pool; shape ``(months, draws)``."""
    number = np.asarray(draw(group.population), dtype=np.float64)
    for step in group.funnel:
        number = number * draw(step.share)
    change = (1 + np.asarray(draw(group.growth))) * (1 - np.asarray(draw(group.mortality))) - 1
    return _whole(model, np.asarray(number * curves.growth(model, change), dtype=np.float64))


@dataclass(frozen=True)
class _Setting:
    """A group with what its courses are worked out from."""

    model: BudgetModel
    group: Group
    treatments: Mapping[str, Treatment]
    draw: Draw
    number: Array
    mix: dict[str, Array]
    reached: Array


def courses(model: BudgetModel, group: Group, treatments: Mapping[str, Treatment], draw: Draw) -> Courses:
    """Every treatment of a group in both worlds."""
    number = eligible(model, group, draw)
    reached = curves.uptake(model, group.uptake, draw) if group.uptake is not None else np.zeros_like(number)
    setting = _Setting(model, group, treatments, draw, number, _mix(model, group, draw), reached)
    return {"present": _present, "new": _new, "pool": _pool}[group.kind](setting)


def _mix(model: BudgetModel, group: Group, draw: Draw) -> dict[str, Array]:
    """What the group's patients have without the new treatment, as shares of them all."""
    names = dict.fromkeys([*group.mix, *group.mix_to])
    months = draw(group.mix_months)
    found = {}
    for name in names:
        first = draw(group.mix[name]) if name in group.mix else 0.0
        last = draw(group.mix_to[name]) if name in group.mix_to else (first if not group.mix_to else 0.0)
        found[name] = curves.towards(model, first, last, months)
    return found


def taken_from(group: Group, mix: dict[str, Array], draw: Draw) -> dict[str, float | Array]:
    """The share of each treatment among what the new one displaces; the rest had no treatment."""
    if group.takes_from:
        return {name: draw(share) for name, share in group.takes_from.items()}
    others = 1 - mix[group.new] if group.new in mix else 1.0
    return {name: share / others for name, share in mix.items() if name != group.new}


def _with_new(group: Group, mix: dict[str, Array], taken: Array, draw: Draw) -> dict[str, Array]:
    """The shares in the world with the new treatment, which takes ``taken`` of all patients."""
    shares = {
        name: np.maximum(mix[name] - part * taken, 0.0)
        for name, part in taken_from(group, mix, draw).items()
        if name in mix
    }
    if group.new is not None:
        shares[group.new] = mix.get(group.new, np.zeros_like(taken)) + taken
    return {**mix, **shares}


def _whole(model: BudgetModel, number: Array) -> Array:
    return np.rint(number) if model.whole_patients else number


def _present(given: _Setting) -> Courses:
    group, found = given.group, Courses()
    for world, shares in (("without", given.mix), ("with", _with_new(group, given.mix, given.reached, given.draw))):
        for name, share in shares.items():
            on = _whole(given.model, given.number * share)
            before = on[:1] if name in given.mix else np.zeros_like(on[:1])
            starts = np.maximum(np.diff(on, axis=0, prepend=before), 0.0)
            found[world, group.id, name] = Course(on, starts, cohort=False)
    return found


def _new(given: _Setting) -> Courses:
    """New patients come through the year; each starts one treatment and keeps it as its persistence says."""
    model, group, draw = given.model, given.group, given.draw
    coming = given.number / 12
    capped = _capped(model, group, coming * given.reached, draw)
    taken = np.where(coming > 0, capped / np.maximum(coming, 1e-300), 0.0)
    found = Courses()
    for world, shares in (("without", given.mix), ("with", _with_new(group, given.mix, taken, draw))):
        for name, share in shares.items():
            starts = _whole_years(model, _entering(model, coming * share))
            found[world, group.id, name] = _cohort(model, given.treatments[name], starts, draw)
    return found


def _pool(given: _Setting) -> Courses:
    """Patients who wait start the new treatment as the uptake reaches them; before and after it they have the mix."""
    model, group, draw, found = given.model, given.group, given.draw, Courses()
    wished = np.maximum(np.diff(given.number * given.reached, axis=0, prepend=0.0), 0.0)
    starts = _whole_years(model, _capped(model, group, _entering(model, wished), draw, carry=True))
    course = None
    if group.new is not None:
        course = found["with", group.id, group.new] = _cohort(model, given.treatments[group.new], starts, draw)
    for name, share in given.mix.items():
        on = given.number * share
        found["without", group.id, name] = Course(_whole(model, on), np.zeros_like(on), cohort=False)
        if course is not None and name != group.new:
            on = np.maximum(on - taken_from(group, given.mix, draw).get(name, 0.0) * course.on, 0.0)
        if name != group.new:
            found["with", group.id, name] = Course(_whole(model, on), np.zeros_like(on), cohort=False)
    return found


def _entering(model: BudgetModel, monthly: Array) -> Array:
    """Those who come during a year, half-year … moved to when they enter."""
    every = _ENTRIES.get(model.entry)
    if every is None:
        return monthly
    parts = monthly.reshape(-1, every, monthly.shape[1])
    moved = np.zeros_like(parts)
    moved[:, 0] = parts.sum(axis=1)
    return moved.reshape(monthly.shape)


def _capped(model: BudgetModel, group: Group, starts: Array, draw: Draw, *, carry: bool = False) -> Array:
    """No more starts in a year than there is capacity for; with ``carry`` the rest wait for the next year.

    In a year that is too small every month gives way by the same share.
    """
    if not group.capacity:
        return starts
    years = starts.reshape(-1, 12, starts.shape[1])
    capped, waiting = np.zeros_like(years), np.zeros(starts.shape[1])
    for year in range(years.shape[0]):
        room = np.asarray(draw(group.capacity[min(year, len(group.capacity) - 1)]))
        wished = years[year] + waiting / 12
        total = wished.sum(axis=0)
        capped[year] = wished * np.minimum(1.0, room / np.maximum(total, 1e-300))
        waiting = total - capped[year].sum(axis=0) if carry else waiting
    return capped.reshape(starts.shape)


def _whole_years(model: BudgetModel, starts: Array) -> Array:
    """With whole patients, each year's starts are a whole number, spread as they were."""
    if not model.whole_patients:
        return starts
    years = starts.reshape(-1, 12, starts.shape[1])
    total = years.sum(axis=1, keepdims=True)
    factor = np.where(total > 0, np.rint(total) / np.maximum(total, 1e-300), 0.0)
    return np.asarray(years * factor).reshape(starts.shape)


def _cohort(model: BudgetModel, treatment: Treatment, starts: Array, draw: Draw) -> Course:
    """Those who start, and those of them who are on treatment in each month."""
    monthly = curves.monthly_loss(treatment.persistence, draw)
    if monthly is None:
        left = curves.persistence(treatment.persistence, model.months, draw)
        return Course(followed(model, starts, left[:-1]), starts, cohort=True)
    on = np.empty(np.broadcast_shapes(starts.shape, (model.months, np.size(monthly))))
    on[0] = starts[0]
    for month in range(1, model.months):
        np.multiply(on[month - 1], monthly, out=on[month])
        on[month] += starts[month]
    return Course(_later(model, on), starts, cohort=True)


def followed(model: BudgetModel, starts: Array, each: Array) -> Array:
    """What everybody who has started comes to, when one patient comes to ``each`` by month since the start.

    With weekly entry those of a month come on average later in it, so that a part falls in the month after.
    """
    total = np.zeros(np.broadcast_shapes(starts.shape, (starts.shape[0], each.shape[1])))
    for month in range(min(starts.shape[0], each.shape[0])):
        if each[month].any():
            total[month:] += starts[: starts.shape[0] - month] * each[month]
    return _later(model, total)


def _later(model: BudgetModel, total: Array) -> Array:
    if model.entry != "weekly":
        return total
    moved = np.concatenate([np.zeros_like(total[:1]), total[:-1]])
    return np.asarray((1 - _LATER_IN_MONTH) * total + _LATER_IN_MONTH * moved)

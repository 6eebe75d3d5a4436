"""How many patients: through the funnel, and on which treatment, in the world without and with the new one.

Arrays are ``(months, draws)``; what is the same in all months or draws may have a length of one there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from introduction.domain.budget import cohorts, curves
from introduction.domain.budget.cohorts import Course
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.flows import WORLDS, Flow, rises
from introduction.domain.budget.spec import BudgetModel, Group, Treatment

_A_HAIR = 1e-9

Courses = dict[tuple[str, str, str], Course]  #: by world, group and treatment


@dataclass(frozen=True)
class _Setting:
    """A group with what its patients are worked out from."""

    model: BudgetModel
    group: Group
    treatments: Mapping[str, Treatment]
    draw: Draw
    number: Array
    mix: dict[str, float | Array]


def eligible(model: BudgetModel, group: Group, draw: Draw) -> Array:
    """The group's patients who could be treated: present, new in a year, or in the pool; shape ``(months, draws)``."""
    number = np.asarray(np.maximum(curves.by_year(model, group.population, draw), 0.0))
    for step in group.funnel:
        number = number * curves.by_year(model, step.share, draw)
    change = (1 + np.asarray(draw(group.growth))) * (1 - np.asarray(draw(group.mortality))) - 1
    return _whole(model, curves.growth(model, change, number))


def courses(model: BudgetModel, group: Group, treatments: Mapping[str, Treatment], draw: Draw) -> Courses:
    """Every treatment of a group in both worlds."""
    found = Courses()
    each = flows(model, group, treatments, draw)
    for world in WORLDS:
        for flow in each:
            figures = flow.without if world == "without" else flow.with_new
            if figures is None:
                continue
            if figures.shape[1] == 1:  # in a report; what only the last binary digits leave is nobody
                figures = np.where(np.abs(figures) < _A_HAIR, 0.0, figures)
            if flow.figures == "cohort":
                course = cohorts.course(model, treatments[flow.treatment], figures, draw)
            else:
                newcomers = flow.newcomers()[WORLDS.index(world)] if flow.figures == "present" else None
                starts = np.zeros_like(figures) if newcomers is None else newcomers
                course = Course(figures, starts, cohort=False)
            found[world, group.id, flow.treatment] = course
    return found


def flows(model: BudgetModel, group: Group, treatments: Mapping[str, Treatment], draw: Draw) -> list[Flow]:
    """What happens to every treatment of a group."""
    given = _Setting(model, group, treatments, draw, eligible(model, group, draw), _mix(model, group, draw))
    return {"present": _present, "new": _new, "pool": _pool}[group.kind](given)


def _mix(model: BudgetModel, group: Group, draw: Draw) -> dict[str, float | Array]:
    """What the group's patients have without the new treatment, as shares of them all."""
    found: dict[str, float | Array] = {name: curves.by_year(model, share, draw) for name, share in group.mix.items()}
    if group.mix_to:
        months = draw(group.mix_months)
        for name in dict.fromkeys([*group.mix, *group.mix_to]):
            last = draw(group.mix_to[name]) if name in group.mix_to else 0.0
            found[name] = curves.towards(model, found.get(name, 0.0), last, months)
    return found


def taken_from(
    model: BudgetModel, group: Group, mix: Mapping[str, float | Array], draw: Draw
) -> dict[str, float | Array]:
    """The share of each treatment among what the new one displaces; the rest had no treatment."""
    if group.takes_from:
        return {
            name: curves.by_year(model, share, draw) for name, share in group.takes_from.items() if name != group.new
        }
    others = 1 - mix[group.new] if group.new is not None and group.new in mix else 1.0
    return {name: share / others for name, share in mix.items() if name != group.new}


# ------------------------------------------------------------------------------------- kinds of group


def _present(given: _Setting) -> list[Flow]:
    """So many are there at any time; the new treatment reaches a share of them, as far as there is capacity."""
    taken = _reached(given, given.number)
    if taken is not None and given.group.capacity:
        starts = _capped(given.group, rises(taken, 0.0), given.draw, carry=True)
        starts = cohorts.gathered(starts, 12) if given.model.steps == "yearly" else starts
        taken = np.minimum(taken, curves.running(starts))
    settle = partial(_whole, given.model) if given.model.whole_patients else None
    return list(_mixed(given, given.number, taken, "present", settle))


def _new(given: _Setting) -> list[Flow]:
    """New patients come through the year; each starts one treatment and keeps it as its persistence says."""
    model, group = given.model, given.group
    coming = given.number / 12
    taken = _reached(given, coming)
    if taken is not None:
        taken = _capped(group, taken, given.draw)
    settle = None if model.entry in ("monthly", "weekly", "evenly") and not model.whole_patients else _entered(model)
    found = list(_mixed(given, coming, taken, "cohort", settle))
    return _with_returns(given, found) if group.returns else found


def _pool(given: _Setting) -> list[Flow]:
    """Patients who wait start the new treatment as the uptake reaches them; until then they have the mix."""
    model, group, draw = given.model, given.group, given.draw
    settle = partial(_whole, model) if model.whole_patients else None
    if group.new is None or group.uptake is None:
        return list(_mixed(given, given.number, None, "waiting", settle))
    # Of those who are there in a month as large a part starts as the uptake rises: who has started waits no more.
    rising = rises(curves.uptake(model, group.uptake, draw, "line"), 0.0)
    wished = _through_year(given, np.asarray(given.number * rising, dtype=np.float64))
    starts = _whole_years(model, cohorts.entering(model, _capped(group, wished, draw, carry=True)))
    if group.returns:
        away = cohorts.course(model, given.treatments[group.new], starts, draw).on
    else:
        away = cohorts.followed(model, starts, np.ones((model.months, 1)))
    others = _mixed(given, given.number, away, "waiting", settle)
    return [Flow(group.new, "cohort", None, starts), *(flow for flow in others if flow.treatment != group.new)]


def _through_year(given: _Setting, wished: Array) -> Array:
    """Where the uptake moves once a year, those whom it reaches in a year come in all its months, once it has begun."""
    model, uptake = given.model, given.group.uptake
    if model.steps != "yearly" or uptake is None:
        return wished
    begun = (curves.month_numbers(model) + 1 > curves.begins(model, uptake, given.draw)).reshape(model.years, 12, -1)
    years = wished.reshape(model.years, 12, -1).sum(axis=1, keepdims=True)
    return np.asarray(years * begun / np.maximum(begun.sum(axis=1, keepdims=True), 1)).reshape(model.months, -1)


def _reached(given: _Setting, whole: Array) -> Array | None:
    """How many of the patients the uptake reaches; None where nothing new comes."""
    if given.group.uptake is None or given.group.new is None:
        return None
    return np.asarray(whole * curves.uptake(given.model, given.group.uptake, given.draw, "hold"), dtype=np.float64)


def _mixed(
    given: _Setting,
    whole: Array,
    taken: Array | None,
    figures: Literal["cohort", "present", "waiting"],
    settle: Callable[[Array], Array] | None,
) -> Iterator[Flow]:
    """The treatments of ``whole`` patients, of whom the new one takes ``taken``."""
    changes = _changes(given, whole, taken)
    for name in dict.fromkeys([*given.mix, *changes]):
        share = given.mix.get(name)
        base = None if share is None else partial(np.multiply, whole, share)
        if base is not None or name in changes:
            yield Flow(name, figures, base, changes.get(name), settle)


def _changes(given: _Setting, whole: Array, taken: Array | None) -> dict[str, Array]:
    """By treatment, how many more have it in the world with the new one; fewer of what it displaces."""
    group, mix = given.group, given.mix
    if group.mix_with:
        shares = {name: curves.by_year(given.model, share, given.draw) for name, share in group.mix_with.items()}
        names = dict.fromkeys([*mix, *shares])
        return {name: np.asarray(whole * (shares.get(name, 0.0) - mix.get(name, 0.0))) for name in names}
    if taken is None or group.new is None:
        return {}
    found, most = {}, taken.max(axis=0) / np.maximum(whole.min(axis=0), _A_HAIR)
    for name, part in taken_from(given.model, group, mix, given.draw).items():
        if name in mix:
            found[name] = _displaced(taken, part, whole, mix[name], most)
    return {**found, group.new: taken}


def _displaced(taken: Array, part: float | Array, whole: Array, share: float | Array, most: Array) -> Array:
    """Those of a treatment that the new one takes, below zero; never more than there are.

    ``most`` is the greatest share that it takes in any month: where that is not too much, no month need be looked at.
    """
    lost = np.asarray(taken * np.negative(part), dtype=np.float64)
    if np.all(most * part <= share):
        return lost
    return np.maximum(lost, whole * np.negative(share))


def _with_returns(given: _Setting, found: list[Flow]) -> list[Flow]:
    """Those who stop the new treatment start what it displaced."""
    new = next((flow for flow in found if flow.treatment == given.group.new), None)
    starts = new.difference() if new is not None else None
    if new is None or starts is None:
        return found
    stopped = cohorts.stops(given.model, given.treatments[new.treatment], starts, given.draw)
    parts = taken_from(given.model, given.group, given.mix, given.draw)
    return [
        replace(flow, returning=stopped * parts[flow.treatment]) if flow.treatment in parts else flow for flow in found
    ]


# ------------------------------------------------------------------------------------- whole patients, capacity


def _whole(model: BudgetModel, number: Array) -> Array:
    """In whole patients, if the model wants that. What is a hair from a whole or a half counts as that."""
    match model.whole_patients:
        case False:
            return number
        case "floor":
            return np.floor(number + _A_HAIR)
        case "ceil":
            return np.ceil(number - _A_HAIR)
        case "nearest":
            return np.floor(number + 0.5 + _A_HAIR)
    return np.rint(np.round(number, 9))


def _entered(model: BudgetModel) -> Callable[[Array], Array]:
    return lambda starts: _whole_years(model, cohorts.entering(model, starts))


def _whole_years(model: BudgetModel, starts: Array) -> Array:
    """With whole patients, each year's starts are a whole number, spread as they were."""
    if not model.whole_patients:
        return starts
    years = starts.reshape(-1, 12, starts.shape[1])
    total = years.sum(axis=1, keepdims=True)
    factor = np.where(total > 0, _whole(model, total) / np.maximum(total, 1e-300), 0.0)
    return np.asarray(years * factor).reshape(starts.shape)


def _capped(group: Group, starts: Array, draw: Draw, *, carry: bool = False) -> Array:
    """No more starts in a year than there is capacity for; with ``carry`` the rest wait for the next year.

    In a year that is too small every month gives way by the same share.
    """
    if not group.capacity:
        return starts
    years = starts.reshape(-1, 12, starts.shape[1])
    room = [np.asarray(draw(one)) for one in group.capacity]
    draws = max(years.shape[-1], *(np.size(one) for one in room))
    capped, waiting = np.zeros((*years.shape[:2], draws)), np.zeros(draws)
    for year in range(years.shape[0]):
        wished = years[year] + waiting / 12
        total = wished.sum(axis=0)
        capped[year] = wished * np.minimum(1.0, room[min(year, len(room) - 1)] / np.maximum(total, 1e-300))
        waiting = total - capped[year].sum(axis=0) if carry else waiting
    return capped.reshape(starts.shape[0], -1)

"""What a simulation keeps of each draw: sums, worked out without every line.

The model is linear in how many start a treatment and in how many have it. So the groups' patients are added up for each
treatment before they are followed through it; only what the new treatment changes is followed, not both worlds; and
what costs the same through a part of the year needs only that part's sum. Every figure is that of ``model.run``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from introduction.domain.budget import cohorts, costs, counts, curves
from introduction.domain.budget.cohorts import Course
from introduction.domain.budget.counts import Count, Tally
from introduction.domain.budget.curves import Array, Draw
from introduction.domain.budget.spec import BudgetModel, Cost, Treatment


@dataclass(frozen=True)
class Sums:
    """Sums of the draws: of shape ``(years, draws)``, and where the name says so ``(months, draws)``."""

    impact: Array
    impact_net: Array
    new: Array  #: the part of the impact that is the new treatments' cost
    by_purse: dict[str, Array]  #: the impact on each
    by_category: dict[str, Array]  #: the impact of each kind of cost
    monthly_cost: Array  #: drug cost of the new treatments, in the world with them
    monthly_patients: Array  #: on the new treatments


def joined(parts: Sequence[Sums], sizes: Sequence[int]) -> Sums:
    """The sums of all pieces of the draws, of ``sizes`` draws each."""

    def join(arrays: Sequence[Array]) -> Array:
        wide = [np.broadcast_to(array, (array.shape[0], size)) for array, size in zip(arrays, sizes, strict=True)]
        return np.concatenate(wide, axis=1)

    def join_all(named: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
        return {name: join([part[name] for part in named]) for name in named[0]}

    divided = {"by_purse", "by_category"}
    whole = {
        one.name: join([getattr(part, one.name) for part in parts]) for one in fields(Sums) if one.name not in divided
    }
    return Sums(
        **whole,
        by_purse=join_all([part.by_purse for part in parts]),
        by_category=join_all([part.by_category for part in parts]),
    )


def of_draws(model: BudgetModel, draw: Draw) -> Sums:
    """The sums of some draws. Where no input varies there is one draw, which stands for all."""
    counted = counts.count(model, draw)
    work = _Work(model, draw, _periods(model))
    for treatment in model.treatment:
        work.add(treatment, counted[treatment.id])
        if treatment.id in work.introduced:
            work.add_monthly(treatment, counted[treatment.id])
    return work.sums()


def impact_of_draws(model: BudgetModel, draw: Draw) -> Array:
    """Only the impact of ``of_draws``, shape ``(years, draws)``: nothing is worked out month by month."""
    counted = counts.count(model, draw)
    work = _Work(model, draw, _periods(model))
    for treatment in model.treatment:
        work.add(treatment, counted[treatment.id])
    return work.impact


# ------------------------------------------------------------------------------------- costs


def _periods(model: BudgetModel) -> list[int]:
    """The months at which a year begins or a price or payer changes, and the end: in between nothing changes."""
    changes = set(range(0, model.months + 1, 12))
    for treatment in model.treatment:
        for cost in treatment.cost:
            changes.add((cost.valid_from or model.start) - model.start)
            changes.add((cost.valid_to + 1 if cost.valid_to is not None else model.start) - model.start)
    if model.financed is not None:
        changes |= {model.financed.first - model.start, model.financed.last + 1 - model.start}
    return sorted(month for month in changes if 0 <= month <= model.months)


class _Work:
    """The sums, as they grow treatment by treatment."""

    def __init__(self, model: BudgetModel, draw: Draw, bounds: list[int]) -> None:
        self.model, self.draw, self.bounds, self.introduced = model, draw, bounds, model.introduced
        years = np.zeros((model.years, 1))
        self.impact, self.rebates, self.new = years, years, years
        self.by_purse: dict[str, Array] = {}
        self.by_category: dict[str, Array] = {}
        self.monthly_cost = self.monthly_patients = np.zeros((model.months, 1))

    def sums(self) -> Sums:
        """What it has come to."""
        return Sums(
            impact=self.impact,
            impact_net=self.impact - self.rebates,
            new=self.new,
            by_purse=self.by_purse,
            by_category=self.by_category,
            monthly_cost=self.monthly_cost,
            monthly_patients=self.monthly_patients,
        )

    def add(self, treatment: Treatment, its: Count) -> None:
        """Add what a treatment's costs come to."""
        found: dict[tuple[object, ...], Array] = {}
        for cost in treatment.cost:
            kind = (cost.per, cost.first_month, cost.last_month, cost.world)
            if kind not in found:
                found[kind] = self._change(treatment, its, cost)
            self._pay(treatment, cost, found[kind])

    def _pay(self, treatment: Treatment, cost: Cost, often: Array) -> None:
        starts = self.bounds[:-1]
        amount = costs.amounts(self.model, cost, self.draw)
        paid = often * (amount if amount.shape[0] == 1 else amount[starts])
        gross = self._yearly(paid)
        self.impact = self.impact + gross
        rebate = self.draw(cost.rebate)
        if np.any(rebate):
            self.rebates = self.rebates + gross * rebate
        if treatment.id in self.introduced:
            self.new = self.new + gross
        borne = costs.borne_by_fund(self.model, cost.category, cost.purse)[starts, None]
        parts = (
            {cost.purse: self._yearly(np.where(borne, 0.0, paid)), costs.FUND: self._yearly(np.where(borne, paid, 0.0))}
            if borne.any()
            else {cost.purse: gross}
        )
        for purse, part in parts.items():
            _add(self.by_purse, purse, part)
        _add(self.by_category, cost.category, gross)

    def _yearly(self, by_period: Array) -> Array:
        first = [at for at, month in enumerate(self.bounds[:-1]) if month % 12 == 0]
        return by_period if len(first) == by_period.shape[0] else np.add.reduceat(by_period, first, axis=0)

    def _change(self, treatment: Treatment, its: Count, cost: Cost) -> Array:
        """How much oftener a cost arises with the new treatment, by period."""
        if cost.per == "fixed_year":
            monthly = self._someone(treatment, its, cost, "with") - self._someone(treatment, its, cost, "without")
            return _by_period(monthly, self.bounds)
        if cost.world == "both":
            return self._often(treatment, its.change, cost)
        sign = 1 if cost.world == "with" else -1
        return sign * self._often(treatment, its.world(cost.world), cost)

    def _someone(self, treatment: Treatment, its: Count, cost: Cost, world: str) -> Array:
        nobody = np.zeros((self.model.months, 1))
        if cost.world not in ("both", world):
            return nobody
        return costs.someone(sum((course.on for course in self._courses(treatment, its.world(world))), nobody))

    def _often(self, treatment: Treatment, tally: Tally, cost: Cost) -> Array:
        model, draw, bounds = self.model, self.draw, self.bounds
        found = np.zeros((len(bounds) - 1, 1))
        if tally.cohort is not None and cost.per == "start":
            found = found + _by_period(tally.cohort, bounds)
        elif tally.cohort is not None:
            each = costs.since_start(model, treatment, cost, draw)
            found = found + _followed(tally.cohort, _later(model, each), bounds)
        if tally.there is not None:
            found = found + _by_period(tally.there, bounds) * costs.long_run(treatment, cost, draw)
        if tally.newcomers is not None and cost.per == "start":
            found = found + _by_period(tally.newcomers, bounds)
        elif tally.newcomers is not None:
            extra = costs.at_first(model, treatment, cost, draw)
            if extra is not None:
                found = found + _followed(tally.newcomers, extra, bounds)
        return found

    def add_monthly(self, treatment: Treatment, its: Count) -> None:
        """Add the new treatment's patients and drug cost by month, in the world with it."""
        tally = its.world("with")
        courses = self._courses(treatment, tally)
        for course in courses:
            self.monthly_patients = self.monthly_patients + course.on
        found: dict[tuple[object, ...], Array] = {}
        for cost in treatment.cost:
            if cost.category != "drug" or cost.world == "without":
                continue
            kind = (cost.per, cost.first_month, cost.last_month)
            if kind not in found:
                nothing = np.zeros((self.model.months, 1))
                found[kind] = (
                    self._someone(treatment, its, cost, "with")
                    if cost.per == "fixed_year"
                    else sum((costs.quantity(self.model, one, treatment, cost, self.draw) for one in courses), nothing)
                )
            self.monthly_cost = self.monthly_cost + found[kind] * costs.amounts(self.model, cost, self.draw)

    def _courses(self, treatment: Treatment, tally: Tally) -> list[Course]:
        found = []
        if tally.cohort is not None:
            found.append(cohorts.course(self.model, treatment, tally.cohort, self.draw))
        if tally.there is not None:
            there = tally.there
            found.append(
                Course(there, np.zeros_like(there) if tally.newcomers is None else tally.newcomers, cohort=False)
            )
        return found


def _add(sums: dict[str, Array], name: str, more: Array) -> None:
    sums[name] = sums[name] + more if name in sums else more


def _by_period(monthly: Array, bounds: list[int]) -> Array:
    spans = pairwise(bounds)
    return np.stack([monthly[first:last].sum(axis=0) for first, last in spans])


def _later(model: BudgetModel, each: Array) -> Array:
    """The same for those who come on average later in the month."""
    part = cohorts.later(model)
    if not part:
        return each
    moved = np.concatenate([np.zeros_like(each[:1]), each[:-1]])
    return np.asarray((1 - part) * each + part * moved)


def _followed(starts: Array, each: Array, bounds: list[int]) -> Array:
    """What those who start come to in each period, when one comes to ``each`` by month since the start.

    By the end of a period those of a month have come to what one comes to in as many months as they have had.
    """
    so_far = curves.running(each)[::-1]
    ends = [_dot(starts[:end], so_far[-end:]) for end in bounds[1:]]
    return np.diff(np.stack(ends), axis=0, prepend=0.0)


def _dot(one: Array, other: Array) -> Array:
    if other.shape[1] == 1:
        return other[:, 0] @ one
    if one.shape[1] == 1:
        return one[:, 0] @ other
    return np.asarray(np.einsum("md,md->d", one, other), dtype=np.float64)

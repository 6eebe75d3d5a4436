"""The simulation's short cuts give the figures of the plain model, draw by draw."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from introduction.domain.budget import model, reading, sums, uncertainty
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.model import Outcome, by_year
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.sums import Sums

#: The same models each time. A failure is shown as it is: to shrink a whole model takes minutes.
settled = settings(
    deadline=None, derandomize=True, max_examples=80, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
DRAWS = 3
KINDS = ("present", "new", "pool")
SOMETIMES = st.integers(0, 3).map(lambda number: number == 0)


@st.composite
def ranged(draw: st.DrawFn, least: float, most: float) -> Any:
    """A figure, or one with a range that is drawn from."""
    value = draw(st.floats(least, most))
    if draw(SOMETIMES):
        return value
    return {"value": value, "low": value * 0.7, "high": value * 1.1, "distribution": "uniform"}


@st.composite
def by_years(draw: st.DrawFn, least: float, most: float) -> Any:
    """A figure, or one for each of some years."""
    one = ranged(least, most)
    return draw(st.lists(one, min_size=1, max_size=3)) if draw(SOMETIMES) else draw(one)


@st.composite
def uptakes(draw: st.DrawFn) -> dict[str, Any]:
    curve = draw(st.sampled_from(["table", "step", "linear", "logistic", "exponential"]))
    to = draw(ranged(0.05, 0.85))
    how = {
        "table": {"shares": draw(st.lists(ranged(0.05, 0.85), min_size=1, max_size=4))},
        "step": {"to": to},
        "linear": {"to": to, "months": draw(ranged(1, 40))},
        "logistic": {"to": to, "midpoint": draw(ranged(1, 30)), "slope": draw(ranged(0.05, 30))},
        "exponential": {"to": to, "rate": draw(ranged(0.05, 0.8))},
    }[curve]
    how["between"] = draw(st.sampled_from(["hold", "line", None]))
    if draw(SOMETIMES):
        how["delay"] = draw(ranged(0, 6))
    if draw(SOMETIMES):
        how["start"] = draw(st.sampled_from(["2026-11", "2027-03", "2027-07"]))
    return {"curve": curve, **how}


@st.composite
def groups(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    group: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "population": draw(by_years(10, 1e5)),
        "funnel": [{"name": "diagnosed", "share": draw(by_years(0.1, 0.9))}],
        "mix": {"old": draw(by_years(0.05, 0.5)), "older": draw(ranged(0.05, 0.4))},
    }
    for key, values in (("growth", ranged(0.001, 0.1)), ("mortality", ranged(0.01, 0.2))):
        if draw(SOMETIMES):
            group[key] = draw(values)
    if kind != "pool" and draw(SOMETIMES):
        return {**group, "new": "new", "mix_with": {"new": draw(by_years(0.1, 0.4)), "old": draw(by_years(0.1, 0.4))}}
    if kind != "pool" and draw(SOMETIMES):
        group["mix"] |= {"new": draw(ranged(0.01, 0.08))}
    if draw(SOMETIMES):
        group["mix_to"] = {"old": draw(ranged(0.3, 0.6)), "older": 0.1}
    elif draw(SOMETIMES):
        group["takes_from"] = {"old": draw(by_years(0.01, 0.05))}
    if draw(SOMETIMES):
        group["capacity"] = draw(st.lists(ranged(1, 5000), min_size=1, max_size=3))
    if draw(SOMETIMES):
        group["after"] = draw(st.sampled_from(["mix", "none"]))
    return {**group, "new": "new", "uptake": draw(uptakes())}


@st.composite
def cost_lines(draw: st.DrawFn) -> dict[str, Any]:
    cost: dict[str, Any] = {
        "category": draw(st.sampled_from(["drug", "drug", "administration"])),
        "per": draw(st.sampled_from(["dose", "mg", "month", "year", "start", "stop", "fixed_year"])),
        "amount": draw(by_years(1, 1e5)),
        "purse": draw(st.sampled_from(["clinic", "prescription_benefit", "region", "introduction_fund"])),
    }
    if draw(SOMETIMES):
        cost["rebate"] = draw(ranged(0.1, 0.5))
    if draw(SOMETIMES):
        cost["world"] = draw(st.sampled_from(["with", "without"]))
    if draw(SOMETIMES):
        cost["first_month"] = draw(st.integers(0, 14))
    if draw(SOMETIMES):
        cost["last_month"] = draw(st.integers(14, 30))
    return cost


@st.composite
def treatments(draw: st.DrawFn, name: str) -> dict[str, Any]:
    curve = draw(st.sampled_from(["none", "exponential", "weibull", "table"]))
    persistence: dict[str, Any] = {
        "none": {},
        "exponential": {"yearly": draw(ranged(0.2, 0.9))},
        "weibull": {"scale": draw(ranged(3, 60)), "shape": draw(ranged(0.5, 2))},
        "table": {"shares": [1, 0.8, draw(ranged(0.2, 0.7))], "every": draw(st.sampled_from([1, 6, 12]))},
    }[curve]
    if draw(SOMETIMES):
        persistence["every"] = 12
    if draw(SOMETIMES):
        persistence["stop_after"] = draw(st.integers(1, 40))
    pace = draw(st.sampled_from([{"every_days": 21}, {"every_months": draw(ranged(1, 4))}, {"per_year": 26}, {}]))
    loading = draw(st.sampled_from([[], [], [0], [0, 14, 28, 63]]))
    dose = {"per_size": draw(ranged(1, 8)), "size": draw(ranged(50, 90)), "size_sd": 9, "vials": [100, 400]}
    costs = draw(st.lists(cost_lines(), min_size=1, max_size=4))
    if draw(SOMETIMES):
        costs += [
            {"category": "other", "per": "month", "amount": 900, "valid_to": "2027-08"},
            {"category": "other", "per": "month", "amount": -300, "valid_from": "2027-09", "world": "with"},
            {"category": "other", "per": "month", "amount": 500, "valid_from": "2027-09", "world": "without"},
        ]
    persistence = {"curve": curve, **persistence}
    return {"id": name, "persistence": persistence, "dosing": {"loading": loading, **pace, "dose": dose}, "cost": costs}


@st.composite
def models(draw: st.DrawFn) -> BudgetModel:
    """Any model of one or two groups, with everything that the format has."""
    given_data: dict[str, Any] = {
        "title": "Any model",
        "start": "2027-01",
        "years": draw(st.integers(1, 3)),
        "entry": draw(st.sampled_from(["monthly", "yearly", "quarterly", "weekly", "evenly"])),
        "steps": draw(st.sampled_from(["monthly", "monthly", "yearly"])),
        "whole_patients": draw(st.sampled_from([False, False, False, True, "nearest", "floor", "ceil"])),
        "group": [draw(groups(name)) for name in ("one", "two")[: draw(st.integers(1, 2))]],
        "treatment": [draw(treatments(name)) for name in ("new", "old", "older")],
    }
    if draw(SOMETIMES):
        given_data["financed"] = {"first": "2027-04", "last": "2028-02", "pays": ["drug", "administration"]}
    if draw(SOMETIMES):
        given_data["discount"] = draw(ranged(0.01, 0.05))
    return reading.of_data(given_data)


def plain_sums(outcome: Outcome) -> dict[str, Any]:
    """The sums of a plain run, from its lines and courses."""
    spec = outcome.model
    purses: dict[str, Any] = {}
    categories = {
        category: by_year(outcome.impact(keep=lambda line: line.category == category))  # noqa: B023
        for category in {line.category for line in outcome.lines}
    }
    for line in outcome.lines:
        for purse, cost in outcome.by_purse(line).items():
            sign = 1 if line.world == "with" else -1
            purses[purse] = purses.get(purse, 0) + sign * by_year(cost)
    on = np.zeros((spec.months, 1))
    for (world, _, name), course in outcome.courses.items():
        on = on + course.on if world == "with" and name == "new" else on
    drug = outcome.total("with", keep=lambda line: line.treatment == "new" and line.category == "drug")
    return {
        "impact": by_year(outcome.impact()),
        "impact_net": by_year(outcome.impact(net=True)),
        "new": by_year(outcome.impact(keep=lambda line: line.treatment == "new")),
        "by_purse": purses,
        "by_category": categories,
        "monthly_cost": drug,
        "monthly_patients": on,
    }


def drawn(spec: BudgetModel, draws: int) -> dict[int, Any]:
    return {
        id(one): uncertainty.sample(one, path, draws, seed=5)
        for path, one in uncertainty.inputs_of(spec).items()
        if one.varies and one.distribution != "fixed"
    }


def of_one(found: Sums, at: int) -> dict[str, Any]:
    """The sums of one of the draws."""

    def one(values: Any) -> Any:
        return values[:, [min(at, values.shape[1] - 1)]]

    told = {part.name: getattr(found, part.name) for part in fields(Sums)}
    return {
        name: {purse: one(part) for purse, part in values.items()} if isinstance(values, dict) else one(values)
        for name, values in told.items()
    }


@settled
@given(models())
def test_every_draw_is_what_the_plain_model_comes_to(spec: BudgetModel) -> None:
    values = drawn(spec, DRAWS)
    found = sums.of_draws(spec, lambda one: values.get(id(one), one.value))
    for at in range(DRAWS):

        def draw(one: Input, at: int = at) -> float:
            return float(values[id(one)][at]) if id(one) in values else one.value

        outcome = model.run(spec, draw)
        scale = 1 + max(np.abs(outcome.total(world)).sum() for world in ("without", "with"))
        plain, ours = plain_sums(outcome), of_one(found, at)
        people = ours.pop("monthly_patients"), plain.pop("monthly_patients")
        assert people[0] == pytest.approx(people[1], rel=1e-9, abs=1e-6)
        for divided in ("by_purse", "by_category"):
            parts = ours.pop(divided), plain.pop(divided)
            for part, figures in parts[0].items():
                assert figures == pytest.approx(parts[1].pop(part, 0 * figures), rel=1e-9, abs=1e-9 * scale), part
            assert not parts[1]
        for name, figures in plain.items():
            assert ours[name] == pytest.approx(figures, rel=1e-9, abs=1e-9 * scale), name

"""What must hold of every budget-impact model, whatever its figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from introduction.domain.budget import cohorts, model, reading, uncertainty
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.model import by_year
from introduction.domain.budget.spec import BudgetModel

#: The same models each time, and no clock: another program may have the machine.
settled = settings(deadline=None, derandomize=True, max_examples=40)
shares = st.floats(0.01, 0.9)
prices = st.floats(100, 1e6)
kinds = st.sampled_from(["present", "new", "pool"])
UPTAKES = ("step", "linear", "logistic", "exponential", "table")
PERSISTENCES = ("none", "exponential", "weibull", "table")


@st.composite
def data(draw: st.DrawFn, **fixed: Any) -> dict[str, Any]:
    """A model of two groups and three treatments; ``fixed`` settles parts of it."""
    curve = draw(st.sampled_from(UPTAKES))
    to = draw(shares)
    uptake = {
        "step": {"to": to},
        "linear": {"to": to, "months": draw(st.floats(1, 60))},
        "logistic": {"to": to, "midpoint": draw(st.floats(1, 40)), "slope": draw(st.floats(0.05, 1))},
        "exponential": {"to": to, "rate": draw(st.floats(0.01, 0.9))},
        "table": {"shares": sorted(draw(st.lists(shares, min_size=1, max_size=4)))},
    }[curve]
    group = {
        "kind": fixed.get("kind") or draw(kinds),
        "population": draw(st.floats(10, 1e6)),
        "growth": draw(st.floats(-0.02, 0.05)),
        "funnel": [{"name": "diagnosed", "share": draw(shares)}],
        "mix": {"old": 0.6, "older": 0.3},
        "new": "new",
        "uptake": {"curve": curve, **uptake},
    }
    return {
        "title": "Any model",
        "start": "2027-01",
        "years": draw(st.integers(1, 5)),
        "entry": "monthly",
        "group": [{**group, "id": "one"}, {**group, "id": "two", "population": draw(st.floats(10, 1e6))}],
        "treatment": [
            {"id": "new", "cost": _costs(draw), **_course(draw)},
            {"id": "old", "cost": _costs(draw), **_course(draw)},
            {"id": "older", "cost": [{"per": "month", "amount": draw(prices)}]},
        ],
    }


def _costs(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {"category": "drug", "per": "dose", "amount": draw(prices), "rebate": draw(st.floats(0, 0.9))},
        {"category": "administration", "per": "dose", "amount": draw(prices), "purse": "region"},
        {"category": "monitoring", "per": "start", "amount": draw(prices)},
    ]


def _course(draw: st.DrawFn) -> dict[str, Any]:
    curve = draw(st.sampled_from(PERSISTENCES))
    how: dict[str, Any] = {
        "none": {},
        "exponential": {"yearly": draw(st.floats(0.2, 1))},
        "weibull": {"scale": draw(st.floats(3, 60)), "shape": draw(st.floats(0.5, 2))},
        "table": {"shares": [1, 0.8, 0.5], "every": 12},
    }[curve]
    dosing = draw(st.sampled_from([{"every_days": 21}, {"loading": [0, 14], "every_months": 2}, {"per_year": 26}]))
    return {"persistence": {"curve": curve, **how}, "dosing": dosing}


def yearly(given_data: dict[str, Any], world: str | None = None, **keep: Any) -> np.ndarray[Any, Any]:
    outcome = model.run(reading.of_data(given_data))
    return by_year(outcome.impact(**keep) if world is None else outcome.total(world, **keep))[:, 0]


def changed(given_data: dict[str, Any], **group: Any) -> dict[str, Any]:
    return {**given_data, "group": [{**one, **group} for one in given_data["group"]]}


@settled
@given(data())
def test_no_uptake_no_impact(some: dict[str, Any]) -> None:
    none = changed(some, uptake={"curve": "step", "to": 1e-300})
    assert yearly(none) == pytest.approx(0, abs=1e-3)


@settled
@given(data())
def test_twice_the_price_twice_the_cost_of_the_medicine(some: dict[str, Any]) -> None:
    new, *others = some["treatment"]
    dearer = {**new, "cost": [{**new["cost"][0], "amount": 2 * new["cost"][0]["amount"]}, *new["cost"][1:]]}

    def medicine(line: model.Line) -> bool:
        return line.treatment == "new" and line.category == "drug"

    before = yearly(some, "with", keep=medicine)
    after = yearly({**some, "treatment": [dearer, *others]}, "with", keep=medicine)
    assert after == pytest.approx(2 * before, rel=1e-12)


@settled
@given(data())
def test_parts_add_up_to_the_whole_in_every_direction(some: dict[str, Any]) -> None:
    outcome = model.run(reading.of_data(some))
    whole = outcome.impact().sum()
    for key in ("group", "treatment", "category", "purse"):
        names = {getattr(line, key) for line in outcome.lines}
        parts = [outcome.impact(keep=lambda line, k=key, n=name: getattr(line, k) == n).sum() for name in names]
        assert sum(parts) == pytest.approx(whole, rel=1e-9, abs=1e-3)


@settled
@given(data(kind="new"))
def test_the_earlier_in_the_year_people_enter_the_more_it_costs(some: dict[str, Any]) -> None:
    constant = changed(some, growth=0)
    entries = ("yearly", "quarterly", "monthly", "weekly")
    costs = [float(yearly({**constant, "entry": entry}, "with").sum()) for entry in entries]
    assert costs == sorted(costs, reverse=True) or costs == pytest.approx([costs[0]] * 4, rel=1e-9)


@settled
@given(data(kind="present"), st.integers(1, 30))
def test_a_delay_moves_cost_and_never_creates_it(some: dict[str, Any], months: int) -> None:
    def patients_on_new(given_data: dict[str, Any]) -> float:
        outcome = model.run(reading.of_data(given_data))
        return sum(float(c.on.sum()) for key, c in outcome.courses.items() if key[::2] == ("with", "new"))

    if months >= 12 * some["years"]:
        return
    late = changed(some, uptake={**some["group"][0]["uptake"], "delay": months}, growth=0)
    assert patients_on_new(late) <= patients_on_new(changed(some, growth=0)) * (1 + 1e-9)


@settled
@given(st.floats(1, 1e5), st.floats(0.05, 0.99))
def test_constant_inflow_and_exponential_persistence_have_a_closed_form(a_year: float, left: float) -> None:
    spec = reading.of_data(
        {
            "title": "Closed form",
            "start": "2027-01",
            "years": 5,
            "group": [
                {"id": "g", "kind": "new", "population": a_year, "new": "n", "uptake": {"curve": "step", "to": 1}}
            ],
            "treatment": [{"id": "n", "persistence": {"curve": "exponential", "yearly": left}}],
        }
    )
    on = model.run(spec).courses["with", "g", "n"].on[:, 0]
    month, kept = np.arange(60), left ** (1 / 12)
    assert on == pytest.approx(a_year / 12 * (1 - kept ** (month + 1)) / (1 - kept), rel=1e-9)


@settled
@given(st.lists(st.floats(0, 1e4), min_size=12, max_size=12), st.lists(st.floats(0, 10), min_size=12, max_size=12))
def test_following_cohorts_equals_a_plain_loop(starts: list[float], each: list[float]) -> None:
    spec = _one_year()
    found = cohorts.followed(spec, np.array(starts)[:, None], np.array(each)[:, None])[:, 0]
    plain = [sum(starts[came] * each[month - came] for came in range(month + 1)) for month in range(12)]
    assert found == pytest.approx(plain, rel=1e-9, abs=1e-9)


def _one_year() -> BudgetModel:
    group = {"id": "g", "population": 1}
    return reading.of_data({"title": "t", "start": "2027-01", "years": 1, "group": [group], "treatment": [{"id": "n"}]})


@pytest.mark.parametrize("name", ["uniform", "triangular", "pert", "normal", "lognormal", "beta", "gamma"])
def test_distributions_have_the_mean_and_the_interval_that_they_are_given_as(name: str) -> None:
    given_input = Input(value=0.4, low=0.3, high=0.52, distribution=name)
    values = uncertainty.sample(given_input, "group.all.mix.old", 200_000, seed=7)
    if name not in ("uniform", "triangular"):
        assert values.mean() == pytest.approx(0.4, rel=0.01)
    if name in ("uniform", "triangular", "pert"):
        assert values.min() >= 0.3 and values.max() <= 0.52
    else:
        assert np.subtract(*np.percentile(values, [97.5, 2.5])) == pytest.approx(0.22, rel=0.05)


@settings(settled, max_examples=5)
@given(data())
def test_a_simulation_is_repeatable_and_holds_the_value_without_uncertainty(some: dict[str, Any]) -> None:
    population = some["group"][0]["population"]
    ranged = {"value": population, "low": population * 0.8, "high": population * 1.2, "distribution": "normal"}
    some["group"][0]["population"] = ranged
    spec = reading.of_data(some)
    first, again = uncertainty.simulate(spec, 300, seed=3), uncertainty.simulate(spec, 300, seed=3)
    assert first == again
    certain = by_year(model.run(spec).impact())[:, 0]
    for low, value, high in zip(first.impact.low, certain, first.impact.high, strict=True):
        assert low - abs(low) * 1e-9 <= value <= high + abs(high) * 1e-9

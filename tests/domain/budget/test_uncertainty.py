"""What a simulation tells: its parts add up, its intervals hold as much as they say, and it is the same each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from introduction.domain.budget import model, reading, uncertainty
from introduction.domain.budget.model import by_year
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.uncertainty import Spread

PRICE = {"value": 1000, "low": 800, "high": 1200, "distribution": "normal"}
PEOPLE = {"value": 500, "low": 400, "high": 600, "distribution": "lognormal"}


def ordinary(**more: Any) -> BudgetModel:
    """A new treatment that displaces an old one, with a price and a number that nobody knows for certain."""
    one = {"id": "g", "population": PEOPLE, "mix": {"old": 0.8}, "new": "new", "uptake": {"to": 0.5}}
    old = {"per": "month", "amount": 400, "purse": "prescription_benefit"}
    care = {"category": "administration", "per": "start", "amount": 50, "purse": "region"}
    return reading.of_data(
        {
            "title": "Ordinary",
            "start": "2027-01",
            "years": 2,
            "group": [one],
            "treatment": [
                {"id": "new", "cost": [{"per": "month", "amount": PRICE, "rebate": 0.2}, care]},
                {"id": "old", "cost": [old]},
            ],
            **more,
        }
    )


def test_the_parts_of_the_impact_add_up_in_the_mean() -> None:
    found = uncertainty.simulate(ordinary(financed={"first": "2027-01", "last": "2027-06"}), 500)
    for year in range(2):
        impact = found.impact.mean[year]
        assert found.new.mean[year] + found.displaced.mean[year] == pytest.approx(impact)
        assert sum(purse.mean[year] for purse in found.by_purse.values()) == pytest.approx(impact)
        assert sum(category.mean[year] for category in found.by_category.values()) == pytest.approx(impact)
    assert found.displaced.high[0] < 0 < found.new.low[0]
    assert found.impact_net.mean[0] < found.impact.mean[0]
    assert found.cumulative.mean == pytest.approx([sum(found.impact.mean)])
    assert found.whole["new"].mean == pytest.approx([sum(found.new.mean)])
    assert found.whole["category.drug"].mean == pytest.approx([sum(found.by_category["drug"].mean)])
    assert found.cumulative_net.mean == pytest.approx([sum(found.impact_net.mean)])
    assert found.patients.mean == pytest.approx([np.mean(found.monthly_patients.mean[at : at + 12]) for at in (0, 12)])
    assert found.monthly_cost_so_far.mean == pytest.approx(np.cumsum(found.monthly_cost.mean))
    assert len(found.monthly_cost.median) == 24


def test_what_the_fund_bears_is_the_extra_cost_in_every_draw() -> None:
    found = uncertainty.simulate(ordinary(financed={"first": "2027-01", "last": "2028-12", "pays": ["drug"]}), 500)
    assert found.by_purse["clinic"].high == found.by_purse["prescription_benefit"].low == [0, 0]
    outcome = model.run(ordinary())
    drug = by_year(outcome.impact(keep=lambda line: line.category == "drug"))[:, 0]
    assert found.by_purse["introduction_fund"].mean == pytest.approx(drug, rel=0.05)


def test_an_interval_holds_as_many_draws_as_its_level_says() -> None:
    wide, narrow = (uncertainty.simulate(ordinary(), 4000, level=level) for level in (0.95, 0.8))
    assert (wide.level, narrow.level) == (0.95, 0.8)
    assert wide.impact.low[0] < narrow.impact.low[0] < narrow.impact.median[0] < narrow.impact.high[0]
    inside = (narrow.kept[0] >= narrow.impact.low[0]) & (narrow.kept[0] <= narrow.impact.high[0])
    assert narrow.kept.shape == (2, uncertainty.KEPT)
    assert inside.mean() == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_a_spread_is_that_of_numpy(level: float) -> None:
    values = np.random.default_rng(3).gamma(2, 1, (3, 1001))
    found, tail = Spread.of(values, level), 50 * (1 - level)
    low, median, high = np.percentile(values, [tail, 50, 100 - tail], axis=1)
    assert (found.low, found.median, found.high) == tuple(pytest.approx(list(part)) for part in (low, median, high))


def test_progress_is_told_until_all_is_done() -> None:
    heard: list[tuple[int, int]] = []
    uncertainty.simulate(ordinary(), 3000, tell=lambda done, total: heard.append((done, total)))
    assert heard == sorted(heard) and len(heard) > 1
    assert heard[-1] == (3000, 3000)


def test_a_model_without_uncertainty_has_no_spread_and_the_plain_figures() -> None:
    certain = reading.with_values(ordinary(), {"group.g.population": 500, "treatment.new.cost.0.amount": 1000})
    heard: list[tuple[int, int]] = []
    found = uncertainty.simulate(certain, 10_000, tell=lambda done, total: heard.append((done, total)))
    plain = by_year(model.run(certain).impact())[:, 0]
    for figures in (found.impact.low, found.impact.median, found.impact.high, found.impact.mean):
        assert figures == pytest.approx(plain)
    assert found.draws == 10_000 and heard == [(10_000, 10_000)]
    assert found.kept.shape == (2, uncertainty.KEPT)


def test_many_pieces_give_the_figures_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = uncertainty.simulate(ordinary(), 1000)
    monkeypatch.setattr(uncertainty, "_CHUNK", 64)
    pieces = uncertainty.simulate(ordinary(), 1000)
    assert pieces.impact.median == pytest.approx(whole.impact.median, rel=1e-12)
    assert pieces.kept == pytest.approx(whole.kept, rel=1e-12)


def test_the_impact_alone_is_that_of_the_whole_simulation() -> None:
    certain = reading.with_values(ordinary(), {"group.g.population": 500, "treatment.new.cost.0.amount": 1000})
    for spec in (ordinary(), certain):
        heard: list[tuple[int, int]] = []
        whole = uncertainty.simulate(spec, 3000, 7, 0.8)
        alone = uncertainty.impact_of(spec, 3000, 7, 0.8, lambda done, total: heard.append((done, total)))  # noqa: B023
        assert alone == (whole.impact, whole.cumulative)
        assert heard[-1] == (3000, 3000)


def test_a_bar_of_the_tornado_is_a_plain_run_with_one_input_changed() -> None:
    spec = ordinary()
    bars = {bar.path: bar for bar in uncertainty.tornado(spec)}
    assert set(bars) == {"group.g.population", "treatment.new.cost.0.amount"}
    for path, bar in bars.items():
        for end, total, yearly in ((bar.low, bar.at_low, bar.by_year_low), (bar.high, bar.at_high, bar.by_year_high)):
            plain = by_year(model.run(reading.with_values(spec, {path: end})).impact())[:, 0]
            assert yearly == pytest.approx(plain)
            assert total == pytest.approx(plain.sum())


def test_inputs_of_one_name_are_drawn_and_tried_as_one() -> None:
    price = {**PRICE, "name": "price"}
    spec = ordinary(
        treatment=[
            {"id": "new", "cost": [{"per": "month", "amount": price}]},
            {"id": "old", "cost": [{"per": "month", "amount": price}]},
        ]
    )
    spec = reading.with_values(spec, {"group.g.takes_from": {"old": 1.0}, "group.g.population": 500})
    found = uncertainty.simulate(spec, 300)  # the one displaces the other at the same price
    assert [*found.impact.low, *found.impact.high] == pytest.approx([0] * 4, abs=1e-6)
    (bar,) = uncertainty.tornado(spec)
    assert bar.path == "price" and bar.width == pytest.approx(0, abs=1e-6)


def test_more_draws_and_more_uncertainty_are_more_work() -> None:
    certain = reading.with_values(ordinary(), {"group.g.population": 500, "treatment.new.cost.0.amount": 1000})
    efforts = [
        uncertainty.effort(certain, 10_000),
        *(uncertainty.effort(ordinary(), n) for n in (1000, 10_000, 50_000)),
    ]
    assert efforts == sorted(efforts) and len(set(efforts)) == 4
    assert uncertainty.effort(ordinary(), 10_000) < 1  # so little that a page need not put it off


def test_how_much_of_a_medicine_is_used() -> None:
    dosing = {"every_days": 14, "dose": {"per_size": 2, "size": 70, "vials": [100]}}

    def used(cost: dict[str, Any], **more: Any) -> Any:
        treatments = [{"id": "new", "dosing": dosing, "cost": [cost]}, {"id": "old"}]
        spec = ordinary(treatment=treatments, **more)
        return model.run(spec).quantity("new")

    times = 365.25 / 12 / 14
    assert used({"per": "month", "amount": 5})[:, 0] == pytest.approx(np.full(24, 250))
    assert used({"per": "dose", "amount": 5, "last_month": 3})[:, 0] == pytest.approx(np.full(24, 250 * times))
    assert used({"per": "mg", "amount": 5})[:, 0] == pytest.approx(np.full(24, 250 * times * 200))
    assert used({"per": "start", "amount": 5})[:, 0] == pytest.approx([250, *([0] * 23)])
    assert used({"category": "monitoring", "per": "start", "amount": 5}) is None

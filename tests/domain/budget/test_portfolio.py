"""Cases added up: weighed by phase, with the doubt about figures and decisions, and parts that add up to the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from introduction.domain.budget import portfolio
from introduction.domain.budget.portfolio import Entry, Saved, Share, simulate

YEARS, DRAWS = 3, 2000
SHARES = {
    "regional_decision": Share(7, 9),
    "national_recommendation": Share(1, 3),
    "never": Share(0, 10**9),
    "always": Share(10**9, 10**9),
}
PURSES = ("introduction_fund", "clinic", "prescription_benefit")
AREAS = ("", "1", "2")
amounts = st.integers(-2_000_000, 20_000_000)


@st.composite
def entries(draw: Any, pools: tuple[str | None, ...] = (None, "regional_decision", "national_recommendation")) -> Any:
    """Some cases with costs in kronor, divided by purse and administration as an analysis does it: exactly."""
    found = []
    for key in draw(st.lists(st.integers(1, 500), unique=True, max_size=6)):
        kept = draw(st.integers(1, 4))
        costs = np.array(
            draw(st.lists(st.lists(amounts, min_size=kept, max_size=kept), min_size=YEARS, max_size=YEARS))
        )
        by = {
            "purse": {name: tuple(draw(amounts) for _year in range(YEARS)) for name in PURSES},
            "area": {name: tuple(draw(amounts) for _year in range(YEARS)) for name in AREAS},
        }
        labels = {"phase": draw(st.sampled_from(["a", "b"])), "atc": draw(st.sampled_from(["", "L", "N"]))}
        found.append(Entry(key, costs.astype(float), draw(st.sampled_from(pools)), None, labels, by))
    return found


def expected(some: list[Entry]) -> tuple[int, ...]:
    return portfolio.added((portfolio.expected_of(one, SHARES) for one in some), YEARS)


def drawn(some: list[Entry]) -> portfolio.Drawn:
    return simulate(some, SHARES, YEARS, draws=DRAWS)


@given(entries(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_cases_changes_nothing(some: list[Entry], chance: Any) -> None:
    before, mixed = drawn(some), list(some)
    chance.shuffle(mixed)
    assert np.array_equal(drawn(mixed).total, before.total)
    assert portfolio.parts(mixed, SHARES, "purse") == portfolio.parts(some, SHARES, "purse")


@given(entries(), st.sampled_from([None, "regional_decision"]))
@settings(max_examples=40, deadline=None)
def test_a_case_that_costs_nothing_changes_nothing(some: list[Entry], pool: str | None) -> None:
    free = Entry(1000, np.zeros((YEARS, 3)), pool)
    assert np.array_equal(drawn([free, *some]).total, drawn(some).total)
    assert expected([free, *some]) == expected(some)


@given(entries((None, "never", "always")))
@settings(max_examples=40, deadline=None)
def test_shares_of_none_and_all_give_the_plain_sums(some: list[Entry]) -> None:
    """With next to certain shares (of a thousand million cases) the sum is that of the cases that are in."""
    inside = [replace(one, pool=None) for one in some if one.pool != "never"]
    assert np.array_equal(drawn(some).total, drawn(inside).total)
    for value, plain in zip(expected(some), expected(inside), strict=True):
        assert value == pytest.approx(plain, abs=100 * len(some))


@given(entries())
@settings(max_examples=40, deadline=None)
def test_the_interval_holds_the_expected_value(some: list[Entry]) -> None:
    figure = portfolio.figure(drawn(some).total, expected(some))
    for low, value, high in zip(figure.low, figure.expected, figure.high, strict=True):
        assert low <= value <= high


@given(entries((None,)))
@settings(max_examples=40, deadline=None)
def test_decided_cases_are_the_sum_of_their_own_draws(some: list[Entry]) -> None:
    alone = [drawn([one]).total for one in some]
    assert np.allclose(drawn(some).total, sum(alone, np.zeros((YEARS, DRAWS))), rtol=0, atol=1e-3)
    for one, draws in zip(some, alone, strict=True):
        columns = {tuple(column) for column in one.draws.T}
        assert {tuple(column) for column in draws.T} <= columns, "years come together from one draw of the analysis"
    means = sum((one.draws.mean(axis=1) for one in some), np.zeros(YEARS))
    assert expected(some) == pytest.approx([mean * 100 for mean in means], abs=len(some))


@given(entries(), st.sampled_from(["phase", "atc", "purse", "area"]))
@settings(max_examples=80, deadline=None)
def test_the_parts_add_up_to_the_whole(some: list[Entry], by: str) -> None:
    parts = portfolio.parts(some, SHARES, by)
    assert portfolio.added(parts.values(), YEARS) == expected(some), "to the öre"


@given(entries())
@settings(max_examples=40, deadline=None)
def test_the_draws_of_parts_add_up_to_the_draws_of_the_whole(some: list[Entry]) -> None:
    for one in some:
        point = np.array([one.point["purse"][name] for name in PURSES])
        parts = [portfolio.narrowed(one.draws, point, [row]) for row in range(len(PURSES))]
        assert np.allclose(sum(parts), one.draws, rtol=1e-9, atol=1e-3)


def test_the_mean_of_the_draws_comes_near_the_expected_value() -> None:
    some = [Entry(key, np.array([[1e6, 3e6]]), "regional_decision") for key in range(40)]
    total = simulate(some, SHARES, 1).total
    assert total.mean() == pytest.approx(40 * 2e6 * 7.5 / 10, rel=0.01)


def test_doubt_about_the_share_is_shared_by_the_cases_of_a_phase() -> None:
    """Of 100 cases weighed by one decided case out of two, the number that come in varies far more than by coin."""
    some = [Entry(key, np.array([[1.0]]), "few") for key in range(100)]
    few = simulate(some, {"few": Share(1, 2)}, 1).total.std()
    many = simulate(some, {"few": Share(5000, 10_000)}, 1).total.std()
    assert many == pytest.approx(5, rel=0.1), "100 coins"
    assert few == pytest.approx(100 * (0.25 / 4) ** 0.5, rel=0.1), "the spread of Beta(3/2, 3/2) itself"


def test_the_same_cases_give_the_same_figures() -> None:
    some = [Entry(key, np.array([[1e6, 3e6]]), "regional_decision") for key in range(5)]

    one, other = (simulate(some, SHARES, 1, draws=DRAWS).total for _time in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, simulate(some, SHARES, 1, draws=DRAWS, seed=1).total)


def test_a_case_seldom_introduced_still_lies_within_its_interval() -> None:
    rare = Entry(1, np.array([[1e6]]), "rare")
    shares = {"rare": Share(0, 20)}
    figure = portfolio.figure(simulate([rare], shares, 1).total, portfolio.expected_of(rare, shares))
    assert figure.low == (0,)
    assert figure.expected[0] == figure.high[0] > 0, "eight draws of ten are 0, and yet it is worth something"


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_savings_lie_between_their_ends_with_the_expected_amount_as_mean(rows: list[tuple[int, int, int]]) -> None:
    savings = []
    for key, row in enumerate(rows):
        low, amount, high = sorted(row)
        savings.append(Saved(key, (float(amount),), (float(low),), (float(high),)))
    total = portfolio.save(savings, 1, draws=DRAWS)
    low, amount, high = (sum(getattr(one, end)[0] for one in savings) for end in ("low", "amount", "high"))
    assert total.min() >= low - 1e-3 and total.max() <= high + 1e-3
    assert total.mean() == pytest.approx(amount, abs=0.03 * (high - low) + 1e-3)


def test_a_saving_that_goes_well_one_year_goes_well_the_next() -> None:
    first, second = portfolio.save([Saved(1, (5.0, 10.0), (0.0, 0.0), (10.0, 40.0))], 2)
    assert np.corrcoef(first, second)[0, 1] > 0.9


def test_the_chance_to_pass_a_ceiling() -> None:
    total = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0]])
    assert portfolio.chance_above(total, [250, None]) == (0.5, None)
    assert portfolio.chance_above(np.array([[1.1]]), [110]) == (0.0,), "what just reaches the ceiling does not pass it"


def test_calendar_years_before_are_nothing_and_after_hold_the_last() -> None:
    values = np.array([[10.0, 11.0], [20.0, 21.0]])
    found = portfolio.on_calendar(values, 2028, [2027, 2028, 2029, 2030, 2031])
    assert found.tolist() == [[0, 0], [10, 11], [20, 21], [20, 21], [20, 21]]


def test_few_decided_cases_are_told_of() -> None:
    assert Share(3, 4).too_few and not Share(3, 5).too_few
    assert Share(0, 0).expected == 0.5

"""Plan against outcome: what counts as outside, what explains the difference, and that nothing gets lost in parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.budget.result import Monthly, Range
from introduction.domain.budget.variance import (
    Flow,
    Line,
    Parts,
    Plan,
    Run,
    compare,
    effects,
    runs,
    so_far,
    standing_run,
    summed,
)
from introduction.domain.outcome import Actual

JANUARY = 2027 * 12


def plan(months: int = 24, first: int = JANUARY) -> Plan:
    """A plan of 1000 öre a month for ten patients with one dose each; the band goes from 800 to 1300."""
    low, high = (800,) * months, (1300,) * months
    so_far_low, so_far_high = (tuple(end * (at + 1) for at in range(months)) for end in (800, 1300))
    return Plan(
        first,
        Monthly(
            cost=(1000,) * months,
            cost_range=Range(low, (1000,) * months, high),
            so_far_range=Range(so_far_low, so_far_low, so_far_high),
            patients=(10.0,) * months,
            quantity=(10.0,) * months,
            unit="dose",
        ),
    )


def actual(cost: int, *, missing: tuple[int, ...] = (), patients: int = 10, quantity: float = 10.0) -> Actual:
    return Actual(cost, patients, quantity, missing)


def lines_of(*costs: int | None, first: int = JANUARY) -> list[Line]:
    """The plan beside these outcomes, month by month; None where there is none."""
    found = {first + at: actual(cost) for at, cost in enumerate(costs) if cost is not None}
    return compare(plan(), found)


# ------------------------------------------------------------------------------------- price, volume and mix


def test_two_products_as_published() -> None:
    """A budget and an actual of two products, from the thread "Price, volume and mix variance" at freemathhelp.com.

    Its figures have one decimal; the base is the units of both products together.
    """
    budget = {"ABC": (50, 1.2), "DEF": (40, 0.8)}
    came_to = {"ABC": (60, 1.1), "DEF": (50, 1.0)}
    published = {"ABC": (-6.0, 13.3, -1.3), "DEF": (10.0, 7.1, 0.9)}
    totals = [0.0, 0.0, 0.0]
    for product, expected in published.items():
        flows = []
        for world in (budget, came_to):
            units, price = world[product]
            flows.append(Flow(base=sum(each for each, _price in world.values()), quantity=units, cost=units * price))
        found = effects(*flows)
        assert found == pytest.approx(expected, abs=0.05)
        totals = [total + part for total, part in zip(totals, found, strict=True)]
    assert totals == pytest.approx([4.0, 20.4, -0.4], abs=0.05)
    assert sum(totals) == pytest.approx(24.0, abs=1e-12)


AMOUNTS = st.integers(0, 10**11)
COUNTS = st.floats(0.5, 1e5, allow_nan=False)


@given(AMOUNTS, COUNTS, COUNTS, AMOUNTS, COUNTS, COUNTS)
def test_the_parts_are_the_whole_difference_to_the_ore(
    cost0: int, quantity0: float, base0: float, cost1: int, quantity1: float, base1: float
) -> None:
    planned = plan(1)
    monthly = Monthly((cost0,), planned.monthly.cost_range, planned.monthly.so_far_range, (base0,), (quantity0,), "mg")
    found = summed(compare(Plan(JANUARY, monthly), {JANUARY: Actual(cost1, round(base1), quantity1)}))
    assert found.parts is not None
    assert found.parts.total == cost1 - cost0 == found.deviation
    price, volume, mix = effects(found.planned, found.actual)
    for part, exact in ((found.parts.price, price), (found.parts.volume, volume), (found.parts.mix, mix)):
        assert abs(part - exact) <= 1.5 + 1e-6 * abs(exact)


def test_twice_as_many_patients_is_volume_alone() -> None:
    [line] = compare(plan(1), {JANUARY: actual(2000, patients=20, quantity=20.0)})
    assert summed([line]).parts == Parts(price=0, volume=1000, mix=0)


def test_a_dearer_dose_is_price_alone_and_more_doses_each_is_mix_alone() -> None:
    [dearer] = compare(plan(1), {JANUARY: actual(1500)})
    assert summed([dearer]).parts == Parts(price=500, volume=0, mix=0)
    [more] = compare(plan(1), {JANUARY: actual(1500, quantity=15.0)})
    assert summed([more]).parts == Parts(price=0, volume=0, mix=500)
    assert summed([more]).parts.largest == "mix"  # type: ignore[union-attr]


def test_where_nobody_was_planned_nothing_can_be_told_apart() -> None:
    nobody = Monthly((0,), Range((0,), (0,), (0,)), Range((0,), (0,), (0,)), (0.0,), (0.0,), "dose")
    found = summed(compare(Plan(JANUARY, nobody), {JANUARY: actual(700)}))
    assert found.parts is None
    assert found.deviation == 700


# ------------------------------------------------------------------------------------- what is compared


def test_only_months_with_a_whole_outcome_count() -> None:
    found = compare(
        plan(), {JANUARY + 1: actual(900), JANUARY + 2: actual(5000, missing=(7,)), JANUARY + 99: actual(1)}
    )
    sums = summed(found)
    assert (sums.months, sums.planned.cost, sums.actual.cost) == (1, 1000, 900)
    assert [line.month for line in found] == [*range(JANUARY, JANUARY + 24), JANUARY + 99]
    assert found[-1].planned is None
    assert found[2].deviation is None


def test_since_the_start_counts_from_the_plans_first_month_to_the_first_gap() -> None:
    found = so_far(lines_of(None, None, 500, 700, None, 900))
    assert found[:7] == [0, 0, 500, 1200, None, None, None]
    assert set(so_far(lines_of())) == {None}


def test_what_came_before_the_plan_does_not_count_since_its_start() -> None:
    before = {JANUARY - 2: actual(400), JANUARY - 1: actual(300, missing=(7,)), JANUARY: actual(500)}
    assert so_far(compare(plan(), before))[:4] == [None, None, 500, None]
    assert so_far(compare(plan(), {JANUARY - 2: actual(400)})) == [None] * 25


def test_a_budget_year_has_all_its_months_or_is_none() -> None:
    found = plan().year(2027)
    assert found is not None
    assert (found.cost, found.low, found.high) == (12_000, 9_600, 15_600)
    assert plan(first=JANUARY + 3).year(2027) is None
    assert plan(first=JANUARY + 3).year(2028) is not None
    assert plan().year(2029) is None


# ------------------------------------------------------------------------------------- outside the band


def test_one_month_outside_is_no_run_and_two_are() -> None:
    assert runs(lines_of(1000, 1400, 1000)) == []
    assert runs(lines_of(1000, 1400, 1500)) == [Run("above", JANUARY + 1, JANUARY + 2)]
    assert runs(lines_of(700, 700, 700, 1000)) == [Run("below", JANUARY, JANUARY + 2)]


def test_the_ends_of_the_band_belong_to_it() -> None:
    assert runs(lines_of(1300, 1300, 800, 800)) == []


def test_a_gap_a_month_inside_and_another_side_break_a_run() -> None:
    assert runs(lines_of(1400, None, 1400)) == []
    assert runs(lines_of(1400, 1000, 1400)) == []
    assert runs(lines_of(1400, 700, 1400, 700)) == []


def test_a_run_stands_while_it_holds_the_last_month_that_can_be_judged() -> None:
    assert standing_run(lines_of(1400, 1500, 1000)) is None
    assert standing_run(lines_of(1000, 1400, 1500)) == Run("above", JANUARY + 1, JANUARY + 2)
    assert standing_run(lines_of()) is None


def test_a_month_that_a_unit_has_not_reported_may_be_too_much_but_never_too_little() -> None:
    part = {JANUARY: actual(1400), JANUARY + 1: actual(1400, missing=(7,))}
    assert standing_run(compare(plan(), part)) == Run("above", JANUARY, JANUARY + 1)
    little = {JANUARY: actual(700), JANUARY + 1: actual(100, missing=(7,))}
    assert runs(compare(plan(), little)) == []


def test_a_month_that_cannot_be_judged_does_not_end_a_run() -> None:
    found = compare(plan(), {JANUARY: actual(700), JANUARY + 1: actual(700), JANUARY + 2: actual(100, missing=(7,))})
    assert standing_run(found) == Run("below", JANUARY, JANUARY + 1)

"""How forecasts came true: which years count, and what is said of them together."""

from __future__ import annotations

from datetime import date

from introduction.domain.budget.hit_rate import Hit, by_distance, hits, summary, whole_years
from introduction.domain.budget.variance import Plan
from introduction.domain.outcome import Actual
from tests.domain.budget.test_variance import JANUARY, plan

APPROVED, TODAY = date(2026, 11, 23), date(2029, 6, 1)


def twelve(year: int, cost: int, *, without: int | None = None, missing: int | None = None) -> dict[int, Actual]:
    """A year's months at a cost each; one left out, or one that a unit has not reported."""
    return {
        month: Actual(cost, 10, 10.0, (7,) if month % 12 == missing else ())
        for month in range(year * 12, year * 12 + 12)
        if month % 12 != without
    }


def found_in(actual: dict[int, Actual], *, forecast: Plan | None = None, approved: date = APPROVED) -> list[Hit]:
    """What a forecast came to, seen from June 2029."""
    return hits(forecast or plan(), approved, whole_years(actual, TODAY))


def test_a_year_with_twelve_months_is_held_against_the_forecast() -> None:
    [found] = found_in(twelve(2027, 1100))
    assert found == Hit(2027, 1, 12_000, 9_600, 15_600, 13_200)
    assert found.inside
    assert found.ratio == 1.1


def test_a_year_that_lacks_a_month_or_has_not_ended_does_not_count() -> None:
    assert found_in(twelve(2027, 1100, without=4)) == []
    assert found_in(twelve(2027, 1100, missing=4)) == []
    assert whole_years(twelve(2027, 1100), date(2027, 12, 31)) == {}
    assert whole_years(twelve(2027, 1100), date(2028, 1, 1)) == {2027: 13_200}


def test_a_year_outside_the_plan_does_not_count() -> None:
    assert whole_years(twelve(2026, 1100), TODAY) == {2026: 13_200}
    assert found_in(twelve(2026, 1100)) == []
    assert found_in(twelve(2027, 1100), forecast=plan(first=JANUARY + 1)) == []


def test_what_was_known_at_the_approval_is_no_forecast() -> None:
    found = found_in({**twelve(2027, 1100), **twelve(2028, 1100)}, approved=date(2028, 2, 1))
    assert [(hit.year, hit.since) for hit in found] == [(2028, 0)]


def some(*outcomes: int, since: int = 1) -> list[Hit]:
    return [Hit(2027, since, 100, 80, 130, outcome) for outcome in outcomes]


def test_forecasts_together() -> None:
    found = summary(some(50, 80, 90, 130, 131))
    assert found is not None
    assert (found.count, found.inside, found.median_ratio, found.few) == (5, 3, 0.9, False)


def test_few_are_too_few_to_judge_by_and_none_are_nothing() -> None:
    found = summary(some(90, 90, 90, 90))
    assert found is not None
    assert found.few
    assert summary([]) is None


def test_a_forecast_of_nothing_has_no_ratio() -> None:
    found = summary([Hit(2027, 0, 0, 0, 0, 5)])
    assert found is not None
    assert found.median_ratio is None
    assert found.inside == 0


def test_by_how_far_ahead_the_forecast_looked() -> None:
    found = by_distance([*some(90, 100, since=2), *some(60, since=0)])
    assert {since: one.count for since, one in found.items()} == {0: 1, 2: 2}
    assert found[2].median_ratio == 0.95

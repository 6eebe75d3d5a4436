"""Limits of counts: exact, and wider beside what is expected the less is expected."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.chance import BEYOND_THREE_SIGMA, poisson_limits


@pytest.mark.parametrize(("expected", "limits"), [(0, (0, 0)), (1, (0, 5)), (10, (2, 21))])
def test_limits_are_those_of_the_distribution(expected: float, limits: tuple[int, int]) -> None:
    assert poisson_limits(expected) == limits


def at_most(count: int, expected: float) -> float:
    """The chance of so many or fewer, summed one by one."""
    return math.fsum(
        math.exp(one * math.log(expected) - expected - math.lgamma(one + 1)) for one in range(0, count + 1)
    )


@given(st.floats(0.01, 600))
def test_what_lies_beyond_comes_less_often_than_three_sigma_and_what_lies_within_more_often(expected: float) -> None:
    low, high = poisson_limits(expected)
    assert at_most(low - 1, expected) <= BEYOND_THREE_SIGMA < at_most(low, expected)
    assert 1 - at_most(high, expected) <= BEYOND_THREE_SIGMA + 1e-9
    assert 1 - at_most(high - 1, expected) > BEYOND_THREE_SIGMA - 1e-9


def test_large_counts_come_near_the_normal_distribution() -> None:
    low, high = poisson_limits(1_000_000)
    assert (low, high) == (pytest.approx(997_000, abs=10), pytest.approx(1_003_000, abs=10))


def test_less_than_nothing_is_not_expected() -> None:
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="zero or more"):
            poisson_limits(wrong)

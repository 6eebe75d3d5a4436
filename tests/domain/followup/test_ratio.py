"""Observed against expected reproduces published figures."""

from __future__ import annotations

import pytest

from introduction.domain.followup.ratio import against

# UKHSA PHEindicatormethods, testdata_DSR_ISR.xlsx (numbers only): indirectly standardised ratio and its interval.
OBSERVED, EXPECTED = 91, 835.8835612311743
PUBLISHED = (1017.8922051511577, 819.521002506463, 1249.75926013832)
_CASES = (
    10303,
    2824,
    0,
    3615,
    3641,
    3490,
    3789,
    3213,
    3031,
    2771,
    3089,
    3490,
    3595,
    4745,
    5514,
    7125,
    5694,
    6210,
    5757,
)
_PEOPLE = (
    50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463,
    60479, 49974, 44140, 40888, 37239, 30819, 18136, 15325, 13918,
)  # fmt: skip


def test_byars_interval_is_the_published_one() -> None:
    found = against(OBSERVED, EXPECTED)
    assert found is not None
    rate = sum(_CASES) / sum(_PEOPLE) * 100_000
    assert (found.value * rate, found.low * rate, found.high * rate) == pytest.approx(PUBLISHED, rel=1e-9)


def test_an_smr_of_111_is_560_against_504() -> None:
    found = against(560, 504)
    assert found is not None
    assert round(found.value * 100) == 111
    assert found.low < 1.111 < found.high


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (9, 4.1154, 17.0848)],
)
def test_few_events_have_the_exact_poisson_interval(count: int, low: float, high: float) -> None:
    found = against(count, 1.0)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_nothing_expected_has_no_ratio() -> None:
    assert against(3, 0) is None
    with pytest.raises(ValueError, match="zero or more"):
        against(-1, 3)

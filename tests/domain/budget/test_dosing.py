"""How much of a medicine is used: whole vials, and the mean over patients of different sizes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from introduction.domain.budget import dosing
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import Dose

settled = settings(deadline=None, derandomize=True, max_examples=60)


def used(per_size: float, size: float, vials: tuple[float, ...], **more: object) -> float:
    dose = Dose.model_validate({"per_size": per_size, "size": size, "vials": vials, **more})
    return float(dosing.amount_used(dose, lambda one: one.value))


@settled
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=3, unique=True),
    st.sampled_from([0.01, 0.5, 1.0, 2.5]),
    st.floats(0.05, 5),
)
def test_the_least_that_whole_vials_make_up(vials: list[int], scale: float, times: float) -> None:
    sizes = [vial * scale for vial in vials]
    need = times * max(sizes)
    counts = [range(int(need // size) + 2) for size in sizes]
    totals = (sum(n * size for n, size in zip(each, sizes, strict=True)) for each in product(*counts))
    least = min(total for total in totals if total >= need - 1e-9)
    assert used(need, 1, tuple(sizes)) == pytest.approx(least, rel=1e-9)


def test_shared_vials_waste_nothing() -> None:
    assert used(5, 70, (100, 400)) == pytest.approx(400)
    assert used(5, 70, (100, 400), shared=True) == pytest.approx(350)
    assert used(5, 70, (100, 400), shared=True, size_sd=10) == pytest.approx(350)


def test_patients_of_different_sizes_waste_more_than_the_mean_patient() -> None:
    sizes = np.random.default_rng(1).normal(70, 15, 200_000)
    vials = np.ceil(5 * sizes / 100 - 1e-9) * 100
    assert used(5, 70, (100,), size_sd=15) == pytest.approx(vials.mean(), rel=0.02)


def test_a_very_large_dose_of_very_small_vials_is_no_trouble() -> None:
    assert used(1_000_000, 1, (0.1, 0.25, 1.0)) == pytest.approx(1_000_000, rel=1e-3)


def test_the_dose_may_be_uncertain_where_the_size_is_not() -> None:
    dose = Dose.model_validate({"per_size": {"value": 5, "low": 4, "high": 6}, "size": 70, "vials": [100]})
    drawn = np.array([4.0, 5.0, 6.0])

    def draw(one: Input) -> object:
        return drawn if one.varies else one.value

    assert dosing.amount_used(dose, draw).tolist() == pytest.approx([300, 400, 500])

"""What the benchmarks compare comes to the same figures; else their ratios would say nothing."""

from __future__ import annotations

import pytest

from benchmarks import budget
from introduction.domain.budget import reading


@pytest.mark.parametrize("ranged", ["all", "few"])
def test_the_budget_model_and_plain_python_come_to_the_same_figures(ranged: str) -> None:
    data = budget.as_data(4, ranged)
    budget.check(data, reading.of_data(data))

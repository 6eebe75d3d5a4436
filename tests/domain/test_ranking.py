"""The hard rule of the ranking matrix: never better than the severity allows."""

import pytest

from introduction.domain import ranking
from introduction.domain.fields import SEVERITY


@pytest.mark.parametrize(
    ("severity", "ranks"), [("very_high", {1, 2, 3}), ("high", {1, 2, 3}), ("moderate", {2, 3}), ("low", {3})]
)
def test_the_severity_sets_the_best_rank_that_can_be_given(severity, ranks):
    assert {rank for rank in (1, 2, 3) if ranking.allowed(rank, severity)} == ranks


def test_every_severity_has_a_best_rank():
    assert set(ranking.BEST_RANK_FOR_SEVERITY) == set(SEVERITY)

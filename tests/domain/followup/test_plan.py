"""A plan has a measurable goal of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from introduction.domain.errors import InvalidInput
from introduction.domain.followup.plan import DIMENSIONS, accept, is_met, lacking

GIVEN: dict[str, Any] = {
    "dimension": "clinical_benefit",
    "title": " Andel  med effekt ",
    "measure": "procent",
    "direction": "at_least",
    "goal_milli": 70_000,
    "source": "Registret",
    "reported_by": "Varje enhet",
    "reported_when": "Efter 6 månader",
}


def test_a_goal_is_cleaned_and_taken() -> None:
    assert accept(GIVEN)["dimension"] == "clinical_benefit"


@pytest.mark.parametrize("key", list(GIVEN))
def test_a_goal_without_a_part_is_refused_there(key: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        accept({**GIVEN, key: None})
    assert [field for field, _message in refusal.value.problems] == [key]


def test_what_is_lacking_is_told_in_order() -> None:
    assert lacking([]) == list(DIMENSIONS)
    assert lacking(["clinical_benefit", "clinical_benefit"]) == ["equal_introduction", "cost_effectiveness"]
    assert lacking(DIMENSIONS) == []


def test_a_goal_is_reached_from_its_own_side() -> None:
    assert is_met("at_least", 70_000, 70_000)
    assert not is_met("at_least", 70_000, 69_999)
    assert is_met("at_most", 30_000, 30_000)
    assert not is_met("at_most", 30_000, 30_001)

"""A follow-up plan for tests: a measurable goal of each kind, given through the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from introduction.domain.followup.plan import DIMENSIONS
from introduction.services import follow_up_plan
from introduction.services.desk import Desk
from introduction.store.indicator import Indicator

GOAL: dict[str, Any] = {
    "dimension": "clinical_benefit",
    "title": "Andel med effekt efter tre månader",
    "measure": "procent",
    "direction": "at_least",
    "goal_milli": 70_000,
    "source": "Kvalitetsregistret",
    "reported_by": "Varje behandlande enhet",
    "reported_when": "I varje rapport",
}


def goal(dimension: str, **told: Any) -> dict[str, Any]:
    """A goal of a dimension."""
    return {**GOAL, "dimension": dimension, "title": f"Andel som når målet för {dimension}", **told}


def plan(desk: Desk, case_id: int, dimensions: Iterable[str] = DIMENSIONS) -> list[Indicator]:
    """Give a case a goal of each of the dimensions."""
    return [follow_up_plan.add(desk, case_id, goal(dimension)) for dimension in dimensions]

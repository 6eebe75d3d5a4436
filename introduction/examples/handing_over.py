"""What the economist proposes and the units answer at the invented handovers: the forecast that their pages tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from introduction.services import subjects, suggestions
from introduction.services.desk import Desk
from introduction.store.instance import get
from introduction.store.task import TaskRow

#: Of a step: how large a part of the forecast the proposed room is, in per cent.
ROOM_PERCENT = "room_percent"


def told(desk: Desk, row: TaskRow, values: Mapping[str, Any]) -> dict[str, Any]:
    """The record that a step leaves with a task: what the form begins with, and what the step says itself."""
    known = suggestions.of_record(desk, subjects.read(desk, get(desk.session, row.instance_id)), row)
    forecast = known.get("forecast_ore") or 0
    record = {"forecast_ore": forecast, **{key: value for key, value in values.items() if key != ROOM_PERCENT}}
    if ROOM_PERCENT in values:
        record["room_ore"] = forecast * values[ROOM_PERCENT] // 10_000_000 * 100_000
    return record

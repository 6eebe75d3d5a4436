"""What is already known of the record that a task asks for: its form begins with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from introduction.services import handover_view, reports
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.services.unit_answers import ANSWER
from introduction.store.claim import Claim
from introduction.store.task import TaskRow

Suggest = Callable[[Desk, Subject, TaskRow], Mapping[str, Any]]


def _forecast(desk: Desk, subject: Subject, row: TaskRow) -> Mapping[str, Any]:
    """The cost of the first unfunded year, in whole kronor: as proposed to the unit, else as its own page tells it."""
    if row.unit_id is None:
        return {}
    line = handover_view.see(desk, subject).of(row.unit_id)
    answering = subject.task_named(row.name).record == ANSWER
    if answering and line.proposal is not None:
        return {"forecast_ore": line.proposal.forecast_ore}
    known = line.forecast_ore
    return {"forecast_ore": round(known, -2) if known is not None else None}


_SUGGEST: Mapping[str, Suggest] = {
    "follow_up_report": reports.known,
    handover_view.PROPOSAL: _forecast,
    ANSWER: _forecast,
}


def of_facts(subject: Subject) -> Mapping[str, Any]:
    """What may be suggested for facts that are not known yet, by key: a claim is approved whole as a rule."""
    row = subject.row
    return {"approved_ore": row.extra_cost_ore} if isinstance(row, Claim) and row.counts else {}


def left_open(subject: Subject) -> frozenset[str]:
    """The facts that forms leave open though they are known: a claim's extra cost, worked out anew of its amounts."""
    row = subject.row
    if not isinstance(row, Claim) or row.gross_new_ore is None or row.gross_displaced_ore is None:
        return frozenset()
    adds_up = row.extra_cost_ore == row.gross_new_ore - row.gross_displaced_ore
    return frozenset({"extra_cost_ore"}) if adds_up else frozenset()


def of_record(desk: Desk, subject: Subject, row: TaskRow) -> Mapping[str, Any]:
    """The values that a task's record may begin with, by field; none where nothing is known."""
    record = subject.task_named(row.name).record
    suggest = _SUGGEST.get(record) if record is not None and row.state == "open" else None
    return suggest(desk, subject, row) if suggest is not None else {}

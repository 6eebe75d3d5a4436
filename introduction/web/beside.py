"""What somebody wants to see beside the form of a task, by the record that the task leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from introduction.domain.roles import Right, Scope, can
from introduction.services import follow_up, follow_up_ground, handover_view, reports
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.services.unit_answers import ANSWER
from introduction.store.task import TaskRow
from introduction.web.amounts import unit_for


@dataclass(frozen=True)
class Beside:
    """A piece of a page: its template, and what the template is given as ``beside.of``."""

    template: str
    of: dict[str, Any] = field(default_factory=dict)


def what_to_know(desk: Desk, subject: Subject, row: TaskRow, record: str | None) -> Beside | None:
    """The piece that goes with a task's record; None where the form stands by itself."""
    if record == follow_up_ground.REPORT:
        return _report(desk, subject, row)
    treats = row.unit_id in {unit_id for unit_id, _name in subject.treating_units}
    if record not in (ANSWER, handover_view.PROPOSAL) or row.unit_id is None or not treats:
        return None
    found = handover_view.see(desk, subject)
    line = found.of(row.unit_id)
    known = [line.paid_ore, *(line.forecast.expected if line.forecast else ())]
    known += [line.proposal.forecast_ore, line.proposal.room_ore] if line.proposal else []
    of_unit = Scope(subject.instance.region_id, frozenset({row.unit_id}))
    return Beside(
        "handover/beside.html",
        {
            "handover": found,
            "line": line,
            "unit": unit_for(known),
            "answering": record == ANSWER,
            "sees_budget": can(desk.by, Right.VIEW_UNIT_BUDGET, of_unit) is None,
        },
    )


def _report(desk: Desk, subject: Subject, row: TaskRow) -> Beside:
    """What the unit reported last, for those who may see it, and since when this report is late."""
    due = next((due.due_on for due in subject.due_dates if due.task_id == row.id), None)
    late = due if row.state == "open" and due is not None and due < desk.today else None
    sees = follow_up.sees_counts(desk, subject, row.unit_id)
    last = reports.before(desk, subject.instance.id, row.unit_id) if sees and row.state == "open" else None
    told = {"last": last, "sees": sees and row.state == "open", "late": late, "number": subject.number}
    return Beside("follow_up/beside.html", told)

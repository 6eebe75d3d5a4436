"""A unit's follow-up report: what its form begins with, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from introduction.domain.followup import report as rules
from introduction.domain.followup.report import Bounds, Told
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import indicator as indicators
from introduction.store import outcome as outcomes
from introduction.store.follow_up import FollowUpReport, reports_of
from introduction.store.indicator import IndicatorValue
from introduction.store.task import TaskRow


def known(desk: Desk, subject: Subject, task: TaskRow) -> dict[str, Any]:
    """What the form of a report begins with: the period that has ended, and the cost of it by the outcome."""
    until = min(task.opens_on - timedelta(days=1), desk.today)
    rows = outcomes.standing(desk.session, [subject.instance.id])
    costs = [row.cost_ore for row in rows if row.unit_id == task.unit_id and row.month <= until]
    return {"period_end": until, "cost_ore": sum(costs) if costs else None}


def before(desk: Desk, case_id: int, unit_id: int | None, until: date | None = None) -> FollowUpReport | None:
    """The unit's last report of a day no later than ``until``; None when it has not reported."""
    found = [row for row in _of_unit(desk, case_id, unit_id) if until is None or row.period_end <= until]
    return found[-1] if found else None


def _after(desk: Desk, case_id: int, unit_id: int | None, until: date) -> FollowUpReport | None:
    """The unit's last report of the first day after ``until`` that it has reported of."""
    found = [row for row in _of_unit(desk, case_id, unit_id) if row.period_end > until]
    return next((row for row in reversed(found) if row.period_end == found[0].period_end), None)


def _of_unit(desk: Desk, case_id: int, unit_id: int | None) -> list[FollowUpReport]:
    return [row for row in reports_of(desk.session, case_id) if row.unit_id == unit_id]


def _told(row: FollowUpReport | None) -> Told | None:
    return Told(row.period_end, row.patients_started) if row is not None else None


def add(desk: Desk, subject: Subject, values: Mapping[str, Any], task: TaskRow | None, note: str) -> dict[str, Any]:
    """Write a report with what it says of the plan's indicators. Raises InvalidInput with all that cannot be right.

    Returns what the event tells: the period. The counts stay outside the chain, since the history is read by more.
    """
    case_id, unit_id = subject.instance.id, task.unit_id if task else None
    until = values["period_end"]
    plan = {str(row.id): row.id for row in indicators.plan_of(desk.session, case_id)}
    bounds = Bounds(
        today=desk.today,
        begins=subject.situation["introduction_start"],
        before=_told(before(desk, case_id, unit_id, until)),
        after=_told(_after(desk, case_id, unit_id, until)),
        areas=frozenset(area.id for area in subject.region.area),
        indicators=frozenset(plan),
        explained=bool(note),
    )
    rules.check(values, bounds)
    measured: Mapping[str, int] = values.get("indicators") or {}
    row = FollowUpReport(
        case_id=case_id,
        task_id=task.id if task else None,
        unit_id=unit_id,
        **{key: value for key, value in values.items() if key != "indicators"},
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(
        IndicatorValue(case_id=case_id, report_id=row.id, indicator_id=plan[key], value_milli=milli)
        for key, milli in measured.items()
    )
    return {"period_end": until}

"""What a follow-up is read from: the units, their reports, the goals, what was expected and what is waited for.

It is read as it stands now, or as it stood when a conclusion was drawn: the conclusion's event tells it then. Events
tell reports and goals by id, since these are never changed, and so hold no counts of patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.calendar import local_date
from introduction.domain.process.timing import Text
from introduction.services import follow_up_expected
from introduction.services.desk import Desk
from introduction.services.follow_up_expected import Expected
from introduction.services.subjects import Subject
from introduction.store import indicator as indicators
from introduction.store.case import Case
from introduction.store.follow_up import FollowUpReport, reports_of
from introduction.store.indicator import Indicator

REPORT = "follow_up_report"


@dataclass(frozen=True)
class Waiting:
    """A report that has been asked for and has not come."""

    task: str
    title: Text
    due_on: date | None
    late: bool


@dataclass(frozen=True)
class UnitGround:
    """A treating unit, or one that has reported and treats no more. ``late_days``: so late its last report came."""

    unit_id: int
    name: str
    late_days: int = 0
    expected: Expected | None = None
    waiting: Sequence[Waiting] = ()


@dataclass(frozen=True)
class Ground:
    """What a follow-up is read from. ``reports`` come oldest first."""

    started: date | None
    units: Sequence[UnitGround]
    reports: Sequence[FollowUpReport]
    plan: Sequence[Indicator]
    analysis: int | None  #: the number of the analysis that use and cost are held against

    @property
    def newest(self) -> dict[int, FollowUpReport]:
        """The last report of each unit that has reported."""
        return _newest(self.reports)


def now(desk: Desk, subject: Subject) -> Ground:
    """A case's ground as it stands."""
    row = subject.row
    assert isinstance(row, Case), "cases are followed up"
    reports = reports_of(desk.session, row.id)
    newest = _newest(reports)
    expected = follow_up_expected.of_units(desk, row, subject, newest)
    due = {line.task_id: line.due_on for line in subject.due_dates if line.task_id is not None}
    units = [
        UnitGround(
            unit_id,
            name,
            late_days=_late_days(newest.get(unit_id), due),
            expected=expected.units.get(unit_id),
            waiting=_waiting(desk, subject, unit_id, due, newest.get(unit_id)),
        )
        for unit_id, name in _names(subject, newest)
    ]
    started = subject.situation["introduction_start"]
    return Ground(started, units, reports, indicators.plan_of(desk.session, row.id), expected.analysis)


def told(ground: Ground) -> dict[str, Any]:
    """A ground as an event tells it."""
    return {
        "started": ground.started,
        "analysis": ground.analysis,
        "reports": [report.id for report in ground.reports],
        "goals": [row.id for row in ground.plan],
        "units": [_unit_told(unit) for unit in ground.units],
    }


def kept(desk: Desk, subject: Subject, what: Mapping[str, Any]) -> Ground:
    """The ground that an event tells."""
    case_id, ids = subject.instance.id, set(what["reports"])
    reports = [report for report in reports_of(desk.session, case_id) if report.id in ids]
    newest = _newest(reports)
    return Ground(
        started=_day(what["started"]),
        units=[_unit_kept(subject, unit, newest.get(unit["id"])) for unit in what["units"]],
        reports=reports,
        plan=indicators.plan_with(desk.session, case_id, what["goals"]),
        analysis=what["analysis"],
    )


# ------------------------------------------------------------------------------------- the parts


def _newest(reports: Sequence[FollowUpReport]) -> dict[int, FollowUpReport]:
    return {report.unit_id: report for report in reports if report.unit_id is not None}


def _names(subject: Subject, newest: Mapping[int, FollowUpReport]) -> list[tuple[int, str]]:
    """The treating units, and those that have reported and treat no more."""
    named = list(subject.treating_units)
    known = {unit_id for unit_id, _name in named}
    return named + [(unit_id, subject.unit_names.get(unit_id, "")) for unit_id in newest if unit_id not in known]


def _late_days(report: FollowUpReport | None, due: Mapping[int, date]) -> int:
    asked = due.get(report.task_id or 0) if report is not None else None
    return 0 if report is None or asked is None else max(0, (local_date(report.recorded_at) - asked).days)


def _waiting(
    desk: Desk, subject: Subject, unit_id: int, due: Mapping[int, date], last: FollowUpReport | None
) -> list[Waiting]:
    """The reports that a unit has been asked for and not given. One of a time that a later report tells of too, since
    it counts from the start, is late no more.
    """
    return [
        Waiting(
            task.name,
            subject.task_named(task.name).title,
            due.get(task.id),
            due.get(task.id, desk.today) < desk.today and (last is None or task.opens_on > last.period_end),
        )
        for task in subject.tasks
        if task.unit_id == unit_id
        and task.state == "open"
        and task.opens_on <= desk.today
        and subject.task_named(task.name).record == REPORT
    ]


def _unit_told(unit: UnitGround) -> dict[str, Any]:
    expected = unit.expected
    return {
        "id": unit.unit_id,
        "name": unit.name,
        "late_days": unit.late_days,
        "waiting": [{"task": one.task, "due_on": one.due_on, "late": one.late} for one in unit.waiting],
        "expected": None
        if expected is None
        else {"patients_milli": round(expected.patients * 1000), "cost_ore": expected.cost_ore},
    }


def _unit_kept(subject: Subject, what: Mapping[str, Any], report: FollowUpReport | None) -> UnitGround:
    told_of = what["expected"]
    return UnitGround(
        unit_id=what["id"],
        name=what["name"],
        late_days=what["late_days"],
        expected=Expected.of(told_of["patients_milli"] / 1000, told_of["cost_ore"], report.patients_continuing)
        if told_of is not None and report is not None
        else None,
        waiting=[
            Waiting(one["task"], subject.task_named(one["task"]).title, _day(one["due_on"]), one["late"])
            for one in what["waiting"]
        ],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

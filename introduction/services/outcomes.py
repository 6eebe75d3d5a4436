"""Reads a case's outcome beside its forecast: month by month, by unit, and what marks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from introduction.domain.budget.variance import Line, Plan, Run, Side, Sums, compare, runs, so_far, standing_run, summed
from introduction.domain.calendar import add_months
from introduction.domain.errors import NotFound
from introduction.domain.outcome import Actual, Reported, first_day, hidden_small, month_number, shown_sum, together
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import results, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.results import Kept
from introduction.store import analysis as analyses
from introduction.store import case as cases
from introduction.store import instance as instances
from introduction.store import outcome as store
from introduction.store.case import Case
from introduction.store.outcome import OutcomeMonth, Place


@dataclass(frozen=True)
class Mark:
    """The outcome has lain outside the band at least two months running, and still does."""

    case_id: int
    side: Side
    first: date  #: the first days of the first and the last month of the run
    last: date
    months: int
    known: datetime  #: when the months that made it a run had been recorded


@dataclass(frozen=True)
class UnitLine:
    """A unit's outcome. ``patients`` are those of its last month; None where they are hidden, or nothing has come."""

    unit_id: int
    name: str
    patients: int | None
    cost: int | None  #: of all its months; None where some month's counts are hidden
    share: float | None
    since: date | None
    last: date | None
    late: bool  #: the last closed month has not come


@dataclass(frozen=True)
class CaseOutcome:
    """Everything that the page of a case's outcome shows."""

    case: Case
    about: About
    region_id: int
    forecasts: Sequence[Kept]
    chosen: Kept | None
    lines: Sequence[Line]
    so_far: Sequence[int | None]  #: the outcome since the plan's start, for each line
    sums: Sums
    runs: Sequence[Run]
    mark: Mark | None
    units: Sequence[UnitLine]
    unit_names: Mapping[int, str]
    last_closed: date  #: the first day of the last month that has ended
    rows: Sequence[OutcomeMonth]
    shows_small: bool  #: counts of one to four patients are shown
    masked: frozenset[int]  #: the months whose outcome the reader may not see, since it would tell of a small count
    may_record: bool

    def counts(self, month: int) -> dict[int, int | None]:
        """The patients of each unit that has reported a month, as the reader may see them."""
        found = {row.unit_id: row.patients for row in self.rows if month_number(row.month) == month}
        if self.shows_small:
            return dict(found)
        return dict(zip(found, hidden_small(list(found.values())), strict=True))


def view(desk: Desk, number: str, analysis: int | None = None) -> CaseOutcome:
    """A case's outcome beside a forecast: the approved one, or the one of a number that was ever approved.

    Raises NotFound (the case, or such a forecast) and NotAllowed.
    """
    row = cases.by_number(desk.session, number)
    scope = scope_of(desk, row)
    demand(desk.by, Right.VIEW_CASE, scope)
    forecasts = results.ever_approved(desk, row.id)
    chosen = _chosen(forecasts, analysis)
    rows = store.standing(desk.session, [row.id])
    places = {place.id: place for place in store.places(desk.session, row.region_id)}
    actual = _together(rows, _ended(places.values()))
    lines = compare(Plan.of(chosen.figures), actual) if chosen else _unplanned(actual)
    mark = _mark(row.id, lines, rows) if chosen else None
    shows_small = can(desk.by, Right.READ_INTERNAL, scope) is None or can(desk.by, Right.RECORD_OUTCOME, scope) is None
    masked = frozenset() if shows_small else _masked(rows)
    lines = [replace(line, actual=None) if line.month in masked else line for line in lines]
    treating = cases.treating_unit_ids(desk.session, row.id)
    return CaseOutcome(
        case=row,
        about=About.of(desk.session, row),
        region_id=row.region_id,
        forecasts=forecasts,
        chosen=chosen,
        lines=lines,
        so_far=so_far(lines),
        sums=summed(lines),
        runs=runs(lines),
        mark=mark,
        units=_units(desk, row, rows, places, treating, shows_small),
        unit_names={place.id: place.name for place in places.values()},
        last_closed=last_closed(desk.today),
        rows=rows,
        shows_small=shows_small,
        masked=masked,
        may_record=can(desk.by, Right.RECORD_OUTCOME, scope) is None,
    )


def scope_of(desk: Desk, row: Case) -> Scope:
    """What rights over a case depend on."""
    treating = cases.treating_unit_ids(desk.session, row.id)
    return subjects.scope_of(instances.get(desk.session, row.id), row, treating)


def mark_of(desk: Desk, case_id: int) -> Mark | None:
    """The mark of a case, by the approved forecast; None where there is no reason for one. The caller has asked
    whether the reader may see the case.
    """
    return marks(desk, [case_id]).get(case_id)


def marks(desk: Desk, case_ids: Iterable[int]) -> dict[int, Mark]:
    """The marks of those cases that have one, in a constant number of statements."""
    rows = _by_case(store.standing(desk.session, case_ids))
    approved = analyses.approved(desk.session, rows)
    ended = _ended(store.places_of_cases(desk.session, approved))
    found = {}
    for case_id, forecast in approved.items():
        plan = Plan.of(results.result_of(forecast))
        mark = _mark(case_id, compare(plan, _together(rows[case_id], ended)), rows[case_id])
        if mark is not None:
            found[case_id] = mark
    return found


def marks_in(desk: Desk, region_id: int) -> dict[int, Mark]:
    """The marks of a region's cases, by case."""
    return marks(desk, store.cases_with(desk.session, region_id))


def last_closed(today: date) -> date:
    """The first day of the last month that has ended."""
    return add_months(today.replace(day=1), -1)


def actual_by_case(desk: Desk, case_ids: Iterable[int]) -> dict[int, dict[int, Actual]]:
    """What cases came to by month, all units together; those that have any outcome."""
    rows = _by_case(store.standing(desk.session, case_ids))
    ended = _ended(store.places_of_cases(desk.session, rows))
    return {case_id: _together(found, ended) for case_id, found in rows.items()}


# ------------------------------------------------------------------------------------- the parts


def _chosen(forecasts: Sequence[Kept], number: int | None) -> Kept | None:
    if number is None:
        return next((one for one in reversed(forecasts) if one.row.state == "approved"), None)
    found = next((one for one in forecasts if one.row.number == number), None)
    if found is None:
        raise NotFound(f"approved analysis {number}")
    return found


def _by_case(rows: Iterable[OutcomeMonth]) -> dict[int, list[OutcomeMonth]]:
    found: dict[int, list[OutcomeMonth]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _ended(places: Iterable[Place]) -> dict[int, int]:
    """The last month of each unit that is no more."""
    return {place.id: month_number(place.valid_to) for place in places if place.valid_to is not None}


def _together(rows: Sequence[OutcomeMonth], ended: Mapping[int, int]) -> dict[int, Actual]:
    reported = [
        Reported(row.unit_id, month_number(row.month), row.patients, row.quantity_milli, row.cost_ore) for row in rows
    ]
    return together(reported, ended)


def _unplanned(actual: Mapping[int, Actual]) -> list[Line]:
    return [Line(month, None, one) for month, one in actual.items()]


def _mark(case_id: int, lines: Sequence[Line], rows: Sequence[OutcomeMonth]) -> Mark | None:
    run = standing_run(lines)
    if run is None:
        return None
    began = [row.recorded_at for row in rows if run.first <= month_number(row.month) <= run.first + 1]
    return Mark(case_id, run.side, first_day(run.first), first_day(run.last), len(run.months), max(began))


def _units(
    desk: Desk,
    case: Case,
    rows: Sequence[OutcomeMonth],
    places: Mapping[int, Place],
    treating: Sequence[int],
    shows_small: bool,
) -> list[UnitLine]:
    closed = last_closed(desk.today)
    whole = sum(row.cost_ore for row in rows)
    of_unit: dict[int, list[OutcomeMonth]] = {unit_id: [] for unit_id in treating}
    for row in rows:
        of_unit.setdefault(row.unit_id, []).append(row)
    ordered = [unit_id for unit_id in places if unit_id in of_unit]
    newest = {unit_id: of_unit[unit_id][-1] if of_unit[unit_id] else None for unit_id in ordered}
    started = case.fact("introduction_start")
    begun = bool(rows) or (started is not None and started < add_months(closed, 1))
    hidden = _hidden_units(newest, rows) if not shows_small else frozenset()
    # With a price at hand a sum tells how many patient-months it holds: beside the months' sums, often each of them.
    tells = shows_small or not any(_hidden_by_month(rows).values())
    cost = {unit_id: sum(row.cost_ore for row in of_unit[unit_id]) for unit_id in ordered}
    return [
        UnitLine(
            unit_id=unit_id,
            name=places[unit_id].name,
            patients=None if last is None or unit_id in hidden else last.patients,
            cost=cost[unit_id] if tells else None,
            share=(cost[unit_id] / whole if whole else 0.0) if tells else None,
            since=of_unit[unit_id][0].month if last else None,
            last=last.month if last else None,
            late=begun and _exists(places[unit_id], closed) and (last is None or last.month < closed),
        )
        for unit_id, last in newest.items()
    ]


def _masked(rows: Sequence[OutcomeMonth]) -> frozenset[int]:
    """The months in which not even the sum of all units may be shown."""
    counts: dict[int, list[int]] = {}
    for row in rows:
        counts.setdefault(month_number(row.month), []).append(row.patients)
    return frozenset(month for month, found in counts.items() if shown_sum(found) is None)


def _hidden_units(newest: Mapping[int, OutcomeMonth | None], rows: Sequence[OutcomeMonth]) -> frozenset[int]:
    """The units whose patients are hidden in the table: beside each other's, and beside the others' of their months.

    The units' last months may differ. What a month hides stays hidden, else the month's sum would tell of another.
    """
    known = {unit_id: row.patients for unit_id, row in newest.items() if row is not None}
    shown = hidden_small(list(known.values()))
    beside = {unit_id for unit_id, count in zip(known, shown, strict=True) if count is None}
    by_month = _hidden_by_month(rows)
    return frozenset(beside | {unit for unit, row in newest.items() if row and unit in by_month[row.month]})


def _hidden_by_month(rows: Sequence[OutcomeMonth]) -> dict[date, set[int]]:
    """The units whose count of a month is hidden, for each month."""
    counts: dict[date, dict[int, int]] = {}
    for row in rows:
        counts.setdefault(row.month, {})[row.unit_id] = row.patients
    return {
        month: {unit for unit, shown in zip(found, hidden_small(list(found.values())), strict=True) if shown is None}
        for month, found in counts.items()
    }


def _exists(place: Place, month: date) -> bool:
    return place.valid_from < add_months(month, 1) and (place.valid_to is None or place.valid_to >= month)

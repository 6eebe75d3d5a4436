"""Budget submissions: on a day of the budget calendar a region's approved analyses are frozen together, once a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from introduction.domain.budget.portfolio import LEVEL
from introduction.domain.calendar import local_date
from introduction.domain.errors import NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Right, Scope, demand
from introduction.services import case_costs, log
from introduction.services.case_costs import Costs
from introduction.services.desk import Desk
from introduction.store import analysis as analyses
from introduction.store import portfolio as cases
from introduction.store import region as regions
from introduction.store import submission as store
from introduction.store import unit as units
from introduction.store.portfolio import MoneyRow
from introduction.store.region import RegionRow
from introduction.store.submission import Submission

#: The budget year and the four after it.
YEARS = 5
#: In which order payers stand.
PURSES = ("introduction_fund", "clinic", "prescription_benefit", "region")


@dataclass(frozen=True)
class Row:
    """What a case costs an administration (None: not divided) in a year, from one purse, in öre."""

    case_id: int
    analysis_id: int
    unit_id: int | None
    year: int
    purse: str
    amount: int
    low: int
    high: int


@dataclass(frozen=True)
class Content:
    """A submission, frozen or as it would be now: its rows, the cases in it, and those without an approved analysis."""

    region: RegionRow
    budget_year: int
    rows: Sequence[Row]
    cases: Mapping[int, MoneyRow]  #: every case of the region
    missing: Sequence[MoneyRow]
    analyses: Mapping[int, int]  #: the number of each analysis, by its id
    units: Mapping[int, str]
    frozen: Submission | None = None
    last: Mapping[tuple[int, int], int] | None = None  #: last year's submission, by case and year; None: there is none

    @property
    def years(self) -> tuple[int, ...]:
        """The years that it tells of."""
        return tuple(range(self.budget_year, self.budget_year + YEARS))


@dataclass(frozen=True)
class Listed:
    """A submission in the list, with its sum in its own budget year."""

    row: Submission
    amount: int


# ------------------------------------------------------------------------------------- reading


def listed(desk: Desk, region_id: int) -> list[Listed]:
    """A region's submissions, the latest first. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    rows = store.submissions_of(desk.session, region_id)
    sums = store.sums_of(desk.session, [row.id for row in rows])
    return [Listed(row, sums.get((row.id, row.budget_year), 0)) for row in rows]


def see(desk: Desk, region_id: int, budget_year: int) -> Content:
    """A frozen submission. Raises NotAllowed, NotFound."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    found = store.of_year(desk.session, region_id, budget_year)
    if found is None:
        raise NotFound(f"submission {budget_year} of region {region_id}")
    rows = [
        Row(row.case_id, row.analysis_id, row.unit_id, row.year, row.purse, row.amount_ore, row.low_ore, row.high_ore)
        for row in store.rows_of(desk.session, found.id)
    ]
    known = {row.id: row for row in cases.cases(desk.session, region_id, open_only=False)}
    told, day = {row.case_id for row in rows}, local_date(found.frozen_at)
    missing = [row for row in known.values() if row.id not in told and _was_open(row, day)]
    return _content(desk, region_id, budget_year, rows, known, missing, found)


def preview(desk: Desk, region_id: int) -> Content:
    """Next year's submission as it would be if it were frozen now. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    known = {row.id: row for row in cases.cases(desk.session, region_id, open_only=False)}
    rows = _gather(desk, region_id, desk.today.year + 1)
    told = {row.case_id for row in rows}
    missing = [row for row in known.values() if row.id not in told and _was_open(row, desk.today)]
    return _content(desk, region_id, desk.today.year + 1, rows, known, missing, None)


def may_freeze(desk: Desk, region_id: int) -> bool:
    """True while next year's submission has not been frozen."""
    return store.of_year(desk.session, region_id, desk.today.year + 1) is None


def opens_on(desk: Desk, region: RegionRow, year: int) -> date:
    """The day of a year when the clock freezes: the opening of the region's budget calendar."""
    month_and_day = desk.catalogue.regions[region.slug].value("budget_calendar_opens", date(year, 12, 31))
    return date(year, month_and_day // 100, month_and_day % 100)


def _was_open(row: MoneyRow, day: date) -> bool:
    """True for a case that ought to have had an analysis that day: open, and past the horizon scan by now."""
    lasted = row.opened_on <= day and (row.closed_on is None or row.closed_on > day)
    return lasted and row.phase != Phase.NATIONAL_RECOMMENDATION


def _content(
    desk: Desk,
    region_id: int,
    budget_year: int,
    rows: Sequence[Row],
    known: Mapping[int, MoneyRow],
    missing: Sequence[MoneyRow],
    frozen: Submission | None,
) -> Content:
    region = desk.session.get_one(RegionRow, region_id)
    return Content(
        region=region,
        budget_year=budget_year,
        rows=rows,
        cases=known,
        missing=missing,
        analyses=store.analysis_numbers(desk.session, {row.analysis_id for row in rows}),
        units=units.names_in(desk.session, region_id),
        frozen=frozen,
        last=_last(desk, region_id, budget_year),
    )


def _last(desk: Desk, region_id: int, budget_year: int) -> dict[tuple[int, int], int] | None:
    before = store.of_year(desk.session, region_id, budget_year - 1)
    if before is None:
        return None
    sums: dict[tuple[int, int], int] = {}
    for row in store.rows_of(desk.session, before.id):
        sums[row.case_id, row.year] = sums.get((row.case_id, row.year), 0) + row.amount_ore
    return sums


# ------------------------------------------------------------------------------------- freezing


def due(desk: Desk) -> list[int]:
    """The regions whose submission the clock is to freeze now: with cases, on or after the day, and not done yet."""
    year = desk.today.year
    done = store.frozen_in(desk.session, [year + 1])
    return [
        row.id
        for row in regions.all_regions(desk.session)
        if (row.id, year + 1) not in done
        and row.slug in desk.catalogue.regions
        and opens_on(desk, row, year) <= desk.today
        and cases.any_open(desk.session, row.id)
    ]


def freeze_by_clock(desk: Desk, region_id: int) -> Submission | None:
    """Freeze a region's submission for next year. None when somebody else has done it, or its day has not come."""
    region = regions.lock(desk.session, region_id)
    if opens_on(desk, region, desk.today.year) > desk.today or not may_freeze(desk, region_id):
        return None
    return _freeze(desk, region_id, actor="clock")


def freeze_now(desk: Desk, region_id: int, budget_year: int) -> Submission:
    """Freeze next year's submission by hand, before the clock does. Raises NotAllowed, Refused."""
    demand(desk.by, Right.PLAN_FUND, Scope(region_id))
    regions.lock(desk.session, region_id)
    if budget_year != desk.today.year + 1:
        raise Refused(say("Bara underlaget för nästa budgetår kan frysas"))
    if not may_freeze(desk, region_id):
        raise Refused(say("Underlaget för {year} är redan fryst", year=budget_year))
    return _freeze(desk, region_id)


def _freeze(desk: Desk, region_id: int, **who: Any) -> Submission:
    """Write the submission. The region is locked, and has none for the year: so it happens once."""
    budget_year = desk.today.year + 1
    rows = _gather(desk, region_id, budget_year)
    row = Submission(region_id=region_id, budget_year=budget_year, frozen_at=desk.now, frozen_by=desk.user_id)
    desk.session.add(row)
    desk.session.flush()
    store.add_rows(
        desk.session,
        [
            {
                "submission_id": row.id,
                "case_id": one.case_id,
                "analysis_id": one.analysis_id,
                "unit_id": one.unit_id,
                "year": one.year,
                "purse": one.purse,
                "amount_ore": one.amount,
                "low_ore": one.low,
                "high_ore": one.high,
            }
            for one in rows
        ],
    )
    log.record_in_region(
        desk,
        region_id,
        "budget_submission_frozen",
        submission=row.id,
        budget_year=budget_year,
        analyses=sorted({one.analysis_id for one in rows}),
        amount_ore=sum(one.amount for one in rows if one.year == budget_year),
        **who,
    )
    desk.session.flush()
    return row


def _gather(desk: Desk, region_id: int, budget_year: int) -> list[Row]:
    """The rows that the approved analyses of a region's open cases give."""
    known = {row.id: row for row in cases.cases(desk.session, region_id)}
    approved = analyses.approved(desk.session, known) if known else {}
    administrations = {str(unit_id): unit_id for unit_id in units.names_in(desk.session, region_id)}
    years = tuple(range(budget_year, budget_year + YEARS))
    rows: list[Row] = []
    for case_id, row in known.items():
        if case_id in approved:
            analysis = approved[case_id]
            costs = case_costs.of_analysis(analysis).on(years, row.financed_until)
            rows += _rows(case_id, analysis.id, costs, administrations)
    return rows


def _rows(case_id: int, analysis_id: int, costs: Costs, administrations: Mapping[str, int]) -> list[Row]:
    """An analysis's rows: öre that add up to its own figures, with intervals from its draws.

    What no year says anything of is left out, unless that is all there is.
    """
    together: dict[tuple[int | None, str], list[int]] = {}
    for number, (area, purse) in sorted(enumerate(costs.keys), key=lambda one: PURSES.index(one[1][1])):
        together.setdefault((administrations.get(area), purse), []).append(number)
    found: list[list[Row]] = []
    for (unit_id, purse), numbers in together.items():
        amounts = costs.summed(numbers, lambda _area, _purse: "")[""]
        ends = np.quantile(costs.drawn(numbers), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1) * 100
        rows = []
        for at, (year, amount) in enumerate(zip(costs.years, amounts, strict=True)):
            low, high = min(round(float(ends[0, at])), amount), max(round(float(ends[1, at])), amount)
            rows.append(Row(case_id, analysis_id, unit_id, year, purse, amount, low, high))
        found.append(rows)
    told = [rows for rows in found if any(row.low or row.high for row in rows)] or found[:1]
    return [row for rows in told for row in rows]

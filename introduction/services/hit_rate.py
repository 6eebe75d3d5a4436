"""How the region's forecasts have come true: every frozen forecast beside what the years came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.budget import hit_rate
from introduction.domain.budget.hit_rate import Hit, Summary
from introduction.domain.budget.variance import Plan
from introduction.domain.calendar import local_date
from introduction.domain.errors import NotAllowed
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import outcomes, results
from introduction.services.desk import Desk
from introduction.store import listing
from introduction.store import outcome as store
from introduction.store.listing import CaseRow
from introduction.store.region import RegionRow, all_regions


@dataclass(frozen=True)
class ForecastYear:
    """A frozen forecast of a year in a case."""

    case: CaseRow
    analysis: int  #: the analysis's number within the case
    hit: Hit


@dataclass(frozen=True)
class HitRate:
    """A region's forecasts."""

    region_id: int
    region: str
    years: Sequence[ForecastYear]
    summary: Summary | None
    by_distance: dict[int, Summary]  #: by years since the approval


def of_region(desk: Desk, region_id: int) -> HitRate:
    """Every forecast year of a region that has come to an end. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    row = desk.session.get_one(RegionRow, region_id)
    years = _years(desk, region_id)
    found = [one.hit for one in years]
    return HitRate(region_id, row.name, years, hit_rate.summary(found), hit_rate.by_distance(found))


def own_regions(desk: Desk) -> list[RegionRow]:
    """The regions whose forecasts the person may look at."""
    return [row for row in all_regions(desk.session) if can(desk.by, Right.VIEW_PORTFOLIO, Scope(row.id)) is None]


def summary(desk: Desk, region_id: int) -> Summary | None:
    """How a region's forecasts have come true, in three figures, for whoever makes the next one; None when there is
    nothing to tell. It names no case. Raises NotAllowed for people without any role in the region.
    """
    if desk.by is None or region_id not in desk.by.region_ids:
        raise NotAllowed(say("Din roll gäller en annan region eller enhet"))
    return hit_rate.summary(one.hit for one in _years(desk, region_id))


def _years(desk: Desk, region_id: int) -> list[ForecastYear]:
    actual = outcomes.actual_by_case(desk, store.cases_with(desk.session, region_id))
    years = {case_id: hit_rate.whole_years(months, desk.today) for case_id, months in actual.items()}
    ids = [case_id for case_id, whole in years.items() if whole]  # no other forecast needs to be read
    cases = listing.by_ids(desk.session, ids)
    found = []
    for forecast in store.forecasts(desk.session, ids):
        assert forecast.approved_at is not None, "it was approved once"
        plan = Plan.of(results.result_of(forecast))
        for hit in hit_rate.hits(plan, local_date(forecast.approved_at), years[forecast.case_id]):
            found.append(ForecastYear(cases[forecast.case_id], forecast.number, hit))
    return sorted(found, key=lambda one: (-one.hit.year, one.case.medicine, one.case.id, one.analysis))

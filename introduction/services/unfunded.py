"""Introductions that were approved without money for the year: the same answer on every page that shows a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.funding import unfunded_years
from introduction.domain.roles import RIGHTS, Person, Right
from introduction.services.desk import Desk
from introduction.store import listing
from introduction.store import unfunded as store
from introduction.store.listing import CaseRow
from introduction.store.region import all_regions


@dataclass(frozen=True)
class Unfunded:
    """A case with the budget years that it has no money for."""

    row: CaseRow
    years: tuple[int, ...]


def years_of(desk: Desk, case_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The years without money of those of some cases that have any; four statements, however many cases."""
    if not case_ids:
        return {}
    outcomes, granted = store.last_outcomes(desk.session, case_ids), store.years_granted(desk.session, case_ids)
    decided_by = _decided_by(desk)
    found = {}
    for row in store.periods(desk.session, case_ids):
        years = unfunded_years(
            outcomes.get(row.id),
            (row.introduction_start, row.financed_until),
            granted.get(row.id, ()),
            desk.today,
            decided_by.get(row.region_id),
        )
        if years:
            found[row.id] = years
    return found


def in_region(desk: Desk, region_id: int) -> list[Unfunded]:
    """The cases of a region without money for a year that they were approved for, in Swedish order by name."""
    return _listed(desk, [region_id])


def to_see_to(desk: Desk, person: Person) -> Sequence[Unfunded]:
    """Those in the regions where a person plans the fund; nothing for others."""
    held = [mandate.region_id for mandate in person.mandates if mandate.role in RIGHTS[Right.PLAN_FUND]]
    return _listed(desk, held) if held else []


def _listed(desk: Desk, region_ids: Iterable[int]) -> list[Unfunded]:
    in_order = store.financed(desk.session, region_ids, desk.today)
    years = years_of(desk, in_order)
    rows = listing.by_ids(desk.session, list(years)) if years else {}
    return [Unfunded(rows[case_id], years[case_id]) for case_id in in_order if case_id in years]


def _decided_by(desk: Desk) -> dict[int, date]:
    """The day of this year by which next year's money should be decided, for the regions with rounds for that."""
    found = {}
    for row in all_regions(desk.session):
        region = desk.catalogue.regions.get(row.slug)
        rounds = region.round if region is not None else ()
        days = [day for each in rounds if each.decides_next_year for day in each.days([desk.today.year])]
        if days:
            found[row.id] = max(days)
    return found

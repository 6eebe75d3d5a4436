"""What lands in a unit's own budget: of each case in which it takes part, how much, from when and by which analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from introduction.domain.budget import portfolio as rules
from introduction.domain.budget.curves import Array
from introduction.domain.budget.portfolio import Entry, Figure
from introduction.domain.errors import NotFound
from introduction.domain.process.definition import Phase
from introduction.domain.process.region import Region
from introduction.domain.process.situation import handover_begins
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Right, Scope, demand
from introduction.services import case_costs, phase_history, portfolio_cases, unit_answers
from introduction.services.case_costs import FUND, OWN, Costs
from introduction.services.desk import Desk
from introduction.services.portfolio_cases import YEARS
from introduction.services.unit_answers import Answers
from introduction.store import analysis as analyses
from introduction.store import portfolio as store
from introduction.store import unit as units
from introduction.store.analysis import Analysis
from introduction.store.handover import Asked
from introduction.store.portfolio import MoneyRow
from introduction.store.region import RegionRow, all_regions
from introduction.store.unit import Unit


@dataclass(frozen=True)
class Line:
    """A case in which the unit takes part, with the cost that lands in its own budget by year."""

    row: MoneyRow
    decided: bool
    source: str  #: "analysis", "nomination" or "" where nobody has said anything of the cost
    analysis: int | None
    borne_now: bool  #: the region's money has ended, or there was none
    lands_from: date | None  #: the day after the region's money ends; None where that is not settled
    own: int  #: so many of the case's treating units are the unit's own
    among: int  #: so many it has in all; 0: none is named yet
    by_area: bool  #: the analysis says what falls on the administration
    elsewhere: bool  #: it divides the cost, and none of it falls on the administration
    ends_otherwise: bool  #: it lets the region's money end in another year than is settled
    unpaid: int  #: so many of the own ones bear no cost: it stays with the region
    entry: Entry
    cost: Figure
    answers: Answers = field(default_factory=Answers)
    asked_by: date | None = None  #: the units are asked by then whether they take it over; None: asked, or unknown

    @property
    def waits(self) -> Asked | None:
        """What waits for an answer of a unit of one's own, the nearest."""
        return next(iter(self.answers.asked), None)


@dataclass(frozen=True)
class View:
    """What lands with a unit. ``total`` is of the decided cases; those that may come are apart and not added up."""

    unit: Unit
    region: RegionRow
    years: tuple[int, ...]
    decided: Sequence[Line]
    may_come: Sequence[Line]
    total: Figure
    lead_year: int  #: the next year, or the first later one in which anything lands
    largest: Line | None  #: the decided case that costs most in that year

    @property
    def coming(self) -> Sequence[Line]:
        """The decided cases that are not borne yet, in the order in which they land; those without a day last."""
        ahead = [line for line in self.decided if not line.borne_now]
        return sorted(ahead, key=lambda line: (line.lands_from is None, line.lands_from or date.max, line.row.id))

    @property
    def waiting(self) -> Sequence[tuple[Line, Asked]]:
        """What waits for an answer, the nearest day first."""
        found = [(line, asked) for line in self.decided for asked in line.answers.asked]
        return sorted(found, key=lambda pair: (pair[1].due_on is None, pair[1].due_on or date.max))

    def in_lead(self, amounts: Sequence[int]) -> int:
        """The amount of the year that the lead tells of."""
        return amounts[self.years.index(self.lead_year)]


@dataclass(frozen=True)
class Choice:
    """A unit that the person may look at, and the administration that it belongs to."""

    id: int
    name: str
    kind: str
    administration: str
    own: bool  #: the topmost unit of a local role of the person


def choices(desk: Desk) -> list[Choice]:
    """The units whose budget the acting person may look at, administration by administration.

    Local roles: their own units and those below. Region-wide roles: all units of the region.
    """
    assert desk.by is not None, "a page asks"
    held = [mandate for mandate in desk.by.mandates if mandate.role in RIGHTS[Right.VIEW_UNIT_BUDGET]]
    wide = {mandate.region_id for mandate in held if mandate.role not in LOCAL_ROLES}
    own = frozenset().union(*(mandate.unit_ids for mandate in held if mandate.role in LOCAL_ROLES))
    found: list[Choice] = []
    for region in all_regions(desk.session):
        if region.id not in wide | {mandate.region_id for mandate in held}:
            continue
        every = units.units_of(desk.session, region.id, desk.today)
        names, above = {unit.id: unit.name for unit in every}, {unit.id: unit.parent_id for unit in every}
        top = {unit.id: units.topmost(above, unit.id) for unit in every}
        place = {unit.id: number for number, unit in enumerate(every)}
        seen = [unit for unit in every if region.id in wide or unit.id in own]
        seen.sort(key=lambda unit: (place.get(top[unit.id], 0), unit.id != top[unit.id], place[unit.id]))
        found += [
            Choice(
                unit.id, unit.name, unit.kind, names.get(top[unit.id], ""), unit.id in own and unit.parent_id not in own
            )
            for unit in seen
        ]
    return found


def see(desk: Desk, unit_id: int) -> View:
    """What lands with a unit and all units below it. A constant number of statements. Raises NotFound, NotAllowed."""
    unit = desk.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(f"unit {unit_id}")
    demand(desk.by, Right.VIEW_UNIT_BUDGET, Scope(unit.region_id, frozenset({unit.id})))
    region = desk.session.get_one(RegionRow, unit.region_id)
    years = tuple(range(desk.today.year + 1, desk.today.year + 1 + YEARS))
    lines = [line for line in _lines(desk, unit, desk.catalogue.regions[region.slug], years) if line is not None]
    decided = sorted((line for line in lines if line.decided), key=lambda line: (-sum(line.cost.expected), line.row.id))
    entries = [line.entry for line in decided]
    expected = rules.added((line.cost.expected for line in decided), YEARS)
    total = rules.figure(rules.simulate(entries, {}, YEARS).total, expected)
    lead = next((number for number, amount in enumerate(expected) if amount), 0)
    return View(
        unit=unit,
        region=region,
        years=years,
        decided=decided,
        may_come=[line for line in lines if not line.decided],
        total=total,
        lead_year=years[lead],
        largest=max(decided, key=lambda line: line.cost.expected[lead]) if expected[lead] else None,
    )


def _lines(desk: Desk, unit: Unit, region: Region, years: Sequence[int]) -> Iterable[Line | None]:
    here = units.below(desk.session, [unit.id])
    rows = store.cases(desk.session, unit.region_id, unit_ids=here)
    outcomes = store.last_outcomes(desk.session, unit.region_id)
    treating = store.treating(desk.session, [row.id for row in rows])
    approved = analyses.approved(desk.session, [row.id for row in rows]) if rows else {}
    sharing = _Sharing(here, units.parents(desk.session), store.bearing_none(desk.session, desk.today))
    own = {case_id: [unit_id for unit_id in named if unit_id in here] for case_id, named in treating.items()}
    answers = unit_answers.of_cases(desk, [row.id for row in rows], here, own)
    for row in rows:
        known, outcome = approved.get(row.id), outcomes.get(row.id)
        costs = _costs_of(desk, row, region, known, outcome, years)
        line = _line(desk, row, known, costs, outcome, treating, sharing)
        if line is not None:
            line = _with_answers(line, answers[row.id], desk.today)
            line = replace(line, asked_by=_asked_by(desk, line, region))
        yield line


def _asked_by(desk: Desk, line: Line, region: Region) -> date | None:
    """By when the units are asked at the latest, in a region that asks them, before a handover has begun."""
    until, phase = line.row.financed_until, Phase(line.row.phase)
    if until is None or phase in (Phase.HANDOVER, *phase_history.BEFORE) or line.borne_now:
        return None
    if not any(one.region == region.id and unit_answers.hands_over(one) for one in desk.catalogue.definitions.values()):
        return None
    return max(handover_begins(until, region), desk.today)


def _with_answers(line: Line, answers: Answers, today: date) -> Line:
    """The line with what was answered; a recorded change of payer says from when the cost is borne."""
    if answers.borne_from is None:
        return replace(line, answers=answers)
    borne = line.decided and answers.borne_from <= today
    return replace(line, answers=answers, borne_now=borne, lands_from=None if borne else answers.borne_from)


def _costs_of(
    desk: Desk, row: MoneyRow, region: Region, known: Analysis | None, outcome: str | None, years: Sequence[int]
) -> Costs | None:
    """A case's costs in some years by the approved analysis, else as the nomination tells them."""
    costs = case_costs.of_analysis(known) if known else portfolio_cases.nominated(desk, row, region, years[0], outcome)
    return costs.on(years, row.financed_until) if costs else None


def _line(
    desk: Desk,
    row: MoneyRow,
    known: Analysis | None,
    costs: Costs | None,
    outcome: str | None,
    treating: Mapping[int, Sequence[int]],
    sharing: _Sharing,
) -> Line | None:
    """A case as it lands with the unit; None where others than the unit's own treat."""
    named = treating.get(row.id, ())
    takes_part = named or [unit_id for unit_id in [row.nominating_unit_id] if unit_id is not None]
    own = [unit_id for unit_id in takes_part if unit_id in sharing.here]
    if not own:
        return None
    decided = phase_history.is_introduced(row.phase, outcome)
    borne_now = decided and _borne_now(row, outcome, desk.today)
    draws = np.zeros((YEARS, 1))
    if costs is not None:
        draws = sharing.part(costs, takes_part, own)
    by_area = costs is not None and any(sharing.area(unit_id) in dict(costs.keys) for unit_id in own)
    entry = Entry(row.id, draws)
    return Line(
        row=row,
        decided=decided,
        source="analysis" if known is not None else "nomination" if costs is not None else "",
        analysis=known.number if known is not None else None,
        borne_now=borne_now,
        lands_from=row.financed_until + timedelta(days=1) if row.financed_until and not borne_now else None,
        own=len(own),
        among=len(named),
        by_area=by_area,
        elsewhere=costs is not None and not by_area and all(area for area, _purse in costs.keys),
        ends_otherwise=_ends_otherwise(row, known),
        unpaid=len(sharing.bearing_none.intersection(own)),
        entry=entry,
        cost=_figure(entry),
    )


def _figure(entry: Entry) -> Figure:
    """What is expected of an entry, in öre by year, and the interval that holds 80 per cent of its draws."""
    low, high = np.quantile(entry.draws, [0.1, 0.9], axis=1)
    expected = rules.expected_of(entry, {})
    return Figure(
        expected,
        tuple(min(round(float(one) * 100), value) for one, value in zip(low, expected, strict=True)),
        tuple(max(round(float(one) * 100), value) for one, value in zip(high, expected, strict=True)),
    )


@dataclass(frozen=True)
class Shares:
    """What lands with each of a case's units in some years, and where that is known from."""

    years: tuple[int, ...]
    by_unit: Mapping[int, Figure]  #: without those of which nothing is known
    source: str  #: "analysis", "nomination" or ""
    analysis: int | None


def shares(desk: Desk, case_id: int, region: Region, region_id: int, years: Sequence[int]) -> Shares:
    """What each treating unit of a case bears, as its own page tells it; what a unit that bears none would bear."""
    [row] = store.cases(desk.session, region_id, open_only=False, ids=[case_id])
    named = store.treating(desk.session, [case_id]).get(case_id, ())
    known = analyses.approved(desk.session, [case_id]).get(case_id)
    costs = _costs_of(desk, row, region, known, store.last_outcomes(desk.session, region_id).get(case_id), years)
    source = "analysis" if known is not None else "nomination" if costs is not None else ""
    if costs is None:
        return Shares(tuple(years), {}, source, None)
    sharing = _Sharing(frozenset(named), units.parents(desk.session), frozenset())
    found = {unit_id: _figure(Entry(unit_id, sharing.part(costs, named, [unit_id]))) for unit_id in named}
    return Shares(tuple(years), found, source, known.number if known is not None else None)


def _borne_now(row: MoneyRow, outcome: str | None, today: date) -> bool:
    """True when the units pay already: introduced without financing, or after its last day."""
    if row.financed_until is not None:
        return row.financed_until < today
    return portfolio_cases.borne_without_a_day(row, outcome)


def _ends_otherwise(row: MoneyRow, known: Analysis | None) -> bool:
    """True when the analysis lets the region's money end in another year than is settled."""
    if known is None or row.financed_until is None:
        return False
    costs = case_costs.of_analysis(known)
    paid = [year for at, year in enumerate(costs.years) if any(costs.ore[costs.rows(_of_fund), at])]
    return bool(paid) and paid[-1] != min(row.financed_until.year, costs.years[-1])


def _of_fund(_area: str, purse: str) -> bool:
    return purse == FUND


@dataclass(frozen=True)
class _Sharing:
    """How a case's cost is parted among its treating units: evenly, within each administration that it says."""

    here: frozenset[int]
    above: Mapping[int, int | None]
    bearing_none: frozenset[int]

    def area(self, unit_id: int) -> str:
        """A unit's administration, as analyses name their areas."""
        return str(units.topmost(self.above, unit_id))

    def part(self, costs: Costs, all_units: Sequence[int], own: Sequence[int]) -> Array:
        """The draws, in kronor, that the own units bear from their own purses."""
        paying = [unit_id for unit_id in own if unit_id not in self.bearing_none]
        administrations = {area for area, _purse in costs.keys if area.isdecimal()}
        whole = costs.rows(lambda area, purse: area not in administrations and purse in OWN)
        total = costs.drawn(whole) * (len(paying) / len(all_units)) if whole else np.zeros((len(costs.years), 1))
        for area in sorted(administrations & {self.area(unit_id) for unit_id in paying}):
            rows = costs.rows(lambda of, purse, area=area: of == area and purse in OWN)  # type: ignore[misc]
            within = [unit_id for unit_id in all_units if self.area(unit_id) == area]
            share = sum(self.area(unit_id) == area for unit_id in paying) / len(within)
            total = total + costs.drawn(rows) * share if rows else total
        return total

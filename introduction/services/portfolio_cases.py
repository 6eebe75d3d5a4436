"""The cases of a portfolio: which they are, what each costs in the years looked at, and where the figure comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from introduction.domain.budget.portfolio import Entry
from introduction.domain.calendar import add_months
from introduction.domain.process.definition import Phase
from introduction.domain.process.region import Region
from introduction.services import case_costs, phase_history
from introduction.services.case_costs import FUND, Costs
from introduction.services.desk import Desk
from introduction.services.phase_history import pool_of
from introduction.store import analysis as analyses
from introduction.store import portfolio as store
from introduction.store.portfolio import MoneyRow

#: So many budget years are looked at.
YEARS = 5


@dataclass(frozen=True)
class Wanted:
    """What the portfolio is narrowed to; it lives in the address. Empty means everything."""

    phase: str = ""
    atc: str = ""
    area: int | None = None  #: an administration
    round: date | None = None  #: the cut-off date of a round
    purse: str = ""
    kind: str = ""  #: "example" or "real"
    first: int | None = None  #: the first budget year; without it the next one

    def only(self, **changes: object) -> Wanted:
        """The same filter with some parts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class CaseLine:
    """A case in the list. ``cost`` is what it costs if it is introduced, in öre by year: never weighed."""

    row: MoneyRow
    decided: bool
    source: str  #: "analysis", "nomination" or "" where nobody has said anything of the cost
    analysis: int | None  #: the number of the approved analysis
    first_year: int | None
    cost: tuple[int, ...]
    entry: Entry | None


@dataclass(frozen=True)
class Gathered:
    """The lines of a portfolio, and what was left out of it."""

    lines: Sequence[CaseLine]
    apart: Sequence[MoneyRow] = ()  #: cases that no administration is known of, where one was asked for

    @property
    def undivided(self) -> int:
        """How many cases no administration is known of."""
        return len(self.apart)


def read(desk: Desk, region_id: int, region: Region, wanted: Wanted, years: Sequence[int]) -> Gathered:
    """The open cases of a region that the filter asks for; three statements, however many cases."""
    rows = [row for row in store.cases(desk.session, region_id) if _asked_for(row, wanted)]
    outcomes = store.last_outcomes(desk.session, region_id)
    approved = analyses.approved(desk.session, [row.id for row in rows]) if rows else {}
    lines, apart = [], []
    for row in rows:
        known = approved.get(row.id)
        outcome = outcomes.get(row.id)
        costs = case_costs.of_analysis(known) if known else nominated(desk, row, region, years[0], outcome)
        decided = phase_history.is_introduced(row.phase, outcome)
        line = CaseLine(
            row=row,
            decided=decided,
            source="analysis" if known is not None else "nomination" if costs is not None else "",
            analysis=known.number if known is not None else None,
            first_year=costs.years[0] if costs is not None else None,
            cost=(0,) * len(years),
            entry=None,
        )
        if costs is not None:
            line = _with_cost(line, costs.on(years, row.financed_until), wanted)
            if wanted.area is not None and line.entry is None and all(not area for area, _ in costs.keys):
                apart.append(row)
        if line.entry is not None or not (wanted.area or wanted.purse):
            lines.append(line)
    return Gathered(lines, apart)


def _asked_for(row: MoneyRow, wanted: Wanted) -> bool:
    return (
        (not wanted.phase or row.phase == wanted.phase)
        and (not wanted.atc or (row.atc or "").startswith(wanted.atc))
        and (wanted.round is None or row.round_cut_off == wanted.round)
        and (not wanted.kind or row.example == (wanted.kind == "example"))
    )


def _with_cost(line: CaseLine, costs: Costs, wanted: Wanted) -> CaseLine:
    """The line with the part of its cost that the filter asks for; without an entry when there is no such part."""
    wanted_area = str(wanted.area) if wanted.area is not None else None
    rows = costs.rows(lambda area, purse: wanted_area in (None, area) and (not wanted.purse or purse == wanted.purse))
    if not rows:
        return line
    draws = costs.drawn(rows)
    of_fund = [number for number in rows if costs.keys[number][1] == FUND]
    kronor = {
        by: {called: tuple(value / 100 for value in amounts) for called, amounts in costs.summed(rows, name).items()}
        for by, name in (("purse", lambda area, purse: purse), ("area", lambda area, purse: area))
    }
    entry = Entry(
        key=line.row.id,
        draws=draws,
        pool=None if line.decided else pool_of(line.row.phase, example=line.row.example),
        fund=costs.drawn(of_fund) if of_fund else None,
        labels={"phase": line.row.phase, "atc": line.row.atc or ""},
        point=kronor,
    )
    cost = tuple(round(float(mean) * 100) for mean in draws.mean(axis=1))
    return replace(line, cost=cost, entry=entry)


# ------------------------------------------------------------------------------------- without an analysis


def nominated(desk: Desk, row: MoneyRow, region: Region, next_year: int, outcome: str | None) -> Costs | None:
    """What the nomination says of years 1 to 3, as points; None when it says nothing.

    A year that it does not tell of costs as the nearest later one that it tells of, else as the one before. The region
    pays until the day that is settled, else for as many whole years as it finances introductions; then the clinic.
    ``outcome`` is the latest decision's: where the units pay already, the region pays nothing.
    """
    told = _filled(row.extra_cost)
    if told is None:
        return None
    first = _first_year(desk, row, region, next_year)
    paid = 0 if borne_without_a_day(row, outcome) else -(-region.value("financed_months", desk.today) // 12)
    years_paid = row.financed_until.year - first + 1 if row.financed_until is not None else paid
    lasting = max(len(told), years_paid + 1)  # the last year, which holds on, is the clinic's
    told += told[-1:] * (lasting - len(told))
    years = tuple(range(first, first + lasting))
    shares = [0.0] * paid + [1.0] * lasting
    if row.financed_until is not None:
        shares = case_costs.own_shares(row.financed_until, years)
    clinic = [round(amount * share) for amount, share in zip(told, shares, strict=False)]
    fund = [amount - borne for amount, borne in zip(told, clinic, strict=True)]
    return case_costs.point(years, {FUND: fund, "clinic": clinic})


def borne_without_a_day(row: MoneyRow, outcome: str | None) -> bool:
    """True when the units pay already though no last day of the region's money is settled."""
    return row.financed_until is None and (outcome == "without_financing" or row.phase == Phase.HANDOVER)


def _filled(told: Iterable[int | None]) -> list[int] | None:
    amounts = list(told)
    if all(amount is None for amount in amounts):
        return None
    known: int | None = None
    for at in reversed(range(len(amounts))):
        known = amounts[at] = amounts[at] if amounts[at] is not None else known
    for at, amount in enumerate(amounts):
        known = amounts[at] = amount if amount is not None else known
    return [amount for amount in amounts if amount is not None]


def _first_year(desk: Desk, row: MoneyRow, region: Region, next_year: int) -> int:
    """The year of the start; else the first one after the decision that the case's round leads to; else the next."""
    if row.introduction_start is not None:
        return row.introduction_start.year
    if row.round_cut_off is None:
        return max(next_year, desk.today.year + 1)
    decision = add_months(row.round_cut_off, region.value("months_from_cut_off_to_decision", desk.today))
    return max(decision.year if decision.month == 1 else decision.year + 1, desk.today.year)


def of_round(lines: Iterable[CaseLine], cut_off: date) -> list[CaseLine]:
    """The cases that a round's proposal is about: nominated to it, and not decided."""
    return [
        line
        for line in lines
        if line.row.round_cut_off == cut_off and not line.decided and line.row.phase == Phase.REGIONAL_DECISION
    ]


def weights(lines: Iterable[CaseLine]) -> Mapping[str, int]:
    """How many cases are weighed by each share."""
    found: dict[str, int] = {}
    for line in lines:
        if line.entry is not None and line.entry.pool is not None:
            found[line.entry.pool] = found.get(line.entry.pool, 0) + 1
    return found

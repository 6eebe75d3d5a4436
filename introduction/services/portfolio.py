"""The portfolio: what a region's cases cost together in the coming budget years, and what a round's proposal adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from introduction.domain.budget import portfolio as rules
from introduction.domain.budget.portfolio import Drawn, Entry, Figure, Saved, Share
from introduction.domain.errors import NotFound
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import funds, phase_history, portfolio_cases, savings
from introduction.services.case_costs import FUND
from introduction.services.desk import Desk
from introduction.services.phase_history import History
from introduction.services.portfolio_cases import YEARS, CaseLine, Gathered, Wanted
from introduction.services.savings import SavingLine
from introduction.store import unit as units
from introduction.store.portfolio import MoneyRow
from introduction.store.region import RegionRow, all_regions

Amounts = tuple[int, ...]


@dataclass(frozen=True)
class Held:
    """A cost held against the fund's ceiling: the part that the fund bears, or all of it where nobody has parted it."""

    figure: Figure
    above: tuple[float | None, ...]  #: the chance to pass each year's ceiling


@dataclass(frozen=True)
class RoundEffect:
    """What a round's proposal adds, as if all of it were decided: the portfolio without its cases, and with them."""

    cut_off: date
    cases: Sequence[CaseLine]
    without: Held
    with_it: Held
    adds: Figure  #: of what is held against the ceiling
    adds_in_all: Figure


@dataclass(frozen=True)
class View:
    """A portfolio. Amounts are öre by year; ``total`` is of the cases, ``net`` less the savings."""

    region: RegionRow
    wanted: Wanted
    years: tuple[int, ...]
    history: History
    gathered: Gathered
    total: Figure
    fund: Figure
    savings: Sequence[SavingLine]
    saved: Figure
    net: Figure
    parts: Mapping[str, Mapping[str, Amounts]]  #: by ``phase``, ``atc``, ``area`` and ``purse``
    fund_by_phase: Mapping[str, Amounts]
    ceilings: tuple[int | None, ...]
    held: Held
    fund_is_told: bool  #: False: no analysis says what the fund bears, and the whole is held against its ceiling
    units: Mapping[int, str]
    administrations: Sequence[tuple[int, str]]
    rounds: Sequence[date]  #: the cut-off dates of open cases
    proposals: Sequence[date]  #: those with cases that are not decided
    effect: RoundEffect | None

    @property
    def meets_ceiling(self) -> bool:
        """True where the fund's ceiling may be held against these cases: nothing that it is for is left out."""
        wanted = self.wanted
        return not (wanted.phase or wanted.atc or wanted.area or wanted.round) and wanted.purse in ("", FUND)

    @property
    def fund_apart(self) -> bool:
        """True where what the fund bears is told beside the whole."""
        known = any(self.fund.expected) or any(limit is not None for limit in self.ceilings)
        return self.meets_ceiling and self.fund_is_told and not self.wanted.purse and known

    @property
    def lines(self) -> Sequence[CaseLine]:
        """The cases, those with a figure and those without."""
        return self.gathered.lines


def regions_of(desk: Desk, right: Right = Right.VIEW_PORTFOLIO) -> list[RegionRow]:
    """The regions where the acting person has the right."""
    return [row for row in all_regions(desk.session) if can(desk.by, right, Scope(row.id)) is None]


def see(desk: Desk, region_id: int, wanted: Wanted | None = None, *, adds: date | None = None) -> View:
    """The portfolio of a region, narrowed. ``adds`` is the cut-off date of the round whose proposal is looked at.

    A constant number of statements. Raises NotAllowed, NotFound (the region).
    """
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    row = desk.session.get(RegionRow, region_id)
    if row is None:
        raise NotFound(f"region {region_id}")
    wanted = wanted or Wanted()
    first = wanted.first if wanted.first is not None else desk.today.year + 1
    years = tuple(range(first, first + YEARS))
    region = desk.catalogue.regions[row.slug]
    every = portfolio_cases.read(desk, region_id, region, wanted.only(phase="", round=None), years)
    gathered = _narrowed(every, wanted)
    book = _Book(phase_history.of_region(desk, region_id), _ceilings(desk, region_id, years), years)
    lasting = _savings(desk, region_id, wanted)
    rounds = sorted({line.row.round_cut_off for line in every.lines if line.row.round_cut_off is not None})
    proposals = [day for day in rounds if portfolio_cases.of_round(every.lines, day)]
    cut_off = adds or _coming(proposals, desk.today)
    drawn, effect = book.draw(every.lines, gathered.lines, cut_off)
    saved = book.saved(lasting)
    entries = [line.entry for line in gathered.lines if line.entry is not None]
    total = rules.figure(drawn.total, book.expected(entries))
    fund = rules.figure(drawn.fund, book.expected(entries, of_fund=True))
    draws_saved = rules.save(saved, YEARS)
    expected_saved = rules.added(([round(value * 100) for value in one.amount] for one in saved), YEARS)
    net = [cost - less for cost, less in zip(total.expected, expected_saved, strict=True)]
    named = units.names_in(desk.session, region_id)
    return View(
        region=row,
        wanted=wanted,
        years=years,
        history=book.history,
        gathered=gathered,
        total=total,
        fund=fund,
        savings=lasting,
        saved=rules.figure(draws_saved, expected_saved),
        net=rules.figure(drawn.total - draws_saved, net),
        parts={
            by: rules.parts(_labelled(entries, wanted), book.shares, by) for by in ("phase", "atc", "area", "purse")
        },
        fund_by_phase=_fund_by_phase(entries, book.shares),
        ceilings=book.ceilings,
        held=book.held(drawn, entries),
        fund_is_told=book.fund_is_told,
        units=named,
        administrations=[
            (unit.id, unit.name) for unit in units.units_of(desk.session, region_id, desk.today, "administration")
        ],
        rounds=rounds,
        proposals=proposals,
        effect=effect,
    )


def _narrowed(every: Gathered, wanted: Wanted) -> Gathered:
    """The cases of one phase or round out of all of them."""

    def asked_for(row: MoneyRow) -> bool:
        in_phase = not wanted.phase or row.phase == wanted.phase
        return in_phase and (wanted.round is None or row.round_cut_off == wanted.round)

    lines = [line for line in every.lines if asked_for(line.row)]
    return Gathered(lines, [row for row in every.apart if asked_for(row)])


def _labelled(entries: Sequence[Entry], wanted: Wanted) -> list[Entry]:
    """The cases with their therapy area: by letter, or within a letter by three signs of the code."""
    signs = 3 if wanted.atc else 1
    return [replace(one, labels={**one.labels, "atc": one.labels["atc"][:signs]}) for one in entries]


def _ceilings(desk: Desk, region_id: int, years: Sequence[int]) -> tuple[int | None, ...]:
    held = funds.appropriated(desk, region_id)
    return tuple(held.get(year) for year in years)


def _savings(desk: Desk, region_id: int, wanted: Wanted) -> list[SavingLine]:
    """The savings that the filter asks for: none where it asks for cases of a phase, a round or a purse."""
    if wanted.phase or wanted.round is not None or wanted.purse:
        return []
    return [
        line
        for line in savings.listed(desk, region_id)
        if (not wanted.atc or (line.row.atc or "").startswith(wanted.atc))
        and (wanted.area is None or line.row.unit_id == wanted.area)
        and (not wanted.kind or line.row.example == (wanted.kind == "example"))
    ]


def _coming(proposals: Sequence[date], today: date) -> date | None:
    """The round whose proposal comes next: the last one whose cut-off date has passed, else the first to come."""
    passed = [day for day in proposals if day < today]
    return passed[-1] if passed else proposals[0] if proposals else None


def _fund_by_phase(entries: Sequence[Entry], shares: Mapping[str, Share]) -> dict[str, Amounts]:
    found: dict[str, Amounts] = {}
    for one in entries:
        amounts = rules.expected_of(one, shares, of_fund=True)
        found[one.labels["phase"]] = rules.added((found.get(one.labels["phase"], (0,) * YEARS), amounts), YEARS)
    return {phase: amounts for phase, amounts in found.items() if any(amounts)}


@dataclass
class _Book:
    """What sums are made with: the region's history, the fund's ceilings and the years."""

    history: History
    ceilings: tuple[int | None, ...]
    years: tuple[int, ...]
    fund_is_told: bool = True

    @property
    def shares(self) -> Mapping[str, Share]:
        """The share of each phase."""
        return self.history.shares

    def draw(
        self, every: Sequence[CaseLine], chosen: Sequence[CaseLine], cut_off: date | None
    ) -> tuple[Drawn, RoundEffect | None]:
        """The draws of the chosen cases, and what a round's proposal adds to all of them."""
        self.fund_is_told = any(line.entry is not None and line.entry.fund is not None for line in every)
        proposed = portfolio_cases.of_round(every, cut_off) if cut_off is not None else []
        if not proposed:
            return self._drawn(_entries(chosen)), None
        ids = {line.row.id for line in proposed}
        rest = _entries(line for line in every if line.row.id not in ids)
        added = [replace(one, pool=None) for one in _entries(proposed)]
        drawn_rest, drawn_added = self._drawn(rest), self._drawn(added)
        effect = RoundEffect(
            cut_off=cut_off,  # type: ignore[arg-type]
            cases=proposed,
            without=self.held(drawn_rest, rest),
            with_it=self.held(drawn_rest + drawn_added, [*rest, *added]),
            adds=self.held(drawn_added, added).figure,
            adds_in_all=rules.figure(drawn_added.total, self.expected(added)),
        )
        if len(chosen) == len(every):
            return drawn_rest + self._drawn(_entries(proposed)), effect
        return self._drawn(_entries(chosen)), effect

    def _drawn(self, entries: Sequence[Entry]) -> Drawn:
        return rules.simulate(entries, self.shares, len(self.years))

    def expected(self, entries: Sequence[Entry], *, of_fund: bool = False) -> Amounts:
        """The expected value of some cases together."""
        each = (rules.expected_of(one, self.shares, of_fund=of_fund) for one in entries)
        return rules.added(each, len(self.years))

    def held(self, drawn: Drawn, entries: Sequence[Entry]) -> Held:
        """Some cases held against the ceiling."""
        borne = drawn.fund if self.fund_is_told else drawn.total
        figure = rules.figure(borne, self.expected(entries, of_fund=self.fund_is_told))
        return Held(figure, rules.chance_above(borne, self.ceilings))

    def saved(self, lines: Sequence[SavingLine]) -> list[Saved]:
        """The savings in kronor in the years looked at."""
        found = []
        for line in lines:
            years = [line.years.get(year) for year in self.years]
            each = (
                tuple(0.0 if one is None else getattr(one, end) / 100 for one in years)
                for end in ("expected", "low", "high")
            )
            found.append(Saved(line.row.id, *each))
        return found


def _entries(lines: object) -> list[Entry]:
    return [line.entry for line in lines if line.entry is not None]  # type: ignore[attr-defined]

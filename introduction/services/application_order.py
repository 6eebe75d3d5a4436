"""The applications of a budget year side by side, in the council's order, with the line where the money ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from introduction.domain.budget import portfolio
from introduction.domain.budget.result import Result
from introduction.domain.errors import Conflict, InvalidInput
from introduction.domain.messages import say
from introduction.domain.ordering import carried
from introduction.domain.process.definition import Definition
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Person, Right, Scope, Visible, can, demand
from introduction.services import log, reservations, results
from introduction.services.application_compared import over_years
from introduction.services.desk import Desk
from introduction.services.unit_shares import Above, of_unit
from introduction.store import application_listing as store
from introduction.store import fund as funds
from introduction.store import instance as instances
from introduction.store import portfolio as portfolios
from introduction.store import unit as units
from introduction.store.application import FundingApplication
from introduction.store.application_listing import ApplicationRow, Settled
from introduction.store.fund import Fund
from introduction.store.region import RegionRow

#: This year, the next, and the third.
YEARS = 3

#: What some applications cost in öre this year, the next and in year three; None where nobody has computed it.
Cost = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Computed:
    """What a case's approved analysis says of the applicant, in öre to the thousand kronor."""

    part: tuple[int, int]  #: the case and the unit: applications with the same rest on the same figures
    cost: tuple[int, int, int]  #: the months applied for, the next year and year three
    whole: tuple[int, int, int]  #: all of the case this year: the low end, what is expected, the high end


@dataclass(frozen=True)
class Line:
    """An application in the order."""

    row: ApplicationRow
    place: int
    amount_ore: int  #: what the economist proposes, else what is applied for
    reached_ore: int  #: with all before it
    fits: bool
    computed: Computed | None

    @property
    def cost(self) -> Cost:
        """What it costs: the amount this year, and what is computed for the years after."""
        later = self.computed.cost[1:] if self.computed is not None else (None, None)
        return self.amount_ore, *later

    @property
    def span(self) -> tuple[int, int] | None:
        """The amount in öre at the low and the high end of the analysis's interval this year, in proportion.

        None where there is no interval, or no cost to hold it against.
        """
        low, expected, high = self.computed.whole if self.computed is not None else (0, 0, 0)
        if not 0 <= low < high or expected <= 0:
            return None
        return self.amount_ore * low // expected, self.amount_ore * high // expected


@dataclass(frozen=True)
class Outcomes:
    """How many of the first applications the money reaches, should all turn out high, or all low, at once."""

    high: int
    low: int
    without: int  #: how many have no interval, and are counted as they are


@dataclass(frozen=True)
class Moved:
    """What a copy of the order changes: which come to fit and which no longer do, and the difference by year."""

    enters: Sequence[Line]
    leaves: Sequence[Line]
    difference: Cost
    incomplete: bool  #: the difference of the later years leaves out what nobody has computed


@dataclass(frozen=True)
class View:
    """A budget year's applications."""

    region: RegionRow
    year: int
    fund: Fund | None
    money_ore: int | None  #: what is unreserved, or reserved for these; None without a fund
    lines: Sequence[Line]  #: those that wait for an answer
    settled: Sequence[tuple[ApplicationRow, Settled | None]]
    unfinished: int  #: how many are being written or put right
    saved_order: Sequence[str]
    moved: Moved | None  #: of a copy that differs from the saved order
    may_rank: bool

    @property
    def years(self) -> tuple[int, int, int]:
        """This year, the next and the third."""
        return self.year, self.year + 1, self.year + 2

    @property
    def fitting(self) -> Sequence[Line]:
        """Those that the money reaches."""
        return [line for line in self.lines if line.fits]

    @property
    def first_beyond(self) -> Line | None:
        """The first that it does not wholly reach."""
        return next((line for line in self.lines if not line.fits), None)

    @property
    def order(self) -> Sequence[str]:
        """The numbers as they stand."""
        return [line.row.number for line in self.lines]

    @property
    def outcomes(self) -> Outcomes | None:
        """Where the money would end at a high and a low outcome; None without a fund, or where nothing has a span."""
        spans = [line.span for line in self.lines]
        if self.money_ore is None or not any(spans):
            return None
        amounts = [span or (line.amount_ore, line.amount_ore) for span, line in zip(spans, self.lines, strict=True)]
        low, high = (_reached(end, self.money_ore) for end in zip(*amounts, strict=True))
        return Outcomes(high, low, spans.count(None))

    @property
    def shared(self) -> bool:
        """Whether some applications rest on the same figures, which sums count once."""
        parts = [line.computed.part for line in self.lines if line.computed is not None]
        return len(set(parts)) < len(parts)

    def total(self, lines: Sequence[Line]) -> Cost:
        """What some lines cost by year, each unit of a case once. What nobody has computed is left out."""
        return _sums(lines)


def visible(person: Person) -> Visible:
    """The applications that a person may list."""
    held = [mandate for mandate in person.mandates if mandate.role in RIGHTS[Right.VIEW_APPLICATION]]
    return Visible(
        region_ids=frozenset(m.region_id for m in held if m.role not in LOCAL_ROLES),
        unit_ids=frozenset().union(*(m.unit_ids for m in held if m.role in LOCAL_ROLES)),
    )


def mine(desk: Desk) -> tuple[Sequence[ApplicationRow], Mapping[int, Settled]]:
    """The applications that the person may see, the newest first, with how they were settled. Two statements."""
    assert desk.by is not None, "a page asks"
    rows = store.seen(desk.session, visible(desk.by))
    return rows, store.settled(desk.session, [row.id for row in rows])


def see(desk: Desk, region_id: int, year: int, order: Sequence[str] = ()) -> View:
    """The applications for a year; ``order`` is a copy to look at. A constant number of statements. Raises NotAllowed.

    A copy from before an application came or was settled is brought up to date: see domain/ordering.py.
    """
    demand(desk.by, Right.VIEW_APPLICATION, Scope(region_id))
    rows = store.of_year(desk.session, region_id, year)
    waiting = [row for row in rows if row.closed_on is None and is_in(desk, row)]
    invented = bool(waiting) and all(row.example for row in waiting)
    fund = funds.of_year(desk.session, region_id, year, example=invented)
    money = None
    if fund is not None:
        money = fund.unreserved_ore + store.reserved(desk.session, fund.id, [row.id for row in waiting])
    costs = _costs(desk, waiting, year)
    saved = _lines(waiting, money, costs)
    saved_order = [line.row.number for line in saved]
    by_number = {row.number: row for row in waiting}
    lines = _lines([by_number[number] for number in carried(order, saved_order)], money, costs) if order else saved
    ended = [row for row in rows if row.closed_on is not None and row.submitted_on is not None]
    how = store.settled(desk.session, [row.id for row in ended])
    return View(
        region=desk.session.get_one(RegionRow, region_id),
        year=year,
        fund=fund,
        money_ore=money,
        lines=lines,
        settled=[(row, how.get(row.id)) for row in ended],
        unfinished=len([row for row in rows if row.closed_on is None]) - len(waiting),
        saved_order=saved_order,
        moved=_moved(saved, lines) if saved_order != [line.row.number for line in lines] else None,
        may_rank=can(desk.by, Right.RANK_APPLICATIONS, Scope(region_id)) is None,
    )


def place(desk: Desk, region_id: int, year: int, order: Sequence[str], drawn_from: Sequence[str]) -> int:
    """Put the year's waiting applications in an order, and hold the money in it. Returns how many have another place.

    ``drawn_from`` is the order that the page was drawn from. Raises NotAllowed; Conflict when it is another now;
    InvalidInput when the order does not hold all that wait.
    """
    demand(desk.by, Right.RANK_APPLICATIONS, Scope(region_id))
    for line in sorted(see(desk, region_id, year).lines, key=lambda line: line.row.id):
        instances.lock(desk.session, line.row.id)  # two who put them in order take turns
    view = see(desk, region_id, year)
    if list(drawn_from) != list(view.saved_order):
        raise Conflict(0, 0)
    if sorted(order) != sorted(view.saved_order):
        raise InvalidInput(("order", say("Ordningen ska innehålla alla ansökningar som väntar på beslut")))
    places = {number: at for at, number in enumerate(order, start=1)}
    moved = sorted((line.row for line in view.lines if line.row.place != places[line.row.number]), key=lambda r: r.id)
    for row in moved:
        application = desk.session.get_one(FundingApplication, row.id, populate_existing=True)
        application.place = places[row.number]
        instance = instances.get(desk.session, row.id)
        log.record(desk, instance, "application_placed", budget_year=year, before=row.place, place=application.place)
    desk.session.flush()
    if view.fund is not None:
        rows = sorted((line.row for line in view.lines), key=lambda row: places[row.number])
        decided = [(row.id, row.proposed_ore or 0, row.number) for row in rows if is_to_be_decided(desk, row)]
        reservations.reserve_in_order(desk, view.fund.id, decided)
    return len(moved)


# ------------------------------------------------------------------------------------- the parts


def is_in(desk: Desk, row: ApplicationRow) -> bool:
    """Whether the application is handed in, and not given back."""
    return desk.catalogue.get(row.definition_id, row.definition_version).stage_named(row.stage).fixed


def is_to_be_decided(desk: Desk, row: ApplicationRow) -> bool:
    """Whether the application stands where money is granted: its proposal has gone to those who decide."""
    return decides(desk.catalogue.get(row.definition_id, row.definition_version), row.stage)


def decides(definition: Definition, stage: str) -> bool:
    """Whether money is granted from a stage."""
    return any("grant_application" in action.does for action in definition.actions_from(stage))


def _costs(desk: Desk, rows: Sequence[ApplicationRow], year: int) -> dict[int, Computed]:
    """What the approved analysis of each application's case says of the applicant and the coming years."""
    case_ids = {row.case_id for row in rows if row.case_id is not None}
    analysed = results.approved(desk, case_ids)
    treating, above = portfolios.treating(desk.session, case_ids), units.parents(desk.session)
    found = {
        row.id: _computed(row, analysed[row.case_id].figures, treating.get(row.case_id, ()), above, year)
        for row in rows
        if row.case_id is not None and row.case_id in analysed
    }
    return {key: computed for key, computed in found.items() if any(computed.cost)}


def _computed(row: ApplicationRow, figures: Result, treating: Sequence[int], above: Above, year: int) -> Computed:
    assert row.case_id is not None and row.period_from is not None and row.period_to is not None, "it is handed in"
    share, _administration = of_unit(figures, row.unit_id, treating, above)
    span = figures.ranges["impact"]
    ends = np.array([span.low, figures.impact(), span.high])
    return Computed(
        part=(row.case_id, row.unit_id),
        cost=_three(over_years(figures, share, row.period_from, row.period_to, YEARS)),
        whole=_three(portfolio.on_calendar(ends.T, figures.years[0], (year,))[0]),
    )


def _three(values: Iterable[float]) -> tuple[int, int, int]:
    first, second, third = (int(value) for value in values)
    return first, second, third


def _lines(rows: Sequence[ApplicationRow], money: int | None, costs: Mapping[int, Computed]) -> list[Line]:
    amounts = [row.proposed_ore if row.proposed_ore is not None else row.need_ore for row in rows]
    fitting = _reached(amounts, money or 0)
    summed = list(accumulate(amounts))
    return [
        Line(row, place, amounts[place - 1], summed[place - 1], place <= fitting, costs.get(row.id))
        for place, row in enumerate(rows, start=1)
    ]


def _reached(amounts: Sequence[int], money: int) -> int:
    """How many of the first amounts there is money for."""
    return next((at for at, sum_ore in enumerate(accumulate(amounts)) if sum_ore > money), len(amounts))


def _moved(saved: Sequence[Line], lines: Sequence[Line]) -> Moved:
    before, after = ([line for line in these if line.fits] for these in (saved, lines))
    fitted = {line.row.number for line in before}
    enters = [line for line in after if line.row.number not in fitted]
    leaves = [line for line in lines if not line.fits and line.row.number in fitted]
    crossing = [*enters, *leaves]
    computed = [line for line in crossing if line.computed is not None]
    was, becomes = _sums(before), _sums(after)
    later = [(becomes[at] or 0) - (was[at] or 0) if computed else None for at in (1, 2)]
    return Moved(
        enters, leaves, (becomes[0] - was[0], later[0], later[1]), incomplete=0 < len(computed) < len(crossing)
    )


def _sums(lines: Sequence[Line]) -> Cost:
    """The amounts of this year; and of later years each unit of a case once, however often it applies for it."""
    parts = {line.computed.part: line.computed.cost for line in lines if line.computed is not None}
    later = [sum(cost[at] for cost in parts.values()) if parts else None for at in (1, 2)]
    return sum(line.amount_ore for line in lines), later[0], later[1]

"""The applications of a budget year side by side, in the council's order, with the line where the money ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from introduction.domain.errors import Conflict, InvalidInput
from introduction.domain.messages import say
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Person, Right, Scope, Visible, can, demand
from introduction.services import case_costs, log, reservations
from introduction.services.desk import Desk
from introduction.store import analysis as analyses
from introduction.store import application_listing as store
from introduction.store import fund as funds
from introduction.store import instance as instances
from introduction.store.application import FundingApplication
from introduction.store.application_listing import ApplicationRow, Settled
from introduction.store.fund import Fund
from introduction.store.region import RegionRow

#: This year, the next, and the third.
YEARS = 3


@dataclass(frozen=True)
class Line:
    """An application in the order. ``cost`` is öre this year, next and in year three; None where it is not computed."""

    row: ApplicationRow
    place: int
    amount_ore: int  #: what the economist proposes, else what is applied for
    reached_ore: int  #: with all before it
    fits: bool
    cost: tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Moved:
    """What a copy of the order changes: which come to fit and which no longer do, and the difference by year."""

    enters: Sequence[Line]
    leaves: Sequence[Line]
    difference: tuple[int, int | None, int | None]


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

    def total(self, lines: Sequence[Line]) -> tuple[int, int | None, int | None]:
        """What some lines cost by year; what nobody has computed is left out, None where nobody has computed any."""
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
    """The applications for a year; ``order`` is a copy to look at. A constant number of statements.

    Raises NotAllowed. A copy that names others than those that wait is looked past.
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
    lines = saved
    if sorted(order) == sorted(row.number for row in waiting):
        by_number = {row.number: row for row in waiting}
        lines = _lines([by_number[number] for number in order], money, costs)
    ended = [row for row in rows if row.closed_on is not None and row.submitted_on is not None]
    how = store.settled(desk.session, [row.id for row in ended])
    saved_order = [line.row.number for line in saved]
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


def shifted(order: Sequence[str], number: str, by: int) -> list[str]:
    """The order with one moved up (-1) or down (+1); as it was where it cannot go on."""
    found = list(order)
    at = found.index(number)
    to = at + by
    if 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


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
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    return any("grant_application" in action.does for action in definition.actions_from(row.stage))


def _costs(desk: Desk, rows: Sequence[ApplicationRow], year: int) -> dict[int, tuple[int, ...]]:
    """What the approved analysis of each case says of the coming years, by case. One statement."""
    until = {row.case_id: row.financed_until for row in rows if row.case_id is not None}
    years = tuple(range(year, year + YEARS))
    found = analyses.approved(desk.session, list(until)) if until else {}
    return {
        case_id: tuple(int(ore) for ore in case_costs.of_analysis(row).on(years, until[case_id]).ore.sum(axis=0))
        for case_id, row in found.items()
    }


def _lines(rows: Sequence[ApplicationRow], money: int | None, costs: Mapping[int, tuple[int, ...]]) -> list[Line]:
    lines, reached, fits = [], 0, True
    for number, row in enumerate(rows, start=1):
        amount = row.proposed_ore if row.proposed_ore is not None else row.need_ore
        reached += amount
        fits = fits and reached <= (money or 0)
        later = costs.get(row.case_id) if row.case_id is not None else None
        cost = (amount, later[1], later[2]) if later is not None else (amount, None, None)
        lines.append(Line(row, number, amount, reached, fits, cost))
    return lines


def _moved(saved: Sequence[Line], lines: Sequence[Line]) -> Moved:
    before = {line.row.number for line in saved if line.fits}
    enters = [line for line in lines if line.fits and line.row.number not in before]
    leaves = [line for line in lines if not line.fits and line.row.number in before]
    came, went = _sums(enters), _sums(leaves)
    return Moved(enters, leaves, (came[0] - went[0], _less(came[1], went[1]), _less(came[2], went[2])))


def _sums(lines: Sequence[Line]) -> tuple[int, int | None, int | None]:
    def later(at: int) -> int | None:
        known = [cost for line in lines if (cost := line.cost[at]) is not None]
        return sum(known) if known else None

    return sum(line.cost[0] for line in lines), later(1), later(2)


def _less(came: int | None, went: int | None) -> int | None:
    return None if came is None and went is None else (came or 0) - (went or 0)

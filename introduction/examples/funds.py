"""Invented funds of both regions, for the demonstration: the invented cases get their money out of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.roles import Role
from introduction.examples.organisation import EXAMPLE
from introduction.examples.people import NORRBOTTEN, VGR, Cast
from introduction.services import funds, grants, reservations, unfunded
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.services.funds import NewMoney
from introduction.store import fund as store
from introduction.store import posting as postings
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.posting import MoneyDecision
from introduction.store.region import by_slug

#: Budget years before this one, and after it.
BEFORE, AFTER = 4, 2
#: The month and day of the next year when a year's grants are settled.
SETTLED = (4, 15)
#: Region, holder, what was appropriated for the next year in tkr, how much less each year before, and budget line.
FUNDS: tuple[tuple[str, str, int, int, str], ...] = (
    (VGR, "region", 110_000, 5_000, "4711 Ordnat införande"),
    (NORRBOTTEN, "region", 6_500, 250, "3205 Nya läkemedel"),
    (NORRBOTTEN, "council", 1_800, 100, "3206 Läkemedelsrådets bevakning"),
)
_SECTIONS = {"region": 61, "council": 74}


def add_funds(desk: Desk) -> int:
    """Open the invented funds that are missing, each on a day of June in the year before. Returns how many."""
    cast, added = Cast(desk), 0
    years = range(desk.today.year - BEFORE, desk.today.year + AFTER + 1)
    wanted = sorted((year, *fund) for year in years for fund in FUNDS)
    for year, slug, holder, thousands, less, line in wanted:
        region_id = by_slug(desk.session, slug).id
        if store.opened(desk.session, region_id, year, holder, example=True) is not None:
            continue
        amount = thousands + less * (year - desk.today.year - 1)
        new = NewMoney(year, amount * 100_000, f"{EXAMPLE}: regionfullmäktiges budget för {year}", holder, line)
        day = min(date(year - 1, 6, 16), desk.today)
        economist = replace(desk, by=cast.playing(Role.ECONOMIST, slug), operator=False)
        acting = replace(economist, now=min(desk.now, datetime.combine(day, time(10), STOCKHOLM)))
        minutes = Minutes(
            day, "Fullmäktige fastställde budgeten.", "Regionfullmäktige", f"§ {_SECTIONS[holder] + year % 7}"
        )
        funds.appropriate(acting, region_id, new, minutes, example=True)
        added += 1
    return added


def add_decisions(desk: Desk) -> int:
    """Settle the grants of years that are over, move money between administrations, and reserve. Returns how many.

    Nothing is done where somebody has decided about an invented grant already. What waits to be reviewed or paid stays.
    All of it is written down now, as the last that happened to the cases.
    """
    if _decided_already(desk):
        return 0
    cast = Cast(desk)
    region = by_slug(desk.session, VGR)
    acting = replace(desk, by=cast.playing(Role.ECONOMIST, VGR), operator=False)
    held = [fund for fund in store.of_region(desk.session, region.id) if fund.example]
    settled = [
        _settle(acting, grant) for fund in held for grant in _open_grants(acting, fund) if _is_over(acting, fund)
    ]
    this_year = store.of_year(desk.session, region.id, desk.today.year, example=True)
    next_year = store.of_year(desk.session, region.id, desk.today.year + 1, example=True)
    assert this_year is not None and next_year is not None, "the invented funds are opened first"
    return len(settled) + _reallocate(acting, this_year) + _reserve(acting, next_year)


def _decided_already(desk: Desk) -> bool:
    kinds = ("returned", "carried_over", "reallocation")
    query = select(MoneyDecision.id).join(Fund, Fund.id == MoneyDecision.fund_id)
    return desk.session.scalar(query.where(Fund.example, MoneyDecision.kind.in_(kinds)).limit(1)) is not None


def _is_over(desk: Desk, fund: Fund) -> bool:
    return desk.today >= date(fund.budget_year + 1, *SETTLED)


def _open_grants(desk: Desk, fund: Fund) -> list[GrantRow]:
    """A fund's grants that can be settled, in order."""
    query = select(GrantRow).where(GrantRow.fund_id == fund.id, GrantRow.settled_on.is_(None))
    waiting = GrantRow.claimed_ore + GrantRow.approved_ore
    return list(desk.session.scalars(query.where(waiting == 0).order_by(GrantRow.id)))


def _settle(desk: Desk, grant: GrantRow) -> GrantRow:
    """What is left goes back to the fund."""
    moved = [posting.on_day for posting in postings.of_grant(desk.session, grant.id)]
    day = min(max([date(grant.budget_year + 1, *SETTLED), *moved]), desk.today)
    reasons = "Året är slut och alla rekvisitioner är utbetalda. Det som är kvar går tillbaka till fonden."
    minutes = Minutes(day, reasons, "Ekonomichefen", None, f"RS {day.year}-0{grant.id:04d}")
    return grants.settle(desk, grant.id, minutes)


def _reallocate(desk: Desk, fund: Fund) -> int:
    """A tenth of what one administration has left goes to another of the same case."""
    rows = _open_grants(desk, fund)
    for origin in sorted(rows, key=lambda row: (-row.unclaimed_ore, row.id)):
        goal = next((row for row in rows if row.case_id == origin.case_id and row.unit_id != origin.unit_id), None)
        if goal is not None and goal.unit_id is not None and origin.unclaimed_ore:
            reasons = "Fler patienter än väntat har remitterats till den mottagande förvaltningen."
            minutes = Minutes(desk.today - timedelta(days=12), reasons, "Läkemedelsrådet", "§ 88")
            amount = origin.unclaimed_ore // 1_000_000 * 100_000
            grants.reallocate(desk, origin.id, goal.unit_id, amount, minutes)
            return 1
    return 0


def _reserve(desk: Desk, fund: Fund) -> int:
    """Money is held for the first case that has none for the year."""
    lacking = [one for one in unfunded.in_region(desk, fund.region_id) if fund.budget_year in one.years]
    waiting = [one for one in lacking if one.row.example]
    if waiting:
        reason = "Hålls tills styrelsen har beslutat om nästa års medel."
        reservations.hold(desk, fund.id, waiting[0].row.number, 420_000_000, reason)
    return len(waiting[:1])

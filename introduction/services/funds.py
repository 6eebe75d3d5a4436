"""Funds: what is appropriated for a budget year, by which decision, and where the money is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.funding import HOLDERS, Account, YearEnd, year_end
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE, kronor
from introduction.domain.roles import Right, Scope, demand
from introduction.domain.swedish import clean
from introduction.services import books, log
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.store import fund as store
from introduction.store import posting as postings
from introduction.store import region as regions
from introduction.store.fund import Fund


@dataclass(frozen=True)
class NewMoney:
    """What is appropriated: how much in all, from where, and on which line of the budget."""

    budget_year: int | None
    amount_ore: int | None
    source: str
    held_by: str = "region"
    budget_line: str = ""


def listed(desk: Desk, region_id: int) -> Sequence[Fund]:
    """A region's funds by year. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    return store.of_region(desk.session, region_id)


def appropriated(desk: Desk, region_id: int) -> dict[int, int]:
    """What a region's funds have in all, by budget year: invented ones only where no real one is. Raises NotAllowed."""
    funds = listed(desk, region_id)
    real = {fund.budget_year for fund in funds if not fund.example}
    found: dict[int, int] = {}
    for fund in funds:
        if fund.example and fund.budget_year in real:
            continue
        found[fund.budget_year] = found.get(fund.budget_year, 0) + fund.appropriated_ore
    return found


def appropriate(
    desk: Desk,
    region_id: int,
    new: NewMoney,
    minutes: Minutes,
    *,
    example: bool = False,
    opens: bool = False,
    seen_ore: int | None = None,
) -> Fund:
    """Say how much a fund has in a budget year, by which decision. The first time opens the fund.

    An invented fund stands beside the real one, and only invented cases draw on it where there are both. ``opens``:
    the fund is to be a new one. ``seen_ore`` is what it had when the person looked.

    Raises NotAllowed, InvalidInput (also Overtaken), Refused (nothing differs, or less than is reserved and granted).
    """
    desk.demand_administration(Right.PLAN_FUND, Scope(region_id))
    books.demand_readable(desk, minutes, *_problems(new))
    assert new.budget_year is not None and new.amount_ore is not None, "both were looked at"
    fund, stood = _locked(desk, region_id, new, example=example, opens=opens)
    before, line = fund.appropriated_ore, clean(new.budget_line)[:80] or None
    books.demand_as_seen("amount", before, seen_ore)
    change = new.amount_ore - before
    if stood and not change and (fund.source, fund.budget_line) == (clean(new.source), line):
        raise Refused(say("Ingenting är ändrat"))
    if -change > fund.unreserved_ore:
        raise InvalidInput(
            ("amount", say("{amount} är redan reserverat eller beviljat. Anslaget kan inte vara mindre",
                           amount=kronor(before - fund.unreserved_ore)))
        )  # fmt: skip
    fund.source, fund.budget_line = clean(new.source)[:300], line
    decision = books.decide(
        desk, region_id, "appropriation", minutes, fund_id=fund.id, granted_ore=new.amount_ore
    )  # fmt: skip
    accounts = (Account.OUTSIDE, Account.UNRESERVED)
    books.move(desk, fund, *(accounts if change > 0 else accounts[::-1]), abs(change), decision=decision)
    log.record_in_region(
        desk, region_id, "fund_appropriated", budget_year=fund.budget_year, held_by=fund.held_by, source=fund.source,
        changes={"amount_ore": [before, new.amount_ore]},
    )  # fmt: skip
    desk.session.flush()
    return fund


@dataclass(frozen=True)
class FundYear:
    """How much of a fund was approved at the end of each month that has passed, and what the year may end at."""

    begun: bool
    passed: int  #: how many months of the budget year have passed
    used: Sequence[int]  #: so far, at the end of each of them
    since: int  #: approved after the last of them
    ends: YearEnd


def over_year(desk: Desk, fund: Fund) -> FundYear:
    """A fund's use over its budget year so far, and what it is expected to have approved at the year's end."""
    today = desk.today
    by_month = postings.approved_by_month(desk.session, fund.id)
    passed = 12 if today.year > fund.budget_year else today.month - 1 if today.year == fund.budget_year else 0
    months = [by_month.get(f"{fund.budget_year}-{month:02d}", 0) for month in range(1, passed + 1)]
    since = sum(by_month.values()) - sum(months)
    ends = year_end(months, fund.unclaimed_ore + fund.claimed_ore, 12 - passed)
    return FundYear(
        today.year >= fund.budget_year,
        passed,
        tuple(itertools.accumulate(months)),
        since,
        YearEnd(ends.expected_ore + since, ends.low_ore + since, ends.high_ore + since),
    )


def _locked(desk: Desk, region_id: int, new: NewMoney, *, example: bool, opens: bool) -> tuple[Fund, bool]:
    """The fund of a year, locked, and whether it stood already. Raises InvalidInput when it did and ``opens``."""
    regions.lock(desk.session, region_id)  # two who open the same fund take turns
    assert new.budget_year is not None, "it was looked at"
    standing = store.opened(desk.session, region_id, new.budget_year, new.held_by, example=example)
    if standing is not None and opens:
        wrong = say("Fonden för {year} finns redan. Ändra anslaget på dess sida", year=new.budget_year)
        raise InvalidInput(("budget_year", wrong))
    fund = standing or _opened(desk, region_id, new, example=example)
    return books.hold(desk, fund_ids=[fund.id]).funds[fund.id], standing is not None


def _opened(desk: Desk, region_id: int, new: NewMoney, *, example: bool) -> Fund:
    fund = Fund(
        region_id=region_id, budget_year=new.budget_year, held_by=new.held_by, source=clean(new.source)[:300],
        example=example, opened_by=desk.user_id, opened_at=desk.now,
    )  # fmt: skip
    desk.session.add(fund)
    desk.session.flush()
    return fund


def _problems(new: NewMoney) -> list[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    if new.budget_year is None or not 2000 <= new.budget_year <= 2100:
        found.append(("budget_year", say("Skriv budgetåret med fyra siffror, till exempel 2028")))
    if new.amount_ore is None:
        found.append(("amount", say("Skriv anslaget i kronor, till exempel 90 000 000")))
    elif not 0 <= new.amount_ore <= MAX_ORE:
        found.append(("amount", say("Ramen kan inte vara mindre än 0 eller större än 10 000 000 000 kr")))
    if not clean(new.source):
        found.append(("source", say("Skriv varifrån pengarna kommer, till exempel regionfullmäktiges budget för 2028")))
    if new.held_by not in HOLDERS:
        found.append(("held_by", say("Välj ett av alternativen")))
    return found

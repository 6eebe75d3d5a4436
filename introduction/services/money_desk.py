"""What an economist sees first: the claims and applications that wait, the funds, and what goes to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import application_order, claim_desk, ledger, unfunded
from introduction.services.claim_desk import ClaimLine
from introduction.services.desk import Desk
from introduction.services.ledger import Waiting
from introduction.services.unfunded import Unfunded
from introduction.store import application_listing as applications
from introduction.store import fund as funds
from introduction.store.application_listing import ApplicationRow
from introduction.store.claim_listing import ClaimFilter
from introduction.store.fund import Fund
from introduction.store.ledger import LedgerFile

#: So many of what waits stand on the page; the lists have the rest.
SHOWN = 10


@dataclass(frozen=True)
class MoneyDesk:
    """A region's money in short. ``to_send`` is None for those who do not keep the books."""

    claims: Sequence[ClaimLine]  #: the first that wait, the longest waiting first
    waiting: int  #: how many claims wait
    waiting_ore: int
    applications: Sequence[ApplicationRow]  #: those that wait for an answer, the nearest first
    funds: Sequence[Fund]  #: of this year and the next
    lacking: Sequence[Unfunded]
    to_send: Sequence[Waiting] | None
    unanswered: Sequence[LedgerFile]  #: files that no receipt has closed


def see(desk: Desk, region_id: int) -> MoneyDesk:
    """A region's money. A constant number of statements. Raises NotAllowed."""
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id))
    wanted = ClaimFilter(region_id=region_id, state="waiting")
    number, total = claim_desk.count(desk, wanted)
    keeps_books = can(desk.by, Right.KEEP_BOOKS, Scope(region_id)) is None
    years = (desk.today.year, desk.today.year + 1)
    return MoneyDesk(
        claims=claim_desk.lines(desk, wanted, order="waiting", limit=SHOWN),
        waiting=number,
        waiting_ore=total,
        applications=_waiting(desk, region_id),
        funds=[fund for fund in funds.of_region(desk.session, region_id) if fund.budget_year in years],
        lacking=unfunded.in_region(desk, region_id),
        to_send=ledger.waiting(desk, region_id) if keeps_books else None,
        unanswered=[file for file in ledger.files(desk, region_id) if file.received_at is None] if keeps_books else [],
    )


def _waiting(desk: Desk, region_id: int) -> list[ApplicationRow]:
    found = applications.handed_in(desk.session, region_id)
    rows = [row for row in found if application_order.is_in(desk, row)]
    return sorted(rows, key=lambda row: (row.answer_by is None, row.answer_by or desk.today, row.id))

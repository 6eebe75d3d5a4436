"""What a claim does to the books: it takes room of its grant when handed in, and is approved, paid or let go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from introduction.domain.funding import Account
from introduction.services import books
from introduction.services.books import Held
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store.claim import Claim


def work_out(_desk: Desk, subject: Subject) -> dict[str, Any]:
    """The extra cost that was left out, from the two amounts that it comes of. A typed one stays as it is."""
    row = _row(subject)
    new, displaced = row.gross_new_ore, row.gross_displaced_ore
    if row.extra_cost_ore is not None or new is None or displaced is None:
        return {}
    row.extra_cost_ore = new - displaced
    return {"extra_cost_ore": row.extra_cost_ore}


def claim(desk: Desk, subject: Subject) -> dict[str, Any]:
    """The claimed amount leaves the room of the grant. A correction moves nothing until the money has come back."""
    row = _row(subject)
    amount = row.extra_cost_ore or 0
    row.counts = True
    row.handed_in_on = row.handed_in_on or desk.today
    _move(desk, row, Account.UNCLAIMED, Account.CLAIMED, amount)
    return {"amount_ore": amount}


def release(desk: Desk, subject: Subject) -> dict[str, Any]:
    """The claimed amount goes back to the room of the grant."""
    row = _row(subject)
    amount = row.extra_cost_ore or 0
    row.counts = False
    _move(desk, row, Account.CLAIMED, Account.UNCLAIMED, amount)
    return {"amount_ore": amount}


def approve(desk: Desk, subject: Subject) -> dict[str, Any]:
    """What is approved waits to be paid, the rest goes back to the room of the grant."""
    row = _row(subject)
    claimed, approved = row.extra_cost_ore or 0, row.approved_ore or 0
    if approved > 0:
        held = _move(desk, row, Account.CLAIMED, Account.APPROVED, approved)
        _move(desk, row, Account.CLAIMED, Account.UNCLAIMED, claimed - approved, held)
    return {"approved_ore": approved, "claimed_ore": claimed}


def pay(desk: Desk, rows: Iterable[Claim]) -> None:
    """What the ledger has booked is paid; a correction's money has come back and is room again.

    Room of a grant that is settled goes on to the fund.
    Payments go first: a correction may be of a claim in the same file. The claims' instances are locked.
    """
    ordered = sorted(rows, key=lambda row: ((row.approved_ore or 0) < 0, row.id))
    held = books.hold(desk, {row.grant_id for row in ordered})
    for row in ordered:
        amount = row.approved_ore or 0
        if amount > 0:
            _post(desk, row, Account.APPROVED, Account.PAID, amount, held)
        else:
            _post(desk, row, Account.PAID, Account.UNCLAIMED, -amount, held)
            if held.grants[row.grant_id].settled_on is not None:
                _post(desk, row, Account.UNCLAIMED, Account.UNRESERVED, -amount, held)
    desk.session.flush()


def _move(
    desk: Desk, row: Claim, source: Account, target: Account, amount_ore: int, held: Held | None = None
) -> Held | None:
    if amount_ore <= 0:
        return held
    held = held or books.hold(desk, [row.grant_id])
    _post(desk, row, source, target, amount_ore, held)
    desk.session.flush()
    return held


def _post(desk: Desk, row: Claim, source: Account, target: Account, amount_ore: int, held: Held) -> None:
    grant = held.grants[row.grant_id]
    books.move(desk, held.fund_of(grant), source, target, amount_ore, grant=grant, instance_id=row.id, flush=False)


def _row(subject: Subject) -> Claim:
    assert isinstance(subject.row, Claim), "money is claimed by claims"
    return subject.row

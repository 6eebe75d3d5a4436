"""Money of what is disposed of: it goes back to its funds as if it had never left, so that their amounts add up."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from introduction.domain.errors import Refused
from introduction.domain.funding import IN_FUND, IN_GRANT, Account
from introduction.domain.messages import say
from introduction.services import books
from introduction.services.desk import Desk
from introduction.store import posting as postings
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow


def give_back(desk: Desk, instance_ids: Iterable[int], *, but: Collection[int] = ()) -> None:
    """Take back every move of some instances' money; the postings themselves are deleted by the caller.

    ``but`` are funds that are disposed of themselves. The instances are locked. Raises Refused when others have used
    the money since: it was carried over, lowered and granted anew.
    """
    moved = [row for row in postings.net_of(desk.session, instance_ids) if row[0] not in but]
    held = books.hold(desk, {row[1] for row in moved if row[1] is not None}, {row[0] for row in moved})
    changes: dict[tuple[int, int | None], dict[Account, int]] = {}
    for fund_id, grant_id, source, target, amount in moved:
        for key in {(fund_id, None), (fund_id, grant_id)}:
            of_key = changes.setdefault(key, {})
            of_key[Account(source)] = of_key.get(Account(source), 0) + amount
            of_key[Account(target)] = of_key.get(Account(target), 0) - amount
    for (fund_id, grant_id), by_account in changes.items():
        if grant_id is None:
            _change(held.funds[fund_id], by_account)
        else:
            _change(held.grants[grant_id], by_account)
    desk.session.flush()


def _change(row: Fund | GrantRow, by_account: dict[Account, int]) -> None:
    """Change the amounts of a fund or a grant, and with them what they add up to."""
    accounts = IN_FUND if isinstance(row, Fund) else IN_GRANT
    for account in accounts:
        amount = row.amount(account) + by_account.get(account, 0)
        if amount < 0:
            raise Refused(say("Andra har använt pengarna sedan dess. Deras uttag måste tas tillbaka först"))
        setattr(row, f"{account}_ore", amount)
    total = sum(row.amount(account) for account in accounts)
    if isinstance(row, Fund):
        row.appropriated_ore = total
    else:
        row.ceiling_ore = total

"""The money of a fund: six amounts that always add up to what was appropriated, and what the year may end at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from introduction.domain.messages import Message, say


class Account(StrEnum):
    """Where a krona of a fund is. ``outside`` is where it comes from and goes back to."""

    OUTSIDE = "outside"
    UNRESERVED = "unreserved"
    RESERVED = "reserved"
    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    APPROVED = "approved"
    PAID = "paid"


#: The six amounts of a fund, surest first.
IN_FUND = (
    Account.PAID,
    Account.APPROVED,
    Account.CLAIMED,
    Account.UNCLAIMED,
    Account.RESERVED,
    Account.UNRESERVED,
)
#: Those of them that are somebody's grant.
IN_GRANT = (Account.PAID, Account.APPROVED, Account.CLAIMED, Account.UNCLAIMED)

ACCOUNT_TITLES: dict[Account, Message] = {
    Account.PAID: say("utbetalt"),
    Account.APPROVED: say("godkänt, inte utbetalt"),
    Account.CLAIMED: say("rekvirerat, inte godkänt"),
    Account.UNCLAIMED: say("beviljat, inte rekvirerat"),
    Account.RESERVED: say("reserverat"),
    Account.UNRESERVED: say("oreserverat"),
}

HOLDERS: dict[str, Message] = {
    "region": say("regionens introduktionsfond"),
    "council": say("rådets egen fond för de läkemedel som rådet bevakar"),
}


@dataclass(frozen=True)
class YearEnd:
    """What a fund is expected to have paid or approved when its year has ended, in öre."""

    expected_ore: int
    low_ore: int
    high_ore: int


def year_end(used_ore: Sequence[int], room_ore: int, months_left: int) -> YearEnd:
    """A year-end forecast from the months that have passed.

    ``used_ore`` is what was paid or approved in each month so far, ``room_ore`` what is granted and claimed but not
    yet approved: nothing beyond it can be drawn. The pace of the last six months goes on; the interval is from the
    slowest to the fastest of them. Without a month that has passed, between nothing and all of the room.
    """
    so_far = sum(used_ore)
    if not used_ore:
        return YearEnd(so_far + room_ore if months_left else so_far, so_far, so_far + room_ore)
    recent = list(used_ore[-6:])
    within = [
        min(max(pace * months_left, 0), room_ore) for pace in (sum(recent) // len(recent), min(recent), max(recent))
    ]
    expected, low, high = (so_far + amount for amount in within)
    return YearEnd(expected, low, high)


#: The outcomes of a decision after which an introduction is paid by the region.
FINANCED = frozenset({"approved", "approved_with_conditions", "extended"})


def unfunded_years(
    outcome: str | None, period: tuple[date | None, date | None], granted: Collection[int], today: date,
    next_year_decided: date | None = None,
) -> tuple[int, ...]:  # fmt: skip
    """The budget years for which an introduction was approved and no money is granted.

    ``outcome`` is the last decision's, ``period`` the first and last financed day, ``granted`` the years with money.
    Years that are over are left alone. The next year counts from ``next_year_decided``, the day by which its money
    should be decided; the first year of an introduction counts at once.
    """
    start, until = period
    if outcome not in FINANCED or start is None or until is None or until < today:
        return ()
    decided = next_year_decided is not None and today >= next_year_decided
    last = max(start.year, today.year + 1 if decided else today.year)
    years = range(max(start.year, today.year), min(until.year, last) + 1)
    return tuple(year for year in years if year not in granted)

"""A clinic's money in words: the answer under the title, and how the bar of a grant is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from introduction.domain.funding import Account
from introduction.services.my_unit import MyUnit, Room
from introduction.web.amounts import Unit
from introduction.web.claim_words import period
from introduction.web.words import plain_day, sentences

#: A part of the bar: how high it is, of 22 px. The surer the money, the higher; what is left is hollow.
_HEIGHTS = {Account.PAID: 14, Account.APPROVED: 9, Account.CLAIMED: 4, Account.UNCLAIMED: 13}
#: A hollow part narrower than its line is left out, in per cent.
_LEAST = 0.5


@dataclass(frozen=True)
class Piece:
    """A part of a bar: its class, and where it stands in a bar of 100 per cent and 34 px."""

    css: str
    x: str
    width: str
    y: int
    height: int


def lead(view: MyUnit, unit: Unit, today: date) -> str:
    """``En sak är försenad och två väntar på er. 1 200 tkr är kvar att rekvirera.``"""
    late = sum(1 for one in view.todo if one.due_on is not None and one.due_on < today)
    waiting = len(view.todo) - late
    told = []
    if late:
        told.append(ngettext("En sak är försenad.", "%(num)d saker är försenade.", late))
    if waiting:
        told.append(
            ngettext("En sak väntar på er.", "%(num)d saker väntar på er.", waiting)
            if not late
            else ngettext("En till väntar på er.", "%(num)d till väntar på er.", waiting)
        )
    if not view.todo:
        told.append(gettext("Ingenting väntar på er."))
    if view.left_ore:
        told.append(gettext("%(amount)s är kvar att rekvirera.", amount=unit.with_unit(view.left_ore)))
    elif not view.rooms:
        told.append(gettext("Inga pengar är beviljade för läkemedel som ni behandlar med."))
    elif not view.blocked_ore:
        told.append(gettext("Inget är kvar att rekvirera."))
    if view.blocked_ore:
        told.append(gettext("%(amount)s kan inte rekvireras nu.", amount=unit.with_unit(view.blocked_ore)))
    return " ".join(told)


def pieces(room: Room) -> list[Piece]:
    """The bar of a grant: paid, approved, claimed and left, end to end against its ceiling."""
    ceiling, at, found = room.line.grant.ceiling_ore, 0.0, []
    for account, ore in room.amounts:
        width = 100 * ore / ceiling if ceiling else 0.0
        height = _HEIGHTS[account]
        if width >= (_LEAST if account == Account.UNCLAIMED else 0.05):
            css = "b-out" if account == Account.UNCLAIMED else "b-in"
            found.append(Piece(css, f"{at:.2f}%", f"{width:.2f}%", 25 - height, height))
        at += width
    return found


def claim_until(room: Room) -> str:
    """Of which days, where they are not the whole year, and until when more can be claimed; or why nothing can."""
    if room.line.grant.settled_on is not None:
        return gettext("Slutavräknat %(day)s", day=plain_day(room.line.grant.settled_on))
    if room.lacks:
        return sentences(room.lacks)
    until = gettext("Rekvirera senast %(day)s", day=plain_day(room.claims_until))
    year = room.line.grant.budget_year
    if room.days is None or room.days == (date(year, 1, 1), date(year, 12, 31)):
        return until
    days = gettext("Kostnader %(period)s.", period=period(*room.days))
    return f"{days} {until}"

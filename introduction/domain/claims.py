"""What the rules want to know of a claim beside what it says itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from introduction.domain.messages import Message, say

#: The same quantity at the analysis's list price may differ by this much before the clinic is asked why, in per cent,
#: where the region has set nothing else.
PRICE_BAND_PERCENT = 10


#: Where the money of a claim is, whatever a region calls the stage.
STATES: dict[str, Message] = {
    "waiting": say("väntar på granskning"),
    "draft": say("hos verksamheten"),
    "approved": say("godkända, inte utbetalda"),
    "paid": say("utbetalda"),
    "ended": say("återtagna och avslagna"),
}


def state_of(*, counts: bool, approved_ore: int | None, ended: bool) -> str:
    """Which of STATES a claim is in."""
    if not counts:
        return "ended" if ended else "draft"
    if approved_ore is None:
        return "waiting"
    return "paid" if ended else "approved"


@dataclass(frozen=True)
class ClaimGround:
    """The grant that a claim draws on, and what else was found."""

    unit: str
    administration: str
    budget_year: int
    room_ore: int  #: granted and not claimed by anybody else
    first_day: date  #: the days for which the grant pays
    last_day: date
    claims_until: date  #: claims are taken until then; after it the grant is settled
    settled: bool
    unit_belongs: bool  #: the unit is the grant's administration or one of its own
    overlapping: tuple[str, ...] = ()  #: claims of the same unit and basis for days of the same period
    same_evidence: tuple[str, ...] = ()  #: other claims with the same file
    evidence: int = 0  #: files attached
    price_ore_per_unit: int | None = None  #: list price of a unit of quantity in the approved analysis
    counted: str | None = None  #: what that analysis counts quantities in: ``dose``, ``mg`` or ``month``
    price_band_percent: int = PRICE_BAND_PERCENT
    goals_planned: bool = False  #: the follow-up plan has a measurable goal of each kind
    paid_by_unit_from: date | None = None  #: the cost responsibility has passed to the unit
    corrects: str | None = None
    left_to_correct_ore: int = 0  #: what was approved of the corrected claim, less earlier corrections
    handed_in: bool = False  #: it stands for costs
    handed_in_on: date | None = None  #: when it came first: what was in time then is in time, given back or not
    ledger_file: int | None = None  #: the number of the file in which it went to the ledger
    booked: bool = False  #: the ledger has answered that it is paid


def expected_cost_ore(ground: ClaimGround, quantity_milli: int) -> int | None:
    """What a quantity costs at the analysis's list price, in öre; None where the analysis says no price."""
    if ground.price_ore_per_unit is None:
        return None
    return (ground.price_ore_per_unit * quantity_milli + 500) // 1000


def price_deviation(ground: ClaimGround, quantity_milli: int, gross_new_ore: int) -> float | None:
    """How much dearer than in the analysis, as a share: 0.12 is twelve per cent; None where nothing can be compared."""
    expected = expected_cost_ore(ground, quantity_milli)
    return gross_new_ore / expected - 1 if expected else None


def price_differs(ground: ClaimGround, quantity_milli: int, gross_new_ore: int) -> bool:
    """True when the cost is further from the analysis's price than the region's band."""
    expected = expected_cost_ore(ground, quantity_milli)
    if expected is None:
        return False
    return abs(gross_new_ore - expected) * 100 > ground.price_band_percent * expected

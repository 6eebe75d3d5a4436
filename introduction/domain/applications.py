"""What the rules want to know of an application for extra money beside what it says itself."""

from __future__ import annotations

from dataclasses import dataclass

from introduction.domain.messages import Message, say

SAVING_STATES: dict[str, Message] = {
    "planned": say("planerad"),
    "started": say("påbörjad"),
    "achieved": say("genomförd"),
    "not_possible": say("går inte att genomföra"),
}


@dataclass(frozen=True)
class SavingSeen:
    """One of the applicant's own savings."""

    title: str
    amount_ore: int
    state: str
    explained: bool  #: it says why it is not possible, where it is not
    confirmed: bool


@dataclass(frozen=True)
class ApplicationGround:
    """What hangs on an application."""

    case_number: str | None = None
    introduction_decided: bool = False  #: the case is decided and its introduction has not ended
    savings: tuple[SavingSeen, ...] = ()
    demands_savings: bool = False  #: the region examines the own savings before it gives money
    analysis_approved: bool = False
    evidence: int = 0
    need_ore: int = 0
    unreserved_ore: int | None = None  #: what the year's fund has left; None where there is no fund
    reserved_ore: int = 0  #: what is reserved for the application itself


def counted_savings_ore(savings: tuple[SavingSeen, ...]) -> int:
    """What the confirmed savings come to; those that are not possible count nothing."""
    return sum(saving.amount_ore for saving in savings if saving.confirmed and saving.state != "not_possible")

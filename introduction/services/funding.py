"""What an application for extra money does to the books: money is reserved for it, and granted or let go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from introduction.domain.calendar import on_working_day
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import kronor
from introduction.services import grants, reservations
from introduction.services.desk import Desk
from introduction.services.grants import NewGrant
from introduction.services.subjects import Subject
from introduction.store import instance as instances
from introduction.store import posting as postings
from introduction.store import unit as units
from introduction.store.application import FundingApplication
from introduction.store.posting import MoneyDecision
from introduction.store.unit import Unit


def expect_answer(desk: Desk, subject: Subject) -> dict[str, Any]:
    """The application is handed in today, and the answer is due so many days on as the region says; 0: no day.

    An answer that would come on a day off is due on the working day after.
    """
    row = _row(subject)
    within = subject.region.value("answer_within_days", desk.today)
    answer_by = on_working_day(desk.today + timedelta(days=within)) if within else None
    row.submitted_on, row.answer_by = desk.today, answer_by
    subject.situation = replace(subject.situation, facts={**subject.situation.facts, "answer_by": answer_by})
    return {"answer_by": answer_by}


def reserve(desk: Desk, subject: Subject) -> dict[str, Any]:
    """What the economist proposes is held in the year's fund as far as it reaches: the council's order decides."""
    row = _row(subject)
    wanted, year = row.proposed_ore or 0, row.budget_year
    assert year is not None, "a reviewed application has a budget year"
    amount = reservations.reserve(desk, row.id, row.region_id, year, wanted, row.public_number)
    return {"amount_ore": amount, "budget_year": year}


def release(desk: Desk, subject: Subject) -> dict[str, Any]:
    """What was held for the application is free again."""
    reservations.release(desk, _row(subject).id)
    return {}


def grant(desk: Desk, subject: Subject) -> dict[str, Any]:
    """What the last decision grants goes to the administration of the applying unit; the rest of what was held is free.

    Raises InvalidInput when the fund has less, or when the amount is not what the outcome says.
    """
    row = _row(subject)
    decision = postings.decisions_of(desk.session, row.id)[-1]
    amount, year = decision.granted_ore or 0, row.budget_year
    if amount <= 0:
        raise InvalidInput(("granted_ore", say("Skriv vilket belopp som beviljas, eller avslå ansökan")))
    if (amount < row.need_ore) != (decision.outcome == "granted_in_part"):
        raise InvalidInput(("granted_ore", _not_as_told(amount, row.need_ore)))
    first, last = _days(decision, row)
    assert year is not None, "a decided application has a budget year"
    new = NewGrant(
        unit_id=_administration(desk, row.unit_id),
        budget_year=year,
        ceiling_ore=amount,
        case_id=row.case_id,
        application_id=row.id,
        valid_from=first,
        valid_until=last,
    )
    if row.case_id is not None:
        instances.lock(desk.session, row.case_id)  # so that others who give or move its money take turns
    given = grants.give(desk, row.region_id, new, decision)
    reservations.release(desk, row.id)
    return {"grant_id": given.id, "unit_id": given.unit_id, "budget_year": year, "amount_ore": amount}


def _not_as_told(amount: int, need: int) -> Message:
    if amount < need:
        return say("Sökt belopp är {amount}. För in beslutet som beviljat till en del", amount=kronor(need))
    return say("Sökt belopp är {amount}. För in beslutet som beviljat", amount=kronor(need))


def _days(decision: MoneyDecision, row: FundingApplication) -> tuple[date | None, date | None]:
    """The first and last day that the money is for: as decided, else as applied for. They lie in its budget year."""
    days = {"valid_from": decision.valid_from, "valid_until": decision.valid_until}
    wrong = [key for key, day in days.items() if day is not None and day.year != row.budget_year]
    if wrong:
        raise InvalidInput(*((key, say("Välj en dag i budgetåret {year}", year=row.budget_year)) for key in wrong))
    first, last = decision.valid_from or row.period_from, decision.valid_until or row.period_to
    if first is not None and last is not None and last < first:
        key = "valid_until" if decision.valid_until is not None else "valid_from"
        raise InvalidInput((key, say("Periodens sista dag ligger före den första. Ändra en av dem")))
    return first, last


def _administration(desk: Desk, unit_id: int) -> int:
    """The administration that a unit belongs to. Raises Refused when there is none above it."""
    above, place = units.parents(desk.session), unit_id
    while place is not None:
        unit = desk.session.get_one(Unit, place)
        if unit.kind == "administration":
            return unit.id
        place = above[place]  # type: ignore[assignment]
    raise Refused(say("Enheten hör inte till någon förvaltning. Be administratören ordna det"))


def _row(subject: Subject) -> FundingApplication:
    assert isinstance(subject.row, FundingApplication), "money is granted to applications"
    return subject.row

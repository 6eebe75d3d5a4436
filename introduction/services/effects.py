"""What actions do beside moving an instance: money in the books, payers. domain/process/effects.py names each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from introduction.services import claim_money, funding, handover
from introduction.services.desk import Desk
from introduction.services.subjects import Subject

Effect = Callable[[Desk, Subject], dict[str, Any]]

DOES: dict[str, Effect] = {
    "work_out_extra_cost": claim_money.work_out,
    "claim_money": claim_money.claim,
    "release_claim": claim_money.release,
    "approve_claim": claim_money.approve,
    "expect_answer": funding.expect_answer,
    "reserve_money": funding.reserve,
    "release_reservation": funding.release,
    "grant_application": funding.grant,
    "change_payers": handover.change_payers,
    "end_payments": handover.end_payments,
    "resume_payments": handover.resume_payments,
}


def do(desk: Desk, subject: Subject, names: Iterable[str]) -> dict[str, Any]:
    """Do what an action names, in its order. Returns what the event should tell of each.

    The instance is locked and the guards hold. Raises Refused or InvalidInput.
    """
    return {name: DOES[name](desk, subject) for name in names}

"""The row of each subject: whatever follows a process has one, under the id of its instance."""

from __future__ import annotations

from sqlalchemy.orm import Session

from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.claim import Claim
from introduction.store.instance import Instance
from introduction.store.recommendation import Recommendation

Row = Case | Recommendation | FundingApplication | Claim

ROWS: dict[str, type[Row]] = {
    "case": Case,
    "recommendation": Recommendation,
    "funding_application": FundingApplication,
    "claim": Claim,
}


def is_example(session: Session, instance_id: int) -> bool:
    """True when an instance is invented."""
    instance = session.get_one(Instance, instance_id)
    row: Row = session.get_one(ROWS[instance.subject], instance_id)  # type: ignore[assignment]
    return row.example

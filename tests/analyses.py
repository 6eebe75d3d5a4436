"""Approved analyses for tests: a model as plain data, computed with few draws and put beside a case."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from introduction.domain.budget import freezing, reading
from introduction.store.analysis import Analysis, next_number


def plain_model(
    *, start: str = "2027-01", years: int = 5, patients: float = 100, monthly_kr: float = 10_000
) -> dict[str, Any]:
    """New patients each year on a medicine that takes over from an older one at a fifth of the price."""
    price = {"value": monthly_kr, "low": 0.8 * monthly_kr, "high": 1.2 * monthly_kr, "distribution": "pert"}
    return {
        "title": "Examplumab",
        "start": start,
        "years": years,
        "group": [
            {
                "id": "new",
                "kind": "new",
                "population": {
                    "value": patients,
                    "low": 0.7 * patients,
                    "high": 1.4 * patients,
                    "distribution": "gamma",
                },
                "mix": {"older": 1.0},
                "new": "medicine",
                "uptake": {"curve": "linear", "to": 0.6, "months": 24},
            }
        ],
        "treatment": [
            {
                "id": "medicine",
                "cost": [{"per": "month", "amount": price}],
                "persistence": {"curve": "exponential", "yearly": 0.8},
            },
            {"id": "older", "cost": [{"per": "month", "amount": monthly_kr / 5}]},
        ],
    }


def add_approved(
    session: Session,
    case_id: int,
    now: datetime,
    model: dict[str, Any] | None = None,
    *,
    by: int | None = None,
    draws: int = 400,
) -> Analysis:
    """An approved analysis of a case, past the services that people use; an older approved one is superseded."""
    data = model or plain_model()
    figures, kept = freezing.freeze(reading.of_data(data), draws=draws)
    for older in session.query(Analysis).filter_by(case_id=case_id, state="approved"):
        older.state, older.superseded_at = "superseded", now
    session.flush()
    row = Analysis(
        case_id=case_id,
        number=next_number(session, case_id),
        kind="own",
        title=data["title"],
        state="approved",
        answers="{}",
        model=json.dumps(data),
        method=figures.method,
        result=figures.as_json(),
        kept=json.dumps([[round(value) for value in year] for year in kept]),
        written_by=by,
        written_at=now,
        changed_at=now,
        submitted_at=now,
        reviewed_at=now,
        approved_at=now,
    )
    session.add(row)
    session.flush()
    return row

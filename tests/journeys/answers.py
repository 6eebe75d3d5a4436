"""What people in the journeys answer where a journey does not say anything else, by the names of the fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from introduction.domain.calendar import add_months
from introduction.domain.fields import CASE_FIELDS, RECOMMENDATION_FIELDS, RECORDS, Field, Kind
from introduction.web.asking import RECORD

#: Of a case and of a recommendation. Amounts are whole öre.
FACTS: Mapping[str, Any] = {
    "category": "standard",
    "basis": "requisition",
    "target_population": "Vuxna med svår astma som inte är kontrollerad av högdos inhalationssteroid",
    "comparator": "Bästa omhändertagande utan biologiskt läkemedel",
    "benefit": "Färre svåra försämringar",
    "anchored_with": "Lungmedicin, Sjukhuset, 12 november",
    "conflicts_of_interest": "Inget jäv",
    "care_levels": ("county",),
    "extra_cost_year1_ore": 310_000_000,
    "extra_cost_year2_ore": 620_000_000,
    "extra_cost_year3_ore": 740_000_000,
    "reorganisation": False,
    "complex_ethics": False,
    "registry_number": "RS 2026-01234",
    "authorised": True,
    "routine_use": "not_routine",
    "evidence_exists": True,
    "severity": "high",
    "effect": "good",
    "risk": "low",
    "evidence_grade": "3",
    "cost_effectiveness": "reasonable",
    "rank": 1,
    "in_depth_analysis": "Läkemedlet minskar svåra försämringar. Kostnaden per vunnet levnadsår är rimlig.",
    "proposal": "Rådet föreslår att läkemedlet införs.",
    "goals": "Minst 80 procent av patienterna följs i registret",
    "follow_up_outcome": "hand_over_early",
    "follow_up_conclusion": "Målen är nådda. Användningen är jämlik mellan enheterna.",
    "consequence": "Två sjuksköterskor till på dagvården.",
    "regional_preparation": False,
    "regional_statement": "De fyra regionerna i norr inför lika.",
    "implementation_manager": "Divisionschef Närsjukvård",
    "adherence": "followed",
    "adherence_comment": "Alla verksamheter har börjat.",
    "scan_summary": "Godkännande väntas inom ett år.",
    "nomination_reason": "Kostnaden är hög och nyttan osäker.",
    "tlv_reference": "TLV 1234/2026",
    "health_economics": "Kostnaden per QALY är hög i förhållande till nyttan.",
    "agreement_exists": True,
    "talks_result": "Parterna är överens.",
    "regions_group": "Två företrädare för regionerna",
}
RECORDED: Mapping[str, Any] = {
    "section": "§ 112",
    "registry_number": "RS 2026-01234",
    "reasons": "Svårighetsgraden är hög och nyttan är visad.",
    "conditions": "Bara för vuxna som behandlas på lungmottagning",
    "ceiling_ore": 310_000_000,
    "patients_started": 12,
    "patients_continuing": 11,
    "patients_stopped": 1,
    "answer": "confirmed",
    "forecast_ore": 740_000_000,
    "room_ore": 700_000_000,
    "level": "should",
    "wording": "NT-rådets rekommendation till regionerna är att läkemedlet bör användas.",
}


def facts_on(day: date) -> dict[str, Any]:
    """The facts, with those that follow from the day."""
    return {
        **FACTS,
        "introduction_start": day,
        "financed_until": add_months(day, 24),
        "watch_until": add_months(day, 12),
        "reassess_by": add_months(day, 24),
        "application_received": day,
        "expected_approval": add_months(day, 12),
    }


def record_on(day: date) -> dict[str, Any]:
    """The values of records, with those that follow from the day."""
    return {**RECORDED, "decided_on": day, "period_end": day, "issued_on": day, "budget_year": day.year}


def as_typed(day: date) -> dict[str, Any]:
    """Everything as it is typed into forms, by the names of their fields."""
    every = {**RECOMMENDATION_FIELDS, **CASE_FIELDS}
    fields_of_records: dict[str, Field] = {key: field for fields in RECORDS.values() for key, field in fields.items()}
    typed = {key: _typed(every[key], value) for key, value in facts_on(day).items()}
    return typed | {RECORD + key: _typed(fields_of_records[key], value) for key, value in record_on(day).items()}


def _typed(field: Field, value: Any) -> Any:
    if field.kind is Kind.MONEY:
        return f"{value // 100:,}".replace(",", " ")
    return str(value) if field.kind is Kind.WHOLE else value

"""What can be told: the fields that processes ask for by name.

A definition says *which* of these a task or an action asks for; here stands what each of them is. A fact is a value on
the subject itself (a case, a claim …); a record (a decision, a grant, a report …) is a row of its own.
"""

from __future__ import annotations

from introduction.domain.fields.application import APPLICATION_FIELDS
from introduction.domain.fields.case import CASE_FIELDS
from introduction.domain.fields.choices import (
    ADHERENCE,
    AGE_GROUPS,
    BASIS,
    CARE_LEVELS,
    CATEGORY,
    COST_EFFECTIVENESS,
    FOLLOW_UP_OUTCOMES,
    FUNDING_OUTCOMES,
    GRADE_SCALES,
    GRADES,
    LEVELS,
    OBJECTION_OUTCOMES,
    OUTCOMES,
    RARITY,
    ROUTINE_USE,
    SEVERITY,
    SEXES,
    STOP_REASONS,
)
from introduction.domain.fields.claim import CLAIM_FIELDS
from introduction.domain.fields.kinds import Field, Kind
from introduction.domain.fields.recommendation import RECOMMENDATION_FIELDS
from introduction.domain.fields.records import RECORD_NEEDS, RECORD_OUTCOMES, RECORDS, outcome_title

__all__ = [
    "ADHERENCE",
    "AGE_GROUPS",
    "APPLICATION_FIELDS",
    "BASIS",
    "CARE_LEVELS",
    "CASE_FIELDS",
    "CATEGORY",
    "CLAIM_FIELDS",
    "COST_EFFECTIVENESS",
    "FOLLOW_UP_OUTCOMES",
    "FUNDING_OUTCOMES",
    "GRADES",
    "GRADE_SCALES",
    "LEVELS",
    "OBJECTION_OUTCOMES",
    "OUTCOMES",
    "RARITY",
    "RECOMMENDATION_FIELDS",
    "RECORDS",
    "RECORD_NEEDS",
    "RECORD_OUTCOMES",
    "ROUTINE_USE",
    "SEVERITY",
    "SEXES",
    "STOP_REASONS",
    "Field",
    "Kind",
    "outcome_title",
]

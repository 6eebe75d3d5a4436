"""Prioritisation in Västra Götaland: what rank the assessment allows.

The matrix has five dimensions and three ranks. The overall rank is a weighed judgement, never a sum,
but it may never be better than the severity column allows. Source: the region's page "Rangordning"
for ordered introduction (2019–2022).
"""

from __future__ import annotations

#: The best rank that a severity allows.
BEST_RANK_FOR_SEVERITY = {"very_high": 1, "high": 1, "moderate": 2, "low": 3}


def allowed(rank: int, severity: str) -> bool:
    """True when the rank is no better than the severity allows."""
    return rank >= BEST_RANK_FOR_SEVERITY[severity]

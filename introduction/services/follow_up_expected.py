"""What the approved analysis expects of each unit on the day that its report tells of: patients and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from introduction.domain.budget.variance import Plan
from introduction.domain.chance import poisson_limits
from introduction.domain.followup import ratio
from introduction.domain.followup.ratio import Ratio
from introduction.domain.outcome import month_number
from introduction.services import results
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.services.unit_shares import shares
from introduction.store.case import Case
from introduction.store.follow_up import FollowUpReport


@dataclass(frozen=True)
class Expected:
    """So many patients on treatment are expected, with the limits of chance, and so much cost so far."""

    patients: float
    low: int
    high: int
    cost_ore: int
    beyond: int = 0  #: 1 where more than chance alone would give go on, -1 where fewer do
    against: Ratio | None = None

    @classmethod
    def of(cls, patients: float, cost_ore: int, seen: int) -> Expected:
        """So many patients expected where so many were seen, and so much cost."""
        low, high = poisson_limits(patients)
        beyond = 1 if seen > high else -1 if seen < low else 0
        return cls(patients, low, high, cost_ore, beyond, ratio.against(seen, patients))

    def without_verdict(self) -> Expected:
        """The same for a reader who may not see what was reported."""
        return replace(self, beyond=0, against=None)


@dataclass(frozen=True)
class OfUnits:
    """What is expected of each unit that has reported; empty without an approved analysis."""

    units: Mapping[int, Expected] = field(default_factory=dict)
    analysis: int | None = None


def of_units(desk: Desk, case: Case, subject: Subject, newest: Mapping[int, FollowUpReport]) -> OfUnits:
    """What was expected of the units that have reported, by the case's approved analysis."""
    forecast = results.approved_of(desk, case.id)
    treating = [unit_id for unit_id, _name in subject.treating_units]
    if forecast is None or not treating:
        return OfUnits()
    plan, share = Plan.of(forecast.figures), shares(desk, forecast.figures, treating)
    found = {}
    for unit_id, report in newest.items():
        month = month_number(report.period_end)
        planned = plan.at(min(month, plan.months[-1])) if month >= plan.first else None
        if unit_id not in share or planned is None:
            continue
        part = share[unit_id]
        cost = round(planned.so_far * part)
        found[unit_id] = Expected.of(planned.patients * part, cost, report.patients_continuing)
    return OfUnits(found, forecast.row.number)

"""How near forecasts came: frozen forecasts of whole budget years beside what the years came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from introduction.domain.budget.variance import Plan
from introduction.domain.outcome import Actual

#: With fewer forecast years nothing can be said of how good forecasts are.
FEW = 5


@dataclass(frozen=True)
class Hit:
    """A frozen forecast of a budget year, and the outcome, in öre. ``since`` is 0 for the year of approval."""

    year: int
    since: int
    forecast: int
    low: int
    high: int
    outcome: int

    @property
    def inside(self) -> bool:
        """True when the outcome lies in the interval; its ends belong to it."""
        return self.low <= self.outcome <= self.high

    @property
    def ratio(self) -> float | None:
        """Outcome divided by forecast; None for a forecast of nothing."""
        return self.outcome / self.forecast if self.forecast > 0 else None


@dataclass(frozen=True)
class Summary:
    """Some forecast years together: how many, how many inside the interval, and the middle ratio."""

    count: int
    inside: int
    median_ratio: float | None

    @property
    def few(self) -> bool:
        """True when there are too few to judge by."""
        return self.count < FEW


def whole_years(actual: Mapping[int, Actual], today: date) -> dict[int, int]:
    """The cost of each budget year that has ended and has twelve months that every unit has reported."""
    found = {}
    for year in sorted({month // 12 for month in actual}):
        months = [actual.get(month) for month in range(year * 12, year * 12 + 12)]
        known = [one.cost for one in months if one is not None and one.complete]
        if year < today.year and len(known) == 12:
            found[year] = sum(known)
    return found


def hits(plan: Plan, approved: date, outcomes: Mapping[int, int]) -> list[Hit]:
    """A forecast beside the whole years that it covers.

    Years before the approval are left out: what is known already is no forecast.
    """
    found = []
    for year, cost in outcomes.items():
        interval = plan.year(year)
        if interval is not None and year >= approved.year:
            found.append(Hit(year, year - approved.year, interval.cost, interval.low, interval.high, cost))
    return found


def summary(found: Iterable[Hit]) -> Summary | None:
    """Forecast years together; None when there are none."""
    all_of_them: Sequence[Hit] = list(found)
    if not all_of_them:
        return None
    ratios = [hit.ratio for hit in all_of_them if hit.ratio is not None]
    return Summary(len(all_of_them), sum(hit.inside for hit in all_of_them), median(ratios) if ratios else None)


def by_distance(found: Iterable[Hit]) -> dict[int, Summary]:
    """The same, by how many years after the approval the forecast year lies."""
    groups: dict[int, list[Hit]] = {}
    for hit in found:
        groups.setdefault(hit.since, []).append(hit)
    return {since: told for since in sorted(groups) if (told := summary(groups[since])) is not None}

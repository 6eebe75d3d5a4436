"""What an application asks for beside what its case's approved analysis says of the same unit and months.

List prices, as on the analysis's own page, and only for those who may open that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from introduction.domain.budget import portfolio
from introduction.domain.budget.result import Result
from introduction.domain.roles import Right, can
from introduction.services import results, subjects
from introduction.services.desk import Desk
from introduction.services.results import Kept
from introduction.services.unit_shares import of_unit
from introduction.store import grant as grants
from introduction.store import instance as instances
from introduction.store import unit as units
from introduction.store.application import FundingApplication
from introduction.store.case import Case, treating_unit_ids


@dataclass(frozen=True)
class Computed:
    """What an approved analysis says of an applicant in some months of a year. Öre, to the thousand kronor."""

    analysis: int  #: its number
    ore: int
    low_ore: int  #: the ends of the interval
    high_ore: int
    patients: float
    share: float  #: how much of the whole analysis is the applicant's
    year_ore: int  #: of the whole year, for all of the applicant's administration


@dataclass(frozen=True)
class Compared:
    """What is asked for, beside what is computed for the same months."""

    asked_ore: int
    asked_patients: int | None
    computed: Computed
    granted_ore: int  #: what the applicant's administration has of the case for the budget year already

    @property
    def difference_ore(self) -> int:
        """How much more is asked for than computed."""
        return self.asked_ore - self.computed.ore


def see(desk: Desk, row: FundingApplication) -> Compared | None:
    """None before there is a need, and as ``computed``."""
    if row.case_id is None or not row.need_by_month or row.period_from is None or row.period_to is None:
        return None
    found = computed(desk, row, row.period_from, row.period_to)
    if found is None:
        return None
    top = units.topmost(units.parents(desk.session), row.unit_id)
    standing = grants.holding(desk.session, row.case_id, top, row.period_from.year)
    return Compared(row.need_ore, row.patients, found, standing.ceiling_ore if standing is not None else 0)


def computed(desk: Desk, row: FundingApplication, first: date, last: date) -> Computed | None:
    """What is computed for the applicant in a period, which lies in one year.

    None without a case or an approved analysis of the year, and for who may not see the case's analyses.
    """
    kept, treating = _analysis(desk, row.case_id) if row.case_id is not None else (None, ())
    part = _Part.of(kept.figures, first, last) if kept is not None else None
    if kept is None or part is None:
        return None
    share, whole = of_unit(kept.figures, row.unit_id, treating, units.parents(desk.session))
    impact, interval = kept.figures.impact(), kept.figures.ranges["impact"]
    return Computed(
        analysis=kept.row.number,
        ore=part.of_year(impact, share),
        low_ore=part.of_year(interval.low, share),
        high_ore=part.of_year(interval.high, share),
        patients=part.patients * share,
        share=share,
        year_ore=_thousands(impact[part.year] * whole),
    )


def over_years(figures: Result, share: float, first: date, last: date, years: int) -> tuple[int, ...]:
    """What is computed for a share of an analysis: in the months of a period, then in so many whole years less one.

    Öre, to the thousand kronor; 0 in what lies before the analysis begins.
    """
    part, impact, begins = _Part.of(figures, first, last), figures.impact(), figures.years[0]
    later = portfolio.on_calendar(np.array(impact), begins, range(first.year + 1, first.year + years))
    return (part.of_year(impact, share) if part is not None else 0, *(_thousands(ore * share) for ore in later))


# ------------------------------------------------------------------------------------- the parts


@dataclass(frozen=True)
class _Part:
    """Some months of a year of an analysis: which year, their share of its cost, and the patients on average."""

    year: int  #: its number in the analysis, from 0
    share: float
    patients: float

    @classmethod
    def of(cls, figures: Result, first: date, last: date) -> _Part | None:
        """The months of a period. After its end the analysis's last year goes on; None before it begins."""
        if first.year < figures.years[0]:
            return None
        year = min(first.year, figures.years[-1])
        begins = year * 12 - figures.first_month
        whole = range(max(begins, 0), min(begins + 12, len(figures.monthly.cost)))
        asked = [month for month in whole if first.month <= month - begins + 1 <= last.month]
        cost = sum(figures.monthly.cost[month] for month in whole)
        if not asked or not cost:
            return None
        share = sum(figures.monthly.cost[month] for month in asked) / cost
        patients = sum(figures.monthly.patients[month] for month in asked) / len(asked)
        return cls(year - figures.years[0], share, patients)

    def of_year(self, by_year: Sequence[int], share: float) -> int:
        """What of a year's öre falls on the months and on a share of them, to the thousand kronor."""
        return _thousands(by_year[self.year] * self.share * share)


def _thousands(ore: float) -> int:
    """An estimate is told to the thousand kronor."""
    return round(ore / 100_000) * 100_000


def _analysis(desk: Desk, case_id: int) -> tuple[Kept | None, Sequence[int]]:
    """The approved analysis of a case, for who may see it, and the units that treat."""
    case = desk.session.get_one(Case, case_id)
    treating = treating_unit_ids(desk.session, case_id)
    scope = subjects.scope_of(instances.get(desk.session, case_id), case, treating)
    seen = can(desk.by, Right.VIEW_CASE, scope) is None
    return results.approved_of(desk, case_id) if seen else None, treating

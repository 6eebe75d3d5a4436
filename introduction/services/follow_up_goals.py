"""Goals against what the units have reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from introduction.domain.followup.plan import is_met
from introduction.services.desk import Desk
from introduction.store import indicator as indicators
from introduction.store.follow_up import FollowUpReport
from introduction.store.indicator import Indicator


@dataclass(frozen=True)
class Reached:
    """What a unit last reported on a goal; ``value_milli`` is None where nothing has come, or where it is hidden."""

    unit_id: int
    unit: str
    value_milli: int | None = None
    met: bool | None = None
    until: date | None = None
    hidden: bool = False


@dataclass(frozen=True)
class GoalLine:
    """A goal of the plan with what each unit has reached."""

    indicator: Indicator
    reached: Sequence[Reached]

    @property
    def known(self) -> int:
        """So many units have told what they reached, as the reader sees it."""
        return sum(1 for one in self.reached if one.met is not None)

    @property
    def met(self) -> int:
        """So many of them have reached the goal."""
        return sum(1 for one in self.reached if one.met)


def goals(
    desk: Desk,
    plan: Sequence[Indicator],
    reports: Sequence[FollowUpReport],
    hidden: frozenset[int | None],
    units: Sequence[tuple[int, str]],
) -> list[GoalLine]:
    """Each goal with the last value of each unit. ``reports`` come oldest first."""
    values = indicators.values_of(desk.session, [report.id for report in reports]) if plan else {}
    last: dict[tuple[int, int], tuple[int, date]] = {}
    for report in reports:
        for indicator_id, milli in values.get(report.id, {}).items():
            last[report.unit_id or 0, indicator_id] = (milli, report.period_end)
    return [
        GoalLine(one, [_reached(one, unit, last.get((unit[0], one.id)), unit[0] in hidden) for unit in units])
        for one in plan
    ]


def _reached(one: Indicator, unit: tuple[int, str], told: tuple[int, date] | None, hidden: bool) -> Reached:
    if told is None:
        return Reached(*unit)
    if hidden:
        return Reached(*unit, hidden=True)
    milli, until = told
    return Reached(*unit, milli, is_met(one.direction, one.goal_milli, milli), until)

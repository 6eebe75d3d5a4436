"""Outcomes of the invented cases that are followed up: near their plan, one late and one above it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.documents import outcome_file
from introduction.domain.budget.variance import Plan
from introduction.domain.calendar import add_months
from introduction.domain.money import split
from introduction.domain.outcome import month_number
from introduction.domain.process.definition import Phase
from introduction.domain.roles import Role
from introduction.examples.people import Cast
from introduction.services import outcome_entry, outcomes, results
from introduction.services.desk import Desk
from introduction.store import case as cases
from introduction.store import disposal
from introduction.store import outcome as store
from introduction.store import unit as units
from introduction.store.case import Case
from introduction.store.instance import Instance
from introduction.store.region import all_regions

SEED = 2026
#: Whichever month it is, these hold a whole budget year, so that forecasts of one can be held against it.
MOST_MONTHS = 23
_SOURCE, _FILE = "Påhittad läkemedelsstatistik", "pahittat-utfall.csv"
_INTRODUCED = frozenset({Phase.INTRODUCTION_FINANCING, Phase.FOLLOW_UP, Phase.HANDOVER})
#: How much of the plan a case that starts late reaches, month by month; then it goes on at the last.
_LATE = (0.0, 0.0, 0.1, 0.2, 0.3, 0.4)
#: The last months of the case whose outcome lies above the band.
_ABOVE, _FAR = 2, 1.12


@dataclass(frozen=True)
class _Told:
    """A case with its plan, the units that treat, and the months that have ended since the introduction began."""

    case: Case
    plan: Plan
    units: Sequence[str]
    months: Sequence[date]
    whole: bool  #: the first month is that in which the introduction began


def add_outcomes(desk: Desk) -> int:
    """Give the invented cases that are being introduced an outcome for each treating unit and month, from a file.

    They lie near the approved forecast. Of those that are followed up, the one with most months starts late, and the
    next one has gone above its band in its last two months. Returns how many rows were added: none where there
    is any outcome already. Cases without an approved analysis or without treating units are left alone.
    """
    if store.any_there(desk.session):
        return 0
    told = sorted(_told(desk), key=lambda one: (-len(one.months), one.case.public_number))
    draw = random.Random(SEED)
    rows: dict[int, list[tuple[Any, ...]]] = {}
    late, above = _apart(told)
    for one in told:
        rows.setdefault(one.case.region_id, []).extend(_rows(one, draw, late=one is late, above=one is above))
    cast = Cast(desk)
    for region in all_regions(desk.session):
        if region.id in rows:
            acting = Desk(desk.session, desk.catalogue, cast.playing(Role.ECONOMIST, region.slug), desk.now)
            file = outcome_file.read(outcome_file.written(rows[region.id]))
            outcome_entry.take_in(acting, region.id, file, _FILE, confirmed=True)
    return sum(len(found) for found in rows.values())


def _apart(told: Sequence[_Told]) -> tuple[_Told | None, _Told | None]:
    """The cases that do not go as planned, of the region that has most to choose from: late, and above the band."""
    offered = [one for one in told if one.whole and one.case.phase == Phase.FOLLOW_UP]
    regions = Counter(one.case.region_id for one in offered)
    chosen = [one for one in offered if one.case.region_id == regions.most_common(1)[0][0]]
    late, above, *_others = [*chosen, None, None]
    return late, above


def _told(desk: Desk) -> list[_Told]:
    last = outcomes.last_closed(desk.today)
    found = []
    for instance_id in disposal.example_ids(desk.session):
        case = desk.session.get(Case, instance_id)
        if case is None or Phase(case.phase) not in _INTRODUCED:
            continue
        kept, treating = results.approved_of(desk, case.id), cases.treating_unit_ids(desk.session, case.id)
        begun: date | None = case.fact("introduction_start")
        if kept is None or not treating or begun is None:
            continue
        closed = desk.session.get_one(Instance, instance_id).closed_on or last
        first = max(begun.replace(day=1), add_months(last, 1 - MOST_MONTHS))
        plan = Plan.of(kept.figures)
        months = [add_months(first, at) for at in range(MOST_MONTHS) if add_months(first, at) <= min(last, closed)]
        months = [month for month in months if plan.at(month_number(month)) is not None]
        if months:
            names = sorted(units.names(desk.session, treating).values())
            found.append(_Told(case, plan, names, months, months[0] == begun.replace(day=1)))
    return found


def _rows(told: _Told, draw: random.Random, *, late: bool, above: bool) -> list[tuple[Any, ...]]:
    """The units' shares of each month, in whole patients and öre, as a file has them."""
    weights = [draw.randint(2, 6) for _unit in told.units]
    found: list[tuple[Any, ...]] = []
    for at, month in enumerate(told.months):
        planned = told.plan.at(month_number(month))
        assert planned is not None, "only months of the plan are told of"
        factor = draw.uniform(0.93, 1.07)
        if late:
            factor *= _LATE[min(at, len(_LATE) - 1)]
        if above and at >= len(told.months) - _ABOVE and planned.cost:
            factor = _FAR * planned.high / planned.cost
        total = round(planned.cost * factor * draw.uniform(0.98, 1.02))
        patients = split(max(round(planned.patients * factor), min(total, 1)), weights)
        where = patients if any(patients) else weights  # what is given is given to somebody
        quantity, cost = split(round(planned.quantity * factor * 1000), where), split(total, where)
        for unit, *rest in zip(told.units, patients, quantity, cost, strict=True):
            found.append((told.case.public_number, unit, month, *rest, _SOURCE))
    return found

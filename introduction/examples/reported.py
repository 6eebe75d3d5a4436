"""What the invented introductions are followed up by: a plan with a goal of each kind, and reports against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from introduction.domain.budget.variance import Plan
from introduction.domain.money import split
from introduction.domain.outcome import month_number
from introduction.examples.invented_medicines import Medicine
from introduction.services import follow_up_plan, reports, results
from introduction.services.desk import Desk
from introduction.services.unit_shares import shares
from introduction.store import indicator as indicators
from introduction.store.case import treating_unit_ids

_BOTH = {"reported_by": "Varje behandlande enhet", "reported_when": "I varje uppföljningsrapport"}
#: Goals in thousandths, and what the units reach of them, one after the other.
_GOALS: tuple[tuple[dict[str, Any], Sequence[int]], ...] = (
    (
        {
            "dimension": "equal_introduction",
            "title": "Väntetid från remiss till första behandling",
            "measure": "dagar",
            "direction": "at_most",
            "goal_milli": 30_000,
            "source": "Enhetens väntelista",
        },
        (21_000, 27_000, 44_000, 24_000, 33_000),
    ),
    (
        {
            "dimension": "clinical_benefit",
            "title": "Andel med effekt vid uppföljningen efter tre månader",
            "measure": "procent",
            "direction": "at_least",
            "goal_milli": 70_000,
            "source": "Kvalitetsregistret",
        },
        (78_500, 71_000, 64_500, 82_000, 74_500),
    ),
    (
        {
            "dimension": "cost_effectiveness",
            "title": "Andel behandlade som uppfyllde startkriterierna",
            "measure": "procent",
            "direction": "at_least",
            "goal_milli": 90_000,
            "source": "Kvalitetsregistret",
        },
        (96_000, 88_500, 93_000, 91_000, 97_500),
    ),
)
#: How a unit's patients are spread over residence areas, by a word in its administration's name.
_AREAS: Mapping[str, Mapping[str, int]] = {
    "Sahlgrenska": {"goteborg": 11, "western": 6, "northern": 1, "southern": 1, "eastern": 1},
    "NU-": {"northern": 17, "western": 3},
    "Skaraborg": {"eastern": 19, "southern": 1},
    "Älvsborg": {"southern": 16, "western": 4},
    "": {"lulea_boden": 9, "pitea": 5, "gallivare": 2, "kiruna": 2, "eastern": 3},
}
_AGES = {"18_39": 3, "40_64": 8, "65_79": 7, "80": 2}
_YOUNG = {"0_17": 1}


def plan(desk: Desk, case_id: int) -> None:
    """Give a case a plan, unless it has one."""
    if indicators.plan_of(desk.session, case_id):
        return
    for goal, _reached in _GOALS:
        follow_up_plan.add(desk, case_id, {**goal, **_BOTH})


def told(
    desk: Desk, case_id: int, unit: tuple[int, str], given: Mapping[str, Any], medicine: Medicine, turn: int
) -> dict[str, Any]:
    """What a unit (its id, and its administration's name) reports; ``turn`` makes units differ.

    ``given`` has the last day of the period, the counts of a case without a forecast, and perhaps the ``pace``: how
    many per cent of what the forecast has for it the unit treats.
    """
    counts = {key: value for key, value in given.items() if key != "pace"}
    planned = _planned(desk, case_id, unit[0], given["period_end"])
    pace = given.get("pace", 92 + 6 * (turn % 4))
    if planned is not None:
        counts |= _counts(desk, case_id, unit[0], planned[0] * pace / 100)
        counts["cost_ore"] = round(planned[1] * pace / 10_000) * 100
    started, stopped = counts["patients_started"], counts["patients_stopped"]
    where = next(spread for word, spread in _AREAS.items() if word in unit[1])
    young = "barn" in medicine.population.lower() and "vuxna" not in medicine.population.lower()
    held = indicators.plan_of(desk.session, case_id)
    reached = {goal["title"]: values[turn % len(values)] for goal, values in _GOALS}
    return counts | {
        "start_criteria_met": started - started * (turn % 3) // 40,
        "stop_criteria_met": stopped // 2,
        "registry_covered": started * (97 - 7 * (turn % 3)) // 100,
        "stopped_why": _spread(stopped, {"no_benefit": 3, "side_effects": 2, "own_wish": 1, "stop_criterion": 2}),
        "by_sex": _spread(started, {"women": 9 + turn % 4, "men": 9}),
        "by_age": _spread(started, _YOUNG if young else _AGES),
        "by_area": _spread(started, where),
        "indicators": {str(row.id): reached[row.title] for row in held if row.title in reached},
    }


def _spread(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    return dict(zip(weights, split(whole, list(weights.values())), strict=True))


def _counts(desk: Desk, case_id: int, unit_id: int, going: float) -> dict[str, int]:
    """So many go on, a tenth as many have stopped, and no fewer have begun than were told of before."""
    last = reports.before(desk, case_id, unit_id)
    continuing = round(going)
    stopped = max(continuing // 10, last.patients_stopped if last else 0)
    started = max(continuing + stopped, last.patients_started if last else 0)
    return {
        "patients_started": started,
        "patients_continuing": continuing,
        "patients_stopped": started - continuing,
    }


def _planned(desk: Desk, case_id: int, unit_id: int, until: date) -> tuple[float, int] | None:
    """What the approved analysis has for the unit: patients on treatment on a day, and cost until then in öre."""
    forecast = results.approved_of(desk, case_id)
    if forecast is None:
        return None
    planned = Plan.of(forecast.figures).at(month_number(until))
    share = shares(desk, forecast.figures, treating_unit_ids(desk.session, case_id)).get(unit_id)
    return None if planned is None or share is None else (planned.patients * share, round(planned.so_far * share))

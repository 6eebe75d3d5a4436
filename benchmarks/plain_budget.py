"""The budget-impact model of the benchmark in plain Python: numbers, lists and loops, one draw after the other.

Written as somebody would who has no numpy: both worlds, month by month. It knows no more of the format than the
benchmark's model uses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

DAYS_IN_MONTH = 365.25 / 12
Months = list[float]


def impact(model: Mapping[str, Any], value: Mapping[str, float]) -> tuple[list[float], Months, Months]:
    """One draw: the impact by year, and by month the new treatment's drug cost and its patients.

    ``model`` is the model as plain data, ``value`` the drawn inputs by path.
    """
    months = 12 * model["years"]
    treatments = {one["id"]: one for one in model["treatment"]}
    total, drug, patients = [0.0] * months, [0.0] * months, [0.0] * months
    for group in model["group"]:
        for (world, name), (on, starts) in _courses(group, months, value).items():
            treatment = treatments[name]
            for number, cost in enumerate(treatment["cost"]):
                amount = _value(cost["amount"], f"treatment.{name}.cost.{number}.amount", value)
                often = on if cost["per"] == "month" else _doses(treatment, group, on, starts, value)
                sign = 1 if world == "with" else -1
                for month in range(months):
                    total[month] += sign * amount * often[month]
                if world == "with" and name == group["new"] and cost["category"] == "drug":
                    for month in range(months):
                        drug[month] += amount * often[month]
            if world == "with" and name == group["new"]:
                for month in range(months):
                    patients[month] += on[month]
    return [sum(total[at : at + 12]) for at in range(0, months, 12)], drug, patients


def _value(given: Any, path: str, value: Mapping[str, float]) -> float:
    return value[path] if path in value else given["value"] if isinstance(given, dict) else given


def _courses(
    group: Mapping[str, Any], months: int, value: Mapping[str, float]
) -> dict[tuple[str, str], tuple[Months, Months]]:
    """Patients on each treatment and those who start it, in both worlds."""
    path = f"group.{group['id']}"
    number = _value(group["population"], f"{path}.population", value)
    for at, step in enumerate(group["funnel"]):
        number *= _value(step["share"], f"{path}.funnel.{at}.share", value)
    growth = (1 + _value(group["growth"], f"{path}.growth", value)) ** (1 / 12)
    up = {key: _value(group["uptake"][key], f"{path}.uptake.{key}", value) for key in ("to", "midpoint", "slope")}
    eligible, reached = [], []
    for month in range(months):
        eligible.append(number * growth**month)
        reached.append(up["to"] / (1 + math.exp(-up["slope"] * (month + 1 - up["midpoint"]))))
    mix = {name: _value(share, f"{path}.mix.{name}", value) for name, share in group["mix"].items()}
    taken = {name: _value(share, f"{path}.takes_from.{name}", value) for name, share in group["takes_from"].items()}
    return {"present": _present, "new": _new, "pool": _pool}[group["kind"]](group, eligible, reached, mix, taken, value)


def _present(
    group: Mapping[str, Any],
    eligible: Months,
    reached: Months,
    mix: dict[str, float],
    taken: dict[str, float],
    value: Mapping[str, float],
) -> dict[tuple[str, str], tuple[Months, Months]]:
    found = {}
    for name, share in mix.items():
        before = [number * share for number in eligible]
        after = [
            number * max(share - taken.get(name, 0.0) * r, 0.0) for number, r in zip(eligible, reached, strict=True)
        ]
        found["without", name] = before, _rises(before, before[0])
        found["with", name] = after, _rises(after, before[0])
    on = [number * r for number, r in zip(eligible, reached, strict=True)]
    found["with", group["new"]] = on, _rises(on, 0.0)
    return found


def _new(
    group: Mapping[str, Any],
    eligible: Months,
    reached: Months,
    mix: dict[str, float],
    taken: dict[str, float],
    value: Mapping[str, float],
) -> dict[tuple[str, str], tuple[Months, Months]]:
    coming = [number / 12 for number in eligible]
    starts = {("with", group["new"]): [c * r for c, r in zip(coming, reached, strict=True)]}
    for name, share in mix.items():
        part = taken.get(name, 0.0)
        starts["without", name] = [number * share for number in coming]
        starts["with", name] = [c * max(share - part * r, 0.0) for c, r in zip(coming, reached, strict=True)]
    return {key: (_staying(key[1], some, value), some) for key, some in starts.items()}


def _pool(
    group: Mapping[str, Any],
    eligible: Months,
    reached: Months,
    mix: dict[str, float],
    taken: dict[str, float],
    value: Mapping[str, float],
) -> dict[tuple[str, str], tuple[Months, Months]]:
    starts = [number * rise for number, rise in zip(eligible, _rises(reached, 0.0), strict=True)]
    away = _staying(group["new"], starts, value)
    nobody = [0.0] * len(eligible)
    found = {("with", group["new"]): (away, starts)}
    for name, share in mix.items():
        part = taken.get(name, 0.0)
        found["without", name] = [number * share for number in eligible], nobody
        found["with", name] = (
            [max(number * share - part * a, 0.0) for number, a in zip(eligible, away, strict=True)],
            nobody,
        )
    return found


def _rises(figures: Months, before: float) -> Months:
    found = []
    for figure in figures:
        found.append(max(figure - before, 0.0))
        before = figure
    return found


def _staying(name: str, starts: Months, value: Mapping[str, float]) -> Months:
    kept, on, found = value[f"treatment.{name}.persistence.yearly"] ** (1 / 12), 0.0, []
    for start in starts:
        on = on * kept + start
        found.append(on)
    return found


def _doses(
    treatment: Mapping[str, Any], group: Mapping[str, Any], on: Months, starts: Months, value: Mapping[str, float]
) -> Months:
    """How often it is given by month: by the calendar to a cohort, at the mean pace to those who have it for long."""
    loading, pace, months = treatment["dosing"].get("loading", []), treatment["dosing"]["every_days"], len(on)
    days = list(loading or [0.0])
    cohort = group["kind"] == "new" or (group["kind"] == "pool" and treatment["id"] == group["new"])
    if not cohort:
        each = _extra_of_newcomers(loading, pace, months)
        mean = DAYS_IN_MONTH / pace
        found = [number * mean for number in on]
        for month in range(months):
            found[month] += sum(starts[came] * each[month - came] for came in range(month + 1) if each[month - came])
        return found
    while days[-1] < months * DAYS_IN_MONTH:
        days.append(days[-1] + pace)
    kept = value[f"treatment.{treatment['id']}.persistence.yearly"] ** (1 / 12)
    given = [0] * months
    for day in days[:-1]:
        given[int((day + 1e-9) / DAYS_IN_MONTH)] += 1
    each = [times * kept**month for month, times in enumerate(given)]
    return [sum(starts[came] * each[month - came] for came in range(month + 1)) for month in range(months)]


def _extra_of_newcomers(loading: list[float], pace: float, months: int) -> Months:
    mean, found = DAYS_IN_MONTH / pace, []
    if not loading:
        return [0.0] * months
    for month in range(months):
        first, last = month * DAYS_IN_MONTH, (month + 1) * DAYS_IN_MONTH
        loaded = sum(first <= day < last for day in loading)
        rest = (max(last - loading[-1], 0.0) - max(first - loading[-1], 0.0)) / DAYS_IN_MONTH
        found.append(loaded + rest * mean - mean)
    return found

"""What a model comes to, as plain figures by year."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from introduction.domain.budget import patients
from introduction.domain.budget.cohorts import Course
from introduction.domain.budget.curves import Array
from introduction.domain.budget.flows import WORLDS
from introduction.domain.budget.model import METHOD, Line, Outcome, by_year, run, value_of
from introduction.domain.budget.reading import with_values
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.spec import figures as spec_figures


def report(model: BudgetModel) -> dict[str, Any]:
    """Figures of the model and of each of its scenarios, without uncertainty. Lists have one figure for each year."""
    told = {"method": METHOD, "title": model.title, "currency": model.currency, **figures(run(model))}
    told["scenarios"] = [
        {"name": one.name, "reason": one.reason, **figures(run(with_values(model, one.set)))} for one in model.scenario
    ]
    return told


def figures(outcome: Outcome) -> dict[str, Any]:
    """The figures of one run: costs in both worlds, the impact in all its parts, and patients."""
    model = outcome.model
    told: dict[str, Any] = {
        "years": [model.start // 12 + number for number in range(model.years)],
        "eligible": {group.id: _mean(patients.eligible(model, group, value_of)) for group in model.group},
        "patients": _patients(outcome, lambda course: _mean(course.on)),
        "starts": _patients(outcome, lambda course: _yearly(course.starts)),
    }
    for kind, net in (("gross", False), ("net", True)):
        told[kind] = _costs(outcome, net=net)
    if model.members is not None:
        members = spec_figures(model.members)
        told["per_member_per_month"] = {
            kind: [
                impact / members[min(year, len(members) - 1)].value / 12
                for year, impact in enumerate(told[kind]["impact"])
            ]
            for kind in ("gross", "net")
        }
    extra = _budget_neutral(outcome)
    if extra is not None:
        told["budget_neutral_patients"] = extra
    return told


def _costs(outcome: Outcome, *, net: bool) -> dict[str, Any]:
    model = outcome.model
    impact = _yearly(outcome.impact(net=net))
    told: dict[str, Any] = {
        "without": _yearly(outcome.total("without", net=net)),
        "with": _yearly(outcome.total("with", net=net)),
        "impact": impact,
        "cumulative": sum(impact),
    }

    def whole(line: Line) -> Array:
        return line.net if net else line.gross

    told["by_category"] = _parts(outcome, lambda line: {line.category: whole(line)})
    told["by_group"] = _parts(outcome, lambda line: {line.group: whole(line)})
    told["by_treatment"] = _parts(outcome, lambda line: {line.treatment: whole(line)})
    told["by_purse"] = _parts(outcome, lambda line: outcome.by_purse(line, net=net))
    if model.split or any(group.area is not None for group in model.group):
        told["by_area"] = _parts(outcome, lambda line: by_area(model, line, whole(line)))
    return told


def by_area(model: BudgetModel, line: Line, cost: Array) -> dict[str, Array]:
    """A line's cost by area: all to the group's own, or by the model's split; under "" what no area is known of."""
    if line.area is not None or not model.split:
        return {line.area or "": cost}
    return {area: cost * share.value for area, share in model.split.items()}


def _parts(outcome: Outcome, divided: Callable[[Line], Mapping[str, Array]]) -> dict[str, dict[str, list[float]]]:
    """The worlds and the impact by some part, where each line is divided between parts; they add up to the whole."""
    months = outcome.model.months
    parts: dict[str, dict[str, Array]] = {}
    for line in outcome.lines:
        for name, cost in divided(line).items():
            worlds = parts.setdefault(name, {world: np.zeros((months, 1)) for world in WORLDS})
            worlds[line.world] = worlds[line.world] + cost
    return {
        name: {
            **{world: _yearly(cost) for world, cost in worlds.items()},
            "impact": _yearly(worlds["with"] - worlds["without"]),
        }
        for name, worlds in parts.items()
    }


def _patients(
    outcome: Outcome, figure: Callable[[Course], list[float]]
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """A figure of every treatment, by world and group."""
    told: dict[str, dict[str, dict[str, list[float]]]] = {}
    for (world, group, treatment), course in outcome.courses.items():
        told.setdefault(world, {}).setdefault(group, {})[treatment] = figure(course)
    return told


def _budget_neutral(outcome: Outcome) -> list[int] | None:
    """How many more patients each year's saving would treat, at the new treatment's net cost; None without one."""
    new = {group.new for group in outcome.model.group if group.new is not None}
    if len(new) != 1:
        return None
    name = next(iter(new))
    saved = -by_year(outcome.impact(net=True))[:, 0]
    paid = by_year(outcome.total("with", net=True, keep=lambda line: line.treatment == name))[:, 0]
    its = [course.on for key, course in outcome.courses.items() if key[::2] == ("with", name)]
    treated = sum(by_year(on)[:, 0] / 12 for on in its)
    each = paid / np.maximum(treated, 1e-300)
    return [math.floor(s / e + 1e-9) if s > 0 and e > 0 else 0 for s, e in zip(saved, each, strict=True)]


def _yearly(monthly: Array) -> list[float]:
    return [float(value) for value in by_year(monthly)[:, 0]]


def _mean(monthly: Array) -> list[float]:
    """The mean of each year's months."""
    return [float(value) / 12 for value in by_year(np.broadcast_to(monthly, (monthly.shape[0], 1)))[:, 0]]

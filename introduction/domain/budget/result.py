"""What an analysis came to, frozen: figures in whole öre that add up in every direction, and their intervals.

The model computes in floats. What it proposes becomes öre here, cell by cell (group, treatment, category, purse, area
and year, in both worlds); every sum on a page, in a report or a spreadsheet is a sum of these cells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

#: No area: the cost is not divided.
WHOLE = ""


@dataclass(frozen=True)
class Cell:
    """A part of the cost, in öre by year, in the world without the new treatment and in the one with it."""

    group: str
    treatment: str
    category: str
    purse: str
    area: str
    without: tuple[int, ...]
    with_new: tuple[int, ...]

    @property
    def impact(self) -> tuple[int, ...]:
        """What the new treatment adds, by year."""
        return tuple(after - before for before, after in zip(self.without, self.with_new, strict=True))


@dataclass(frozen=True)
class Range:
    """The interval of a figure in öre (or patients): its ends by year or month, and the middle of the draws."""

    low: tuple[int, ...]
    median: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True)
class Lever:
    """An input at both ends of its range, all else as it is: the impact by year in öre."""

    path: str
    low: float
    high: float
    at_low: tuple[int, ...]
    at_high: tuple[int, ...]


@dataclass(frozen=True)
class ScenarioResult:
    """A scenario: the impact by year in öre with its interval, and the interval of all years together."""

    name: str
    reason: str
    impact: tuple[int, ...]
    range: Range
    whole: Range


@dataclass(frozen=True)
class Monthly:
    """The plan that outcomes are held against, by month: gross cost of the new medicine in öre, patients, quantity."""

    cost: tuple[int, ...]
    cost_range: Range
    so_far_range: Range  #: of the cost since the start
    patients: tuple[float, ...]
    quantity: tuple[float, ...]
    unit: str  #: what the quantity counts: ``dose``, ``mg`` or ``month`` on treatment


@dataclass(frozen=True)
class Result:
    """An analysis's figures. Sequences have one figure for each year of the model unless something else is said."""

    method: str
    draws: int
    seed: int
    level: float
    first_month: int  #: months since year 0, as in the model
    years: tuple[int, ...]
    new: tuple[str, ...]  #: the treatments that are looked at
    cells: tuple[Cell, ...]
    eligible: tuple[float, ...]
    patients: Mapping[str, tuple[float, ...]]  #: mean number on each treatment in the world with
    patients_before: Mapping[str, tuple[float, ...]]  #: in the world without
    #: ``impact``, ``new``, ``displaced``, ``patients``, ``purse.<purse>`` and ``category.<category>``; of all years
    #: together ``cumulative``, ``cumulative.new``, ``cumulative.purse.<purse>`` and so on.
    ranges: Mapping[str, Range]
    monthly: Monthly
    levers: tuple[Lever, ...]
    scenarios: tuple[ScenarioResult, ...]
    above: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  #: probability of passing each threshold

    # --------------------------------------------------------------------------------- sums of cells

    def impact(self, keep: Callable[[Cell], bool] = lambda cell: True) -> tuple[int, ...]:
        """What the new treatment adds, by year in öre, of the cells that are kept."""
        return self._sum(cell.impact for cell in self.cells if keep(cell))

    def world(self, world: str, keep: Callable[[Cell], bool] = lambda cell: True) -> tuple[int, ...]:
        """All cost of a world (``without`` or ``with``), by year in öre."""
        chosen = (cell for cell in self.cells if keep(cell))
        return self._sum(cell.without if world == "without" else cell.with_new for cell in chosen)

    @property
    def gross_new(self) -> tuple[int, ...]:
        """What the new treatments cost, before anything is taken off."""
        return self.impact(lambda cell: cell.treatment in self.new)

    @property
    def displaced(self) -> tuple[int, ...]:
        """What the other treatments cost more; below zero where they are displaced."""
        return self.impact(lambda cell: cell.treatment not in self.new)

    def by(self, part: str) -> dict[str, tuple[int, ...]]:
        """The impact by ``group``, ``treatment``, ``category``, ``purse`` or ``area``. Parts add up to the whole."""
        names = dict.fromkeys(getattr(cell, part) for cell in self.cells)
        return {name: self.impact(lambda cell, n=name: getattr(cell, part) == n) for name in names}  # type: ignore[misc]

    def share_of(self, area: str) -> float:
        """An area's share of the impact of all years; 0 where there is none."""
        whole = sum(abs(value) for value in self.impact())
        return sum(abs(value) for value in self.by("area").get(area, ())) / whole if whole else 0.0

    def _sum(self, rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
        total = [0] * len(self.years)
        for row in rows:
            total = [before + more for before, more in zip(total, row, strict=True)]
        return tuple(total)

    # --------------------------------------------------------------------------------- text

    def as_json(self) -> str:
        """The whole as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def of_json(text: str) -> Result:
    """A result that was kept as text."""
    data = json.loads(text)
    monthly = data["monthly"]
    return Result(
        **{
            **data,
            "years": tuple(data["years"]),
            "new": tuple(data["new"]),
            "cells": tuple(_cell(cell) for cell in data["cells"]),
            "eligible": tuple(data["eligible"]),
            "patients": _tuples(data["patients"]),
            "patients_before": _tuples(data["patients_before"]),
            "ranges": {name: _range(one) for name, one in data["ranges"].items()},
            "monthly": Monthly(
                cost=tuple(monthly["cost"]),
                cost_range=_range(monthly["cost_range"]),
                so_far_range=_range(monthly["so_far_range"]),
                patients=tuple(monthly["patients"]),
                quantity=tuple(monthly["quantity"]),
                unit=monthly["unit"],
            ),
            "levers": tuple(Lever(**{**one, **_tuples(one, ("at_low", "at_high"))}) for one in data["levers"]),
            "scenarios": tuple(
                ScenarioResult(
                    one["name"], one["reason"], tuple(one["impact"]), _range(one["range"]), _range(one["whole"])
                )
                for one in data["scenarios"]
            ),
            "above": _tuples(data["above"]),
        }
    )


def _cell(data: Mapping[str, Any]) -> Cell:
    return Cell(**{**data, **_tuples(data, ("without", "with_new"))})


def _range(data: Mapping[str, Any]) -> Range:
    return Range(**_tuples(data))


def _tuples(data: Mapping[str, Any], keys: Iterable[str] | None = None) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(data[key]) for key in (keys if keys is not None else data)}

"""How an analysis's figures are parted among the units that treat: by administration where it says so, else evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from introduction.domain.budget.result import Result
from introduction.services.desk import Desk
from introduction.store import unit as units


def shares(desk: Desk, figures: Result, unit_ids: Sequence[int]) -> dict[int, float]:
    """Each treating unit's share of the new treatment, by unit.

    What falls on an administration is parted evenly among its units here, the rest among all. What falls on an
    administration without any is nobody's, so the shares may come to less than one.
    """
    above = units.parents(desk.session)
    top = {unit_id: _top(unit_id, above) for unit_id in unit_ids}
    within = Counter(top.values())
    weights: Counter[str] = Counter()
    for cell in figures.cells:
        if cell.treatment in figures.new:
            weights[cell.area if cell.area.isdecimal() else ""] += sum(cell.with_new)
    whole = sum(weights.values())
    if whole <= 0:
        return {unit_id: 1 / len(unit_ids) for unit_id in unit_ids}
    return {
        unit_id: (weights[""] / len(unit_ids) + weights[top[unit_id]] / within[top[unit_id]]) / whole
        for unit_id in unit_ids
    }


def _top(unit_id: int, above: dict[int, int | None]) -> str:
    while (parent := above.get(unit_id)) is not None:
        unit_id = parent
    return str(unit_id)

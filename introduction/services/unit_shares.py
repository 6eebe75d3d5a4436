"""How an analysis's figures are parted among the units that treat: by administration where it says so, else evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from introduction.domain.budget.result import Result
from introduction.services.desk import Desk
from introduction.store import unit as units

#: The unit directly above each unit; None for the topmost.
Above = Mapping[int, int | None]


def shares(desk: Desk, figures: Result, unit_ids: Sequence[int]) -> dict[int, float]:
    """Each treating unit's share of the new treatment, by unit.

    What falls on an administration is parted evenly among its units here, the rest among all. What falls on an
    administration without any is nobody's, so the shares may come to less than one.
    """
    return parted(figures, unit_ids, units.parents(desk.session))


def of_unit(figures: Result, unit_id: int, treating: Sequence[int], above: Above) -> tuple[float, float]:
    """A unit's share and its administration's. A unit that is not named to treat has all of the administration's."""
    each, top = parted(figures, treating, above), units.topmost(above, unit_id)
    inside = [share for unit, share in each.items() if units.topmost(above, unit) == top]
    whole = sum(inside) if inside else parted(figures, [top], above)[top]
    return each.get(unit_id, whole), whole


def parted(figures: Result, unit_ids: Sequence[int], above: Above) -> dict[int, float]:
    """The same as ``shares``; ``above`` is what ``units.parents`` gave."""
    top = {unit_id: str(units.topmost(above, unit_id)) for unit_id in unit_ids}
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

"""What an approved analysis says of a case's cost in calendar years, by administration and purse. Gross figures only.

Made once for each analysis and kept, for an approved analysis never changes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget import portfolio
from introduction.domain.budget.curves import Array
from introduction.services import results
from introduction.store.analysis import Analysis

FUND = "introduction_fund"
#: Purses whose cost stands in the units' own budgets.
OWN = frozenset({"clinic", "prescription_benefit"})
_MOST_KEPT = 1000
Ore = NDArray[np.int64]


@dataclass(frozen=True)
class Costs:
    """Costs by calendar year. ``keys`` are pairs of area and purse; ``ore`` has a row for each of them.

    ``draws`` are equally likely sums of all of them in kronor, of shape ``(years, draws)``.
    """

    years: tuple[int, ...]
    keys: tuple[tuple[str, str], ...]
    ore: Ore
    draws: Array

    def on(self, years: Sequence[int], financed_until: date | None = None) -> Costs:
        """The same in other years: nothing before the analysis begins, and the last year held after its end.

        The fund's money does not go on for ever: after the end the units bear what it bore, from the day after
        ``financed_until`` where that is settled. An analysis that parts no payers is parted by that day.
        """
        first = self.years[0]
        draws = portfolio.on_calendar(self.draws, first, years)
        ore = portfolio.on_calendar(self.ore.T, first, years).T.astype(np.int64)
        moved = Costs(tuple(years), self.keys, ore, draws)
        own = np.array(own_shares(financed_until, years) if financed_until is not None else [1.0] * len(years))
        if any(purse == FUND for _area, purse in self.keys):
            after = np.where(np.array(years) > self.years[-1], own, 0.0)
            return moved._laid(after, frozenset({FUND}), moved._own_purse)
        return moved._laid(1 - own, OWN, lambda area: FUND)

    def _own_purse(self, area: str) -> str:
        """The units' purse that the fund relieves in an area: the first that has a cost there."""
        return next((purse for of, purse in self.keys if of == area and purse in OWN), "clinic")

    def _laid(self, share: Array, purses: frozenset[str], on: Callable[[str], str]) -> Costs:
        """The same with so large a share of what some purses bear, by year, laid on another of the same area."""
        sums = dict(zip(self.keys, self.ore, strict=True))
        for area, purse in self.keys:
            moved = np.rint(sums[area, purse] * share).astype(np.int64)
            if purse in purses and moved.any():
                other = (area, on(area))
                sums[area, purse] = sums[area, purse] - moved
                sums[other] = sums.get(other, np.zeros_like(moved)) + moved
        return Costs(self.years, tuple(sums), np.array(list(sums.values()), dtype=np.int64), self.draws)

    def rows(self, keep: Callable[[str, str], bool]) -> list[int]:
        """The numbers of the rows whose area and purse are kept."""
        return [number for number, (area, purse) in enumerate(self.keys) if keep(area, purse)]

    def drawn(self, rows: Sequence[int]) -> Array:
        """The draws of some rows, in kronor."""
        return portfolio.narrowed(self.draws, self.ore / 100, rows)

    def summed(self, rows: Sequence[int], name: Callable[[str, str], str]) -> dict[str, tuple[int, ...]]:
        """Some rows added up under names, in öre by year."""
        found: dict[str, tuple[int, ...]] = {}
        for number in rows:
            called, amounts = name(*self.keys[number]), [int(value) for value in self.ore[number]]
            found[called] = portfolio.added((found.get(called, (0,) * len(amounts)), amounts), len(amounts))
        return found


def of_analysis(row: Analysis) -> Costs:
    """The costs of an approved analysis in its own years."""
    assert row.result is not None and row.kept is not None, "an approved analysis was computed"
    key = hashlib.sha256(f"{len(row.result)}:{row.result}{row.kept}".encode()).digest()
    found = _kept.get(key)
    if found is None:
        found = _kept.put(key, _read(row))
    return found


def own_shares(financed_until: date, years: Sequence[int]) -> list[float]:
    """The share of each year after the region's money has ended: whole months of twelve."""
    first = financed_until + timedelta(days=1)
    begins = first.year * 12 + first.month - 1
    return [min(max(12 * (year + 1) - begins, 0), 12) / 12 for year in years]


def point(years: Sequence[int], by_purse: dict[str, Sequence[int]]) -> Costs:
    """Costs that are known without interval, and not divided by administration; öre by year."""
    ore = np.array(list(by_purse.values()), dtype=np.int64)
    return Costs(tuple(years), tuple(("", purse) for purse in by_purse), ore, ore.sum(axis=0)[:, None] / 100)


def _read(row: Analysis) -> Costs:
    figures = results.result_of(row)
    sums: dict[tuple[str, str], tuple[int, ...]] = {}
    for cell in figures.cells:
        key = (cell.area, cell.purse)
        sums[key] = portfolio.added((sums.get(key, (0,) * len(figures.years)), cell.impact), len(figures.years))
    keys = tuple(sums) or (("", "clinic"),)
    ore = np.array([sums.get(key, (0,) * len(figures.years)) for key in keys], dtype=np.int64)
    return Costs(figures.years, keys, ore, np.array(results.kept_draws(row), dtype=np.float64))


class _Kept:
    """The costs of the analyses that were asked for last."""

    def __init__(self) -> None:
        self._found: OrderedDict[bytes, Costs] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Costs | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: bytes, costs: Costs) -> Costs:
        with self._lock:
            self._found[key] = costs
            while len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)
        return costs


_kept = _Kept()

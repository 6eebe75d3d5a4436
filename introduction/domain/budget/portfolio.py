"""Adds up many cases: what they cost together in each budget year, with the uncertainty of figures and of decisions.

A case that is not decided is weighed by its phase: by how often cases of the region that were in the phase came to be
introduced. That share is itself uncertain, Beta(introduced + 1/2, decided - introduced + 1/2), and drawn once for each
draw, so that all cases of a phase share it. A case's cost is drawn from the kept draws of its analysis. Each case has
random numbers of its own, by its key: the order of cases, and which others are counted, changes nothing for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from introduction.domain.budget.curves import Array

DRAWS, SEED, LEVEL = 10_000, 2026, 0.8
#: With fewer decided cases than this in a phase, its share is little more than a guess.
ENOUGH = 5
#: How peaked a saving lies around its expected amount between the least and the greatest; as in PERT.
_PEAK = 6.0
_CASE, _PHASE, _SAVING = 1, 2, 3


@dataclass(frozen=True)
class Share:
    """How many of a region's decided cases that were in a phase came to be introduced."""

    introduced: int
    decided: int

    @property
    def expected(self) -> float:
        """The mean of the share's distribution."""
        return (self.introduced + 0.5) / (self.decided + 1)

    @property
    def too_few(self) -> bool:
        """True when the share rests on few cases."""
        return self.decided < ENOUGH


@dataclass(frozen=True)
class Entry:
    """A case: equally likely costs by year in kronor, of shape ``(years, draws kept)``; one draw is a point value.

    ``pool`` names the share that it is weighed by; None for a decided case, which is always in. ``fund`` is the part
    of the same draws that the introduction fund bears. ``point`` divides what the analysis came to without uncertainty
    by something, in kronor by year: ``{"purse": {"clinic": (…)}}``.
    """

    key: int
    draws: Array
    pool: str | None = None
    fund: Array | None = None
    labels: Mapping[str, str] = field(default_factory=dict)  #: what the whole cost belongs to: ``phase``, ``atc``
    point: Mapping[str, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A saving by year in kronor, with its least and greatest."""

    key: int
    amount: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Drawn:
    """Sums of the draws in kronor, of shape ``(years, draws)``: of all purses, and the introduction fund's part."""

    total: Array
    fund: Array

    def __add__(self, other: Drawn) -> Drawn:
        return Drawn(self.total + other.total, self.fund + other.fund)


@dataclass(frozen=True)
class Figure:
    """An expected value by year in whole öre, with the interval that so large a share of the draws lies in."""

    expected: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]


# ------------------------------------------------------------------------------------- draws


def simulate(
    entries: Iterable[Entry], shares: Mapping[str, Share], years: int, *, draws: int = DRAWS, seed: int = SEED
) -> Drawn:
    """Draw the sum of some cases. One case at a time, so that memory holds a few arrays of ``(draws, years)``."""
    total, fund = np.zeros((draws, years)), np.zeros((draws, years))
    drawn: dict[str, Array] = {}
    for entry in sorted(entries, key=lambda one: one.key):
        if not entry.draws.any() and (entry.fund is None or not entry.fund.any()):
            continue
        own = _stream(seed, _CASE, entry.key)
        which = own.integers(entry.draws.shape[1], size=draws)
        chance = own.random(draws)
        inside = None
        if entry.pool is not None:
            if entry.pool not in drawn:
                drawn[entry.pool] = _draw_share(shares[entry.pool], entry.pool, draws, seed)
            inside = (chance < drawn[entry.pool])[:, None]
        _add(total, entry.draws, which, inside)
        if entry.fund is not None:
            _add(fund, entry.fund, which, inside)
    return Drawn(total.T, fund.T)


def _add(into: Array, values: Array, which: NDArray[np.int64], inside: NDArray[np.bool_] | None) -> None:
    chosen = values.T[which] if values.shape[1] > 1 else np.broadcast_to(values.T, into.shape)
    into += chosen if inside is None else chosen * inside


def _draw_share(share: Share, pool: str, draws: int, seed: int) -> Array:
    own = _stream(seed, _PHASE, zlib.crc32(pool.encode()))
    return own.beta(share.introduced + 0.5, share.decided - share.introduced + 0.5, size=draws)


def _stream(seed: int, kind: int, key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, kind, key))))


def save(savings: Iterable[Saved], years: int, *, draws: int = DRAWS, seed: int = SEED) -> Array:
    """Draw what some savings come to, ``(years, draws)`` in kronor. A saving that goes well one year does so all years.

    Between the least and the greatest, with the expected amount as the mean.
    """
    total = np.zeros((years, draws))
    for saving in sorted(savings, key=lambda one: one.key):
        own = _stream(seed, _SAVING, saving.key)
        order = own.permutation(draws)
        for year in range(years):
            low, high, amount = saving.low[year], saving.high[year], saving.amount[year]
            at = (amount - low) / (high - low) if high > low else 0.0
            if 0 < at < 1:
                total[year] += low + (high - low) * np.sort(own.beta(_PEAK * at, _PEAK * (1 - at), size=draws))[order]
            else:
                total[year] += amount
    return total


def figure(drawn: Array, expected: Sequence[int], level: float = LEVEL) -> Figure:
    """An expected value in öre with its interval from draws in kronor.

    The interval holds the expected value also where that lies outside the middle draws (a single case that is seldom
    introduced costs nothing in most of them); it then holds more of the draws than ``level``.
    """
    ends = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1) * 100
    return Figure(
        tuple(expected),
        tuple(min(round(float(low)), value) for low, value in zip(ends[0], expected, strict=True)),
        tuple(max(round(float(high)), value) for high, value in zip(ends[1], expected, strict=True)),
    )


def chance_above(drawn: Array, limits: Sequence[int | None]) -> tuple[float | None, ...]:
    """The share of draws (in kronor) above each year's limit in öre; None for a year without one."""
    return tuple(
        None if limit is None else float(np.mean(np.rint(row * 100) > limit))
        for row, limit in zip(drawn, limits, strict=True)
    )


# ------------------------------------------------------------------------------------- expected values


def expected_of(entry: Entry, shares: Mapping[str, Share], *, of_fund: bool = False) -> tuple[int, ...]:
    """What a case adds to the expected value, by year in whole öre: the mean of its draws times its phase's share."""
    values = entry.fund if of_fund else entry.draws
    if values is None:
        return tuple(0 for _year in entry.draws)
    weight = weight_of(entry, shares)
    return tuple(round(float(mean) * weight * 100) for mean in values.mean(axis=1))


def weight_of(entry: Entry, shares: Mapping[str, Share]) -> float:
    """1 for a decided case, else the expected share of its phase."""
    return 1.0 if entry.pool is None else shares[entry.pool].expected


def added(rows: Iterable[Sequence[int]], years: int) -> tuple[int, ...]:
    """The sum of some rows of öre, year by year."""
    total: list[int] = [0] * years
    for row in rows:
        total = [before + more for before, more in zip(total, row, strict=True)]
    return tuple(total)


def parts(entries: Iterable[Entry], shares: Mapping[str, Share], by: str) -> dict[str, tuple[int, ...]]:
    """The expected value by ``phase``, ``atc``, ``area`` or ``purse``, in öre by year. The parts add up to the whole.

    A label takes the case's whole; a division parts it as the analysis did, öre for öre.
    """
    found: dict[str, tuple[int, ...]] = {}
    for entry in sorted(entries, key=lambda one: one.key):
        whole = expected_of(entry, shares)
        divided = {entry.labels.get(by, ""): whole}
        if by in entry.point:
            divided = _divide(entry, by, whole, weight_of(entry, shares))
        for name, amounts in divided.items():
            found[name] = added((found.get(name, (0,) * len(whole)), amounts), len(whole))
    return found


def _divide(entry: Entry, by: str, whole: Sequence[int], weight: float) -> dict[str, tuple[int, ...]]:
    """A case's expected öre divided: by the point values, and what the uncertainty adds to these by their size."""
    names = list(entry.point[by])
    point = np.array([entry.point[by][name] for name in names])
    divided = (point + (entry.draws.mean(axis=1) - point.sum(axis=0)) * sizes(point)) * weight * 100
    ore = [_whole_parts(divided[:, year], amount) for year, amount in enumerate(whole)]
    return {name: tuple(year[at] for year in ore) for at, name in enumerate(names)}


def _whole_parts(values: Array, whole: int) -> list[int]:
    """Whole öre that add up; the largest part takes what rounding leaves."""
    rounded = [round(float(value)) for value in values]
    rounded[int(np.argmax(np.abs(values)))] += whole - sum(rounded)
    return rounded


def sizes(point: Array) -> Array:
    """The share of each part (row) in each year by size, whatever the sign; they add up to 1 in every year.

    A year in which all parts are zero is divided as all years are.
    """
    size = np.abs(point)
    yearly, ever = size.sum(axis=0), size.sum(axis=1)
    even = ever / ever.sum() if ever.sum() else np.full(len(point), 1 / len(point))
    return np.where(yearly > 0, size / np.where(yearly > 0, yearly, 1), even[:, None])


def narrowed(draws: Array, point: Array, kept: Sequence[int]) -> Array:
    """The draws of some parts (rows of ``point``): their point values, and their share by size of the deviation."""
    rows = list(kept)
    share = sizes(point)[rows].sum(axis=0)[:, None]
    found: Array = point[rows].sum(axis=0)[:, None] + (draws - point.sum(axis=0)[:, None]) * share
    return found


def on_calendar(values: Array | NDArray[np.int64], first: int, years: Sequence[int]) -> Array:
    """Rows by year from ``first`` on as rows of other calendar years: 0 before, and the last one held after the end."""
    at = np.array(years) - first
    chosen: Array = values[np.clip(at, 0, len(values) - 1)]
    return np.where((at >= 0).reshape(-1, *[1] * (values.ndim - 1)), chosen, 0.0)

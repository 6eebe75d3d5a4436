"""How often a treatment is given, month by month since its start, and how much is used each time."""

from __future__ import annotations

import math

import numpy as np

from introduction.domain.budget.curves import DAYS_IN_MONTH, Array, Draw
from introduction.domain.budget.spec import Dose, Dosing

#: Points and weights for the mean over a normal distribution of sizes (Gauss-Hermite quadrature).
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_A_HAIR = 1e-9
#: Up to so many mg, amounts are exact to the µg; up to ten times as many, to ten µg.
_STEPS = 2_000


def doses(given: Dosing, months: int, draw: Draw) -> Array:
    """How many times it is given in each month since the start, counted by days; shape ``(months, draws)``.

    A month is a twelfth of 365.25 days. Averaging over the year would hide that loading costs more at first.
    """
    bounds = np.arange(months + 1, dtype=np.float64)[:, None] * DAYS_IN_MONTH
    days = np.asarray(given.loading or (0.0,))
    loaded = (days[None, :] < bounds - _A_HAIR).sum(axis=1)[:, None].astype(np.float64)
    pace = pace_in_days(given, draw)
    if pace is None:
        return np.diff(loaded, axis=0)
    later = np.maximum(np.ceil((bounds - days[-1] - _A_HAIR) / pace) - 1, 0.0)
    return np.asarray(np.diff(loaded + later, axis=0), dtype=np.float64)


def loaded(given: Dosing, months: int, draw: Draw) -> Array:
    """How many times it is given in each month since the start to one of many: loading by days, then the mean pace."""
    bounds = np.arange(months + 1, dtype=np.float64)[:, None] * DAYS_IN_MONTH
    days = np.asarray(given.loading)
    passed = (days[None, :] < bounds - _A_HAIR).sum(axis=1)[:, None] + np.maximum(
        bounds - days[-1], 0.0
    ) / DAYS_IN_MONTH * steady(given, draw)
    return np.asarray(np.diff(passed, axis=0), dtype=np.float64)


def pace_in_days(given: Dosing, draw: Draw) -> float | Array | None:
    """Days from one time to the next, once loading is over; None when it is not given again."""
    if given.every_days is not None:
        return draw(given.every_days)
    if given.every_months is not None:
        return draw(given.every_months) * DAYS_IN_MONTH
    if given.per_year is not None:
        return 365.25 / np.maximum(draw(given.per_year), _A_HAIR)
    return None


def steady(given: Dosing | None, draw: Draw) -> float | Array:
    """How many times a month it is given on average, long after the start."""
    pace = pace_in_days(given, draw) if given is not None else None
    return 0.0 if pace is None else DAYS_IN_MONTH / pace


def amount_used(given: Dose, draw: Draw) -> float | Array:
    """The mean amount in mg that each time takes from the stock, with what is thrown away unless vials are shared."""
    each, size, spread = (np.asarray(draw(one))[..., None] for one in (given.per_size, given.size, given.size_sd))
    needed = each * np.maximum(size + spread * _POINTS, 0.0)
    if not given.shared:
        needed = _whole_vials(needed, given.vials)
    mean = (needed * _WEIGHTS).sum(axis=-1) / _WEIGHTS.sum()
    return np.asarray(mean, dtype=np.float64)


def _whole_vials(needed: Array, vials: tuple[float, ...]) -> Array:
    """The least amount, not below the need, that whole vials make up."""
    steps = _amounts(vials, float(needed.max()) + max(vials))
    found = steps[np.minimum(np.searchsorted(steps, needed - _A_HAIR), len(steps) - 1)]
    return np.asarray(found, dtype=np.float64)


def _amounts(vials: tuple[float, ...], most: float) -> Array:
    """All amounts that whole vials make up, as far as needed, in order.

    One bit of a large number for each multiple of what all vials are multiples of: a vial more moves all bits up.
    """
    fine = 10.0 ** max(0, math.ceil(math.log10(most / _STEPS)))  # µg, or coarser where the dose is very large
    sizes = [max(1, round(vial * 1000 / fine)) for vial in vials]
    unit = math.gcd(*sizes)
    last = math.ceil(most * 1000 / fine / unit) + 1
    made, all_bits = 1, (1 << (last + 1)) - 1
    for size in sizes:
        moved = size // unit
        while moved <= last:
            made = (made | made << moved) & all_bits
            moved *= 2
    bits = np.frombuffer(made.to_bytes(last // 8 + 1, "little"), dtype=np.uint8)
    made_up = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
    return np.asarray(made_up * (unit * fine / 1000), dtype=np.float64)

"""How often a treatment is given, month by month since its start, and how much is used each time."""

from __future__ import annotations

import numpy as np

from introduction.domain.budget.curves import DAYS_IN_MONTH, Array, Draw
from introduction.domain.budget.spec import Dose, Dosing

#: Points and weights for the mean over a normal distribution of sizes (Gauss-Hermite quadrature).
_POINTS, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_A_HAIR = 1e-9


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
    size, spread = np.asarray(draw(given.size)), np.asarray(draw(given.size_sd))
    needed = draw(given.per_size) * np.maximum(size[..., None] + spread[..., None] * _POINTS, 0.0)
    if not given.shared:
        needed = _whole_vials(needed, given.vials)
    mean = (needed * _WEIGHTS).sum(axis=-1) / _WEIGHTS.sum()
    return np.asarray(mean, dtype=np.float64)


def _whole_vials(needed: Array, vials: tuple[float, ...]) -> Array:
    """The least amount, not below the need, that whole vials make up."""
    most = float(needed.max()) + max(vials)
    reachable = {0.0}
    for vial in sorted(vials, reverse=True):
        reachable |= {total + vial * count for total in reachable for count in range(int((most - total) // vial) + 2)}
    steps = np.array(sorted(reachable))
    found = steps[np.minimum(np.searchsorted(steps, needed - _A_HAIR), len(steps) - 1)]
    return np.asarray(found, dtype=np.float64)

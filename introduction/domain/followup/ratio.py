"""What was observed against what was expected, with the limits within which chance alone would keep it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

#: Below so many events Byar's approximation is not used: the exact Poisson interval is.
EXACT_BELOW = 10
#: So many halvings leave nothing of a span of the sizes that come here.
_HALVINGS = 80


@dataclass(frozen=True)
class Ratio:
    """Observed through expected, with its 95 per cent interval."""

    value: float
    low: float
    high: float


def against(observed: int, expected: float, level: float = 0.95) -> Ratio | None:
    """The ratio with Byar's interval, exact for few events; None where nothing was expected.

    ValueError for a count below zero.
    """
    if observed < 0:
        raise ValueError("a count is zero or more")
    if expected <= 0:
        return None
    tail = (1 - level) / 2
    low, high = _exact(observed, tail) if observed < EXACT_BELOW else _byar(observed, tail)
    return Ratio(observed / expected, low / expected, high / expected)


def _byar(count: int, tail: float) -> tuple[float, float]:
    z, more = NormalDist().inv_cdf(1 - tail), count + 1
    return (
        count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3,
        more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3,
    )


def _exact(count: int, tail: float) -> tuple[float, float]:
    """The expectations at which so many or more, and so many or fewer, come with the chance of a tail."""
    low = _crossing(lambda mean: 1 - _at_most(count - 1, mean) < tail) if count else 0.0
    return low, _crossing(lambda mean: _at_most(count, mean) > tail)


def _crossing(before: Callable[[float], bool]) -> float:
    low, high = 0.0, 100.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if before(middle) else (low, middle)
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    return math.exp(-mean) * sum(mean**at / math.factorial(at) for at in range(count + 1))

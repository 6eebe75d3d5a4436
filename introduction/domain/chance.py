"""Within which counts chance alone would keep what happens."""

from __future__ import annotations

import math

#: The chance beyond three standard deviations of a normal distribution, on one side.
BEYOND_THREE_SIGMA = 0.5 * math.erfc(3 / math.sqrt(2))


def poisson_limits(expected: float) -> tuple[int, int]:
    """The smallest and the largest count within three sigma of so many expected, by the exact Poisson distribution.

    A count below the smallest, or above the largest, would come by chance at most about once in 740 times. ValueError
    where less than nothing is expected.
    """
    if not 0 <= expected < math.inf:
        raise ValueError("a count is expected to be zero or more")
    if expected == 0:
        return 0, 0
    far = 12 * math.sqrt(expected) + 40
    low = max(0, math.floor(expected - far))
    below = _chance(low, expected)
    while below <= BEYOND_THREE_SIGMA:
        low += 1
        below += _chance(low, expected)
    high = math.ceil(expected + far)
    above = _chance(high, expected)
    while above <= BEYOND_THREE_SIGMA:
        high -= 1
        above += _chance(high, expected)
    return low, high


def _chance(count: int, expected: float) -> float:
    return math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))

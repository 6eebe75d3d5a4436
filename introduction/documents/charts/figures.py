"""Figures as they stand in charts and in the tables below them, and the values that an axis shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"

#: How Vega-Lite writes the figures of an axis.
LOCALES: dict[str, dict[str, Any]] = {
    "sv": {"decimal": ",", "thousands": _SPACE, "grouping": [3], "currency": ["", f"{_SPACE}kr"], "minus": _MINUS},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["SEK ", ""], "minus": _MINUS},
}


def figure(value: float, decimals: int, language: str = "sv", *, signed: bool = False) -> str:
    """``1 234,5`` and ``−0,4`` in Swedish, ``1,234.5`` in English. ``signed`` puts a plus before what is added."""
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")  # nothing is neither added nor taken away
    if language == "sv":
        text = text.replace(",", _SPACE).replace(".", ",")
    return text.replace("-", _MINUS)


def decimals_for(values: Iterable[float | None], unit: str) -> int:
    """Decimals for amounts of one view: one for mnkr, none for tkr; one more where all are small, one less above 1 000.

    A table that shows the same amounts asks for the same number of decimals.
    """
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    usual, small = (1, 1.0) if unit == "mnkr" else (0, 10.0)
    if largest >= 1000:
        return 0
    if 0 < largest < small:
        return usual + (1 if largest >= small / 10 else 2)
    return usual


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round values from at most ``low`` to at least ``high``, zero among them, in about so many equal steps.

    [0, 1] where both are zero.
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return [0.0, 1.0]
    step = _round_step((high - low) / about)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [_exact(number * step, step) for number in range(first, last + 1)]


def tick_decimals(values: Sequence[float]) -> int:
    """Decimals that tell the values of an axis apart."""
    step = values[1] - values[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return decimals if abs(round(step, decimals) - step) < step * 1e-6 else decimals + 1


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)


def _exact(value: float, step: float) -> float:
    # 3 * 0.1 is not 0.3; rounded well below the step it is.
    return round(value, max(0, 3 - math.floor(math.log10(step))))

"""Medians over interleaved rounds, and ratios taken within each round, so that a busy moment hits all alike."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

Rounds = Sequence[dict[str, float]]


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def against(rounds: Rounds, ours: str) -> dict[str, Any]:
    """By contestant: milliseconds, the fastest round, and how many times its time ours takes (lower is better)."""
    return {
        who: {
            "ms": round(1000 * median([taken[who] for taken in rounds]), 3),
            "best_ms": round(1000 * min(taken[who] for taken in rounds), 3),
            "ours_takes": round(median([taken[ours] / taken[who] for taken in rounds]), 2),
        }
        for who in rounds[0]
    }


def show(table: dict[str, Any]) -> None:
    """Print a table of contestants."""
    print(f"  {'':<16}{'median':>9}{'best':>9}{'ours takes':>13}")
    for who, row in table.items():
        print(f"  {who:<16}{row['ms']:>9.2f}{row['best_ms']:>9.2f}{row['ours_takes']:>12.2f}x")

"""Small counts side by side: which units, and which parts of a whole, strangers may not see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.outcome import SMALL, gives_away, hidden_small


@dataclass(frozen=True)
class Rows:
    """Which rows of a table are hidden whole, and whether the sums of its columns may be told beside the others."""

    hidden: frozenset[int]
    sums: bool


def hidden_rows(rows: Sequence[Sequence[int]], limit: int = SMALL) -> Rows:
    """The rows that hold a count of 1 to ``limit`` - 1, and as many more as keep the columns' sums from telling of it.

    A row is hidden whole, since its counts follow from each other. Which others are hidden depends on where they
    stand, not on how large they are. Where no more can be hidden the sums may not be told.
    """
    hidden = {at for at, row in enumerate(rows) if any(0 < count < limit for count in row)}
    first = min(hidden, default=0)
    others = [at % len(rows) for at in range(first, first + len(rows)) if at % len(rows) not in hidden]
    while hidden and others and _tells(rows, hidden, limit):
        hidden.add(others.pop(0))
    return Rows(frozenset(hidden), not hidden or not _tells(rows, hidden, limit))


def _tells(rows: Sequence[Sequence[int]], hidden: set[int], limit: int) -> bool:
    kept = [rows[at] for at in sorted(hidden)]
    return any(sum(column) > 0 and gives_away(column, limit) for column in zip(*kept, strict=True))


def shown_parts(own: Sequence[int], others: Sequence[int], limit: int = SMALL) -> list[int | None]:
    """The parts of a whole as somebody who knows the ``own`` counts may see them, both kinds together.

    What is known already can be taken from what is told, so it is the ``others`` that are protected. All are None
    where even the sum would tell too much of them.
    """
    shown = hidden_small(others, limit)
    kept = [count for count, told in zip(others, shown, strict=True) if told is None]
    if kept and gives_away(kept, limit):
        return [None] * len(others)
    return [None if told is None else mine + told for mine, told in zip(own, shown, strict=True)]

"""Counts of persons too small to tell: drawn as the span in which they lie, never as a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas


@dataclass(frozen=True)
class SmallCount:
    """A count of 1 to 4 persons: where 1 and 4 lie on the scale, so that no chart is ever given the count."""

    low: float = 1.0
    high: float = 4.0

    @staticmethod
    def told(persons: str) -> str:
        """What stands instead of the number: ``1–4``, or ``1–4 personer`` among figures that count something else."""
        return f"1–4\N{NO-BREAK SPACE}{persons}".rstrip()


def draw_small(canvas: Canvas, counts: Sequence[tuple[SmallCount, float]], high: float) -> None:
    """A hollow span, dashed, at the middle of each count's row."""
    mark = {"type": "rect", "fill": look.PAPER, "stroke": look.ACCENT, "strokeWidth": 1.5, "strokeDash": [3, 2]}
    spans = [{"x": one.low, "x2": one.high, "y": y - high / 2, "y2": y + high / 2} for one, y in counts]
    canvas.across_rows("small", mark, spans, "x2", "y2")

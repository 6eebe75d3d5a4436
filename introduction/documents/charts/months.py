"""A sheet with a slot for each month, and the names of the months below its axis."""

from __future__ import annotations

from collections.abc import Sequence

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.figures import figure, tick_decimals, ticks
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.look import NOTE
from introduction.documents.charts.placing import Place

_EVERY = (1, 2, 3, 6, 12, 24, 36, 60)


def month_canvas(size: int, months: Sequence[str], amounts: Sequence[float], right: float, language: str) -> Canvas:
    """A sheet ``size`` px wide, ``right`` of them beside the months, with an axis from the least amount to the most."""
    small = size == look.NARROW
    values = ticks(min(amounts), max(amounts))
    axis = [figure(value, tick_decimals(values), language) for value in values]
    left = max(24.0 if small else 40.0, widest(axis, NOTE) + 10)
    top, down, below = (34.0, 194.0 if small else 258.0, 30.0)
    return Canvas(
        size,
        top + down + below,
        left,
        top,
        right,
        below,
        x=(0.0, float(len(months))),
        y=(values[0], values[-1]),
        language=language,
        values=values,
    )


def write_months(canvas: Canvas, months: Sequence[str], y: float) -> None:
    """As many names as there is room for: every one, or every second, third, sixth or twelfth from the first on."""
    apart = canvas.across / len(months)
    wide = widest(list(months), NOTE)
    every = next((every for every in _EVERY if every * apart >= wide + 10), len(months))
    for index in range(0, len(months), every):
        half = width(months[index], NOTE) / 2
        x = min(max(canvas.px(index + 0.5), half), canvas.width - half)
        canvas.write(months[index], Place(x, y, "center"), NOTE)

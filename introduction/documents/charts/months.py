"""The names of months below an axis that has a slot for each."""

from __future__ import annotations

from collections.abc import Sequence

from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.look import NOTE
from introduction.documents.charts.placing import Place

_EVERY = (1, 2, 3, 6, 12, 24, 36, 60)


def write_months(canvas: Canvas, months: Sequence[str], y: float) -> None:
    """As many names as there is room for: every one, or every second, third, sixth or twelfth from the first on."""
    apart = canvas.across / len(months)
    wide = widest(list(months), NOTE)
    every = next((every for every in _EVERY if every * apart >= wide + 10), len(months))
    for index in range(0, len(months), every):
        half = width(months[index], NOTE) / 2
        x = min(max(canvas.px(index + 0.5), half), canvas.width - half)
        canvas.write(months[index], Place(x, y, "center"), NOTE)

"""An interval that goes along with a line: a tint with an edge above and below."""

from __future__ import annotations

from collections.abc import Sequence

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.placing import Box, Places

#: Half the width in pixels of the band of a single year or month, which has no length.
BLOCK = 40
_DOT = 4.5


def draw_band(canvas: Canvas, places: Places, low: Sequence[float], high: Sequence[float], first: int = 0) -> None:
    """The band through the middles of the axis's slots, from the slot ``first`` on."""
    spans = [(index + 0.5, bottom, top) for index, (bottom, top) in enumerate(zip(low, high, strict=True), first)]
    if len(spans) == 1:
        half = BLOCK / canvas.across
        spans = [(x, low[0], high[0]) for x in (first + 0.5 - half, first + 0.5 + half)]
    canvas.data("band", "area", [{"x": x, "y": top, "y2": bottom} for x, bottom, top in spans], "y2")
    edges = {"high": [(x, top) for x, _, top in spans], "low": [(x, bottom) for x, bottom, _ in spans]}
    for name, edge in edges.items():
        canvas.data(name, look.EDGE, [{"x": x, "y": y} for x, y in edge])
        places.take_line([(canvas.px(x), canvas.py(y)) for x, y in edge], 1.0)


def take_dots(places: Places, dots: Sequence[tuple[float, float]]) -> None:
    """Keeps labels away from dots, in pixels."""
    for x, y in dots:
        places.take(Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT))

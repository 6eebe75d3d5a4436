"""An amount along an axis that should not be passed: a line in rust, with its amount."""

from __future__ import annotations

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.look import LIMIT
from introduction.documents.charts.placing import Place, Places


def draw_limit(canvas: Canvas, places: Places, amount: float) -> None:
    """The line, from margin to margin."""
    left, right, y = canvas.left, canvas.width - canvas.right, canvas.py(amount)
    canvas.rules("limit", look.LATE, [(left, y, right, y)], strokeWidth=2)
    places.take_line([(left, y), (right, y)], 4.0)


def write_limit(canvas: Canvas, places: Places, amount: float, text: str) -> None:
    """The text at one end of the line, above or below it."""
    y = canvas.py(amount)
    sides = [Place(canvas.left + 2, y - 7), Place(canvas.width - canvas.right, y - 7, "right")]
    canvas.put(places, text, [*sides, *(Place(side.x, y + 18, side.align) for side in sides)], LIMIT)

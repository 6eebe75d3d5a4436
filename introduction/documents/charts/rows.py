"""Charts that are a list: a row for each matter, its title at the left, or above it in the narrow drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.lettering import widest, width, wrapped
from introduction.documents.charts.look import NAME, NOTE
from introduction.documents.charts.placing import Place, line_height

HIGH = 22  # of a bar
_ROW = 40  # with a title of one line; what more it has to be with two or three goes round them
_AROUND = 14
_TITLE_LINES = 3
_KEY = 22  # a square and the space behind it
_BETWEEN = 24  # two parts of a key


@dataclass(frozen=True)
class Row:
    """One row, in pixels: its title's lines and first baseline, and the middle of what is drawn in it."""

    lines: list[str]
    title_y: float
    middle: float


@dataclass(frozen=True)
class Rows:
    """The rows of a chart. What is drawn stands right of ``left``; ``edges`` lie between the rows."""

    rows: list[Row]
    left: float
    edges: list[float]
    bottom: float


def lay_rows(titles: Sequence[str], size: int, top: float, above: int = 0) -> Rows:
    """Room for a row for each title, from ``top`` down; each with ``above`` pixels more for a figure over the mark."""
    if size == look.NARROW:
        return _stacked(titles, size, top, above)
    room = max(size * 0.16, min(widest(list(titles), NAME), size * 0.26))
    broken = [wrapped(title, room, NAME, _TITLE_LINES) for title in titles]
    rows, edges = [], [top]
    for lines in broken:
        tall = max(_ROW, len(lines) * line_height(NAME) + _AROUND)
        middle = edges[-1] + above + tall / 2
        rows.append(Row(lines, middle + 5 - (len(lines) - 1) * line_height(NAME) / 2, middle))
        edges.append(edges[-1] + tall + above)
    return Rows(rows, room + 16, edges[:-1], edges[-1])


def _stacked(titles: Sequence[str], size: int, top: float, above: int) -> Rows:
    rows, y = [], top
    for title in titles:
        lines = wrapped(title, size, NAME, _TITLE_LINES)
        below = y + 14 + (len(lines) - 1) * line_height(NAME) + above
        rows.append(Row(lines, y + 14, below + 21))
        y = below + 21 + HIGH / 2 + 11
    return Rows(rows, 0, [], y)


def draw_rows(canvas: Canvas, laid: Rows) -> None:
    """The hairlines and the titles."""
    canvas.rules("edges", look.HAIRLINE, [(0, edge, canvas.width, edge) for edge in laid.edges])
    for row in laid.rows:
        canvas.write(row.lines, Place(0, row.title_y), NAME)


def bar_mark(hollow: bool) -> dict[str, object]:
    """A bar: filled for more, hollow for less. The frame is half outside the rectangle, as of the other kind."""
    fill = look.PAPER if hollow else look.ACCENT
    return {"type": "rect", "fill": fill, "stroke": look.ACCENT, "strokeWidth": 1.5}


def write_key(canvas: Canvas, below: float, hollow: str, filled: str, x: float) -> None:
    """What hollow and filled bars mean: in one line from ``x``, or from wherever there is room; in two if need be."""
    y, taken = below + 26, [_KEY + width(text, NOTE) for text in (hollow, filled)]
    in_one = sum(taken) + _BETWEEN <= canvas.width
    x = max(0.75, min(x, canvas.width - sum(taken) - _BETWEEN))
    for is_hollow, text, wide in zip((True, False), (hollow, filled), taken, strict=True):
        square = {"x": x, "x2": x + 14, "y": y - 11, "y2": y + 1}
        canvas.pixels("key", bar_mark(is_hollow), [square], "x2", "y2")
        canvas.write(text, Place(x + _KEY, y), NOTE)
        x, y = (x + wide + _BETWEEN, y) if in_one else (x, y + 22)


def key_height(size: int, hollow: str, filled: str) -> float:
    """The height that the key takes, with the space above it."""
    one = 2 * _KEY + width(hollow, NOTE) + width(filled, NOTE) + _BETWEEN <= size
    return 32 if one else 54

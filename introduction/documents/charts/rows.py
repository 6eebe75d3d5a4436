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
_TIGHT_HIGH = 14  # of a bar where rows are many
_TIGHT_ROW = 26
_BARE_HIGH = 10  # where there is no room for titles
_BARE_ROW = 16
_GAP = 12  # before the figures of the rows
_KEY = 22  # a square and the space behind it
_BETWEEN = 24  # two parts of a key


@dataclass(frozen=True)
class Row:
    """One row, in pixels: where it begins, its title's lines and first baseline, the middle of what is drawn in it, and
    the baseline of its figures at the right."""

    top: float
    lines: list[str]
    title_y: float
    middle: float
    figure_y: float


@dataclass(frozen=True)
class Rows:
    """The rows of a chart. What is drawn stands right of ``left`` and leaves ``right`` free for figures; bars are
    ``high``; ``edges`` lie between the rows."""

    rows: list[Row]
    left: float
    edges: list[float]
    bottom: float
    right: float = 0.0
    high: float = HIGH


def lay_rows(
    titles: Sequence[str], size: int, top: float, above: int = 0, *, figures: Sequence[float] = (), tight: bool = False
) -> Rows:
    """Room for a row for each title, from ``top`` down; each with ``above`` pixels more for a figure over the mark.

    ``figures`` are the widths of what stands at the right of each row, in the narrow drawing beside its title.
    ``tight`` rows have titles of one line and lower bars, for charts of many rows.
    """
    beside = [wide + _GAP if wide else 0.0 for wide in figures] or [0.0] * len(titles)
    if size == look.NARROW:
        return _stacked(titles, size, top, above, beside, tight)
    least, most = (_TIGHT_ROW, 1) if tight else (_ROW, _TITLE_LINES)
    room = max(size * 0.16, min(widest(list(titles), NAME), size * (0.36 if tight else 0.26)))
    broken = [wrapped(title, room, NAME, most) for title in titles]
    rows, edges = [], [top]
    for lines in broken:
        tall = least if tight else max(least, len(lines) * line_height(NAME) + _AROUND)
        middle = edges[-1] + above + tall / 2
        title = middle + 5 - (len(lines) - 1) * line_height(NAME) / 2
        rows.append(Row(edges[-1], lines, title, middle, middle + 5))
        edges.append(edges[-1] + tall + above)
    high = _TIGHT_HIGH if tight else HIGH
    return Rows(rows, room + 16, edges[:-1], edges[-1], max(beside, default=0.0), high)


def _stacked(titles: Sequence[str], size: int, top: float, above: int, beside: Sequence[float], tight: bool) -> Rows:
    high, before, after, most = (_TIGHT_HIGH, 9.0, 9.0, 1) if tight else (HIGH, 10.0, 11.0, _TITLE_LINES)
    rows, y = [], top
    for title, figures in zip(titles, beside, strict=True):
        lines = wrapped(title, size - figures, NAME, most)
        below = y + 14 + (len(lines) - 1) * line_height(NAME) + above
        middle = below + before + high / 2
        rows.append(Row(y - 3, lines, y + 14, middle, y + 14))
        y = middle + high / 2 + after
    return Rows(rows, 0, [], y, 0.0, high)


def bare_rows(count: int, top: float, every: int) -> Rows:
    """Rows too low for titles: the first and every so manyth has its place in the order instead."""
    rows = []
    for place in range(1, count + 1):
        y = top + (place - 1) * _BARE_ROW
        lines = [str(place)] if place == 1 or place % every == 0 else []
        rows.append(Row(y, lines, y + _BARE_ROW / 2 + 5, y + _BARE_ROW / 2, y + _BARE_ROW / 2 + 5))
    return Rows(rows, widest([str(count)], NAME) + _GAP, [], top + count * _BARE_ROW, high=_BARE_HIGH)


def draw_rows(canvas: Canvas, laid: Rows) -> None:
    """The hairlines and the titles."""
    canvas.rules("edges", look.HAIRLINE, [(0, edge, canvas.width, edge) for edge in laid.edges])
    for row in laid.rows:
        if row.lines:
            canvas.write(row.lines, Place(0, row.title_y), NAME)


def bar_mark(hollow: bool) -> dict[str, object]:
    """A bar: filled for more, hollow for less. The frame is half outside the rectangle, as of the other kind."""
    fill = look.PAPER if hollow else look.ACCENT
    return {"type": "rect", "fill": fill, "stroke": look.ACCENT, "strokeWidth": 1.5}


def write_key(canvas: Canvas, below: float, marks: Sequence[tuple[bool, str]], x: float) -> None:
    """What hollow (True) and filled bars mean, in the order in which the bars come.

    In one line from ``x``, or from wherever there is room; in two if need be.
    """
    y, taken = below + 26, [_KEY + width(text, NOTE) for _hollow, text in marks]
    in_one = sum(taken) + _BETWEEN <= canvas.width
    x = max(0.75, min(x, canvas.width - sum(taken) - _BETWEEN))
    for (hollow, text), wide in zip(marks, taken, strict=True):
        canvas.sample(bar_mark(hollow), x, y)
        canvas.write(text, Place(x + _KEY, y), NOTE)
        x, y = (x + wide + _BETWEEN, y) if in_one else (x, y + 22)


def key_height(size: int, first: str, second: str) -> float:
    """The height that the key takes, with the space above it."""
    one = 2 * _KEY + width(first, NOTE) + width(second, NOTE) + _BETWEEN <= size
    return 32 if one else 54

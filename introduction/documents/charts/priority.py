"""Applications in the order of the council, laid end to end, and the line where the money ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import width
from introduction.documents.charts.look import LIMIT, NOTE, VALUE
from introduction.documents.charts.placing import Place
from introduction.documents.charts.rows import Rows, bar_mark, bare_rows, draw_rows, key_height, lay_rows, write_key

_TOP = 34.0
_ROOMY = 15  # so many applications have titles of several lines
_NAMED = 20  # so many have titles in the narrow drawing
_EVERY = 5  # of more, every fifth has its place there
_LINE = 4  # the row where the money ends

#: What an application is called, and what it applies for.
Application = tuple[str, float]


@dataclass(frozen=True)
class PriorityWords:
    """The word before the amount of the money (``Ram``), and what filled and hollow bars mean: ``ryms``,
    ``ryms inte``."""

    money: str
    fits: str
    beyond: str


@dataclass(frozen=True)
class _Order:
    applications: Sequence[Application]
    money: float
    unit: str
    words: PriorityWords
    language: str

    @property
    def spans(self) -> list[tuple[float, float]]:
        """Where each begins and ends, in the money of all before it."""
        reached, spans = 0.0, []
        for _, amount in self.applications:
            spans.append((reached, reached + amount))
            reached += amount
        return spans

    @property
    def first_beyond(self) -> int | None:
        """The number of the first application that the money does not wholly reach, counted from 0."""
        return next((number for number, (_, end) in enumerate(self.spans) if end > self.money), None)

    def told(self, value: float) -> str:
        amounts = [self.money, *(amount for _, amount in self.applications)]
        return figure(value, decimals_for(amounts, self.unit), self.language)


def priority_line(
    applications: Sequence[Application],
    *,
    money: float,
    unit: str,
    label: str,
    words: PriorityWords,
    language: str = "sv",
) -> Drawing:
    """A row for each application, its bar begun where the one before ended: filled as far as the money reaches.

    A line stands at the amount of the money, and a thick one between the rows where it ends. Where there are more than
    twenty, the narrow drawing has places instead of titles and amounts. ValueError without applications, or with
    an amount below zero.
    """
    if not applications or money < 0 or any(amount < 0 for _, amount in applications):
        raise ValueError("an order needs applications, and amounts that are not below zero")
    order = _Order(applications, money, unit, words, language)
    return draw(_sheet(order, look.WIDE), _sheet(order, look.NARROW), label, _sheet(order, look.MIDDLE))


def _sheet(order: _Order, size: int) -> Spec:
    small, many = size == look.NARROW, len(order.applications)
    bare = small and many > _NAMED
    figures = [order.told(amount) for _, amount in order.applications]
    titles = [title for title, _ in order.applications]
    room = [width(text, VALUE) for text in figures]
    laid = bare_rows(many, _TOP, _EVERY) if bare else lay_rows(titles, size, _TOP, figures=room, tight=many > _ROOMY)
    below = key_height(size, order.words.fits, order.words.beyond)
    reach = max(order.money, order.spans[-1][1])
    x = (0.0, reach or 1.0)
    canvas = Canvas(size, laid.bottom + below, laid.left + 2, _TOP, laid.right + 2, below, x=x)
    draw_rows(canvas, laid)
    _draw_bars(canvas, order, laid)
    _draw_line(canvas, order, laid, small and not bare)
    for text, row in zip(figures, laid.rows, strict=True):
        if not bare:
            canvas.write(text, Place(canvas.width, row.figure_y, "right"), VALUE)
    write_key(canvas, laid.bottom, [(False, order.words.fits), (True, order.words.beyond)], laid.left)
    canvas.write(order.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_bars(canvas: Canvas, order: _Order, laid: Rows) -> None:
    fits, beyond = [], []
    for (start, end), row in zip(order.spans, laid.rows, strict=True):
        high = {"y": row.middle - laid.high / 2, "y2": row.middle + laid.high / 2}
        reached = min(max(order.money, start), end)
        if reached > start or end == start <= order.money:
            fits.append({"x": start, "x2": reached, **high})
        if end > reached:
            beyond.append({"x": reached, "x2": end, **high})
    canvas.across_rows("beyond", bar_mark(hollow=True), beyond, "x2", "y2")
    canvas.across_rows("fits", bar_mark(hollow=False), fits, "x2", "y2")


def _draw_line(canvas: Canvas, order: _Order, laid: Rows, titles_between: bool) -> None:
    """The amount of the money, solid through what it reaches and dashed through the rest; and the row where it ends."""
    x, first = canvas.px(order.money), order.first_beyond
    end = laid.bottom if first is None else laid.rows[first].top
    spans = {"limit": laid.rows[:first], "after": [] if first is None else laid.rows[first:]}
    for name, rows in spans.items():
        dash = {"strokeDash": [4, 3]} if name == "after" else {}
        if titles_between:
            around = laid.high / 2 + 4
            lines = [(x, row.middle - around, x, row.middle + around) for row in rows]
        else:
            top, bottom = (24.0, end) if name == "limit" else (end, laid.bottom)
            lines = [(x, top, x, bottom)] if rows or name == "limit" else []
        canvas.rules("casing", look.PAPER, lines, strokeWidth=5)  # rust alone would not be seen on a dark bar
        canvas.rules(name, look.LATE, lines, strokeWidth=2, **dash)
    if first is not None:
        canvas.rules("line", look.LATE, [(0, end, canvas.width, end)], strokeWidth=_LINE)
    told = f"{order.words.money} {order.told(order.money)}"
    half = width(told, LIMIT) / 2
    least = width(order.unit, NOTE) + 12 + half
    canvas.write(told, Place(max(least, min(x, canvas.width - half)), 16, "center"), LIMIT)

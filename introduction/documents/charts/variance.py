"""From plan to outcome: what price, volume and mix added and took away (a waterfall, lying down)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import widest
from introduction.documents.charts.look import NOTE, VALUE
from introduction.documents.charts.placing import Place
from introduction.documents.charts.rows import HIGH, Rows, bar_mark, draw_rows, key_height, lay_rows, write_key

_TOP = 34.0
_GAP = 8

#: What an amount is called, and the amount.
Part = tuple[str, float]


@dataclass(frozen=True)
class ContributionWords:
    """What hollow and filled bars mean: ``minskar kostnaden``, ``ökar kostnaden``."""

    less: str
    more: str


@dataclass(frozen=True)
class _Step:
    """A bar from an amount to an amount; a whole one stands for itself, from zero."""

    title: str
    start: float
    end: float
    whole: bool


def contributions(
    parts: Sequence[Part],
    *,
    start: Part,
    end: Part,
    unit: str,
    label: str,
    words: ContributionWords,
    language: str = "sv",
) -> Drawing:
    """A row for where it started, one for each part from there on, and one for where it ended.

    Parts are drawn as they are: that they lead from start to end is for those to see to who computed them.
    """
    steps, reached = [_Step(start[0], 0.0, start[1], whole=True)], start[1]
    for title, amount in parts:
        steps.append(_Step(title, reached, reached + amount, whole=False))
        reached += amount
    steps.append(_Step(end[0], 0.0, end[1], whole=True))
    decimals = decimals_for([start[1], end[1], *(amount for _, amount in parts)], unit)
    figures = [figure(step.end - step.start, decimals, language, signed=not step.whole) for step in steps]
    sheets = [_sheet(steps, figures, unit, words, size) for size in (look.WIDE, look.NARROW, look.MIDDLE)]
    return draw(sheets[0], sheets[1], label, sheets[2])


def _sheet(steps: Sequence[_Step], figures: Sequence[str], unit: str, words: ContributionWords, size: int) -> Spec:
    reached = [amount for step in steps for amount in (step.start, step.end)]
    low, high = min(reached), max(reached)
    laid = lay_rows([step.title for step in steps], size, _TOP)
    room = widest(list(figures), VALUE) + _GAP + 2
    left = laid.left + (room if low < 0 else 1)
    below = key_height(size, words.less, words.more)
    x = (low, high) if low < high else (0.0, 1.0)
    canvas = Canvas(size, laid.bottom + below, left, _TOP, room, below, x=x)
    draw_rows(canvas, laid)
    _draw_bars(canvas, steps, laid)
    _draw_links(canvas, steps, laid, bool(laid.left))
    for step, text, row in zip(steps, figures, laid.rows, strict=True):
        canvas.write(text, _beside(canvas, step, row.middle + 5), VALUE, halo=True)
    write_key(canvas, laid.bottom, [(True, words.less), (False, words.more)], canvas.left if laid.left else 0)
    canvas.write(unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_bars(canvas: Canvas, steps: Sequence[_Step], laid: Rows) -> None:
    bars: dict[str, list[dict[str, float]]] = {"whole": [], "more": [], "less": []}
    for step, row in zip(steps, laid.rows, strict=True):
        bar = {"x": step.start, "x2": step.end, "y": row.middle - HIGH / 2, "y2": row.middle + HIGH / 2}
        if step.end != step.start:
            bars["whole" if step.whole else "more" if step.end > step.start else "less"].append(bar)
    canvas.across_rows("whole", {"type": "rect", "color": look.INK_3}, bars["whole"], "x2", "y2")
    canvas.across_rows("more", bar_mark(hollow=False), bars["more"], "x2", "y2")
    canvas.across_rows("less", bar_mark(hollow=True), bars["less"], "x2", "y2")


def _draw_links(canvas: Canvas, steps: Sequence[_Step], laid: Rows, upright: bool) -> None:
    """The line from where a bar ends to where the next begins, through bars of no length, and the line of zero."""
    zero = canvas.px(0)
    if not upright:  # the titles between the bars stay free
        spans = [(row.middle - 15, row.middle + 15) for row in laid.rows]
        canvas.rules("zero", look.INK, [(zero, top, zero, bottom) for top, bottom in spans])
        return
    links = []
    for step, row, following in zip(steps, laid.rows, laid.rows[1:], strict=False):
        x, upper = canvas.px(step.end), row.middle + (HIGH / 2 if step.end != step.start else -HIGH / 2)
        links.append((x, upper, x, following.middle - HIGH / 2))
    canvas.rules("links", look.INK_3, links)
    canvas.rules("zero", look.INK, [(zero, _TOP, zero, laid.bottom)])


def _beside(canvas: Canvas, step: _Step, y: float) -> Place:
    """Behind the end of the bar to which it grows."""
    if step.end < 0 or (step.end < step.start and min(step.start, step.end) < 0):
        return Place(canvas.px(min(step.start, step.end)) - _GAP, y, "right")
    return Place(canvas.px(max(step.start, step.end)) + _GAP, y)

"""What the portfolio costs in each budget year, by phase, beside what the fund may give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import figure, tick_decimals
from introduction.documents.charts.lettering import widest
from introduction.documents.charts.look import LIMIT, NOTE, VALUE
from introduction.documents.charts.placing import Box, Place, Places
from introduction.documents.charts.stack import MOST_SERIES, Series, Stack, StackWords, known
from introduction.documents.charts.stack_keys import CAP, draw_keys, lay_keys

_TOP = 34.0
_YEARS = 30  # below the axis


def stacked_years(
    years: Sequence[int],
    series: Sequence[Series],
    *,
    low: Sequence[float | None],
    high: Sequence[float | None],
    ceiling: Sequence[float | None],
    unit: str,
    label: str,
    words: StackWords,
    language: str = "sv",
) -> Drawing:
    """A bar for each budget year, its parts stacked from zero in the order of the series: one to five.

    Beside each bar stands its total, as a dot on the interval from ``low`` to ``high``; None where there is no
    interval. ``ceiling`` is what the fund may give in each year, None where that is not decided. ValueError when the
    sequences differ in length or hold nothing.
    """
    counts = {len(years), len(low), len(high), len(ceiling), *(len(one.values) for one in series)}
    if not years or len(counts) != 1 or not 1 <= len(series) <= MOST_SERIES:
        raise ValueError("one to five series, and as many amounts in each sequence as there are years")
    stack = Stack(years, series, low, high, ceiling, unit, words, language)
    return draw(_sheet(stack, look.WIDE), _sheet(stack, look.NARROW), label, _sheet(stack, look.MIDDLE))


def _sheet(stack: Stack, size: int) -> Spec:
    small = size == look.NARROW
    values = stack.ticks
    axis = [figure(value, tick_decimals(values), stack.language) for value in values]
    keys = lay_keys(stack, size)
    down = 194.0 if small else 258.0
    canvas = Canvas(
        size,
        _TOP + down + _YEARS + keys.below,
        max(24.0 if small else 40.0, widest(axis, NOTE) + 10),
        _TOP,
        keys.right,
        _YEARS + keys.below,
        x=(0.0, float(len(stack.years))),
        y=(values[0], values[-1]),
        language=stack.language,
        values=values,
    )
    bars = _placed(canvas, stack, small)
    places = Places(canvas.width - canvas.right, _TOP + down)
    _draw_bars(canvas, places, stack, bars)
    canvas.rules("axis", look.INK, [(canvas.left, canvas.py(0), size - canvas.right, canvas.py(0))])
    _draw_ceilings(canvas, places, stack)
    _draw_totals(canvas, places, stack, bars)
    _write_totals(canvas, places, stack, bars, small)
    if not small:
        _write_ceilings(canvas, places, stack)
    for index, year in enumerate(stack.years):
        canvas.write(str(year), Place(canvas.px(index + 0.5), _TOP + down + 22, "center"), NOTE)
    draw_keys(canvas, stack, keys, _TOP + down + 54)
    canvas.write(stack.unit, Place(0, 16), NOTE)
    return canvas.spec()


@dataclass(frozen=True)
class _Bars:
    """Where the bars begin and end, and the intervals beside them stand, in pixels."""

    starts: list[float]
    ends: list[float]
    intervals: list[float]


def _placed(canvas: Canvas, stack: Stack, small: bool) -> _Bars:
    years = len(stack.years)
    slot, apart = canvas.across / years, 6.0 if small else 10.0
    figures = [stack.told(total) for total in stack.totals]
    beside = widest(figures, VALUE) + 2 * CAP if any(_has_both(stack, index) for index in range(years)) else 0.0
    wide = max(8.0, min(72.0, slot * 0.46, slot - apart - beside - 8))
    starts = [canvas.left + (index + 0.5) * slot - (wide + apart + beside) / 2 for index in range(years)]
    return _Bars(starts, [start + wide for start in starts], [start + wide + apart for start in starts])


def _has_both(stack: Stack, index: int) -> bool:
    """Whether a year has costs and savings, so that its bar does not end at its total."""
    low, high = stack.reach(index)
    return low < 0 < high


def _draw_bars(canvas: Canvas, places: Places, stack: Stack, bars: _Bars) -> None:
    reached = [[0.0, 0.0] for _ in stack.years]  # below zero, and above
    for number, one in enumerate(stack.series):
        parts = []
        for index, amount in enumerate(one.values):
            side = amount > 0
            start = reached[index][side]
            reached[index][side] += amount
            if amount:
                x, x2 = bars.starts[index] + 0.75, bars.ends[index] - 0.75
                parts.append({"x": x, "x2": x2, "y": start, "y2": start + amount})
        canvas.down_columns("part", stack.mark(number), parts, "x2", "y2")
    for start, end, (low, high) in zip(bars.starts, bars.ends, reached, strict=True):
        places.take(Box(start, canvas.py(high), end, canvas.py(low)), 2.0)


def _draw_ceilings(canvas: Canvas, places: Places, stack: Stack) -> None:
    lines = []
    for ceiling in stack.ceilings:
        y, left, right = canvas.py(ceiling.amount), canvas.px(ceiling.first), canvas.px(ceiling.after)
        lines.append((left + 2, y, right - 2, y))
        places.take_line([(left, y), (right, y)], 8.0)
    canvas.rules("casing", look.PAPER, lines, strokeWidth=5)  # rust alone would not be seen on a dark bar
    canvas.rules("ceiling", look.LATE, lines, strokeWidth=2)


def _draw_totals(canvas: Canvas, places: Places, stack: Stack, bars: _Bars) -> None:
    intervals, caps, dots = [], [], []
    for x, total, low, high in zip(bars.intervals, stack.totals, stack.low, stack.high, strict=True):
        dots.append({"x": x, "y": total})
        reach = [canvas.py(end) for end in known(total, low, high)]
        if low is not None and high is not None:
            intervals.append({"x": x, "y": low, "y2": high})
            caps += [{"x": x - CAP, "x2": x + CAP, "y": end} for end in (low, high)]
        places.take(Box(x - CAP, min(reach) - 4, x + CAP, max(reach) + 4))
    line = {"type": "rule", "color": look.INK, "strokeWidth": 1.5}
    canvas.down_columns("interval", line, intervals, "y2")
    canvas.down_columns("caps", line, caps, "x2")
    canvas.down_columns("total", {"type": "point", "stroke": look.INK, "strokeWidth": 2, "size": 44}, dots)


def _write_totals(canvas: Canvas, places: Places, stack: Stack, bars: _Bars, small: bool) -> None:
    """Each total over its bar, or beside its dot where savings make the bar end elsewhere. In a narrow drawing the
    last and the largest come first, and others stand only where there is room."""
    last = len(stack.years) - 1
    order = sorted(range(len(stack.years)), key=lambda index: (index != last, -stack.totals[index]))
    for rank, index in enumerate(order):
        low, high = stack.reach(index)
        dot = canvas.py(stack.totals[index])
        ends = [canvas.py(end) for end in known(stack.totals[index], stack.low[index], stack.high[index])]
        beside = Place(bars.intervals[index] + CAP + 5, dot + 5)
        clear = [min(ends) - 9, max(ends) + 20]  # above and below the interval
        if _has_both(stack, index):
            offered = [beside, *(Place(bars.intervals[index], y, "center") for y in clear)]
        else:
            middle = (bars.starts[index] + bars.ends[index]) / 2
            end = canvas.py(high) - 8 if high > 0 or not low else canvas.py(low) + 20
            offered = [Place(middle, end, "center"), beside, *(Place(middle, y, "center") for y in clear)]
        canvas.put(places, stack.told(stack.totals[index]), offered, VALUE, must=not small or rank < 2)


def _write_ceilings(canvas: Canvas, places: Places, stack: Stack) -> None:
    for number, ceiling in enumerate(stack.ceilings):
        y, years = canvas.py(ceiling.amount), range(ceiling.first, ceiling.after)
        ends = [Place(canvas.px(year) + 2, y) for year in years]
        ends += [Place(canvas.px(year + 1) - 2, y, "right") for year in years]
        offered = [Place(end.x, y + offset, end.align) for offset in (-7, 18) for end in ends]
        amount = stack.told(ceiling.amount)
        canvas.put(places, amount if number else f"{stack.words.ceiling} {amount}", offered, LIMIT)

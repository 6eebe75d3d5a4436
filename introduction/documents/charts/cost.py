"""What a yes costs: the likely amount of each year, the interval around it, and who pays until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look, strip
from introduction.documents.charts.band import BLOCK, draw_band, take_dots
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure, tick_decimals, ticks
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.limit import draw_limit, write_limit
from introduction.documents.charts.look import LEAD, NOTE, VALUE, Lettering
from introduction.documents.charts.placing import Place, Places, spread
from introduction.documents.charts.strip import Payer

_FARTHEST = 36  # pixels from a dot to its figure


@dataclass(frozen=True)
class CostWords:
    """``12,1 mest troligt``, ``18,1 högt utfall``, ``7,8 lågt utfall``; beside the unit of the smallest drawing what
    the band is, since nothing else tells there; and what the limit is called before its amount."""

    likely: str
    high: str
    low: str
    band: str = ""
    limit: str = ""


@dataclass(frozen=True)
class _Costs:
    years: Sequence[int]
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    unit: str
    words: CostWords
    payers: Sequence[Payer]
    limit: float | None
    language: str

    @property
    def ticks(self) -> list[float]:
        shown = [*self.values, *self.low, *self.high, *([] if self.limit is None else [self.limit])]
        return ticks(min(shown), max(shown))

    def told(self, value: float) -> str:
        return figure(value, decimals_for([*self.values, *self.low, *self.high], self.unit), self.language)


def cost_by_year(
    years: Sequence[int],
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    unit: str,
    label: str,
    words: CostWords,
    payers: Sequence[Payer] = (),
    limit: float | None = None,
    language: str = "sv",
) -> Drawing:
    """One to about ten years, each as a slot of the axis with its amount in the middle; amounts may be negative.

    ``low`` and ``high`` are the ends of the interval. ``payers`` follow each other along the axis, which runs from the
    first day of the first year (0) to the last day of the last (1). ``limit`` is an amount per year not to be passed.
    ValueError when the sequences differ in length or hold nothing.
    """
    if not years or not len(years) == len(values) == len(low) == len(high):
        raise ValueError("years, values, low and high must be equally many, and at least one")
    costs = _Costs(years, values, low, high, unit, words, payers, limit, language)
    return draw(_sheet(costs, look.WIDE), _sheet(costs, look.NARROW), label, _sheet(costs, look.MIDDLE))


def _sheet(costs: _Costs, size: int) -> Spec:
    small = size == look.NARROW
    values = costs.ticks
    axis = [figure(value, tick_decimals(values), costs.language) for value in values]
    left = max(24.0 if small else 40.0, widest(axis, NOTE) + 10)
    top = 44.0 if small else 34.0
    down = 194.0 if small else 258.0
    years = len(costs.years)
    right = 12.0 if small else _room_for_ends(costs, size, left)
    laid = strip.lay(costs.payers, left, size - left - right)
    canvas = Canvas(
        size,
        top + down + 28 + laid.height,
        left,
        top,
        right,
        28 + laid.height,
        x=(0.0, float(years)),
        y=(values[0], values[-1]),
        language=costs.language,
        values=values,
    )
    places = Places(canvas.width, top + down)
    draw_band(canvas, places, costs.low, costs.high)
    canvas.rules("axis", look.INK, [(left, canvas.py(0), size - right, canvas.py(0))])
    places.take_line([(left, canvas.py(0)), (size - right, canvas.py(0))], 2.0)
    if costs.limit is not None:
        draw_limit(canvas, places, costs.limit)
    _draw_line(canvas, places, costs)
    if small:
        _write_ends_inside(canvas, places, costs)
    else:
        _write_ends_beside(canvas, places, costs)
    _write_values(canvas, places, costs, all_of_them=small)
    if costs.limit is not None:
        write_limit(canvas, places, costs.limit, f"{costs.words.limit} {costs.told(costs.limit)}".strip())
    for index, year in enumerate(costs.years):
        canvas.write(str(year), Place(canvas.px(index + 0.5), top + down + 22, "center"), NOTE)
    strip.draw_strip(canvas, laid, top + down + 38)
    _write_unit(canvas, costs, small)
    return canvas.spec()


def _room_for_ends(costs: _Costs, size: int, left: float) -> float:
    """The right margin with which the ends' labels fit beside the last dot, half a year inside the axis."""
    wanted = 14 + widest([text for _, text, _ in _ends(costs)], LEAD) + 2
    half = 0.5 / len(costs.years)
    last_end = (size - wanted - half * left) / (1 - half)
    return max(0.0, size - last_end)


def _ends(costs: _Costs) -> list[tuple[float, str, Lettering]]:
    """What is said of the last year, from above; its interval only where it differs from the likely amount."""
    words = costs.words
    named = [(costs.high, words.high, NOTE), (costs.values, words.likely, LEAD), (costs.low, words.low, NOTE)]
    likely = costs.told(costs.values[-1])
    told = [(amounts[-1], costs.told(amounts[-1]), word, style) for amounts, word, style in named]
    return [(at, f"{text} {word}", style) for at, text, word, style in told if style is LEAD or text != likely]


def _draw_line(canvas: Canvas, places: Places, costs: _Costs) -> None:
    points = [{"x": index + 0.5, "y": value} for index, value in enumerate(costs.values)]
    canvas.data("likely", "line", points)
    canvas.data("dots", "point", points)
    pixels = [(canvas.px(point["x"]), canvas.py(point["y"])) for point in points]
    places.take_line(pixels)
    take_dots(places, pixels)


def _write_ends_beside(canvas: Canvas, places: Places, costs: _Costs) -> None:
    ends = _ends(costs)
    x = canvas.px(len(costs.years) - 0.5) + 14 + (BLOCK if len(costs.years) == 1 else 0)
    wanted = [canvas.py(value) + 4.5 for value, _, _ in ends]
    settled = spread(wanted, [18] * len(ends), canvas.top + 8, canvas.height - canvas.bottom - 6)
    for (_, text, style), y in zip(ends, settled, strict=True):
        canvas.write(text, Place(x, y), style, halo=True)


def _write_ends_inside(canvas: Canvas, places: Places, costs: _Costs) -> None:
    x = canvas.width - canvas.right
    for value, text, style in _ends(costs):
        if style is LEAD:
            continue  # the figure stands over the dot, as for the other years
        middle = min(canvas.px(len(costs.years) - 0.5), x - width(text, NOTE) / 2)
        offsets = (-8, -22, -36) if value >= costs.values[-1] else (18, 32, 46)
        offered = [Place(middle, canvas.py(value) + offset, "center") for offset in offsets]
        canvas.put(places, text, offered, NOTE)


def _write_values(canvas: Canvas, places: Places, costs: _Costs, *, all_of_them: bool) -> None:
    """The figures at their dots; the last and the first come before others where there is not room for all."""
    last = len(costs.values) - 1
    order = sorted(range(last + 1 if all_of_them else last), key=lambda index: (index != last, index))
    for index in order:
        value = costs.values[index]
        half, y = width(costs.told(value), VALUE) / 2, canvas.py(value)
        x = min(max(canvas.px(index + 0.5), canvas.left + half - 4), canvas.width - half)
        over = min(y - 12, max(canvas.py(costs.high[index]) - 8, y - _FARTHEST))
        under = max(y + 24, min(canvas.py(costs.low[index]) + 19, y + _FARTHEST))
        offered = [Place(x, y - 12, "center"), Place(x, over, "center"), Place(x - 6, over - 2, "center")]
        offered += [Place(x, y + 24, "center"), Place(x, under, "center")]
        if costs.limit is not None:  # a figure beyond the limit would say that its amount is
            limit = canvas.py(costs.limit)
            offered = [place for place in offered if (place.y - 5 < limit) == (y <= limit)] or offered
        canvas.put(places, costs.told(value), offered, VALUE, must=index in (0, last))


def _write_unit(canvas: Canvas, costs: _Costs, small: bool) -> None:
    told = f"{costs.unit}. {costs.words.band}" if small and costs.words.band else costs.unit
    canvas.write(told if width(told, NOTE) <= canvas.width else costs.unit, Place(0, 16), NOTE)

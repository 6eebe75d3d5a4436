"""What was planned for each month and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.band import BLOCK, draw_band, take_dots
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.look import LEAD, LIMIT, NOTE
from introduction.documents.charts.months import month_canvas, write_months
from introduction.documents.charts.placing import Box, Place, Places, spread

_APART = 9  # pixels between months from which each has its dot
_BESIDE = 12  # from a line's end to its label


@dataclass(frozen=True)
class OutcomeWords:
    """``12,1 plan`` and ``9,8 utfall`` at the ends of the lines; what a marked month is (``Utanför två månader i
    rad``); and what the band is, beside the unit (``Bandet: 80 procents span``)."""

    plan: str
    outcome: str
    mark: str
    band: str = ""


@dataclass(frozen=True)
class _Months:
    months: Sequence[str]
    plan: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    outcome: Sequence[float | None]
    marks: Sequence[int]
    unit: str
    words: OutcomeWords
    language: str

    @property
    def known(self) -> list[tuple[int, float]]:
        return [(index, value) for index, value in enumerate(self.outcome) if value is not None]

    @property
    def amounts(self) -> list[float]:
        return [*self.plan, *self.low, *self.high, *(value for _, value in self.known)]

    def told(self, value: float) -> str:
        return figure(value, decimals_for(self.amounts, self.unit), self.language)

    @property
    def runs(self) -> list[list[tuple[int, float]]]:
        """Months in a row that have an outcome: the line breaks where one is missing."""
        runs: list[list[tuple[int, float]]] = []
        for index, value in self.known:
            if runs and runs[-1][-1][0] == index - 1:
                runs[-1].append((index, value))
            else:
                runs.append([(index, value)])
        return runs

    @property
    def marked(self) -> list[tuple[int, float]]:
        return [(index, value) for index, value in self.known if index in set(self.marks)]


def plan_and_outcome(
    months: Sequence[str],
    plan: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    outcome: Sequence[float | None],
    *,
    marks: Sequence[int] = (),
    unit: str,
    label: str,
    words: OutcomeWords,
    language: str = "sv",
) -> Drawing:
    """One to about sixty months: the plan dashed in its band, the outcome as a line that breaks where it is missing.

    ``marks`` are the numbers of months, counted from 0, that stand out for good: a triangle points away from the band.
    Of the names of the months as many are written as there is room for, every second, third, sixth or twelfth from the
    first on. ValueError when the sequences differ in length or hold nothing.
    """
    if not months or not len(months) == len(plan) == len(low) == len(high) == len(outcome):
        raise ValueError("months, plan, low, high and outcome must be equally many, and at least one")
    drawn = _Months(months, plan, low, high, outcome, marks, unit, words, language)
    return draw(_sheet(drawn, look.WIDE), _sheet(drawn, look.NARROW), label, _sheet(drawn, look.MIDDLE))


def _sheet(drawn: _Months, size: int) -> Spec:
    small = size == look.NARROW
    ends = [text for _, _, text in _ends(drawn)]
    right = 8.0 if small else _BESIDE + widest(ends, LEAD) + 2
    canvas = month_canvas(size, drawn.months, drawn.amounts, right, drawn.language)
    bottom = canvas.top + canvas.down
    places = Places(canvas.width, bottom)
    draw_band(canvas, places, drawn.low, drawn.high)
    canvas.rules("axis", look.INK, [(canvas.left, canvas.py(0), canvas.width - canvas.right, canvas.py(0))])
    _draw_plan(canvas, places, drawn)
    _draw_outcome(canvas, places, drawn)
    _write_ends(canvas, places, drawn, small)
    _write_marks(canvas, places, drawn)
    write_months(canvas, drawn.months, bottom + 22)
    told = f"{drawn.unit}. {drawn.words.band}" if drawn.words.band else drawn.unit
    canvas.write(told if width(told, NOTE) <= size else drawn.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_plan(canvas: Canvas, places: Places, drawn: _Months) -> None:
    points = [(index + 0.5, value) for index, value in enumerate(drawn.plan)]
    if len(points) == 1:
        half = BLOCK / canvas.across
        points = [(0.5 - half, drawn.plan[0]), (0.5 + half, drawn.plan[0])]
    canvas.data("plan", look.COMPARED, [{"x": x, "y": y} for x, y in points])
    places.take_line([(canvas.px(x), canvas.py(y)) for x, y in points], 2.0)


def _draw_outcome(canvas: Canvas, places: Places, drawn: _Months) -> None:
    rows = [
        {"x": index + 0.5, "y": value, "run": number} for number, run in enumerate(drawn.runs) for index, value in run
    ]
    canvas.data("outcome", "line", rows, detail={"field": "run", "type": "nominal"})
    pixels = {index: (canvas.px(index + 0.5), canvas.py(value)) for index, value in drawn.known}
    for run in drawn.runs:
        places.take_line([pixels[index] for index, _ in run])
    shown = _dots(drawn, canvas.across / len(drawn.months))
    canvas.data("dots", "point", [{"x": index + 0.5, "y": value} for index, value in shown])
    take_dots(places, [pixels[index] for index, _ in shown])
    size = 150 if canvas.across / len(drawn.months) >= _APART else 90
    for name, shape, above in (("over", "triangle-up", True), ("under", "triangle-down", False)):
        rows = [
            {"x": index + 0.5, "y": value} for index, value in drawn.marked if (value >= drawn.plan[index]) == above
        ]
        mark = {
            "type": "point",
            "shape": shape,
            "fill": look.LATE,
            "stroke": look.PAPER,
            "strokeWidth": 1.5,
            "size": size,
        }
        canvas.data(name, mark, rows)
    for index, _ in drawn.marked:
        x, y = pixels[index]
        places.take(Box(x - 7, y - 7, x + 7, y + 7))


def _dots(drawn: _Months, apart: float) -> list[tuple[int, float]]:
    """The months with a dot: all that are not marked, or only the last and those without neighbours."""
    marked = {index for index, _ in drawn.marked}
    alone = {run[0][0] for run in drawn.runs if len(run) == 1} | {index for index, _ in drawn.known[-1:]}
    return [point for point in drawn.known if point[0] not in marked and (apart >= _APART or point[0] in alone)]


def _ends(drawn: _Months) -> list[tuple[int, float, str]]:
    """Where the lines end, and what is said there: the plan, and the outcome if there is any."""
    last = len(drawn.months) - 1
    ends = [(last, drawn.plan[last], f"{drawn.told(drawn.plan[last])} {drawn.words.plan}")]
    for index, value in drawn.known[-1:]:
        ends.append((index, value, f"{drawn.told(value)} {drawn.words.outcome}"))
    return ends


def _write_ends(canvas: Canvas, places: Places, drawn: _Months, small: bool) -> None:
    ends = _ends(drawn)
    styles = (NOTE, LEAD)
    at_edge = [end for end in ends if canvas.px(end[0] + 0.5) > canvas.width - canvas.right - 60]
    if len(drawn.months) == 1 or (not small and len(at_edge) == len(ends)):
        wanted = [canvas.py(value) + 5 for _, value, _ in ends]
        settled = spread(wanted, [18] * len(ends), canvas.top + 8, canvas.height - canvas.bottom - 4)
        x = canvas.px(len(drawn.months) - 0.5) + _BESIDE + (BLOCK if len(drawn.months) == 1 else 0)
        for (_, _, text), y, style in zip(ends, settled, styles, strict=False):
            canvas.write(text, Place(x, y), style, halo=True)
            places.choose([text], [Place(x, y)], style)
        return
    for (index, value, text), style in reversed(list(zip(ends, styles, strict=False))):
        x, y = canvas.px(index + 0.5), canvas.py(value)
        half = width(text, style) / 2
        middle = min(max(x, canvas.left + half), canvas.width - half)
        offered = [Place(x + _BESIDE, y + 5), *(Place(middle, y + offset, "center") for offset in (-12, 24, -28, 40))]
        offered += [Place(x - _BESIDE, y + 5, "right"), Place(middle, canvas.py(drawn.high[index]) - 8, "center")]
        offered.append(Place(middle, canvas.py(drawn.low[index]) + 19, "center"))
        canvas.put(places, text, offered, style)


def _write_marks(canvas: Canvas, places: Places, drawn: _Months) -> None:
    """The word once for each row of marked months, at the last; the first time in any case."""
    for number, (index, value) in enumerate(drawn.marked):
        following = drawn.marked[number + 1 : number + 2]
        if following and following[0][0] == index + 1:
            continue
        x, y = canvas.px(index + 0.5), canvas.py(value)
        half = width(drawn.words.mark, LIMIT) / 2
        middle = min(max(x, canvas.left + half), canvas.width - half)
        offsets = (-14, 26, -30, 42) if value >= drawn.plan[index] else (26, -14, 42, -30)
        offered = [Place(middle, y + offset, "center") for offset in offsets]
        offered += [Place(x - _BESIDE, y + 5, "right"), Place(x + _BESIDE, y + 5)]
        canvas.put(places, drawn.words.mark, offered, LIMIT, must=not following)

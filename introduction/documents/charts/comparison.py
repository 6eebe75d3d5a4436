"""Scenarios beside each other: a dot with its interval for each, the base case first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.look import NOTE, VALUE
from introduction.documents.charts.placing import Place
from introduction.documents.charts.rows import Rows, draw_rows, lay_rows

_TOP = 34.0
_CAP = 6  # half the height of the end of an interval
_GAP = 8

#: What a scenario is called, its likely amount and the ends of its interval, if it has one.
ScenarioRow = tuple[str, float, float | None, float | None]


@dataclass(frozen=True)
class ScenarioWords:
    """What the line through a dot is, beside the unit: ``Strecket: 80 procents span``."""

    interval: str = ""


@dataclass(frozen=True)
class _Scenarios:
    rows: Sequence[ScenarioRow]
    unit: str
    words: ScenarioWords
    language: str

    @property
    def amounts(self) -> list[float]:
        return [amount for _, *amounts in self.rows for amount in amounts if isinstance(amount, (int, float))]

    @property
    def domain(self) -> tuple[float, float]:
        low, high = min(self.amounts), max(self.amounts)
        return (low, high) if low < high else (low - 1, high + 1)

    def told(self, value: float) -> str:
        return figure(value, decimals_for(self.amounts, self.unit), self.language)


def scenarios(
    rows: Sequence[ScenarioRow],
    *,
    unit: str,
    label: str,
    words: ScenarioWords,
    language: str = "sv",
) -> Drawing:
    """A row for each scenario in the order given; a dashed line goes down from the first, the base case.

    Distances between scenarios are to scale; the scale begins near the smallest amount, and where zero lies within it,
    it is marked. ValueError without rows.
    """
    if not rows:
        raise ValueError("no scenario to draw")
    drawn = _Scenarios(rows, unit, words, language)
    return draw(_sheet(drawn, look.WIDE), _sheet(drawn, look.NARROW), label, _sheet(drawn, look.MIDDLE))


def _sheet(drawn: _Scenarios, size: int) -> Spec:
    laid = lay_rows([title for title, *_ in drawn.rows], size, _TOP, above=16)
    side = widest([drawn.told(amount) for amount in drawn.amounts], VALUE) + _GAP + 4
    x = drawn.domain
    canvas = Canvas(size, laid.bottom + 6, laid.left + side, _TOP, side, 6, x=x, language=drawn.language)
    draw_rows(canvas, laid)
    _draw_lines(canvas, drawn, laid)
    _draw_scenarios(canvas, drawn, laid)
    _write(canvas, drawn, laid)
    told = f"{drawn.unit}. {drawn.words.interval}" if drawn.words.interval else drawn.unit
    canvas.write(told if width(told, NOTE) <= size else drawn.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_lines(canvas: Canvas, drawn: _Scenarios, laid: Rows) -> None:
    base = canvas.px(drawn.rows[0][1])
    first, last = laid.rows[0].middle, laid.rows[-1].middle + 14
    if laid.left and len(laid.rows) > 1:  # in the narrow drawing the titles stand in the way
        canvas.rules("base", look.INK_3, [(base, first, base, last)], strokeWidth=1.5, strokeDash=[5, 3])
    low, high = drawn.domain
    if low < 0 < high:
        zero = canvas.px(0)
        spans = [(row.middle - 14, row.middle + 14) for row in laid.rows]
        canvas.rules("zero", look.INK, [(zero, top, zero, bottom) for top, bottom in spans])


def _draw_scenarios(canvas: Canvas, drawn: _Scenarios, laid: Rows) -> None:
    intervals, caps, dots = [], [], []
    for (_, value, low, high), row in zip(drawn.rows, laid.rows, strict=True):
        dots.append({"x": value, "y": row.middle})
        if low is not None and high is not None:
            intervals.append({"x": low, "x2": high, "y": row.middle})
            caps += [{"x": end, "y": row.middle - _CAP, "y2": row.middle + _CAP} for end in (low, high)]
    line = {"type": "rule", "color": look.ACCENT_MID, "strokeWidth": 2}
    canvas.across_rows("interval", line, intervals, "x2")
    canvas.across_rows("caps", line, caps, "y2")
    canvas.across_rows("base", {"type": "point", "fill": look.ACCENT}, dots[:1])
    canvas.across_rows("dots", "point", dots[1:])


def _write(canvas: Canvas, drawn: _Scenarios, laid: Rows) -> None:
    for (_, value, low, high), row in zip(drawn.rows, laid.rows, strict=True):
        if low is not None and high is not None and drawn.told(low) != drawn.told(high):
            canvas.write(drawn.told(low), Place(canvas.px(low) - _GAP, row.middle + 5, "right"), NOTE, halo=True)
            canvas.write(drawn.told(high), Place(canvas.px(high) + _GAP, row.middle + 5), NOTE, halo=True)
        canvas.write(drawn.told(value), Place(canvas.px(value), row.middle - 12, "center"), VALUE, halo=True)

"""The units of a case side by side: what each was expected to use, and what it has reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import figure
from introduction.documents.charts.lettering import widest, width
from introduction.documents.charts.look import NOTE, VALUE
from introduction.documents.charts.placing import Place
from introduction.documents.charts.rows import Rows, bar_mark, draw_rows, lay_rows
from introduction.documents.charts.small_counts import SmallCount, draw_small

_TOP = 34.0
_ROOMY = 12  # so many units have titles of several lines
_APART = 5  # between a figure and what was expected
_SIGN = 13  # from a line to the middle of a sign, and from there to its words
_KEY = 22
_BETWEEN = 24


@dataclass(frozen=True)
class UnitUse:
    """A unit, what was expected of it if anything was, and what it reported: an amount of the unit of the chart, a
    count of 1 to 4, or None where it has not reported."""

    title: str
    expected: float | None
    observed: float | SmallCount | None


@dataclass(frozen=True)
class UnitWords:
    """What bar and line are (``behandlade``, ``väntat``), the word between the two figures (``av`` or ``mot``), and
    what stands for a unit without a report (``Ingen rapport``); and after 1–4 what is counted (``personer``), needed
    where the figures are no counts."""

    observed: str
    expected: str
    of: str
    no_report: str
    persons: str = ""


@dataclass(frozen=True)
class _Units:
    rows: Sequence[UnitUse]
    unit: str
    decimals: int
    words: UnitWords
    language: str

    @property
    def reach(self) -> float:
        ends = [row.observed.high if isinstance(row.observed, SmallCount) else row.observed or 0.0 for row in self.rows]
        return max([*ends, *(row.expected or 0.0 for row in self.rows)]) or 1.0

    def told(self, value: float | SmallCount | None) -> str:
        if isinstance(value, SmallCount):
            return value.told(self.words.persons)
        return "" if value is None else figure(value, self.decimals, self.language)

    def against(self, row: UnitUse) -> str:
        return "" if row.expected is None else f"{self.words.of} {self.told(row.expected)}"


def units_beside(
    rows: Sequence[UnitUse],
    *,
    unit: str,
    label: str,
    words: UnitWords,
    decimals: int = 0,
    language: str = "sv",
) -> Drawing:
    """A row for each unit in the order given: a bar as long as what it reported, and a line at what was expected.

    ``unit`` is what the scale measures, in words (``patienter``, ``patienter per 100 000 invånare``), and ``decimals``
    how its figures are written. A unit that has not reported has a rhombus and words instead of a bar. ValueError
    without units, or with an amount below zero.
    """
    told = [one for row in rows for one in (row.expected, row.observed) if isinstance(one, (int, float))]
    if not rows or any(amount < 0 for amount in told):
        raise ValueError("units beside each other need at least one unit, and amounts that are not below zero")
    units = _Units(rows, unit, decimals, words, language)
    return draw(_sheet(units, look.WIDE), _sheet(units, look.NARROW), label, _sheet(units, look.MIDDLE))


def _sheet(units: _Units, size: int) -> Spec:
    observed = widest([units.told(row.observed) for row in units.rows], VALUE)
    expected = widest([units.against(row) for row in units.rows], NOTE)
    room = observed + (_APART + expected if expected else 0.0)
    titles = [row.title for row in units.rows]
    laid = lay_rows(titles, size, _TOP, figures=[room] * len(titles), tight=len(titles) > _ROOMY)
    x = (0.0, units.reach)
    canvas = Canvas(size, laid.bottom + 34, laid.left + 2, _TOP, laid.right + 2, 34, x=x, language=units.language)
    draw_rows(canvas, laid)
    _draw_observed(canvas, units, laid)
    _draw_expected(canvas, units, laid)
    _draw_silent(canvas, units, laid)
    for one, row in zip(units.rows, laid.rows, strict=True):
        if one.observed is not None:
            end = canvas.width - (expected + _APART if expected else 0.0)
            canvas.write(units.told(one.observed), Place(end, row.figure_y, "right"), VALUE)
        if one.expected is not None:
            canvas.write(units.against(one), Place(canvas.width - expected, row.figure_y), NOTE)
    _write_key(canvas, units, laid.bottom + 26, laid.left)
    canvas.write(units.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_observed(canvas: Canvas, units: _Units, laid: Rows) -> None:
    bars, small = [], []
    for one, row in zip(units.rows, laid.rows, strict=True):
        if isinstance(one.observed, SmallCount):
            small.append((one.observed, row.middle))
        elif one.observed is not None:
            high = {"y": row.middle - laid.high / 2, "y2": row.middle + laid.high / 2}
            bars.append({"x": 0.0, "x2": one.observed, **high})
    canvas.across_rows("observed", bar_mark(hollow=False), bars, "x2", "y2")
    draw_small(canvas, small, laid.high)
    zero = canvas.px(0)
    spans = [(zero, row.middle - laid.high / 2 - 3, zero, row.middle + laid.high / 2 + 3) for row in laid.rows]
    canvas.rules("zero", look.INK, spans)


def _draw_expected(canvas: Canvas, units: _Units, laid: Rows) -> None:
    lines = []
    for one, row in zip(units.rows, laid.rows, strict=True):
        if one.expected is not None:
            x, around = canvas.px(one.expected), laid.high / 2 + 4
            lines.append((x, row.middle - around, x, row.middle + around))
    _draw_marks(canvas, "expected", lines)


def _draw_marks(canvas: Canvas, name: str, lines: Sequence[tuple[float, float, float, float]]) -> None:
    canvas.rules("casing", look.PAPER, lines, strokeWidth=6)  # ink alone would not be seen on a bar
    canvas.rules(name, look.INK, lines, strokeWidth=2.5)


def _draw_silent(canvas: Canvas, units: _Units, laid: Rows) -> None:
    """A rhombus and words, behind the line of what was expected where that would run through them."""
    long = 2 * _SIGN + width(units.words.no_report, NOTE)
    signs = []
    for one, row in zip(units.rows, laid.rows, strict=True):
        if one.observed is None:
            start, line = canvas.px(0), canvas.px(one.expected or 0.0)
            if line < start + long and line + long < canvas.width:
                start = line
            signs.append({"x": start + _SIGN, "y": row.middle})
            canvas.write(units.words.no_report, Place(start + 2 * _SIGN, row.middle + 5), NOTE, halo=True)
    mark = {"type": "point", "shape": "diamond", "fill": look.PAPER, "stroke": look.INK_2, "strokeWidth": 2, "size": 90}
    canvas.pixels("silent", mark, signs)


def _write_key(canvas: Canvas, units: _Units, y: float, x: float) -> None:
    words = units.words
    canvas.sample(bar_mark(hollow=False), x + 0.75, y)
    canvas.write(words.observed, Place(x + _KEY, y), NOTE)
    if any(row.expected is not None for row in units.rows):
        x += _KEY + width(words.observed, NOTE) + _BETWEEN
        _draw_marks(canvas, "key", [(x + 7, y - 14, x + 7, y + 4)])
        canvas.write(words.expected, Place(x + _KEY, y), NOTE)

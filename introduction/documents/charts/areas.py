"""Use per residence area, against the limits within which chance alone would keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import figure
from introduction.documents.charts.lettering import width, wrapped
from introduction.documents.charts.look import LIMIT, NOTE, VALUE
from introduction.documents.charts.placing import Place, line_height
from introduction.documents.charts.rows import Rows, draw_rows, lay_rows
from introduction.documents.charts.small_counts import SmallCount, draw_small

_TOP = 54.0
_ROOMY = 12  # so many areas have titles of several lines
_PER = 100_000
_WIDEST = 3.0  # times the region's mean: limits beyond that are cut, or the smallest area would set the scale
_APART = 8


@dataclass(frozen=True)
class AreaUse:
    """A residence area: its inhabitants, the persons treated (a number, or a count of 1 to 4), and the smallest and
    largest number that lies within the limits."""

    title: str
    inhabitants: int
    treated: int | SmallCount
    low: int
    high: int

    def rate(self, count: float) -> float:
        """So many persons, per 100 000 inhabitants."""
        return count / self.inhabitants * _PER

    @property
    def span(self) -> tuple[float, float]:
        """The least and the most that may have been treated: the same where the number is told."""
        return (self.treated.low, self.treated.high) if isinstance(self.treated, SmallCount) else (self.treated,) * 2

    @property
    def beyond(self) -> int:
        """1 above the limits, -1 below them, 0 within or where a hidden count may be either."""
        least, most = self.span
        return 1 if least > self.high else -1 if most < self.low else 0


@dataclass(frozen=True)
class AreaWords:
    """The word before the region's mean (``Regionen``), what is said of an area beyond its limits (``över gränsen``,
    ``under gränsen``), what a count of 1–4 counts (``personer``), and what the band is (``Bandet: vad slumpen ensam kan
    ge``)."""

    mean: str
    over: str
    under: str
    persons: str
    band: str = ""


@dataclass(frozen=True)
class _Areas:
    areas: Sequence[AreaUse]
    mean: float
    unit: str
    words: AreaWords
    language: str

    @property
    def reach(self) -> float:
        """Where the scale ends: all that is known lies within, and limits as far as is reasonable."""
        rates = [area.rate(area.span[0]) for area in self.areas]
        ends = [area.rate(max(area.high, area.span[1])) for area in self.areas]
        return min(max([self.mean, *ends]), max([_WIDEST * self.mean, *rates])) or 1.0

    def told(self, value: float) -> str:
        return figure(value, 0 if self.mean >= 100 else 1, self.language)

    def figures(self, area: AreaUse) -> str:
        if isinstance(area.treated, SmallCount):
            return area.treated.told(self.words.persons)
        return self.told(area.rate(area.treated))

    def verdict(self, area: AreaUse) -> str:
        return {1: self.words.over, -1: self.words.under, 0: ""}[area.beyond]


def use_per_area(
    areas: Sequence[AreaUse],
    *,
    mean: float,
    unit: str,
    label: str,
    words: AreaWords,
    language: str = "sv",
) -> Drawing:
    """A row for each area, the one with most inhabitants first: a dot in the band between its limits.

    ``mean`` is that of the region, per 100 000 inhabitants, and ``unit`` says so in words. Beyond its limits an area
    has a triangle that points away from them, and a word. Limits far above the mean are cut at the end of the scale.
    ValueError without areas, or where one has no inhabitants.
    """
    if not areas or any(area.inhabitants <= 0 for area in areas):
        raise ValueError("use per area needs areas, each with inhabitants")
    ordered = sorted(areas, key=lambda area: -area.inhabitants)
    drawn = _Areas(ordered, mean, unit, words, language)
    return draw(_sheet(drawn, look.WIDE), _sheet(drawn, look.NARROW), label, _sheet(drawn, look.MIDDLE))


def _sheet(drawn: _Areas, size: int) -> Spec:
    small = size == look.NARROW
    figures = [width(drawn.figures(area), VALUE) for area in drawn.areas]
    room = [
        wide + (_APART + width(drawn.verdict(area), LIMIT) if area.beyond else 0.0)
        for wide, area in zip(figures, drawn.areas, strict=True)
    ]
    titles = [area.title for area in drawn.areas]
    told = wrapped(f"{drawn.unit}. {drawn.words.band}" if drawn.words.band else drawn.unit, size, NOTE)
    top = _TOP + (len(told) - 1) * line_height(NOTE)
    laid = lay_rows(titles, size, top, figures=room, tight=len(titles) > _ROOMY)
    x = (0.0, drawn.reach)
    canvas = Canvas(size, laid.bottom + 6, laid.left + 8, top, laid.right + 8, 6, x=x, language=drawn.language)
    draw_rows(canvas, laid)
    _draw_limits(canvas, drawn, laid)
    _draw_mean(canvas, drawn, laid, small)
    _draw_use(canvas, drawn, laid)
    for area, row, wide in zip(drawn.areas, laid.rows, figures, strict=True):
        canvas.write(drawn.figures(area), Place(canvas.width, row.figure_y, "right"), VALUE)
        if area.beyond:
            canvas.write(drawn.verdict(area), Place(canvas.width - wide - _APART, row.figure_y, "right"), LIMIT)
    canvas.write(told, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_limits(canvas: Canvas, drawn: _Areas, laid: Rows) -> None:
    bands, ends = [], []
    for area, row in zip(drawn.areas, laid.rows, strict=True):
        high = {"y": row.middle - laid.high / 2, "y2": row.middle + laid.high / 2}
        low_rate, high_rate = area.rate(area.low), area.rate(area.high)
        bands.append({"x": low_rate, "x2": min(high_rate, drawn.reach), **high})
        ends += [{"x": rate, **high} for rate in (low_rate, high_rate) if rate <= drawn.reach]
    canvas.across_rows("band", {"type": "rect", "color": look.ACCENT_TINT}, bands, "x2", "y2")
    canvas.across_rows("ends", {"type": "rule", "color": look.ACCENT_MID, "strokeWidth": 2}, ends, "y2")


def _draw_mean(canvas: Canvas, drawn: _Areas, laid: Rows, small: bool) -> None:
    x, around = canvas.px(drawn.mean), laid.high / 2 + 3
    spans = [(canvas.top - 10, laid.bottom)]
    if small:  # the titles between the bands stay free
        spans = [(row.middle - around, row.middle + around) for row in laid.rows]
    canvas.rules("mean", look.INK_3, [(x, top, x, bottom) for top, bottom in spans], strokeWidth=1.5, strokeDash=[5, 3])
    text = f"{drawn.words.mean} {drawn.told(drawn.mean)}"
    half = width(text, NOTE) / 2
    canvas.write(text, Place(min(max(x, half), canvas.width - half), canvas.top - 16, "center"), NOTE)


def _draw_use(canvas: Canvas, drawn: _Areas, laid: Rows) -> None:
    small: list[tuple[SmallCount, float]] = []
    points: dict[int, list[dict[str, float]]] = {-1: [], 0: [], 1: []}
    for area, row in zip(drawn.areas, laid.rows, strict=True):
        if isinstance(area.treated, SmallCount):
            low, high = (min(area.rate(end), drawn.reach) for end in area.span)
            small.append((SmallCount(low, high), row.middle))
        else:
            points[area.beyond].append({"x": area.rate(area.treated), "y": row.middle})
    draw_small(canvas, small, laid.high / 2)
    canvas.across_rows("dots", {"type": "point", "fill": look.ACCENT}, points[0])
    mark = {"type": "point", "fill": look.LATE, "stroke": look.PAPER, "strokeWidth": 1.5, "size": 150}
    canvas.across_rows("over", {**mark, "shape": "triangle-right"}, points[1])
    canvas.across_rows("under", {**mark, "shape": "triangle-left"}, points[-1])

"""Which assumption matters most: one at a time is set to its lowest and highest reasonable value (a tornado)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import shortened, widest, width
from introduction.documents.charts.look import NOTE, VALUE
from introduction.documents.charts.placing import Place
from introduction.documents.charts.rows import HIGH, Rows, bar_mark, draw_rows, key_height, lay_rows, write_key

_TOP = 34.0
_GAP = 8  # between a bar and its figure
_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class TornadoBar:
    """An assumption, the lowest and highest result that it leads to, and what it is set to at each of them."""

    title: str
    low_value: float
    high_value: float
    at_low: str
    at_high: str


@dataclass(frozen=True)
class TornadoWords:
    """``8,0 vid 50 %``; and what hollow and filled mean: ``blir lägre``, ``blir högre``."""

    at: str
    lower: str
    higher: str


@dataclass(frozen=True)
class _Tornado:
    bars: Sequence[TornadoBar]
    base: float
    unit: str
    words: TornadoWords
    language: str

    @property
    def domain(self) -> tuple[float, float]:
        low = min([self.base, *(bar.low_value for bar in self.bars)])
        high = max([self.base, *(bar.high_value for bar in self.bars)])
        return (low, high) if low < high else (low - 1, high + 1)

    def told(self, value: float) -> str:
        ends = [end for bar in self.bars for end in (bar.low_value, bar.high_value)]
        return figure(value, decimals_for([self.base, *ends], self.unit), self.language)

    def ends(self, bar: TornadoBar, room: float) -> tuple[str, str]:
        """What stands at the two ends; only the figures where there is no room for more."""
        return self._end(bar.low_value, bar.at_low, room), self._end(bar.high_value, bar.at_high, room)

    def _end(self, value: float, at: str, room: float) -> str:
        told = self.told(value)
        return shortened(f"{told} {self.words.at} {at}", room, NOTE) if at and room > 0 else told


def tornado(
    bars: Sequence[TornadoBar],
    *,
    base: float,
    unit: str,
    label: str,
    words: TornadoWords,
    language: str = "sv",
) -> Drawing:
    """A bar for each assumption, the widest first: hollow to the lowest result, filled to the highest, from ``base``.

    The narrow drawing leaves out what the assumptions are set to. ValueError without bars, or where a lowest result is
    above the highest.
    """
    if not bars or any(bar.low_value > bar.high_value for bar in bars):
        raise ValueError("a tornado needs bars, each from its lowest to its highest result")
    ordered = sorted(bars, key=lambda bar: bar.low_value - bar.high_value)
    drawn = _Tornado(ordered, base, unit, words, language)
    return draw(_sheet(drawn, look.WIDE), _sheet(drawn, look.NARROW), label, _sheet(drawn, look.MIDDLE))


def _sheet(drawn: _Tornado, size: int) -> Spec:
    small = size == look.NARROW
    laid = lay_rows([bar.title for bar in drawn.bars], size, _TOP)
    room = 0.0 if small else size * 0.21
    ends = [drawn.ends(bar, room) for bar in drawn.bars]
    left = laid.left + widest([low for low, _ in ends], NOTE) + _GAP
    right = widest([high for _, high in ends], NOTE) + _GAP
    below = key_height(size, drawn.words.lower, drawn.words.higher)
    canvas = Canvas(size, laid.bottom + below, left, _TOP, right, below, x=drawn.domain, language=drawn.language)
    draw_rows(canvas, laid)
    _draw_bars(canvas, drawn, laid)
    _draw_base(canvas, drawn, laid, small)
    for bar, row, (low, high) in zip(drawn.bars, laid.rows, ends, strict=True):
        canvas.write(low, Place(canvas.px(min(bar.low_value, drawn.base)) - _GAP, row.middle + 5, "right"), NOTE)
        canvas.write(high, Place(canvas.px(max(bar.high_value, drawn.base)) + _GAP, row.middle + 5), NOTE)
    key = 0.0 if small else canvas.px(drawn.base) - width(drawn.words.lower, NOTE) - 34
    write_key(canvas, laid.bottom, [(True, drawn.words.lower), (False, drawn.words.higher)], key)
    return canvas.spec()


def _draw_bars(canvas: Canvas, drawn: _Tornado, laid: Rows) -> None:
    lower, higher = [], []
    for bar, row in zip(drawn.bars, laid.rows, strict=True):
        high = {"y": row.middle - HIGH / 2, "y2": row.middle + HIGH / 2}
        if bar.low_value < drawn.base:
            lower.append({"x": bar.low_value, "x2": min(drawn.base, bar.high_value), **high})
        if bar.high_value > drawn.base:
            higher.append({"x": max(drawn.base, bar.low_value), "x2": bar.high_value, **high})
    canvas.across_rows("lower", bar_mark(hollow=True), lower, "x2", "y2")
    canvas.across_rows("higher", bar_mark(hollow=False), higher, "x2", "y2")


def _draw_base(canvas: Canvas, drawn: _Tornado, laid: Rows, small: bool) -> None:
    x = canvas.px(drawn.base)
    spans = [(row.middle - 15, row.middle + 15) for row in laid.rows] if small else [(24.0, laid.bottom + 4)]
    canvas.rules("base", look.INK, [(x, top, x, bottom) for top, bottom in spans])
    text = f"{drawn.told(drawn.base)}{_SPACE}{drawn.unit}"
    half = width(text, VALUE) / 2
    canvas.write(text, Place(min(max(x, half), canvas.width - half), 16, "center"), VALUE)

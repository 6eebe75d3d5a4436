"""Where the money of an introduction fund is: six parts, from paid to unreserved, laid end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import widest, width, wrapped
from introduction.documents.charts.look import LIMIT, NAME, NOTE, VALUE
from introduction.documents.charts.placing import Place, line_height
from introduction.documents.charts.stack import part_mark

_BAR = (54.0, 84.0)  # from above, as are those that follow
_KEYS = 34.0
_HALF = 8.0  # half the height of the interval
_SAMPLE = 22  # a square and the space behind it
_BETWEEN = 32  # two columns of keys
_UNRESERVED = 5
_STRIPED, _STRIPE = 1, 4  # the part with stripes, and pixels from one to the next
_COLUMNS = {look.WIDE: 3, look.MIDDLE: 2, look.NARROW: 1}


@dataclass(frozen=True)
class FundAmounts:
    """The money of a budget year in six parts that share nothing, the surest first."""

    paid: float
    approved: float
    claimed: float
    granted: float
    reserved: float
    unreserved: float

    @property
    def parts(self) -> tuple[float, ...]:
        """The six amounts, the surest first."""
        return astuple(self)

    @property
    def appropriated(self) -> float:
        """What the parts add up to."""
        return sum(self.parts)


@dataclass(frozen=True)
class YearEnd:
    """What is likely to have been paid at the end of the year, and the ends of its interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class FundWords:
    """What each part is called (``Betalt``, ``Godkänt, inte betalt``, ``Begärt, inte godkänt``, ``Beviljat, inte
    begärt``, ``Reserverat``, ``Inte reserverat``), what they add up to (``Anslaget``), and what the forecast tells
    (``Betalt vid årets slut, prognos``)."""

    paid: str
    approved: str
    claimed: str
    granted: str
    reserved: str
    unreserved: str
    appropriated: str
    forecast: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the six parts, the surest first."""
        return self.paid, self.approved, self.claimed, self.granted, self.reserved, self.unreserved


@dataclass(frozen=True)
class _Fund:
    amounts: FundAmounts
    forecast: YearEnd | None
    unit: str
    words: FundWords
    language: str

    @property
    def spans(self) -> list[tuple[float, float]]:
        """Where each part begins and ends; what is below zero lies to the left of it."""
        reached, spans = [0.0, 0.0], []
        for amount in self.amounts.parts:
            start = reached[amount > 0]
            reached[amount > 0] += amount
            spans.append((start, start + amount))
        return spans

    @property
    def domain(self) -> tuple[float, float]:
        ends = [0.0, self.amounts.appropriated, *(end for _, end in self.spans)]
        ends += [] if self.forecast is None else [self.forecast.low, self.forecast.high]
        return (min(ends), max(ends)) if min(ends) < max(ends) else (0.0, 1.0)

    @property
    def passed(self) -> bool:
        """Whether the forecast may end above what was appropriated, or more is promised already."""
        ahead = self.forecast is not None and self.forecast.high > self.amounts.appropriated
        return ahead or self.amounts.unreserved < 0

    def told(self, value: float) -> str:
        return figure(value, decimals_for([self.amounts.appropriated], self.unit), self.language)

    @property
    def forecast_in_words(self) -> str:
        if self.forecast is None:
            return ""
        low, high = self.told(self.forecast.low), self.told(self.forecast.high)
        return f"{self.words.forecast} {self.told(self.forecast.expected)} ({low}–{high})"


def fund_position(
    amounts: FundAmounts,
    *,
    unit: str,
    label: str,
    words: FundWords,
    forecast: YearEnd | None = None,
    language: str = "sv",
) -> Drawing:
    """One bar of six parts, the surest filled and the last hollow, with a key that has every amount.

    ``forecast`` lies below the bar, on the same scale. The line of what was appropriated becomes a limit, in rust,
    where the interval of the forecast passes it, or more is reserved than there is. A part below zero (a correction)
    lies left of zero. ValueError when the forecast does not lie within its interval.
    """
    if forecast is not None and not forecast.low <= forecast.expected <= forecast.high:
        raise ValueError("a forecast lies within its interval")
    fund = _Fund(amounts, forecast, unit, words, language)
    return draw(_sheet(fund, look.WIDE), _sheet(fund, look.NARROW), label, _sheet(fund, look.MIDDLE))


def _sheet(fund: _Fund, size: int) -> Spec:
    told = wrapped(fund.forecast_in_words, size, NAME) if fund.forecast else []
    above_interval = _BAR[1] + 18 + len(told) * line_height(NAME)
    drawn = above_interval + 2 * _HALF if fund.forecast else _BAR[1]
    keys = _lay_keys(fund, size, drawn + _KEYS)
    canvas = Canvas(size, keys[-1].y + keys[-1].high, 2, 0, 2, 0, x=fund.domain, language=fund.language)
    _draw_parts(canvas, fund)
    if fund.forecast is not None:
        _draw_forecast(canvas, fund.forecast, above_interval + _HALF)
        canvas.write(told, Place(0, _BAR[1] + 24), NAME)
    _write_appropriated(canvas, fund)
    _draw_line(canvas, fund, [(24, _BAR[1] + 4), *([(above_interval - 2, drawn + 2)] if fund.forecast else [])])
    for number, key in enumerate(keys):
        canvas.sample(_mark(number), key.x + 0.75, key.y)
        _draw_stripes(canvas, number, key.x + 0.75, key.x + 14.75, (key.y - 11, key.y + 1))
        canvas.write(key.lines, Place(key.x + _SAMPLE, key.y), NAME)
        canvas.write(key.amount, Place(key.right, key.y, "right"), VALUE)
    canvas.write(fund.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _mark(number: int) -> Spec:
    """Filled for what is paid or approved, then paler; hollow for what is reserved, dashed for what is not."""
    if number < _UNRESERVED:
        return part_mark(max(1, number))
    return {"type": "rect", "fill": look.PAPER, "stroke": look.INK_3, "strokeWidth": 1.5, "strokeDash": [4, 3]}


def _draw_stripes(canvas: Canvas, number: int, left: float, right: float, span: tuple[float, float]) -> None:
    """What is approved is paid but for the transfer: as what is paid, with stripes."""
    if number == _STRIPED:
        count = int((right - left - 1) / _STRIPE)
        top, bottom = span[0] + 1, span[1] - 1
        lines = [(left + _STRIPE * place, top, left + _STRIPE * place, bottom) for place in range(1, count + 1)]
        canvas.rules("stripes", look.PAPER, lines, strokeWidth=1.5)


def _draw_parts(canvas: Canvas, fund: _Fund) -> None:
    top, bottom = _BAR
    zero = canvas.px(0)
    for number, (start, end) in enumerate(fund.spans):
        if start == end:
            continue
        bar = {"x": start, "x2": end, "y": top, "y2": bottom}
        canvas.across_rows("part", _mark(number), [bar], "x2", "y2")
        told, (left, right) = fund.told(end - start), sorted((canvas.px(start), canvas.px(end)))
        _draw_stripes(canvas, number, left, right, _BAR)
        if width(told, VALUE) <= right - left:
            canvas.write(told, Place((left + right) / 2, top - 8, "center"), VALUE, halo=True)
    canvas.rules("zero", look.INK, [(zero, top - 4, zero, bottom + 4)])


def _draw_forecast(canvas: Canvas, forecast: YearEnd, middle: float) -> None:
    band = {"x": forecast.low, "x2": forecast.high, "y": middle - _HALF, "y2": middle + _HALF}
    canvas.across_rows("band", {"type": "rect", "color": look.ACCENT_TINT}, [band], "x2", "y2")
    edges = [{"x": end, "y": middle - _HALF, "y2": middle + _HALF} for end in (forecast.low, forecast.high)]
    canvas.across_rows("edge", {"type": "rule", "color": look.ACCENT_MID, "strokeWidth": 2}, edges, "y2")
    canvas.across_rows("expected", "point", [{"x": forecast.expected, "y": middle}])


def _draw_line(canvas: Canvas, fund: _Fund, spans: Sequence[tuple[float, float]]) -> None:
    """The line where the money of the year ends, from its amount through the bar, and at the forecast."""
    x = canvas.px(fund.amounts.appropriated)
    lines = [(x, top, x, bottom) for top, bottom in spans]
    if fund.passed:
        canvas.rules("casing", look.PAPER, lines, strokeWidth=5)  # rust alone would not be seen on a dark bar
        canvas.rules("limit", look.LATE, lines, strokeWidth=2)
    else:
        canvas.rules("appropriated", look.INK, lines)


def _write_appropriated(canvas: Canvas, fund: _Fund) -> None:
    told = f"{fund.words.appropriated} {fund.told(fund.amounts.appropriated)}"
    style = LIMIT if fund.passed else NOTE
    half = width(told, style) / 2
    least, most = width(fund.unit, NOTE) + 12 + half, canvas.width - half
    x = canvas.px(fund.amounts.appropriated)
    canvas.write(told, Place(max(least, min(x, most)), 16, "center"), style)


@dataclass(frozen=True)
class _Key:
    x: float
    right: float
    y: float
    lines: list[str]
    amount: str

    @property
    def high(self) -> float:
        return len(self.lines) * line_height(NAME)


def _lay_keys(fund: _Fund, size: int, top: float) -> list[_Key]:
    """The parts with their amounts, in as many columns as there is room for; read as lines are."""
    columns = _COLUMNS[size]
    across = (size - (columns - 1) * _BETWEEN) / columns
    amounts = [fund.told(amount) for amount in fund.amounts.parts]
    room = across - _SAMPLE - widest(amounts, VALUE) - 12
    lines = [wrapped(title, room, NAME) for title in fund.words.parts]
    keys: list[_Key] = []
    y = top
    for first in range(0, len(lines), columns):
        row = range(first, first + columns)
        for column, index in enumerate(row):
            x = column * (across + _BETWEEN)
            keys.append(_Key(x, x + across, y, lines[index], amounts[index]))
        y += max(len(lines[index]) for index in row) * line_height(NAME) + 6
    return keys

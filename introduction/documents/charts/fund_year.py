"""How the money of an introduction fund is used over a budget year, and where it is likely to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.band import draw_band, take_dots
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.drawing import Drawing, Spec, draw
from introduction.documents.charts.figures import decimals_for, figure
from introduction.documents.charts.lettering import widest, width, wrapped
from introduction.documents.charts.limit import draw_limit, write_limit
from introduction.documents.charts.look import LEAD, NAME, NOTE, Lettering
from introduction.documents.charts.months import month_canvas, write_months
from introduction.documents.charts.placing import Place, Places, line_height, spread
from introduction.documents.charts.stack import known

_BESIDE = 12  # from a line's end to its label


@dataclass(frozen=True)
class FundYearWords:
    """``18,4 godkänt till och med oktober``; ``36,2 prognos``, ``40,1 högt utfall``, ``33,0 lågt utfall``; the word
    before what was appropriated (``Anslaget``); and what the band is, beside the unit (``Bandet: 80 procents
    span``)."""

    used: str
    expected: str
    high: str
    low: str
    appropriated: str
    band: str = ""


@dataclass(frozen=True)
class _Year:
    months: Sequence[str]
    used: Sequence[float | None]
    expected: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    appropriated: float
    unit: str
    words: FundYearWords
    language: str

    @property
    def past(self) -> list[tuple[int, float]]:
        return [(index, value) for index, value in enumerate(self.used) if value is not None]

    @property
    def ahead(self) -> list[tuple[int, float, float, float]]:
        """Months of the forecast with its low, likely and high amount; from the last used amount on, if it follows."""
        found = [
            (index, low, likely, high)
            for index, (low, likely, high) in enumerate(zip(self.low, self.expected, self.high, strict=True))
            if low is not None and likely is not None and high is not None
        ]
        if found and self.past and self.past[-1][0] == found[0][0] - 1:
            index, value = self.past[-1]
            found.insert(0, (index, value, value, value))
        return found

    @property
    def amounts(self) -> list[float]:
        return [self.appropriated, *known(*self.used, *self.expected, *self.low, *self.high)]

    def told(self, value: float) -> str:
        return figure(value, decimals_for(self.amounts, self.unit), self.language)

    def ends(self, small: bool) -> list[tuple[float, str, Lettering]]:
        """What is said at the end of the forecast, from above; only the figures in the narrow drawing."""
        words = self.words
        return [
            (value, self.told(value) if small else f"{self.told(value)} {word}", style)
            for _, low, likely, high in self.ahead[-1:]
            for value, word, style in ((high, words.high, NOTE), (likely, words.expected, NAME), (low, words.low, NOTE))
        ]


def fund_over_year(
    months: Sequence[str],
    used: Sequence[float | None],
    *,
    expected: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    appropriated: float,
    unit: str,
    label: str,
    words: FundYearWords,
    language: str = "sv",
) -> Drawing:
    """What was used up to each month as a line, and from there the forecast, dashed in its band, to the year's end.

    Amounts are summed from the beginning of the year. ``used`` is None for months to come; ``expected``, ``low`` and
    ``high`` are None for months that are past. ``appropriated`` is the limit. ValueError when the sequences differ in
    length, hold nothing, or leave out a month in between.
    """
    year = _Year(months, used, expected, low, high, appropriated, unit, words, language)
    if not months or {len(used), len(expected), len(low), len(high)} != {len(months)}:
        raise ValueError("months, used, expected, low and high must be equally many, and at least one")
    told = [*(index for index, _ in year.past), *(index for index, *_ in year.ahead)]
    if sorted(set(told)) != list(range(len(set(told)))):
        raise ValueError("what was used and what is expected follow each other from the first month on")
    return draw(_sheet(year, look.WIDE), _sheet(year, look.NARROW), label, _sheet(year, look.MIDDLE))


def _sheet(year: _Year, size: int) -> Spec:
    small = size == look.NARROW
    beside = 4 if small else _BESIDE
    ends = year.ends(small)
    right = beside + widest([text for _, text, _ in ends], NAME) + 2
    canvas = month_canvas(size, year.months, year.amounts, right, year.language)
    bottom = canvas.top + canvas.down
    places = Places(canvas.width, bottom)
    _draw_forecast(canvas, places, year)
    canvas.rules("axis", look.INK, [(canvas.left, canvas.py(0), canvas.width - canvas.right, canvas.py(0))])
    draw_limit(canvas, places, year.appropriated)
    _draw_used(canvas, places, year)
    _write_ends(canvas, places, ends, canvas.width - canvas.right + beside)
    _write_used(canvas, places, year)
    write_limit(canvas, places, year.appropriated, f"{year.words.appropriated} {year.told(year.appropriated)}")
    write_months(canvas, year.months, bottom + 22)
    told = f"{year.unit}. {year.words.band}" if year.words.band else year.unit
    canvas.write(told if width(told, NOTE) <= size else year.unit, Place(0, 16), NOTE)
    return canvas.spec()


def _draw_forecast(canvas: Canvas, places: Places, year: _Year) -> None:
    if not year.ahead:
        return
    first = year.ahead[0][0]
    draw_band(canvas, places, [low for _, low, _, _ in year.ahead], [high for *_, high in year.ahead], first)
    points = [{"x": index + 0.5, "y": likely} for index, _, likely, _ in year.ahead]
    canvas.data("expected", {**look.COMPARED, "color": look.ACCENT, "strokeWidth": 2}, points)
    canvas.data("end", "point", points[-1:])
    pixels = [(canvas.px(point["x"]), canvas.py(point["y"])) for point in points]
    places.take_line(pixels, 2.0)
    take_dots(places, pixels[-1:])


def _draw_used(canvas: Canvas, places: Places, year: _Year) -> None:
    points = [{"x": index + 0.5, "y": value} for index, value in year.past]
    canvas.data("used", "line", points)
    canvas.data("dots", {"type": "point", "fill": look.ACCENT}, points)
    pixels = [(canvas.px(point["x"]), canvas.py(point["y"])) for point in points]
    places.take_line(pixels)
    take_dots(places, pixels)


def _write_ends(canvas: Canvas, places: Places, ends: Sequence[tuple[float, str, Lettering]], x: float) -> None:
    wanted = [canvas.py(value) + 5 for value, _, _ in ends]
    settled = spread(wanted, [18] * len(wanted), canvas.top + 8, canvas.height - canvas.bottom - 4)
    for (_, text, style), y in zip(ends, settled, strict=True):
        canvas.write(text, Place(x, y), style)
        places.choose([text], [Place(x, y)], style)


def _write_used(canvas: Canvas, places: Places, year: _Year) -> None:
    for index, value in year.past[-1:]:
        lines = wrapped(f"{year.told(value)} {year.words.used}", canvas.across, LEAD)
        x, y, half = canvas.px(index + 0.5), canvas.py(value), widest(lines, LEAD) / 2
        more = (len(lines) - 1) * line_height(LEAD)
        middle = max(min(x, canvas.width - canvas.right - half), canvas.left + half)  # not over the ends
        offered = [Place(x - _BESIDE, y - 6 - more, "right")] if x - _BESIDE - 2 * half > canvas.left else []
        offered += [Place(middle, y + offset, "center") for offset in (-12 - more, 24, -28 - more, 40)]
        canvas.put(places, lines, [*offered, Place(x + _BESIDE, y + 5)], LEAD)

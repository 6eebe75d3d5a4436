"""A sheet to draw a chart on, which becomes a Vega-Lite description.

Data are handed over as data, and Vega-Lite's scales place them. Labels and what else belongs to the page rather than
to the data are placed in pixels from the sheet's upper left corner. Nothing depends on how wide letters happen to be
on the machine: the sheet has the size it is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from introduction.documents.charts import look
from introduction.documents.charts.drawing import Spec
from introduction.documents.charts.figures import LOCALES, tick_decimals
from introduction.documents.charts.look import Lettering
from introduction.documents.charts.placing import Place, Places, line_height

Row = Mapping[str, object]
_HALO = 5


@dataclass
class Canvas:
    """A sheet of ``width`` times ``height`` px, with data between its margins on the scales ``x`` and ``y``."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    language: str = "sv"
    values: Sequence[float] = ()  # what the vertical axis shows; no axis without
    layers: list[Spec] = field(default_factory=list)
    _written: dict[tuple[Lettering, str, bool], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left, self.right = float(math.ceil(self.left)), float(math.ceil(self.right))

    @property
    def across(self) -> float:
        """Pixels between the margins at the sides."""
        return self.width - self.left - self.right

    @property
    def down(self) -> float:
        """Pixels between the margins above and below."""
        return self.height - self.top - self.bottom

    def px(self, value: float) -> float:
        """Where a value of the horizontal scale lies, in pixels."""
        return self.left + (value - self.x[0]) / (self.x[1] - self.x[0]) * self.across

    def py(self, value: float) -> float:
        """Where a value of the vertical scale lies, in pixels."""
        return self.height - self.bottom - (value - self.y[0]) / (self.y[1] - self.y[0]) * self.down

    def data(self, name: str, mark: str | Spec, rows: Sequence[Row], *fields: str, **more: Spec) -> None:
        """Marks placed by the scales, from the fields x and y (and x2, y2) of the rows. ``more`` are other channels."""
        encoding: Spec = {"x": self._scaled("x", self.x), "y": self._scaled("y", self.y), **more}
        encoding.update({channel: {"field": channel} for channel in fields})
        self._add(name, mark, rows, encoding)

    def across_rows(self, name: str, mark: str | Spec, rows: Sequence[Row], *fields: str) -> None:
        """Marks whose x is data and whose y, y2 are pixels: charts that are a list."""
        encoding: Spec = {"x": self._scaled("x", self.x), "y": _placed("y")}
        encoding.update({channel: {"field": channel} for channel in fields})
        self._add(name, mark, [_moved(row, 0.0, self.top) for row in rows], encoding)

    def down_columns(self, name: str, mark: str | Spec, rows: Sequence[Row], *fields: str) -> None:
        """Marks whose y is data and whose x, x2 are pixels."""
        encoding: Spec = {"x": _placed("x"), "y": self._scaled("y", self.y)}
        encoding.update({channel: {"field": channel} for channel in fields})
        self._add(name, mark, [_moved(row, self.left, 0.0) for row in rows], encoding)

    def pixels(self, name: str, mark: str | Spec, rows: Sequence[Row], *fields: str) -> None:
        """Marks placed in pixels."""
        encoding: Spec = {"x": _placed("x"), "y": _placed("y")}
        encoding.update({channel: {"field": channel} for channel in fields})
        self._add(name, mark, [_moved(row, self.left, self.top) for row in rows], encoding)

    def rules(self, name: str, color: str, rows: Sequence[tuple[float, float, float, float]], **mark: object) -> None:
        """Level and upright lines in pixels, each from x, y to x, y."""
        ends = [dict(zip(("x", "x2"), _sharp(x, x2), strict=True)) for x, _, x2, _ in rows]
        for end, (_, y, _, y2) in zip(ends, rows, strict=True):
            end["y"], end["y2"] = _sharp(y, y2)
        self.pixels(name, {"type": "rule", "color": color, **mark}, ends, "x2", "y2")

    def sample(self, mark: Spec, x: float, y: float) -> None:
        """The square before a key whose baseline is ``y``."""
        self.pixels("key", mark, [{"x": x, "x2": x + 14, "y": y - 11, "y2": y + 1}], "x2", "y2")

    def write(self, lines: str | Sequence[str], place: Place, style: Lettering, *, halo: bool = False) -> None:
        """Lettering with its first baseline at the place. A halo is for letters over other marks."""
        text = [lines] if isinstance(lines, str) else list(lines)
        row = {"x": place.x - self.left, "y": place.y - self.top, "text": text[0] if len(text) == 1 else text}
        self._written.setdefault((style, place.align, halo), []).append(row)

    def put(
        self,
        places: Places,
        text: str | Sequence[str],
        offered: Sequence[Place],
        style: Lettering,
        *,
        must: bool = True,
    ) -> Place | None:
        """Writes a label, with a halo, where it fits best among the places; or not at all if it need not stand."""
        place = places.choose([text] if isinstance(text, str) else text, offered, style, must=must)
        if place is not None:
            self.write(text, place, style, halo=True)
        return place

    def spec(self) -> Spec:
        """The sheet as a Vega-Lite specification."""
        lettering = [self._lettering(*kind, rows) for kind, rows in self._written.items()]
        return {
            "width": self.across,
            "height": self.down,
            "padding": {"left": self.left, "top": self.top, "right": self.right, "bottom": self.bottom},
            "autosize": "none",
            "config": {"locale": {"number": LOCALES[self.language]}},
            "layer": [{**layer, "name": f"{layer['name']}_{n}"} for n, layer in enumerate([*self.layers, *lettering])],
        }

    def _lettering(self, style: Lettering, align: str, halo: bool, rows: list[Row]) -> Spec:
        mark: Spec = {
            "type": "text",
            "align": align,
            "baseline": "alphabetic",
            "fontSize": style.size,
            "fontWeight": style.weight,
            "color": style.color,
            "lineHeight": line_height(style),
        }
        if halo:
            mark.update(stroke=look.PAPER, strokeWidth=_HALO)
        encoding = {"x": _placed("x"), "y": _placed("y"), "text": {"field": "text"}}
        return {"name": style.name, "data": {"values": rows}, "mark": mark, "encoding": encoding}

    def _scaled(self, channel: str, domain: tuple[float, float]) -> Spec:
        axis: Spec | None = None
        if channel == "y" and self.values:
            axis = {
                "values": list(self.values),
                "tickCount": len(self.values),  # a smaller count would thin the values out
                "labelOverlap": False,
                "format": f",.{tick_decimals(self.values)}f",
            }
        scale = {"domain": list(domain), "nice": False, "zero": False}
        return {"field": channel, "type": "quantitative", "scale": scale, "axis": axis}

    def _add(self, name: str, mark: str | Spec, rows: Sequence[Row], encoding: Spec) -> None:
        if rows:
            self.layers.append({"name": name, "data": {"values": list(rows)}, "mark": mark, "encoding": encoding})


def _placed(channel: str) -> Spec:
    return {"field": channel, "type": "quantitative", "scale": None, "axis": None}


def _sharp(start: float, end: float) -> tuple[float, float]:
    """The middle of a row of pixels for a line along it, so that a thin line is not smeared over two."""
    return (math.floor(start) + 0.5,) * 2 if start == end else (start, end)


def _moved(row: Row, left: float, top: float) -> dict[str, Any]:
    shift = {"x": left, "x2": left, "y": top, "y2": top}
    return {
        key: value - shift.get(key, 0.0) if isinstance(value, (int, float)) else value for key, value in row.items()
    }

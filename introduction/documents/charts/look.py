"""Colours and lettering of charts, read from the same theme as Vega-Lite gets: static/chart_theme.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[2] / "static" / "chart_theme.json"

#: What Vega-Lite is given as ``config``.
THEME: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))["config"]
_STYLE: dict[str, dict[str, Any]] = THEME["style"]

#: Widths of the three drawings. Each is shown only where it need not shrink, so that 14 px stays 14 px.
WIDE, MIDDLE, NARROW = 976, 672, 288

INK: str = THEME["text"]["color"]
INK_2: str = THEME["axis"]["labelColor"]
INK_3: str = _STYLE["compared"]["color"]
HAIRLINE: str = THEME["axis"]["gridColor"]
PAPER: str = THEME["point"]["fill"]
ACCENT: str = THEME["line"]["color"]
ACCENT_DARK: str = THEME["range"]["ordinal"][-1]
ACCENT_MID: str = _STYLE["edge"]["color"]
ACCENT_TINT: str = THEME["area"]["color"]
LATE: str = _STYLE["limit"]["color"]

#: The edge of a band, and a line to compare with. Said in full, since Vega-Lite lets the width of lines in general
#: come before that of a style.
EDGE: dict[str, Any] = {"type": "line", "style": "edge", **_STYLE["edge"]}
COMPARED: dict[str, Any] = {"type": "line", "style": "compared", **_STYLE["compared"]}


@dataclass(frozen=True)
class Lettering:
    """One way to write: size in px, weight 400 or 600, colour."""

    name: str
    size: int
    weight: int
    color: str

    @property
    def bold(self) -> bool:
        """Whether the letters are the wider ones."""
        return self.weight >= 600


NOTE = Lettering("note", _STYLE["note"]["fontSize"], 400, INK_2)  # axes, ends of an interval, units
NAME = Lettering("name", 15, 400, INK)  # what a row or a series is called
VALUE = Lettering("value", THEME["text"]["fontSize"], 600, INK)  # the figure that a chart is about
LEAD = Lettering("lead", 14, 600, ACCENT)  # the name of the main series
LIMIT = Lettering("limit", _STYLE["limit-label"]["fontSize"], 600, LATE)  # a ceiling, or something outside its plan

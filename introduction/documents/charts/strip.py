"""The strip below an axis of years that says who pays until when: filled for the region, hollow for the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.lettering import fits, wrapped
from introduction.documents.charts.look import LEAD, NAME, Lettering
from introduction.documents.charts.placing import Place, line_height

_HIGH = 12
_GAP = 4
_KEY = 20  # a square and the space behind it
_MOST_LINES = 3


@dataclass(frozen=True)
class Payer:
    """Who pays, in words, until which part of the axis (0 to 1). Filled where it is the region."""

    title: str
    until: float
    filled: bool


@dataclass(frozen=True)
class _Part:
    left: float
    right: float
    filled: bool
    lines: list[str]

    @property
    def style(self) -> Lettering:
        return LEAD if self.filled else NAME


@dataclass(frozen=True)
class Laid:
    """The parts of a strip in pixels, and the height that strip and words take below the years."""

    parts: list[_Part]
    below: bool  # each title below its own part; otherwise one below the other, with a square each
    height: float


def lay(payers: Sequence[Payer], left: float, across: float) -> Laid:
    """The strip along an axis. Titles stand below their parts where all fit there."""
    ends = [0.0]
    for payer in payers:
        ends.append(min(1.0, max(ends[-1], payer.until)))
    spans = [
        (left + start * across, left + end * across, payer)
        for start, end, payer in zip(ends, ends[1:], payers, strict=False)
        if end > start
    ]
    below = all(fits(payer.title, x2 - x - _GAP, _style(payer), _MOST_LINES) for x, x2, payer in spans)
    parts = []
    for x, x2, payer in spans:
        room = x2 - x - _GAP if below else across - _KEY
        parts.append(_Part(x, x2, payer.filled, wrapped(payer.title, room, _style(payer), _MOST_LINES)))
    counts = [len(part.lines) for part in parts]
    lines = max(counts, default=0) if below else sum(counts)
    return Laid(parts, below, 12 + _HIGH + 8 + lines * line_height(NAME) if parts else 0)


def draw_strip(canvas: Canvas, laid: Laid, top: float) -> None:
    """The strip with its upper edge at ``top``, and who pays below it."""
    last = len(laid.parts) - 1
    for filled in (True, False):
        bars = []
        for index, part in enumerate(laid.parts):
            if part.filled == filled:
                inset = 0.0 if filled else 0.75  # a frame stands half outside its rectangle
                right = part.right - (_GAP if index < last else 0) - inset
                bars.append({"x": part.left + inset, "x2": right, "y": top + inset, "y2": top + _HIGH - inset})
        canvas.pixels("region" if filled else "units", _bar(filled), bars, "x2", "y2")
    _write(canvas, laid, top + _HIGH + 18)


def _write(canvas: Canvas, laid: Laid, y: float) -> None:
    keys: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for part in laid.parts:
        for number, line in enumerate(part.lines):
            x = part.left if laid.below else canvas.left + _KEY
            canvas.write(line, Place(x, y + number * line_height(NAME)), part.style)
        if not laid.below:
            keys[part.filled].append({"x": canvas.left + 0.75, "x2": canvas.left + 12, "y": y - 10, "y2": y})
            y += len(part.lines) * line_height(NAME)
    for filled, squares in keys.items():
        canvas.pixels("key", _bar(filled), squares, "x2", "y2")


def _bar(filled: bool) -> dict[str, object]:
    if filled:
        return {"type": "rect", "color": look.ACCENT}
    return {"type": "rect", "fill": look.PAPER, "stroke": look.INK_3, "strokeWidth": 1.5}


def _style(payer: Payer) -> Lettering:
    return LEAD if payer.filled else NAME

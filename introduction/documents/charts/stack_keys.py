"""What the parts of stacked bars are: beside the last bar, or one below the other under a narrow drawing."""

from __future__ import annotations

from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.canvas import Canvas
from introduction.documents.charts.lettering import widest, wrapped
from introduction.documents.charts.look import LIMIT, NAME, Lettering
from introduction.documents.charts.placing import Place, line_height, spread
from introduction.documents.charts.stack import Stack

CAP = 5  # half the width of the end of an interval
_SAMPLE = 22  # a square and the space behind it
_LINES = 2
_ROOM = 176  # a long word, such as Introduktionsfinansiering
_BETWEEN = 4
_BEFORE = 16


@dataclass(frozen=True)
class _Key:
    """``number`` is that of a series, ``TOTAL`` or ``CEILING``."""

    number: int
    lines: list[str]

    @property
    def high(self) -> int:
        return len(self.lines) * line_height(NAME) + _BETWEEN

    @property
    def style(self) -> Lettering:
        return LIMIT if self.number == _CEILING else NAME


_TOTAL, _CEILING = -1, -2


@dataclass(frozen=True)
class Keys:
    """The keys of a drawing, from above; in a margin of ``right`` pixels, or ``below`` so many pixels high."""

    keys: list[_Key]
    right: float
    below: float


def lay_keys(stack: Stack, size: int) -> Keys:
    """The total first, then the parts from the top of the stack. The narrow drawing names the ceiling here too."""
    small = size == look.NARROW
    titles = [(_TOTAL, stack.words.total), *reversed(list(enumerate(one.title for one in stack.series)))]
    if small and (ceiling := stack.ceilings_in_words):
        titles.insert(0, (_CEILING, ceiling))
    if small:
        keys = [_Key(number, wrapped(title, size - _SAMPLE, NAME, _LINES)) for number, title in titles]
        return Keys(keys, 0.0, 18.0 + sum(key.high for key in keys))
    room = min(widest([title for _, title in titles], NAME), max(_ROOM, size * 0.22))
    keys = [_Key(number, wrapped(title, room, NAME, _LINES)) for number, title in titles]
    return Keys(keys, room + _SAMPLE + _BEFORE, 0.0)


def draw_keys(canvas: Canvas, stack: Stack, laid: Keys, below: float) -> None:
    """The keys; ``below`` is the first baseline where they stand under the years."""
    if laid.below:
        x, at, y = 0.0, [], below
        for key in laid.keys:
            at.append(y)
            y += key.high
    else:
        x = canvas.width - canvas.right + _BEFORE
        wanted = [_beside_last(canvas, stack, key.number) for key in laid.keys]
        at = spread(wanted, [key.high for key in laid.keys], canvas.top + 8, canvas.height - canvas.bottom - 4)
    for key, y in zip(laid.keys, at, strict=True):
        _draw_sample(canvas, stack, key.number, x, y)
        canvas.write(key.lines, Place(x + _SAMPLE, y), key.style)


def _beside_last(canvas: Canvas, stack: Stack, number: int) -> float:
    """The baseline at which the name of a part of the last bar would stand best."""
    last = len(stack.years) - 1
    if number == _TOTAL:
        return canvas.py(stack.totals[last]) - 12
    amounts = [one.values[last] for one in stack.series[: number + 1]]
    before = sum(amount for amount in amounts[:-1] if (amount > 0) == (amounts[-1] > 0))
    return canvas.py(before + amounts[-1] / 2) + 5


def _draw_sample(canvas: Canvas, stack: Stack, number: int, x: float, y: float) -> None:
    if number == _CEILING:
        canvas.rules("key", look.LATE, [(x, y - 5, x + 14, y - 5)], strokeWidth=2)
        return
    if number != _TOTAL:
        canvas.sample(stack.mark(number), x + 0.75, y)
        return
    middle = x + 7
    ends = [(middle - CAP, end, middle + CAP, end) for end in (y - 12, y + 2)]
    canvas.rules("key", look.INK, [(middle, y - 12, middle, y + 2), *ends], strokeWidth=1.5)
    dot = {"type": "point", "stroke": look.INK, "strokeWidth": 2, "size": 30}
    canvas.pixels("key", dot, [{"x": middle, "y": y - 5}])

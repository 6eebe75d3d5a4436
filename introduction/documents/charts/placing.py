"""Where labels may stand: each takes the first of its places where it covers nothing that matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from introduction.documents.charts.lettering import widest
from introduction.documents.charts.look import Lettering

Align = Literal["left", "center", "right"]
_ASCENT, _DESCENT = 0.78, 0.24  # of the size, above and below the baseline
_LEADING = 1.22
_APART = 3  # pixels between two labels side by side
_CROWDED = 500.0  # the cost of covering a line is below this, that of covering a dot above


class Box(NamedTuple):
    """A rectangle in pixels from the upper left corner of the drawing."""

    left: float
    top: float
    right: float
    bottom: float


class Place(NamedTuple):
    """Where a label begins, ends or has its middle, and the baseline of its first line."""

    x: float
    y: float
    align: Align = "left"


def line_height(style: Lettering) -> int:
    """Pixels from one baseline to the next."""
    return round(style.size * _LEADING)


def box(lines: Sequence[str], place: Place, style: Lettering) -> Box:
    """What the lines cover."""
    wide = widest(list(lines), style)
    left = place.x - {"left": 0.0, "center": wide / 2, "right": wide}[place.align]
    bottom = place.y + _DESCENT * style.size + (len(lines) - 1) * line_height(style)
    return Box(left - _APART / 2, place.y - _ASCENT * style.size, left + wide + _APART / 2, bottom)


@dataclass
class Places:
    """What a drawing of this size already holds. Labels may cover a line if they must, but not each other."""

    width: float
    height: float
    taken: list[tuple[Box, float]] = field(default_factory=list)
    labels: list[Box] = field(default_factory=list)

    def take(self, area: Box, weight: float = 8.0) -> None:
        """Keeps labels away from an area; the heavier, the more so."""
        self.taken.append((area, weight))

    def take_line(self, points: Sequence[tuple[float, float]], weight: float = 4.0) -> None:
        """Keeps labels away from a line through the points, in pixels."""
        for (x, y), (next_x, next_y) in pairwise(points):
            steps = max(1, int(max(abs(next_x - x), abs(next_y - y)) / 4))
            for step in range(steps + 1):
                at_x, at_y = x + (next_x - x) * step / steps, y + (next_y - y) * step / steps
                self.take(Box(at_x - 1.5, at_y - 1.5, at_x + 1.5, at_y + 1.5), weight)

    def cost(self, area: Box) -> float:
        """How much a label there would cover: 0 where it is free."""
        left, top, right, bottom = area
        cost = 1000 * max(0.0, -left - _APART, -top, right - _APART - self.width, bottom - self.height)
        for (other_left, other_top, other_right, other_bottom), weight in self.taken:
            if other_left < right and other_right > left and other_top < bottom and other_bottom > top:
                across = min(right, other_right) - max(left, other_left)
                cost += across * (min(bottom, other_bottom) - max(top, other_top)) * weight
        return cost

    def choose(
        self, lines: Sequence[str], places: Iterable[Place], style: Lettering, *, must: bool = True
    ) -> Place | None:
        """The first place with the lowest cost; the area is taken from then on. None where a label that need not stand
        would cover another."""
        offered = [(place, box(lines, place, style)) for place in places]
        place, area = min(offered, key=lambda one: self.cost(one[1]))
        if not must and (self.cost(area) > _CROWDED or any(_meet(area, label) for label in self.labels)):
            return None
        self.take(area)
        self.labels.append(area)
        return place


def _meet(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 1 and min(one.bottom, other.bottom) - max(one.top, other.top) > 1


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """The positions nearest to those wanted, in their order from above: each its own height above the next, and within
    the bounds if there is room."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    free = low
    for index in order:
        placed[index] = max(wanted[index], free)
        free = placed[index] + heights[index]
    free = high
    for index in reversed(order):
        placed[index] = free = min(placed[index], free)
        free -= max((heights[above] for above in order[: order.index(index)][-1:]), default=0.0)
    return placed

"""Amounts of budget years in parts, as portfolio.py draws them: where bars end, what ceilings hold, how parts look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.documents.charts import look
from introduction.documents.charts.drawing import Spec
from introduction.documents.charts.figures import decimals_for, figure, ticks

_FILLS = (look.ACCENT_DARK, look.ACCENT, look.ACCENT_MID, look.ACCENT_TINT, look.PAPER)
MOST_SERIES = len(_FILLS)


@dataclass(frozen=True)
class Series:
    """A phase and its amount in each year; savings are below zero."""

    title: str
    values: Sequence[float]


@dataclass(frozen=True)
class StackWords:
    """What the dot with its line is (``Summa, 80 procents span``), and the word before a ceiling's amount (``Ram``)."""

    total: str
    ceiling: str


@dataclass(frozen=True)
class Ceiling:
    """An amount that holds from a year on, up to but not with another; both counted from the first year."""

    first: int
    after: int
    amount: float


@dataclass(frozen=True)
class Stack:
    """What ``stacked_years`` was given."""

    years: Sequence[int]
    series: Sequence[Series]
    low: Sequence[float | None]
    high: Sequence[float | None]
    ceiling: Sequence[float | None]
    unit: str
    words: StackWords
    language: str

    @property
    def totals(self) -> list[float]:
        """The sum of each year, savings taken off."""
        return [sum(one.values[index] for one in self.series) for index in range(len(self.years))]

    def reach(self, index: int) -> tuple[float, float]:
        """Where the bar of a year ends below and above zero."""
        amounts = [one.values[index] for one in self.series]
        return sum(min(0.0, amount) for amount in amounts), sum(max(0.0, amount) for amount in amounts)

    @property
    def ticks(self) -> list[float]:
        """What the axis shows."""
        ends = [end for index in range(len(self.years)) for end in self.reach(index)]
        ends += known(*self.low, *self.high, *self.ceiling)
        return ticks(min(ends), max(ends))

    def told(self, value: float) -> str:
        """An amount in writing."""
        return figure(value, decimals_for([*self.totals, *self.ceiling], self.unit), self.language)

    @property
    def ceilings(self) -> list[Ceiling]:
        """Years in a row with the same ceiling are one."""
        found: list[Ceiling] = []
        for index, amount in enumerate(self.ceiling):
            if amount is None:
                continue
            if found and found[-1].after == index and found[-1].amount == amount:
                found[-1] = Ceiling(found[-1].first, index + 1, amount)
            else:
                found.append(Ceiling(index, index + 1, amount))
        return found

    @property
    def ceilings_in_words(self) -> str:
        """``Ram 42,0``, or ``Ram 42,0 (2026–2027), 45,0 (2028)`` where it changes; nothing without a ceiling."""
        found = self.ceilings
        if len(found) == 1 and found[0].after - found[0].first == len(self.years):
            return f"{self.words.ceiling} {self.told(found[0].amount)}"
        told = [f"{self.told(one.amount)}\N{NO-BREAK SPACE}({self._years_of(one)})" for one in found]
        return f"{self.words.ceiling} {', '.join(told)}" if told else ""

    def _years_of(self, ceiling: Ceiling) -> str:
        first, last = self.years[ceiling.first], self.years[ceiling.after - 1]
        return str(first) if first == last else f"{first}–{last}"

    def mark(self, number: int) -> Spec:
        """How a series is filled: the first, which stands on zero, is the darkest; the last of many is hollow."""
        return part_mark(number if len(self.series) == len(_FILLS) else number + 1)


def part_mark(number: int) -> Spec:
    """How a part of a stacked bar is filled: number 0 is the darkest, and the last, number 4, is hollow."""
    fill = _FILLS[number]
    frames = {look.ACCENT_TINT: look.ACCENT_MID, look.PAPER: look.ACCENT}
    return {"type": "rect", "fill": fill, "stroke": frames.get(fill, look.PAPER), "strokeWidth": 1.5}


def known(*amounts: float | None) -> list[float]:
    """The amounts that are not None."""
    return [amount for amount in amounts if amount is not None]

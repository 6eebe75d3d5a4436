"""Amounts in words, in a language: one unit to a view, tkr or mnkr, chosen by the largest amount in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NBSP = "\u00a0"
_MINUS = "\u2212"


@dataclass(frozen=True)
class Unit:
    """A unit of money: its name, how many öre it has, how many decimals are shown, and in which language."""

    name: str
    ore: int
    decimals: int
    language: str = "sv"

    def spoken(self) -> str:
        """The language that figures are written in."""
        return self.language

    def value(self, ore: float) -> float:
        """The amount as a number in this unit, for charts."""
        return ore / self.ore

    def show(self, ore: float | None) -> str:
        """``3,1`` or ``−1 250``: the amount without its unit; an en dash for an unknown one."""
        if ore is None:
            return "–"
        return number(ore / self.ore, self.decimals, language=self.spoken())

    def span(self, low: float, high: float) -> str:
        """``2,2–4,3``: an interval, with "till" where a minus sign would be hard to read."""
        if low < 0 or high < 0:
            between = f"{NBSP}till{NBSP}" if self.spoken() == "sv" else f"{NBSP}to{NBSP}"
            return f"{self.show(low)}{between}{self.show(high)}"
        return f"{self.show(low)}–{self.show(high)}"

    def with_unit(self, ore: float) -> str:
        """``3,1 mnkr``."""
        return f"{self.show(ore)}{NBSP}{self.name}"


#: From how many öre on a view is told in mnkr: five million kronor.
MANY = 500_000_000


def unit_for(amounts: Iterable[float], language: str) -> Unit:
    """The unit of a view: mnkr where the largest amount (in öre) is five million kronor or more, else tkr."""
    largest = max((abs(ore) for ore in amounts), default=0)
    name, ore, decimals = ("mnkr", 100_000_000, 1) if largest >= MANY else ("tkr", 100_000, 0)
    return Unit(name, ore, decimals, language)


#: From how many öre on whole thousands are told in tkr: ten million kronor.
_LARGE = 1_000_000_000


def whole_unit(amounts: Iterable[int], language: str) -> Unit:
    """The unit of a printed document: tkr where that rounds none of its amounts (in öre) and one is large, else kr."""
    given = [abs(ore) for ore in amounts]
    large = max(given, default=0) >= _LARGE and not any(ore % 100_000 for ore in given)
    return Unit("tkr", 100_000, 0, language) if large else Unit("kr", 100, 0, language)


def exact_unit(amounts: Iterable[int], language: str) -> Unit:
    """The unit of amounts that were decided, so that none is rounded: tkr, kr, or kr with öre."""
    given = list(amounts)
    return Unit("kr", 100, 2, language) if any(ore % 100 for ore in given) else whole_unit(given, language)


def adding_up(amounts: Sequence[int | None], unit: Unit) -> list[int | None]:
    """The amounts in öre, rounded to what the unit shows so that they add up to their rounded sum.

    None of them moves by a whole step. Unknown amounts stay unknown.
    """
    step = unit.ore // 10**unit.decimals
    known = [(ore, at) for at, ore in enumerate(amounts) if ore is not None]
    left = (sum(ore for ore, _ in known) + step // 2) // step - sum(ore // step for ore, _ in known)
    up = {at for _, at in sorted(known, key=lambda one: (-(one[0] % step), one[1]))[:left]}
    return [None if ore is None else (ore // step + (at in up)) * step for at, ore in enumerate(amounts)]


def number(value: float, decimals: int = 0, *, language: str) -> str:
    """A number as it is written: ``1 234,5`` or ``1,234.5``, with a real minus sign."""
    text = f"{abs(value):,.{decimals}f}"
    sign = _MINUS if value < 0 and any(digit in text for digit in "123456789") else ""
    if language == "sv":
        text = text.replace(",", NBSP).replace(".", ",")
    return sign + text


def percent(share: float, decimals: int = 0, *, language: str) -> str:
    """``65 %``."""
    return f"{number(share * 100, decimals, language=language)}{NBSP}%"


def exact(ore: float | None, language: str) -> str:
    """An amount in kronor with its öre: ``3 100 000,00``; nothing for an unknown one."""
    return "" if ore is None else number(ore / 100, 2, language=language)

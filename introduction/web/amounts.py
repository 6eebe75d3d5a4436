"""Amounts on pages, as the reader writes them: documents/amounts.py with the language of the request."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from introduction.documents import amounts
from introduction.web.words import language


class Unit(amounts.Unit):
    """A unit whose figures are written as the reader of this request writes them."""

    def spoken(self) -> str:
        """The reader's language."""
        return language()


TKR = Unit("tkr", 100_000, 0)
MNKR = Unit("mnkr", 100_000_000, 1)


def unit_for(values: Iterable[float]) -> Unit:
    """The unit of a view: mnkr where the largest amount (in öre) is five million kronor or more, else tkr."""
    return MNKR if amounts.unit_for(values, "sv").name == MNKR.name else TKR


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader writes it: ``1 234,5`` or ``1,234.5``, with a real minus sign."""
    return amounts.number(value, decimals, language=language())


def percent(share: float, decimals: int = 0) -> str:
    """``65 %``."""
    return amounts.percent(share, decimals, language=language())


def set_up(app: Flask) -> None:
    """Give the templates their amounts."""
    app.jinja_env.filters.update(percent=percent, number=number)

"""What printed decisions, conclusions and handovers have in common: whose they are, and how they write things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from introduction.documents.amounts import Unit, adding_up
from introduction.documents.layout import Column, Head, Line
from introduction.documents.wording import plain_day, tell
from introduction.domain.messages import Message, say


@dataclass(frozen=True)
class Letterhead:
    """Whose document it is: the region, the public number, and when it was made; ``example``: it is invented."""

    region: str
    number: str
    made: datetime
    example: bool = False


@dataclass(frozen=True)
class Writer:
    """Words, days and amounts in a document's language, with one unit for all its amounts.

    ``rounding`` says that amounts were rounded, where any was.
    """

    language: str
    unit: Unit
    rounding: tuple[Message, ...] = ()

    @classmethod
    def of(cls, language: str, unit: Unit, amounts: Iterable[int]) -> Writer:
        """The writer of a document with these amounts in öre."""
        rounded = any(ore % (unit.ore // 10**unit.decimals) for ore in amounts)
        said = say("Beloppen är avrundade till hela kronor så att delarna blir summan.")
        return cls(language, unit, (said,) if rounded else ())

    def t(self, value: object) -> str:
        """A message or a plain value; what is not known is told so."""
        return tell(value, self.language) or tell(say("saknas"), self.language)

    def all(self, *messages: Message) -> str:
        """Sentences after each other."""
        return " ".join(self.t(one) for one in messages)

    def day(self, value: date | None) -> str:
        """``23 november 2026``."""
        return self.t(plain_day(value, self.language) if value else None)

    def period(self, first: date | None, last: date | None) -> str:
        """``1 mars 2027 – 31 december 2027``."""
        return f"{self.day(first)} – {self.day(last)}" if first or last else self.t(None)

    def money(self, ore: int | None) -> str:
        """``1 250 000 kr``."""
        return self.t(None if ore is None else self.unit.with_unit(ore))

    def figure(self, ore: int | None) -> str:
        """``1 250 000``, in a table whose caption names the unit."""
        return self.t(None if ore is None else self.unit.show(ore))

    def interval(self, ends: tuple[int, int] | None) -> str:
        """``1 100 000–1 400 000``, which may be broken at the dash."""
        return self.t(None if ends is None else self.unit.span(*ends).replace("–", "–\u200b"))

    def column(self, amounts: Sequence[int | None]) -> list[str]:
        """The amounts of a column and, last, their sum: rounded so that what is printed adds up."""
        printed = adding_up(amounts, self.unit)
        known = [ore for ore in printed if ore is not None]
        return [self.figure(ore) for ore in (*printed, sum(known) if known else None)]

    def sum_of(self, *columns: Sequence[int | None]) -> str:
        """The words beside the sums; they tell when an amount is missing."""
        missing = any(ore is None for column in columns for ore in column)
        return self.t(say("Summa av det som är känt") if missing else say("Summa"))

    def caption(self, title: Message) -> str:
        """A table's title with the unit of its amounts."""
        return f"{self.t(title)}, {self.unit.name}"

    def words(self, title: Message, width: float) -> Column:
        """A column of words, with its part of the width."""
        return Column(self.t(title), width)

    def figures(self, title: Message, width: float, *, estimate: bool = False) -> Column:
        """A column of figures."""
        return Column(self.t(title), width, figures=True, estimate=estimate)

    def summed(self, rows: Iterable[Sequence[str]]) -> list[Line]:
        """The lines of a table whose last row is the sum."""
        *lines, total = rows
        return [*(Line(row) for row in lines), Line(total, "total")]

    def pairs(self, *rows: tuple[Message, object]) -> list[tuple[str, str]]:
        """Labels with their values."""
        return [(self.t(label), self.t(value)) for label, value in rows]

    def head(
        self, letterhead: Letterhead, over: Message, title: Message, lead: object, *rows: tuple[Message, object]
    ) -> Head:
        """The head of a document, with the facts that stand in it."""
        return Head(
            region=letterhead.region,
            number=letterhead.number,
            over=self.t(over),
            title=self.t(title),
            lead=self.t(lead),
            marks=[self.t(say("Påhittat exempel"))] if letterhead.example else [],
            facts=self.pairs(*rows),
        )

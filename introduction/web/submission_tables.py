"""A submission's rows as tables: each administration with its cases, and each case against last year's submission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from introduction.services.submissions import Content, Row
from introduction.store.portfolio import MoneyRow
from introduction.web.portfolio_words import area_title, purse_title

Amounts = tuple[int, ...]
_T = TypeVar("_T")


@dataclass(frozen=True)
class PurseRow:
    """What one purse pays of a case, with the interval in the budget year."""

    title: str
    amounts: Amounts
    low: int
    high: int


@dataclass(frozen=True)
class CaseRows:
    """A case within an administration: by purse, and in all."""

    case: MoneyRow
    analysis: int
    purses: Sequence[PurseRow]
    total: Amounts


@dataclass(frozen=True)
class AreaTable:
    """An administration's part of a submission."""

    title: str
    cases: Sequence[CaseRows]
    total: Amounts


@dataclass(frozen=True)
class Compared:
    """A case in this submission and in last year's, in this one's budget year; None where it was not in one."""

    case: MoneyRow
    now: int | None
    before: int | None

    @property
    def change(self) -> int:
        """How much more this year's submission says."""
        return (self.now or 0) - (self.before or 0)


@dataclass(frozen=True)
class Tables:
    """A submission as its page shows it. Amounts are öre by year."""

    areas: Sequence[AreaTable]
    purses: Sequence[tuple[str, Amounts]]
    total: Amounts
    compared: Sequence[Compared]  #: empty where there is no submission of the year before


def tables(content: Content) -> Tables:
    """The tables of a submission."""
    years = content.years
    areas = []
    for unit_id in _in_order(row.unit_id for row in content.rows):
        rows = [row for row in content.rows if row.unit_id == unit_id]
        cases = []
        for case_id in _in_order(row.case_id for row in rows):
            own = [row for row in rows if row.case_id == case_id]
            purses = [_purse(purse, own, years) for purse in _in_order(row.purse for row in own)]
            cases.append(
                CaseRows(content.cases[case_id], content.analyses[own[0].analysis_id], purses, _sum(own, years))
            )
        areas.append(AreaTable(area_title(str(unit_id or ""), content.units), cases, _sum(rows, years)))
    areas.sort(key=lambda area: -sum(area.total))
    return Tables(
        areas=areas,
        purses=[
            (purse_title(purse), _sum(content.rows, years, purse))
            for purse in _in_order(row.purse for row in content.rows)
        ],
        total=_sum(content.rows, years),
        compared=_compared(content),
    )


def _purse(purse: str, rows: Sequence[Row], years: Sequence[int]) -> PurseRow:
    first = next(row for row in rows if row.purse == purse and row.year == years[0])
    return PurseRow(purse_title(purse), _sum(rows, years, purse), first.low, first.high)


def _in_order(values: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(values))


def _sum(rows: Sequence[Row], years: Sequence[int], purse: str | None = None) -> Amounts:
    return tuple(sum(row.amount for row in rows if row.year == year and purse in (None, row.purse)) for year in years)


def _compared(content: Content) -> list[Compared]:
    if content.last is None:
        return []
    year = content.budget_year
    now: dict[int, int] = {}
    for row in content.rows:
        if row.year == year:
            now[row.case_id] = now.get(row.case_id, 0) + row.amount
    before = {case_id: amount for (case_id, of), amount in content.last.items() if of == year}
    ids = [*now, *(case_id for case_id in before if case_id not in now)]
    return [
        Compared(content.cases[case_id], now.get(case_id), before.get(case_id))
        for case_id in ids
        if case_id in content.cases
    ]

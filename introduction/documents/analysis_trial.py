"""A sheet of a spreadsheet that computes: three changes to type in, and the cost of each year after them.

Formulas add up the sheet of cells and scale them. With no change they come to the analysis's own figures, to the öre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from introduction.documents.spreadsheet import MONEY, SHARE, Column, Formula, Given, Sheet, first_row, sheet_name
from introduction.documents.wording import tell
from introduction.domain.budget.result import Cell, Result
from introduction.domain.messages import say

#: The columns of the sheet of cells that the formulas look at.
_NEW, _DRUG, _YEAR, _IMPACT = "C", "E", "H", "K"


@dataclass(frozen=True)
class _Part:
    """A part of the cost: whose, whether it is medicine, and the rows of the changes that scale it."""

    new: bool
    drug: bool
    changes: tuple[int, ...]

    def holds(self, cell: Cell, new: Sequence[str]) -> bool:
        return (cell.treatment in new, cell.category == "drug") == (self.new, self.drug)


def trial(figures: Result, cells: Sheet, above: Sequence[str], language: str) -> Sheet:
    """The sheet, whose formulas point at the sheet of cells."""

    def t(text: object) -> str:
        return tell(text, language)

    told = (
        say("Skriv en ändring i de färgade rutorna, till exempel −10 %. Merkostnaden under dem räknas om."),
        say("Bladet skalar beräkningens belopp. Det simulerar inte: spannen ändras inte, och upptag, takt och tak står "
            "kvar."),
        say("Fler patienter höjer alla kostnader lika mycket, också fasta. Läkemedlets pris ändrar inte annan vård."),
    )  # fmt: skip
    lines = [*above, *(t(one) for one in told)]
    years = figures.years
    heads = [t(say("Ändra här")), t(say("Ändring")), *[""] * len(years)]
    columns = [Column(heads[0], width=50), *(Column(head, MONEY, 18) for head in heads[1:])]
    changes = (
        say("Det nya läkemedlets pris"), say("Antal patienter, i båda förloppen"), say("Ersatta läkemedels pris"),
    )  # fmt: skip
    rows: list[Sequence[Any]] = [(t(one), Given(0, SHARE)) for one in changes]
    empty = Sheet("", columns, (), lines)
    top = first_row(empty)
    price, patients, others = range(top, top + len(changes))
    rows += [(), (t(say("Merkostnad per år, kronor")), *(str(year) for year in years), t(say("Summa")))]
    heading = len(rows) - 1
    parts = (
        (say("Ny behandling: läkemedel"), _Part(True, True, (price, patients))),
        (say("Ny behandling: annan vård"), _Part(True, False, (patients,))),
        (say("Ersatt behandling: läkemedel"), _Part(False, True, (others, patients))),
        (say("Ersatt behandling: annan vård"), _Part(False, False, (patients,))),
    )
    at = top + len(rows)
    for label, part in parts:
        rows.append((t(label), *_part(figures, cells, part, top + len(rows))))
    bold = len(rows)
    rows.append((t(say("Merkostnad")), *_sums(figures, at, at + len(parts) - 1)))
    own = figures.impact()
    rows.append((t(say("I beräkningen")), *own, sum(own)))
    rows.append((t(say("Skillnad")), *_differences(len(years), top + bold)))
    return Sheet(t(say("Pröva")), columns, rows, lines, frozenset({bold}), frozenset({heading}))


def _column(at: int) -> str:
    """The letter of a year's column; the first is B."""
    return chr(ord("B") + at)


def _part(figures: Result, cells: Sheet, part: _Part, row: int) -> list[Formula]:
    first = first_row(cells)
    last = first + max(len(cells.rows), 1) - 1

    def where(column: str) -> str:
        return f"'{sheet_name(cells.name)}'!${column}${first}:${column}${last}"

    scale = "".join(f"*(1+$B${change})" for change in part.changes)
    amounts = figures.impact(lambda cell: part.holds(cell, figures.new))
    found = []
    for year, amount in zip(figures.years, amounts, strict=True):
        chosen = f"{where(_YEAR)},{year},{where(_NEW)},{int(part.new)},{where(_DRUG)},{int(part.drug)}"
        found.append(Formula(f"ROUND(SUMIFS({where(_IMPACT)},{chosen}){scale},2)", amount))
    return [*found, _across(len(found), row, sum(amounts))]


def _across(years: int, row: int, amount: int) -> Formula:
    """The sum of all years, in the last column."""
    return Formula(f"ROUND(SUM(B{row}:{_column(years - 1)}{row}),2)", amount)


def _sums(figures: Result, first: int, last: int) -> list[Formula]:
    own = figures.impact()
    found = [
        Formula(f"ROUND(SUM({_column(at)}{first}:{_column(at)}{last}),2)", amount) for at, amount in enumerate(own)
    ]
    return [*found, _across(len(own), last + 1, sum(own))]


def _differences(years: int, row: int) -> list[Formula]:
    """What the changes make of each year: the row of the sums less the one below it, which stands still."""
    return [Formula(f"ROUND({_column(at)}{row}-{_column(at)}{row + 1},2)", 0) for at in range(years + 1)]

"""A file of claims for the ledger, as CSV. docs/ledger_file.md tells it on a page. It is made row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from introduction.domain.ledger import CONTROL
from introduction.domain.table_file import plain
from introduction.store.ledger import LedgerFile, LedgerLine

MIME = "text/csv; charset=utf-8"
COLUMNS = (
    "fil", "rad", "rekvisition", "arende", "enhet", "kostnadsstalle", "budgetar", "budgetrad", "fond", "underlag",
    "period_fran", "period_till", "belopp", "godkand",
)  # fmt: skip
#: So many lines are put together before they are handed on.
_AT_A_TIME = 500


def stream(file: LedgerFile, lines: Iterable[LedgerLine]) -> Iterator[bytes]:
    """The bytes of a file, piece by piece: heading, a row for each line, and a last row with their number and sum.

    The same file gives the same bytes whenever it is asked for. Raises ValueError, before the last row, when the lines
    are not those that the file says.
    """
    into = io.StringIO()
    writer = csv.writer(into, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = total = 0
    for line in lines:
        writer.writerow(row_of(file, line))
        count, total = count + 1, total + line.amount_ore
        if count % _AT_A_TIME == 0:
            yield _taken(into)
    if (count, total) != (file.lines, file.sum_ore):
        raise ValueError(f"ledger file {file.number} has {count} lines of {total} öre")
    writer.writerow((CONTROL, count, amount(total)))
    yield _taken(into)


def amount(ore: int) -> str:
    """An amount in the file: kronor with a decimal comma and always two decimals, ``-1234,50``."""
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole},{rest:02d}"


def row_of(file: LedgerFile, line: LedgerLine) -> tuple[Any, ...]:
    """The cells of a line, in the order of COLUMNS."""
    return (
        file.number,
        line.number,
        plain(line.claim_number),
        plain(line.case_number),
        plain(line.unit),
        plain(line.cost_centre or ""),
        line.budget_year,
        plain(line.budget_line or ""),
        line.held_by,
        line.basis,
        line.period_from.isoformat(),
        line.period_to.isoformat(),
        amount(line.amount_ore),
        line.approved_on.isoformat(),
    )


def _taken(into: io.StringIO) -> bytes:
    piece = into.getvalue().encode()
    into.seek(0)
    into.truncate()
    return piece

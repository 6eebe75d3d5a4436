"""Outcomes as a CSV file: read from one, and written in the same layout. docs/outcome_file.md tells it on a page."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from introduction.domain.errors import Refused
from introduction.domain.messages import say
from introduction.domain.money import parse_kronor
from introduction.domain.outcome import (
    FILE_COLUMNS,
    Fault,
    Given,
    parse_count,
    parse_month,
    parse_quantity,
)
from introduction.domain.swedish import clean
from introduction.domain.table_file import bad, heading, plain, rows_of, typed
from introduction.services.outcome_entry import FileRow, OutcomeFile

#: The most that a file may hold: bytes, and rows under the heading.
MOST_BYTES, MOST_ROWS = 1024 * 1024, 20_000
MIME = "text/csv; charset=utf-8"
_BOM = "\ufeff"
_SPELT = {"ärende": "arende", "månad": "manad", "mängd": "mangd", "källa": "kalla", "kostnad": "kostnad_kr"}


def checksum(data: bytes) -> str:
    """What tells a file from every other: its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> OutcomeFile:
    """A file's rows, with what could not be read in them: row, column, and what to write instead.

    Raises BadFile where there are no rows to read at all.
    """
    if len(data) > MOST_BYTES:
        raise bad(0, say("Filen är större än 1 MB. Dela den i flera"))
    rows = rows_of(data)
    if not rows:
        wanted = ";".join(FILE_COLUMNS.values())
        raise bad(1, say("Filen är tom. Den ska börja med en rubrikrad: {columns}", columns=wanted))
    if len(rows) - 1 > MOST_ROWS:
        raise bad(0, say("Filen har fler än {most} rader. Dela den i flera", most=MOST_ROWS))
    columns = heading(rows[0], FILE_COLUMNS, _SPELT)
    faults: list[Fault] = []
    found = [
        _read_row(number, columns, cells, faults)
        for number, cells in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not found:
        raise bad(2, say("Filen har inga rader under rubriken"))
    return OutcomeFile(found, faults, checksum(data))


def written(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows of case, unit, month, patients, thousandths of quantity, öre and source, in the layout of the file.

    None, which is what is hidden, becomes an empty field.
    """
    into = io.StringIO()
    into.write(_BOM)
    writer = csv.writer(into, delimiter=";", lineterminator="\r\n")
    writer.writerow(FILE_COLUMNS.values())
    for case, unit, month, patients, quantity_milli, cost_ore, source in rows:
        writer.writerow(
            [
                plain(case),
                plain(unit),
                f"{month:%Y-%m}",
                "" if patients is None else patients,
                "" if quantity_milli is None else _decimal(quantity_milli, 3),
                "" if cost_ore is None else _decimal(cost_ore, 2),
                plain(source),
            ]
        )
    return into.getvalue().encode()


# ------------------------------------------------------------------------------------- the parts


def _read_row(number: int, columns: Sequence[str], row: Sequence[str], faults: list[Fault]) -> FileRow:
    """What a row says, as far as it can be read; what cannot goes to the faults."""
    row = list(row)
    while len(row) > len(columns) and not row[-1].strip():
        row.pop()
    if len(row) != len(columns):
        what = say(
            "Raden har {found} fält men rubriken {wanted}. Kontrollera semikolonen",
            found=len(row),
            wanted=len(columns),
        )
        faults.append(Fault(number, "", what))
        return FileRow(number, "", "", None)
    cells = dict(zip(columns, row, strict=True))

    def value(field: str, parse: Callable[[str], Any]) -> Any:
        text = clean(cells[field])
        if not text:
            faults.append(Fault(number, field, say("Fältet är tomt. Fyll i det")))
            return None
        try:
            return parse(text)
        except Refused as refusal:
            faults.append(Fault(number, field, refusal.reasons[0]))
            return None

    case, unit = value("case", str.upper), value("unit", typed)
    before = len(faults)
    given = Given(
        month=value("month", parse_month),
        patients=value("patients", parse_count),
        quantity_milli=value("quantity", parse_quantity),
        cost_ore=value("cost", parse_kronor),
        source=value("source", typed),
    )
    return FileRow(number, case or "", unit or "", given if len(faults) == before else None)


def _decimal(value: int, decimals: int) -> str:
    """A whole number of parts as a Swedish decimal number, without noughts at the end."""
    whole, rest = divmod(abs(value), 10**decimals)
    text = f"{whole},{rest:0{decimals}d}".rstrip("0").rstrip(",")
    return f"-{text}" if value < 0 else text

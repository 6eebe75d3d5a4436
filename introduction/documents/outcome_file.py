"""Outcomes as a CSV file: read from one, and written in the same layout. docs/outcome_file.md tells it on a page."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say
from introduction.domain.money import parse_kronor
from introduction.domain.outcome import (
    FILE_COLUMNS,
    BadFile,
    Fault,
    Given,
    parse_count,
    parse_month,
    parse_quantity,
)
from introduction.domain.swedish import clean, fold
from introduction.services.outcome_entry import FileRow, OutcomeFile

#: The most that a file may hold: bytes, and rows under the heading.
MOST_BYTES, MOST_ROWS = 1024 * 1024, 20_000
MIME = "text/csv; charset=utf-8"
_BOM = "\ufeff"
#: A spreadsheet program takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SPELT = {"ärende": "arende", "månad": "manad", "mängd": "mangd", "källa": "kalla", "kostnad": "kostnad_kr"}
_NOT_CSV = say("Filen är inte en CSV-fil i UTF-8 eller Windows-1252. Spara den som ”CSV UTF-8” och läs in den igen")


def checksum(data: bytes) -> str:
    """What tells a file from every other: its SHA-256."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> OutcomeFile:
    """A file's rows, with what could not be read in them: row, column, and what to write instead.

    Raises BadFile where there are no rows to read at all.
    """
    if len(data) > MOST_BYTES:
        raise _bad(0, say("Filen är större än 1 MB. Dela den i flera"))
    rows = _records(_decoded(data))
    if not rows:
        columns = ";".join(FILE_COLUMNS.values())
        raise _bad(1, say("Filen är tom. Den ska börja med en rubrikrad: {columns}", columns=columns))
    if len(rows) - 1 > MOST_ROWS:
        raise _bad(0, say("Filen har fler än {most} rader. Dela den i flera", most=MOST_ROWS))
    heading = _heading(rows[0])
    faults: list[Fault] = []
    found = [
        _read_row(number, heading, cells, faults)
        for number, cells in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not found:
        raise _bad(2, say("Filen har inga rader under rubriken"))
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
                _plain(case),
                _plain(unit),
                f"{month:%Y-%m}",
                "" if patients is None else patients,
                "" if quantity_milli is None else _decimal(quantity_milli, 3),
                "" if cost_ore is None else _decimal(cost_ore, 2),
                _plain(source),
            ]
        )
    return into.getvalue().encode()


# ------------------------------------------------------------------------------------- the parts


def _bad(row: int, what: Message) -> BadFile:
    return BadFile([Fault(row, "", what)])


def _decoded(data: bytes) -> str:
    if b"\x00" in data:  # also what says that it is UTF-16, or no text at all
        raise _bad(0, _NOT_CSV)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _bad(0, _NOT_CSV)


def _records(text: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    found: list[list[str]] = []
    try:
        found.extend(reader)
    except csv.Error:
        raise _bad(len(found) + 1, say("Raden går inte att läsa. Kontrollera citattecknen")) from None
    return found


def _heading(row: Sequence[str]) -> list[str]:
    """The field that each column holds. Raises BadFile when one is missing, unknown or there twice."""
    called = [fold(cell) for cell in row]
    called = [_SPELT.get(name, name) for name in called]
    while called and not called[-1]:
        called.pop()
    wanted = ";".join(FILE_COLUMNS.values())
    if len(called) == 1 and any(sign in called[0] for sign in ",\t"):
        raise _bad(1, say("Skilj kolumnerna med semikolon. Rubriken ska vara: {columns}", columns=wanted))
    faults = [
        Fault(1, name, say("Kolumnen saknas. Rubriken ska vara: {columns}", columns=wanted))
        for name in FILE_COLUMNS.values()
        if name not in called
    ]
    for at, name in enumerate(called):
        if name not in FILE_COLUMNS.values():
            faults.append(Fault(1, name[:40], say("Kolumnen är okänd. Ta bort den, eller rätta namnet")))
        elif name in called[:at]:
            faults.append(Fault(1, name, say("Kolumnen står två gånger. Ta bort den ena")))
    if faults:
        raise BadFile(faults)
    fields = {name: field for field, name in FILE_COLUMNS.items()}
    return [fields[name] for name in called]


def _read_row(number: int, heading: Sequence[str], row: Sequence[str], faults: list[Fault]) -> FileRow:
    """What a row says, as far as it can be read; what cannot goes to the faults."""
    row = list(row)
    while len(row) > len(heading) and not row[-1].strip():
        row.pop()
    if len(row) != len(heading):
        what = say(
            "Raden har {found} fält men rubriken {wanted}. Kontrollera semikolonen",
            found=len(row),
            wanted=len(heading),
        )
        faults.append(Fault(number, "", what))
        return FileRow(number, "", "", None)
    cells = dict(zip(heading, row, strict=True))

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

    case, unit = value("case", str.upper), value("unit", _typed)
    before = len(faults)
    given = Given(
        month=value("month", parse_month),
        patients=value("patients", parse_count),
        quantity_milli=value("quantity", parse_quantity),
        cost_ore=value("cost", parse_kronor),
        source=value("source", _typed),
    )
    return FileRow(number, case or "", unit or "", given if len(faults) == before else None)


def _typed(text: str) -> str:
    """The text without the mark that keeps a spreadsheet program from taking it for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _decimal(value: int, decimals: int) -> str:
    """A whole number of parts as a Swedish decimal number, without noughts at the end."""
    whole, rest = divmod(abs(value), 10**decimals)
    text = f"{whole},{rest:0{decimals}d}".rstrip("0").rstrip(",")
    return f"-{text}" if value < 0 else text

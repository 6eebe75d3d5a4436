"""CSV files that people and other systems send: text, rows and heading, with what is wrong in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from introduction.domain.messages import Message, say
from introduction.domain.outcome import BadFile, Fault
from introduction.domain.swedish import fold

#: A spreadsheet program takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_CSV = say("Filen är inte en CSV-fil i UTF-8 eller Windows-1252. Spara den som ”CSV UTF-8” och läs in den igen")


def bad(row: int, what: Message) -> BadFile:
    """The refusal of a file for one fault; row 0 is the whole file."""
    return BadFile([Fault(row, "", what)])


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of a file parted by semicolons, in UTF-8 (with or without BOM) or Windows-1252. Raises BadFile."""
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=";", strict=True)
    found: list[list[str]] = []
    try:
        found.extend(reader)
    except csv.Error:
        raise bad(len(found) + 1, say("Raden går inte att läsa. Kontrollera citattecknen")) from None
    return found


def _decoded(data: bytes) -> str:
    if b"\x00" in data:  # also what says that it is UTF-16, or no text at all
        raise bad(0, _NOT_CSV)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise bad(0, _NOT_CSV)


def heading(row: Sequence[str], columns: Mapping[str, str], spelt: Mapping[str, str]) -> list[str]:
    """The field that each column holds; ``columns`` are the names by field, ``spelt`` other spellings of them.

    Raises BadFile when one is missing, unknown or there twice.
    """
    called = [fold(cell) for cell in row]
    called = [spelt.get(name, name) for name in called]
    while called and not called[-1]:
        called.pop()
    names = list(columns.values())
    wanted = ";".join(names)
    if len(called) == 1 and any(sign in called[0] for sign in ",\t"):
        raise bad(1, say("Skilj kolumnerna med semikolon. Rubriken ska vara: {columns}", columns=wanted))
    faults = [
        Fault(1, name, say("Kolumnen saknas. Rubriken ska vara: {columns}", columns=wanted))
        for name in names
        if name not in called
    ]
    for at, name in enumerate(called):
        if name not in names:
            faults.append(Fault(1, name[:40], say("Kolumnen är okänd. Ta bort den, eller rätta namnet")))
        elif name in called[:at]:
            faults.append(Fault(1, name, say("Kolumnen står två gånger. Ta bort den ena")))
    if faults:
        raise BadFile(faults)
    fields = {name: field for field, name in columns.items()}
    return [fields[name] for name in called]


def plain(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def typed(text: str) -> str:
    """The text without the mark that keeps a spreadsheet program from taking it for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text

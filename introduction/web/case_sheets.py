"""What the spreadsheets of a case have in common: the lines over every table, and the word for what is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import Sheet, workbook
from introduction.services.medicines import About


def above(about: About, number: str, *lines: str, example: bool, shows_small: bool = True) -> list[str]:
    """The lines over every table: what the case is about, what is said of it, and what the reader must know."""
    found = [f"{about.medicine}, {number}", about.indication, *lines]
    if example:
        found.append(gettext("Påhittat exempel"))
    if not shows_small:
        found.append(gettext("Antal 1–4 är dolda, med så mycket annat att de inte kan räknas ut."))
    return found


def book(lines: Sequence[str], sheets: Sequence[Sheet]) -> bytes:
    """The sheets that have rows, each with the lines over its table; the first one where none has any."""
    shown = [sheet for sheet in sheets if sheet.rows] or sheets[:1]
    return workbook([replace(sheet, above=[*lines, *sheet.above]) for sheet in shown], title=lines[0])


def or_hidden(value: Any) -> Any:
    """A value that is None only where it is hidden, or the word for that."""
    return gettext("dolt") if value is None else value

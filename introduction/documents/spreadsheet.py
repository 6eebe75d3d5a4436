"""Tables as a spreadsheet. What people wrote is text there, never a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Formats of columns: kronor from whole öre, counts, shares, days, years.
MONEY, COUNT, SHARE, DAY, TEXT, YEAR = "money", "count", "share", "day", "text", "year"
_FORMATS: dict[str, dict[str, Any]] = {
    MONEY: {"num_format": "#,##0.00"},
    COUNT: {"num_format": "#,##0.###"},
    SHARE: {"num_format": "0.0%"},
    DAY: {"num_format": "yyyy-mm-dd", "align": "left"},
    TEXT: {"text_wrap": True, "valign": "top"},
    YEAR: {"num_format": "0", "align": "left"},
}
_GIVEN = {"bg_color": "#dcebed", "border": 1, "border_color": "#0b5563"}
#: What may be typed in such a cell.
_A_NUMBER = {"validate": "decimal", "criteria": "between", "minimum": -1, "maximum": 1000}
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A file that was made twice from the same figures should be the same file.
_ALWAYS = datetime(2000, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True)
class Column:
    """A column: its heading, what its values are, and its width in characters."""

    heading: str
    kind: str = TEXT
    width: int = 18


@dataclass(frozen=True)
class Formula:
    """A formula of ours, with the value that it has now (öre where the column is money)."""

    text: str  #: without the equals sign
    value: float


@dataclass(frozen=True)
class Typed:
    """A value of another kind than its column's: a count among amounts."""

    value: Any
    kind: str


@dataclass(frozen=True)
class Given:
    """A value that the reader is meant to change: coloured, and framed so that it also shows in grey."""

    value: float
    kind: str


@dataclass(frozen=True)
class Sheet:
    """A sheet: a name, lines above the table, columns and rows. Amounts are whole öre and become kronor."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    above: Sequence[str] = ()
    bold: frozenset[int] = field(default_factory=frozenset)  #: the rows that are sums
    headings: frozenset[int] = field(default_factory=frozenset)  #: the rows that head what stands under them


def workbook(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """The sheets as the bytes of an .xlsx file. The same sheets give the same bytes."""
    import xlsxwriter  # the start of the service should not pay for it

    into = io.BytesIO()
    book = xlsxwriter.Workbook(
        into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title, "created": _ALWAYS})
    for sheet in sheets:
        _write(book, book.add_worksheet(sheet_name(sheet.name)), sheet)
    book.close()
    return into.getvalue()


def sheet_name(text: str) -> str:
    """A name that a sheet may have: at most 31 characters, none of those that Excel refuses."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in text)[:31].strip() or "1"


def first_row(sheet: Sheet) -> int:
    """The row number (from 1) of a sheet's first row of values, for formulas that point at it."""
    return len(sheet.above) + (1 if sheet.above else 0) + 2


def _write(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    formats = {kind: book.add_format(how) for kind, how in _FORMATS.items()}
    sums = {kind: book.add_format({**how, "bold": True, "top": 1}) for kind, how in _FORMATS.items()}
    given = {kind: book.add_format({**how, **_GIVEN}) for kind, how in _FORMATS.items()}
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    over = dict.fromkeys(_FORMATS, heading)
    for number, line in enumerate(sheet.above):
        page.write_string(number, 0, line, book.add_format({"bold": number == 0}))
    top = first_row(sheet) - 2
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(top, at, column.heading, heading)
    for number, row in enumerate(sheet.rows):
        chosen = sums if number in sheet.bold else over if number in sheet.headings else formats
        for at, value in enumerate(row):
            kind = sheet.columns[at].kind
            if isinstance(value, Given):
                _cell(page, top + 1 + number, at, value.value, value.kind, given)
                page.data_validation(top + 1 + number, at, top + 1 + number, at, _A_NUMBER)
            elif isinstance(value, Typed):
                _cell(page, top + 1 + number, at, value.value, value.kind, chosen)
            else:
                _cell(page, top + 1 + number, at, value, kind, chosen)
    page.freeze_panes(top + 1, 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _cell(page: Worksheet, row: int, at: int, value: Any, kind: str, formats: dict[str, Any]) -> None:
    scale = 100 if kind == MONEY else 1
    if value is None:
        page.write_blank(row, at, None, formats[kind])
    elif isinstance(value, Formula):
        page.write_formula(row, at, f"={value.text}", formats[kind], value.value / scale)
    elif isinstance(value, date):
        page.write_datetime(row, at, datetime(value.year, value.month, value.day), formats[DAY])  # noqa: DTZ001
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        page.write_number(row, at, value / scale, formats[kind if kind != TEXT else COUNT])
    else:
        page.write_string(row, at, str(value), formats[TEXT])

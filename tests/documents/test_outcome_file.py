"""The file of outcomes: read as people's programs write it, every fault told, and written as it is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.documents.outcome_file import MOST_BYTES, MOST_ROWS, read, written
from introduction.domain.outcome import FILE_COLUMNS, BadFile, Given

HEADING = "arende;enhet;manad;patienter;mangd;kostnad_kr;kalla"
ROW = "VGR-2026-0042;Medicin, NÄL;2026-09;14;14,5;186 400,50;Statistik"
READ = Given(date(2026, 9, 1), 14, 14_500, 18_640_050, "Statistik")
DOCUMENT = Path(__file__).parents[2] / "docs" / "outcome_file.md"


def text_of(*rows: str, heading: str = HEADING) -> bytes:
    return "\r\n".join([heading, *rows]).encode()


def faults(data: bytes) -> list[tuple[int, str]]:
    """The row and column of each fault."""
    try:
        return [(fault.row, fault.column) for fault in read(data).faults]
    except BadFile as refusal:
        return [(fault.row, fault.column) for fault in refusal.faults]


def said(data: bytes) -> str:
    try:
        return "; ".join(str(fault.what) for fault in read(data).faults)
    except BadFile as refusal:
        return str(refusal)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_as_spreadsheet_programs_write_it(encoding: str, end: str) -> None:
    [row] = read(end.join([HEADING, ROW, ""]).encode(encoding)).rows
    assert (row.row, row.case, row.unit, row.given) == (2, "VGR-2026-0042", "Medicin, NÄL", READ)


def test_columns_in_another_order_with_swedish_names_and_padding() -> None:
    data = text_of('"Statistik";186400,5;14,50;14;2026-09;"Medicin, NÄL";vgr-2026-0042;;', ";;;;;;;;", heading=(
        "Källa;Kostnad_kr;Mängd;Patienter;Månad;Enhet;Ärende;;"
    ))  # fmt: skip
    [row] = read(data).rows
    assert (row.case, row.unit, row.given) == ("VGR-2026-0042", "Medicin, NÄL", READ)


def test_rows_are_numbered_as_the_spreadsheet_numbers_them() -> None:
    assert [row.row for row in read(text_of(ROW, "", ROW)).rows] == [2, 4]


def test_every_fault_is_told_with_its_row_and_column() -> None:
    bad = text_of(
        "VGR-2026-0042;Medicin;höst;-1;1,2345;tusen;",
        ROW,
        "VGR-2026-0042;Medicin;2026-09;14;14,5;1",
    )
    columns = ["manad", "patienter", "mangd", "kostnad_kr", "kalla"]
    assert faults(bad) == [*((2, column) for column in columns), (4, "")]
    assert "6 fält men rubriken 7" in said(bad)
    assert [row.given for row in read(bad).rows] == [None, READ, None], "what can be looked up still is"


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("arende;enhet;manad;patienter;mangd;kostnad_kr", [(1, "kalla")]),
        (f"{HEADING};rabatt", [(1, "rabatt")]),
        (f"{HEADING};enhet", [(1, "enhet")]),
        (HEADING.replace(";", ","), [(1, "")]),
    ],
)
def test_a_heading_that_is_wrong(heading: str, found: list[tuple[int, str]]) -> None:
    assert faults(text_of(ROW, heading=heading)) == found


def test_a_file_parted_by_commas_is_told_so() -> None:
    assert "Skilj kolumnerna med semikolon" in said(text_of(ROW, heading=HEADING.replace(";", ",")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        text_of(),
        text_of("", ";;;;;;"),
        f"{HEADING}\n{ROW}".encode("utf-16"),
        b"PK\x03\x04\x00\x00 an xlsx file",
        text_of('VGR-2026-0042;"Medicin;2026-09;1;1;1;x'),
        b"\x81\x8d\x8f\x90\x9d",
        HEADING.encode() + b"\n" + b"x" * MOST_BYTES,
        text_of(*[ROW] * (MOST_ROWS + 1)),
        text_of('"' + "x" * 200_000 + '";b;2026-09;1;1;1;x'),
    ],
    ids=["empty", "bom", "heading only", "blank", "utf-16", "xlsx", "open quote", "binary", "large", "long", "wide"],
)
def test_what_is_no_file_of_outcomes_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile):
        read(data)


def test_what_is_written_can_be_read() -> None:
    rows = [
        ("VGR-2026-0042", 'Enhet; "med" tecken', date(2026, 9, 1), 14, 14_500, 18_640_050, "=SUMMA(A1)"),
        ("VGR-2026-0042", "Annan", date(2026, 10, 1), 0, 0, -100, "-"),
    ]
    data = written(rows)
    found = read(data)
    assert not found.faults
    assert [(row.case, row.unit) for row in found.rows] == [(row[0], row[1]) for row in rows]
    assert [row.given for row in found.rows] == [Given(row[2], row[3], row[4], row[5], row[6]) for row in rows]
    assert b"'=SUMMA" in data, "a spreadsheet program takes it for text"
    assert data.startswith(b"\xef\xbb\xbf")


@given(st.integers(0, 10**6), st.integers(0, 10**12 - 1), st.integers(-(10**12), 10**12))
def test_no_figure_changes_on_its_way(patients: int, quantity_milli: int, cost_ore: int) -> None:
    [row] = read(written([("A", "B", date(2026, 9, 1), patients, quantity_milli, cost_ore, "C")])).rows
    assert row.given == Given(date(2026, 9, 1), patients, quantity_milli, cost_ore, "C")


def test_what_is_hidden_is_left_empty() -> None:
    data = written([("A", "B", date(2026, 9, 1), None, None, None, "C")]).decode("utf-8-sig")
    assert data.splitlines()[1] == "A;B;2026-09;;;;C"


def test_the_document_says_what_is_read() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    example = text.split("```")[1].strip()
    assert example.splitlines()[0] == ";".join(FILE_COLUMNS.values())
    found = read(example.encode())
    assert not found.faults
    assert [row.given.patients for row in found.rows if row.given] == [14, 0]
    assert all(f"| `{column}` |" in text for column in FILE_COLUMNS.values())
    assert f"{MOST_ROWS:,} rows" in text

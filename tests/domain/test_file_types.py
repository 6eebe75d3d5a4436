"""What an attached file is, is told from what is in it: a name deceives nobody."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain import file_types
from introduction.domain.file_types import FileType, named, program_ending, sniff
from tests import files


def of(content: bytes, name: str = "underlag") -> FileType | None:
    return sniff(io.BytesIO(content), name)


def workbook() -> bytes:
    made = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Påhittumab"
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.PDF, file_types.PDF),
        (files.PNG, file_types.PNG),
        (files.JPEG, file_types.JPEG),
        (workbook(), file_types.XLSX),
        (files.office(files.XLSX_MAIN), file_types.XLSX),
        (files.office(files.DOCX_MAIN), file_types.DOCX),
        (files.open_document("spreadsheet"), file_types.ODS),
        (files.open_document("text"), file_types.ODT),
        ("Åtgärd\tpris\r\n".encode(), file_types.TEXT),
        ("Åtgärd kostar 5 € – ungefär".encode("cp1252"), file_types.TEXT),
        ("å".encode() * 100_000, file_types.TEXT),
    ],
)
@pytest.mark.parametrize("name", ["underlag", "underlag.exe", "underlag.pdf"])
def test_what_is_taken_is_known_by_its_content(content: bytes, kind: FileType, name: str) -> None:
    assert of(content, name) == kind


def test_the_name_only_tells_csv_from_other_text() -> None:
    assert of(files.CSV, "Faktura.CSV") == file_types.CSV
    assert of(files.CSV, "faktura.txt") == file_types.TEXT
    assert of(files.PNG, "faktura.csv") == file_types.PNG


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"#!/bin/sh\nrm -rf /\n",
        b"<!DOCTYPE html><title>Faktura</title>",
        b"  \n<html>",
        b"\xef\xbb\xbf<p>hej</p>",
        b"belopp;1\n<script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><svg/>',
        b"{\\rtf1 hej}",
        b"GIF89a\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"text\x00med noll",
        b"text\x1bmed styrtecken",
        b"a" * 200_000 + b"\x07",
        b"\x81\x8d",
        "hej".encode("utf-16"),
        b" \n ",
        b"",
        files.archive({"a.txt": b"a"}),
        files.archive({}),
        files.office(files.XLSX_MAIN, "xl/vbaProject.bin"),
        files.office(files.XLSX_MAIN, "xl/macrosheets/sheet1.xml"),
        files.office("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        files.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        files.open_document("spreadsheet", "Basic/script-lc.xml"),
        files.open_document("text", "Scripts/python/a.py"),
        files.open_document("presentation"),
        files.office(files.XLSX_MAIN)[:-30],
        b"MZ\x90\x00" + files.office(files.XLSX_MAIN),
        files.archive({"[Content_Types].xml": files.XLSX_MAIN.encode()}, comment=b"anything"),
    ],
)
@pytest.mark.parametrize("name", ["faktura.pdf", "faktura.xlsx", "faktura.csv"])
def test_what_is_not_taken_is_refused_under_any_name(content: bytes, name: str) -> None:
    assert of(content, name) is None


def test_a_list_of_contents_that_fills_the_memory_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = bytearray(files.office(files.XLSX_MAIN))
    made[-10:-6] = (2 * 1024 * 1024).to_bytes(4, "little")
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert of(bytes(made)) is None


@given(
    st.sampled_from([b"", b"PK\x03\x04", files.office(files.XLSX_MAIN), files.open_document("text")]),
    st.binary(max_size=60),
    st.integers(0, 400),
)
def test_nothing_makes_it_stumble(start: bytes, junk: bytes, at: int) -> None:
    of(start[:at] + junk + start[at + len(junk) :])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("faktura.pdf", "faktura.pdf"),
        ("Faktura 2027-04.PDF", "Faktura 2027-04.PDF"),
        (r"C:\Users\anna\faktura.pdf", "faktura.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("fak\r\n\ttu\x00ra.pdf", "fak tura.pdf"),
        ("faktura\u202efdp", "faktura fdp.pdf"),
        ("a\u030arsrapport.pdf", "årsrapport.pdf"),
        ("faktura.txt", "faktura.pdf"),
        ("faktura.pdf.TXT", "faktura.pdf"),
        ("Bokslut 2026.mars", "Bokslut 2026.mars.pdf"),
        (".txt", "fil.pdf"),
        (" .. ", "fil.pdf"),
        (".pdf", "fil.pdf"),
        ("", "fil.pdf"),
        ("å" * 300 + ".pdf", "å" * 196 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_hidden_signs(name: str, kept: str) -> None:
    assert named(name, file_types.PDF) == kept


def test_a_picture_keeps_the_ending_that_it_has() -> None:
    assert named("bild.JPEG", file_types.JPEG) == "bild.JPEG"
    assert named("bild.png", file_types.JPEG) == "bild.jpg"


@pytest.mark.parametrize("name", ["a.exe", "A.EXE", "faktura.pdf.exe", "faktura\u202efdp.exe", "a.bat", "a.js. . "])
def test_a_name_by_which_a_computer_would_run_the_file_is_known(name: str) -> None:
    assert program_ending(name)


@pytest.mark.parametrize("name", ["faktura.pdf", "faktura.exe.txt", "exe", "Utfall.mars", ""])
def test_other_names_are_no_programs(name: str) -> None:
    assert program_ending(name) is None

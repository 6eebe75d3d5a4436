"""Analyses of every kind for tests of their documents, and what a PDF or a spreadsheet says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from page import validate_pdf_bytes
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from introduction.domain.roles import Role
from introduction.services import cases
from introduction.services.analysis_file import AnalysisFile, analysis_file
from introduction.services.cases import Roots
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from tests.analyses import add_approved
from tests.pricing import approved, drafted
from tests.world import VGR, World


def read(world: World, number: str, analysis: int = 1) -> AnalysisFile:
    """The file of an analysis as the coordinator reads it."""
    return analysis_file(world.desk(Role.COORDINATOR), number, analysis)


def asked(world: World, medicine: str = "Nordivumab", **changed: str) -> AnalysisFile:
    """An approved analysis made of answers to the questions."""
    case = _case(world, medicine)
    approved(world, case, **changed)
    return read(world, case.number)


def draft(world: World, medicine: str = "Nordivumab", **changed: str) -> AnalysisFile:
    """A draft."""
    case = _case(world, medicine, example=True)
    drafted(world, case, **changed)
    return read(world, case.number)


def own(world: World, model: Mapping[str, Any], medicine: str = "Examplumab") -> AnalysisFile:
    """An approved analysis of a model of one's own."""
    case = world.start_case(medicine, "svår migrän")
    add_approved(world.session, case.instance.id, world.clock.now, dict(model))
    return read(world, case.number)


def _case(world: World, medicine: str, *, example: bool = False) -> Subject:
    roots = Roots(nominating_unit_id=world.units[VGR]["lung"].id, example=example)
    about = About.typed(medicine, "svår eosinofil astma")
    return cases.start(world.desk(Role.COORDINATOR), f"{VGR}.new_medicine", "horizon_scan", about, roots=roots)


# ------------------------------------------------------------------------------------- what a PDF says


@dataclass
class Pdf:
    """A PDF, with what it says of itself."""

    reader: PdfReader

    @classmethod
    def of(cls, content: bytes) -> Pdf:
        return cls(PdfReader(io.BytesIO(content)))

    @property
    def pages(self) -> list[str]:
        """The words of each page, with single spaces and without the places where a line may break."""
        return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        """The words of all pages."""
        return " ".join(self.pages)

    @property
    def root(self) -> DictionaryObject:
        found = self.reader.trailer["/Root"].get_object()
        assert isinstance(found, DictionaryObject)
        return found

    @property
    def about(self) -> str:
        """What it says of itself as XMP."""
        return str(self.root["/Metadata"].get_object().get_data().decode())

    def tags(self) -> Iterator[DictionaryObject]:
        """Every element of its structure, from first to last."""
        yield from below(self.root["/StructTreeRoot"].get_object())

    def fonts(self) -> Iterator[DictionaryObject]:
        """Every font that a page or a drawing in it uses."""
        for page in self.reader.pages:
            yield from _fonts(page["/Resources"].get_object())

    def amounts(self) -> list[list[str]]:
        """The figures of the last table, row by row: amounts with two decimals."""
        lines = self.reader.pages[-1].extract_text().splitlines()
        rows = [re.findall(r"−?\d{1,3}(?:[ \u00a0,]\d{3})*[.,]\d{2}(?!\d)", line) for line in lines]
        return [row for row in rows if len(row) > 2]


_STREAM = re.compile(rb"/Length (\d+)\b(?:(?!endobj).)*?>>\s*stream\n", re.DOTALL)


def faults(content: bytes) -> list[str]:
    """What a validator that is not ours finds wrong by PDF/UA-1 and PDF/A-3a.

    Where the last byte of a stream happens to be a carriage return, it takes that for a part of the line break that
    follows and finds the stream too short. So the lengths are measured here.
    """
    reports = [validate_pdf_bytes(content, profile=profile) for profile in ("ua1", "3a")]
    found = [f"{one.rule_id}: {one.message}" for report in reports for one in report.failures]
    return [fault for fault in found if "STREAM-LENGTH" not in fault or not _lengths_hold(content)]


def _lengths_hold(content: bytes) -> bool:
    starts = list(_STREAM.finditer(content))
    ends = [start.end() + int(start.group(1)) for start in starts]
    return bool(ends) and all(content[end:].startswith(b"\nendstream") for end in ends)


def below(node: Any) -> Iterator[DictionaryObject]:
    """A tag and every tag inside it, from first to last."""
    if isinstance(node, list):
        for one in node:
            yield from below(one.get_object())
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from below(node["/K"].get_object())


def _fonts(resources: Any) -> Iterator[DictionaryObject]:
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for drawing in resources.get("/XObject", {}).values():
        inner = drawing.get_object().get("/Resources")
        if inner is not None:
            yield from _fonts(inner.get_object())


# ------------------------------------------------------------------------------------- what a spreadsheet says


def cells(content: bytes, *, formulas: bool = False) -> dict[str, list[list[Any]]]:
    """The values of every sheet, row by row; with ``formulas`` the formulas instead of what they came to."""
    book = load_workbook(io.BytesIO(content), data_only=not formulas)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


class Calculator:
    """Works out the formulas of a workbook: SUMIFS, SUM and ROUND, from the values of its cells."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(io.BytesIO(content))

    def value(self, sheet: str, place: str) -> Any:
        """What a cell is, or what its formula comes to."""
        found = self.book[sheet][place].value
        if not (isinstance(found, str) and self.book[sheet][place].data_type == "f"):
            return found
        said = re.sub(r"'([^']+)'!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)", r'several("\1","\2",\3,\4)', found[1:])
        said = re.sub(r"(?<![\"A-Z$])([A-Z]+)(\d+):([A-Z]+)(\d+)", r'block("\1",\2,"\3",\4)', said)
        said = re.sub(r"(?<![\"A-Z])\$?([A-Z])\$?(\d+)(?![\d\"])", r'one("\1\2")', said)
        known = {
            "several": lambda name, column, first, last: [
                self.value(name, f"{column}{row}") for row in range(first, last + 1)
            ],
            "block": lambda a, first, b, last: [
                self.value(sheet, f"{chr(column)}{row}")
                for column in range(ord(a), ord(b) + 1)
                for row in range(first, last + 1)
            ],
            "one": lambda name: self.value(sheet, name) or 0,
            "SUMIFS": _sum_ifs,
            "SUM": sum,
            "ROUND": lambda value, decimals: round(value + (1e-9 if value >= 0 else -1e-9), decimals),
        }
        return eval(said, {"__builtins__": {}}, known)


def _sum_ifs(amounts: list[float], *conditions: Any) -> float:
    pairs = list(zip(conditions[::2], conditions[1::2], strict=True))
    return sum(amount for at, amount in enumerate(amounts) if all(column[at] == wanted for column, wanted in pairs))

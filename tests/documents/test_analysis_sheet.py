"""The spreadsheet of an analysis: the figures of its page to the öre, and a sheet that computes as the model does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from introduction.documents import analysis_sheet
from introduction.domain.budget import reading
from introduction.domain.budget.model import by_year, run
from introduction.domain.budget.result import Result
from introduction.services.analysis_file import AnalysisFile
from tests.analyses import plain_model
from tests.databases import WORLD, Databases
from tests.documents.analysis_files import Calculator, asked, cells, draft, own
from tests.world import World

SHEETS = [
    "Sammanfattning", "Indata", "Kostnad per år", "Förvaltningar", "Patienter", "Känslighet", "Scenarier", "Månader",
    "Pröva", "Celler",
]  # fmt: skip
TRIAL = "Pröva"


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A document does not know where its figures were kept: one kind of database is enough."""
    made = databases.sqlite(tmp_path, WORLD)
    yield made
    made.dispose()


def figures(file: AnalysisFile) -> Result:
    """The analysis's figures."""
    assert file.figures is not None, file.problems
    return file.figures


def sheet(file: AnalysisFile, language: str = "sv") -> bytes:
    """The workbook's bytes."""
    return analysis_sheet.sheet(file, figures(file), language)


def row(rows: list[list[Any]], label: str, at: int = 0) -> list[Any]:
    """The values of a row by its label, up to its last value."""
    found = [one for one in rows if one[0] == label][at]
    return [value for value in found[1:] if value is not None]


def kronor(values: Any) -> list[float]:
    """Öre as the sheet has them, with the sum of all years."""
    return [value / 100 for value in (*values, sum(values))]


def test_each_sheet_has_its_subject(world: World) -> None:
    found = cells(sheet(asked(world)))
    assert list(found) == SHEETS
    for name, rows in found.items():
        assert rows[0][0] == "Nordivumab, VGR-2026-0001", name
        assert rows[2][0] == (
            "Kronor, listpris utan moms. Priserna är de angivna, utan uppräkning och utan diskontering. "
            "Återbäring ingår inte."
        ), name


def test_amounts_are_those_of_the_analysis_to_the_ore(world: World) -> None:
    file = asked(world)
    known, found = figures(file), cells(sheet(file))
    cost = found["Kostnad per år"]
    assert row(cost, "Ny behandling") == kronor(known.gross_new)
    assert row(cost, "Ersatt behandling") == kronor(known.displaced)
    assert row(cost, "Merkostnad") == kronor(known.impact())
    assert row(cost, "Summa utan") == kronor(known.world("without"))
    assert row(cost, "Summa med") == kronor(known.world("with"))
    impact = cost.index(next(one for one in cost if one[0] == "Merkostnad"))
    low, high = cost[impact + 1], cost[impact + 2]
    assert low[1:] == [value / 100 for value in (*known.ranges["impact"].low, known.ranges["cumulative"].low[0])]
    assert high[1:] == [value / 100 for value in (*known.ranges["impact"].high, known.ranges["cumulative"].high[0])]
    assert row(found["Scenarier"], "Långsammare start") == [
        *kronor(known.scenarios[0].impact),
        "Få mottagningar kan ge läkemedlet i början",
    ]


def test_the_cells_add_up_to_every_year(world: World) -> None:
    file = asked(world)
    known, rows = figures(file), cells(sheet(file))["Celler"]
    parts = [one for one in rows if isinstance(one[7], int)]
    assert len(parts) == len(known.cells) * len(known.years)
    for at, year in enumerate(known.years):
        ore = [round(one[10] * 100) for one in parts if one[7] == year]
        assert sum(ore) == known.impact()[at]
    assert all(round(one[10] * 100) == round(one[9] * 100) - round(one[8] * 100) for one in parts)


def test_assumptions_stand_there_with_their_evidence(world: World) -> None:
    rows = cells(sheet(asked(world)))["Indata"]
    price = next(one for one in rows if one[1] == "Pris per dos")
    assert price[2:5] == ["12 400\u00a0kr", "11 000–14 000", "Listpris, AIP utan moms"]
    assert price[5] == datetime(2026, 11, 23)
    assert price[7] == "granskat"


def test_the_plan_stands_there_month_by_month(world: World) -> None:
    file = asked(world)
    rows = [one for one in cells(sheet(file))["Månader"] if isinstance(one[0], datetime)]
    monthly = figures(file).monthly
    assert [one[0] for one in rows[:2]] == [datetime(2027, 1, 1), datetime(2027, 2, 1)]
    assert [round(one[1] * 100) for one in rows] == list(monthly.cost)
    assert [round(one[5] * 100) for one in rows] == list(monthly.so_far_range.high)
    assert [one[7] for one in rows] == pytest.approx(list(monthly.quantity))


def test_both_ends_of_each_assumption_stand_there(world: World) -> None:
    file = asked(world)
    rows = cells(sheet(file))["Känslighet"]
    widest = next(one for one in rows if one[0] == "Har sjukdomen i dag")
    lever = next(one for one in figures(file).levers if one.path == "prevalence")
    assert widest[1:3] == ["4\u00a0per 100 000", "7\u00a0per 100 000"]
    assert [round(value * 100) for value in widest[3:]] == [*lever.at_low, *lever.at_high]


def test_a_draft_says_so_on_every_sheet(world: World) -> None:
    for rows in cells(sheet(draft(world))).values():
        assert rows[3][0] == "Utkast. Påhittat exempel"


def test_the_same_analysis_gives_the_same_bytes(world: World) -> None:
    file = asked(world)
    assert sheet(file) == sheet(file)


def test_amounts_in_sentences_follow_the_language(world: World) -> None:
    file = asked(world)
    for language, sign in (("sv", ","), ("en", ".")):
        words = [str(one[1]) for one in next(iter(cells(sheet(file, language)).values())) if one[1] is not None]
        assert any(re.search(rf"\d{re.escape(sign)}\d\u00a0mnkr (in )?2029", text) for text in words)


# ------------------------------------------------------------------------------------- the sheet that computes


def places(content: bytes) -> tuple[list[str], int]:
    """Where the three changes are typed, and the row of the whole extra cost."""
    rows = cells(content)[TRIAL]
    first = next(at for at, one in enumerate(rows, start=1) if one[0] == "Det nya läkemedlets pris")
    impact = next(at for at, one in enumerate(rows, start=1) if one[0] == "Merkostnad")
    return [f"B{first + at}" for at in range(3)], impact


def computed(content: bytes, years: int, **changes: float) -> list[float]:
    """What the sheet makes of the extra cost of each year, with something typed in: price, patients, others."""
    boxes, impact = places(content)
    calculator = Calculator(content)
    for name, box in zip(("price", "patients", "others"), boxes, strict=True):
        assert calculator.book[TRIAL][box].value == 0
        calculator.book[TRIAL][box].value = changes.get(name, 0)
    return [calculator.value(TRIAL, f"{chr(ord('B') + at)}{impact}") for at in range(years + 1)]


def test_with_no_change_it_comes_to_the_analysis_own_figures(world: World) -> None:
    for file in (asked(world), own(world, plain_model(years=3, monthly_kr=33_333.33))):
        content, years = sheet(file), figures(file).years
        assert computed(content, len(years)) == kronor(figures(file).impact())


def test_every_formula_comes_to_the_value_that_stands_there(world: World) -> None:
    content = sheet(asked(world))
    calculator, shown = Calculator(content), load_workbook(io.BytesIO(content), data_only=True)
    found = [one for rows in calculator.book[TRIAL].iter_rows() for one in rows if one.data_type == "f"]
    assert len(found) == 6 * 6
    for one in found:
        assert calculator.value(TRIAL, one.coordinate) == pytest.approx(shown[TRIAL][one.coordinate].value, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "values"),
    [
        ({"price": 0.1}, {"treatment.medicine.cost.0.amount": 11_000}),
        ({"patients": -0.2}, {"group.new.population": 80}),
        ({"others": 0.5}, {"treatment.older.cost.0.amount": 3_000}),
        (
            {"price": -0.3, "patients": 0.25, "others": -0.1},
            {
                "treatment.medicine.cost.0.amount": 7_000,
                "group.new.population": 125,
                "treatment.older.cost.0.amount": 1_800,
            },
        ),
    ],
)
def test_a_change_gives_what_the_model_gives(world: World, changes: dict[str, float], values: dict[str, float]) -> None:
    model = plain_model()
    model["treatment"][0]["cost"].append({"category": "monitoring", "per": "year", "amount": 5_000})
    file = own(world, model)
    changed = by_year(run(reading.with_values(reading.of_data(model), values)).impact())[:, 0]
    assert computed(sheet(file), 5, **changes)[:5] == pytest.approx(list(changed), abs=0.1)


def test_what_is_changed_is_coloured_and_takes_numbers_only(world: World) -> None:
    content = sheet(asked(world))
    page = load_workbook(io.BytesIO(content))[TRIAL]
    boxes, _impact = places(content)
    for box in boxes:
        assert page[box].fill.fgColor.rgb == "FFDCEBED"
        assert any(box in one.sqref for one in page.data_validations.dataValidation)
    assert "Det simulerar inte" in " ".join(str(one[0].value) for one in page.iter_rows())


def test_what_people_wrote_is_never_a_formula(world: World) -> None:
    nasty = "=1+1"
    model = plain_model() | {
        "title": nasty,
        "scenario": [{"name": "=A1", "reason": "+2", "set": {"group.new.uptake.to": 0.3}}],
    }
    model["treatment"][0]["title"] = '=HYPERLINK("http://x.example")'
    model["group"][0]["population"]["source"] = "@SUM(A1)"
    content = sheet(own(world, model, "=2*2"))
    book = load_workbook(io.BytesIO(content))
    formulas = [one for page in book for rows in page.iter_rows() for one in rows if one.data_type == "f"]
    assert {one.parent.title for one in formulas} == {TRIAL}
    assert all(str(one.value).startswith("=ROUND(") for one in formulas)
    texts = {str(one.value) for page in book for rows in page.iter_rows() for one in rows if one.data_type == "s"}
    assert {"=A1", "+2", "@SUM(A1)", 'Med: =HYPERLINK("http://x.example")'} <= texts
    assert not [one for page in book for rows in page.iter_rows() for one in rows if one.hyperlink]

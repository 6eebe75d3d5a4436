"""The council's conclusion: what it says, and the units side by side that it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from introduction.documents.charts.drawing import draw
from introduction.documents.follow_up_conclusion import CONCLUSIONS, Counts, UnitFigures, conclusion
from introduction.documents.layout import Picture
from introduction.domain.fields.choices import FOLLOW_UP_OUTCOMES
from tests.documents.analysis_files import Pdf
from tests.documents.printed_matter import KR, conclusion_told


def text(language: str = "sv", **changed: Any) -> str:
    return Pdf.of(conclusion(conclusion_told(**changed), language)).text


def test_it_tells_the_conclusion_and_what_it_rests_on() -> None:
    said = text()
    for told in (
        "Uppföljning, VGR-2026-0007",
        "Införandet justeras. En enhet har inte rapporterat.",
        "Indikation svår eosinofil astma hos vuxna",
        "Uppföljd period 1 juni 2025 – 30 november 2026",
        "Slutsats av Program- och prioriteringsrådet Datum 21 januari 2027 Paragraf § 7",
        "Användningen är ojämn mellan enheterna.",
        "Mål Jämlikt införande Mäts med Patienter per 100 000 invånare Källa Kvalitetsregistret Ska nå högst 20 %",
        "Norra sjukhuset 4 per 100 000",
        "Inget utfall är rapporterat.",
        "Sjukhuset i väster 24 19 5 96 %",
        "Norra sjukhuset 8 7 1–4 saknas",
        "Östra saknas saknas saknas saknas",
        "Alla enheter 32 26 6 94 %",
        "Sjukhuset i väster 3 100 250 2 900 000 107 %",
        "Östra saknas 800 000 saknas",
        "Summa av det som är känt 4 104 251 5 200 000 saknas",
        "Östra, skulle ha rapporterat 15 december 2026",
        "Norra sjukhuset: Få tider på mottagningen",
    ):
        assert told in said, told


def test_when_all_have_reported_the_sums_are_compared() -> None:
    units = tuple(
        replace(one, cost_ore=one.forecast_ore, counts=one.counts or Counts("9", "9", "0"))
        for one in conclusion_told().units
    )
    said = text(units=units, missing=())
    assert "Alla enheter har rapporterat." in said and "Ingen rapport saknas." in said
    assert "Summa 5 200 000 5 200 000 100 %" in said


def test_who_has_never_reported_and_who_is_late_are_told_apart() -> None:
    one, two, three = conclusion_told().units
    assert "En enhet har inte rapporterat." in text(missing=()), "it is not asked to yet"
    assert "Ingen enhet har rapporterat." in text(units=(three,), missing=(), followed_to=None)
    late = "Alla enheter har rapporterat, men den senaste rapporten saknas från 1."
    assert late in text(units=(one, two), missing=conclusion_told().missing)


def test_what_is_not_there_is_told() -> None:
    said = text(goals=(), units=(), together=None, missing=(), obstacles=(), section="", reasons="")
    for told in (
        "Ingen enhet har rapporterat.",
        "Skäl saknas",
        "Inga mål är angivna för uppföljningen.",
        "Inga behandlande enheter är utsedda.",
        "Inga hinder är rapporterade.",
    ):
        assert told in said, told
    assert "Paragraf" not in said


@pytest.mark.parametrize("outcome", FOLLOW_UP_OUTCOMES)
def test_every_conclusion_has_its_sentence(outcome: str) -> None:
    assert CONCLUSIONS[outcome].text in text(outcome=outcome)


def test_a_chart_stands_there_with_its_finding() -> None:
    spec = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a", "type": "quantitative"}}}
    chart = Picture("units", draw(spec, spec, "Norra sjukhuset har färre patienter än väntat", spec))
    made = Pdf.of(conclusion(conclusion_told(chart=chart), "sv"))
    figures = [tag for tag in made.tags() if tag["/S"] == "/Figure"]
    assert [str(one["/Alt"]) for one in figures] == ["Norra sjukhuset har färre patienter än väntat"]


def test_thirty_units_go_on_over_the_pages_and_add_up() -> None:
    units = tuple(
        UnitFigures(f"Verksamhet {at:02}", Counts("12", "1–4", "8"), at * 123_456_7, at * 234_567_8)
        for at in range(1, 31)
    )
    made = Pdf.of(conclusion(conclusion_told(units=units, goals=(), missing=()), "en"))
    rows = [line.split() for page in made.reader.pages for line in page.extract_text().splitlines()]
    money = [row for row in rows if (row[:1] == ["Verksamhet"] and row[-1].endswith("%")) or row[:1] == ["Total"]]
    shown = [[int(cell.replace(",", "")) for cell in row if "," in cell] for row in money]
    assert len(shown) == 31
    assert [sum(column) for column in zip(*shown[:-1], strict=True)] == shown[-1]
    assert shown[-1] == [round(sum(one.cost_ore or 0 for one in units) / KR), 10_907_403]
    assert sum("Verksamhet" in page for page in made.pages) > 1

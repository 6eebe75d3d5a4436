"""The handover document: who takes over which cost from when, who confirmed, and what stays."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from introduction.documents.handover_document import Answer, DecisionTold, Forecast, UnitTakingOver, handover
from tests.documents.analysis_files import Pdf
from tests.documents.printed_matter import KR, handover_told


def text(language: str = "sv", **changed: Any) -> str:
    return Pdf.of(handover(handover_told(**changed), language)).text


def test_it_tells_who_takes_over_what_from_when() -> None:
    said = text()
    for told in (
        "Överlämning, VGR-2026-0007",
        "3 enheter tar över kostnaden den 1 juni 2027. 1 har bekräftat. 1 har en invändning. 1 har inte svarat.",
        "Beslut Beviljad med villkor Beslutat av Operativa hälso- och sjukvårdsnämnden",
        "Paragraf § 112 Diarienummer HSN 2025-00123",
        "– Behandlingen ges på mottagning.",
        "Införandet fortsätter som hittills. Slutsatsen drogs av Program- och prioriteringsrådet den 21 januari 2027.",
        "Målen är nådda på alla enheter utom en.",
        "Intervallet rymmer utfallet med 80 % sannolikhet.",
        "Sjukhuset i väster 3 100 251 2 000 001 1 700 000–2 400 000 2 000 000",
        "Norra sjukhuset 1 004 000 700 000 500 000–1 000 000 650 000",
        "Östra 0 saknas saknas saknas",
        "Summa av det som är känt 4 104 251 2 700 001 2 650 000",
        "Sjukhuset i väster bekräftad Åsa Öberg 8 februari 2027",
        "Norra sjukhuset invändning Johan Sand 10 februari 2027",
        "Östra inget svar",
        "Kostnadsansvaret är inte överlämnat än.",
        "Läget den 1 mars 2027",
        "Skäl från Norra sjukhuset: – Utrymmet räcker inte till de patienter som redan har börjat.",
        "Beslut Enheterna tillfrågas på nytt Beslutat av Program- och prioriteringsrådet Beslutsdag 18 februari 2027 "
        "Paragraf § 14 Diarienummer HSN 2025-00123 Utrymmet prövas igen när utfallet för våren är känt.",
        "Norra sjukhuset Introduktionsmedlen Norra sjukhuset 1 juni 2027",
        "Introduktionsmedel betalas inte för dem.",
        "Kostnaden stannar hos Koncernkontoret och ingår inte i enheternas belopp ovan.",
        "Privata specialister med nationell taxa 90 000 40 000–150 000",
        "Användningen och kostnaden bevakas till och med 31 maj 2028.",
    ):
        assert told in said, told


def test_what_stays_central_is_kept_apart_from_the_units() -> None:
    with_it, without = text(), text(remaining=())
    assert "Summa av det som är känt 4 104 251 2 700 001" in with_it and "Summa av det som är känt 4 104 251" in without
    assert "Summa 90 000" in with_it
    assert "Ingen kostnad stannar hos Koncernkontoret." in without


def test_what_is_not_there_is_told() -> None:
    said = text(
        units=(), remaining=(), conclusion=None, watched_until=None, level=None, decision=DecisionTold("", None, "")
    )
    for told in (
        "Ingen enhet tar över kostnaden.",
        "Bevakas till och med saknas",
        "Beslut saknas Beslutat av saknas Beslutsdag saknas",
        "Beslutet är inte förenat med några villkor.",
        "Ingen slutsats är dragen.",
        "Inga behandlande enheter är utsedda.",
        "Ingen enhet har tillfrågats.",
        "Ingen betalare byts.",
        "Ingen bevakning är bestämd.",
    ):
        assert told in said, told


def test_one_unit_and_units_on_different_days() -> None:
    first, second = (UnitTakingOver(f"Enhet {at}", "Fonden", f"Enhet {at}", date(2027, 5 + at, 1), 0) for at in (1, 2))
    assert "En enhet tar över kostnaden den 1 juni 2027." in text(units=(first,))
    assert "2 enheter tar över kostnaden, den första den 1 juni 2027." in text(units=(second, first))


def test_what_has_been_handed_over_says_when() -> None:
    said = text(done=True)
    assert "Överlämnat 1 mars 2027" in said and "inte överlämnat än" not in said


def test_an_objection_without_a_reason_or_a_decision_says_so() -> None:
    objecting = UnitTakingOver(
        "Enhet", "Fonden", "Enhet", date(2027, 6, 1), 0, answer=Answer("objection", "Johan Sand", date(2027, 2, 1))
    )
    said = text(units=(objecting,), rulings=())
    assert "Skäl från Enhet: – saknas" in said and "Rådet har inte beslutat om dem än." in said
    assert "Rådets beslut om invändningar" not in said


def test_thirty_units_go_on_over_the_pages_and_add_up() -> None:
    confirmed = Answer("confirmed", "Anna-Karin Långtefternamnsson", date(2027, 2, 1))
    units = tuple(
        UnitTakingOver(
            f"Verksamhet {at:02}", "Introduktionsmedlen", f"Verksamhet {at:02}", date(2027, 6, 1), at * 1_234_567_89,
            Forecast(at * 2_345_678_91), at * 3_000_000_00, confirmed,
        )
        for at in range(1, 31)
    )  # fmt: skip
    made = Pdf.of(handover(handover_told(units=units), "en"))
    rows = [line.split() for page in made.reader.pages for line in page.extract_text().splitlines()]
    money = [[int(cell.replace(",", "")) for cell in row if re.fullmatch(r"[\d,]*,\d{3}", cell)] for row in rows]
    found = [row for row in money if len(row) == 3]
    assert len(found) == 31
    assert [sum(column) for column in zip(*found[:-1], strict=True)] == found[-1]
    whole = [sum(one.paid_ore for one in units), sum(one.forecast.ore for one in units if one.forecast)]
    assert found[-1] == [*(round(ore / KR) for ore in whole), 1_395_000_000]
    assert made.text.count("Verksamhet 30") >= 3
    assert sum("Verksamhet" in page for page in made.pages) > 2

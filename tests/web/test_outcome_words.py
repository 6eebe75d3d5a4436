"""Outcomes in words: what explains most, signs, and months in a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.variance import Parts
from introduction.web import outcome_words
from introduction.web.amounts import TKR

TKR_IN_ORE = 100_000


@pytest.fixture(autouse=True)
def speaking_swedish() -> Iterator[None]:
    """A request in Swedish."""
    app = Flask("words")
    Babel(app, default_locale="sv")
    with app.test_request_context():
        yield


def explained(price: int, volume: int, mix: int) -> str:
    parts = Parts(*(amount * TKR_IN_ORE for amount in (price, volume, mix)))
    return outcome_words.explained(parts, TKR).replace("\u00a0", " ").replace("\u2212", "-")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((10, 90, 0), "Volym förklarar mest: +90 tkr av skillnaden +100 tkr."),
        ((-70, -20, 0), "Pris förklarar mest: -70 tkr av skillnaden -90 tkr."),
        ((0, 60, -20), "Volym betyder mest, +60 tkr, men vägs delvis upp av det andra. Skillnaden är +40 tkr."),
        ((-30, -30, 50), "Mix betyder mest, +50 tkr, men vägs upp av det andra. Skillnaden är -10 tkr."),
        ((-50, 50, 0), "Volym betyder mest, +50 tkr, men vägs upp av det andra. Skillnaden är 0 tkr."),
        ((0, 0, 0), "Utfallet är detsamma som prognosen."),
    ],
)
def test_what_explains_most(parts: tuple[int, int, int], told: str) -> None:
    assert explained(*parts) == told


def test_without_a_plan_to_measure_by_nothing_is_explained() -> None:
    assert "kan inte delas upp" in outcome_words.explained(None, TKR)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 9, 1), date(2026, 9, 1), "september 2026"),
        (date(2026, 9, 1), date(2026, 10, 1), "september och oktober 2026"),
        (date(2026, 12, 1), date(2027, 1, 1), "december 2026 och januari 2027"),
        (date(2026, 7, 1), date(2026, 10, 1), "juli–oktober 2026"),
        (date(2026, 11, 1), date(2027, 2, 1), "november 2026–februari 2027"),
    ],
)
def test_months_in_a_row(first: date, last: date, told: str) -> None:
    assert outcome_words.months_span(first, last) == told


def test_signs_are_told_only_where_there_is_something() -> None:
    assert outcome_words.signed(TKR, 120 * TKR_IN_ORE) == "+120"
    assert outcome_words.signed(TKR, -120 * TKR_IN_ORE) == "\u2212120"
    assert outcome_words.signed(TKR, 10) == "0"
    assert outcome_words.signed(TKR, None) == ""
    assert outcome_words.signed_percent(12, 100).replace("\u00a0", " ") == "+12 %"
    assert outcome_words.signed_percent(12, 0) == ""


def test_how_forecasts_came_true() -> None:
    assert outcome_words.hit_text(None).startswith("Inget prognosår")
    few = outcome_words.hit_text(Summary(4, 0, 0.5))
    assert few == "4 prognosår har fått sitt utfall. Inget låg inom spannet. Det är för få för att bedöma hur bra " + (
        "prognoserna är."
    )
    assert outcome_words.hit_text(Summary(7, 5, 0.874)).replace("\u00a0", " ") == (
        "7 prognosår har fått sitt utfall. 5 låg inom spannet. I mitten blev utfallet 87 % av prognosen."
    )
    assert "Alla låg inom spannet." in outcome_words.hit_text(Summary(7, 7, None))

"""Figures as people type them in Sweden."""

from __future__ import annotations

import pytest

from introduction.domain.budget import typed
from introduction.domain.budget.typed import Measure
from introduction.domain.errors import Refused


@pytest.mark.parametrize(
    ("text", "measure", "value"),
    [
        ("1 234 567,50", Measure.MONEY, 1_234_567.5),
        ("1,2 mnkr", Measure.MONEY, 1_200_000),
        ("30 tkr", Measure.MONEY, 30_000),
        ("12\u00a0400 kr", Measure.MONEY, 12_400),
        ("\u2212300", Measure.MONEY, -300),
        ("65 %", Measure.SHARE, 0.65),
        ("0,5", Measure.SHARE, 0.005),
        ("-30 %", Measure.CHANGE, -0.3),
        ("4,5", Measure.PER_100K, 4.5),
        ("2 år", Measure.MONTHS, 24),
        ("18 mån", Measure.MONTHS, 18),
        ("75 kg", Measure.SIZE, 75),
        ("0.5 g", Measure.MG, 500),
        ("104 patienter", Measure.PEOPLE, 104),
    ],
)
def test_a_figure_is_read_as_it_is_written(text: str, measure: Measure, value: float) -> None:
    assert typed.figure(text, measure) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("sextiofem", Measure.SHARE),
        ("165 %", Measure.SHARE),
        ("-1", Measure.PEOPLE),
        ("1e9", Measure.MONEY),
        ("12 400 euro", Measure.MONEY),
        ("99999999999", Measure.MONEY),
        ("1,2,3", Measure.MONEY),
        ("", Measure.MONEY),
        ("nan", Measure.MONTHS),
    ],
)
def test_what_is_no_such_figure_is_refused_with_an_example_or_the_bounds(text: str, measure: Measure) -> None:
    with pytest.raises(Refused) as refused:
        typed.figure(text, measure)
    assert str(refused.value).startswith("Skriv ett tal")


@pytest.mark.parametrize("text", ["april 2027", "2027-04", "apr 2027", "4/2027", "APRIL  2027", "2027-04-15"])
def test_a_month_is_written_in_many_ways(text: str) -> None:
    assert typed.as_day(typed.month(text)).isoformat() == "2027-04-01"


@pytest.mark.parametrize("text", ["2027", "smarch 2027", "2027-13", "april", "april 1927"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Skriv månad och år"):
        typed.month(text)


def test_several_figures_stand_with_commas_or_spaces() -> None:
    assert typed.several("0, 14, 28") == typed.several("0 14 28") == [0, 14, 28]
    with pytest.raises(Refused):
        typed.several("0, fjorton")

"""The model's uptake curves, fitted to how real new medicines were taken up: near enough to plan by, and how near.

39 medicines in England by month, and two in Sweden and each of its regions by year; tests/data/uptake/README.md has the
sources. The error is the root mean square of the distances from curve to figure, as a share of the level reached (the
mean of the last three figures). Measured here, as median over the series:

=================  ========  ===========  ======  ==========
series             logistic  exponential  linear  flat, step
=================  ========  ===========  ======  ==========
England, 39           3.8 %        8.3 %   8.3 %        32 %
lisdexamfetamin, 22   7.4 %        8.2 %   8.4 %        33 %
guanfacin, 22         5.3 %        9.9 %   9.8 %        36 %
=================  ========  ===========  ======  ==========

The worst fit of a logistic curve is 24 %: a medicine that rushed up, fell and rose again, as no uptake curve does.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import least_squares

from introduction.domain.budget import reading
from introduction.domain.budget.curves import uptake
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.spec import Uptake
from tests.analyses import plain_model

DATA = Path(__file__).parents[2] / "data" / "uptake"
MODEL = reading.of_data(plain_model(years=5))
#: A year of the Swedish figures is five of the model's months: so their twelve years fit, and a curve has no clock.
MONTHS_FOR_A_YEAR = 5
FIRST_YEAR = {"lisdexamfetamin": 2013, "guanfacin": 2015}

Series = tuple[NDArray[np.intp], NDArray[np.float64]]
#: What is fitted beside the level, from where, and within which bounds.
SHAPES: dict[str, tuple[tuple[str, ...], list[tuple[float, ...]], tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "logistic": (("midpoint", "slope"), [(12, 0.2), (40, 0.1)], ((0, 0.005), (120, 1.5))),
    "exponential": (("rate",), [(0.03,)], ((1e-4,), (0.9,))),
    "linear": (("months",), [(20,), (50,)], ((1,), (240,))),
    "step": ((), [], ((), ())),
}


def england() -> dict[str, Series]:
    """Items by month since the launch, by medicine."""
    return series("england_month.csv", lambda row: (row["chemical"], int(row["months_since_launch"]), row["items"]))


def sweden(substance: str) -> dict[str, Series]:
    """Patients per 1,000 at the end of each year since the launch, by region."""

    def told(row: dict[str, str]) -> tuple[str, int, str]:
        year = int(row["year"]) - FIRST_YEAR[row["substance"]] + 1
        return row["region"], MONTHS_FOR_A_YEAR * year - 1, row["patients_per_1000"]

    return series("sweden_year.csv", told, lambda row: row["substance"] == substance)


def series(
    name: str,
    told: Callable[[dict[str, str]], tuple[str, int, str]],
    wanted: Callable[[dict[str, str]], bool] = lambda row: True,
) -> dict[str, Series]:
    """Where in the model's months each figure lies, and the figure as a share of the level reached."""
    found: dict[str, list[tuple[int, float]]] = {}
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if wanted(row):
                key, month, figure = told(row)
                found.setdefault(key, []).append((month, float(figure)))
    figures = {
        key: (np.array([at for at, _y in points]), np.array([y for _at, y in points])) for key, points in found.items()
    }
    return {key: (at, y / y[-3:].mean()) for key, (at, y) in figures.items()}


def shape(curve: str, values: Sequence[float]) -> NDArray[np.float64]:
    """The model's curve to the level 1, by month."""
    given = {name: Input(value=float(value)) for name, value in zip(SHAPES[curve][0], values, strict=True)}
    return uptake(MODEL, Uptake(curve=curve, to=Input(value=1), **given), lambda one: one.value)[:, 0]  # type: ignore[arg-type]


def distances(curve: str, values: Sequence[float], fitted: Series) -> NDArray[np.float64]:
    """From the figures to the curve at the level that suits them best."""
    at, y = fitted
    drawn = shape(curve, values)[at]
    level = drawn @ y / max(drawn @ drawn, 1e-12)
    return level * drawn - y


def error(curve: str, fitted: Series) -> float:
    """The error of a curve that is fitted as well as it can be."""
    _names, starts, bounds = SHAPES[curve]
    if not starts:
        return rms(distances(curve, (), fitted))
    tried = [least_squares(lambda x: distances(curve, x, fitted), start, bounds=bounds) for start in starts]
    return min(rms(one.fun) for one in tried)


def rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize(
    ("find", "number", "median", "three_quarters"),
    [
        (england, 39, 0.05, 0.07),
        (lambda: sweden("lisdexamfetamin"), 22, 0.09, 0.11),
        (lambda: sweden("guanfacin"), 22, 0.07, 0.09),
    ],
    ids=["England", "lisdexamfetamin", "guanfacin"],
)
def test_a_logistic_curve_describes_how_new_medicines_are_taken_up(
    find: Callable[[], dict[str, Series]], number: int, median: float, three_quarters: float
) -> None:
    found = find()
    assert len(found) == number
    errors = {curve: np.array([error(curve, one) for one in found.values()]) for curve in SHAPES}
    flat = np.array([float(y.std()) for _at, y in found.values()])
    assert np.median(errors["logistic"]) < median
    assert np.quantile(errors["logistic"], 0.75) < three_quarters
    assert np.all(errors["logistic"] < 0.85 * flat), "better than a flat line for each of them"
    assert np.all(errors["logistic"] < 0.85 * errors["step"]), "and than a step"
    for curve in ("exponential", "linear"):
        assert np.median(errors["logistic"]) < np.median(errors[curve]) < 0.5 * np.median(flat)


@pytest.mark.parametrize(("curve", "values"), [("logistic", (20, 0.15)), ("exponential", (0.04,)), ("linear", (35,))])
def test_a_curve_finds_itself_again_and_the_others_do_not(curve: str, values: tuple[float, ...]) -> None:
    at = np.arange(60)
    drawn = {"logistic": 1 / (1 + np.exp(-0.15 * (at + 1 - 20))), "exponential": 1 - 0.96 ** (at + 1),
             "linear": np.minimum((at + 1) / 35, 1)}[curve]  # fmt: skip
    assert shape(curve, values) == pytest.approx(drawn, abs=1e-12)
    assert error(curve, (at, 0.6 * drawn)) < 1e-4
    assert all(error(other, (at, 0.6 * drawn)) > 0.005 for other in SHAPES if other != curve)

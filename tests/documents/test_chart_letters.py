"""Figures and letters of charts: how amounts are written, what an axis shows, and what fits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.documents.charts import decimals_for, figure
from introduction.documents.charts.figures import tick_decimals, ticks
from introduction.documents.charts.lettering import shortened, width, wrapped
from introduction.documents.charts.look import NAME
from introduction.documents.charts.placing import spread
from tests.documents.chart_samples import LONG


@pytest.mark.parametrize(
    ("value", "decimals", "language", "told"),
    [
        (1234.56, 1, "sv", "1\xa0234,6"),
        (1234567, 0, "sv", "1\xa0234\xa0567"),
        (-0.44, 1, "sv", "−0,4"),
        (-0.04, 1, "sv", "0,0"),
        (1234.56, 1, "en", "1,234.6"),
        (-1234, 0, "en", "−1,234"),
    ],
)
def test_figures_are_written_as_the_language_does(value: float, decimals: int, language: str, told: str) -> None:
    assert figure(value, decimals, language) == told


def test_a_change_has_its_sign() -> None:
    assert [figure(value, 1, signed=True) for value in (0.8, -0.6, 0.0, -0.01)] == ["+0,8", "−0,6", "0,0", "0,0"]


@pytest.mark.parametrize(
    ("amounts", "unit", "decimals"),
    [
        ([3.1, 12.1], "mnkr", 1),
        ([0.31, -0.2], "mnkr", 2),
        ([0.031], "mnkr", 3),
        ([1200.5], "mnkr", 0),
        ([0, None], "mnkr", 1),
        ([3100, None], "tkr", 0),
        ([3.1], "tkr", 1),
        ([0.31], "tkr", 2),
        ([0], "tkr", 0),
    ],
)
def test_decimals_follow_the_unit_and_the_size(amounts: list[float | None], unit: str, decimals: int) -> None:
    assert decimals_for(amounts, unit) == decimals


AMOUNTS = st.one_of(st.just(0.0), st.floats(1e-4, 1e12), st.floats(-1e12, -1e-4))


@given(AMOUNTS, AMOUNTS)
def test_an_axis_covers_its_amounts_and_zero_in_a_few_equal_steps(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    shown = ticks(low, high)
    unseen = 1e-6 * max(abs(low), abs(high))
    assert shown[0] <= min(low, 0) + unseen and shown[-1] >= max(high, 0) - unseen
    assert 0.0 in shown and 2 <= len(shown) <= 7
    steps = [after - before for before, after in pairwise(shown)]
    assert max(steps) == pytest.approx(min(steps))
    told = {figure(value, tick_decimals(shown)) for value in shown}
    assert len(told) == len(shown)


@given(st.text(alphabet="abcåäöABC 0123-,%"), st.floats(40, 400))
def test_letters_fit_the_room_they_are_given(text: str, room: float) -> None:
    lines = wrapped(text, room, NAME, 3)
    assert len(lines) <= 3 and all(width(line, NAME) <= room for line in lines)
    assert width(shortened(text, room, NAME), NAME) <= room


def test_a_long_name_is_broken_between_words_and_shortened_last() -> None:
    assert wrapped("Andel som får behandling", 90, NAME) == ["Andel som får", "behandling"]
    first, last = wrapped(LONG, 200, NAME)
    assert LONG.startswith(first) and last.endswith("…")
    assert wrapped("till 31\xa0mars\xa02029", 100, NAME) == ["till", "31\xa0mars\xa02029"]


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from([18.0, 36.0])), min_size=1, max_size=6))
def test_labels_side_by_side_are_moved_apart(given_labels: list[tuple[float, float]]) -> None:
    wanted, heights = [at for at, _ in given_labels], [high for _, high in given_labels]
    placed = spread(wanted, heights, 0, 300)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    for above, below in pairwise(order):
        assert placed[below] - placed[above] >= heights[above] - 1e-6
    assert min(placed) >= 0 - 1e-6 and max(placed) <= 300 + 1e-6

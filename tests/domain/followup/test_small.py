"""Small counts stay hidden, however the rest is added up."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.followup.small import hidden_rows, shown_parts
from introduction.domain.outcome import SMALL

COUNT = st.integers(0, 40)
ROWS = st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=6)


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    found = hidden_rows([[10, 7, 0], [20, 15, 5]])
    assert (found.hidden, found.sums) == (frozenset(), True)


def test_a_row_with_a_small_count_is_hidden_with_another() -> None:
    found = hidden_rows([[10, 7, 3], [20, 15, 5], [30, 20, 10]])
    assert found.hidden == {0, 1}
    assert found.sums


def test_one_row_alone_keeps_its_sum_to_itself() -> None:
    found = hidden_rows([[3, 3, 0]])
    assert found.hidden == {0}
    assert not found.sums


def test_a_small_sum_is_not_told() -> None:
    assert not hidden_rows([[3, 3, 0], [0, 0, 0]]).sums


@given(ROWS)
def test_every_small_count_is_hidden_and_the_sums_leave_more_than_one_answer(rows: list[tuple[int, int, int]]) -> None:
    found = hidden_rows(rows)
    for at, row in enumerate(rows):
        if any(0 < count < SMALL for count in row):
            assert at in found.hidden
    if found.sums and found.hidden:
        assert len(found.hidden) > 1
        for column in zip(*(rows[at] for at in found.hidden), strict=True):
            assert sum(column) == 0 or sum(column) >= SMALL


@given(ROWS)
def test_which_others_are_hidden_does_not_depend_on_how_large_they_are(rows: list[tuple[int, int, int]]) -> None:
    found = hidden_rows(rows)
    larger = [row if any(0 < c < SMALL for c in row) else tuple(c + 50 if c else 0 for c in row) for row in rows]
    assert hidden_rows(larger).hidden <= found.hidden


def test_parts_of_a_whole_are_shown_with_what_one_knows_already() -> None:
    assert shown_parts([2, 3], [10, 20]) == [12, 23]
    assert shown_parts([2, 3, 0], [10, 3, 20]) == [12, None, None]
    assert shown_parts([0, 0], [3, 0]) == [None, None], "the sum itself is small"


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
def test_no_small_part_can_be_worked_out_from_the_others(others: list[int]) -> None:
    shown = shown_parts([0] * len(others), others)
    hidden = [count for count, told in zip(others, shown, strict=True) if told is None]
    assert not any(told is not None and 0 < told < SMALL for told in shown)
    if hidden and len(hidden) < len(others):
        answers = [found for found in product(range(sum(hidden) + 1), repeat=len(hidden)) if sum(found) == sum(hidden)]
        assert len(answers) > 1

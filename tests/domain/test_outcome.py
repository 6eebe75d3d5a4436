"""Outcomes: what is typed and read, what is odd, units added up, and small counts that stay hidden."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.outcome import (
    SMALL,
    Given,
    Reported,
    Usual,
    accept,
    doubts,
    hidden_small,
    parse_count,
    parse_month,
    parse_quantity,
    shown_sum,
    together,
)

TODAY = date(2026, 11, 23)
SEPTEMBER = date(2026, 9, 1)


def month_of(**changed: Any) -> Given:
    values = {
        "month": SEPTEMBER,
        "patients": 12,
        "quantity_milli": 12_500,
        "cost_ore": 3_000_000,
        "source": "Statistik",
    }
    return Given(**{**values, **changed})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- typed


@pytest.mark.parametrize("text", ["2026-09", "202609", "2026-09-01", " 2026-09-30 ", "september 2026", "Sep 2026"])
def test_a_month_as_people_write_it(text: str) -> None:
    assert parse_month(text) == SEPTEMBER


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-09", "09-2026", "1889-01", "höst 2026", ""])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(Refused):
        parse_month(text)


@pytest.mark.parametrize(
    ("text", "milli"),
    [("12", 12_000), ("12,5", 12_500), ("1 234,125", 1_234_125), ("1\u00a0000", 1_000_000), ("0", 0), ("3.25", 3_250)],
)
def test_a_quantity_as_people_write_it(text: str, milli: int) -> None:
    assert parse_quantity(text) == milli


@pytest.mark.parametrize("text", ["-1", "1,2345", "1.250", "tolv", "", "1e3", "1,5,2"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(Refused):
        parse_quantity(text)


def test_patients_are_whole_and_not_negative() -> None:
    assert [parse_count(text) for text in ("0", "1 200", "12,0")] == [0, 1200, 12]
    for text in ("-3", "1,5", "fem", "", "1.000", "12,000"):
        with pytest.raises(Refused):
            parse_count(text)


# ------------------------------------------------------------------------------------- judged


def test_what_cannot_be_is_told_field_by_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        accept(month_of(month=date(2026, 11, 1), patients=-1, quantity_milli=-1, source=" "), TODAY)
    assert [key for key, _what in refusal.value.problems] == ["month", "patients", "quantity", "source"]


def test_the_last_month_that_has_ended_is_taken() -> None:
    assert accept(month_of(month=date(2026, 10, 1)), TODAY).month == date(2026, 10, 1)


@pytest.mark.parametrize("source", ["19121212-1212", "gäller 121212-1212", "191212121212"])
def test_a_personal_number_is_not_taken(source: str) -> None:
    with pytest.raises(InvalidInput, match="personnummer"):
        accept(month_of(source=source), TODAY)


@pytest.mark.parametrize(
    "source", ["Uttag 2026-10-14, rad 1200", "Rapport 2026101201", "Order 121212-1213", "9000000001"]
)
def test_other_figures_in_a_source_are_no_personal_numbers(source: str) -> None:
    assert accept(month_of(source=source), TODAY).source == source


def test_more_than_a_hundred_times_the_plan_is_asked_about() -> None:
    usual = Usual(patients=10, quantity_milli=10_000, cost_ore=1_000_000)
    assert doubts(month_of(patients=1000, quantity_milli=1_000_000, cost_ore=100_000_000), usual) == []
    found = doubts(month_of(patients=1001, quantity_milli=1_000_001, cost_ore=100_000_001), usual)
    assert [key for key, _what in found] == ["patients", "quantity", "cost"]
    assert doubts(month_of(cost_ore=10**11), None) == [], "without a plan there is nothing to judge by"


def test_a_negative_cost_and_a_cost_for_nobody_are_asked_about() -> None:
    assert [key for key, _what in doubts(month_of(cost_ore=-1), None)] == ["cost"]
    assert [key for key, _what in doubts(month_of(patients=0, quantity_milli=0), None)] == ["patients"]
    assert doubts(month_of(patients=0, quantity_milli=0, cost_ore=0), None) == []


# ------------------------------------------------------------------------------------- together


def test_a_unit_is_waited_for_from_its_first_month_on() -> None:
    rows = [Reported(1, 100, 5, 5_000, 900), Reported(1, 101, 6, 6_500, 1000), Reported(2, 101, 2, 2_000, 300)]
    rows += [Reported(2, 102, 3, 3_000, 400)]
    found = together(rows, {})
    assert [found[month].missing for month in (100, 101, 102)] == [(), (), (1,)]
    assert (found[101].cost, found[101].patients, found[101].quantity) == (1300, 8, 8.5)


def test_a_unit_that_is_no_more_is_not_waited_for() -> None:
    rows = [Reported(1, 100, 5, 0, 0), Reported(2, 100, 5, 0, 0), Reported(2, 101, 5, 0, 0)]
    assert together(rows, {1: 100})[101].complete
    assert not together(rows, {1: 101})[101].complete


# ------------------------------------------------------------------------------------- small counts


def test_one_small_count_takes_another_with_it() -> None:
    assert hidden_small([3, 12, 40]) == [None, None, 40]
    assert shown_sum([3, 12, 40]) == 55


def test_nought_and_five_are_no_small_counts() -> None:
    assert hidden_small([0, 5, 9]) == [0, 5, 9]
    assert shown_sum([0, 5, 9]) == 14


def test_two_small_counts_hide_each_other_unless_their_sum_is_small_too() -> None:
    assert hidden_small([3, 4, 40]) == [None, None, 40]
    assert hidden_small([1, 2, 40, 0]) == [None, None, None, 0]
    assert hidden_small([4, 4, 40, 0]) == [None, None, None, 0]


def test_where_nothing_more_can_be_hidden_the_sum_is() -> None:
    assert hidden_small([3]) == [None]
    assert shown_sum([3]) is None
    assert hidden_small([1, 1, 0]) == [None, None, None]
    assert hidden_small([4, 4]) == [None, None]
    assert shown_sum([4, 4]) is None
    assert shown_sum([1, 1, 0]) is None


@given(st.lists(st.integers(0, 60), max_size=8))
def test_nobody_can_work_out_a_small_count(counts: list[int]) -> None:
    shown, total = hidden_small(counts), shown_sum(counts)
    assert not any(count is not None and 0 < count < SMALL for count in shown)
    assert all(was == count for was, count in zip(shown, counts, strict=True) if was is not None)
    hidden = [count for was, count in zip(shown, counts, strict=True) if was is None]
    if hidden and total is not None:
        left = total - sum(was for was in shown if was is not None)
        assert len(hidden) > 1
        assert left == sum(hidden) >= SMALL


@pytest.mark.parametrize(("units", "most"), [(1, 30), (2, 30), (3, 12), (4, 9)])
def test_what_is_hidden_could_have_been_something_else(units: int, most: int) -> None:
    """Somebody who knows the rule tries all counts that would have been shown like this: never is just one left."""
    alike: dict[tuple[tuple[int | None, ...], int], list[tuple[int, ...]]] = {}
    for counts in product(range(most), repeat=units):
        total = shown_sum(counts)
        if total is not None:
            alike.setdefault((tuple(hidden_small(counts)), total), []).append(counts)
    for (shown, _total), fit in alike.items():
        for at, was in enumerate(shown):
            # Counts above those that are tried would fit too, so that one is enough where they reach that far.
            if was is None and max(counts[at] for counts in fit) < most - 1 - max(map(max, fit)):
                assert len({counts[at] for counts in fit}) > 1, (shown, fit)

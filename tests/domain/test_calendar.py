"""Swedish days: eves off, months of unequal length, nights when the clock changes."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.calendar import (
    Offset,
    add_months,
    add_working_days,
    is_working_day,
    local_date,
    on_working_day,
    working_days_between,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 6, 19),  # midsummer's eve
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2026, 1, 1),
        date(2026, 1, 6),  # Epiphany
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 14),  # Ascension Day
        date(2025, 6, 6),  # the national day
        date(2026, 11, 21),  # a Saturday
        date(2026, 11, 22),  # a Sunday
    ],
)
def test_nobody_works_on_holidays_eves_and_weekends(day):
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 6, 18),  # the day before midsummer's eve
        date(2026, 6, 22),  # the Monday after
        date(2026, 5, 15),  # the day after Ascension Day
        date(2026, 12, 23),
        date(2026, 1, 5),  # the day before Epiphany
    ],
)
def test_days_beside_holidays_are_working_days(day):
    assert is_working_day(day)


def test_a_working_day_count_steps_over_midsummer():
    assert add_working_days(date(2026, 6, 18), 1) == date(2026, 6, 22)
    assert add_working_days(date(2026, 6, 22), -1) == date(2026, 6, 18)


def test_a_working_day_count_steps_over_the_turn_of_the_year():
    assert add_working_days(date(2026, 12, 30), 1) == date(2027, 1, 4)
    assert working_days_between(date(2026, 12, 23), date(2027, 1, 4)) == 4


@pytest.mark.parametrize(
    ("day", "after", "before"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 20)),
        (date(2026, 12, 25), date(2026, 12, 28), date(2026, 12, 23)),
        (date(2027, 5, 6), date(2027, 5, 7), date(2027, 5, 5)),
    ],
)
def test_the_working_day_nearest_to_a_day_off_lies_after_it_or_before(day, after, before):
    assert (on_working_day(day), on_working_day(day, before=True)) == (after, before)


def test_zero_working_days_is_the_same_day_even_on_a_sunday():
    assert add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def test_an_offset_counts_in_its_own_unit():
    day = date(2026, 6, 18)
    assert Offset(-10, "days").after(day) == date(2026, 6, 8)
    assert Offset(1, "working_days").after(day) == date(2026, 6, 22)
    assert Offset(6, "months").after(day) == date(2026, 12, 18)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_counted_as_they_are_stepped(day, count):
    goal = add_working_days(day, count)
    assert is_working_day(goal)
    assert working_days_between(day, goal) == count


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert working_days_between(date(2026, 6, 18), date(2026, 6, 1)) == 0


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, 22, 59, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), date(2026, 1, 2)),  # winter: one hour ahead
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),  # summer: two hours ahead
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),  # the year turns in Sweden first
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # into the night of the lost hour
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),  # the clock jumps from 2 to 3
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # half past two, the first time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),  # and the second
    ],
)
def test_the_date_is_the_swedish_one(moment, day):
    assert local_date(moment) == day

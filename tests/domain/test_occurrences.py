"""When reminders fall due: on working days, in office hours, again and again, and never for what is past."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.domain.calendar import STOCKHOLM, is_working_day
from introduction.domain.process import occurrences
from introduction.domain.process.loading import Catalogue
from introduction.domain.process.region import Region, Setting
from introduction.domain.process.timing import Again, Remind

BASES = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.fixture(scope="module")
def region(catalogue: Catalogue) -> Region:
    """Västra Götaland, whose office opens at seven."""
    return catalogue.regions["vastra_gotaland"]


def only_day(base: date, **distance: int) -> date:
    [day] = occurrences.days(Remind(**distance), base)
    return day


def next_day(
    rule: Remind, base: date | None, region: Region, now: datetime, standing: date | None = None
) -> date | None:
    return occurrences.next_day(rule, [base] if base else [], region, now, standing)


def morning(day: date, hour: int = 7, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), STOCKHOLM)


# --- which day


@pytest.mark.parametrize(
    ("base", "distance", "day"),
    [
        # on the day itself, or before it: the working day before
        (date(2026, 11, 25), {"days": 0}, date(2026, 11, 25)),
        (date(2026, 11, 28), {"days": 0}, date(2026, 11, 27)),  # a Saturday
        (date(2026, 11, 29), {"days": 0}, date(2026, 11, 27)),  # a Sunday
        (date(2026, 12, 24), {"days": 0}, date(2026, 12, 23)),  # Christmas Eve
        (date(2026, 12, 27), {"days": 0}, date(2026, 12, 23)),  # the Sunday after Christmas
        (date(2027, 6, 25), {"days": 0}, date(2027, 6, 24)),  # midsummer's eve
        (date(2027, 6, 26), {"days": 0}, date(2027, 6, 24)),  # midsummer's day
        (date(2027, 1, 1), {"days": 0}, date(2026, 12, 30)),  # New Year's Day, after the eve
        (date(2026, 12, 7), {"days": -10}, date(2026, 11, 27)),
        (date(2026, 12, 8), {"days": -10}, date(2026, 11, 27)),  # lands on a Saturday
        (date(2027, 4, 5), {"days": -10}, date(2027, 3, 25)),  # lands on Good Friday
        # after the day: the working day after
        (date(2026, 11, 25), {"days": 3}, date(2026, 11, 30)),  # lands on a Saturday
        (date(2026, 12, 20), {"days": 4}, date(2026, 12, 28)),  # Christmas Eve, and a week-end after Boxing Day
        (date(2027, 6, 22), {"days": 3}, date(2027, 6, 28)),  # midsummer's eve
        # working days
        (date(2026, 11, 27), {"working_days": 2}, date(2026, 12, 1)),
        (date(2026, 11, 28), {"working_days": 2}, date(2026, 12, 1)),  # counted from a Saturday
        (date(2026, 12, 28), {"working_days": 5}, date(2027, 1, 7)),  # Epiphany too is off
        (date(2027, 6, 28), {"working_days": -1}, date(2027, 6, 24)),
        (date(2026, 11, 28), {"working_days": 0}, date(2026, 11, 27)),
        # months
        (date(2027, 3, 31), {"months": -1}, date(2027, 2, 26)),  # 28 February 2027 is a Sunday
        (date(2028, 3, 31), {"months": -1}, date(2028, 2, 29)),  # the leap day, a Tuesday
        (date(2026, 11, 30), {"months": 3}, date(2027, 3, 1)),  # 28 February, a Sunday
    ],
)
def test_a_reminder_is_sent_on_a_working_day(base: date, distance: dict[str, int], day: date) -> None:
    assert only_day(base, **distance) == day


@given(BASES, st.integers(-400, 400), st.sampled_from(["days", "working_days"]))
def test_no_reminder_falls_on_a_day_off_nor_on_the_wrong_side_of_its_day(base: date, count: int, unit: str) -> None:
    day = only_day(base, **{unit: count})
    assert is_working_day(day)
    assert day > base if count > 0 else day <= base
    if unit == "days":
        exact = base + timedelta(days=count)
        between = [exact + timedelta(days=n) for n in range(min(0, (day - exact).days), max(0, (day - exact).days) + 1)]
        assert [near for near in between if is_working_day(near)] == [day]


# --- again


@pytest.mark.parametrize(
    ("distance", "again", "days"),
    [
        (
            {"working_days": 5},
            Again(working_days=10),
            [date(2026, 12, 2), date(2026, 12, 16), date(2027, 1, 5), date(2027, 1, 20)],
        ),
        ({"days": 1}, Again(days=7), [date(2026, 11, 26), date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 17)]),
        ({"days": 1}, Again(months=1), [date(2026, 11, 26), date(2026, 12, 28), date(2027, 1, 26), date(2027, 2, 26)]),
    ],
)
def test_it_comes_again_at_the_distance_that_the_rule_says(
    distance: dict[str, int], again: Again, days: list[date]
) -> None:
    assert list(islice(occurrences.days(Remind(**distance, again=again), date(2026, 11, 25)), 4)) == days


def test_a_month_is_counted_from_the_first_time_and_not_from_the_day_moved_past_a_week_end() -> None:
    rule = Remind(days=0, again=Again(months=1))
    found = list(islice(occurrences.days(rule, date(2027, 1, 31)), 4))
    assert found == [date(2027, 1, 29), date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 30)]


def test_what_is_left_undone_for_ever_is_at_last_left_in_peace() -> None:
    assert len(list(occurrences.days(Remind(days=1, again=Again(days=1)), date(2026, 11, 25)))) == 500


# --- at what hour


def test_it_goes_as_the_office_opens_or_at_its_own_hour(region: Region) -> None:
    day = date(2026, 11, 25)
    assert occurrences.moment(Remind(days=0), day, region) == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    assert occurrences.moment(Remind(days=0, at=1330), day, region) == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_the_office_opens_at_the_hour_that_holds_on_the_day(region: Region) -> None:
    later = Setting(key="office_opens", value=815, valid_from=date(2027, 1, 1))
    changed = region.model_copy(update={"setting": (*region.setting, later)})
    assert occurrences.opening(date(2026, 12, 30), changed) == datetime(2026, 12, 30, 6, 0, tzinfo=UTC)
    assert occurrences.opening(date(2027, 1, 4), changed) == datetime(2027, 1, 4, 7, 15, tzinfo=UTC)


def test_seven_in_the_morning_is_seven_on_the_wall_in_summer_and_in_winter(region: Region) -> None:
    friday, monday = date(2027, 3, 26), date(2027, 3, 29)  # the clocks change in the night to Sunday 28 March
    assert occurrences.opening(friday - timedelta(days=1), region).hour == 6
    assert occurrences.opening(monday + timedelta(days=1), region).hour == 5
    assert occurrences.opening(date(2027, 10, 29), region).hour == 5
    assert occurrences.opening(date(2027, 11, 1), region).hour == 6


# --- which comes next


def test_what_should_have_gone_before_now_is_past(region: Region) -> None:
    day = date(2026, 11, 25)
    rule = Remind(days=0)
    assert next_day(rule, day, region, morning(day, 6, 59)) == day
    assert next_day(rule, day, region, morning(day)) == day
    assert next_day(rule, day, region, morning(day, 7, 1)) is None
    assert next_day(rule, None, region, morning(day)) is None


def test_of_what_comes_again_the_next_time_ahead_is_taken(region: Region) -> None:
    rule = Remind(working_days=5, again=Again(working_days=10))
    base = date(2026, 11, 25)
    assert next_day(rule, base, region, morning(date(2026, 12, 2))) == date(2026, 12, 2)
    assert next_day(rule, base, region, morning(date(2026, 12, 2), 8)) == date(2026, 12, 16)
    assert next_day(rule, base, region, morning(date(2026, 12, 26))) == date(2027, 1, 5)


def test_of_several_days_to_count_from_the_nearest_is_taken(region: Region) -> None:
    rule, rounds = Remind(working_days=-10), [date(2026, 11, 15), date(2027, 3, 15), date(2027, 8, 15)]
    found = occurrences.next_day(rule, rounds, region, morning(date(2026, 11, 25)), None)
    assert found == date(2027, 3, 1)


def test_a_day_that_stands_and_has_passed_waits_to_be_sent(region: Region) -> None:
    rule, base = Remind(working_days=5, again=Again(working_days=10)), date(2026, 11, 25)
    late = morning(date(2026, 12, 28))
    assert next_day(rule, base, region, late, standing=date(2026, 12, 2)) == date(2026, 12, 2)
    assert next_day(Remind(days=0), base, region, late, standing=base) == base


def test_a_day_that_stands_but_belongs_to_the_rule_no_more_is_let_go(region: Region) -> None:
    now = morning(date(2026, 11, 30))
    moved = next_day(Remind(days=0), date(2026, 12, 9), region, now, standing=date(2026, 11, 25))
    assert moved == date(2026, 12, 9)


def test_what_has_just_been_sent_does_not_come_before_what_stands(region: Region) -> None:
    rule, base = Remind(working_days=5, again=Again(working_days=10)), date(2026, 11, 25)
    sent, following = date(2026, 12, 2), date(2026, 12, 16)
    assert next_day(rule, base, region, morning(sent), standing=following) == following


def test_when_the_date_moves_back_the_first_time_is_not_lost_to_a_later_one_that_stands_on_the_same_day(
    region: Region,
) -> None:
    """Ten working days earlier, the first time of before is the second of now: the first must still come."""
    rule = Remind(working_days=5, again=Again(working_days=10))
    first = date(2026, 12, 16)
    moved = next_day(rule, date(2026, 11, 25), region, morning(date(2026, 11, 26)), standing=first)
    assert moved == date(2026, 12, 2)


# --- what is collected


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (morning(date(2026, 11, 25), 6), morning(date(2026, 11, 25))),
        (morning(date(2026, 11, 25)), morning(date(2026, 11, 25))),
        (morning(date(2026, 11, 25), 7, 1), morning(date(2026, 11, 26))),
        (morning(date(2026, 11, 27), 12), morning(date(2026, 11, 30))),  # Friday noon
        (morning(date(2026, 11, 28), 6), morning(date(2026, 11, 30))),  # a Saturday
        (morning(date(2026, 12, 23), 8), morning(date(2026, 12, 28))),
        (morning(date(2027, 3, 28), 2, 30), morning(date(2027, 3, 30))),  # an hour that is not there, in Easter
    ],
)
def test_collected_mail_goes_at_seven_on_working_days(now: datetime, goes: datetime) -> None:
    assert occurrences.next_collection(now) == goes.astimezone(UTC)


def test_what_is_late_is_collected_from_seven_on_a_working_day_and_not_in_the_night() -> None:
    wednesday = date(2026, 11, 25)
    assert not occurrences.is_collecting(morning(wednesday, 6, 59))
    assert occurrences.is_collecting(morning(wednesday))
    assert occurrences.is_collecting(morning(wednesday, 10))
    assert not occurrences.is_collecting(morning(date(2026, 11, 28), 10))
    assert not occurrences.is_collecting(morning(date(2026, 12, 24), 10))

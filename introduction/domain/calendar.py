"""Swedish days: working days, due dates and budget years.

Holidays come from the package ``holidays``, with midsummer's, Christmas and New Year's eves as days
off (they are so by agreement, which the package calls ``de_facto``).
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

Unit = Literal["days", "working_days", "months"]


#: All years at once: the package would fill them in as they are asked for, and a thread could see an empty year.
_DAYS_OFF = frozenset(holidays.country_holidays("SE", categories=("public", "de_facto"), years=range(1990, 2111)))


def is_working_day(day: date) -> bool:
    """True on Monday to Friday that is no public holiday nor one of the three eves."""
    return day.weekday() < 5 and day not in _DAYS_OFF


def add_working_days(day: date, count: int) -> date:
    """Step ``count`` working days forwards, or backwards when negative. Zero gives the same day."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day):
            left -= 1
    return day


def on_working_day(day: date, *, before: bool = False) -> date:
    """The day itself, or the nearest working day after it, or before."""
    return day if is_working_day(day) else add_working_days(day, -1 if before else 1)


def add_months(day: date, count: int) -> date:
    """The same day ``count`` months on; the last of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Offset:
    """A distance in time: a count and its unit."""

    count: int
    unit: Unit

    def after(self, day: date) -> date:
        """The day at this distance from ``day`` (before it when the count is negative)."""
        if self.unit == "days":
            return day + timedelta(days=self.count)
        if self.unit == "months":
            return add_months(day, self.count)
        return add_working_days(day, self.count)


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and with ``end``; zero when end is not later."""
    day, count = start, 0
    while day < end:
        day += timedelta(days=1)
        count += is_working_day(day)
    return count


STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local_date(moment: datetime) -> date:
    """The date in Sweden at a moment."""
    return moment.astimezone(STOCKHOLM).date()

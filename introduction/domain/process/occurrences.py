"""When reminders fall due.

A reminder is counted from a base day. It never goes on a day off: one before its base, or on it, goes on the working
day before, one after its base on the working day after. It goes in office hours, so never between two and three in the
night, when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from introduction.domain.calendar import STOCKHOLM, Offset, add_working_days, is_working_day, on_working_day
from introduction.domain.process.region import Region
from introduction.domain.process.timing import Remind

#: The clock takes its actions at six, so that what they tell goes with the morning's mail.
CLOCK_ACTS = time(6)
#: What is collected goes at seven on working days.
COLLECTED_AT = time(7)
#: The smallest step of the clock.
A_MOMENT = timedelta(microseconds=1)
#: What the clock has to say waits for the morning from this hour on.
OFFICE_CLOSES = time(17)
#: A matter left undone for longer than this many reminders is reminded of no more.
MOST_TIMES = 500


def at(day: date, hour: time) -> datetime:
    """The moment of an hour of a day in Sweden, in UTC."""
    return datetime.combine(day, hour, STOCKHOLM).astimezone(UTC)


def moment(rule: Remind, day: date, region: Region) -> datetime:
    """When a reminder goes on its day: at its own hour, or as the region's office opens. In UTC."""
    if rule.at is None:
        return opening(day, region)
    return at(day, time(rule.at // 100, rule.at % 100))


def opening(day: date, region: Region) -> datetime:
    """When a region's office opens on a day, in UTC."""
    hhmm = region.value("office_opens", day)
    return at(day, time(hhmm // 100, hhmm % 100))


def days(rule: Remind, base: date) -> Iterator[date]:
    """The working days on which a rule reminds of a base day, soonest first; more than one only with ``again``."""
    count = rule.offset.count
    day = rule.offset.after(base)
    yield on_working_day(day, before=count <= 0)
    if rule.again is None:
        return
    again = rule.again.offset
    for times in range(1, MOST_TIMES):
        yield on_working_day(Offset(again.count * times, again.unit).after(day))


def next_day(rule: Remind, bases: Iterable[date], region: Region, now: datetime, standing: date | None) -> date | None:
    """The day of the next reminder, given the bases that it counts from.

    The day that stands already is kept while it belongs to the rule, even when it has passed: it was planned in time
    and waits to be sent. Otherwise what should have gone before ``now`` is past. None when nothing is to come.
    """
    since = now if standing is None else now + A_MOMENT  # what stood for this very moment has just been sent
    coming = (
        next((day for day in days(rule, base) if day == standing or moment(rule, day, region) >= since), None)
        for base in bases
    )
    return min((day for day in coming if day is not None), default=None)


def next_collection(now: datetime) -> datetime:
    """The first moment, not before ``now``, at which collected mail goes: seven on a working day. In UTC."""
    day = now.astimezone(STOCKHOLM).date()
    if not is_working_day(day) or at(day, COLLECTED_AT) < now:
        day = add_working_days(day, 1)
    return at(day, COLLECTED_AT)


def next_in_office(now: datetime) -> datetime:
    """The moment itself in office hours, else when the office next opens: a worker may wake at any hour."""
    local = now.astimezone(STOCKHOLM)
    if is_working_day(local.date()) and COLLECTED_AT <= local.time() < OFFICE_CLOSES:
        return now
    return next_collection(now)


def is_collecting(now: datetime) -> bool:
    """True from seven on a working day: what should have been collected earlier goes then, and not in the night."""
    local = now.astimezone(STOCKHOLM)
    return is_working_day(local.date()) and local.time() >= COLLECTED_AT

"""Calendar files (iCalendar, RFC 5545): days by which something is due, and milestones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from introduction.documents import addresses, wording
from introduction.domain.calendar import local_date
from introduction.domain.messages import say
from introduction.domain.notices import Kind
from introduction.services.calendar import Day
from introduction.services.letters import Line

#: How often a calendar program should ask for the feed again.
_ASK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """A day in a calendar. ``uid`` stays the same when the day moves, so that it moves in the calendar too."""

    uid: str
    day: date
    title: str
    about: str
    link: str
    changed_at: datetime


def of_entries(entries: Sequence[Entry], name: str | None = None) -> str:
    """A calendar with a day for each entry; ``name`` is what a calendar program calls a feed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ordnat införande//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name is not None:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", _ASK_AGAIN, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical().decode()


def _event(entry: Entry) -> Event:
    changed = entry.changed_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", changed)
    event.add("sequence", int(changed.timestamp()) // 60)  # what was written later holds
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", wording.one_line(entry.title))
    event.add("description", entry.about)
    event.add("url", entry.link)
    event.add("transp", "TRANSPARENT")  # nobody is busy the whole day
    return event


def of_lines(lines: Sequence[Line], language: str, base: str, now: datetime) -> str | None:
    """The calendar file that goes with a mail; None when no line speaks of a day to come when something is due."""
    entries: dict[str, Entry] = {}
    for line in lines:
        if line.due_date_id is None or line.due_on is None or line.name is None or line.kind is Kind.DIGEST:
            continue
        if line.due_on >= local_date(now):
            uid = _uid(line.due_date_id, base)
            named = f"{wording.tell(line.title, language)} ({line.name.medicine})"
            about = _about(line.name.number, line.name.medicine, line.name.indication, line.unit)
            entries[uid] = Entry(uid, line.due_on, named, about, base + addresses.of_line(line), now)
    return of_entries(list(entries.values())) if entries else None


def of_days(days: Sequence[Day], language: str, base: str, now: datetime) -> str:
    """A person's calendar: what waits for the person, and milestones."""
    entries = []
    for day in days:
        title = f"{wording.tell(day.title, language)} ({day.case.medicine})"
        if day.kind != "milestone":
            title = wording.tell(say("Senast i dag: {title}", title=title), language)
        about = _about(day.case.number, day.case.medicine, day.case.indication, day.unit)
        link = base + addresses.of_day(day)
        entries.append(Entry(_uid(day.due_date_id, base), day.day, title, about, link, now))
    return of_entries(entries, wording.tell(say("Ordnat införande"), language))


def _about(number: str, medicine: str, indication: str, unit: str | None) -> str:
    told = f"{number}: {medicine}, {indication}"
    return f"{told}\n{unit}" if unit else told


def _uid(due_date_id: int, base: str) -> str:
    return f"due-{due_date_id}@{urlsplit(base).hostname or 'localhost'}"

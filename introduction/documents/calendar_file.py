"""Calendar files (iCalendar, RFC 5545): days by which something is due, and milestones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from introduction.documents import addresses, wording
from introduction.services.letters import Line


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
    """A calendar with a day for each entry."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ordnat införande//SV")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name is not None:
        calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", entry.changed_at)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.about)
        event.add("url", entry.link)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical().decode()


def of_lines(lines: Sequence[Line], language: str, base: str, now: datetime) -> str | None:
    """The calendar file that goes with a mail; None when no line speaks of a day when something is due."""
    entries = [
        Entry(
            uid=f"due-{line.due_date_id}@{_host(base)}",
            day=line.due_on,
            title=f"{wording.tell(line.title, language)} ({line.name.medicine})" if line.name else "",
            about=f"{line.name.number}, {line.name.medicine}, {line.name.indication}" if line.name else "",
            link=base + addresses.of_line(line),
            changed_at=now,
        )
        for line in lines
        if line.due_date_id is not None and line.due_on is not None
    ]
    return of_entries(entries) if entries else None


def _host(base: str) -> str:
    return urlsplit(base).hostname or "localhost"

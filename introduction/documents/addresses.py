"""Where in the service something is shown: paths for mails and calendars, which know no routes."""

from __future__ import annotations

from introduction.services.calendar import Day
from introduction.services.letters import Line

_PLACES = {
    "case": "cases",
    "recommendation": "recommendations",
    "funding_application": "applications",
    "claim": "claims",
}


def of_notice(notice_id: int) -> str:
    """The page where a notice is acknowledged or put off."""
    return f"/messages/{notice_id}"


def of_line(line: Line) -> str:
    """The page of what a notice speaks of: the task, the case or whatever it is, else the notice itself."""
    if line.task_id is not None:
        return f"/tasks/{line.task_id}"
    if line.name is not None:
        return f"/{_PLACES[line.name.subject]}/{line.name.number}"
    return of_notice(line.notice_id)


def of_day(day: Day) -> str:
    """The page of what a day in a calendar speaks of: the task, or else the case."""
    return f"/tasks/{day.task_id}" if day.task_id is not None else f"/cases/{day.case.number}"

"""The only reader of the wall clock. Edges ask it; services and rules are told the time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from introduction.domain.calendar import STOCKHOLM, local_date


def now() -> datetime:
    """The present moment in UTC.

    ``INTRODUCTION_TODAY`` (a date) moves the day, for demonstration; the time of day stays real.
    """
    moment = datetime.now(UTC)
    fixed = os.environ.get("INTRODUCTION_TODAY")
    if not fixed:
        return moment
    local = moment.astimezone(STOCKHOLM)
    return datetime.combine(date.fromisoformat(fixed), local.timetz()).astimezone(UTC)


def today() -> date:
    """The present date in Sweden."""
    return local_date(now())

"""Dates known to the day, the month or only the year. Kept as text: ``2019``, ``2019-07``, ``2019-07-04``."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from introduction.domain.errors import Refused
from introduction.domain.messages import say

Precision = Literal["day", "month", "year"]
_PRECISION: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}


def parse(text: str) -> str:
    """Check a date of any precision and return it. Raises Refused for anything else."""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        try:
            date.fromisoformat((text + "-01-01")[:10])
        except ValueError:
            pass
        else:
            return text
    raise Refused(say("Skriv datumet som år, år-månad eller år-månad-dag, till exempel 2019-07"))


def precision(text: str) -> Precision:
    """How exactly the date is known."""
    return _PRECISION[len(text)]


def first_day(text: str) -> date:
    """The earliest day that the date can mean."""
    return date.fromisoformat((text + "-01-01")[:10])

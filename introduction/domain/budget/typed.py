"""Reads figures as people type them in Sweden: ``1 234,5``, ``65 %``, ``1,2 mnkr``, ``april 2027``."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say


class Measure(StrEnum):
    """What a figure measures, and so how it is typed and which values it may have."""

    PEOPLE = "people"
    PER_100K = "per_100k"  #: of 100,000 inhabitants
    SHARE = "share"  #: typed in per cent, kept as 0–1
    CHANGE = "change"  #: a rate a year, typed in per cent; may be below zero
    MONEY = "money"  #: kronor
    MONTHS = "months"
    WEEKS = "weeks"
    MG = "mg"
    SIZE = "size"  #: kg or m²
    MONTH = "month"  #: of the calendar; kept as months since year 0
    WHOLE = "whole"
    DAYS = "days"  #: several days since the start
    SIZES = "sizes"  #: several sizes in mg
    TEXT = "text"
    CHOICE = "choice"


#: Least and greatest value, as typed. More is no analysis that anybody can stand for, but a slip.
_BOUNDS: dict[Measure, tuple[float, float]] = {
    Measure.PEOPLE: (0, 20_000_000),
    Measure.PER_100K: (0, 100_000),
    Measure.SHARE: (0, 100),
    Measure.CHANGE: (-95, 300),
    Measure.MONEY: (-1_000_000_000, 1_000_000_000),
    Measure.MONTHS: (0, 120),
    Measure.WEEKS: (0.1, 520),
    Measure.MG: (0, 1_000_000),
    Measure.SIZE: (0, 1_000),
    Measure.WHOLE: (0, 600),
}
_EXAMPLES: dict[Measure, str] = {
    Measure.PEOPLE: "1 250",
    Measure.PER_100K: "4,5",
    Measure.SHARE: "65 %",
    Measure.CHANGE: "0,5 %",
    Measure.MONEY: "12 400",
    Measure.MONTHS: "24",
    Measure.WEEKS: "4",
    Measure.MG: "5",
    Measure.SIZE: "75",
    Measure.WHOLE: "24",
}
#: What may stand after a figure, and how many it stands for.
_AFTER: dict[Measure, dict[str, float]] = {
    Measure.MONEY: {"kr": 1, "kronor": 1, "tkr": 1e3, "mkr": 1e6, "mnkr": 1e6, "mnkronor": 1e6, "msek": 1e6, "sek": 1},
    Measure.SHARE: {"%": 1, "procent": 1},
    Measure.CHANGE: {"%": 1, "procent": 1},
    Measure.MONTHS: {"mån": 1, "månader": 1, "månad": 1, "år": 12, "months": 1},
    Measure.WEEKS: {"v": 1, "veckor": 1, "vecka": 1, "weeks": 1},
    Measure.PEOPLE: {"personer": 1, "patienter": 1, "st": 1},
    Measure.MG: {"mg": 1, "g": 1000},
    Measure.SIZE: {"kg": 1, "m2": 1, "m²": 1},
}
_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
_IN_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
#: Between which years an analysis begins.
FIRST_YEAR, LAST_YEAR = 2000, 2100
_NUMBER = re.compile(r"([-−–]?)(\d{1,12})(?:[.,](\d{1,8}))?(\D*)")


def figure(text: str, measure: Measure) -> float:
    """A figure in the model's own unit: shares as 0–1, months as months since year 0, all else as typed.

    Raises Refused with what to write instead.
    """
    if measure is Measure.MONTH:
        return month(text)
    squeezed = re.sub(r"[\s\u00a0\u202f']", "", text).lower()
    found = _NUMBER.fullmatch(squeezed)
    scale = _AFTER.get(measure, {}).get(found[4], 1 if found and not found[4] else None) if found else None
    if found is None or scale is None:
        raise Refused(say("Skriv ett tal, till exempel {example}", example=_EXAMPLES[measure]))
    if measure in (Measure.MONEY, Measure.PEOPLE) and scale == 1 and found[2] != "0" and len(found[3] or "") == 3:
        # 12.400 and 12,400 are as often twelve thousand as twelve.
        raise Refused(say("Skriv tusental med mellanrum, till exempel {example}", example=_EXAMPLES[measure]))
    value = float(f"{found[2]}.{found[3] or '0'}") * scale * (-1 if found[1] else 1)
    low, high = _BOUNDS[measure]
    if not low <= value <= high:
        raise Refused(say("Skriv ett tal från {low} till {high}", low=plain(low), high=plain(high)))
    return value / 100 if measure in (Measure.SHARE, Measure.CHANGE) else value


def month(text: str) -> int:
    """``april 2027``, ``Oct 2027``, ``2027-04`` or ``4/2027`` as months since year 0. Raises Refused."""
    squeezed = " ".join(text.lower().split())
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-\d{1,2})?", squeezed)
    year, number = (int(found[1]), int(found[2])) if found else (0, 0)
    if found is None and (found := re.fullmatch(r"(\d{1,2})[/ .-](\d{4})", squeezed)):
        year, number = int(found[2]), int(found[1])
    if found is None and (found := re.fullmatch(r"([a-zåäö]{3,})\.? (\d{4})", squeezed)):
        called = enumerate(zip(_MONTHS, _IN_ENGLISH, strict=True), start=1)
        names = [at for at, ways in called if any(name.startswith(found[1]) for name in ways)]
        year, number = int(found[2]), names[0] if names else 0
    if not (1 <= number <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        raise Refused(say("Skriv månad och år, till exempel april 2027"))
    return year * 12 + number - 1


def as_day(months: int) -> date:
    """The first day of a month that is counted since year 0."""
    return date(months // 12, months % 12 + 1, 1)


def several(text: str) -> list[float]:
    """Figures with commas or spaces between: ``0, 14, 28``; decimals have a point. Raises Refused.

    ``2,5`` may be one figure or two, and is asked about.
    """
    if re.search(r"(?<![\d,.])\d+,\d+(?![\d,])", text):
        raise Refused(say("Skriv mellanrum efter kommat: 100, 400. Skriv decimaler med punkt: 2.5"))
    parts = [part for part in re.split(r"[;,\s]+", text.strip()) if part]
    if len(parts) > 20 or not all(re.fullmatch(r"\d{1,6}(\.\d{1,3})?", part) for part in parts):
        raise Refused(say("Skriv tal med komma mellan, till exempel 0, 14, 28"))
    return [float(part) for part in parts]


def plain(value: float) -> str:
    """A figure as text without needless decimals: ``0``, ``20 000 000``, ``0,1``."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212")


#: Units as they stand beside a box.
UNITS: dict[Measure, Message] = {
    Measure.PEOPLE: say("personer"),
    Measure.PER_100K: say("per 100 000"),
    Measure.SHARE: say("%"),
    Measure.CHANGE: say("% per år"),
    Measure.MONEY: say("kr"),
    Measure.MONTHS: say("månader"),
    Measure.WEEKS: say("veckor"),
    Measure.MG: say("mg"),
    Measure.WHOLE: say("månader"),
}

"""Everything that the rules are told about an instance, gathered by the services before they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from introduction.domain.calendar import Offset, add_months, on_working_day
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Definition
from introduction.domain.process.region import Region
from introduction.domain.process.timing import Text, When


@dataclass(frozen=True)
class TaskState:
    """A task as the rules see it."""

    id: int
    task: str  #: its id in the definition
    title: Text
    open: bool
    optional: bool
    of_stage: bool
    unit_id: int | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Grant:
    """A ceiling for one administration and budget year."""

    unit_id: int
    budget_year: int
    ceiling_ore: int

    @property
    def holds(self) -> bool:
        """False for one that has been lowered or settled to nothing."""
        return self.ceiling_ore > 0


@dataclass(frozen=True)
class Situation:
    """An instance with its facts, tasks and records on a day. Values are plain; nothing is fetched later."""

    definition: Definition
    region: Region
    stage: str
    today: date
    stage_entered: date
    opened: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    tasks: tuple[TaskState, ...] = ()
    grants: tuple[Grant, ...] = ()
    confirmations: Mapping[int, str] = field(default_factory=dict)  #: unit id → last answer
    proposed: frozenset[int] = frozenset()  #: the units for which room in the budget is proposed
    treating_units: tuple[tuple[int, str], ...] = ()
    reports: int = 0
    #: The level and day of the national advice that the case rests on; of a recommendation, its own last.
    advice_level: str | None = None
    advice_on: date | None = None
    last_decision_on: date | None = None
    round_cut_off: date | None = None
    analysis_approved: bool = False  #: read only where the region demands it and an action asks
    goals_planned: bool = False  #: the follow-up plan has a measurable goal of each kind
    ground: object = None  #: what the guards of the subject want to know beside: domain.claims, domain.applications …

    def __getitem__(self, key: str) -> Any:
        return self.facts.get(key)


def handover_begins(financed_until: date, region: Region) -> date:
    """When handover must begin.

    The earlier of the region's months before the end of the financing, and the opening of its budget
    calendar in the year before the first unfunded year (the settled rule 6).
    """
    months = region.value("handover_months_before_end", financed_until)
    opens = region.value("budget_calendar_opens", financed_until)
    first_unfunded_year = (financed_until + timedelta(days=1)).year
    budget_opens = date(first_unfunded_year - 1, opens // 100, opens % 100)
    return min(add_months(financed_until, -months), budget_opens)


#: The anchors that a definition may count from, with what the page calls each of them.
ANCHORS: dict[str, Message] = {
    "stage_entered": say("steget började"),
    "opened": say("ärendet öppnades"),
    "introduction_start": say("införandet börjar"),
    "introduction_end": say("finansieringen slutar"),
    "first_year_end": say("första budgetåret slutar"),
    "second_year_end": say("andra budgetåret slutar"),
    "third_year_end": say("tredje budgetåret slutar"),
    "handover_begins": say("överlämningen börjar"),
    "watch_end": say("bevakningen slutar"),
    "recommendation": say("rekommendationen lämnades"),
    "decision": say("beslutet fattades"),
    "round_cut_off": say("etappens stoppdatum"),
    "expected_approval": say("väntat godkännande"),
    "reassess_by": say("omprövningen"),
    "period_end": say("perioden slutar"),
    "answer_by": say("svaret väntas"),
}


#: Dates that come again, which reminders may count from: each of them has its own reminder.
SERIES: dict[str, Message] = {
    "round_cut_offs": say("varje stoppdatum medan ärendet är i steget"),
    "next_year_rounds": say("stoppdatumet i den etapp som avgör nästa budgetårs medel"),
}

#: What a region may be reminded of beside its cases.
OCCASIONS: dict[str, Message] = {
    "mandate_ends": say("ett uppdrag löper ut"),
    "unit_without_head": say("en behandlande enhet saknar någon som kan nås"),
}
#: A series is known this far ahead.
_YEARS_AHEAD = 2


def _year_end(start: date | None, until: date | None, number: int) -> date | None:
    """The last day of the numbered budget year, None unless the financing goes on into the next."""
    if start is None or until is None or until.year < start.year + number:
        return None
    return date(start.year + number - 1, 12, 31)


def anchors(now: Situation) -> dict[str, date | None]:
    """The day of every anchor in ANCHORS; None for one that is not known yet."""
    start: date | None = now["introduction_start"]
    until: date | None = now["financed_until"]
    return {
        "stage_entered": now.stage_entered,
        "opened": now.opened,
        "introduction_start": start,
        "introduction_end": until,
        "first_year_end": _year_end(start, until, 1),
        "second_year_end": _year_end(start, until, 2),
        "third_year_end": _year_end(start, until, 3),
        "handover_begins": handover_begins(until, now.region) if until else None,
        "watch_end": now["watch_until"],
        "recommendation": now.advice_on,
        "decision": now.last_decision_on,
        "round_cut_off": now.round_cut_off,
        "expected_approval": now["expected_approval"],
        "reassess_by": now["reassess_by"],
        "period_end": now["period_to"],
        "answer_by": now["answer_by"],
    }


def series(now: Situation) -> dict[str, list[date]]:
    """The days of every series in SERIES, soonest first."""
    last_year = now.today.year + _YEARS_AHEAD
    start, until = now["introduction_start"], now["financed_until"]
    financed_after = range(start.year, until.year) if start and until else range(0)
    return {
        "round_cut_offs": sorted(
            day for each in now.region.round for day in each.days(range(now.stage_entered.year, last_year + 1))
            if day >= now.stage_entered
        ),
        "next_year_rounds": sorted(
            day for each in now.region.round if each.decides_next_year for day in each.days(financed_after)
        ),
    }  # fmt: skip


def day_of(when: When, days: Mapping[str, date | None]) -> date | None:
    """The day that a When stands for, given the anchors' days; None while its anchor is unknown."""
    anchor = days.get(when.after)
    offset: Offset = when.offset
    return None if anchor is None else offset.after(anchor)


def due_day(when: When, days: Mapping[str, date | None]) -> date | None:
    """The working day by which something is to be done: ``day_of``, moved where that is a day off.

    It goes on to the working day after, for some of it cannot be done before its day: a watch lasts until it has ended.
    What is to be done so long before its anchor comes on the working day before, and so not closer to the anchor.
    """
    day = day_of(when, days)
    return None if day is None else on_working_day(day, before=when.offset.count < 0)

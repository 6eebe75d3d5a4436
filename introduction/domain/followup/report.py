"""A unit's report: what cannot be right in it. All counts are of patients, from the start of the introduction on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.errors import InvalidInput
from introduction.domain.messages import Message, say

#: Counts of some of those who have begun, with what each of them counts.
SOME_WHO_BEGAN: dict[str, Message] = {
    "start_criteria_met": say("uppfyllde startkriterierna"),
    "stop_criteria_met": say("har uppfyllt ett stoppkriterium"),
    "registry_covered": say("är införda i registret"),
}
#: Those who have begun, divided into groups. Somebody may be left out where it is not known.
DIVISIONS: dict[str, Message] = {
    "by_sex": say("efter kön"),
    "by_age": say("efter ålder"),
    "by_area": say("efter bostadsområde"),
}


@dataclass(frozen=True)
class Told:
    """What the same unit has said of another day: so many had begun."""

    until: date
    started: int


@dataclass(frozen=True)
class Bounds:
    """What a report is held against: the days that it may tell of, what is told already, and which groups there are."""

    today: date
    begins: date | None = None
    before: Told | None = None  #: of the nearest day before, or of the same day
    after: Told | None = None  #: of the nearest day after
    areas: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    explained: bool = False  #: a note says what was wrong in the other report


def check(values: Mapping[str, Any], bounds: Bounds) -> None:
    """Raise InvalidInput with everything in a report that cannot be right, field by field.

    ``values`` are those of the record, each of the right kind already.
    """
    of_period = _period(values, bounds)
    problems = of_period + _counts(values) + _reasons(values) + _parts(values) + _groups(values, bounds) + _cost(values)
    if not bounds.explained and not of_period:
        problems += _against_others(values["patients_started"], bounds)
    if problems:
        raise InvalidInput(*problems)


def _against_others(started: int, bounds: Bounds) -> list[tuple[str, Message]]:
    """Those who have begun are counted from the start on, so never fewer on a later day."""
    before, after = bounds.before, bounds.after
    if before is not None and started < before.started:
        fewer = say(
            "Den förra rapporten, till och med {day}, sade {before}. Antalet räknas sedan införandet började och "
            "minskar inte. Rätta det, eller skriv i anteckningen vad som var fel förra gången",
            day=before.until,
            before=before.started,
        )
        return [("patients_started", fewer)]
    if after is not None and started > after.started:
        more = say(
            "En senare rapport, till och med {day}, säger {after}. Antalet räknas sedan införandet började och minskar "
            "inte. Rätta det, eller skriv i anteckningen vad som är fel i den senare rapporten",
            day=after.until,
            after=after.started,
        )
        return [("patients_started", more)]
    return []


def _period(values: Mapping[str, Any], bounds: Bounds) -> list[tuple[str, Message]]:
    until: date = values["period_end"]
    if until > bounds.today:
        return [("period_end", say("Rapporten kan inte gälla en tid som inte har varit"))]
    if bounds.begins is not None and until < bounds.begins:
        return [("period_end", say("Införandet började först {day}", day=bounds.begins))]
    return []


def _counts(values: Mapping[str, Any]) -> list[tuple[str, Message]]:
    started, going, stopped = (values[f"patients_{key}"] for key in ("started", "continuing", "stopped"))
    if going > started:
        wrong = say(
            "{going} fortsätter men bara {started} har börjat. Räkna alla som har börjat sedan införandet började, "
            "också dem som nämndes i förra rapporten",
            going=going,
            started=started,
        )
        return [("patients_continuing", wrong)]
    if going + stopped > started:
        wrong = say(
            "{going} fortsätter och {stopped} har slutat: det är fler än de {started} som har börjat. Rätta ett av "
            "antalen. Den som har börjat igen räknas bland dem som fortsätter",
            going=going,
            stopped=stopped,
            started=started,
        )
        return [("patients_stopped", wrong)]
    return []


def _reasons(values: Mapping[str, Any]) -> list[tuple[str, Message]]:
    why: Mapping[str, int] = values.get("stopped_why") or {}
    given, stopped = sum(why.values()), values["patients_stopped"]
    if not why or given == stopped:
        return []
    wrong = say(
        "Skälen är tillsammans {given}, men {stopped} har slutat. Skriv ett skäl för var och en, ”annat skäl” när det "
        "inte är känt",
        given=given,
        stopped=stopped,
    )
    return [("stopped_why", wrong)]


def _parts(values: Mapping[str, Any]) -> list[tuple[str, Message]]:
    started = values["patients_started"]
    return [
        (
            key,
            say(
                "{count} {what}, men bara {started} har börjat. Rätta ett av antalen",
                count=values[key],
                what=what,
                started=started,
            ),
        )
        for key, what in SOME_WHO_BEGAN.items()
        if (values.get(key) or 0) > started
    ]


def _cost(values: Mapping[str, Any]) -> list[tuple[str, Message]]:
    if (values.get("cost_ore") or 0) >= 0:
        return []
    return [("cost_ore", say("Kostnaden hittills kan inte vara mindre än noll. Lämna tomt om den inte är känd"))]


def _groups(values: Mapping[str, Any], bounds: Bounds) -> list[tuple[str, Message]]:
    problems: list[tuple[str, Message]] = []
    started = values["patients_started"]
    for key, how in DIVISIONS.items():
        given = sum((values.get(key) or {}).values())
        if given > started:
            wrong = say(
                "Antalen {how} är tillsammans {given}, men bara {started} har börjat. Rätta dem, eller antalet som "
                "har börjat. Lämna tomt för dem som det inte är känt för",
                how=how,
                given=given,
                started=started,
            )
            problems.append((key, wrong))
    if not set(values.get("by_area") or {}) <= bounds.areas:
        problems.append(("by_area", say("Välj bland alternativen")))
    if not set(values.get("indicators") or {}) <= bounds.indicators:
        problems.append(("indicators", say("Uppföljningsplanen har ändrats. Öppna uppgiften igen och fyll i målen")))
    return problems

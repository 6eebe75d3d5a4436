"""What the handover document is told, from the handover as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext

from introduction.documents.handover_document import (
    Answer,
    DecisionTold,
    FollowedUp,
    Forecast,
    HandoverTold,
    Remaining,
    UnitTakingOver,
)
from introduction.documents.printing import Letterhead
from introduction.domain import partial
from introduction.domain.errors import Refused
from introduction.domain.fields import outcome_title
from introduction.domain.messages import say
from introduction.services.handover_view import CouncilSaid, HandoverFile, UnitLine
from introduction.services.subjects import PAYING_OUTCOMES
from introduction.web import handover_words
from introduction.web.words import capital, tell

#: The probability of the forecasts' intervals.
LEVEL = 0.8


def told(file: HandoverFile, now: datetime) -> HandoverTold:
    """The document's content. Raises Refused where it is not settled when the region's money ends."""
    found, subject = file.handover, file.case.subject
    first = found.first_day
    if first is None:
        raise Refused(say("Dokumentet går att skriva ut när det är bestämt till och med när införandet finansieras"))
    return HandoverTold(
        letterhead=Letterhead(tell(subject.region.name), subject.number, now, subject.row.example),
        medicine=file.case.about.medicine,
        indication=file.case.about.indication,
        first_year=found.years[0],
        central_payer=gettext("regionen centralt"),
        decision=_decision(file),
        units=tuple(_unit(file, line, first) for line in found.lines),
        conclusion=_conclusion(file),
        remaining=tuple(Remaining(line.unit, _forecast(line)) for line in found.central),
        watched_until=subject.situation["watch_until"],
        level=LEVEL,
    )


def _decision(file: HandoverFile) -> DecisionTold:
    """The decision by which the region pays; the last of them."""
    found = [row for row in file.case.decisions if row.outcome in PAYING_OUTCOMES]
    if not found:
        return DecisionTold("", None, "")
    row = found[-1]
    return DecisionTold(
        body=row.body or "",
        decided_on=partial.first_day(row.decided_on) if row.decided_on else None,
        outcome=capital(tell(outcome_title(row.outcome))),
        section=row.section or "",
        registry_number=row.registry_number or "",
        conditions=tuple(line.strip() for line in (row.conditions or "").splitlines() if line.strip()),
    )


def _unit(file: HandoverFile, line: UnitLine, first: date) -> UnitTakingOver:
    changed = line.change is not None and line.change.to_payer != "fund"
    return UnitTakingOver(
        unit=line.unit,
        payer_from=gettext("Introduktionsmedlen"),
        payer_to=handover_words.payer_title(line),
        changes_on=line.change.takes_effect_on if changed and line.change is not None else first,
        paid_ore=line.paid_ore,
        forecast=_forecast(line),
        room_ore=line.proposal.room_ore if line.proposal is not None else None,
        answer=_answer(file, line),
    )


def _forecast(line: UnitLine) -> Forecast | None:
    figure = line.forecast
    if figure is None:
        return None
    low, high = figure.low[0], figure.high[0]
    return Forecast(figure.expected[0], (low, high) if low != high else None)


def _answer(file: HandoverFile, line: UnitLine) -> Answer | None:
    row = line.answer
    if row is None:
        return None
    objects = row.answer == "objection"
    return Answer(
        answer=row.answer,
        by=file.case.people.get(row.recorded_by or 0, ""),
        on=row.recorded_at.date(),
        reason=(row.comment or "") if objects else "",
        council=_council(file.council, row.recorded_at.date()) if objects else "",
    )


def _council(said: Sequence[CouncilSaid], since: date) -> str:
    """What the council has said since the objection, the latest."""
    return next((one.text for one in said if one.on >= since), "")


def _conclusion(file: HandoverFile) -> FollowedUp | None:
    now = file.case.subject.situation
    outcome, reasons = now["follow_up_outcome"], now["follow_up_conclusion"]
    drawn = next((e for e in file.case.history if "follow_up_conclusion" in (e.what.get("changes") or {})), None)
    if outcome is None or not reasons or drawn is None:
        return None
    return FollowedUp(outcome, drawn.by or gettext("Systemet"), date.fromisoformat(drawn.happened_on[:10]), reasons)

"""What the handover document is told: the handover as it was done, or as it stands until then."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext

from introduction.documents.handover_document import (
    Answer,
    DecisionTold,
    FollowedUp,
    Forecast,
    HandoverTold,
    Remaining,
    Ruling,
    UnitTakingOver,
)
from introduction.documents.printing import Letterhead
from introduction.domain import partial
from introduction.domain.calendar import local_date
from introduction.domain.errors import Refused
from introduction.domain.fields import outcome_title
from introduction.domain.messages import say
from introduction.services.conclusions import Conclusion
from introduction.services.handover_file import HandoverFile
from introduction.services.handover_view import UnitLine
from introduction.services.subjects import PAYING_OUTCOMES
from introduction.store.decision import Decision
from introduction.web import handover_words
from introduction.web.words import capital, tell

#: The probability of the forecasts' intervals.
LEVEL = 0.8


def told(file: HandoverFile, now: datetime) -> HandoverTold:
    """The document's content. Raises Refused where it is not settled when the region's money ends."""
    subject, done = file.case.subject, file.done
    found, made, concluded = (
        (done.handover, done.at, done.conclusion) if done else (file.handover, now, file.conclusion)
    )
    first = found.first_day
    if first is None:
        raise Refused(say("Dokumentet går att skriva ut när det är bestämt till och med när införandet finansieras"))
    return HandoverTold(
        letterhead=Letterhead(tell(subject.region.name), subject.number, made, subject.row.example),
        as_of=local_date(made),
        done=done is not None,
        medicine=file.case.about.medicine,
        indication=file.case.about.indication,
        first_year=found.years[0],
        central_payer=gettext("regionen centralt"),
        decision=_decision(file),
        units=tuple(_unit(file, line, first) for line in found.lines),
        conclusion=_conclusion(concluded),
        rulings=tuple(_ruling(row) for row in reversed(file.council)),
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
        on=local_date(row.recorded_at),
        reason=(row.comment or "") if objects else "",
    )


def _ruling(row: Decision) -> Ruling:
    return Ruling(
        decided=capital(tell(outcome_title(row.outcome))),
        body=row.body or "",
        decided_on=partial.first_day(row.decided_on) if row.decided_on else None,
        reasons=row.reasons or "",
        section=row.section or "",
        registry_number=row.registry_number or "",
    )


def _conclusion(drawn: Conclusion | None) -> FollowedUp | None:
    if drawn is None or drawn.outcome is None or not drawn.text or drawn.on is None:
        return None
    return FollowedUp(drawn.outcome, drawn.by or gettext("Systemet"), drawn.on, drawn.text)

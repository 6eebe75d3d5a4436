"""Adds the rows that actions and tasks leave behind: decisions, grants, reports, answers and versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from introduction.domain import facts
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.fields import RECORD_NEEDS, RECORDS
from introduction.domain.messages import say
from introduction.domain.process.region import Region
from introduction.services import books, grants, reports
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.services.grants import NewGrant
from introduction.services.subjects import Subject
from introduction.store import analysis as analyses
from introduction.store.analysis import DecisionAnalysis
from introduction.store.decision import Decision
from introduction.store.follow_up import HandoverConfirmation, HandoverProposal
from introduction.store.recommendation import RecommendationVersion, last_version
from introduction.store.task import TaskRow


def needed(region: Region, record: str, outcome: str | None, body: str | None) -> frozenset[str]:
    """The fields that a record cannot be without.

    A conditional decision also tells its conditions. Section numbers belong to bodies that vote: officials'
    councils reach consensus and have none.
    """
    needs = RECORD_NEEDS[record]
    if outcome == "approved_with_conditions":
        needs |= {"conditions"}
    if outcome in ("granted", "granted_in_part"):
        needs |= {"granted_ore"}
    if body is not None and region.body_named(body).how != "vote":
        needs -= {"section"}
    return needs


def accept(
    subject: Subject, record: str, given: Mapping[str, Any], *, outcome: str | None = None, body: str | None = None
) -> dict[str, Any]:
    """Check a record's values. Raises InvalidInput with every problem.

    The registry number of a decision may stand on the case already.
    """
    known = {"registry_number": subject.situation["registry_number"]} if record == "decision" else {}
    values = facts.accept(given, RECORDS[record], needed(subject.region, record, outcome, body), known)
    return {**known, **{key: value for key, value in values.items() if not facts.is_empty(value)}}


def add(
    desk: Desk,
    subject: Subject,
    record: str,
    values: Mapping[str, Any],
    *,
    outcome: str | None = None,
    body: str | None = None,
    task: TaskRow | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Add a record's row to an instance and return what the event should tell of it. ``note`` was said with it."""
    match record:
        case "decision":
            _decision(desk, subject, values, outcome, body)
        case "funding_decision":
            _funding_decision(desk, subject, values, outcome, body)
        case "grant":
            _grant(desk, subject, values)
        case "follow_up_report":
            values = reports.add(desk, subject, values, task, note)
        case "handover_proposal":
            _proposal(desk, subject, values, task)
        case "handover_confirmation":
            _confirmation(desk, subject, values, task)
        case "recommendation_version":
            return {**values, "version": _version(desk, subject, values)}
    told = dict(values)
    if outcome:
        told["outcome"] = outcome
    if task is not None and task.unit_id is not None:
        told["unit_id"] = task.unit_id
    return told


def _stamp(desk: Desk) -> dict[str, Any]:
    return {"recorded_by": desk.user_id, "recorded_at": desk.now}


def _as_text(day: date | str) -> str:
    return day.isoformat() if isinstance(day, date) else day


def _decision(desk: Desk, subject: Subject, values: Mapping[str, Any], outcome: str | None, body: str | None) -> None:
    decided = values["decided_on"]
    if isinstance(decided, date) and decided > desk.today:
        raise InvalidInput(("decided_on", say("Beslutet kan inte ligga i framtiden. Skriv dagen enligt protokollet")))
    if isinstance(decided, date) and decided < subject.instance.opened_on:
        raise InvalidInput(
            (
                "decided_on",
                say("Beslutet kan inte ligga före {day}, då ärendet öppnades", day=subject.instance.opened_on),
            )
        )
    title = subject.region.body_named(body).title.sv if body else None
    row = {**values, "decided_on": _as_text(decided)}
    decision = Decision(case_id=subject.instance.id, outcome=outcome, body=title, **row, **_stamp(desk))
    desk.session.add(decision)
    approved = analyses.approved_id(desk.session, subject.instance.id)
    if approved is not None:
        desk.session.flush()
        told = {"decision_id": decision.id, "case_id": subject.instance.id, "analysis_id": approved}
        desk.session.add(DecisionAnalysis(**told))


def _funding_decision(
    desk: Desk, subject: Subject, values: Mapping[str, Any], outcome: str | None, body: str | None
) -> None:
    assert subject.instance.region_id is not None, "an application has a region"
    first, last = values.get("valid_from"), values.get("valid_until")
    if first is not None and last is not None and last < first:
        raise InvalidInput(("valid_until", say("Periodens sista dag ligger före den första. Ändra en av dem")))
    minutes = Minutes(
        decided_on=values["decided_on"],
        reasons=values["reasons"],
        body=subject.region.body_named(body).title.sv if body else None,
        section=values.get("section"),
        registry_number=values.get("registry_number"),
        conditions=values.get("conditions"),
    )
    books.decide(
        desk,
        subject.instance.region_id,
        "application",
        minutes,
        instance_id=subject.instance.id,
        outcome=outcome,
        granted_ore=values.get("granted_ore") if outcome != "refused" else None,
        valid_from=first,
        valid_until=last,
    )


def _grant(desk: Desk, subject: Subject, values: Mapping[str, Any]) -> None:
    assert subject.instance.region_id is not None, "a case has a region"
    new = NewGrant(
        unit_id=values["unit_id"],
        budget_year=values["budget_year"],
        ceiling_ore=values["ceiling_ore"],
        case_id=subject.instance.id,
        held_by=values.get("held_by") or "region",
    )
    minutes = Minutes(
        decided_on=values.get("decided_on") or desk.today,
        reasons=f"Beviljat i ärende {subject.number}",
        section=values.get("section"),
        registry_number=subject.situation["registry_number"],
    )
    grants.give(desk, subject.instance.region_id, new, minutes=minutes)


def _proposal(desk: Desk, subject: Subject, values: Mapping[str, Any], task: TaskRow | None) -> None:
    if task is None or task.unit_id is None:
        raise Refused(say("Förslaget lämnas för en behandlande enhet, från dess uppgift"))
    desk.session.add(
        HandoverProposal(case_id=subject.instance.id, task_id=task.id, unit_id=task.unit_id, **values, **_stamp(desk))
    )


def _confirmation(desk: Desk, subject: Subject, values: Mapping[str, Any], task: TaskRow | None) -> None:
    if task is None or task.unit_id is None:
        raise Refused(say("Svaret lämnas för en behandlande enhet, från dess uppgift"))
    if values["answer"] == "objection" and not values.get("comment"):
        raise InvalidInput(("comment", say("Skriv skälet till invändningen")))
    if values["answer"] == "confirmed" and task.unit_id not in subject.situation.proposed:
        reason = say("Inget utrymme i er budget är föreslaget än. Vänta på förslaget, eller invänd")
        raise InvalidInput(("answer", reason))
    desk.session.add(
        HandoverConfirmation(
            case_id=subject.instance.id, task_id=task.id, unit_id=task.unit_id, **values, **_stamp(desk)
        )
    )


def _version(desk: Desk, subject: Subject, values: Mapping[str, Any]) -> int:
    graded = any(values.get(key) for key in ("clinical_grade", "economic_grade"))
    if graded and not values.get("grade_scale"):
        raise InvalidInput(
            ("grade_scale", say("Ange skalan: låg tillförlitlighet och låg osäkerhet betyder motsatta saker"))
        )
    previous = last_version(desk.session, subject.instance.id)
    number = previous.version + 1 if previous else 1
    row = {**values, "issued_on": _as_text(values["issued_on"])}
    desk.session.add(
        RecommendationVersion(recommendation_id=subject.instance.id, version=number, **row, **_stamp(desk))
    )
    return number

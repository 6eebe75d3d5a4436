"""The parts that every change of an instance is made of: lock, accept, write, move, settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete

from introduction.domain import facts
from introduction.domain.errors import Conflict, InvalidInput
from introduction.domain.fields import Field, Kind
from introduction.domain.messages import say
from introduction.domain.process.definition import RETURN, Phase
from introduction.domain.process.engine import Step
from introduction.domain.process.guards import GUARDS
from introduction.domain.subjects import fields_of
from introduction.domain.swedish import clean
from introduction.services import plan, subjects
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import instance as instances
from introduction.store.case import Case, TreatingUnit
from introduction.store.person import PersonRow, assignments_on
from introduction.store.unit import Unit

LONGEST_NOTE = 8000


def load(desk: Desk, instance_id: int, revision: int | None) -> Subject:
    """Lock an instance and read it.

    Raises NotFound, and Conflict when it has changed since the page was drawn (``revision`` None: any).
    """
    instance = instances.lock(desk.session, instance_id)
    if revision is not None and revision != instance.revision:
        raise Conflict(revision, instance.revision)
    subjects.hold(desk, instance)
    return subjects.read(desk, instance)


def accept_note(text: str, *, required: bool = False) -> str:
    """A note, cleaned. Raises InvalidInput when it is missing though required, or too long."""
    text = clean(text)
    if required and not text:
        raise InvalidInput(("note", say("Skriv en motivering")))
    if len(text) > LONGEST_NOTE:
        raise InvalidInput(("note", say("Skriv högst {longest} tecken", longest=LONGEST_NOTE)))
    return text


def accept_facts(
    subject: Subject, given: Mapping[str, Any], asks: Iterable[str], may: Iterable[str] = ()
) -> dict[str, Any]:
    """The facts given, checked against the catalogue and against each other.

    The subject's situation then holds them, so that the rules see what will be. Raises InvalidInput.
    """
    known = fields_of(subject.definition.subject)
    asked = tuple(asks)
    fields = {key: known[key] for key in (*asked, *may)}
    values = facts.accept(given, fields, asked, subject.situation.facts)
    subject.situation = replace(subject.situation, facts={**subject.situation.facts, **values})
    _refuse_contradictions(subject)
    return values


def _refuse_contradictions(subject: Subject) -> None:
    """Say in words, at the field, what the database's own checks would refuse."""
    now = subject.situation
    start, end = now["introduction_start"], now["financed_until"]
    case = subject.row
    if isinstance(case, Case) and case.phase == Phase.HANDOVER and not case.recorded_afterwards and start is None:
        raise InvalidInput(("introduction_start", say("Ange när införandet började")))
    if start is not None and end is not None and end <= start:
        raise InvalidInput(("financed_until", say("Finansieringens slut ligger före starten. Ändra ett av datumen")))
    first, last = now["period_from"], now["period_to"]
    if first is not None and last is not None and last < first:
        raise InvalidInput(("period_to", say("Periodens sista dag ligger före den första. Ändra en av dem")))
    if now["rank"] is not None and now["severity"] is not None:
        reason = GUARDS["rank_not_better_than_severity"].check(now)
        if reason is not None:
            raise InvalidInput(("rank", reason))


def write_facts(desk: Desk, subject: Subject, values: Mapping[str, Any]) -> None:
    """Put accepted facts on the row. Treating units are rows of their own, and belong to the region.

    Raises InvalidInput when a fact names a person or a unit that there is not.
    """
    known = fields_of(subject.definition.subject)
    for key, value in values.items():
        if key == "treating_units":
            _write_treating_units(desk, subject, tuple(dict.fromkeys(value or ())))
            continue
        if value is not None and known[key].kind in (Kind.PERSON, Kind.UNIT):
            _demand_named(desk, subject, known[key], value)
        setattr(subject.row, key, value)


def _demand_named(desk: Desk, subject: Subject, field: Field, value: int) -> None:
    if field.kind is Kind.PERSON:
        person = desk.session.get(PersonRow, value)
        if person is None or not person.active:
            raise InvalidInput((field.key, say("Välj en person som kan logga in")))
        return
    unit = desk.session.get(Unit, value)
    if unit is None or unit.region_id != subject.instance.region_id:
        raise InvalidInput((field.key, say("Välj en enhet i regionen")))


def _write_treating_units(desk: Desk, subject: Subject, unit_ids: tuple[int, ...]) -> None:
    found = [desk.session.get(Unit, unit_id) for unit_id in unit_ids]
    units = [unit for unit in found if unit is not None and unit.region_id == subject.instance.region_id]
    if len(units) != len(unit_ids):
        raise InvalidInput(("treating_units", say("Välj enheter i regionen")))
    desk.session.execute(delete(TreatingUnit).where(TreatingUnit.case_id == subject.instance.id))
    desk.session.add_all(TreatingUnit(case_id=subject.instance.id, unit_id=unit.id) for unit in units)
    subject.treating_units = [(unit.id, unit.name) for unit in sorted(units, key=lambda unit: unit.sort_key)]
    subject.situation = replace(subject.situation, treating_units=tuple(subject.treating_units))


def demand_colleague(desk: Desk, subject: Subject, key: str, person_id: int | None) -> None:
    """Somebody who is given something can sign in and has a role where the instance belongs."""
    if person_id is None:
        return
    person = desk.session.get(PersonRow, person_id)
    held = assignments_on(desk.session, person_id, desk.today)
    region_id = subject.instance.region_id
    if person is None or not person.active or not any(region_id in (None, role.region_id) for role in held):
        raise InvalidInput((key, say("Välj en person som har en roll i regionen")))


def join_round(desk: Desk, subject: Subject) -> date | None:
    """Put a case in the region's next round, from today on. Returns its cut-off date; None without rounds."""
    cut_off = subject.region.next_cut_off(desk.today)
    if isinstance(subject.row, Case):
        subject.row.round_cut_off = cut_off
        subject.situation = replace(subject.situation, round_cut_off=cut_off)
    return cut_off


def move(desk: Desk, subject: Subject, taken: Step) -> None:
    """Put the instance in the stage that a step leads to, with its phase, tasks and end."""
    if not taken.moves:
        return
    instance = subject.instance
    stage = subject.definition.stage_named(taken.goal)
    instance.stage, instance.stage_entered_on, instance.return_stage = stage.id, desk.today, taken.keeps
    if isinstance(subject.row, Case) and stage.phase is not None:
        subject.row.phase = stage.phase
        _refuse_contradictions(subject)
    instance.closed_on = desk.today if stage.kind == "end" else None
    subject.situation = replace(subject.situation, stage=stage.id, stage_entered=desk.today)
    plan.enter(desk, subject, stage, returning=taken.action.to == RETURN)


def settle(desk: Desk, subject: Subject, *, records_added: bool = False) -> None:
    """Count the revision up and derive tasks and due dates from what now holds."""
    settle_each(desk, [(subject, records_added)])


def settle_each(desk: Desk, found: Iterable[tuple[Subject, bool]]) -> None:
    """The same of some instances, each with whether records were added; what is derived is written together."""
    settled = []
    for subject, records_added in found:
        settled.append(subject)
        subject.instance.revision += 1
        if records_added:
            desk.session.flush()
            subject.situation = subjects.with_records(desk, subject.row, subject.situation)
    plan.derive(desk, *settled)
    desk.session.flush()


def reread(desk: Desk, subject: Subject) -> Subject:
    """The subject read again, after rows that its situation depends on have changed."""
    desk.session.flush()
    return subjects.read(desk, subject.instance)

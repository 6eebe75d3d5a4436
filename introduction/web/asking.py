"""Forms for actions and tasks, for whatever subject: what they ask, and what comes of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import request
from wtforms import TextAreaField

from introduction.domain.fields import OBJECTION_OUTCOMES, RECORDS
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Action
from introduction.domain.roles import Role
from introduction.domain.subjects import fields_of
from introduction.services import records, suggestions
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import indicator as indicators
from introduction.store import person as persons
from introduction.store import unit as units
from introduction.store.task import TaskRow
from introduction.web.follow_up_words import goal_text
from introduction.web.forms.builder import Asked, Choices, Question, ask
from introduction.web.words import tell

#: The prefix of a record's inputs, so that a decision's registry number is not taken for the case's.
RECORD = "record-"
#: What the buttons of a preview say; see ``moving``.
MOVING = "moving"
#: What a record with an outcome has no use for.
_UNASKED = {"approved": ("conditions",)} | dict.fromkeys(OBJECTION_OUTCOMES, ("conditions", "valid_until"))
WHICH_RECOMMENDATION = say("Skriv numret på en rekommendation, till exempel NT-2026-0007")


def for_action(desk: Desk, subject: Subject, action: Action) -> Asked:
    """The form of an action: its facts, its record and a note."""
    questions = list(_facts(subject, action.asks, action.may))
    if action.record:
        questions += _record(subject, action.record, action.outcome, action.body)
    return _asked(desk, subject, questions, action.note)


def for_task(desk: Desk, subject: Subject, row: TaskRow) -> Asked:
    """The form of a task, with what is known of its record already."""
    task = subject.task_named(row.name)
    questions = list(_facts(subject, task.asks, task.may))
    if task.record:
        questions += _record(subject, task.record, known=suggestions.of_record(desk, subject, row))
    return _asked(desk, subject, questions, "optional")


def for_facts(desk: Desk, subject: Subject, keys: Iterable[str]) -> Asked:
    """The form for correcting facts."""
    return _asked(desk, subject, list(_facts(subject, (), keys)), "required")


def for_note(extra: Mapping[str, Any]) -> Asked:
    """A form of a note and a few fields of its own."""
    return ask((), Choices(), {**extra, "note": TextAreaField(tell(say("Anteckning")), render_kw={"rows": 3})})


def posted_note() -> str:
    """The note of the posted form."""
    return request.form.get("note", "")


def _facts(subject: Subject, asks: Iterable[str], may: Iterable[str]) -> Iterable[Question]:
    fields, leave = fields_of(subject.definition.subject), suggestions.left_open(subject)
    known = {key: value for key, value in subject.situation.facts.items() if key not in leave}
    known |= {key: value for key, value in suggestions.of_facts(subject).items() if known.get(key) is None}
    for key in asks:
        yield Question(fields[key], required=True, value=known.get(key))
    for key in may:
        yield Question(fields[key], required=False, value=known.get(key))


def _record(
    subject: Subject,
    record: str,
    outcome: str | None = None,
    body: str | None = None,
    known: Mapping[str, Any] | None = None,
) -> list[Question]:
    needed = records.needed(subject.region, record, outcome, body)
    if record == "decision":
        known = {"registry_number": subject.situation["registry_number"]}
    known = known or {}
    return [
        Question(field, required=key in needed, value=known.get(key), prefix=RECORD)
        for key, field in RECORDS[record].items()
        if key not in _UNASKED.get(outcome or "", ())
    ]


def _asked(desk: Desk, subject: Subject, questions: list[Question], note: str) -> Asked:
    extra: dict[str, Any] = {}
    if note != "none":
        label: Message = say("Motivering") if note == "required" else say("Anteckning")
        extra["note"] = TextAreaField(tell(label), render_kw={"rows": 3})
    choices = choices_for(desk, subject)
    if any(question.field.of_region for question in questions):
        choices = replace(choices, groups=_groups(desk, subject))
    asked = ask(questions, choices, extra)
    if note == "required":
        asked.form["note"].flags.required = True
    return asked


def _groups(desk: Desk, subject: Subject) -> dict[str, list[tuple[str, str]]]:
    """The groups that fields may ask for each of: the region's residence areas, and the goals of the case's plan."""
    plan = indicators.plan_of(desk.session, subject.instance.id)
    return {
        "areas": [(area.id, tell(area.title)) for area in subject.region.area],
        "indicators": [(str(row.id), goal_text(row)) for row in plan],
    }


def choices_for(desk: Desk, subject: Subject) -> Choices:
    """The units and people that the form may offer: those of the subject's region, today."""
    region_id = subject.instance.region_id
    if region_id is None:
        return Choices()
    found = units.units_of(desk.session, region_id, desk.today)
    people = persons.holders(desk.session, region_id, list(Role), desk.today)
    parents = {unit.id: unit.name for unit in found}
    place = {unit.id: at for at, unit in enumerate(found)}
    together = sorted(found, key=lambda u: (place.get(u.parent_id or u.id, place[u.id]), u.parent_id is not None))
    return Choices(
        units=[(unit.id, _with_parent(unit.name, parents.get(unit.parent_id or 0))) for unit in together],
        administrations=[(unit.id, unit.name) for unit in found if unit.kind == "administration"],
        people=[(person.id, person.name) for person in people],
    )


def _with_parent(name: str, parent: str | None) -> str:
    return f"{name}, {parent}" if parent else name

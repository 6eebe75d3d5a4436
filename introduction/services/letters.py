"""What a notice speaks of, as plain values that a page or a mail puts in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from introduction.domain.messages import Message
from introduction.domain.notices import Kind
from introduction.domain.process.definition import Definition
from introduction.domain.process.region import Region
from introduction.domain.process.timing import Text
from introduction.domain.roles import Role
from introduction.services import kept_words
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import gathering
from introduction.store import instance as instances
from introduction.store import notice as notices
from introduction.store import person as persons
from introduction.store import unit as units
from introduction.store.case import Case
from introduction.store.gathering import Gathered, Name
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.person import PersonRow
from introduction.store.region import RegionRow, all_regions
from introduction.store.task import DueDate


@dataclass(frozen=True)
class Line:
    """A notice with all that its words may name. What does not belong to its template is None or empty."""

    notice_id: int
    kind: Kind
    template: str
    name: Name | None  #: of the case or recommendation
    task_id: int | None
    due_date_id: int | None  #: something should be done by ``due_on``; without it, that is a day to know of
    due_on: date | None
    title: Text | None  #: what is to be done, what was done, or what the rule reminds of
    stage: Text | None
    unit: str | None
    person: str | None  #: whom it is about: whose mandate ends, who could not be reached
    role: Role | None
    by: str | None  #: who did it
    note: str | None
    told: Sequence[str] = ()
    reasons: Sequence[Message] = ()
    address: str | None = None
    answer: str | None = None
    instead_of: str | None = None
    outcome: str | None = None  #: of a decision: one of fields.OUTCOMES


@dataclass(frozen=True)
class Letter:
    """A mail before it is put in words: to whom, and the lines that still hold."""

    mail_id: int
    message_id: str
    person: str
    address: str
    language: str
    invented: bool  #: the person is an example, whose address can receive nothing
    collected_on: date | None
    today: date
    lines: Sequence[Line]
    reply_to: tuple[str, str] | None = None  #: name and address of somebody to ask
    stale: Mapping[int, str] = field(default_factory=dict)  #: notices that hold no more, and why
    kept: Mail | None = None  #: the mail, when it may have reached the server: the same words go again


def letter(desk: Desk, mail_id: int) -> Letter:
    """Read a mail with its notices, looking at the facts once more. In a transaction that only reads."""
    mail = desk.session.get_one(Mail, mail_id, populate_existing=True)
    person = desk.session.get_one(PersonRow, mail.person_id)
    carried = notices.of_mail(desk.session, mail_id)
    stale = _stale(desk, carried)
    lines = lines_of(desk, [notice for notice in carried if notice.id not in stale])
    return Letter(
        mail_id=mail.id,
        message_id=mail.message_id,
        person=person.name,
        address=person.email if person.active else "",
        language=person.language,
        invented=person.example,
        collected_on=mail.collected_on,
        today=desk.today,
        lines=lines,
        reply_to=_somebody_to_ask(desk, carried, person),
        stale=stale,
        kept=mail if mail.uncertain and mail.text is not None else None,
    )


def _stale(desk: Desk, carried: Sequence[Notice]) -> dict[int, str]:
    """The reminders whose due date has been met, or has moved, since they were written down."""
    wanted = [notice.due_date_id for notice in carried if notice.due_date_id is not None]
    found = gathering.gather(desk.session, {}, wanted).due_dates
    stale = {}
    for notice in carried:
        due = found.get(notice.due_date_id or 0)
        if due is None or notice.kind not in (Kind.REMINDER, Kind.ESCALATION, Kind.DIGEST):
            continue
        if due.state != "pending":
            stale[notice.id] = "done"
        elif due.due_on != notice.due_on:
            stale[notice.id] = "moved"
    return stale


def _somebody_to_ask(desk: Desk, carried: Sequence[Notice], reader: PersonRow) -> tuple[str, str] | None:
    """Who keeps the case together, where a mail is about one; else the first coordinator of the region."""
    concerned = {notice.instance_id for notice in carried if notice.instance_id is not None}
    case = desk.session.get(Case, *concerned) if len(concerned) == 1 else None
    owner = desk.session.get(PersonRow, case.owner_id) if case is not None and case.owner_id is not None else None
    asked = [owner] if owner is not None and owner.active else []
    for region_id in sorted({notice.region_id for notice in carried if notice.region_id is not None}):
        asked = asked or persons.holders(desk.session, region_id, [Role.COORDINATOR], desk.today)
    return next(((person.name, person.email) for person in asked if person.id != reader.id), None)


# ------------------------------------------------------------------------------------- lines


def lines_of(desk: Desk, carried: Sequence[Notice]) -> list[Line]:
    """Some notices with what they speak of, in a constant number of statements, in their order."""
    ids = {notice.instance_id for notice in carried if notice.instance_id is not None}
    about: dict[int, dict[str, Any]] = {notice.id: json.loads(notice.about) for notice in carried}
    found = gathering.gather(
        desk.session,
        instances.some(desk.session, ids),
        {notice.due_date_id for notice in carried if notice.due_date_id is not None},
    )
    people = {value for told in about.values() for key in ("person", "by") if (value := told.get(key)) is not None}
    people |= {person for told in about.values() for person in told.get("told", ())}
    people |= {notice.instead_of_id for notice in carried if notice.instead_of_id is not None}
    context = _Context(
        desk=desk,
        found=found,
        names=gathering.names(desk.session, ids),
        people={key: row.name for key, row in persons.by_ids(desk.session, people).items()},
        units=units.names(desk.session, {told["unit"] for told in about.values() if told.get("unit") is not None}),
        regions={region.id: region for region in all_regions(desk.session)},
    )
    return [_line(context, notice, about[notice.id]) for notice in carried]


@dataclass(frozen=True)
class _Context:
    desk: Desk
    found: Gathered
    names: Mapping[int, Name]
    people: Mapping[int, str]
    units: Mapping[int, str]
    regions: Mapping[int, RegionRow]

    def definition(self, notice: Notice) -> Definition | None:
        instance = self.found.instances.get(notice.instance_id or 0)
        if instance is None:
            return None
        return self.desk.catalogue.get(instance.definition_id, instance.definition_version)

    def region(self, notice: Notice) -> Region | None:
        row = self.regions.get(notice.region_id or 0)
        return self.desk.catalogue.regions.get(row.slug) if row is not None else None


def _line(context: _Context, notice: Notice, about: Mapping[str, Any]) -> Line:
    due = context.found.due_dates.get(notice.due_date_id or 0)
    definition = context.definition(notice)
    return Line(
        notice_id=notice.id,
        kind=Kind(notice.kind),
        template=notice.template,
        name=context.names.get(notice.instance_id or 0),
        task_id=due.task_id if due is not None else None,
        due_date_id=notice.due_date_id,
        due_on=notice.due_on,
        title=_title(context, notice, definition, due, about),
        stage=definition.stage_named(about["stage"]).title if definition and about.get("stage") else None,
        unit=context.units.get(about.get("unit") or 0),
        person=context.people.get(about.get("person") or 0),
        role=Role(about["role"]) if about.get("role") else None,
        by=context.people.get(about.get("by") or 0),
        note=about.get("note"),
        told=tuple(context.people[person] for person in about.get("told", ()) if person in context.people),
        reasons=kept_words.of_data(about.get("reasons", [])),
        address=about.get("address"),
        answer=about.get("answer"),
        instead_of=context.people.get(notice.instead_of_id or 0),
        outcome=definition.action_named(about["action"]).outcome if definition and about.get("action") else None,
    )


def _title(
    context: _Context, notice: Notice, definition: Definition | None, due: DueDate | None, about: Mapping[str, Any]
) -> Text | None:
    if definition is None:
        region = context.region(notice)
        own = (one.title for one in region.reminder if one.id == about.get("reminder")) if region else iter(())
        return next(own, None)
    if about.get("reminder"):
        return next(one.title for one in definition.reminder if one.id == about["reminder"])
    if about.get("action"):
        return definition.action_named(about["action"]).title
    if about.get("task"):
        return task_named(definition, about["task"]).title
    if due is None:
        return None
    if due.kind == "task":
        return task_named(definition, due.name).title
    return definition.next_step(due.name)

"""What people are told: writing it down once, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from introduction.domain.calendar import on_working_day
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.notices import APART, Kind, Preference
from introduction.domain.process import occurrences
from introduction.domain.process.definition import Action
from introduction.domain.roles import Role
from introduction.services import timers
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.subjects import Subject
from introduction.services.timers import Wanted
from introduction.store import instance as instances
from introduction.store import notice as store
from introduction.store import timer as timer_store
from introduction.store.notice import Notice
from introduction.store.task import DueDate

#: Nothing is put off for longer than this many days.
LONGEST_SNOOZE = 366


@dataclass(frozen=True)
class Draft:
    """What somebody is to be told; ``key`` names it together with the person who is told."""

    key: str
    kind: Kind
    template: str
    region_id: int | None = None
    instance_id: int | None = None
    due_date_id: int | None = None
    due_on: date | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    #: When it fell due, which says with which day's mail it goes; without it: as it is written down.
    due_at: datetime | None = None


def add(session: Session, told: Iterable[tuple[Draft, int, int | None]], book: Directory, now: datetime) -> None:
    """Write down what people are told: a draft, the person, and whom the person stands in for.

    The same draft is written for the same person once, however often this is asked.
    """
    store.add_new(session, [_row(draft, person, away, book, now) for draft, person, away in told])


def _row(draft: Draft, person_id: int, away_id: int | None, book: Directory, now: datetime) -> dict[str, Any]:
    at_once = book.preferences.get(person_id) == Preference.AT_ONCE and draft.kind is not Kind.DIGEST
    collected = draft.kind not in APART and not at_once
    return {
        "key": f"{draft.key}:{person_id}",
        "kind": draft.kind,
        "template": draft.template,
        "person_id": person_id,
        "instead_of_id": away_id,
        "region_id": draft.region_id,
        "instance_id": draft.instance_id,
        "due_date_id": draft.due_date_id,
        "due_on": draft.due_on,
        "about": json.dumps(draft.about, ensure_ascii=False, sort_keys=True, default=str),
        "created_at": now,
        "send_at": _send_at(draft, collected, now),
        "collected": collected,
        "state": "waiting",
    }


def _send_at(draft: Draft, collected: bool, now: datetime) -> datetime:
    """What is collected goes in the morning; what the clock says, in office hours; what people do is told at once."""
    if collected:
        return occurrences.next_collection(draft.due_at or now)
    return occurrences.next_in_office(now) if draft.kind in (Kind.REMINDER, Kind.ESCALATION) else now


# ------------------------------------------------------------------------------------- what actions tell


def matter_of(subject: Subject, role: Role, person_id: int | None = None, unit_id: int | None = None) -> Matter:
    """A matter of an instance that a role has; of one unit where it is named, else of those that the case concerns."""
    row = subject.row
    return Matter(
        region_id=subject.instance.region_id,
        role=role,
        person_id=person_id,
        unit_ids=(unit_id,) if unit_id is not None else tuple(unit for unit, _name in subject.treating_units),
        nominating_unit_id=row.own_unit_id,
        owner_id=row.named_owner_id,
        contact_person_id=subject.situation["contact_person_id"],
    )


def tell_actions(desk: Desk, taken: Iterable[tuple[Subject, Action, str]]) -> None:
    """Tell those whom each action names that it has been taken, and with which note; never the one who took it."""
    telling = [one for one in taken if one[1].tells and not one[0].rests_in_the_past]
    if telling:
        book = Directory(desk.session, desk.catalogue, desk.today)
        add(desk.session, [told for one in telling for told in _told_of_action(desk, book, *one)], book, desk.now)


def _told_of_action(
    desk: Desk, book: Directory, subject: Subject, action: Action, note: str
) -> list[tuple[Draft, int, int | None]]:
    stage = subject.definition.stage_named(subject.instance.stage)
    matter = matter_of(subject, stage.owner or Role.COORDINATOR)
    decided = action.outcome is not None
    draft = Draft(
        key=f"{subject.instance.id}:{subject.instance.head_seq}",
        kind=Kind.DECISION if decided else Kind.TOLD,
        template="decided" if decided else "moved",
        region_id=subject.instance.region_id,
        instance_id=subject.instance.id,
        about={"action": action.id, "stage": stage.id, "by": desk.user_id, "note": note or None},
    )
    told: dict[int, int | None] = {}
    for recipient in action.tells:
        for person, away in book.recipients(matter, recipient).people.items():
            told.setdefault(person, away)
    return [(draft, person, away) for person, away in told.items() if person != desk.user_id]


def tell_assigned(desk: Desk, subject: Subject, person_id: int | None, task: str | None, due: DueDate | None) -> None:
    """Tell a person who has been given a task, or (without task) who is to keep a case together."""
    if person_id is None or person_id == desk.user_id or subject.rests_in_the_past:
        return
    book = Directory(desk.session, desk.catalogue, desk.today)
    matter = matter_of(subject, Role.COORDINATOR, person_id)
    draft = Draft(
        key=f"{subject.instance.id}:{subject.instance.head_seq}",
        kind=Kind.TOLD,
        template="assigned",
        region_id=subject.instance.region_id,
        instance_id=subject.instance.id,
        due_date_id=due.id if due else None,
        due_on=due.due_on if due else None,
        about={"task": task, "by": desk.user_id},
    )
    add(desk.session, [(draft, p, away) for p, away in book.recipients(matter, None).people.items()], book, desk.now)


# ------------------------------------------------------------------------------------- what people answer


def mine(desk: Desk, notice_id: int) -> Notice:
    """A notice that the acting person was told, or somebody in the person's place. Raises NotFound, NotAllowed."""
    notice = desk.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(f"notice {notice_id}")
    if desk.user_id is None or desk.user_id not in (notice.person_id, notice.instead_of_id):
        raise NotAllowed(say("Meddelandet är till en annan person"))
    return notice


def acknowledge(desk: Desk, notice_id: int) -> Notice:
    """Say that one has seen what one was told. A second time changes nothing. Raises NotFound, NotAllowed."""
    notice = mine(desk, notice_id)
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = desk.now, desk.user_id
        desk.session.flush()
    return notice


def snooze(desk: Desk, notice_id: int, to: date) -> Notice:
    """Ask to be reminded again on a day, or the next working day after it.

    The one who asks is reminded, nobody else; unless the matter is done by then. It counts as seen.

    Raises NotFound, NotAllowed, InvalidInput (a day that has passed or is far off), Refused (there is no due date
    that waits).
    """
    notice = mine(desk, notice_id)
    if not desk.today < to or (to - desk.today).days > LONGEST_SNOOZE:
        raise InvalidInput(("to", say("Välj en dag efter i dag och inom ett år")))
    due = desk.session.get(DueDate, notice.due_date_id) if notice.due_date_id is not None else None
    if due is None or due.state != "pending" or notice.instance_id is None:
        raise Refused(say("Det finns inget kvar att påminna om"))
    instance = instances.lock(desk.session, notice.instance_id)
    day = on_working_day(to)
    region = desk.catalogue.region_of(desk.catalogue.get(instance.definition_id, instance.definition_version))
    moment = occurrences.opening(day, region)
    wanted = Wanted("reminder", timers.SNOOZE, due.id, day, moment)
    assert desk.user_id is not None, "a notice is somebody's"
    timer_store.cancel(desk.session, timer_store.snoozed(desk.session, due.id, desk.user_id))
    timer_store.plan(desk.session, [timers.values_of(instance.id, instance.region_id, wanted, desk.user_id)])
    notice.snoozed_to = day
    return acknowledge(desk, notice_id)

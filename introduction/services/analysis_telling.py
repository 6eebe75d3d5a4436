"""Tells whoever has an analysis next: the economists, those who approve, and whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable

from introduction.domain.messages import Message, say
from introduction.domain.notices import Kind
from introduction.domain.process.timing import Recipient
from introduction.domain.roles import Role
from introduction.services import kept_words, notices
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.notices import Draft
from introduction.services.subjects import Subject
from introduction.store.analysis import Analysis


def tell_next(desk: Desk, subject: Subject, row: Analysis) -> None:
    """Tell those who have an analysis now that its state has changed, but for the one who changed it."""
    region_id, number = subject.instance.region_id, row.number
    writers = {person for person in (row.written_by, row.submitted_by) if person is not None}
    match row.state:
        case "submitted":
            waits = say("Beräkning {number} väntar på granskning", number=number)
            _tell(desk, subject, row, waits, [_of(region_id, Role.ECONOMIST)])
        case "reviewed":
            waits = say("Beräkning {number} är granskad och väntar på att godkännas", number=number)
            _tell(desk, subject, row, waits, [_of(region_id, role) for role in (Role.DRAFTING_GROUP, Role.COORDINATOR)])
        case "draft":
            back = say("Beräkning {number} är återlämnad och ska rättas", number=number)
            _tell(desk, subject, row, back, [_person(region_id, one) for one in writers])
        case "approved":
            done = say("Beräkning {number} är godkänd", number=number)
            _tell(desk, subject, row, done, [_person(region_id, one) for one in writers])


def _of(region_id: int | None, role: Role) -> tuple[Matter, Recipient | None]:
    return Matter(region_id, role), role


def _person(region_id: int | None, person_id: int) -> tuple[Matter, Recipient | None]:
    return Matter(region_id, Role.COORDINATOR, person_id=person_id), None


def _tell(
    desk: Desk, subject: Subject, row: Analysis, what: Message, to: Iterable[tuple[Matter, Recipient | None]]
) -> None:
    book = Directory(desk.session, desk.catalogue, desk.today)
    draft = Draft(
        key=f"{subject.instance.id}:analysis:{row.id}:{row.revision}",
        kind=Kind.TOLD,
        template="analysis",
        region_id=subject.instance.region_id,
        instance_id=subject.instance.id,
        about={"reasons": kept_words.as_data([what])},
    )
    people: dict[int, int | None] = {}
    for matter, recipient in to:
        for person, away in book.recipients(matter, recipient).people.items():
            people.setdefault(person, away)
    told = [(draft, person, away) for person, away in people.items() if person != desk.user_id]
    notices.add(desk.session, told, book, desk.now)

"""Tells the coordinator and the economists when a case's outcome has come to lie outside its forecast's band."""

from __future__ import annotations

from collections.abc import Iterable

from introduction.domain.messages import Message, Month, say
from introduction.domain.notices import Kind
from introduction.domain.roles import Role
from introduction.services import kept_words, notices, outcomes
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.notices import Draft
from introduction.services.outcomes import Mark
from introduction.store.case import Case

#: To whom, beside the one who keeps the case together.
TOLD = (Role.COORDINATOR, Role.ECONOMIST)


def tell_marks(desk: Desk, case_ids: Iterable[int]) -> None:
    """Tell of the marks of some cases whose outcome has just changed; each run outside the band once.

    Not to the one who recorded it, who sees it on the page.
    """
    found = outcomes.marks(desk, case_ids)
    if not found:
        return
    book = Directory(desk.session, desk.catalogue, desk.today)
    for mark in found.values():
        case = desk.session.get_one(Case, mark.case_id)
        draft = Draft(
            key=f"{case.id}:outside:{mark.side}:{mark.first:%Y-%m}",
            kind=Kind.TOLD,
            template="outside",
            region_id=case.region_id,
            instance_id=case.id,
            about={"reasons": kept_words.as_data([_sentence(mark)])},
        )
        matter = Matter(case.region_id, Role.COORDINATOR, owner_id=case.owner_id)
        people: dict[int, int | None] = {}
        for to in ("owner", *TOLD):
            for person, away in book.recipients(matter, to).people.items():
                people.setdefault(person, away)
        told = [(draft, person, away) for person, away in people.items() if person != desk.user_id]
        notices.add(desk.session, told, book, desk.now)


def _sentence(mark: Mark) -> Message:
    months = {"first": Month(mark.first), "last": Month(mark.last)}
    if mark.side == "above":
        return say("Utfallet har legat över prognosens spann från {first} till {last}", **months)
    return say("Utfallet har legat under prognosens spann från {first} till {last}", **months)

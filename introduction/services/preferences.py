"""How people want to be reached: how reminders come, the secret address of the calendar, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.notices import Preference
from introduction.domain.roles import Right, Role, Scope, can, demand
from introduction.services.desk import Desk
from introduction.services.log import record_about
from introduction.store import person as persons
from introduction.store import preference as store
from introduction.store.person import PersonRow
from introduction.store.preference import Absence, PreferenceRow


@dataclass(frozen=True)
class Away:
    """A time away, with the names of the one who is away and of the one who stands in."""

    row: Absence
    person: str
    substitute: str


# ------------------------------------------------------------------------------------- what one chooses


def choose(desk: Desk, reminders: str) -> None:
    """Say how one wants reminders. What already waits to be sent goes as it was to go. Raises InvalidInput."""
    if reminders not in set(Preference):
        raise InvalidInput(("reminders", say("Välj ett av alternativen")))
    _own_row(desk).reminders = reminders
    desk.session.flush()


def renew_calendar(desk: Desk) -> None:
    """Give one's calendar a new secret address; the old one stops to work at once."""
    row = _own_row(desk)
    row.calendar_serial += 1
    desk.session.flush()


def of(desk: Desk) -> PreferenceRow:
    """What the acting person has chosen."""
    assert desk.user_id is not None, "only people choose"
    return store.of_person(desk.session, desk.user_id)


def _own_row(desk: Desk) -> PreferenceRow:
    assert desk.user_id is not None, "only people choose"
    _lock(desk, desk.user_id)
    row = store.of_person(desk.session, desk.user_id)
    desk.session.add(row)
    return row


# ------------------------------------------------------------------------------------- absence


def absences(desk: Desk, person_id: int) -> Sequence[Away]:
    """A person's times away that have not ended, soonest first."""
    return _named(desk, store.absences_of(desk.session, person_id, desk.today))


def covering(desk: Desk) -> Sequence[Away]:
    """Those in whose place the acting person stands today."""
    return _named(desk, store.covered_by(desk.session, desk.user_id, desk.today)) if desk.user_id is not None else []


def may_set(desk: Desk, person_id: int) -> bool:
    """True when the acting person may say when somebody is away: of oneself, and a coordinator of the region."""
    if person_id == desk.user_id:
        return True
    return any(can(desk.by, Right.ASSIGN, Scope(region_id)) is None for region_id in _regions(desk, person_id))


def substitutes_for(desk: Desk, person_id: int) -> Sequence[tuple[int, str]]:
    """Who can stand in for a person: everybody with a role in one of the person's regions, by name."""
    found = {
        row.id: row.name
        for region_id in sorted(_regions(desk, person_id))
        for row in persons.holders(desk.session, region_id, list(Role), desk.today)
        if row.id != person_id
    }
    order = [row.id for row in persons.everybody(desk.session)]
    return [(key, found[key]) for key in order if key in found]


def be_away(
    desk: Desk, substitute_id: int | None, first: date | None, last: date | None, *, person_id: int | None = None
) -> Absence:
    """Say that a person (oneself when nobody is named) is away, and who is told instead meanwhile.

    The substitute gains no rights. Raises NotFound, NotAllowed, InvalidInput with every problem.
    """
    row = _person(desk, person_id)
    problems = [*_day_problems(desk, row, first, last), *_substitute_problems(desk, row, substitute_id, first, last)]
    if problems:
        raise InvalidInput(*problems)
    assert substitute_id is not None and first is not None and last is not None, "else there are problems"
    absence = Absence(
        person_id=row.id,
        substitute_id=substitute_id,
        first_day=first,
        last_day=last,
        made_by=desk.user_id,
        made_at=desk.now,
    )
    desk.session.add(absence)
    desk.session.flush()
    record_about(desk, row, "absence_set", person=row.id, substitute=substitute_id, first_day=first, last_day=last)
    return absence


def end_absence(desk: Desk, absence_id: int) -> Absence:
    """Take an absence back: from now on nobody stands in. Raises NotFound, NotAllowed, Refused (it has ended)."""
    absence = desk.session.get(Absence, absence_id)
    if absence is None:
        raise NotFound(f"absence {absence_id}")
    row = _person(desk, absence.person_id)
    desk.session.refresh(absence)
    if absence.ended_at is not None or absence.last_day < desk.today:
        raise Refused(say("Frånvaron är redan slut"))
    absence.ended_at = desk.now
    desk.session.flush()
    record_about(desk, row, "absence_ended", person=row.id, absence=absence.id)
    return absence


# ------------------------------------------------------------------------------------- the parts


def _lock(desk: Desk, person_id: int) -> PersonRow | None:
    """The person's row, locked, so that two changes of the same person come one after the other."""
    query = select(PersonRow).where(PersonRow.id == person_id).with_for_update()
    return desk.session.scalar(query.execution_options(populate_existing=True))


def _person(desk: Desk, person_id: int | None) -> PersonRow:
    """The person who is away, when the acting person may say so."""
    wanted = desk.user_id if person_id is None else person_id
    row = _lock(desk, wanted) if wanted is not None else None
    if row is None:
        raise NotFound(f"person {person_id}")
    if not may_set(desk, row.id):
        for region_id in sorted(_regions(desk, row.id)) or [0]:
            demand(desk.by, Right.ASSIGN, Scope(region_id))
    return row


def _regions(desk: Desk, person_id: int) -> set[int]:
    return {held.region_id for held in persons.assignments_on(desk.session, person_id, desk.today)}


def _day_problems(desk: Desk, row: PersonRow, first: date | None, last: date | None) -> list[tuple[str, Message]]:
    problems: list[tuple[str, Message]] = []
    if first is None:
        problems.append(("first", say("Skriv den första dagen")))
    if last is None:
        problems.append(("last", say("Skriv den sista dagen")))
    if first is None or last is None:
        return problems
    if last < desk.today:
        problems.append(("last", say("Den sista dagen har redan varit. Skriv en dag från och med i dag")))
    elif last < first:
        problems.append(("last", say("Den sista dagen ligger före den första")))
    else:
        for other in store.absences_of(desk.session, row.id, first):
            if other.first_day <= last:
                days = {"first": other.first_day, "last": other.last_day}
                problems.append(("first", say("Det finns redan en frånvaro från {first} till {last}", **days)))
                break
    return problems


def _substitute_problems(
    desk: Desk, row: PersonRow, substitute_id: int | None, first: date | None, last: date | None
) -> list[tuple[str, Message]]:
    substitute = desk.session.get(PersonRow, substitute_id) if substitute_id else None
    if substitute is None:
        return [("substitute", say("Välj vem som ersätter"))]
    if substitute.id == row.id:
        return [("substitute", say("Välj någon annan än den som är borta"))]
    if not substitute.active or not _regions(desk, substitute.id) & _regions(desk, row.id):
        return [("substitute", say("Välj någon som har ett uppdrag i samma region"))]
    if first is not None and last is not None:
        for other in store.absences_of(desk.session, substitute.id, first):
            if other.first_day <= last:
                told = {"name": substitute.name, "first": other.first_day, "last": other.last_day}
                return [("substitute", say("{name} är själv borta från {first} till {last}. Välj någon annan", **told))]
    return []


def _named(desk: Desk, rows: Sequence[Absence]) -> list[Away]:
    found = persons.by_ids(desk.session, {person for row in rows for person in (row.person_id, row.substitute_id)})
    return [Away(row, found[row.person_id].name, found[row.substitute_id].name) for row in rows]

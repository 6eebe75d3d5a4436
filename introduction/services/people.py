"""People: who may sign in, with what password and in which roles."""

from __future__ import annotations

import re
from datetime import date, timedelta

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import REGION_WIDE, Right, Role, Scope
from introduction.domain.swedish import clean, fold
from introduction.services import log, passwords
from introduction.services.desk import Desk
from introduction.services.log import record_about
from introduction.services.signing_in import token_hash
from introduction.store import person as persons
from introduction.store import sign_in as store
from introduction.store.person import PersonRow, RoleAssignment
from introduction.store.region import BodyRow, RegionRow
from introduction.store.unit import Unit

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


# ------------------------------------------------------------------------------------- accounts


def add_person(desk: Desk, email: str, name: str, *, language: str = "sv", example: bool = False) -> PersonRow:
    """Add somebody who can sign in once there is a password. Raises NotAllowed, InvalidInput with every problem."""
    desk.demand_administration(Right.MANAGE_USERS, Scope(None))
    email, name = fold(clean(email)), " ".join(clean(name).split())
    problems: list[tuple[str, Message]] = []
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        problems.append(("email", say("Skriv e-postadressen, till exempel anna.berg@region.example")))
    elif persons.by_email(desk.session, email) is not None:
        problems.append(("email", say("Det finns redan en person med den adressen")))
    if not name or len(name) > 120:
        problems.append(("name", say("Skriv för- och efternamn, högst {longest} tecken", longest=120)))
    if language not in ("sv", "en"):
        problems.append(("language", say("Välj ett av alternativen")))
    if problems:
        raise InvalidInput(*problems)
    row = PersonRow(email=email, name=name, language=language, example=example, created_at=desk.now)
    desk.session.add(row)
    desk.session.flush()
    return row


def set_password(desk: Desk, person_id: int, password: str) -> None:
    """Give a person a new password and end all the person's sessions. Raises NotAllowed, NotFound, InvalidInput."""
    row = _load(desk, person_id)
    _demand_over(desk, row)
    _put_password(desk, row, password)
    store.end_sessions(desk.session, row.id, desk.now)


def change_own_password(desk: Desk, old: str, new: str, *, keep: str | None = None) -> None:
    """Change the acting person's own password and end the person's other sessions.

    ``keep`` is the token of the session that goes on. Raises InvalidInput, at the field, when the old
    password is wrong or the new one is too weak.
    """
    assert desk.by is not None, "only a person has an own password"
    row = _load(desk, desk.by.user_id)
    if not passwords.hasher.match(row.password_hash, old):
        raise InvalidInput(("old", say("Det nuvarande lösenordet stämmer inte")))
    _put_password(desk, row, new)
    store.end_sessions(desk.session, row.id, desk.now, but=token_hash(keep) if keep else None)


def deactivate(desk: Desk, person_id: int) -> None:
    """Stop a person from signing in, at once. The person's name stays on what was done."""
    row = _load(desk, person_id)
    _demand_over(desk, row)
    if not row.active:
        raise Refused(say("Kontot är redan avslutat"))
    row.active = False
    store.end_sessions(desk.session, row.id, desk.now)
    record_about(desk, row, "person_deactivated", person=row.id)


def _put_password(desk: Desk, row: PersonRow, password: str) -> None:
    problem = passwords.problem_with(row, password)
    if problem is not None:
        raise InvalidInput(("password", problem))
    row.password_hash, row.password_changed_at = passwords.hasher.hashed(password), desk.now
    desk.session.flush()
    record_about(desk, row, "password_changed", person=row.id)


# ------------------------------------------------------------------------------------- roles


def grant_role(
    desk: Desk,
    person_id: int,
    role: Role,
    region_id: int,
    *,
    unit_id: int | None = None,
    body_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleAssignment:
    """Give a person a role in a region: from today unless a day is named, for good unless it has a last day.

    A local role (nominator, head of unit) needs its unit, the others hold for the whole region. Raises NotAllowed,
    NotFound, InvalidInput.
    """
    row = _load(desk, person_id)
    if desk.session.get(RegionRow, region_id) is None:
        raise NotFound(f"region {region_id}")
    desk.demand_administration(Right.MANAGE_USERS, Scope(region_id))
    granted = RoleAssignment(
        person_id=row.id,
        region_id=region_id,
        role=role.value,
        unit_id=unit_id,
        body_id=body_id,
        valid_from=valid_from or desk.today,
        valid_to=valid_to,
    )
    problems = [problem for problem in (_place_problem(desk, granted), _time_problem(desk, granted)) if problem]
    if problems:
        raise InvalidInput(*problems)
    desk.session.add(granted)
    desk.session.flush()
    log.record_in_region(
        desk,
        region_id,
        "role_granted",
        person=row.id,
        role=role.value,
        unit_id=unit_id,
        body_id=body_id,
        valid_from=granted.valid_from,
        valid_to=valid_to,
    )
    return granted


def end_role(desk: Desk, assignment_id: int, *, last_day: date | None = None) -> None:
    """End a role after a day, or at once when no day is named; and end the person's sessions.

    A role that would end before its first day is removed: it never held. Raises NotAllowed, NotFound, Refused.
    """
    held = desk.session.get(RoleAssignment, assignment_id)
    if held is None:
        raise NotFound(f"role assignment {assignment_id}")
    desk.demand_administration(Right.MANAGE_USERS, Scope(held.region_id))
    last = last_day or desk.today - timedelta(days=1)
    if held.valid_to is not None and held.valid_to <= last:
        raise Refused(say("Rollen är redan avslutad {day}", day=held.valid_to))
    log.record_in_region(
        desk, held.region_id, "role_ended", person=held.person_id, role=held.role, unit_id=held.unit_id, last_day=last
    )
    if last < held.valid_from:
        desk.session.delete(held)
    else:
        held.valid_to = last
    store.end_sessions(desk.session, held.person_id, desk.now)
    desk.session.flush()


def _place_problem(desk: Desk, granted: RoleAssignment) -> tuple[str, Message] | None:
    local = Role(granted.role) not in REGION_WIDE
    if local != (granted.unit_id is not None):
        return "unit_id", say("Välj en enhet") if local else say("Rollen gäller hela regionen, inte en enhet")
    if granted.unit_id is not None:
        unit = desk.session.get(Unit, granted.unit_id)
        if unit is None or unit.region_id != granted.region_id:
            return "unit_id", say("Välj en enhet i regionen")
    if granted.body_id is not None:
        body = desk.session.get(BodyRow, granted.body_id)
        if body is None or body.region_id != granted.region_id:
            return "body_id", say("Välj ett organ i regionen")
    return None


def _time_problem(desk: Desk, granted: RoleAssignment) -> tuple[str, Message] | None:
    if granted.valid_to is not None and granted.valid_to < granted.valid_from:
        return "valid_to", say("Rollens sista dag ligger före den första")
    for held in persons.assignments_of(desk.session, granted.person_id):
        same = (held.region_id, held.role, held.unit_id, held.body_id) == (
            granted.region_id,
            granted.role,
            granted.unit_id,
            granted.body_id,
        )
        starts_before_end = granted.valid_to is None or held.valid_from <= granted.valid_to
        if same and starts_before_end and (held.valid_to is None or held.valid_to >= granted.valid_from):
            return "role", say("Personen har redan rollen då")
    return None


# ------------------------------------------------------------------------------------- the parts


def _load(desk: Desk, person_id: int) -> PersonRow:
    row = desk.session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(f"person {person_id}")
    return row


def _demand_over(desk: Desk, row: PersonRow) -> None:
    """An account is managed by whoever manages every region where it has a role, now or later.

    Otherwise the administrator of one region could take over somebody's roles in another.
    """
    held = persons.assignments_of(desk.session, row.id)
    regions = {h.region_id for h in held if h.valid_to is None or h.valid_to >= desk.today}
    for scope in [Scope(region_id) for region_id in sorted(regions)] or [Scope(None)]:
        desk.demand_administration(Right.MANAGE_USERS, scope)

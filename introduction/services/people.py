"""People: who may sign in, with what password and in which roles; and the signing in itself.

The words that somebody typed when signing in failed are never kept: they may be a password in the wrong field.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import REGION_WIDE, Person, Right, Role, Scope
from introduction.domain.swedish import clean, fold
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store import person as persons
from introduction.store import sign_in as store
from introduction.store.person import PersonRow, RoleAssignment
from introduction.store.region import BodyRow, RegionRow
from introduction.store.sign_in import HeldPost, SignInAttempt, SignInSession
from introduction.store.unit import Unit

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
IDLE = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=10)
SEEN_STEP = timedelta(minutes=1)
THROTTLE = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 20
HELD_FOR = timedelta(hours=1)
HELD_BYTES = 1_000_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class Passwords:
    """Hashes and checks passwords with argon2id, at a cost. Tests put one of lower cost in its place."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib)

    def hashed(self, password: str) -> str:
        """The hash of a password."""
        return self._hasher.hash(_composed(password))

    def match(self, stored: str | None, password: str) -> bool:
        """True when the password is the one that was hashed. Takes as long where there is no hash to compare with."""
        try:
            self._hasher.verify(stored or self._nobodys, _composed(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """True when the hash was made at another cost."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())


passwords = Passwords()


def _composed(password: str) -> str:
    # The same letters come composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFC", password)


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
    if not passwords.match(row.password_hash, old):
        raise InvalidInput(("old", say("Det nuvarande lösenordet stämmer inte")))
    _put_password(desk, row, new)
    store.end_sessions(desk.session, row.id, desk.now, but=_hash(keep) if keep else None)


def deactivate(desk: Desk, person_id: int) -> None:
    """Stop a person from signing in, at once. The person's name stays on what was done."""
    row = _load(desk, person_id)
    _demand_over(desk, row)
    if not row.active:
        raise Refused(say("Kontot är redan avslutat"))
    row.active = False
    store.end_sessions(desk.session, row.id, desk.now)
    _tell(desk, row, "person_deactivated", person=row.id)


def password_problem(row: PersonRow, password: str) -> Message | None:
    """What is wrong with a password for a person; None when it will do."""
    if len(password) < SHORTEST_PASSWORD:
        return say("Välj ett lösenord med minst {shortest} tecken", shortest=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return say("Välj ett lösenord med högst {longest} tecken", longest=LONGEST_PASSWORD)
    if fold(password) in (fold(row.email), fold(row.name), fold(row.name).replace(" ", "")):
        return say("Lösenordet får inte vara ditt namn eller din e-postadress")
    if len(set(password)) < 4:
        return say("Lösenordet har för få olika tecken")
    return None


def _put_password(desk: Desk, row: PersonRow, password: str) -> None:
    problem = password_problem(row, password)
    if problem is not None:
        raise InvalidInput(("password", problem))
    row.password_hash, row.password_changed_at = passwords.hashed(password), desk.now
    desk.session.flush()
    _tell(desk, row, "password_changed", person=row.id)


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


# ------------------------------------------------------------------------------------- signing in


@dataclass(frozen=True)
class SignIn:
    """What came of an attempt to sign in: a token for the cookie, or the reason why not.

    The caller commits in both cases, for failures are counted.
    """

    token: str | None = None
    reason: Message | None = None
    throttled: bool = False


def sign_in(desk: Desk, email: str, password: str, address: str) -> SignIn:
    """Sign somebody in from a network address.

    Whether the account is unknown, ended or has another password cannot be told from the answer or from the time
    that it takes. After five failures for an account, or twenty from an address, in a quarter of an hour nobody is
    let in that way until the quarter has passed.
    """
    account, place = _hash(f"account:{fold(clean(email))}"), _hash(f"address:{address}")
    since = desk.now - THROTTLE
    for key, most in ((account, FAILURES_PER_ACCOUNT), (place, FAILURES_PER_ADDRESS)):
        store.lock_attempts(desk.session, key)
        if store.failures_since(desk.session, key, since) >= most:
            return SignIn(reason=say("För många försök. Vänta en kvart och försök igen"), throttled=True)
    row = persons.by_email(desk.session, clean(email))
    known = row.password_hash if row is not None and row.active else None
    if not passwords.match(known, password[: LONGEST_PASSWORD + 1]) or row is None:
        return _failed(desk, row, (account, place))
    store.forget_failures(desk.session, account)
    return SignIn(token=_begin_session(desk, row, password))


def _failed(desk: Desk, row: PersonRow | None, keys: Sequence[str]) -> SignIn:
    store.forget_before(desk.session, desk.now - THROTTLE)
    desk.session.add_all(SignInAttempt(key=key, at=desk.now) for key in keys)
    if row is not None:
        _tell(desk, row, "sign_in_failed", person=row.id)
    return SignIn(reason=say("Fel e-postadress eller lösenord"))


def _begin_session(desk: Desk, row: PersonRow, password: str) -> str:
    assert row.password_hash is not None, "a password has matched"
    if passwords.outdated(row.password_hash):
        row.password_hash = passwords.hashed(password)
    token = secrets.token_urlsafe(32)
    desk.session.add(SignInSession(token_hash=_hash(token), person_id=row.id, started_at=desk.now, seen_at=desk.now))
    desk.session.flush()
    _tell(replace(desk, by=Person(row.id, row.name)), row, "signed_in")
    return token


def session_person(session: Session, token: str, now: datetime) -> tuple[PersonRow, SignInSession] | None:
    """Who a cookie's token stands for; None when its session has ended, idled for 30 minutes or lasted for 10 hours.

    Only reads: ``touch`` keeps the session from idling.
    """
    found = store.session_of(session, _hash(token))
    if found is None or found.ended_at is not None:
        return None
    if now - found.seen_at > IDLE or now - found.started_at > LONGEST_SESSION:
        return None
    row = session.get(PersonRow, found.person_id)
    return (row, found) if row is not None and row.active else None


def wants_touch(found: SignInSession, now: datetime) -> bool:
    """True when it is time to ``touch`` the session: at most once a minute."""
    return now - found.seen_at >= SEEN_STEP


def touch(session: Session, sign_in_id: int, now: datetime) -> None:
    """Note that a session is in use. For a short writing transaction of its own, since pages only read."""
    store.mark_seen(session, sign_in_id, now)


def sign_out(desk: Desk, token: str) -> None:
    """End the session of a token. Nothing happens when it has ended already."""
    found = store.session_of(desk.session, _hash(token))
    if found is None or found.ended_at is not None:
        return
    found.ended_at = desk.now
    row = desk.session.get_one(PersonRow, found.person_id)
    _tell(replace(desk, by=Person(row.id, row.name)), row, "signed_out")


# ------------------------------------------------------------------------------------- held posts


@dataclass(frozen=True)
class Held:
    """Fields that were posted after the session had ended: where to, and every name with its value."""

    path: str
    fields: tuple[tuple[str, str], ...]


def hold_post(
    session: Session, ended_token: str, path: str, fields: Sequence[tuple[str, str]], now: datetime
) -> str | None:
    """Keep what somebody posted after the session had ended, for one hour, and return the token that gives it back.

    None when the ended session is unknown, so that it is not known whose the fields are. Raises Refused above 1 MB.
    """
    ended = store.session_of(session, _hash(ended_token))
    if ended is None:
        return None
    text = json.dumps([list(pair) for pair in fields], ensure_ascii=False)
    if len(text.encode()) > HELD_BYTES or len(path) > 500:
        raise Refused(say("Det du skrev är för stort för att sparas. Kopiera texten innan du loggar in igen"))
    store.drop_held_before(session, now - HELD_FOR)
    token = secrets.token_urlsafe(32)
    session.add(HeldPost(token_hash=_hash(token), person_id=ended.person_id, path=path, fields=text, at=now))
    session.flush()
    return token


def take_held_post(session: Session, token: str, person_id: int, now: datetime) -> Held | None:
    """Give a person back what was held, once. None for another person, after an hour, or a second time."""
    held = store.held_of(session, _hash(token))
    if held is None or held.person_id != person_id or now - held.at > HELD_FOR:
        return None
    session.delete(held)
    session.flush()
    return Held(held.path, tuple((name, value) for name, value in json.loads(held.fields)))


# ------------------------------------------------------------------------------------- the parts


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


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


def _tell(desk: Desk, row: PersonRow, kind: str, **what: Any) -> None:
    """Write an event about a person in the first of the regions where the person has a role; else nowhere."""
    regions = {held.region_id for held in persons.assignments_on(desk.session, row.id, desk.today)}
    if regions:
        log.record_in_region(desk, min(regions), kind, **what)

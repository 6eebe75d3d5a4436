"""Signing in and out, and what was posted after a session had ended.

The words that somebody typed when signing in failed are never kept: they may be a password in the wrong field.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import Person
from introduction.domain.swedish import clean, fold
from introduction.services import passwords
from introduction.services.desk import Desk
from introduction.services.log import record_about
from introduction.store import person as persons
from introduction.store import sign_in as store
from introduction.store.person import PersonRow
from introduction.store.sign_in import HeldPost, SignInAttempt, SignInSession

IDLE = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=10)
SEEN_STEP = timedelta(minutes=1)
THROTTLE = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 20
HELD_FOR = timedelta(hours=1)
HELD_BYTES = 1_000_000


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
    account, place = token_hash(f"account:{fold(clean(email))}"), token_hash(f"address:{address}")
    since = desk.now - THROTTLE
    for key, most in ((account, FAILURES_PER_ACCOUNT), (place, FAILURES_PER_ADDRESS)):
        store.lock_attempts(desk.session, key)
        if store.failures_since(desk.session, key, since) >= most:
            return SignIn(reason=say("För många försök. Vänta en kvart och försök igen"), throttled=True)
    row = persons.by_email(desk.session, clean(email))
    known = row.password_hash if row is not None and row.active else None
    if not passwords.hasher.match(known, password[: passwords.LONGEST + 1]) or row is None:
        return _failed(desk, row, (account, place))
    store.forget_failures(desk.session, account)
    return SignIn(token=_begin_session(desk, row, password))


def _failed(desk: Desk, row: PersonRow | None, keys: Sequence[str]) -> SignIn:
    store.forget_before(desk.session, desk.now - THROTTLE)
    desk.session.add_all(SignInAttempt(key=key, at=desk.now) for key in keys)
    if row is not None:
        record_about(desk, row, "sign_in_failed", person=row.id)
    return SignIn(reason=say("Fel e-postadress eller lösenord"))


def _begin_session(desk: Desk, row: PersonRow, password: str) -> str:
    assert row.password_hash is not None, "a password has matched"
    if passwords.hasher.outdated(row.password_hash):
        row.password_hash = passwords.hasher.hashed(password)
    token = secrets.token_urlsafe(32)
    desk.session.add(
        SignInSession(token_hash=token_hash(token), person_id=row.id, started_at=desk.now, seen_at=desk.now)
    )
    desk.session.flush()
    record_about(replace(desk, by=Person(row.id, row.name)), row, "signed_in")
    return token


def session_person(session: Session, token: str, now: datetime) -> tuple[PersonRow, SignInSession] | None:
    """Who a cookie's token stands for; None when its session has ended, idled for 30 minutes or lasted for 10 hours.

    Only reads: ``touch`` keeps the session from idling.
    """
    found = store.session_of(session, token_hash(token))
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
    found = store.session_of(desk.session, token_hash(token))
    if found is None or found.ended_at is not None:
        return
    found.ended_at = desk.now
    row = desk.session.get_one(PersonRow, found.person_id)
    record_about(replace(desk, by=Person(row.id, row.name)), row, "signed_out")


# ------------------------------------------------------------------------------------- posts held


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
    ended = store.session_of(session, token_hash(ended_token))
    if ended is None:
        return None
    text = json.dumps([list(pair) for pair in fields], ensure_ascii=False)
    if len(text.encode()) > HELD_BYTES or len(path) > 500:
        raise Refused(say("Det du skrev är för stort för att sparas. Kopiera texten innan du loggar in igen"))
    store.drop_held_before(session, now - HELD_FOR)
    token = secrets.token_urlsafe(32)
    session.add(HeldPost(token_hash=token_hash(token), person_id=ended.person_id, path=path, fields=text, at=now))
    session.flush()
    return token


def take_held_post(session: Session, token: str, person_id: int, now: datetime) -> Held | None:
    """Give a person back what was held, once. None for another person, after an hour, or a second time."""
    held = store.held_of(session, token_hash(token))
    if held is None or held.person_id != person_id or now - held.at > HELD_FOR:
        return None
    session.delete(held)
    session.flush()
    return Held(held.path, tuple((name, value) for name, value in json.loads(held.fields)))


def token_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

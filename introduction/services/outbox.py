"""Notices become mails, and mails are handed out to be sent and settled with what the server answered.

Each function is one transaction of its caller. Between them, while a mail is put in words and sent, none is open.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from introduction.domain.calendar import add_working_days
from introduction.domain.errors import NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.notices import Kind
from introduction.domain.process import occurrences
from introduction.domain.roles import Right, Role, Scope
from introduction.services import log, notices
from introduction.services.desk import Desk
from introduction.services.directory import Directory, Matter
from introduction.services.notices import Draft
from introduction.store import mail as store
from introduction.store import notice as notice_store
from introduction.store import timer as timer_store
from introduction.store.database import alone
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.region import all_regions

#: How long a mail is tried before it has failed.
GIVE_UP_AFTER = timedelta(hours=72)
#: How long a worker may hold a mail. It holds one while it speaks with the mail server.
LEASE = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
#: Collecting waits for reminders that are still being written down, but not longer than this.
_PATIENCE = timedelta(minutes=15)
_PEOPLE_AT_ONCE = 200


@dataclass(frozen=True)
class Words:
    """A mail in words: what is sent, and what is kept of it."""

    address: str
    subject: str
    text: str
    html: str
    calendar: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True)
class Answer:
    """What came of a try: ``sent``, ``stopped``, ``retry`` or ``failed``, with what the server said."""

    state: str
    said: str
    uncertain: bool = False  #: the connection broke while the mail was handed over: it may have gone


# ------------------------------------------------------------------------------------- from notices to mails


def pack(desk: Desk, limit: int) -> int:
    """Put notices that go apart in a mail each. Returns how many."""
    waiting = notice_store.claim_apart(desk.session, desk.now, limit)
    mails = store.add_all(desk.session, [_mail(desk, f"notice:{n.id}", n.person_id) for n in waiting])
    for notice, mail in zip(waiting, mails, strict=True):
        notice.mail_id, notice.state = mail.id, "packed"
    desk.session.flush()
    return len(waiting)


def collect(desk: Desk) -> int:
    """Put each person's collected notices in one mail: at most one for each person and day. Returns how many mails.

    One worker at a time does this, and waits for reminders that have fallen due and are not yet written down.
    """
    if not occurrences.is_collecting(desk.now) or not alone(desk.session, "collect") or _reminders_come(desk):
        return 0
    people = notice_store.people_waiting(desk.session, desk.now, _PEOPLE_AT_ONCE)
    if not people:
        return 0
    waiting = notice_store.claim_collected(desk.session, desk.now, people)
    keys = {person: f"collected:{person}:{desk.today.isoformat()}" for person in people}
    had_theirs = store.made(desk.session, list(keys.values()))
    by_person: dict[int, list[Notice]] = {}
    for notice in waiting:
        if keys[notice.person_id] in had_theirs:
            notice.send_at = occurrences.at(add_working_days(desk.today, 1), occurrences.COLLECTED_AT)
        else:
            by_person.setdefault(notice.person_id, []).append(notice)
    rows = [_mail(desk, keys[person], person, desk.today) for person in by_person]
    for mail, theirs in zip(store.add_all(desk.session, rows), by_person.values(), strict=True):
        for notice in theirs:
            notice.mail_id, notice.state = mail.id, "packed"
    desk.session.flush()
    return len(rows)


def _reminders_come(desk: Desk) -> bool:
    oldest = timer_store.oldest_due(desk.session, "reminder", desk.now)
    return oldest is not None and desk.now - oldest < _PATIENCE


def _mail(desk: Desk, key: str, person_id: int, collected_on: date | None = None) -> dict[str, object]:
    return {
        "key": key,
        "message_id": secrets.token_hex(16),
        "person_id": person_id,
        "collected_on": collected_on,
        "created_at": desk.now,
        "due_at": desk.now,
        "give_up_at": desk.now + GIVE_UP_AFTER,
        "state": "waiting",
    }


# ------------------------------------------------------------------------------------- from mails to answers


def claim(desk: Desk, lease: str, limit: int) -> list[int]:
    """Take mails to send, under a lease. Returns their ids."""
    return store.claim(desk.session, desk.now, lease, desk.now + LEASE, limit)


def holds(desk: Desk, mail_id: int, lease: str) -> bool:
    """True while a mail is held under the lease: until the transaction ends nobody else changes what it carries."""
    return store.held(desk.session, mail_id, lease) is not None


def drop(desk: Desk, stale: Mapping[int, str]) -> None:
    """Take notices out of their mail, each with the reason: what it speaks of is done, or has moved."""
    for notice_id, why in stale.items():
        notice = desk.session.get_one(Notice, notice_id)
        notice.state, notice.problem = "dropped", why
    desk.session.flush()


def put_back(desk: Desk, notice_id: int, problem: str) -> None:
    """Take a notice that cannot be put in words out of its mail, so that the rest can go; it is tried again later."""
    notice = desk.session.get_one(Notice, notice_id)
    notice.state, notice.mail_id, notice.problem = "waiting", None, problem[:2000]
    notice.send_at = max(desk.now, notice.created_at) + timedelta(hours=1)
    notice.collected = False
    if desk.now - notice.created_at > GIVE_UP_AFTER:
        notice.state = "dropped"
    desk.session.flush()


def keep(desk: Desk, mail_id: int, lease: str, words: Words) -> bool:
    """Keep a mail's words before it is sent, and the lease a while longer. False when the lease is lost."""
    mail = store.held(desk.session, mail_id, lease)
    if mail is None:
        return False
    mail.address, mail.subject, mail.text, mail.html = words.address, words.subject, words.text, words.html
    mail.calendar, mail.reply_to = words.calendar, words.reply_to
    mail.leased_until = desk.now + LEASE
    desk.session.flush()
    return True


def settle(desk: Desk, mail_id: int, lease: str, answer: Answer) -> bool:
    """Write down what came of a try. False when the lease was lost, and another worker settles the mail.

    A mail that is to be tried again waits longer after each try, with some chance so that not all come at once; after
    72 hours it has failed. The coordinators are told of one that failed.
    """
    mail = store.held(desk.session, mail_id, lease)
    if mail is None:
        return False
    mail.lease, mail.leased_until, mail.answer = None, None, answer.said[:2000]
    mail.state = answer.state
    mail.uncertain += answer.uncertain
    if answer.state == "retry":
        mail.due_at = desk.now + pause_after(mail.attempts)
        if mail.due_at > mail.give_up_at:
            mail.state = "failed"
    if mail.state != "retry":
        mail.settled_at = desk.now
    desk.session.flush()
    if mail.state == "failed":
        _tell_failed(desk, mail)
    return True


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time to four hours at most, give or take a fifth."""
    doubled: int = 2 ** min(attempts - 1, 12)
    pause = min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the load, guards nothing


def _tell_failed(desk: Desk, mail: Mail) -> None:
    """Tell the coordinators of the regions concerned that somebody did not get a mail."""
    carried = notice_store.of_mail(desk.session, mail.id)
    if all(notice.template == "undelivered" for notice in carried):
        return  # to tell that this did not arrive either would never end
    regions = {notice.region_id for notice in carried} or {None}
    book = Directory(desk.session, desk.catalogue, desk.today)
    for region_id in regions:
        draft = Draft(
            key=f"undelivered:{mail.id}:{region_id or ''}",
            kind=Kind.DIGEST,
            template="undelivered",
            region_id=region_id,
            about={"person": mail.person_id, "address": mail.address, "answer": mail.answer, "notices": len(carried)},
        )
        found = book.recipients(Matter(region_id, Role.COORDINATOR), Role.COORDINATOR)
        notices.add(desk.session, [(draft, p, away) for p, away in found.people.items()], book, desk.now)


def send_again(desk: Desk, mail_id: int) -> Mail:
    """Try a mail once more that failed or was stopped. Raises NotFound, NotAllowed, Refused (it was sent, or waits)."""
    mail = desk.session.get(Mail, mail_id)
    if mail is None:
        raise NotFound(f"mail {mail_id}")
    region_ids = sorted({n.region_id for n in notice_store.of_mail(desk.session, mail.id) if n.region_id is not None})
    concerned: list[int | None] = [*region_ids] or [None]  # what is no region's is for who has the right in any
    for one in concerned:
        desk.demand_administration(Right.OPERATE, Scope(one))
    region_id = region_ids[0] if region_ids else min(region.id for region in all_regions(desk.session))
    if mail.state not in ("failed", "retry"):
        raise Refused(say("Mejlet har redan skickats eller väntar på att skickas"))
    log.record_in_region(desk, region_id, "mail_sent_again", mail=mail.id, person=mail.person_id)
    mail.state, mail.settled_at, mail.attempts = "waiting", None, 0
    mail.due_at, mail.give_up_at = desk.now, desk.now + GIVE_UP_AFTER
    desk.session.flush()
    return mail

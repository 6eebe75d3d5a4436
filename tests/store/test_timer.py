"""What waits is found without looking at what is done: the queries of the worker use their partial indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from introduction.domain.roles import Role
from introduction.store import mail, notice, timer
from introduction.store.base import Base
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.world import NINE, VGR, World

#: How much has been done already: so much that neither database would read it all without need.
DONE, WAITING = 3000, 20
_LATER = NINE + timedelta(hours=1)

CLAIMS: dict[str, tuple[Callable[[Session, int], Any], str]] = {
    "due reminders": (lambda session, _: timer.claim(session, "reminder", _LATER, 200), "ix_timer_due"),
    "due actions": (lambda session, _: timer.due_ids(session, "action", _LATER, 100), "ix_timer_due"),
    "the oldest reminder": (lambda session, _: timer.oldest_due(session, "reminder", _LATER), "ix_timer_due"),
    "the backlog of reminders": (lambda session, _: timer.backlog(session, _LATER), "ix_timer_due"),
    "notices that go apart": (lambda session, _: notice.claim_apart(session, _LATER, 500), "ix_notice_waiting"),
    "people with notices": (lambda session, _: notice.people_waiting(session, _LATER, 200), "ix_notice_waiting"),
    "notices to collect": (
        lambda session, person: notice.claim_collected(session, _LATER, [person]),
        "ix_notice_waiting",
    ),
    "the backlog of notices": (lambda session, _: notice.waiting(session, _LATER), "ix_notice_waiting"),
    "mails to send": (lambda session, _: mail.claim(session, _LATER, "lease", _LATER, 10), "ix_mail_unsettled"),
    "the backlog of mails": (lambda session, _: mail.backlog(session, _LATER), "ix_mail_unsettled"),
}


@pytest.fixture
def much_done(world: World) -> int:
    """Many timers, notices and mails that are done, and a few that wait. Returns the person whom they are to."""
    person = world.people[VGR][Role.COORDINATOR].id
    to = {"person_id": person, "created_at": NINE}
    rows: dict[type[Base], Callable[[int, bool], dict[str, Any]]] = {
        Timer: lambda number, waits: {
            "what": ("reminder", "action")[number % 2],
            "rule": "stage:register:0",
            "day": NINE.date(),
            "due_at": NINE,
            "state": "pending" if waits else "done",
        },
        Notice: lambda number, waits: (
            to
            | {
                "kind": "reminder",
                "template": "reminder",
                "about": "{}",
                "send_at": NINE,
                "collected": number % 2 == 0,
                "state": "waiting" if waits else "packed",
            }
        ),
        Mail: lambda number, waits: (
            to
            | {
                "message_id": str(number),
                "due_at": NINE,
                "give_up_at": NINE,
                "state": "waiting" if waits else "sent",
                "settled_at": None if waits else NINE,
            }
        ),
    }
    for table, row in rows.items():
        made = [{"key": str(number), **row(number, number < WAITING)} for number in range(DONE)]
        world.session.execute(insert(table), made)
    if world.session.get_bind().dialect.name == "postgresql":
        world.session.execute(text("ANALYZE"))  # as PostgreSQL does by itself, and SQLite does not
    return person


@contextmanager
def plans(session: Session) -> Iterator[list[str]]:
    """How the database carries out each query that is made meanwhile, with the values that are bound to it."""
    found: list[str] = []
    engine = session.get_bind()
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(explain + statement, parameters)
            found.append("\n".join(str(row) for row in cursor.fetchall()))

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


@pytest.mark.parametrize("what", CLAIMS)
def test_what_waits_is_found_by_its_index(what: str, world: World, much_done: int) -> None:
    """Whatever has been done before, the worker's queries read what waits and no more."""
    ask, index = CLAIMS[what]
    with plans(world.session) as found:
        ask(world.session, much_done)
    assert index in found[0], found[0]

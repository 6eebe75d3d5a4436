"""What was sent: from what the mail server was handed and the rows behind it, in the words of expected.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, select

from introduction.store.event import Event
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.person import PersonRow
from introduction.store.timer import Timer
from tests.reminders.driving import Post
from tests.reminders.expected import Acted, Sent


def what_was_sent(engine: Engine, post: Post) -> list[Sent]:
    """Every notice in every mail that the server was handed, in the order of the mails."""
    with engine.connect() as connection:
        timers = {row.key: row for row in connection.execute(select(Timer.__table__))}
        mails = {row.message_id: row for row in connection.execute(select(Mail.__table__).where(Mail.state == "sent"))}
        addresses = {key: email for key, email in connection.execute(select(PersonRow.id, PersonRow.email))}
        carried: dict[int, list[Any]] = {}
        packed = select(Notice.__table__).where(Notice.state == "packed").order_by(Notice.id)
        for row in connection.execute(packed):
            carried.setdefault(row.mail_id, []).append(row)
    handed = [message_id for _at, message_id, _to, _message in post.sent]
    assert len(handed) == len(set(handed)), "a mail is handed over once"
    assert set(handed) == set(mails), "what is settled as sent was handed over, and nothing else was"
    found = []
    for at, message_id, to, _message in post.sent:
        mail = mails[message_id]
        assert to == addresses[mail.person_id], "a mail goes to its reader"
        for row in carried[mail.id]:
            about = _about(row, timers)
            assert row.collected == (mail.collected_on is not None)
            who = (row.person_id, row.instead_of_id)
            found.append(Sent(about, row.due_on, *who, row.kind, row.created_at, at, bool(row.collected)))
    return found


def _about(row: Any, timers: Mapping[str, Any]) -> tuple[object, ...]:
    base = row.key.removesuffix(f":{row.person_id}")
    if base.startswith("undelivered:"):
        told = json.loads(row.about)
        return ("undelivered", row.region_id, told["person"], row.created_at, told["notices"])
    rule, unreachable, lost = base.partition(":unreachable:")
    if unreachable:
        return (*_of_timer(timers[rule]), "unreachable", int(lost))
    if base in timers:
        return _of_timer(timers[base])
    instance_id, seq = base.split(":")
    return (int(instance_id), "told", int(seq))


def _of_timer(timer: Any) -> tuple[object, ...]:
    if timer.instance_id is None:
        return (timer.region_id, timer.rule, timer.about, timer.day)
    return (timer.instance_id, timer.rule, timer.due_date_id, timer.person_id, timer.day)


def what_the_clock_did(connection: Connection) -> list[Acted]:
    """Every action that the clock has taken, as the chains of events tell it."""
    found = []
    timers = select(Timer.instance_id, Timer.rule, Timer.day, Timer.settled_at)
    done = connection.execute(timers.where(Timer.what == "action", Timer.state == "done")).all()
    days = {(instance_id, rule, at): day for instance_id, rule, day, at in done}
    for stream, body in connection.execute(select(Event.stream, Event.body).order_by(Event.id)):
        content = json.loads(body)
        if content["kind"] == "action_taken" and content["by"] is None:
            assert content["actor"] == "clock"
            instance_id, action = int(stream.partition(":")[2]), content["action"]
            taken = [at for (i, rule, at) in days if (i, rule) == (instance_id, f"action:{action}")]
            [at] = [at for at in taken if _same(at, content)]
            found.append(Acted(at, instance_id, action, days[instance_id, f"action:{action}", at]))
    return found


def _same(at: Any, content: Mapping[str, Any]) -> bool:
    return at is not None and at.isoformat()[:19] == content["recorded_at"][:19]

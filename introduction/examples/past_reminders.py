"""Lets what the invented examples would have reminded of in their past be past.

The examples walk through months and years in a moment, so that a worker would find all their reminders overdue. Those
of the last week go, as after a week without a worker; the rest is marked as past.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from introduction.services import changes, plan
from introduction.services.desk import Desk
from introduction.store import disposal
from introduction.store.instance import Instance
from introduction.store.notice import Notice
from introduction.store.timer import Timer

_STILL_GO = timedelta(days=7)


def let_pass(desk: Desk) -> None:
    """Mark the examples' reminders and notices from before the last week as past."""
    before = desk.now - _STILL_GO
    ids = disposal.example_ids(desk.session)
    overdue = (Timer.instance_id.in_(ids), Timer.state == "pending", Timer.due_at < before)
    passed = desk.session.scalars(select(Timer.instance_id).where(*overdue)).all()
    desk.session.execute(update(Timer).where(*overdue).values(state="dropped", settled_at=desk.now, problem="past"))
    unsent = (Notice.instance_id.in_(ids), Notice.state == "waiting", Notice.created_at < before)
    desk.session.execute(update(Notice).where(*unsent).values(state="dropped", problem="past"))
    for instance_id in sorted({instance_id for instance_id in passed if instance_id is not None}):
        if desk.session.get_one(Instance, instance_id).closed_on is None:
            plan.derive(desk, changes.load(desk, instance_id, None))  # what repeats goes on from today
    desk.session.flush()

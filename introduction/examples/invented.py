"""The invented demonstration: every stage of every process has somebody's matter in it, and a few are late."""

from __future__ import annotations

from sqlalchemy import select

from introduction.examples import invented_norrbotten, invented_recommendations, invented_vgr, past_reminders
from introduction.examples.people import Cast
from introduction.examples.script import Example
from introduction.examples.walker import Walker
from introduction.services.desk import Desk
from introduction.store.case import Case


def examples(desk: Desk) -> list[Example]:
    """All scripts, with the desk's day as the day that they count back from."""
    return [
        *invented_recommendations.recommendations(desk.catalogue, desk.today),
        *invented_vgr.cases(desk.catalogue, desk.today),
        *invented_norrbotten.cases(desk.catalogue, desk.today),
    ]


def add_invented(desk: Desk) -> int:
    """Walk every script, unless an invented case is there already. Returns how many cases and recommendations came."""
    if desk.session.scalars(select(Case).where(Case.__table__.c.example).limit(1)).first() is not None:
        return 0
    told = examples(desk)
    Walker(desk, Cast(desk)).walk(told)
    past_reminders.let_pass(desk)
    return len(told)

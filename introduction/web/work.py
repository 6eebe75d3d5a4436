"""Mitt arbete: what waits for me, what is late, what comes this week."""

from __future__ import annotations

from flask import Blueprint, render_template

from introduction.domain.calendar import local_date
from introduction.services import overview
from introduction.web.database import person, reading
from introduction.web.permission import signed_in

blueprint = Blueprint("work", __name__)


@blueprint.get("/work")
@signed_in
def mine() -> str:
    """The signed-in person's first page."""
    desk = reading()
    who = person()
    assert who is not None
    work = overview.my_work(desk, who)
    return render_template("work/mine.html", work=work, today=local_date(desk.now))

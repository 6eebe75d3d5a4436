"""Mitt arbete: what waits for me, what is late, what comes this week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template

from introduction.domain.calendar import local_date
from introduction.domain.roles import RIGHTS, Right
from introduction.services import analysis_waiting, money_waiting, overview, preferences, sent, unfunded, workers
from introduction.services.money_waiting import Matter
from introduction.services.overview import WorkItem
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
    asked = money_waiting.waiting_for(desk, who)
    answers_for_the_clock = bool(RIGHTS[Right.OPERATE] & who.roles_in(None))
    return render_template(
        "work/mine.html",
        work=work,
        analyses=analysis_waiting.waiting_for(desk, who),
        asked=asked.mine,
        asked_late=asked.late,
        week=_by_day(work.week, asked.week),
        to_decide=money_waiting.to_decide(desk, who),
        unfunded=unfunded.to_see_to(desk, who),
        unanswered=sent.count(desk, sent.mine(desk, awaiting=True)),
        covering=preferences.covering(desk),
        silent=workers.silent(desk) if answers_for_the_clock else False,
        today=local_date(desk.now),
    )


def _by_day(
    cases: Sequence[tuple[date, Sequence[WorkItem]]], money: Sequence[tuple[date, Sequence[Matter]]]
) -> list[tuple[date, Sequence[WorkItem], Sequence[Matter]]]:
    """The week's days with what is due in cases, and among applications and claims."""
    items, matters = dict(cases), dict(money)
    return [(day, items.get(day, ()), matters.get(day, ())) for day in sorted({*items, *matters})]

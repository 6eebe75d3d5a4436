"""Tavlan: the five phases as columns, the cases as cards; the same as a table."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from introduction.domain.roles import Right, visible
from introduction.services import overview
from introduction.store import listing
from introduction.web.case_filter import filter_choices, wanted_from_address
from introduction.web.database import person, reading
from introduction.web.permission import needs

blueprint = Blueprint("board", __name__)


@blueprint.get("/board")
@needs(Right.VIEW_CASE)
def show() -> str:
    """The open cases that the person may see, by phase."""
    desk = reading()
    who = person()
    assert who is not None
    wanted = wanted_from_address(desk).only(closed="open")
    seen = visible(who)
    board = overview.cards(desk, seen, wanted)
    total = listing.count(desk.session, seen, wanted, desk.today)
    template = "board/table.html" if request.args.get("view") == "table" else "board/show.html"
    return render_template(
        template,
        board=board,
        shown=sum(len(cards) for cards in board.values()),
        total=total,
        late=sum(card.late for cards in board.values() for card in cards),
        wanted=wanted,
        choices=filter_choices(desk, seen),
        today=desk.today,
    )

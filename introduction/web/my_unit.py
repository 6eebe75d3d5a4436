"""Verksamhetens pengar: what a clinic has to do about its money, what is left, and where its claims are."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from introduction.domain.roles import Right
from introduction.services import my_unit
from introduction.web import my_unit_sheets, my_unit_words, portfolio_sheets
from introduction.web.amounts import TKR
from introduction.web.database import reading
from introduction.web.permission import needs

blueprint = Blueprint("my_unit", __name__)


@blueprint.get("/my-unit")
@needs(Right.CLAIM)
def show() -> str:
    """What to do first, then grants, claims, applications and reports."""
    desk = reading()
    view = my_unit.see(desk)
    return render_template(
        "my_unit/show.html",
        view=view,
        unit=TKR,
        words=my_unit_words,
        lead=my_unit_words.lead(view, TKR, desk.today),
        today=desk.today,
        example_band=any(one.line.example for one in [*view.claims, *view.applications]),
    )


@blueprint.get("/my-unit.xlsx", endpoint="sheet")
@needs(Right.CLAIM)
def spreadsheet_file() -> Response:
    """The tables as a spreadsheet."""
    desk = reading()
    sheets = my_unit_sheets.of_unit(my_unit.see(desk), desk.today)
    return portfolio_sheets.answer(sheets, "verksamhetens-pengar.xlsx")

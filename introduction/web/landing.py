"""Vad landar hos mig: what the cases in which a unit takes part cost in its own budget, and from when."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from introduction.domain.errors import NotFound
from introduction.domain.roles import Right
from introduction.services import landing
from introduction.services.desk import Desk
from introduction.services.landing import Choice, View
from introduction.web import portfolio_sheets, portfolio_words
from introduction.web.amounts import Unit, unit_for
from introduction.web.case_filter import typed_id
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.words import plain_day

blueprint = Blueprint("landing", __name__)


@blueprint.get("/landing")
@needs(Right.VIEW_UNIT_BUDGET)
def show() -> str:
    """What lands with the unit that the address names; without one with the person's own, or a choice."""
    desk = reading()
    choices = landing.choices(desk)
    unit_id = _unit_id(choices)
    if unit_id is None:
        return render_template("landing/choose.html", choices=choices)
    view = landing.see(desk, unit_id)
    lines = [*view.decided, *view.may_come]
    unit = unit_for([*view.total.expected, *(value for line in view.may_come for value in line.cost.expected)])
    return render_template(
        "landing/show.html",
        view=view,
        choices=choices,
        unit=unit,
        lead=_lead(view, unit, own=any(choice.own for choice in choices)),
        words=portfolio_words,
        today=desk.today,
        example_band=bool(lines) and all(line.row.example for line in lines),
    )


@blueprint.get("/landing.xlsx", endpoint="sheet")
@needs(Right.VIEW_UNIT_BUDGET)
def spreadsheet_file() -> Response:
    """The same as a spreadsheet."""
    desk: Desk = reading()
    unit_id = _unit_id(landing.choices(desk))
    if unit_id is None:
        raise NotFound("no unit")
    view = landing.see(desk, unit_id)
    return portfolio_sheets.answer(portfolio_sheets.of_landing(view, desk.today), f"min-budget-{view.years[0]}.xlsx")


def _unit_id(choices: list[Choice]) -> int | None:
    """The unit asked for; without one the first of the person's own, or the only one."""
    asked = typed_id(request.args.get("unit", ""))
    if asked is not None:
        return asked
    own = [choice for choice in choices if choice.own]
    return own[0].id if own else choices[0].id if len(choices) == 1 else None


def _lead(view: View, unit: Unit, *, own: bool) -> str:
    """``2028 landar troligen 3,4 mnkr i din budget; mest Nordivumab, från april 2028.``"""
    largest = view.largest
    if largest is None:
        if view.may_come:
            return gettext("Inget beslutat läkemedel landar i budgeten. Längre ned står vad som kan komma.")
        return gettext(
            "Här kommer vad nya läkemedel kostar i verksamhetens egen budget, när regionens pengar tar slut."
        )
    cost = unit.with_unit(view.in_lead(view.total.expected))
    when = gettext("som bärs redan nu") if largest.borne_now else ""
    if largest.lands_from is not None:
        when = gettext("från %(day)s", day=plain_day(largest.lands_from))
    told = f"{largest.row.medicine}, {when}" if when else largest.row.medicine
    said = (
        gettext(
            "%(year)s landar troligen %(cost)s i din budget; mest %(told)s.", year=view.lead_year, cost=cost, told=told
        )
        if own
        else gettext(
            "%(year)s landar troligen %(cost)s i budgeten; mest %(told)s.", year=view.lead_year, cost=cost, told=told
        )
    )
    return f"{said} {_next(view)}" if largest.borne_now else said


def _next(view: View) -> str:
    """What comes next, for whoever has read of what has come already."""
    line = next((line for line in view.coming if line.lands_from is not None), None)
    if line is None or line.lands_from is None:
        return gettext("Inget nytt läkemedel har en dag då det landar.")
    return gettext(
        "Näst på tur är %(medicine)s, från %(day)s.", medicine=line.row.medicine, day=plain_day(line.lands_from)
    )

"""Uppföljning: the plan of a case, the units side by side, and the conclusion to print."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.documents import follow_up_conclusion, spreadsheet, typst
from introduction.domain.errors import NotFound
from introduction.domain.followup.plan import DIMENSIONS, INDICATOR_FIELDS
from introduction.domain.messages import say
from introduction.domain.roles import Right, demand
from introduction.services import files, follow_up, follow_up_plan
from introduction.services.desk import Desk
from introduction.services.files import CaseFile
from introduction.web import (
    actions,
    asking,
    follow_up_charts,
    follow_up_document,
    follow_up_sheets,
    follow_up_words,
    once,
)
from introduction.web.actions import Noun, Page
from introduction.web.amounts import unit_for
from introduction.web.database import reading
from introduction.web.downloads import download
from introduction.web.forms.builder import Choices, Question, ask
from introduction.web.permission import needs
from introduction.web.words import language

blueprint = Blueprint("follow_up", __name__)
_CASE = Noun(files.case_file, "cases.show")


# ------------------------------------------------------------------------------------- the summary


@blueprint.get("/cases/<number>/follow-up")
@needs(Right.VIEW_CASE)
def show(number: str) -> str:
    """What came of the introduction so far."""
    found = follow_up.view(reading(), number)
    costs = [line.cost_ore for line in found.lines if line.cost_ore is not None]
    costs += [line.expected.cost_ore for line in found.lines if line.expected]
    return render_template(
        "follow_up/show.html",
        found=found,
        words=follow_up_words,
        unit=unit_for(costs),
        lead_text=follow_up_words.lead(found),
        units_chart=follow_up_charts.units(found),
        areas_chart=follow_up_charts.areas(found),
        example_band=found.case.example,
        today=found.today,
    )


@blueprint.get("/cases/<number>/follow-up.xlsx", endpoint="workbook")
@needs(Right.VIEW_CASE)
def take_workbook(number: str) -> Response:
    """The tables of the page as a spreadsheet."""
    found = follow_up.view(reading(), number)
    return download(follow_up_sheets.of_case(found), spreadsheet.MIME, f"{number}-uppfoljning.xlsx")


@blueprint.get("/cases/<number>/follow-up/conclusion.pdf", endpoint="conclusion")
@blueprint.get("/cases/<number>/follow-up/conclusions/<int(max=999999999):event>.pdf", endpoint="earlier_conclusion")
@needs(Right.VIEW_CASE)
def take_conclusion(number: str, event: int | None = None) -> Response:
    """The conclusion that stands, or an earlier one, with what it rested on the day it was drawn."""
    told = follow_up_document.told(follow_up.concluded(reading(), number, event))
    return download(follow_up_conclusion.conclusion(told, language()), typst.MIME, f"{number}-slutsats.pdf")


# ------------------------------------------------------------------------------------- the plan


@blueprint.get("/cases/<number>/follow-up/plan")
@needs(Right.VIEW_CASE)
def plan(number: str) -> str:
    """What is to be measured, with its goals; what is lacking first."""
    view = follow_up_plan.view(reading(), number)
    return render_template(
        "follow_up/plan.html",
        view=view,
        words=follow_up_words,
        dimensions=DIMENSIONS,
        lead_text=follow_up_words.plan_lead(view),
        example_band=view.subject.row.example,
    )


@blueprint.get("/cases/<number>/follow-up/plan.xlsx", endpoint="plan_workbook")
@needs(Right.VIEW_CASE)
def take_plan(number: str) -> Response:
    """The plan as a spreadsheet."""
    view = follow_up_plan.view(reading(), number)
    return download(follow_up_sheets.of_plan(view), spreadsheet.MIME, f"{number}-uppfoljningsplan.xlsx")


@blueprint.route("/cases/<number>/follow-up/plan/new", methods=["GET", "POST"])
@needs(Right.PLAN_FOLLOW_UP)
def new_goal(number: str) -> Page:
    """Add a goal to the plan."""
    desk = reading()
    file = _file_of(desk, number)
    asked_for = request.args.get("dimension", "")
    known = {"dimension": asked_for if asked_for in DIMENSIONS else None}
    questions = [Question(field, required=True, value=known.get(key)) for key, field in INDICATOR_FIELDS.items()]
    asked = ask(questions, Choices())

    def change(acting: Desk) -> str:
        row = follow_up_plan.add(acting, file.subject.instance.id, asked.values(), revision=once.posted_revision())
        flash(gettext("Målet är tillagt: %(title)s.", title=row.title))
        return url_for("follow_up.plan", number=number)

    back = url_for("follow_up.plan", number=number)
    return actions.ask_and_change(_CASE, file, asked, say("Lägg till ett mål"), change, back=back)


@blueprint.route("/cases/<number>/follow-up/plan/<int(max=999999999):indicator_id>", methods=["GET", "POST"])
@needs(Right.PLAN_FOLLOW_UP)
def end_goal(number: str, indicator_id: int) -> Page:
    """End a goal of the plan, with a reason. One that is changed is ended and added anew."""
    desk = reading()
    file = _file_of(desk, number)
    view = follow_up_plan.view(desk, number)
    row = next((one for one in (*view.indicators, *view.ended) if one.id == indicator_id), None)
    if row is None:
        raise NotFound(f"indicator {indicator_id} of {number}")
    asked = asking.for_facts(desk, file.subject, ())

    def change(acting: Desk) -> str:
        follow_up_plan.end(acting, indicator_id, note=asking.posted_note(), revision=once.posted_revision())
        flash(gettext("Målet är avslutat. Det som har rapporterats står kvar."))
        return url_for("follow_up.plan", number=number)

    title = say("Avsluta målet ”{title}”", title=row.title)
    return actions.ask_and_change(_CASE, file, asked, title, change, back=url_for("follow_up.plan", number=number))


def _file_of(desk: Desk, number: str) -> CaseFile:
    """The case's file. Raises NotAllowed for whoever may not plan its follow-up."""
    file = files.case_file(desk, number)
    demand(desk.by, Right.PLAN_FOLLOW_UP, file.subject.scope)
    return file

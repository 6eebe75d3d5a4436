"""Ärenden: the list, the case's page, its actions and what else can be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_babel import gettext
from wtforms import StringField

from introduction.domain.errors import Conflict, NotFound, Refused
from introduction.domain.roles import Right, Visible, can, demand, visible, why_not
from introduction.services import advice, cases, files, net_prices, overview, unit_answers
from introduction.services.desk import Desk
from introduction.services.files import CaseFile
from introduction.store import case as case_store
from introduction.store import listing
from introduction.store import recommendation as recommendations
from introduction.web import actions, asking, conflicts, moving, once
from introduction.web.actions import Noun, Page
from introduction.web.case_filter import filter_choices, typed_id, wanted_from_address
from introduction.web.database import person, reading
from introduction.web.forms.builder import Form
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs

blueprint = Blueprint("cases", __name__)
CASE = Noun(files.case_file, "cases.show")


# ------------------------------------------------------------------------------------- the list


@blueprint.get("/cases", endpoint="listing")
@needs(Right.VIEW_CASE)
def listing_page() -> str:
    """The cases that the person may see, narrowed by what stands in the address."""
    desk = reading()
    seen = _visible()
    wanted = wanted_from_address(desk)
    order = request.args.get("order", "name")
    order = order if order in listing.ORDERS else "name"
    total = listing.count(desk.session, seen, wanted, desk.today)
    pages = Pages.of(total, request.args)
    rows = listing.cases(desk.session, seen, wanted, desk.today, order=order, limit=PAGE, offset=pages.offset)
    return render_template(
        "cases/listing.html",
        cards=overview.cards_of(desk, rows),
        total=total,
        page=pages,
        wanted=wanted,
        order=order,
        choices=filter_choices(desk, seen),
        today=desk.today,
    )


def _visible() -> Visible:
    who = person()
    assert who is not None, "the route asks for somebody signed in"
    return visible(who)


# ------------------------------------------------------------------------------------- one case


@blueprint.get("/cases/<number>")
@needs(Right.VIEW_CASE)
def show(number: str) -> str:
    """The case's page."""
    return _case_page(reading(), number)


def _case_page(desk: Desk, number: str, **more: Any) -> str:
    file = files.case_file(desk, number)
    stage = file.subject.definition.stage_named(file.subject.instance.stage)
    may_assign = files.may_assign(desk, file.subject)
    return render_template(
        "cases/show.html",
        file=file,
        case=file.subject.row,
        instance=file.subject.instance,
        definition=file.subject.definition,
        stage=stage,
        main=[offer for offer in file.offers if offer.action.main],
        other=[offer for offer in file.offers if not offer.action.main],
        may_assign=may_assign,
        may_comment=_may(desk, file, Right.COMMENT),
        reads_net=net_prices.may_read(desk, number),
        hands_over=unit_answers.hands_over(file.subject.definition),
        may_link=_may(desk, file, Right.LINK),
        people=asking.choices_for(desk, file.subject).people if may_assign else (),
        correctable=cases.CORRECTABLE,
        request_key=once.new_key(),
        full_history=request.args.get("history") == "all",
        example_band=file.subject.row.example,
        today=desk.today,
        **more,
    )


def _may(desk: Desk, file: CaseFile, right: Right) -> bool:
    return can(desk.by, right, file.subject.scope) is None


def _id(desk: Desk, number: str) -> int:
    return case_store.by_number(desk.session, number).id


@blueprint.route("/cases/<number>/actions/<action_id>", methods=["GET", "POST"])
@needs(Right.VIEW_CASE)
def act(number: str, action_id: str) -> Page:
    """An action's form; posted, the action is taken."""
    return actions.take(CASE, number, action_id)


@blueprint.route("/cases/<number>/facts", methods=["GET", "POST"])
@needs(Right.EDIT_FACTS)
def facts(number: str) -> Page:
    """Correct what is known of the case, with a reason: one fact when the address names it, else all of them.

    What moves dates is first shown with what moves.
    """
    desk = reading()
    file = files.case_file(desk, number)
    demand(desk.by, Right.EDIT_FACTS, file.subject.scope)
    case_id = file.subject.instance.id
    only = request.args.get("only", "")
    asked = asking.for_facts(desk, file.subject, [only] if only in cases.CORRECTABLE else cases.CORRECTABLE)
    title = gettext("Ändra uppgifter")

    def correct(acting: Desk) -> None:
        cases.change_facts(acting, case_id, asked.values(), note=asking.posted_note(), revision=once.posted_revision())

    def change(acting: Desk) -> str:
        correct(acting)
        flash(gettext("Uppgifterna är ändrade."))
        return CASE.address(number, "facts")

    shown = moving.shown_first(CASE, file, asked, title, correct)
    return shown if shown is not None else actions.ask_and_change(CASE, file, asked, title, change)


@blueprint.route("/cases/<number>/follow-on/<follow_on_id>", methods=["GET", "POST"])
@needs(Right.VIEW_CASE)
def follow_on(number: str, follow_on_id: str) -> Page:
    """Open a new case that grows out of this one."""
    desk = reading()
    file = files.case_file(desk, number)
    growth = next((g for g in file.subject.definition.follow_on if g.id == follow_on_id), None)
    if growth is None:
        raise NotFound(f"follow-on {follow_on_id}")
    extra = {"indication": StringField(gettext("Den nya indikationen"))} if growth.new_indication else {}
    asked = asking.for_note(extra)
    if "indication" in asked.form:
        asked.form["indication"].flags.required = True

    def change(acting: Desk) -> str:
        newer = cases.follow_on(
            acting,
            file.subject.instance.id,
            follow_on_id,
            indication=request.form.get("indication"),
            note=asking.posted_note(),
            revision=once.posted_revision(),
        )
        flash(gettext("Det nya ärendet %(number)s är öppnat och länkat hit.", number=newer.number))
        return CASE.address(newer.number)

    blocked = why_not(desk.by, growth.by, file.subject.scope)
    return actions.ask_and_change(CASE, file, asked, growth.title, change, blocked=blocked)


@blueprint.post("/cases/<number>/comments")
@needs(Right.COMMENT)
def comment(number: str) -> Page:
    """Write a comment or an internal note."""

    def change(acting: Desk) -> str:
        cases.comment(
            acting, _id(acting, number), request.form.get("text", ""), internal=request.form.get("internal") == "1"
        )
        flash(gettext("Kommentaren är sparad."))
        return CASE.address(number, "comments")

    return _change_on_page(change, number)


@blueprint.post("/cases/<number>/links")
@needs(Right.LINK)
def link(number: str) -> Page:
    """Link the case to another."""

    def change(acting: Desk) -> str:
        other = request.form.get("other", "").strip().upper()
        try:
            other_id = _id(acting, other)
        except NotFound:
            other_id = 0
        cases.link(acting, _id(acting, number), other_id, revision=once.posted_revision())
        flash(gettext("Ärendena är länkade."))
        return CASE.address(number, "links")

    return _change_on_page(change, number)


@blueprint.post("/cases/<number>/recommendation")
@needs(Right.EDIT_FACTS)
def rest_on(number: str) -> Page:
    """Let a case rest on a recommendation."""
    chosen = request.form.get("recommendation", "").strip().upper()

    def change(acting: Desk) -> str:
        case_id = _id(acting, number)
        try:
            recommendation = recommendations.by_number(acting.session, chosen)
        except NotFound:
            raise Refused(asking.WHICH_RECOMMENDATION) from None
        advice.rest_on(acting, case_id, recommendation, revision=once.posted_revision())
        flash(gettext("Ärendet vilar nu på %(number)s.", number=chosen))
        return CASE.address(number, "recommendation")

    return _change_on_page(change, number)


@blueprint.post("/cases/<number>/owner")
@needs(Right.ASSIGN)
def owner(number: str) -> Page:
    """Say who keeps the case together."""

    def change(acting: Desk) -> str:
        cases.set_owner(
            acting, _id(acting, number), typed_id(request.form.get("owner", "")), revision=once.posted_revision()
        )
        flash(gettext("Det är ändrat vem som håller ihop ärendet."))
        return CASE.address(number)

    return _change_on_page(change, number)


# ------------------------------------------------------------------------------------- the parts


def _change_on_page(change: Any, number: str) -> Page:
    """Run a change whose form stands on the case's page; a refusal shows that page with the reasons on top."""
    try:
        return once.act_once(change)
    except Conflict as conflict:
        desk = reading()
        return conflicts.page(desk, files.case_file(desk, number), conflict.drawn_from, CASE.address(number))
    except Refused as refusal:
        form = Form()
        reasons = form.take_problems(refusal)
        return _case_page(reading(), number, reasons=reasons, typed=request.form), 422

"""Rekvisitioner: the queue and the own ones, a claim's page, its actions, a new one and a correction."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from introduction.domain.errors import Refused
from introduction.domain.roles import RIGHTS, Right
from introduction.services import claim_desk, claimable, claims
from introduction.services.claim_files import ClaimFile, claim_file, next_waiting
from introduction.services.desk import Desk
from introduction.web import actions, claim_filter, claim_forms, claim_sheets, claim_words, once, outcome_words
from introduction.web.actions import Noun, Page
from introduction.web.database import reading
from introduction.web.forms.builder import Asked
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs
from introduction.web.portfolio_sheets import answer
from introduction.web.words import sentences, tell

blueprint = Blueprint("claims", __name__)
blueprint.add_app_template_global(claim_words.period, "days_in_words")
blueprint.add_app_template_global(claim_words.deviation, "deviation_in_words")
blueprint.add_app_template_global(claim_words.used, "used_in_words")
blueprint.add_app_template_filter(lambda unit: tell(outcome_words.COUNTED[unit]), "counted_in")
CLAIM = Noun(claim_file, "claims.show")
#: The most rows that a spreadsheet of a list takes.
_MOST_ROWS = 5000


# ------------------------------------------------------------------------------------- the list


@blueprint.get("/claims", endpoint="listing")
@needs(Right.VIEW_CLAIM)
def listing_page() -> str:
    """The claims that the person may see, narrowed by what stands in the address; the economist's queue first."""
    desk = reading()
    asked = _asked(desk)
    number, total = claim_desk.count(desk, asked.filter)
    pages = Pages.of(number, request.args)
    lines = claim_desk.lines(desk, asked.filter, order=asked.order, limit=PAGE, offset=pages.offset)
    return render_template(
        "claims/listing.html",
        rows=lines,
        number=number,
        total=total,
        page=pages,
        asked=asked,
        states=claim_desk.by_state(desk, asked.filter),
        choices=claim_filter.choices_of(desk, claim_desk.seen(desk)),
        words=claim_words,
        keeps_books=_has(desk, Right.KEEP_BOOKS),
        may_claim=_has(desk, Right.CLAIM),
        today=desk.today,
        example_band=bool(lines) and all(line.row.claim.example for line in lines),
    )


@blueprint.get("/claims.xlsx", endpoint="sheet")
@needs(Right.VIEW_CLAIM)
def listing_sheet() -> Response:
    """The same as a spreadsheet, without pages."""
    desk = reading()
    asked = _asked(desk)
    lines = claim_desk.lines(desk, asked.filter, order=asked.order, limit=_MOST_ROWS + 1)
    sheet = claim_sheets.of_claims(lines[:_MOST_ROWS], desk.today, whole=len(lines) <= _MOST_ROWS)
    return answer([sheet], "rekvisitioner.xlsx")


def _asked(desk: Desk) -> claim_filter.Asked:
    return claim_filter.from_address(desk, first_state="waiting" if _has(desk, Right.KEEP_BOOKS) else "")


def _has(desk: Desk, right: Right) -> bool:
    return desk.by is not None and bool(desk.by.roles_in(None) & RIGHTS[right])


# ------------------------------------------------------------------------------------- one claim


@blueprint.get("/claims/<number>")
@needs(Right.VIEW_CLAIM)
def show(number: str) -> str:
    """The claim's page: what it says, what the checks say, and what is next."""
    desk = reading()
    file = claim_file(desk, number)
    own = [offer for offer in file.offers if not offer.why_not]
    return render_template(
        "claims/show.html",
        file=file,
        row=file.claim,
        stage=file.subject.definition.stage_named(file.subject.instance.stage),
        main=[offer for offer in file.offers if offer.action.main],
        others=[offer for offer in own if not offer.action.main],
        following=next_waiting(desk, file),
        lead=claim_words.lead(file),
        words=claim_words,
        full_history=request.args.get("history") == "all",
        today=desk.today,
        example_band=file.claim.example,
    )


@blueprint.route("/claims/<number>/actions/<action_id>", methods=["GET", "POST"])
@needs(Right.VIEW_CLAIM)
def act(number: str, action_id: str) -> Page:
    """An action's form; posted, the action is taken."""
    return actions.take(CLAIM, number, action_id)


@blueprint.route("/claims/<number>/correct", methods=["GET", "POST"])
@needs(Right.CLAIM)
def correct(number: str) -> Page:
    """Take back part of an approved claim, by a claim of its own."""
    desk = reading()
    file = claim_file(desk, number)
    asked = claim_forms.correction()
    if request.method == "GET" or not asked.form.validate():
        return _correction_page(file, asked)

    def change(acting: Desk) -> str:
        less, why = asked.form[claim_forms.LESS].ore, asked.form[claim_forms.EXPLANATION].data or ""
        made = claims.correct(acting, file.claim.id, less, why)
        flash(gettext("Rättelsen %(number)s är öppnad. Skicka in den så granskas den.", number=made.number))
        return CLAIM.address(made.number)

    return once.act_or_tell(
        change,
        lambda refusal: _correction_page(claim_file(reading(), number), asked, asked.form.take_problems(refusal)),
    )


def _correction_page(file: ClaimFile, asked: Asked, reasons: list[str] | None = None) -> Page:
    return _form("claims/correct.html", asked, reasons, file=file, example_band=file.claim.example)


# ------------------------------------------------------------------------------------- a new one


@blueprint.get("/claims/new")
@needs(Right.CLAIM)
def new() -> str:
    """Choose of which money: what is granted to the own units, what is left of it, and why some cannot be claimed."""
    desk = reading()
    found = claimable.found(desk)
    return render_template(
        "claims/choose.html",
        found=[one for one in found if not one.lacks],
        blocked=[one for one in found if one.lacks],
        words=claim_words,
        example_band=any((one.open.case or one.open.application).example for one in found),  # type: ignore[union-attr]
    )


@blueprint.route("/claims/new/<int(max=999999999):grant_id>", methods=["GET", "POST"])
@needs(Right.CLAIM)
def start(grant_id: int) -> Page:
    """The form of a new claim on a grant; posted, a draft is kept. What cannot be claimed on says why, on the list."""
    desk = reading()
    try:
        chosen = claimable.one(desk, grant_id)
    except Refused as refusal:
        if request.method == "POST":
            raise
        flash(sentences(refusal.reasons), "warning")
        return redirect(url_for("claims.new"), 303)
    asked = claim_forms.new(desk, chosen)
    if request.method == "GET" or not asked.form.validate():
        return _new_page(chosen, asked)

    def change(acting: Desk) -> str:
        made = claims.start(acting, grant_id, claim_forms.unit_of(asked, chosen), given=asked.values())
        flash(gettext("Utkastet är sparat. Bifoga underlag och skicka in."))
        return url_for("claims.show", number=made.number)

    def told(refusal: Refused) -> Page:
        return _new_page(claimable.one(reading(), grant_id), asked, asked.form.take_problems(refusal))

    return once.act_or_tell(change, told)


def _new_page(chosen: claimable.Claimable, asked: Asked, reasons: list[str] | None = None) -> Page:
    of = chosen.open.case or chosen.open.application
    assert of is not None, "a grant is of something"
    return _form("claims/new.html", asked, reasons, chosen=chosen, words=claim_words, example_band=of.example)


def _form(template: str, asked: Asked, reasons: list[str] | None, **more: Any) -> Page:
    page = render_template(
        template,
        form=asked.form,
        asked=asked,
        reasons=reasons or [],
        request_key=request.form.get(once.FIELD) or once.new_key(),
        **more,
    )
    return (page, 422) if request.method == "POST" else page

"""Ansökningar: the own ones, an application's page with its way, its actions, and the letter with the decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask_babel import gettext

from introduction.documents import typst
from introduction.documents.decision_letter import letter
from introduction.domain.errors import Conflict, NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.money import kronor
from introduction.domain.roles import REGION_WIDE, RIGHTS, Right, why_not
from introduction.services import application_order, applications
from introduction.services.application_files import ApplicationFile, application_file
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile
from introduction.store.application_listing import ApplicationRow
from introduction.web import actions, application_letter, application_sheets, application_words, asking, conflicts, once
from introduction.web.actions import Doubt, Noun, Page
from introduction.web.amounts import TKR
from introduction.web.application_view import application_page
from introduction.web.database import reading
from introduction.web.forms.builder import Asked, Form
from introduction.web.permission import needs
from introduction.web.portfolio_sheets import answer
from introduction.web.words import language

blueprint = Blueprint("applications", __name__)
APPLICATION = Noun(application_file, "applications.show")


# ------------------------------------------------------------------------------------- the own ones


@blueprint.get("/applications", endpoint="listing")
@needs(Right.VIEW_APPLICATION)
def listing_page() -> str:
    """The applications that the person may see: being written, waiting for an answer, and settled."""
    desk = reading()
    rows, settled = application_order.mine(desk)
    groups = _groups(desk, rows)
    held = desk.by.roles_in(None) if desk.by is not None else frozenset()
    return render_template(
        "applications/listing.html",
        groups=groups,
        settled=settled,
        stages={row.id: _stage(desk, row).title for row in rows},
        unit=TKR,
        may_apply=bool(held & RIGHTS[Right.APPLY]),
        region_wide=bool(held & REGION_WIDE & RIGHTS[Right.VIEW_APPLICATION]),
        words=application_words,
        example_band=any(row.example for row in rows),
    )


@blueprint.get("/applications.xlsx", endpoint="sheet")
@needs(Right.VIEW_APPLICATION)
def listing_sheet() -> Response:
    """The same as a spreadsheet."""
    desk = reading()
    rows, settled = application_order.mine(desk)
    stages = {row.id: _stage(desk, row).title for row in rows}
    return answer([application_sheets.of_mine(rows, stages, settled, desk.today)], "ansokningar.xlsx")


def _stage(desk: Desk, row: ApplicationRow) -> Any:
    return desk.catalogue.get(row.definition_id, row.definition_version).stage_named(row.stage)


def _groups(desk: Desk, rows: Any) -> dict[str, list[ApplicationRow]]:
    found: dict[str, list[ApplicationRow]] = {"writing": [], "waiting": [], "settled": []}
    for row in rows:
        key = "settled" if row.closed_on is not None else "waiting" if _stage(desk, row).fixed else "writing"
        found[key].append(row)
    found["waiting"].sort(key=lambda row: (row.answer_by or date.max, row.number))
    return found


# ------------------------------------------------------------------------------------- one application


@blueprint.get("/applications/<number>")
@needs(Right.VIEW_APPLICATION)
def show(number: str) -> str:
    """The application's page: where it is, what it asks for, and what was decided."""
    return application_page(reading(), number)


@blueprint.route("/applications/<number>/actions/<action_id>", methods=["GET", "POST"])
@needs(Right.VIEW_APPLICATION)
def act(number: str, action_id: str) -> Page:
    """An action's form; posted, the action is taken."""
    return actions.take(APPLICATION, number, action_id, _more_than_asked)


def _more_than_asked(file: InstanceFile, asked: Asked) -> Doubt | None:
    """More may be granted than was applied for, but not by mistake, and not without saying why."""
    assert isinstance(file, ApplicationFile), "an application's action"
    granted, need = asked.values(asking.RECORD).get("granted_ore"), file.application.need_ore
    if granted is None or granted <= need:
        return None
    why = say(
        "Det är {more} mer än de {need} som söks. Skriv skälet till det under Skäl för beslutet, och spara igen",
        more=kronor(granted - need), need=kronor(need),
    )  # fmt: skip
    return Doubt(f"{asking.RECORD}granted_ore", why, str(granted))


@blueprint.route("/applications/<number>/follow-on/<follow_on_id>", methods=["GET", "POST"])
@needs(Right.VIEW_APPLICATION)
def follow_on(number: str, follow_on_id: str) -> Page:
    """Begin a new application out of a settled one."""
    desk = reading()
    file = application_file(desk, number)
    growth = next((g for g in file.subject.definition.follow_on if g.id == follow_on_id), None)
    if growth is None:
        raise NotFound(f"follow-on {follow_on_id}")

    def change(acting: Desk) -> str:
        newer = applications.follow_on(
            acting, file.application.id, follow_on_id, note=asking.posted_note(), revision=once.posted_revision()
        )
        flash(gettext("Utkastet %(number)s är sparat och kopplat till %(old)s.", number=newer.number, old=number))
        return APPLICATION.address(newer.number)

    blocked = why_not(desk.by, growth.by, file.subject.scope)
    return actions.ask_and_change(APPLICATION, file, asking.for_note({}), growth.title, change, blocked=blocked)


@blueprint.post("/applications/<number>/case")
@needs(Right.LINK)
def tie(number: str) -> Page:
    """Tie the application to a case."""
    typed = request.form.get("case", "")

    def change(acting: Desk) -> str:
        application_id = application_file(acting, number).application.id
        applications.link_case(acting, application_id, typed, revision=once.posted_revision())
        flash(gettext("Ansökan är kopplad till %(case)s.", case=typed.strip().upper()))
        return APPLICATION.address(number, "need")

    try:
        return once.act_once(change)
    except Conflict as conflict:
        desk = reading()
        file = application_file(desk, number)
        return conflicts.page(desk, file, conflict.drawn_from, APPLICATION.address(number))
    except Refused as refusal:
        reasons = Form().take_problems(refusal)
        return application_page(reading(), number, reasons=reasons, typed_case=typed), 422


@blueprint.get("/applications/<number>/letter.pdf", endpoint="letter")
@needs(Right.VIEW_APPLICATION)
def letter_file(number: str) -> Response:
    """The letter with the last decision. Raises NotFound while nothing is decided."""
    desk = reading()
    told = application_letter.told(desk, application_file(desk, number))
    response = Response(letter(told, language()), mimetype=typst.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    return response

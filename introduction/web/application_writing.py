"""Writing an application: begun, answered page by page, with the unit's own savings. Nothing typed is lost."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from introduction.domain.roles import LOCAL_ROLES, REGION_WIDE, RIGHTS, Right
from introduction.services import applications
from introduction.services.application_files import ApplicationFile, application_file
from introduction.services.desk import Desk
from introduction.store import region as regions
from introduction.store import unit as units
from introduction.web import once
from introduction.web.actions import Page
from introduction.web.application_forms import start_form, typed_concern
from introduction.web.application_pages import CONCERNS, FormPage
from introduction.web.application_view import asked_on, cases_to_name, edit_page, keep_or_tell, page_of, pages_of
from introduction.web.database import reading
from introduction.web.forms.builder import Asked, Form, offered_id
from introduction.web.permission import needs

blueprint = Blueprint("application_writing", __name__)


# ------------------------------------------------------------------------------------- beginning


@blueprint.route("/applications/new", methods=["GET", "POST"])
@needs(Right.APPLY)
def start() -> Page:
    """Begin an application: whose, and what it concerns."""
    desk = reading()
    form = start_form(units_to_apply_for(desk), cases_to_name(desk), case=request.args.get("case", ""))
    if request.method == "GET" or not form.validate():
        return _start_page(form)

    def change(acting: Desk) -> str:
        unit = form["unit_id"].data
        subject = applications.start(acting, offered_id(unit) if unit else None, typed_concern(form))
        flash(gettext("Utkastet %(number)s är sparat.", number=subject.number))
        return url_for("application_writing.edit", number=subject.number, page_key="need")

    return once.act_or_tell(change, lambda refusal: _start_page(form, form.take_problems(refusal)))


def _start_page(form: Form, reasons: list[str] | None = None) -> Page:
    page = render_template(
        "applications/start.html",
        page=CONCERNS,
        form=form,
        reasons=reasons or [],
        request_key=request.form.get(once.FIELD) or once.new_key(),
    )
    return (page, 422) if request.method == "POST" else page


def units_to_apply_for(desk: Desk) -> list[tuple[int, str]]:
    """The units that the person may apply for: the own ones and those below, or all of a region; no administrations."""
    assert desk.by is not None, "a page asks"
    held = [mandate for mandate in desk.by.mandates if mandate.role in RIGHTS[Right.APPLY]]
    wide = {mandate.region_id for mandate in held if mandate.role in REGION_WIDE}
    own = frozenset().union(*(mandate.unit_ids for mandate in held if mandate.role in LOCAL_ROLES))
    found = []
    for region in regions.all_regions(desk.session):
        every = units.units_of(desk.session, region.id, desk.today)
        found += [
            (unit.id, unit.name)
            for unit in every
            if (region.id in wide or unit.id in own) and unit.kind != "administration"
        ]
    return found


# ------------------------------------------------------------------------------------- page by page


@blueprint.route("/applications/<number>/edit/<page_key>", methods=["GET", "POST"])
@needs(Right.APPLY)
def edit(number: str, page_key: str) -> Page:
    """A page of the application. What is typed is kept, and said to be wrong where it cannot be read."""
    desk = reading()
    file = application_file(desk, number)
    page = page_of(file, page_key)
    if not file.editable and request.method == "GET":
        return redirect(url_for("applications.show", number=number), 303)
    asked = asked_on(desk, file, page)
    if request.method == "GET":
        return edit_page(file, page, asked.form)
    if not asked.form.validate():
        return edit_page(file, page, asked.form), 422

    def change(acting: Desk) -> str:
        _keep(acting, file, page, asked)
        return _next(file, page)

    return keep_or_tell(file, page, asked.form, change)


def _keep(acting: Desk, file: ApplicationFile, page: FormPage, asked: Asked) -> None:
    revision, application_id = once.posted_revision(), file.application.id
    if page.key == "concerns":
        applications.concerns(acting, application_id, typed_concern(asked.form), revision=revision)
    elif page.fields:
        applications.save(acting, application_id, asked.values(), revision=revision)


def _next(file: ApplicationFile, page: FormPage) -> str:
    """On to the next page, or to the application's own for somebody who goes on later."""
    number = file.subject.number
    if request.form.get("go") == "later":
        flash(gettext("Utkastet är sparat."))
        return url_for("applications.show", number=number)
    keys = [one.key for one in pages_of(file)]
    return url_for("application_writing.edit", number=number, page_key=keys[keys.index(page.key) + 1])

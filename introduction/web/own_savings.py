"""An applicant's own savings on the application's pages: added, changed, taken away, and said to be examined."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext

from introduction.domain.errors import Conflict, NotAllowed, NotFound, Refused
from introduction.domain.roles import Right
from introduction.services import own_savings
from introduction.services.application_files import ApplicationFile, application_file
from introduction.services.desk import Desk
from introduction.store.application import OwnSaving
from introduction.web import conflicts, once
from introduction.web.actions import Page
from introduction.web.application_forms import saving_form, typed_saving
from introduction.web.application_view import application_page, asked_on, edit_page, keep_or_tell, page_of
from introduction.web.database import reading
from introduction.web.forms.builder import Form
from introduction.web.permission import needs

blueprint = Blueprint("own_savings", __name__)
_ID = "int(max=999999999)"


@blueprint.route("/applications/<number>/savings/new", methods=["GET", "POST"])
@needs(Right.APPLY)
def add(number: str) -> Page:
    """Tell of a saving."""
    file = application_file(reading(), number)
    form = saving_form()

    def change(acting: Desk) -> str:
        told = typed_saving(form)
        row = own_savings.add(acting, file.application.id, told, revision=once.posted_revision())
        flash(gettext("Besparingen %(title)s är inlagd.", title=row.title))
        return _home(number)

    return _page(file, form, change)


@blueprint.route(f"/applications/<number>/savings/<{_ID}:saving_id>", methods=["GET", "POST"])
@needs(Right.APPLY)
def change(number: str, saving_id: int) -> Page:
    """Tell of it otherwise."""
    file = application_file(reading(), number)
    saving = _saving(file, saving_id)
    form = saving_form(saving)

    def write(acting: Desk) -> str:
        row = own_savings.change(acting, saving.id, typed_saving(form), revision=once.posted_revision())
        flash(gettext("Besparingen %(title)s är ändrad.", title=row.title))
        return _home(number)

    return _page(file, form, write, saving=saving)


@blueprint.post(f"/applications/<number>/savings/<{_ID}:saving_id>/remove")
@needs(Right.APPLY)
def remove(number: str, saving_id: int) -> Page:
    """Take it away."""
    file = application_file(reading(), number)
    saving = _saving(file, saving_id)

    def write(acting: Desk) -> str:
        own_savings.remove(acting, saving.id, revision=once.posted_revision())
        flash(gettext("Besparingen %(title)s är borttagen.", title=saving.title))
        return _home(number)

    page = page_of(file, "savings")
    return keep_or_tell(file, page, asked_on(reading(), file, page).form, write)


@blueprint.post(f"/applications/<number>/savings/<{_ID}:saving_id>/confirm")
@needs(Right.VIEW_APPLICATION)
def confirm(number: str, saving_id: int) -> Page:
    """Say that it is examined."""
    return _examine(number, saving_id, confirmed=True)


@blueprint.post(f"/applications/<number>/savings/<{_ID}:saving_id>/question")
@needs(Right.VIEW_APPLICATION)
def question(number: str, saving_id: int) -> Page:
    """Say that it is not examined after all."""
    return _examine(number, saving_id, confirmed=False)


def _examine(number: str, saving_id: int, *, confirmed: bool) -> Page:
    saving = _saving(application_file(reading(), number), saving_id)

    def write(acting: Desk) -> str:
        own_savings.confirm(acting, saving.id, confirmed=confirmed, revision=once.posted_revision())
        said = gettext("Besparingen %(title)s är prövad.", title=saving.title)
        flash(said if confirmed else gettext("Besparingen %(title)s prövas igen.", title=saving.title))
        return url_for("applications.show", number=number, _anchor="savings")

    try:
        return once.act_once(write)
    except Conflict as conflict:
        desk = reading()
        back = url_for("applications.show", number=number)
        return conflicts.page(desk, application_file(desk, number), conflict.drawn_from, back)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return application_page(reading(), number, reasons=Form().take_problems(refusal)), 422


def _saving(file: ApplicationFile, saving_id: int) -> OwnSaving:
    """A saving of the application. Raises NotFound."""
    found = next((saving for saving in file.savings if saving.id == saving_id), None)
    if found is None:
        raise NotFound(f"own saving {saving_id}")
    return found


def _home(number: str) -> str:
    return url_for("application_writing.edit", number=number, page_key="savings")


def _page(file: ApplicationFile, form: Form, write: Callable[[Desk], str], *, saving: OwnSaving | None = None) -> Page:
    """The form of a saving; posted, what it says is kept, or what is wrong with it told beside the boxes."""
    page = page_of(file, "savings")
    if request.method == "GET":
        return edit_page(file, page, form, template="saving", saving=saving)
    if not form.validate():
        return edit_page(file, page, form, template="saving", saving=saving), 422
    return keep_or_tell(file, page, form, write, template="saving", saving=saving)

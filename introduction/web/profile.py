"""Min profil: my roles, my language, my password."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import PasswordField

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import say
from introduction.services import passwords, people
from introduction.services.desk import Desk
from introduction.store import person as persons
from introduction.store import region as regions
from introduction.store import unit as units
from introduction.web import once
from introduction.web.database import person, reading
from introduction.web.forms.builder import Form
from introduction.web.permission import signed_in

blueprint = Blueprint("profile", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/profile")
@signed_in
def show() -> str:
    """Who I am here."""
    desk = reading()
    who = person()
    assert who is not None
    held = persons.assignments_on(desk.session, who.user_id, desk.today)
    return render_template(
        "profile/show.html",
        row=current_user.row,
        held=held,
        regions={region.id: region for region in regions.all_regions(desk.session)},
        unit_names=units.names(desk.session, [h.unit_id for h in held if h.unit_id]),
    )


def _password_form() -> Form:
    class Asked(Form):
        old = PasswordField(gettext("Nuvarande lösenord"), render_kw={"autocomplete": "current-password"})
        password = PasswordField(
            gettext("Nytt lösenord"),
            description=gettext("Minst %(shortest)s tecken.", shortest=passwords.SHORTEST),
            render_kw={"autocomplete": "new-password"},
        )
        repeated = PasswordField(gettext("Nytt lösenord en gång till"), render_kw={"autocomplete": "new-password"})

    form = Asked()
    for field in ("old", "password", "repeated"):
        form[field].flags.required = True
    return form


@blueprint.route("/profile/password", methods=["GET", "POST"])
@signed_in
def password() -> Page:
    """Change the own password; other sessions end."""
    form = _password_form()
    key = request.form.get(once.FIELD) or once.new_key()
    if not form.validate_on_submit():
        return render_template("profile/password.html", form=form, request_key=key)

    def change(acting: Desk) -> str:
        if form["password"].data != form["repeated"].data:
            raise InvalidInput(("repeated", say("Skriv samma nya lösenord två gånger")))
        people.change_own_password(acting, form["old"].data or "", form["password"].data or "", keep=current_user.token)
        flash(gettext("Lösenordet är ändrat. Dina andra sessioner är avslutade."))
        return url_for("profile.show")

    try:
        return once.act_once(change)
    except Refused as refusal:
        reasons = form.take_problems(refusal)
        return render_template("profile/password.html", form=form, request_key=key, reasons=reasons), 422

"""Sign in and out, and get back what was typed when a session had ended."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, PasswordField

from introduction.services import signing_in
from introduction.services.signing_in import Held
from introduction.web import kept
from introduction.web.database import acting, person, reading
from introduction.web.forms.builder import Form
from introduction.web.identity import load
from introduction.web.language import local_path
from introduction.web.permission import public, signed_in
from introduction.web.words import tell

blueprint = Blueprint("session", __name__)
Page = str | Response | tuple[str, int]


class SignInForm(Form):
    """E-mail and password, and where to go after."""

    next = HiddenField()
    held = HiddenField()


def _form() -> SignInForm:
    class Asked(SignInForm):
        email = EmailField(gettext("E-postadress"), render_kw={"autocomplete": "username"})
        password = PasswordField(gettext("Lösenord"), render_kw={"autocomplete": "current-password"})

    form = Asked()
    form["email"].flags.required = form["password"].flags.required = True
    return form


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Sign in. The answer is the same whether the address or the password is wrong."""
    if request.method == "GET" and person() is not None:
        return redirect(url_for("work.mine"))
    form = _form()
    if request.method == "GET":
        form["next"].data, form["held"].data = request.args.get("next"), request.args.get("held")
    if not form.validate_on_submit():
        return render_template("session/sign_in.html", form=form)
    with acting() as desk:
        answer = signing_in.sign_in(
            desk, form["email"].data or "", form["password"].data or "", request.remote_addr or ""
        )
    if answer.token is None:
        reasons = [tell(answer.reason)]
        return render_template("session/sign_in.html", form=form, reasons=reasons), 429 if answer.throttled else 422
    chosen = cookie.get("language")
    cookie.clear()  # nothing of an earlier visitor goes on
    cookie.permanent = True
    if chosen:
        cookie["language"] = chosen
    user = load(answer.token)
    assert user is not None, "the session has just begun"
    login_user(user)
    held = form["held"].data
    if held:
        return redirect(url_for("session.held", token=held), 303)
    return redirect(local_path(form["next"].data) or url_for("work.mine"), 303)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session. For somebody whose session has ended already there is nothing to end."""
    if person() is not None:
        token = current_user.get_id()
        with acting() as desk:
            signing_in.sign_out(desk, token)
        logout_user()
    cookie.clear()
    flash(gettext("Du är utloggad."))
    return redirect(url_for("pages.start"), 303)


@blueprint.get("/sign-in/kept/<token>")
@signed_in
def held(token: str) -> Page:
    """Show what was posted after the session had ended, to be sent again with a fresh token."""
    who = person()
    assert who is not None
    with acting() as desk:
        found: Held | None = signing_in.take_held_post(desk.session, token, who.user_id, desk.now)
    if found is None:
        flash(gettext("Det du skrev finns inte längre kvar."), "warning")
        return redirect(url_for("work.mine"), 303)
    again = kept.page_at(found.path)
    shown = kept.in_words(reading().session, found.fields)
    return render_template("session/held.html", held=found, shown=shown, again=again)

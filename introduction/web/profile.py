"""Min profil: my roles, my password, how reminders reach me, and who stands in while I am away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import say
from introduction.domain.notices import PREFERENCES
from introduction.services import calendar, passwords, people, preferences
from introduction.services.desk import Desk
from introduction.settings import Settings
from introduction.store import person as persons
from introduction.store import region as regions
from introduction.store import unit as units
from introduction.store.person import PersonRow
from introduction.web import once
from introduction.web.database import person, reading
from introduction.web.forms.builder import Asked, Choices, Form, ask, offered_id
from introduction.web.forms.fields import DatePartsField
from introduction.web.permission import signed_in
from introduction.web.words import capital, short_day, tell

blueprint = Blueprint("profile", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/profile")
@signed_in
def show() -> Page:
    """Who I am here."""
    return _profile(_reminders_form(reading()))


def _profile(asked: Asked, **more: Any) -> Page:
    desk = reading()
    who = person()
    assert who is not None
    held = persons.assignments_on(desk.session, who.user_id, desk.today)
    page = render_template(
        "profile/show.html",
        row=current_user.row,
        held=held,
        regions={region.id: region for region in regions.all_regions(desk.session)},
        unit_names=units.names(desk.session, [h.unit_id for h in held if h.unit_id]),
        form=asked.form,
        calendar_address=_calendar_address(desk),
        absences=preferences.absences(desk, who.user_id),
        covering=preferences.covering(desk),
        new_key=once.new_key,
        today=desk.today,
        **more,
    )
    return (page, 422) if request.method == "POST" else page


# ------------------------------------------------------------------------------------- the password


def _password_form() -> Form:
    class Typed(Form):
        old = PasswordField(gettext("Nuvarande lösenord"), render_kw={"autocomplete": "current-password"})
        password = PasswordField(
            gettext("Nytt lösenord"),
            description=gettext("Minst %(shortest)s tecken.", shortest=passwords.SHORTEST),
            render_kw={"autocomplete": "new-password"},
        )
        repeated = PasswordField(gettext("Nytt lösenord en gång till"), render_kw={"autocomplete": "new-password"})

    form = Typed()
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


# ------------------------------------------------------------------------------------- reminders, calendar


def _reminders_form(desk: Desk) -> Asked:
    chosen = preferences.of(desk).reminders
    offered = [SelectChoice(value.value, capital(tell(title))) for value, title in PREFERENCES.items()]
    field = RadioField(
        gettext("Hur vill du få påminnelser?"),
        choices=offered,
        default=chosen,
        validate_choice=False,
        description=gettext("Eskaleringar och beslut kommer alltid direkt, i ett eget mejl."),
    )
    asked = ask((), Choices(), {"reminders": field})
    asked.form["reminders"].flags.required = True
    return asked


@blueprint.post("/profile/reminders")
@signed_in
def reminders() -> Page:
    """Choose how reminders come."""
    asked = _reminders_form(reading())

    def change(acting: Desk) -> str:
        preferences.choose(acting, asked.form["reminders"].data or "")
        flash(gettext("Ditt val är sparat. Det gäller påminnelser från och med nu."))
        return url_for("profile.show", _anchor="preferences")

    try:
        return once.act_once(change)
    except Refused as refusal:
        return _profile(asked, reasons=asked.form.take_problems(refusal))


def _calendar_address(desk: Desk) -> str:
    """The secret address of the calendar, as a calendar program on any machine can reach it."""
    settings: Settings = current_app.extensions["settings"]
    assert desk.user_id is not None, "only people have calendars"
    serial = preferences.of(desk).calendar_serial
    secret = calendar.secret(desk.user_id, serial, settings.secret_key)
    return settings.url + url_for("calendar.feed", secret=secret)


@blueprint.post("/profile/calendar")
@signed_in
def renew_calendar() -> Page:
    """Give the calendar a new secret address."""

    def change(acting: Desk) -> str:
        preferences.renew_calendar(acting)
        flash(gettext("Kalendern har en ny adress. Den gamla fungerar inte längre."))
        return url_for("profile.show", _anchor="calendar")

    return once.act_once(change)


# ------------------------------------------------------------------------------------- absence


@blueprint.route("/people/<int(max=999999999):person_id>/absence", methods=["GET", "POST"])
@signed_in
def absence(person_id: int) -> Page:
    """Say when somebody is away, oneself or as coordinator somebody else, and who stands in."""
    desk = reading()
    row = desk.session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(f"person {person_id}")
    if not preferences.may_set(desk, person_id):
        raise NotAllowed(say("Frånvaro för någon annan läggs in av en samordnare i samma region"))
    asked = _absence_form(desk, person_id)
    own = person_id == desk.user_id
    back = _home_of(desk, person_id)

    def page(**more: Any) -> Page:
        key = request.form.get(once.FIELD) or once.new_key()
        shown = render_template(
            "profile/absence.html", row=row, own=own, back=back, form=asked.form, request_key=key, **more
        )
        return (shown, 422) if request.method == "POST" else shown

    if request.method == "GET" or not asked.form.validate():
        return page()

    def change(acting: Desk) -> str:
        substitute = offered_id(asked.form["substitute"].data or "")
        first, last = asked.form["first"].data, asked.form["last"].data
        made = preferences.be_away(acting, substitute, first, last, person_id=person_id)
        name = acting.session.get_one(PersonRow, made.substitute_id).name
        flash(gettext("%(name)s ersätter till och med %(day)s.", name=name, day=short_day(made.last_day)))
        return back

    return once.act_or_tell(change, lambda refusal: page(reasons=asked.form.take_problems(refusal)))


@blueprint.post("/absences/<int(max=999999999):absence_id>/end")
@signed_in
def end_absence(absence_id: int) -> Page:
    """Take an absence back."""

    def change(acting: Desk) -> str:
        ended = preferences.end_absence(acting, absence_id)
        flash(gettext("Frånvaron är borttagen. Ingen ersätter längre."))
        return _home_of(acting, ended.person_id)

    return once.act_once(change)


def _home_of(desk: Desk, person_id: int) -> str:
    """Where a person's absences are shown: the own profile, or the page of somebody else."""
    if person_id == desk.user_id:
        return url_for("profile.show", _anchor="absence")
    return url_for("sent.of_person", person_id=person_id, _anchor="absence")


def _absence_form(desk: Desk, person_id: int) -> Asked:
    offered = [SelectChoice("", gettext("Välj"))]
    offered += [SelectChoice(str(key), name) for key, name in preferences.substitutes_for(desk, person_id)]
    asked = ask(
        (),
        Choices(),
        {
            "substitute": SelectField(gettext("Vem ersätter?"), choices=offered, validate_choice=False),
            "first": DatePartsField(gettext("Första dagen")),
            "last": DatePartsField(gettext("Sista dagen"), description=gettext("Den dagen räknas med.")),
        },
    )
    for field in ("substitute", "first", "last"):
        asked.form[field].flags.required = True
    return asked

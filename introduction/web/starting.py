"""Nytt ärende: nominate, or start from a horizon scan or a recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.fields import CASE_FIELDS
from introduction.domain.process.definition import Definition, Start
from introduction.domain.roles import REGION_WIDE, Right
from introduction.services import cases
from introduction.services.cases import Roots
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.opening import ways_in
from introduction.store import recommendation as recommendations
from introduction.store import region as regions
from introduction.store import unit as units
from introduction.store.recommendation import Recommendation
from introduction.web import asking, once
from introduction.web.database import person, reading
from introduction.web.forms.builder import Asked, Choices, Question, ask, offered_id
from introduction.web.permission import needs

blueprint = Blueprint("starting", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/cases/new")
@needs(Right.VIEW_CASE)
def choose() -> str:
    """Which way in."""
    desk = reading()
    return render_template("starting/choose.html", ways=ways_in(desk))


@blueprint.route("/cases/new/<definition_id>/<origin>", methods=["GET", "POST"])
@needs(Right.VIEW_CASE)
def start(definition_id: str, origin: str) -> Page:
    """The form of a way in; posted, the case is opened."""
    desk = reading()
    found = [pair for pair in ways_in(desk) if (pair[0].id, pair[1].origin) == (definition_id, origin)]
    if not found:
        raise NotFound(f"way in {definition_id} {origin}")
    definition, way = found[0]
    asked = _asked(desk, definition, way)
    if request.method == "GET" or not asked.form.validate():
        return _page(definition, way, asked)

    def change(acting: Desk) -> str:
        form = asked.form
        about = About.typed(form.medicine.data, form.indication.data, form.substance.data, form.atc.data)
        subject = cases.start(
            acting,
            definition_id,
            origin,
            about,
            given=asked.values(),
            roots=_roots(acting, asked),
            note=asking.posted_note(),
        )
        flash(gettext("Ärendet %(number)s är öppnat.", number=subject.number))
        return url_for("cases.show", number=subject.number)

    try:
        return once.act_once(change)
    except Refused as refusal:
        return _page(definition, way, asked, reasons=asked.form.take_problems(refusal))


def _asked(desk: Desk, definition: Definition, way: Start) -> Asked:
    """The medicine first, then what the way in asks for, the unit and a note."""
    questions = [Question(CASE_FIELDS[key], required=True) for key in way.asks]
    questions += [Question(CASE_FIELDS[key], required=False) for key in way.may]
    known = _known(desk)
    required = {"required": True}
    extra: dict[str, Any] = {
        "medicine": StringField(gettext("Läkemedlets namn"), default=known.get("medicine")),
        "substance": StringField(gettext("Verksamt ämne"), default=known.get("substance")),
        "atc": StringField(
            gettext("ATC-kod"),
            default=known.get("atc"),
            description=gettext("Till exempel L01FF02. Lämna tomt om koden inte finns än."),
            render_kw={"class": "govuk-input--width-10", "spellcheck": "false"},
        ),
        "indication": TextAreaField(gettext("Indikation"), default=known.get("indication"), render_kw={"rows": 2}),
        "note": TextAreaField(gettext("Anteckning"), render_kw={"rows": 3}),
    }
    region = regions.by_slug(desk.session, definition.region)
    offered = _own_units(desk, region.id) if way.origin == "nomination" else []
    if offered:
        options = [SelectChoice("", gettext("Välj")), *(SelectChoice(str(unit), name) for unit, name in offered)]
        label = gettext("Vilken verksamhet nominerar?")
        extra["nominating_unit_id"] = SelectField(label, choices=options, validate_choice=False)
    if way.origin == "recommendation":
        extra["recommendation"] = StringField(
            gettext("Rekommendationens nummer"),
            default=request.args.get("recommendation", ""),
            description=gettext("Till exempel NT-2026-0007."),
            render_kw={"class": "govuk-input--width-10"},
        )
    choices = Choices(units=units_with_names(desk, region.id))
    asked = ask(questions, choices, extra)
    for name in ("medicine", "indication", "nominating_unit_id", "recommendation"):
        if name in asked.form:
            asked.form[name].flags.required = required["required"]
            if request.method == "GET" and asked.form[name].data in (None, ""):
                asked.form[name].data = asked.form[name].default
    return asked


def units_with_names(desk: Desk, region_id: int) -> Sequence[tuple[int, str]]:
    """The region's units today."""
    return [(unit.id, unit.name) for unit in units.units_of(desk.session, region_id, desk.today)]


def _own_units(desk: Desk, region_id: int) -> list[tuple[int, str]]:
    """The units that the person may nominate for: the own ones, or all for somebody who works region-wide."""
    who = person()
    assert who is not None
    found = units.units_of(desk.session, region_id, desk.today)
    if any(mandate.role in REGION_WIDE and mandate.region_id == region_id for mandate in who.mandates):
        return [(unit.id, unit.name) for unit in found]
    own = frozenset().union(*(mandate.unit_ids for mandate in who.mandates))
    return [(unit.id, unit.name) for unit in found if unit.id in own]


def _known(desk: Desk) -> dict[str, Any]:
    """What a recommendation named in the address already tells."""
    number = request.args.get("recommendation", "")
    if not number:
        return {}
    about = About.of(desk.session, recommendations.by_number(desk.session, number))
    return {
        "medicine": about.medicine,
        "substance": about.substance,
        "atc": about.atc,
        "indication": about.indication,
    }


def _roots(desk: Desk, asked: Asked) -> Roots:
    unit = asked.form["nominating_unit_id"].data if "nominating_unit_id" in asked.form else ""
    number = asked.form["recommendation"].data if "recommendation" in asked.form else ""
    recommendation: Recommendation | None = None
    if number:
        try:
            recommendation = recommendations.by_number(desk.session, number.strip().upper())
        except NotFound:
            raise InvalidInput(("recommendation", asking.WHICH_RECOMMENDATION)) from None
    return Roots(offered_id(unit) if unit else None, recommendation)


def _page(definition: Definition, way: Start, asked: Asked, **more: Any) -> Page:
    page = render_template(
        "starting/form.html",
        definition=definition,
        way=way,
        form=asked.form,
        asked=asked,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        **more,
    )
    return (page, 422) if request.method == "POST" else page

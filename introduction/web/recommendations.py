"""Rekommendationer: the national process of each medicine, and its chain of versions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from wtforms import StringField, TextAreaField

from introduction.domain.errors import NotFound, Refused
from introduction.domain.fields import GRADE_SCALES, LEVELS, RECOMMENDATION_FIELDS, RECORDS
from introduction.domain.messages import Message, say
from introduction.domain.process.situation import ANCHORS
from introduction.domain.roles import RIGHTS, Right, can
from introduction.services import files, overview, recommendations
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.opening import ways_in
from introduction.store import recommendation as store
from introduction.store import recommendation_listing
from introduction.web import actions, asking, events, once
from introduction.web.actions import Noun, Page
from introduction.web.database import person, reading
from introduction.web.forms.builder import Choices, Question, ask
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs

blueprint = Blueprint("recommendations", __name__)
RECOMMENDATION = Noun(files.recommendation_file, "recommendations.show")
ROUTE_TITLES: dict[str, Message] = {
    "hospital_medicine": say("Sjukhusläkemedel"),
    "benefit_medicine": say("Förmånsläkemedel"),
}


@blueprint.get("/recommendations", endpoint="listing")
@needs(Right.VIEW_RECOMMENDATION)
def listing_page() -> str:
    """Every recommendation, with the version that holds now."""
    desk = reading()
    text, route = request.args.get("q", "")[:100].replace("\x00", ""), request.args.get("route", "")
    total = recommendation_listing.count(desk.session, text, route)
    pages = Pages.of(total, request.args)
    rows = recommendation_listing.rows(desk.session, text, route, limit=PAGE, offset=pages.offset)
    return render_template(
        "recommendations/listing.html",
        rows=rows,
        total=total,
        page=pages,
        text=text,
        route=route,
        catalogue=desk.catalogue,
        levels=LEVELS,
        routes=ROUTE_TITLES,
        may_start=_may_edit(),
        today=desk.today,
    )


@blueprint.get("/recommendations/<number>")
@needs(Right.VIEW_RECOMMENDATION)
def show(number: str) -> str:
    """A recommendation's page."""
    desk = reading()
    file = files.recommendation_file(desk, number)
    return render_template(
        "recommendations/show.html",
        file=file,
        recommendation=file.subject.row,
        instance=file.subject.instance,
        definition=file.subject.definition,
        stage=file.subject.definition.stage_named(file.subject.instance.stage),
        main=[offer for offer in file.offers if offer.action.main],
        other=[offer for offer in file.offers if not offer.action.main],
        ways=[(d, way) for d, way in ways_in(desk) if way.origin == "recommendation"],
        version_fields=RECORDS["recommendation_version"],
        levels=LEVELS,
        scales=GRADE_SCALES,
        routes=ROUTE_TITLES,
        anchors=ANCHORS,
        cards=overview.cards_of(desk, file.cases),
        history=[events.describe(file, entry) for entry in file.history],
        reads_internal=can(desk.by, Right.READ_INTERNAL, file.subject.scope) is None,
        example_band=file.subject.row.example,
        today=desk.today,
    )


@blueprint.route("/recommendations/new/<route>", methods=["GET", "POST"])
@needs(Right.EDIT_RECOMMENDATION)
def start(route: str) -> Page:
    """Open the national process for a medicine."""
    if route not in store.ROUTES:
        raise NotFound(f"route {route}")
    definition = reading().catalogue.latest(f"national.{route}")
    way = definition.start[0]
    questions = [Question(RECOMMENDATION_FIELDS[key], required=True) for key in way.asks]
    questions += [Question(RECOMMENDATION_FIELDS[key], required=False) for key in way.may]
    asked = ask(questions, Choices(), _about_fields())
    for name in ("medicine", "indication"):
        asked.form[name].flags.required = True

    def page(**more: Any) -> Page:
        key = request.form.get(once.FIELD) or once.new_key()
        shown = render_template(
            "starting/form.html", definition=definition, way=way, form=asked.form, asked=asked, request_key=key, **more
        )
        return (shown, 422) if request.method == "POST" else shown

    if request.method == "GET" or not asked.form.validate():
        return page()

    def change(acting: Desk) -> str:
        form = asked.form
        about = About.typed(form.medicine.data, form.indication.data, form.substance.data, form.atc.data)
        subject = recommendations.start(acting, route, about, given=asked.values(), note=asking.posted_note())
        flash(gettext("%(number)s är öppnad.", number=subject.number))
        return url_for("recommendations.show", number=subject.number)

    try:
        return once.act_once(change)
    except Refused as refusal:
        return page(reasons=asked.form.take_problems(refusal))


def _about_fields() -> dict[str, Any]:
    return {
        "medicine": StringField(gettext("Läkemedlets namn")),
        "substance": StringField(gettext("Verksamt ämne")),
        "atc": StringField(gettext("ATC-kod"), render_kw={"class": "govuk-input--width-10", "spellcheck": "false"}),
        "indication": TextAreaField(gettext("Indikation"), render_kw={"rows": 2}),
        "note": TextAreaField(gettext("Anteckning"), render_kw={"rows": 3}),
    }


@blueprint.route("/recommendations/<number>/actions/<action_id>", methods=["GET", "POST"])
@needs(Right.VIEW_RECOMMENDATION)
def act(number: str, action_id: str) -> Page:
    """An action's form; posted, the action is taken."""
    return actions.take(RECOMMENDATION, number, action_id)


def _may_edit() -> bool:
    who = person()
    return who is not None and bool(RIGHTS[Right.EDIT_RECOMMENDATION] & who.roles_in(None))

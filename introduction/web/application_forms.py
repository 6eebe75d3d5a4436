"""The forms of an application that are not made from the catalogue: what it concerns, and an own saving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.domain.applications import SAVING_STATES
from introduction.services.application_files import ApplicationFile
from introduction.services.applications import Concern, takes_without_case
from introduction.services.own_savings import Told
from introduction.store.application import OwnSaving
from introduction.web.forms.builder import Form
from introduction.web.forms.fields import DatePartsField, MoneyField
from introduction.web.words import capital, kronor, tell


def start_form(units: Sequence[tuple[int, str]], cases: Sequence[tuple[str, str]], *, case: str = "") -> Form:
    """Whose application it is, and what it concerns. Somebody with one unit need not choose."""
    options = [SelectChoice(str(unit), name) for unit, name in units]
    if len(units) != 1:
        options.insert(0, SelectChoice("", gettext("Välj")))
    fields = {
        "unit_id": SelectField(gettext("Vilken verksamhet söker?"), choices=options, validate_choice=False),
        **_concern_fields(cases, without_case=True),
    }
    form = _form(fields, {"case_number": case.upper()})
    form["unit_id"].flags.required = True
    return form


def concern_form(file: ApplicationFile, cases: Sequence[tuple[str, str]]) -> Form:
    """What an application concerns, as it stands."""
    case = file.case
    without = takes_without_case(file.subject.definition)
    offered = list(cases)
    if case is not None and case.public_number not in dict(cases):
        offered.insert(0, (case.public_number, f"{file.about.medicine} ({case.public_number})"))
    known = {
        "case_number": case.public_number if case is not None else "",
        "medicine": file.about.medicine if case is None else "",
        "indication": file.about.indication if case is None else "",
        "no_case_reason": file.subject.situation["no_case_reason"] or "",
    }
    return _form(_concern_fields(offered, without_case=without), known)


def typed_concern(form: Form) -> Concern:
    """What was typed."""
    return Concern(**{name: form[name].data or "" for name in Concern.__dataclass_fields__ if name in form})


def saving_form(saving: OwnSaving | None = None) -> Form:
    """An own saving: the drug committee's recommendation or what is done, its amount, who, the goal, when, how far."""
    wide = {"class": "govuk-input--width-10", "inputmode": "decimal"}
    states = [SelectChoice(state, capital(tell(title))) for state, title in SAVING_STATES.items()]
    fields: dict[str, Any] = {
        "title": StringField(
            gettext("Läkemedelskommitténs rekommendation, eller vad ni gör"),
            description=gettext("Till exempel: byte till biosimilar av adalimumab."),
        ),
        "amount_ore": MoneyField(
            gettext("Hur mycket sparar det under budgetåret?"),
            description=gettext("I kronor utan moms. 250 000, 350 tkr eller 1,2 mnkr."),
            render_kw=wide,
        ),
        "owner": StringField(gettext("Vem ser till att det blir gjort?"), description=gettext("Namn eller roll.")),
        "goal": StringField(gettext("Vad är målet?"), description=gettext("Till exempel: 80 procent av patienterna.")),
        "by_day": DatePartsField(gettext("När ska målet vara nått?"), description=gettext("Till exempel 30 9 2027")),
        "state": RadioField(gettext("Hur långt har ni kommit?"), choices=states, validate_choice=False),
        "reason": TextAreaField(
            gettext("Om det inte går att genomföra, varför?"), render_kw={"rows": 3},
        ),
    }  # fmt: skip
    known = {}
    if saving is not None:
        known = {name: getattr(saving, name) for name in ("title", "owner", "goal", "by_day", "state", "reason")}
        known["amount_ore"] = kronor(saving.amount_ore).removesuffix("kr").strip()
    form = _form(fields, known)
    for name in ("title", "amount_ore", "owner", "goal", "by_day", "state"):
        form[name].flags.required = True
    return form


def typed_saving(form: Form) -> Told:
    """What was typed of a saving."""
    return Told(
        title=form["title"].data or "",
        amount_ore=form["amount_ore"].ore,
        owner=form["owner"].data or "",
        goal=form["goal"].data or "",
        by_day=form["by_day"].data,
        state=form["state"].data or "",
        reason=form["reason"].data or "",
    )


def _concern_fields(cases: Sequence[tuple[str, str]], *, without_case: bool) -> dict[str, Any]:
    none = gettext("Inget ärende") if without_case else gettext("Välj")
    options = [SelectChoice("", none), *(SelectChoice(number, title) for number, title in cases)]
    fields: dict[str, Any] = {
        "case_number": SelectField(
            gettext("Vilket ärende hör ansökan till?"),
            description=gettext("Läkemedlets ärende om ordnat införande."),
            choices=options,
            validate_choice=False,
        )
    }
    if without_case:
        fields |= {
            "medicine": StringField(gettext("Läkemedlets namn")),
            "indication": TextAreaField(gettext("Indikation"), render_kw={"rows": 2}),
            "no_case_reason": TextAreaField(gettext("Varför finns inget ärende?"), render_kw={"rows": 3}),
        }
    return fields


def _form(fields: dict[str, Any], known: dict[str, Any]) -> Form:
    kind = type("ApplicationForm", (Form,), fields)
    form: Form = kind(data=known) if request.method == "POST" else kind(formdata=None, data=known)
    return form

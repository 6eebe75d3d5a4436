"""Nettopriser: secret rebates of a case, and what its analyses come to after them.

A reading is posted, noted and committed before anything secret is shown; no address, title or message holds a figure.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from introduction.domain import secrecy
from introduction.domain.errors import NotAllowed, Refused
from introduction.domain.roles import Right
from introduction.services import net_figures, net_prices
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.web import amounts, once
from introduction.web.database import acting, reading
from introduction.web.forms.builder import Asked, Choices, Form, ask
from introduction.web.permission import needs
from introduction.web.words import reasons_of

blueprint = Blueprint("net_prices", __name__)
Page = str | Response | tuple[str, int]


# ------------------------------------------------------------------------------------- rebates


@blueprint.get("/cases/<number>/net")
@needs(Right.READ_NET)
def rebates(number: str) -> Page:
    """That rebates are secret, and the button that shows them."""
    return _rebates_page(number)


@blueprint.post("/cases/<number>/net")
@needs(Right.READ_NET)
def read_rebates(number: str) -> Page:
    """The rebates, once it is noted that they are read."""
    try:
        with acting() as desk:
            noted = net_prices.note_reading(desk, number, reason=request.form.get("reason", ""))
    except NotAllowed:
        raise
    except Refused as refusal:
        return _rebates_page(number, reasons=Form().take_problems(refusal)), 422
    return _rebates_page(number, lines=net_prices.rebates(reading(), noted))


@blueprint.route("/cases/<number>/net/new", methods=["GET", "POST"])
@needs(Right.READ_NET)
def record(number: str) -> Page:
    """Record a rebate."""
    desk = reading()
    case = net_prices.open_case(desk, number)
    asked = _form(net_prices.treatments_of(desk, case.id))
    if request.method == "GET" or not asked.form.validate():
        return _record_page(desk, number, asked)
    form = asked.form

    def change(own: Desk) -> str:
        net_prices.record(
            own,
            number,
            treatment=form["treatment"].data or "",
            share=form["rebate"].data or "",
            first=form["first"].data or "",
            last=form["last"].data or "",
            source=form["source"].data or "",
            provision=form["provision"].data or "",
        )
        flash(gettext("Återbäringen är antecknad."))
        return url_for("net_prices.rebates", number=number)

    def told(refusal: Refused) -> Page:
        return _record_page(reading(), number, asked, reasons=form.take_problems(refusal))

    return once.act_or_tell(change, told)


@blueprint.post("/cases/<number>/net/<int(max=999999999):price_id>/end")
@needs(Right.READ_NET)
def end(number: str, price_id: int) -> Page:
    """Take a rebate back."""

    def change(own: Desk) -> str:
        net_prices.end(own, number, price_id)
        flash(gettext("Återbäringen är avslutad."))
        return url_for("net_prices.rebates", number=number)

    return once.act_or_tell(change, lambda refusal: (_rebates_page(number, reasons=reasons_of(refusal)), 422))


def _rebates_page(number: str, **more: Any) -> str:
    desk = reading()
    case = net_prices.open_case(desk, number)
    return render_template(
        "net_prices/rebates.html",
        case=case,
        about=About.of(desk.session, case),
        treatments=net_prices.treatments_of(desk, case.id),
        text_of_share=_share,
        new_key=once.new_key,
        example_band=case.example,
        **more,
    )


def _record_page(desk: Desk, number: str, asked: Asked, **more: Any) -> Page:
    case = net_prices.open_case(desk, number)
    shown = render_template(
        "net_prices/record.html",
        case=case,
        about=About.of(desk.session, case),
        form=asked.form,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        example_band=case.example,
        **more,
    )
    return (shown, 422) if request.method == "POST" else shown


def _form(treatments: dict[str, str]) -> Asked:
    offered = [SelectChoice("", gettext("Välj")), *(SelectChoice(key, title) for key, title in treatments.items())]
    month = gettext("Skriv år och månad, till exempel 2027-01.")
    short = {"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}
    asked = ask(
        (),
        Choices(),
        {
            "treatment": SelectField(gettext("Behandling"), choices=offered, validate_choice=False),
            "rebate": StringField(
                gettext("Hur stor andel av listpriset kommer tillbaka?"),
                description=gettext("I procent, med högst fyra decimaler."),
                render_kw={**short, "inputmode": "decimal"},
            ),
            "first": StringField(gettext("Från och med månad"), description=month, render_kw=short),
            "last": StringField(gettext("Till och med månad"), description=month, render_kw=short),
            "source": StringField(
                gettext("Avtalets diarienummer"), description=gettext("Skriv inget belopp och ingen procentsats här.")
            ),
            "provision": StringField(
                gettext("Sekretessbestämmelse"), default=secrecy.PROVISION, render_kw={"class": "govuk-input--width-20"}
            ),
        },
    )
    for name in ("treatment", "rebate", "first", "source"):
        asked.form[name].flags.required = True
    return asked


def _share(ppm: int) -> str:
    """A share as the reader writes it."""
    _whole, _, decimals = secrecy.text_of_share(ppm).partition(",")
    return amounts.percent(ppm / secrecy.WHOLE, len(decimals))


# ------------------------------------------------------------------------------------- net figures


@blueprint.get("/cases/<number>/budget/<int(max=9999):analysis>/net")
@needs(Right.READ_NET)
def figures(number: str, analysis: int) -> Page:
    """That an analysis's net figures are secret, and the button that shows them."""
    return _figures_page(number, analysis)


@blueprint.post("/cases/<number>/budget/<int(max=9999):analysis>/net")
@needs(Right.READ_NET)
def read_figures(number: str, analysis: int) -> Page:
    """An analysis before and after rebates, once it is noted that it is read."""
    try:
        with acting() as desk:
            noted = net_prices.note_reading(desk, number, analysis, reason=request.form.get("reason", ""))
        found = net_figures.of_reading(reading(), noted)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _figures_page(number, analysis, reasons=Form().take_problems(refusal)), 422
    everything = (*found.gross, *found.net, sum(found.gross), sum(found.net))
    unit = amounts.unit_for(everything)
    return _figures_page(number, analysis, found=found, unit=unit)


def _figures_page(number: str, analysis: int, **more: Any) -> str:
    desk = reading()
    case, row = net_prices.open_analysis(desk, number, analysis)
    return render_template(
        "net_prices/figures.html",
        case=case,
        about=About.of(desk.session, case),
        analysis=row,
        example_band=case.example,
        **more,
    )

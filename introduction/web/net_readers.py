"""Vilka som läser hemliga belopp: named by an administrator, and the log of what they have read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from introduction.domain.errors import NotAllowed, Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope, can
from introduction.services import net_readers
from introduction.services.desk import Desk
from introduction.store.region import RegionRow, all_regions
from introduction.web import once
from introduction.web.database import reading
from introduction.web.forms.builder import Asked, Choices, ask, offered_id
from introduction.web.forms.fields import DatePartsField
from introduction.web.permission import needs
from introduction.web.words import reasons_of

blueprint = Blueprint("net_readers", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/net-readers")
@needs(Right.NAME_NET_READERS)
def listing() -> Page:
    """Who may read secret figures, who was named before, and the latest readings."""
    desk = reading()
    region = _region(desk, request.args.get("region", ""))
    return _page(desk, region, _form(desk, region))


@blueprint.post("/net-readers")
@needs(Right.NAME_NET_READERS)
def name() -> Page:
    """Name a person."""
    desk = reading()
    region = _posted_region(desk)
    asked = _form(desk, region)
    if not asked.form.validate():
        return _page(desk, region, asked)
    form = asked.form

    def change(acting: Desk) -> str:
        net_readers.name(
            acting,
            region.id,
            offered_id(form["person"].data or ""),
            reason=form["reason"].data or "",
            valid_from=form["valid_from"].data,
            valid_to=form["valid_to"].data,
        )
        flash(gettext("Personen är utsedd."))
        return url_for("net_readers.listing", region=region.slug)

    def told(refusal: Refused) -> Page:
        return _page(reading(), region, asked, reasons=form.take_problems(refusal))

    return once.act_or_tell(change, told)


@blueprint.post("/net-readers/<int(max=999999999):reader_id>/end")
@needs(Right.NAME_NET_READERS)
def end(reader_id: int) -> Page:
    """Take a naming back, at once."""
    region = _posted_region(reading())

    def change(acting: Desk) -> str:
        net_readers.end(acting, reader_id)
        flash(gettext("Uppdraget är avslutat."))
        return url_for("net_readers.listing", region=region.slug)

    def told(refusal: Refused) -> Page:
        desk = reading()
        return _page(desk, region, _form(desk, region), reasons=reasons_of(refusal))

    return once.act_or_tell(change, told)


def _region(desk: Desk, asked: str) -> RegionRow:
    """The region that is asked for, if the person names readers there; else the first where the person does."""
    own = _own_regions(desk)
    return next((row for row in own if row.slug == asked), own[0])


def _posted_region(desk: Desk) -> RegionRow:
    """The region that the form was drawn for. Raises NotAllowed for one where the person names nobody."""
    asked = request.form.get("region", "")
    found = next((row for row in _own_regions(desk) if row.slug == asked), None)
    if found is None:
        raise NotAllowed(say("Din roll gäller en annan region eller enhet"))
    return found


def _own_regions(desk: Desk) -> list[RegionRow]:
    return [row for row in all_regions(desk.session) if can(desk.by, Right.NAME_NET_READERS, Scope(row.id)) is None]


def _form(desk: Desk, region: RegionRow) -> Asked:
    offered = [(str(person), text) for person, text in net_readers.candidates(desk, region.id)]
    people = [SelectChoice("", gettext("Välj")), *(SelectChoice(value, text) for value, text in offered)]
    asked = ask(
        (),
        Choices(),
        {
            "person": SelectField(
                gettext("Person"),
                choices=people,
                validate_choice=False,
                description=gettext("De som har en roll som får läsa hemliga belopp, utom du själv."),
            ),
            "reason": TextAreaField(gettext("Varför behövs det?"), render_kw={"rows": 2}),
            "valid_from": DatePartsField(gettext("Första dag"), description=gettext("Lämna tomt för i dag.")),
            "valid_to": DatePartsField(gettext("Sista dag"), description=gettext("Lämna tomt för tills vidare.")),
        },
    )
    for field in ("person", "reason"):
        asked.form[field].flags.required = True
    return asked


def _page(desk: Desk, region: RegionRow, asked: Asked, **more: Any) -> Page:
    lines = net_readers.readers(desk, region.id)
    shown = render_template(
        "net_prices/readers.html",
        region=region,
        regions=_own_regions(desk),
        readers=[line for line in lines if not line.over],
        former=[line for line in lines if line.over],
        readings=net_readers.readings(desk, region.id),
        form=asked.form,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        new_key=once.new_key,
        **more,
    )
    return (shown, 422) if request.method == "POST" else shown

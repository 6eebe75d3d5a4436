"""Besparingar: what a region expects to save beside its cases."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import Refused
from introduction.domain.roles import Right, Scope, can
from introduction.services import savings
from introduction.services.desk import Desk
from introduction.store import person as persons
from introduction.store import unit as units
from introduction.store.region import RegionRow
from introduction.web import once
from introduction.web.amounts import unit_for
from introduction.web.database import reading
from introduction.web.forms import savings as forms
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region

blueprint = Blueprint("savings", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/portfolio/savings", endpoint="listing")
@needs(Right.VIEW_PORTFOLIO)
def listing_page() -> Page:
    """A region's savings, and for those who plan the fund a form for another."""
    desk = reading()
    region, _regions = chosen_region(desk)
    return _savings(desk, region, _saving_form(desk, region))


@blueprint.post("/portfolio/savings")
@needs(Right.PLAN_FUND)
def record() -> Page:
    """Enter a saving."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.PLAN_FUND)
    form = _saving_form(desk, region)
    if not form.validate():
        return _savings(desk, region, form), 422
    new = forms.typed_saving(form, _years(desk))

    def change(acting: Desk) -> str:
        savings.record(acting, region.id, new)
        flash(gettext("Besparingen är inlagd."))
        return url_for("savings.listing", region=region.slug)

    def told(refusal: Refused) -> Page:
        reasons = form.take_problems(refusal)
        return _savings(reading(), region, form, reasons), 422

    return once.act_or_tell(change, told)


@blueprint.post("/portfolio/savings/<int(max=999999999):saving_id>/end")
@needs(Right.PLAN_FUND)
def end(saving_id: int) -> Page:
    """End a saving."""

    def change(acting: Desk) -> str:
        row = savings.end(acting, saving_id)
        flash(gettext("Besparingen %(title)s är avslutad och räknas inte längre.", title=row.title))
        return url_for("savings.listing", region=request.form.get("region") or None)

    def told(refusal: Refused) -> Page:
        desk = reading()
        region, _regions = chosen_region(desk)
        form = _saving_form(desk, region, blank=True)
        return _savings(desk, region, form, form.take_problems(refusal)), 422

    return once.act_or_tell(change, told)


# ------------------------------------------------------------------------------------- the pages


def _years(desk: Desk) -> tuple[int, ...]:
    return tuple(range(desk.today.year + 1, desk.today.year + 1 + savings.YEARS))


def _saving_form(desk: Desk, region: RegionRow, *, blank: bool = False) -> Any:
    found = units.units_of(desk.session, region.id, desk.today, "administration")
    return forms.saving_form(_years(desk), [(unit.id, unit.name) for unit in found], blank=blank)


def _savings(desk: Desk, region: RegionRow, form: Any, reasons: list[str] | None = None) -> str:
    held, ended = savings.listed(desk, region.id), savings.listed(desk, region.id, ended=True)
    unit = unit_for(amount.high for line in held for amount in line.years.values())
    return render_template(
        "portfolio/savings.html",
        region=region,
        regions=chosen_region(desk)[1],
        held=held,
        ended=ended,
        years=_years(desk),
        kinds=savings.KIND_TITLES,
        units=units.names_in(desk.session, region.id),
        people=persons.names(desk.session),
        unit=unit,
        form=form,
        reasons=reasons or [],
        may_plan=can(desk.by, Right.PLAN_FUND, Scope(region.id)) is None,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        example_band=any(line.row.example for line in held),
    )

"""A grant: its four amounts, its claims, how the money has moved, and the decisions about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from introduction.domain.roles import Right
from introduction.services import fund_view, grants
from introduction.services.desk import Desk
from introduction.services.fund_view import GrantFile
from introduction.store import unit as units
from introduction.web import fund_sheets, fund_words, once
from introduction.web.database import reading
from introduction.web.forms import funding as forms
from introduction.web.forms.builder import offered_id
from introduction.web.once import Page
from introduction.web.permission import needs
from introduction.web.portfolio_sheets import answer

blueprint = Blueprint("grants", __name__)
_PATH = "/grants/<int(max=999999999):grant_id>"


@blueprint.get(_PATH)
@needs(Right.VIEW_CLAIM)
def show(grant_id: int) -> str:
    """A grant's page."""
    desk = reading()
    file = fund_view.grant_file(desk, grant_id)
    return render_template(
        "grants/show.html",
        file=file,
        grant=file.grant,
        lead=fund_words.lead_of_grant(file),
        words=fund_words,
        year_is_over=desk.today.year > file.grant.budget_year,
        example_band=file.example,
    )


@blueprint.get(f"{_PATH}.xlsx", endpoint="sheet")
@needs(Right.VIEW_CLAIM)
def spreadsheet_file(grant_id: int) -> Response:
    """The same as a spreadsheet."""
    file = fund_view.grant_file(reading(), grant_id)
    return answer(fund_sheets.of_grant(file), f"beviljat-{file.number}-{file.grant.budget_year}.xlsx")


@blueprint.route(f"{_PATH}/change", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def change(grant_id: int) -> Page:
    """Raise or lower what is granted, by a decision."""
    file = fund_view.planned_grant(reading(), grant_id)
    form = forms.change_form(file.grant)

    def act(acting: Desk) -> str:
        grants.change(acting, grant_id, form.ceiling_ore.ore, form.minutes(), seen_ore=form.seen)
        flash(gettext("Beloppet är ändrat."))
        return url_for("grants.show", grant_id=grant_id)

    return _ask(form, file, gettext("Ändra beloppet"), act)


@blueprint.route(f"{_PATH}/move", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def move(grant_id: int) -> Page:
    """Move room to another administration, by a decision."""
    desk = reading()
    file = fund_view.planned_grant(desk, grant_id)
    listed = units.units_of(desk.session, file.region.id, desk.today, "administration")
    form = forms.move_form([(unit.id, unit.name) for unit in listed if unit.id != file.grant.unit_id])

    def act(acting: Desk) -> str:
        to_unit = offered_id(form.unit_id.data) if form.unit_id.data else 0
        receiver = grants.reallocate(acting, grant_id, to_unit, form.amount_ore.ore, form.minutes())
        flash(gettext("Pengarna är omfördelade."))
        return url_for("grants.show", grant_id=receiver.id)

    return _ask(form, file, gettext("Omfördela till en annan förvaltning"), act)


@blueprint.route(f"{_PATH}/settle", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def settle(grant_id: int) -> Page:
    """Settle a grant after its year; some of what is left may be carried over."""
    file = fund_view.planned_grant(reading(), grant_id)
    form = forms.settle_form()

    def act(acting: Desk) -> str:
        grants.settle(acting, grant_id, form.minutes(), carry_over_ore=form.carry_over_ore.ore or 0)
        flash(gettext("Beloppet är slutavräknat."))
        return url_for("grants.show", grant_id=grant_id)

    return _ask(form, file, gettext("Slutavräkna"), act, lost=file.unfinished)


def _ask(form: Any, file: GrantFile, title: str, act: Any, lost: Sequence[str] = ()) -> Page:
    """Draw a form about a grant; posted, the change is made once, and what the rules refuse stands at its field."""

    def page(reasons: list[str] | None = None) -> str:
        reading()  # what was read before a refusal is read again
        return render_template(
            "grants/form.html",
            form=form,
            file=file,
            grant=file.grant,
            title=title,
            words=fund_words,
            lost=lost,
            reasons=reasons or [],
            request_key=request.form.get(once.FIELD) or once.new_key(),
            example_band=file.example,
        )

    if request.method == "GET":
        return page()
    if not form.validate():
        return page(), 422
    return once.act_or_tell(act, lambda refusal: (page(form.take_problems(refusal)), 422))

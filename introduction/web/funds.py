"""Fonden: what is set aside for new medicines in each budget year, where the money is, and what is held of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from introduction.domain.errors import Refused
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import fund_view, funds, reservations
from introduction.services.desk import Desk
from introduction.store.fund import Fund
from introduction.store.grant_listing import GrantFilter
from introduction.store.region import RegionRow
from introduction.web import fund_charts, fund_sheets, fund_words, once
from introduction.web.case_filter import typed_id
from introduction.web.database import reading
from introduction.web.forms import funding as forms
from introduction.web.once import Page
from introduction.web.pagination import PAGE, Pages
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region
from introduction.web.portfolio_sheets import answer

blueprint = Blueprint("funds", __name__)
for _name, _filter in fund_words.filters().items():
    blueprint.add_app_template_filter(_filter, _name)
#: A spreadsheet has every grant that the filter finds, up to so many.
MOST = 100_000


@blueprint.get("/funds", endpoint="listing")
@needs(Right.VIEW_PORTFOLIO)
def listing_page() -> str:
    """A region's funds by year."""
    desk = reading()
    region, regions = chosen_region(desk)
    held = funds.listed(desk, region.id)
    return render_template(
        "funds/listing.html",
        region=region,
        regions=regions,
        held=held,
        lead=fund_words.lead_of_region(held, desk.today.year),
        words=fund_words,
        may_plan=can(desk.by, Right.PLAN_FUND, Scope(region.id)) is None,
        example_band=bool(held) and all(fund.example for fund in held),
    )


@blueprint.get("/funds.xlsx", endpoint="listing_sheet")
@needs(Right.VIEW_PORTFOLIO)
def listing_file() -> Response:
    """The same as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk)
    return answer(fund_sheets.of_region(region, funds.listed(desk, region.id)), "fonden.xlsx")


@blueprint.get("/funds/<int(max=999999999):fund_id>")
@needs(Right.VIEW_PORTFOLIO)
def show(fund_id: int) -> str:
    """A fund: where the money is, what the year may end at, grants, reservations and decisions."""
    return _fund_page(reading(), fund_id)


def _fund_page(desk: Desk, fund_id: int, reasons: list[str] | None = None) -> str:
    wanted = _wanted()
    fund = fund_view.fund_of(desk, fund_id)
    pages = Pages.of(fund_view.sums_of(desk, fund, wanted).grants, request.args)
    file = fund_view.fund_file(desk, fund_id, wanted, limit=PAGE, offset=pages.offset)
    lead = fund_words.lead_of_fund(file, desk.today.year)
    return render_template(
        "funds/show.html",
        file=file,
        fund=file.fund,
        wanted=wanted,
        page=pages,
        lead=lead,
        chart_of_position=fund_charts.position(file, lead),
        chart_of_year=fund_charts.over_year(file, lead),
        words=fund_words,
        unit=fund_words.UNIT,
        year_is_over=desk.today.year > file.fund.budget_year,
        reasons=reasons or [],
        request_key=once.new_key(),
        example_band=file.fund.example,
    )


@blueprint.get("/funds/<int(max=999999999):fund_id>.xlsx", endpoint="sheet")
@needs(Right.VIEW_PORTFOLIO)
def spreadsheet_file(fund_id: int) -> Response:
    """The same as a spreadsheet, with every grant that the filter finds."""
    file = fund_view.fund_file(reading(), fund_id, _wanted(), limit=MOST)
    return answer(fund_sheets.of_fund(file), f"fonden-{file.fund.budget_year}.xlsx")


def _wanted() -> GrantFilter:
    args = request.args
    left = args.get("left", "")
    return GrantFilter(args.get("q", "")[:100], typed_id(args.get("unit", "")), left if left in fund_words.LEFT else "")


# ------------------------------------------------------------------------------------- appropriations


@blueprint.route("/funds/new", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def new() -> Page:
    """Open a fund, with what it has by which decision."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.PLAN_FUND)
    form = forms.appropriation_form()

    def change(acting: Desk) -> str:
        fund = funds.appropriate(acting, region.id, form.money(), form.minutes(), opens=True)
        flash(gettext("%(fund)s är upplagd.", fund=fund_words.fund_title(fund)))
        return url_for("funds.show", fund_id=fund.id)

    return _ask(form, gettext("Lägg upp en fond"), region, change, gettext("Lägg upp fonden"))


@blueprint.route("/funds/<int(max=999999999):fund_id>/appropriation", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def appropriation(fund_id: int) -> Page:
    """Change what a fund has, by a decision."""
    desk = reading()
    fund, region = _planned(desk, fund_id)
    form = forms.appropriation_form(fund)
    form.budget_year.data, form.held_by.data = str(fund.budget_year), fund.held_by
    example, title = fund.example, fund_words.fund_title(fund)

    def change(acting: Desk) -> str:
        funds.appropriate(acting, region.id, form.money(), form.minutes(), example=example, seen_ore=form.seen)
        flash(gettext("Anslaget är ändrat."))
        return url_for("funds.show", fund_id=fund_id)

    return _ask(form, gettext("Ändra anslaget"), region, change, gettext("Ändra anslaget"), fund=fund, over=title)


# ------------------------------------------------------------------------------------- reservations


@blueprint.route("/funds/<int(max=999999999):fund_id>/reserve", methods=["GET", "POST"])
@needs(Right.PLAN_FUND)
def reserve(fund_id: int) -> Page:
    """Hold money of a fund for a case."""
    desk = reading()
    fund, region = _planned(desk, fund_id)
    form = forms.reservation_form()

    def change(acting: Desk) -> str:
        reservations.hold(acting, fund_id, form.case.data or "", form.amount.ore, form.reason.data or "")
        flash(gettext("Pengarna är reserverade."))
        return url_for("funds.show", fund_id=fund_id, _anchor="reservations")

    title = gettext("Reservera för ett ärende")
    return _ask(form, title, region, change, gettext("Reservera"), fund=fund, over=fund_words.fund_title(fund))


@blueprint.post("/funds/<int(max=999999999):fund_id>/reservations/<int(max=999999999):reservation_id>/release")
@needs(Right.PLAN_FUND)
def release(fund_id: int, reservation_id: int) -> Page:
    """Let go of what is held for a case."""

    def change(acting: Desk) -> str:
        row = reservations.let_go(acting, reservation_id)
        flash(gettext("Reservationen är hävd."))
        return url_for("funds.show", fund_id=row.fund_id, _anchor="reservations")

    def told(refusal: Refused) -> Page:
        return _fund_page(reading(), fund_id, forms.Form().take_problems(refusal)), 422

    return once.act_or_tell(change, told)


# ------------------------------------------------------------------------------------- the parts


def _planned(desk: Desk, fund_id: int) -> tuple[Fund, RegionRow]:
    fund = fund_view.fund_of(desk, fund_id)
    demand(desk.by, Right.PLAN_FUND, Scope(fund.region_id))
    return fund, desk.session.get_one(RegionRow, fund.region_id)


def _ask(
    form: Any, title: str, region: RegionRow, change: Any, button: str, *, fund: Fund | None = None, over: str = ""
) -> Page:
    """Draw a form about a fund; posted, the change is made once, and what the rules refuse stands at its field."""

    def page(reasons: list[str] | None = None) -> str:
        reading()  # what was read before a refusal is read again
        return render_template(
            "funds/form.html",
            form=form,
            title=title,
            over=over,
            region=region,
            fund=fund,
            button=button,
            reasons=reasons or [],
            home=url_for("funds.show", fund_id=fund.id) if fund else url_for("funds.listing", region=region.slug),
            request_key=request.form.get(once.FIELD) or once.new_key(),
            example_band=fund is not None and fund.example,
        )

    if request.method == "GET":
        return page()
    if not form.validate():
        return page(), 422
    return once.act_or_tell(change, lambda refusal: (page(form.take_problems(refusal)), 422))

"""Portföljen: what a region's cases cost together in the coming budget years, against the fund's ceiling."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from introduction.domain.roles import Right, Scope, can
from introduction.services import portfolio, unfunded
from introduction.web import portfolio_charts, portfolio_sheets, portfolio_words
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.portfolio_filter import address_of, choices_of, chosen_region, typed_day, wanted_from_address

blueprint = Blueprint("portfolio", __name__)


@blueprint.get("/portfolio")
@needs(Right.VIEW_PORTFOLIO)
def show() -> str:
    """The portfolio of a region, narrowed as the address says."""
    desk = reading()
    region, regions = chosen_region(desk)
    adds = typed_day(request.args.get("adds", ""))
    view = portfolio.see(desk, region.id, wanted_from_address(desk), adds=adds)
    unit = portfolio_words.unit_of(view)
    return render_template(
        "portfolio/show.html",
        view=view,
        unit=unit,
        lead=portfolio_words.lead(view, unit),
        chart_of_all=portfolio_charts.by_phase(view, unit),
        chart_of_fund=portfolio_charts.of_fund(view, unit),
        parts={by: portfolio_words.part_rows(view, by) for by in view.parts},
        regions=regions,
        choices=choices_of(view, desk.today),
        address=address_of(view, regions),
        may_plan=can(desk.by, Right.PLAN_FUND, Scope(region.id)) is None,
        may_import=can(desk.by, Right.RECORD_OUTCOME, Scope(region.id)) is None,
        unfunded=unfunded.years_of(desk, [line.row.id for line in view.lines if line.row.financed_until is not None]),
        weights=portfolio_words.weight_rows(view),
        words=portfolio_words,
        today=desk.today,
        example_band=any(line.row.example for line in view.lines),
    )


@blueprint.get("/portfolio.xlsx", endpoint="sheet")
@needs(Right.VIEW_PORTFOLIO)
def spreadsheet_file() -> Response:
    """The same as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk)
    adds = typed_day(request.args.get("adds", ""))
    view = portfolio.see(desk, region.id, wanted_from_address(desk), adds=adds)
    return portfolio_sheets.answer(portfolio_sheets.of_portfolio(view, desk.today), f"portfolj-{view.years[0]}.xlsx")

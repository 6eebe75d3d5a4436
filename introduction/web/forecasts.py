"""Så har prognoserna träffat: every frozen forecast of a budget year beside what the year came to."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from introduction.documents import spreadsheet
from introduction.domain.roles import Right
from introduction.services import hit_rate
from introduction.services.desk import Desk
from introduction.services.hit_rate import HitRate
from introduction.web import outcome_sheets, outcome_words
from introduction.web.amounts import unit_for
from introduction.web.database import reading
from introduction.web.downloads import download
from introduction.web.permission import needs

blueprint = Blueprint("forecasts", __name__)
blueprint.add_app_template_filter(outcome_words.hit_text, "hit_text")


@blueprint.get("/forecasts", endpoint="listing")
@needs(Right.VIEW_PORTFOLIO)
def listing_page() -> str:
    """How the forecasts of the person's regions have come true."""
    regions = _regions(reading())
    amounts = [amount for one in regions for year in one.years for amount in (year.hit.high, year.hit.outcome)]
    return render_template(
        "outcomes/forecasts.html",
        regions=regions,
        unit=unit_for(amounts),
        distance_title=outcome_words.distance_title,
    )


@blueprint.get("/forecasts.xlsx", endpoint="workbook")
@needs(Right.VIEW_PORTFOLIO)
def take_workbook() -> Response:
    """The same as a spreadsheet."""
    return download(outcome_sheets.of_forecasts(_regions(reading())), spreadsheet.MIME, "prognoser.xlsx")


def _regions(desk: Desk) -> list[HitRate]:
    return [hit_rate.of_region(desk, row.id) for row in hit_rate.own_regions(desk)]

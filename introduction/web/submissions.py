"""Budgetunderlag: the approved analyses frozen together for a budget year, by administration and case."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope, can
from introduction.services import submissions
from introduction.services.desk import Desk
from introduction.services.submissions import Content
from introduction.store import person as persons
from introduction.web import once, portfolio_sheets
from introduction.web.amounts import unit_for
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region
from introduction.web.submission_tables import tables
from introduction.web.words import reasons_of

blueprint = Blueprint("submissions", __name__)
Page = str | Response | tuple[str, int]


@blueprint.get("/portfolio/submissions", endpoint="listing")
@needs(Right.VIEW_PORTFOLIO)
def listing_page() -> str:
    """A region's submissions, and when the next one is frozen."""
    desk = reading()
    region, regions = chosen_region(desk)
    rows = submissions.listed(desk, region.id)
    waiting = submissions.may_freeze(desk, region.id)
    return render_template(
        "portfolio/submissions.html",
        region=region,
        regions=regions,
        rows=rows,
        people=persons.names(desk.session),
        unit=unit_for(row.amount for row in rows),
        waiting=waiting,
        next_year=desk.today.year + 1,
        opens_on=submissions.opens_on(desk, region, desk.today.year),
        opens_next=submissions.opens_on(desk, region, desk.today.year + 1),
        today=desk.today,
    )


@blueprint.get("/portfolio/submissions/next")
@needs(Right.VIEW_PORTFOLIO)
def preview() -> str:
    """Next year's submission as it would be now, with a button for those who may freeze it."""
    desk = reading()
    region, _regions = chosen_region(desk)
    return _page(desk, submissions.preview(desk, region.id))


@blueprint.get("/portfolio/submissions/<int(max=2100):year>")
@needs(Right.VIEW_PORTFOLIO)
def show(year: int) -> str:
    """A frozen submission."""
    desk = reading()
    region, _regions = chosen_region(desk)
    return _page(desk, submissions.see(desk, region.id, year))


@blueprint.get("/portfolio/submissions/<int(max=2100):year>.xlsx", endpoint="sheet")
@needs(Right.VIEW_PORTFOLIO)
def spreadsheet_file(year: int) -> Response:
    """The same as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk)
    content = submissions.see(desk, region.id, year)
    return portfolio_sheets.answer(portfolio_sheets.of_submission(content), f"budgetunderlag-{year}.xlsx")


@blueprint.post("/portfolio/submissions/freeze")
@needs(Right.PLAN_FUND)
def freeze() -> Page:
    """Freeze next year's submission now."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.PLAN_FUND)
    typed = request.form.get("budget_year", "")

    def change(acting: Desk) -> str:
        if not typed.isdecimal() or len(typed) != 4:
            raise InvalidInput(("budget_year", say("Skriv budgetåret med fyra siffror, till exempel 2028")))
        row = submissions.freeze_now(acting, region.id, int(typed))
        flash(gettext("Budgetunderlaget för %(year)s är fryst.", year=row.budget_year))
        return url_for("submissions.show", year=row.budget_year, region=region.slug)

    def told(refusal: Refused) -> Page:
        desk = reading()
        return _page(desk, submissions.preview(desk, region.id), reasons_of(refusal)), 422

    return once.act_or_tell(change, told)


def _page(desk: Desk, content: Content, reasons: list[str] | None = None) -> str:
    unit = unit_for(row.amount for row in content.rows)
    frozen = content.frozen
    return render_template(
        "portfolio/submission.html",
        content=content,
        tables=tables(content),
        unit=unit,
        frozen_by=persons.names(desk.session).get(frozen.frozen_by or 0) if frozen is not None else None,
        may_freeze=frozen is None
        and can(desk.by, Right.PLAN_FUND, Scope(content.region.id)) is None
        and submissions.may_freeze(desk, content.region.id),
        opens_on=submissions.opens_on(desk, content.region, desk.today.year),
        reasons=reasons or [],
        request_key=once.new_key(),
        today=desk.today,
        example_band=any(content.cases[row.case_id].example for row in content.rows),
    )

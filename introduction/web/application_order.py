"""Alla ansökningar: those of a budget year side by side, moved up or down in a copy, and put in order."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext, ngettext

from introduction.documents.charts.drawing import Drawing
from introduction.documents.charts.priority import PriorityWords, priority_line
from introduction.domain.errors import Conflict, NotAllowed, Refused
from introduction.domain.roles import Right
from introduction.services import application_order
from introduction.services.application_order import View, shifted
from introduction.services.desk import Desk
from introduction.store import application_listing as store
from introduction.store import fund as funds
from introduction.web import application_sheets, application_words, once
from introduction.web.actions import Page
from introduction.web.amounts import TKR, Unit
from introduction.web.case_filter import typed_id
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.portfolio_filter import chosen_region
from introduction.web.portfolio_sheets import answer
from introduction.web.words import language, reasons_of

blueprint = Blueprint("application_order", __name__)


@blueprint.get("/applications/period")
@needs(Right.VIEW_APPLICATION)
def show() -> str:
    """A region's applications for a budget year, in the saved order or in a copy that the address holds."""
    return _page(_order("order"))


@blueprint.get("/applications/period.xlsx", endpoint="sheet")
@needs(Right.VIEW_APPLICATION)
def spreadsheet_file() -> Response:
    """The same as a spreadsheet."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.VIEW_APPLICATION)
    view = application_order.see(desk, region.id, _year(desk, region.id), _order("order"))
    return answer(application_sheets.of_period(view, desk.today), f"ansokningar-{region.slug}-{view.year}.xlsx")


@blueprint.post("/applications/period")
@needs(Right.RANK_APPLICATIONS)
def place() -> Page:
    """Save the order."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.RANK_APPLICATIONS)
    year, order, drawn_from = _year(desk, region.id), _order("order"), _order("from")

    def change(acting: Desk) -> str:
        moved = application_order.place(acting, region.id, year, order, drawn_from)
        flash(
            ngettext(
                "Ordningen är sparad. En har ny plats.",
                "Ordningen är sparad. %(num)d ansökningar har fått ny plats.",
                moved,
            )
        )
        return url_for("application_order.show", region=region.slug, year=year)

    try:
        return once.act_once(change)
    except Conflict:
        said = gettext("Någon annan har ändrat ordningen, eller så har en ansökan kommit till. Din kopia visas här.")
        return _page(order, [said]), 409
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(order, reasons_of(refusal)), 422


def _order(name: str) -> list[str]:
    return [number for number in request.values.get(name, "").split(",") if number]


def _year(desk: Desk, region_id: int) -> int:
    """The year asked for; else this one, or the last that anybody has applied for."""
    asked = typed_id(request.values.get("year", ""))
    if asked is not None and 2000 <= asked <= 2100:
        return asked
    known = store.years(desk.session, region_id)
    return desk.today.year if desk.today.year in known or not known else known[-1]


def _page(order: list[str], reasons: list[str] | None = None) -> str:
    desk = reading()
    region, regions = chosen_region(desk, Right.VIEW_APPLICATION)
    view = application_order.see(desk, region.id, _year(desk, region.id), order)
    unit = TKR  # own savings and what is left would be nothing in millions
    known = {*store.years(desk.session, region.id), desk.today.year}
    known |= {fund.budget_year for fund in funds.of_region(desk.session, region.id)}
    return render_template(
        "applications/period.html",
        view=view,
        regions=regions,
        region=region,
        years=sorted(known | {view.year}),
        unit=unit,
        lead=lead(view, unit),
        chart=_chart(view, unit),
        shifted=shifted,
        words=application_words,
        reasons=reasons or [],
        request_key=once.new_key(),
        example_band=any(line.row.example for line in view.lines) or any(row.example for row, _how in view.settled),
    )


def lead(view: View, unit: Unit) -> str:
    """The answer: how many of how many the money reaches, and what they cost this year and in year three."""
    if not view.lines:
        return gettext("Ingen ansökan för %(year)s väntar på beslut.", year=view.year)
    if view.money_ore is None:
        return gettext("Det finns ingen fond för %(year)s. Ingen ansökan kan beviljas än.", year=view.year)
    fitting, every = len(view.fitting), len(view.lines)
    cost = view.total(view.fitting)
    reach = gettext("Pengarna räcker till %(some)s av %(all)s ansökningar.", some=fitting, all=every)
    if fitting == every:
        reach = ngettext(
            "Pengarna räcker till den enda ansökan.", "Pengarna räcker till alla %(num)d ansökningar.", every
        )
    if not fitting:
        return reach
    if cost[2] is None:
        return gettext(
            "%(reach)s De kostar %(now)s år %(year)s.", reach=reach, now=unit.with_unit(cost[0]), year=view.year
        )
    return gettext(
        "%(reach)s De kostar %(now)s år %(year)s och, för dem som är beräknade, troligen %(later)s år %(third)s.",
        reach=reach, now=unit.with_unit(cost[0]), year=view.year, later=unit.with_unit(cost[2]), third=view.years[2],
    )  # fmt: skip


def _chart(view: View, unit: Unit) -> Drawing | None:
    if not view.lines or view.money_ore is None:
        return None
    return priority_line(
        [(line.row.medicine, unit.value(line.amount_ore)) for line in view.lines],
        money=unit.value(view.money_ore),
        unit=unit.name,
        label=lead(view, unit),
        words=PriorityWords(gettext("Pengar"), gettext("ryms"), gettext("ryms inte")),
        language=language(),
    )

"""Alla ansökningar: those of a budget year side by side, moved up or down in a copy, and put in order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup

from introduction.documents.charts.drawing import Drawing
from introduction.documents.charts.priority import PriorityWords, priority_line
from introduction.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from introduction.domain.ordering import moved_to, shifted
from introduction.domain.roles import Right
from introduction.services import application_order
from introduction.services.application_order import Outcomes, View
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
from introduction.web.words import language, reasons_of, tell

blueprint = Blueprint("application_order", __name__)

#: Before an application's number: the field where its place is typed.
_PLACE = "place-"


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
    """Save the order with the places that were typed in it; or only show it, as a copy."""
    desk = reading()
    region, _regions = chosen_region(desk, Right.RANK_APPLICATIONS)
    year, drawn, drawn_from = _year(desk, region.id), _order("order"), _order("from")
    try:
        order = _with_places(application_order.see(desk, region.id, year), drawn)
    except InvalidInput as fault:
        reasons = [Markup('<a href="#{}{}">{}</a>').format(_PLACE, key, tell(told)) for key, told in fault.problems]
        return _page(drawn, reasons, wrong=[number for number, _message in fault.problems]), 422
    if request.form.get("go") == "look":
        return redirect(_address(region.slug, year, order), 303)

    def change(acting: Desk) -> str:
        flash(_saved(application_order.place(acting, region.id, year, order, drawn_from)))
        return _address(region.slug, year)

    try:
        return once.act_once(change)
    except Conflict:
        return _page(order, [_overtaken(application_order.see(reading(), region.id, year, order), drawn_from)]), 409
    except NotAllowed:
        raise
    except Refused as refusal:
        return _page(order, reasons_of(refusal)), 422


def _with_places(view: View, drawn: list[str]) -> list[str]:
    """The order that was drawn, with the places that were typed. Raises InvalidInput."""
    called = {line.row.number: f"{line.row.medicine} ({line.row.unit})" for line in view.lines}
    return moved_to(drawn, _typed(), {number: called.get(number, number) for number in drawn})


def _typed() -> dict[str, str]:
    """The places that were typed, by the application's number."""
    return {name.removeprefix(_PLACE): text for name, text in request.form.items() if name.startswith(_PLACE)}


def _address(region: str, year: int, order: list[str] | None = None) -> str:
    return url_for("application_order.show", region=region, year=year, order=",".join(order) if order else None)


def _saved(moved: int) -> str:
    if not moved:
        return gettext("Ingen ansökan har fått ny plats.")
    return ngettext(
        "Ordningen är sparad. En har ny plats.", "Ordningen är sparad. %(num)d ansökningar har fått ny plats.", moved
    )


def _overtaken(view: View, drawn_from: list[str]) -> str:
    """Why the order was not saved: what has happened since the page was drawn, and what is shown now."""
    if sorted(view.saved_order) == sorted(drawn_from):
        why = gettext("Ordningen är inte sparad: någon annan har ändrat den sedan du öppnade sidan.")
    else:
        why = gettext("Ordningen är inte sparad: vilka ansökningar som väntar har ändrats sedan du öppnade sidan.")
    if view.moved is None:
        return gettext("%(why)s Den ordning som gäller nu visas här.", why=why)
    return gettext(
        "%(why)s Din ordning visas här som en kopia, jämförd med den som gäller nu. Spara igen om den ska gälla.",
        why=why,
    )


def _order(name: str) -> list[str]:
    return [number for number in request.values.get(name, "").split(",") if number]


def _year(desk: Desk, region_id: int) -> int:
    """The year asked for; else the first whose applications wait, or this one, or the last that anybody applied for."""
    asked = typed_id(request.values.get("year", ""))
    if asked is not None and 2000 <= asked <= 2100:
        return asked
    if waiting := store.waiting_years(desk.session, region_id):
        return waiting[0]
    known = store.years(desk.session, region_id)
    return desk.today.year if desk.today.year in known or not known else known[-1]


def _page(order: list[str], reasons: Sequence[str] = (), *, wrong: Collection[str] = ()) -> str:
    """The page with an order; ``wrong`` are the numbers whose typed places stand as they were typed."""
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
        ends_told=_ends(view, view.outcomes) if view.outcomes is not None else "",
        shifted=shifted,
        words=application_words,
        reasons=reasons,
        typed=_typed() if wrong else {},
        wrong=wrong,
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


def _ends(view: View, found: Outcomes) -> str:
    """What a high and a low outcome would do to where the money ends."""
    told = gettext(
        "Om alla blir så dyra som sina beräkningars höga utfall räcker pengarna till %(high)s av %(all)s, och vid lågt "
        "utfall till %(low)s.",
        high=found.high, low=found.low, all=len(view.lines),
    )  # fmt: skip
    if not found.without:
        return told
    left_out = ngettext(
        "En ansökan saknar beräkning med span och räknas som den är.",
        "%(num)d ansökningar saknar beräkning med span och räknas som de är.",
        found.without,
    )
    return f"{told} {left_out}"


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

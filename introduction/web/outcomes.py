"""Utfall mot prognos: a case's outcome beside its forecast, typed in or read from a file, and taken home as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from introduction.documents import outcome_file, spreadsheet
from introduction.domain.errors import InvalidInput, NotAllowed, Refused
from introduction.domain.messages import say
from introduction.domain.outcome import BadFile, Doubtful
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import outcome_entry, outcomes
from introduction.services.desk import Desk
from introduction.services.outcomes import CaseOutcome
from introduction.store import outcome as store
from introduction.store import person as persons
from introduction.web import once, outcome_charts, outcome_forms, outcome_sheets, outcome_words
from introduction.web.database import reading
from introduction.web.downloads import download
from introduction.web.forms.builder import Form, offered_id
from introduction.web.outcome_forms import CONFIRM
from introduction.web.permission import needs
from introduction.web.words import month_name, tell

blueprint = Blueprint("outcomes", __name__)
blueprint.add_app_template_filter(outcome_words.mark_text, "mark_text")
Page = str | Response | tuple[str, int]
#: So many faults of a file are shown at once, and so many of the latest files.
_MOST_FAULTS, _MOST_FILES = 100, 10


# ------------------------------------------------------------------------------------- the page


@blueprint.get("/cases/<number>/outcome")
@needs(Right.VIEW_CASE)
def show(number: str) -> str:
    """A case's outcome beside the forecast that is asked for: the approved one, where the address names none."""
    desk = reading()
    found = _found(desk, number)
    unit = outcome_words.unit_of(found)
    return render_template(
        "outcomes/show.html",
        found=found,
        unit=unit,
        lead_text=outcome_words.lead(found, unit),
        mark_words=outcome_words.mark_text(found.mark) if found.mark else "",
        months=outcome_words.month_rows(found, unit),
        parts=outcome_words.part_rows(found, unit),
        explained=outcome_words.explained(found.sums.parts, unit) if found.chosen else "",
        drawings=outcome_charts.of_case(found, unit),
        unreported=outcome_words.unreported(found),
        forecast_title=outcome_words.forecast_title,
        month_name=month_name,
        signed=outcome_words.signed,
        signed_percent=outcome_words.signed_percent,
        imports=_imports_here(desk, found),
        sees_forecasts=can(desk.by, Right.VIEW_PORTFOLIO, Scope(found.region_id)) is None,
        example_band=found.case.example,
    )


@blueprint.get("/cases/<number>/outcome.xlsx", endpoint="workbook")
@needs(Right.VIEW_CASE)
def take_workbook(number: str) -> Response:
    """The tables of the page as a spreadsheet."""
    found = _found(reading(), number)
    return download(outcome_sheets.of_case(found), spreadsheet.MIME, f"{found.case.public_number}-utfall.xlsx")


@blueprint.get("/cases/<number>/outcome.csv", endpoint="csv_file")
@needs(Right.VIEW_CASE)
def take_csv(number: str) -> Response:
    """The outcome in the layout in which files of outcomes are read."""
    found = _found(reading(), number)
    data = outcome_file.written(outcome_sheets.rows_of(found))
    return download(data, outcome_file.MIME, f"{found.case.public_number}-utfall.csv")


def _found(desk: Desk, number: str) -> CaseOutcome:
    asked = request.args.get("analysis", "")
    return outcomes.view(desk, number, offered_id(asked) if asked else None)


def _imports_here(desk: Desk, found: CaseOutcome) -> bool:
    """True when the reader may take in files for the case's region."""
    return can(desk.by, Right.RECORD_OUTCOME, Scope(found.region_id)) is None


# ------------------------------------------------------------------------------------- typed in


@blueprint.route("/cases/<number>/outcome/new", methods=["GET", "POST"])
@needs(Right.RECORD_OUTCOME)
def new(number: str) -> Page:
    """The form of a unit's month; posted, it is recorded."""
    desk = reading()
    found = outcomes.view(desk, number)
    units = [(place.id, place.name) for place in outcome_entry.may_choose(desk, found.case)]
    if not units:
        raise NotAllowed(say("Din roll gäller en annan region eller enhet"))
    form = outcome_forms.typed(units, _counted(found), found.last_closed)
    if request.method == "GET" or not form.validate():
        return _form_page(found, form)

    def change(acting: Desk) -> str:
        unit_id, given = outcome_forms.given_by(form)
        outcome_entry.record(acting, found.case.id, unit_id, given, confirmed=bool(form[CONFIRM].data))
        flash(gettext("Utfallet för %(month)s är sparat.", month=month_name(given.month)))
        return url_for("outcomes.show", number=number)

    def told(refusal: Refused) -> Page:
        reasons = form.take_problems(refusal)
        asks = isinstance(refusal, Doubtful) or form[CONFIRM].data
        return _form_page(outcomes.view(reading(), number), form, reasons=reasons, asks=asks)

    return once.act_or_tell(change, told)


def _counted(found: CaseOutcome) -> str:
    """What the quantity counts, by the approved analysis."""
    if found.chosen is None:
        return gettext("i den enhet som beräkningen räknar i")
    return tell(outcome_words.COUNTED[found.chosen.figures.monthly.unit])


def _form_page(found: CaseOutcome, form: Form, **more: Any) -> Page:
    page = render_template(
        "outcomes/form.html",
        found=found,
        form=form,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        example_band=found.case.example,
        **more,
    )
    return (page, 422) if request.method == "POST" else page


# ------------------------------------------------------------------------------------- a file


@blueprint.route("/outcomes/import", methods=["GET", "POST"], endpoint="import_file")
@needs(Right.RECORD_OUTCOME)
def import_page() -> Page:
    """Ask for a file, say what it would do, and take it in when somebody has seen that."""
    desk = reading()
    regions = [(row.id, row.name) for row in outcome_entry.own_regions(desk)]
    if not regions:
        raise NotAllowed(say("Filer läses in av den som ser till hela regionen"))
    if request.method == "GET":
        return _upload_page(desk, regions)
    if "kept" in request.form:
        return _take_in(desk, regions)
    return _foresee(desk, regions)


def _foresee(desk: Desk, regions: list[tuple[int, str]]) -> Page:
    sent = request.files.get("file")
    try:
        region_id = _region(desk, regions)
        data = sent.stream.read(outcome_file.MOST_BYTES + 1) if sent else b""
        if sent is None or not sent.filename:
            raise InvalidInput(("file", say("Välj en fil")))
        file = outcome_file.read(data)
        found = outcome_entry.foresee(desk, region_id, file)
        kept = outcome_forms.packed(data)
    except NotAllowed:
        raise
    except Refused as refusal:
        return _upload_page(desk, regions, refusal)
    return _preview(found, region_id, kept, sent.filename)


def _take_in(desk: Desk, regions: list[tuple[int, str]]) -> Page:
    name, confirmed = request.form.get("name", ""), bool(request.form.get(CONFIRM))
    region_id = _region(desk, regions)

    def change(acting: Desk) -> str:
        file = outcome_file.read(outcome_forms.unpacked(request.form["kept"]))
        done = outcome_entry.take_in(acting, region_id, file, name, confirmed=confirmed)
        told = (
            ngettext("En ny rad.", "%(num)s nya rader.", done.new),
            ngettext("En ersatte en äldre.", "%(num)s ersatte äldre.", done.replaced),
        )
        flash(" ".join((gettext("Filen är inläst."), *told)))
        return url_for("outcomes.import_file")

    return once.act_or_tell(change, lambda refusal: _upload_page(reading(), regions, refusal))


def _region(desk: Desk, regions: list[tuple[int, str]]) -> int:
    if len(regions) == 1 and "region" not in request.form:
        return regions[0][0]
    region_id = offered_id(request.form.get("region", ""))
    if region_id not in dict(regions):
        raise InvalidInput(("region", say("Välj en region")))
    demand(desk.by, Right.RECORD_OUTCOME, Scope(region_id))
    return region_id


def _upload_page(desk: Desk, regions: list[tuple[int, str]], refusal: Refused | None = None) -> Page:
    form = outcome_forms.upload(regions)
    faults = refusal.faults if isinstance(refusal, BadFile) else ()
    reasons = form.take_problems(refusal) if refusal is not None and not faults else []
    page = render_template(
        "outcomes/import.html",
        form=form,
        reasons=reasons,
        faults=faults[:_MOST_FAULTS],
        more=max(0, len(faults) - _MOST_FAULTS),
        all_faults=len(faults),
        files=store.imports(desk.session, [region for region, _name in regions], _MOST_FILES),
        people=persons.names(desk.session),
        request_key=None,
    )
    return (page, 422) if refusal is not None else page


def _preview(found: outcome_entry.Foreseen, region_id: int, kept: str, name: str) -> str:
    return render_template(
        "outcomes/preview.html",
        found=found,
        doubts=found.doubts[:_MOST_FAULTS],
        more=max(0, len(found.doubts) - _MOST_FAULTS),
        region_id=region_id,
        kept=kept,
        name=name,
        confirm=CONFIRM,
        request_key=once.new_key(),
    )

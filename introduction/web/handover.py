"""Överlämning: a case's handover unit by unit, as a page, a document and a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from introduction.documents import handover_document, typst
from introduction.domain.roles import Right
from introduction.services.handover_file import handover_file
from introduction.services.handover_view import Handover
from introduction.web import handover_sheets, handover_told, handover_words, portfolio_sheets
from introduction.web.amounts import Unit, unit_for
from introduction.web.database import reading
from introduction.web.downloads import download
from introduction.web.permission import needs
from introduction.web.words import language

blueprint = Blueprint("handover", __name__)


@blueprint.get("/cases/<number>/handover")
@needs(Right.VIEW_CASE)
def show(number: str) -> str:
    """What is missing, then unit by unit: paid, forecast, room, answer and change of payer."""
    desk = reading()
    file = handover_file(desk, number)
    return render_template(
        "handover/show.html",
        file=file,
        handover=file.handover,
        subject=file.case.subject,
        unit=_unit(file.handover),
        words=handover_words,
        lead=handover_words.lead(file),
        today=desk.today,
        example_band=file.case.subject.row.example,
    )


@blueprint.get("/cases/<number>/handover.pdf")
@needs(Right.VIEW_CASE)
def document(number: str) -> Response:
    """The handover document: as the cost responsibility was handed over, or as it stands until then."""
    desk = reading()
    file = handover_file(desk, number)
    made = handover_document.handover(handover_told.told(file, desk.now), language())
    return download(made, typst.MIME, f"{file.case.subject.number}-overlamning.pdf")


@blueprint.get("/cases/<number>/handover.xlsx", endpoint="sheet")
@needs(Right.VIEW_CASE)
def spreadsheet_file(number: str) -> Response:
    """The table as a spreadsheet."""
    desk = reading()
    file = handover_file(desk, number)
    sheets = handover_sheets.of_handover(file, desk.today)
    return portfolio_sheets.answer(sheets, f"{file.case.subject.number}-overlamning.xlsx")


def _unit(found: Handover) -> Unit:
    amounts = [line.paid_ore for line in found.every]
    amounts += [value for line in found.every if line.forecast for value in line.forecast.expected]
    amounts += [line.proposal.room_ore for line in found.every if line.proposal]
    return unit_for(amounts)

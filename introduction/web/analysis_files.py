"""An analysis to take along: its report as PDF, and its spreadsheet."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from introduction.documents import analysis_report, analysis_sheet, spreadsheet, typst
from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.result import Result
from introduction.domain.errors import NotAllowed, Refused
from introduction.domain.messages import Message, say
from introduction.domain.roles import Right
from introduction.services import hit_rate
from introduction.services.analysis_file import AnalysisFile, analysis_file
from introduction.services.desk import Desk
from introduction.web.database import reading
from introduction.web.downloads import download
from introduction.web.permission import needs
from introduction.web.words import language

blueprint = Blueprint("analysis_files", __name__)
_ADDRESS = "/cases/<number>/budget/<int(max=9999):analysis>"


@blueprint.get(f"{_ADDRESS}.pdf")
@needs(Right.VIEW_CASE)
def report(number: str, analysis: int) -> Response:
    """The report: figures, what they rest on, and every assumption with its source."""
    desk = reading()
    file = analysis_file(desk, number, analysis)
    hits = _hits(desk, file)
    made = analysis_report.report(file, _figures(file), language(), hits=hits, today=desk.today)
    return download(made, typst.MIME, f"{_name(file)}.pdf")


@blueprint.get(f"{_ADDRESS}.xlsx")
@needs(Right.VIEW_CASE)
def sheet(number: str, analysis: int) -> Response:
    """The spreadsheet: every figure to the öre, and a sheet to try changes on."""
    file = analysis_file(reading(), number, analysis)
    made = analysis_sheet.sheet(file, _figures(file), language())
    return download(made, spreadsheet.MIME, f"{_name(file)}.xlsx")


def _figures(file: AnalysisFile) -> Result:
    """The figures. Raises Refused with what is missing in a draft that cannot be computed yet."""
    if file.figures is not None:
        return file.figures
    if file.problems:
        raise Refused(*_missing(file))
    raise Refused(say("Beräkningen är så stor att siffrorna visas först när den är inlämnad."))


def _missing(file: AnalysisFile) -> list[Message]:
    questions = {question.key: question for page in file.pages for question in page.questions}
    found = []
    for place, what in file.problems.items():
        question = questions.get(place.split(".")[0])
        found.append(say("{question}: {what}", question=question.label, what=what) if question is not None else what)
    return found


def _hits(desk: Desk, file: AnalysisFile) -> Summary | None:
    region_id = file.subject.instance.region_id
    if region_id is None:
        return None
    try:
        return hit_rate.summary(desk, region_id)
    except NotAllowed:
        return None


def _name(file: AnalysisFile) -> str:
    return f"{file.subject.number}-berakning-{file.row.number}"

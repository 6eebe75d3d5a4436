"""What the page of an analysis shows: documents/analysis_view.py in the reader's language."""

from __future__ import annotations

from flask import Flask

from introduction.documents import amounts, analysis_view
from introduction.documents.analysis_view import View
from introduction.documents.assumptions import Assumption
from introduction.domain.budget import titles
from introduction.domain.budget.result import Result
from introduction.domain.budget.typed import UNITS
from introduction.services.analysis_file import AnalysisFile
from introduction.web.words import language, tell


def view(file: AnalysisFile, figures: Result, beside: View | None = None) -> View:
    """Everything told and drawn of an analysis's figures; in the unit of those it stands beside."""
    return analysis_view.view(file, figures, language(), beside.unit if beside is not None else None)


def assumed(file: AnalysisFile) -> list[tuple[str, list[Assumption]]]:
    """The assumptions by page of questions."""
    return analysis_view.assumed(file, language())


def set_up(app: Flask) -> None:
    """Give the templates the words of analyses."""
    app.jinja_env.filters.update(
        row_values=analysis_view.shown,
        analysis_state=lambda state: tell(titles.STATES[state]),
        kronor_exact=lambda ore: amounts.exact(ore, language()),
        price_basis=lambda file: analysis_view.basis(file, language()),
        hits_text=lambda hits: analysis_view.hits_text(hits, language()),
        lever_unit=lambda question: tell(question.unit or UNITS.get(question.measure)),
    )

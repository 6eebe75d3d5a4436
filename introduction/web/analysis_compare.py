"""Two analyses side by side, and what happens if some assumptions are others."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from introduction.documents.assumptions import title_of
from introduction.domain.budget import composing, typed
from introduction.domain.budget.building import LEVERS
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import Message
from introduction.domain.roles import Right
from introduction.services import analysis_file
from introduction.services.analysis_compare import compare as compared
from introduction.services.analysis_file import AnalysisFile
from introduction.web import analysis_view
from introduction.web.amounts import unit_for
from introduction.web.database import reading
from introduction.web.permission import needs
from introduction.web.words import language, tell

blueprint = Blueprint("analysis_compare", __name__)
_ADDRESS = "/cases/<number>/budget/<int(max=9999):analysis>"


@blueprint.get(f"{_ADDRESS}/compare/<int(max=9999):other>")
@needs(Right.VIEW_CASE)
def compare(number: str, analysis: int, other: int) -> str:
    """Which inputs and results differ between two analyses of a case; the older stands first."""
    desk = reading()
    first, second = sorted((analysis, other))
    files = [analysis_file.analysis_file(desk, number, which) for which in (first, second)]
    told = compared(*files)
    amounts = [ore for ore in [*told.before, *told.after] if ore is not None]
    return render_template(
        "analyses/compare.html",
        files=files,
        told=told,
        unit=unit_for(amounts),
        titles={one.key: title_of(files[1], one.key, language()) for one in told.inputs},
        example_band=bool(getattr(files[0].subject.row, "example", False)),
    )


@blueprint.get(f"{_ADDRESS}/what-if")
@needs(Right.VIEW_CASE)
def what_if(number: str, analysis: int) -> str:
    """The figures with other values for a few assumptions, beside the analysis's own. Nothing is saved."""
    file = analysis_file.analysis_file(reading(), number, analysis)
    faults: dict[str, str] = {}
    changes = _changes(file, faults)
    changed = None
    reasons: list[str] = []
    if changes and not faults:
        try:
            changed = analysis_file.what_if(file, changes)
        except InvalidInput as refusal:
            reasons = [tell(message) for _place, message in refusal.problems]
        if changed is None and not reasons:
            reasons = [gettext("Beräkningen är så stor att den inte kan räknas om medan du väntar.")]
    elif any(request.args.get(lever.key, "").strip() for lever in LEVERS) and file.model is not None and not faults:
        reasons = [gettext("Modellen har inget sådant antagande")]
    base = analysis_view.view(file, file.figures) if file.figures is not None else None
    return render_template(
        "analyses/what_if.html",
        file=file,
        levers=LEVERS,
        faults=faults,
        reasons=reasons,
        base=base,
        changed=analysis_view.view(file, changed, base) if changed is not None else None,
        typed=request.args,
        example_band=bool(getattr(file.subject.row, "example", False)),
    )


def _changes(file: AnalysisFile, faults: dict[str, str]) -> dict[str, Any]:
    """The values that the address asks for, by their paths in the model."""
    asked: dict[str, float] = {}
    for lever in LEVERS:
        text = request.args.get(lever.key, "").strip()
        if not text:
            continue
        try:
            asked[lever.key] = typed.figure(text, lever.measure)
        except Refused as refusal:
            reason: Message = refusal.reasons[0]
            faults[lever.key] = tell(reason)
    if file.model is None:
        return {}
    try:
        return composing.changed(file.model, asked)
    except KeyError:
        faults["uptake"] = gettext("Modellen har inget sådant antagande")
        return {}

"""Reads everything that the page, the report and the spreadsheet of an analysis show, as plain values."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.budget import freezing, reading, uncertainty
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.questions import OWN, Page
from introduction.domain.budget.result import Result
from introduction.domain.budget.sheet import Problems
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.calendar import local_date
from introduction.domain.errors import InvalidInput
from introduction.domain.roles import Right, demand
from introduction.services import analyses, analysis_answers, results, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store import analysis as store
from introduction.store import case as case_store
from introduction.store import instance as instances
from introduction.store import person as persons
from introduction.store import unit as units
from introduction.store.analysis import Analysis
from introduction.store.job import Job

#: A draft is computed while one waits, with fewer draws than what is kept.
DRAFT_DRAWS = 2_000
#: A draft that would take longer than this (seconds) shows its figures first when it is handed in.
DRAFT_PATIENCE = 2.0


@dataclass(frozen=True)
class AnalysisFile:
    """An analysis with all that is shown of it. ``figures`` is None while they cannot be computed."""

    subject: Subject
    about: About
    row: Analysis
    pages: Sequence[Page]
    answers: Mapping[str, Answer]
    problems: Problems
    model: BudgetModel | None
    figures: Result | None
    may: Mapping[str, bool]
    marks: Mapping[str, str]  #: the economist's, by question or path
    people: Mapping[int, str]
    areas: Mapping[str, str]  #: the names of the administrations that the cost is divided by
    others: Sequence[Analysis]  #: every analysis of the case, the newest first
    under_way: Job | None = None  #: the long work that computes a large draft

    @property
    def frozen(self) -> bool:
        """True when the figures are those that were kept."""
        return self.row.state != "draft"

    def treatment(self, treatment: str) -> str:
        """What a treatment of the model is called."""
        titles = {one.id: one.title for one in self.model.treatment} if self.model is not None else {}
        return titles.get(treatment) or treatment


def analysis_file(desk: Desk, number: str, analysis_number: int) -> AnalysisFile:
    """The file of a case's analysis. Raises NotFound, NotAllowed."""
    subject = case_of(desk, number)
    row = store.numbered(desk.session, subject.instance.id, analysis_number)
    problems: Problems = {}
    if row.state == "draft":
        made = analysis_answers.built(desk, subject, row)
        model = made.model
        figures, problems = _figures_of(row, model) if model is not None else (None, made.problems)
    else:
        model, figures = _kept_model(row.model or "{}"), results.result_of(row)
    return AnalysisFile(
        subject=subject,
        about=About.of(desk.session, subject.row),
        row=row,
        pages=analysis_answers.pages_of(desk, subject, row.kind, _asked_on(row)),
        answers=analysis_answers.answers_of(row),
        problems=problems,
        model=model,
        figures=figures,
        may=analyses.may(desk, subject, row),
        marks=json.loads(row.review or "{}"),
        people=persons.names(desk.session),
        areas={str(key): name for key, name in units.names_in(desk.session, subject.instance.region_id).items()},
        others=store.of_case(desk.session, subject.instance.id),
        under_way=analyses.under_way(desk, row) if row.state == "draft" else None,
    )


def _asked_on(row: Analysis) -> date | None:
    """The day whose administrations an analysis asks of: that of what was handed in; a draft follows the region."""
    return local_date(row.submitted_at) if row.submitted_at is not None else None


def _figures_of(row: Analysis, model: BudgetModel) -> tuple[Result | None, Problems]:
    """A draft's figures, or why its model cannot be computed."""
    try:
        return _draft_figures(model.model_dump_json(exclude_none=True)), {}
    except InvalidInput as refusal:
        return None, {"toml.value" if row.kind == OWN else "model.value": refusal.reasons[0]}


def case_of(desk: Desk, number: str) -> Subject:
    """A case that the reader may see, by its public number. Raises NotFound, NotAllowed."""
    row = case_store.by_number(desk.session, number)
    subject = subjects.read(desk, instances.get(desk.session, row.id))
    demand(desk.by, Right.VIEW_CASE, subject.scope)
    return subject


@functools.lru_cache(maxsize=256)
def _model(text: str) -> BudgetModel:
    return reading.of_data(json.loads(text))


@functools.lru_cache(maxsize=256)
def _kept_model(text: str) -> BudgetModel:
    """A model that was handed in once stands, also where what is asked of a new one has grown since."""
    return BudgetModel.model_validate_json(text)


@functools.lru_cache(maxsize=64)
def _draft_figures(text: str) -> Result | None:
    """The same answers come to the same figures: a page that is opened again computes nothing."""
    model = _model(text)
    if uncertainty.effort(model, DRAFT_DRAWS) * (1 + len(model.scenario)) > DRAFT_PATIENCE:
        return None
    return freezing.freeze(model, draws=DRAFT_DRAWS)[0]


def what_if(file: AnalysisFile, changes: Mapping[str, Any]) -> Result | None:
    """The figures with some values changed, by their paths in the model. Raises InvalidInput."""
    if file.model is None:
        return None
    changed = reading.with_values(file.model, changes)
    return _draft_figures(changed.model_dump_json(exclude_none=True))

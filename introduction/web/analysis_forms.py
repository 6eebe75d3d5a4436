"""The questions of an analysis as a form: what was typed is always kept, and each box says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from introduction.domain.budget import answers as answering
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.questions import Page, Question
from introduction.domain.budget.sheet import Problems
from introduction.domain.budget.typed import UNITS, Measure
from introduction.services.analysis_file import AnalysisFile
from introduction.web.words import tell

#: The boxes of a question, in the order of an answer's parts.
BOXES = ("value", "low", "high", "source")


@dataclass(frozen=True)
class Box:
    """A question on the page: what stands in each of its boxes, and what is wrong there."""

    question: Question
    answer: Answer
    faults: Mapping[str, str] = field(default_factory=dict)  #: by box

    @property
    def key(self) -> str:
        """The question's key, which its inputs are named by."""
        return self.question.key

    @property
    def unit(self) -> str:
        """What stands beside the figure."""
        return tell(self.question.unit or UNITS.get(self.question.measure))

    @property
    def value(self) -> str:
        """What was typed, or what stands until somebody types."""
        return self.answer.value or self.question.default

    @property
    def chosen(self) -> str:
        """The choice made."""
        return answering.chosen(self.question, {self.key: self.answer})

    @property
    def choices(self) -> bool:
        """True for a choice between a few."""
        return self.question.measure is Measure.CHOICE

    @property
    def words(self) -> bool:
        """True for text, and for lists of figures."""
        return self.question.measure in (Measure.TEXT, Measure.DAYS, Measure.SIZES, Measure.MONTH)


def posted(page: Page, form: MultiDict[str, str]) -> dict[str, Answer]:
    """What was typed on a page, by question."""
    return {question.key: _typed(question.key, form) for question in page.questions}


def _typed(key: str, form: MultiDict[str, str]) -> Answer:
    value, low, high, source = (form.get(f"{key}.{box}", "").strip() for box in BOXES)
    return Answer(value, low, high, source)


def boxes(file: AnalysisFile, page: Page, *, faults: bool) -> list[Box]:
    """The questions of a page as they stand. With ``faults`` each says what is wrong; a fresh page does not nag."""
    return [Box(q, _answer(file, q), _faults(file.problems, q.key) if faults else {}) for q in page.questions]


def _answer(file: AnalysisFile, question: Question) -> Answer:
    if request.method == "POST":
        return _typed(question.key, request.form)
    return file.answers.get(question.key, Answer())


def _faults(problems: Problems, key: str) -> dict[str, str]:
    return {box: tell(problems[f"{key}.{box}"]) for box in BOXES if f"{key}.{box}" in problems}


@dataclass(frozen=True)
class Section:
    """Questions that belong together: their title, if they have one, and whether they are folded away."""

    title: str
    boxes: Sequence[Box]
    folded: bool = False


def sections(listed: Sequence[Box]) -> list[Section]:
    """A page's questions in sections. A second and third treatment or scenario is folded away until it is told of."""
    found: list[Section] = []
    for name, group in groupby(listed, key=_section):
        inside = list(group)
        numbered = name.startswith(("old", "scenario"))
        title = tell(inside[0].question.label) if numbered else gettext("Var behandlas patienterna?") if name else ""
        untold = not any(box.answer.value or box.faults for box in inside)
        found.append(Section(title, inside, numbered and untold and not name.endswith("1")))
    return found


def _section(box: Box) -> str:
    name = box.key.split("_")[0]
    return name if name == "area" or name.startswith("old") or name.startswith("scenario") else ""


def begun(file: AnalysisFile, page: Page) -> bool:
    """True when somebody has answered a question of the page."""
    return any(file.answers.get(q.key, Answer()).by is not None for q in page.questions)


def missing(file: AnalysisFile) -> list[tuple[Page, Question, str]]:
    """Everything that stands in the way of a result: the page, the question and what to do."""
    found = []
    for page in file.pages:
        for question in page.questions:
            found += [(page, question, text) for text in _faults(file.problems, question.key).values()]
    return found


def faults_elsewhere(file: AnalysisFile) -> list[str]:
    """What stands in the way and belongs to no question."""
    keys = {question.key for page in file.pages for question in page.questions}
    return [tell(what) for place, what in file.problems.items() if place.split(".")[0] not in keys]

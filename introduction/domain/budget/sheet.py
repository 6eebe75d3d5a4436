"""What can be read of an analysis's answers: figures, choices and lists, with the problems of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from introduction.domain.budget import answers as answering
from introduction.domain.budget import typed
from introduction.domain.budget.answers import Answers, Figure
from introduction.domain.budget.questions import MOST_DISPLACED, Page, Question, questions_of
from introduction.domain.budget.typed import Measure
from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say

#: What stands in the way, by question and box: ``uptake.low``.
Problems = dict[str, Message]


@dataclass
class Sheet:
    """The answers of an analysis with what can be read of them."""

    kind: str
    title: str
    answers: Answers
    questions: Mapping[str, Question]
    figures: dict[str, Figure] = field(default_factory=dict)
    lists: dict[str, list[float]] = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """True when the question has a figure."""
        return key in self.figures

    def value(self, key: str, otherwise: float = 0.0) -> float:
        """The question's figure."""
        return self.figures[key].value if key in self.figures else otherwise

    def input(self, key: str, scale: float = 1.0) -> dict[str, Any]:
        """The figure as an input of the model, named by the question."""
        return self.figures[key].as_input(key, scale)

    def text(self, key: str) -> str:
        """What was typed as text."""
        return answering.text(self.answers, key)

    def choice(self, key: str) -> str:
        """The choice made."""
        return answering.chosen(self.questions[key], self.answers)

    def fault(self, key: str, what: Message, box: str = "value") -> None:
        """Note a problem at a box, unless there is one already."""
        self.problems.setdefault(f"{key}.{box}", what)

    @property
    def displaced(self) -> list[str]:
        """The keys of the displaced treatments that have a name."""
        keys = [f"old{number}" for number in range(1, MOST_DISPLACED + 1)]
        return [key for key in keys if self.text(f"{key}_name")]


def read(kind: str, title: str, answers: Answers, pages: Sequence[Page]) -> Sheet:
    """Read every answer by its question's measure."""
    sheet = Sheet(kind, title, answers, questions_of(pages))
    for key, question in sheet.questions.items():
        if question.measure in (Measure.DAYS, Measure.SIZES):
            _list(sheet, key)
        elif answering.is_figure(question):
            figure, problems = answering.read(question, answers.get(key))
            for box, what in problems:
                sheet.fault(key, what, box)
            if figure is not None:
                sheet.figures[key] = figure
    return sheet


def _list(sheet: Sheet, key: str) -> None:
    if not sheet.text(key):
        return
    try:
        sheet.lists[key] = typed.several(sheet.text(key))
    except Refused as refusal:
        sheet.fault(key, refusal.reasons[0])
        return
    if sheet.questions[key].measure is Measure.SIZES and not all(size > 0 for size in sheet.lists[key]):
        sheet.fault(key, say("Skriv ett tal som är större än 0"))

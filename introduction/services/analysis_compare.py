"""Two analyses side by side: which inputs differ, and what becomes of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.budget import answers as answering
from introduction.domain.budget import uncertainty
from introduction.domain.budget.answers import Answers
from introduction.domain.budget.questions import Question
from introduction.domain.budget.spec import BudgetModel
from introduction.domain.budget.typed import Measure, plain
from introduction.domain.messages import Message
from introduction.services.analysis_file import AnalysisFile


@dataclass(frozen=True)
class Difference:
    """An input that differs: its key (a question's, or a path in a model), and what stands in each."""

    key: str
    before: str | Message
    after: str | Message


@dataclass(frozen=True)
class Comparison:
    """The inputs that differ, and the extra cost by calendar year in öre; None for a year that one does not cover."""

    inputs: Sequence[Difference]
    years: Sequence[int]
    before: Sequence[int | None]
    after: Sequence[int | None]

    @property
    def differences(self) -> list[int | None]:
        """What the second comes to more, by year."""
        pairs = zip(self.before, self.after, strict=True)
        return [None if a is None or b is None else b - a for a, b in pairs]


def compare(one: AnalysisFile, other: AnalysisFile) -> Comparison:
    """What differs from the first to the second."""
    found = [file.figures for file in (one, other)]
    covered = sorted({year for figures in found if figures is not None for year in figures.years})
    costs = [dict(zip(f.years, f.impact(), strict=True)) if f is not None else {} for f in found]
    return Comparison(
        _inputs(one, other),
        covered,
        [costs[0].get(year) for year in covered],
        [costs[1].get(year) for year in covered],
    )


def _inputs(one: AnalysisFile, other: AnalysisFile) -> list[Difference]:
    if one.pages and other.pages:
        mine, theirs = _by_question(one), _by_question(other)
    else:
        mine, theirs = _by_path(one.model), _by_path(other.model)
    pairs = ((key, mine.get(key, ""), theirs.get(key, "")) for key in {**mine, **theirs})
    return [Difference(key, before, after) for key, before, after in pairs if before != after]


def _by_question(file: AnalysisFile) -> dict[str, str | Message]:
    return {q.key: _told(q, file.answers) for page in file.pages for q in page.questions}


def _told(question: Question, answers: Answers) -> str | Message:
    """What counts: the answer, or what stands until somebody answers."""
    if question.measure is Measure.CHOICE:
        return dict(question.choices).get(answering.chosen(question, answers), "")
    answer = answers.get(question.key)
    if answer is None or not answer.given:
        return question.default
    span = f" ({answer.low}–{answer.high})" if answer.low and answer.high else ""
    return f"{answer.value}{span}"


def _by_path(model: BudgetModel | None) -> dict[str, str | Message]:
    if model is None:
        return {}
    found: dict[str, str | Message] = {}
    for path, given in uncertainty.inputs_of(model).items():
        span = f" ({plain(given.low)}–{plain(given.high)})" if given.low is not None and given.high is not None else ""
        found[path] = f"{plain(given.value)}{span}"
    return found

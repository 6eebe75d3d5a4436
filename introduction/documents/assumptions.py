"""The assumptions of an analysis as a list: each with value, span, source, day, who set it and how it was judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from introduction.documents.wording import tell
from introduction.domain.budget import uncertainty
from introduction.domain.budget.answers import Answer
from introduction.domain.budget.inputs import Input
from introduction.domain.budget.questions import Page, Question
from introduction.domain.budget.typed import UNITS, Measure, plain
from introduction.domain.messages import say
from introduction.services.analysis_file import AnalysisFile

_SCENARIOS = "scenarios"  #: they stand in a table of their own


@dataclass(frozen=True)
class Assumption:
    """An assumption in words. ``key`` is its question's, or its path in a model of one's own."""

    key: str
    page: str
    title: str
    value: str
    span: str
    source: str
    on: date | None
    by: str
    mark: str  #: ``ok``, ``confirm`` or nothing
    standing: bool = False  #: nobody has answered: the value that stands until somebody does


def assumptions(file: AnalysisFile, language: str) -> list[Assumption]:
    """Every assumption that counts, in the order of the questions."""
    if not file.pages:
        return [_of_model(file, path, given, language) for path, given in _told(file)]
    asked = [(page, question) for page in file.pages for question in page.questions if page.key != _SCENARIOS]
    return [found for page, question in asked if (found := _of(file, page, question, language))]


def title_of(file: AnalysisFile, key: str, language: str) -> str:
    """What an assumption is called: the question's label, with the treatment's name where it is one of several."""
    for page in file.pages:
        for question in page.questions:
            if question.key == key:
                return _title(file, question, language)
    return key


def ends_of(file: AnalysisFile, key: str, low: float, high: float, language: str) -> tuple[str, str]:
    """The two ends of an assumption's span in words."""
    answer = file.answers.get(key)
    question = next((q for page in file.pages for q in page.questions if q.key == key), None)
    if answer is None or question is None:
        return plain(round(low, 6)), plain(round(high, 6))
    return _with_unit(answer.low, question, language), _with_unit(answer.high, question, language)


def _of(file: AnalysisFile, page: Page, question: Question, language: str) -> Assumption | None:
    answer = file.answers.get(question.key, Answer())
    standing = not answer.given
    if standing and question.default in ("", "0"):
        return None
    if standing and question.key.startswith("old") and not _named(file, question.key):
        return None
    value = answer.value.strip() or question.default
    if question.measure is Measure.CHOICE:
        value = tell(dict(question.choices).get(value, value), language)
    else:
        value = _with_unit(value, question, language)
    span = f"{answer.low.strip()}–{answer.high.strip()}" if answer.low.strip() and answer.high.strip() else ""
    return Assumption(
        key=question.key,
        page=tell(page.title, language),
        title=_title(file, question, language),
        value=value,
        span=span,
        source=answer.source,
        on=date.fromisoformat(answer.on) if answer.on else None,
        by=file.people.get(answer.by or 0, ""),
        mark=file.marks.get(question.key, ""),
        standing=standing,
    )


def _named(file: AnalysisFile, key: str) -> str:
    name = file.answers.get(f"{key.split('_')[0]}_name")
    return name.value.strip() if name is not None else ""


def _title(file: AnalysisFile, question: Question, language: str) -> str:
    label = tell(question.label, language)
    if question.key.startswith(("old", "scenario")) and not question.key.endswith("_name"):
        name = _named(file, question.key)
        return f"{name}: {label[:1].lower()}{label[1:]}" if name else label
    if question.key.startswith("area_"):
        return tell(say("Andel av patienterna, {unit}", unit=label), language)
    return label


def _with_unit(text: str, question: Question, language: str) -> str:
    text = text.strip()
    unit = question.unit or UNITS.get(question.measure)
    if not text or unit is None or not text[-1].isdecimal():
        return text
    return f"{text}\u00a0{tell(unit, language)}"


def _told(file: AnalysisFile) -> Iterator[tuple[str, Input]]:
    """The inputs of a model of one's own that somebody has told, without those that merely stand."""
    if file.model is None:
        return
    for path, given in uncertainty.inputs_of(file.model).items():
        if given.value or given.varies:
            yield path, given


def _of_model(file: AnalysisFile, path: str, given: Input, language: str) -> Assumption:
    span = f"{plain(given.low)}–{plain(given.high)}" if given.low is not None and given.high is not None else ""
    value = plain(given.value) + (f"\u00a0{given.unit}" if given.unit else "")
    mark = file.marks.get(path, "")
    return Assumption(path, "", path, value, span, given.source or "", given.dated, given.by or "", mark)

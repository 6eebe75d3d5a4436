"""Answers to the questions of an analysis, as they were typed, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from introduction.domain.budget import typed
from introduction.domain.budget.questions import Question
from introduction.domain.budget.typed import Measure
from introduction.domain.errors import Refused
from introduction.domain.messages import Message, say

#: A problem at a box of a question: ``value``, ``low``, ``high`` or ``source``.
Problem = tuple[str, Message]


@dataclass(frozen=True)
class Answer:
    """What was typed, kept whether it can be used or not; who set it and when."""

    value: str = ""
    low: str = ""
    high: str = ""
    source: str = ""
    on: str = ""  #: ISO date
    by: int | None = None

    @property
    def given(self) -> bool:
        """True when something was typed as the value."""
        return bool(self.value.strip())

    def same_as(self, other: Answer) -> bool:
        """True when the same was typed, whoever did it."""
        return (self.value, self.low, self.high, self.source) == (other.value, other.low, other.high, other.source)


Answers = Mapping[str, Answer]


def of_data(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Answer]:
    """Answers from plain data, as they are stored."""
    return {key: Answer(**answer) for key, answer in data.items()}


def as_data(answers: Answers) -> dict[str, dict[str, Any]]:
    """Answers as plain data; empty parts are left out."""
    return {key: {part: value for part, value in asdict(answer).items() if value} for key, answer in answers.items()}


def stamped(before: Answer | None, after: Answer, on: date, by: int | None) -> Answer:
    """An answer with who set it and when: as before where nothing new was typed."""
    if before is not None and before.same_as(after):
        return before
    return replace(after, on=on.isoformat(), by=by)


@dataclass(frozen=True)
class Figure:
    """An answer that can be used, with its evidence."""

    value: float
    low: float | None
    high: float | None
    answer: Answer

    def as_input(self, name: str, scale: float = 1.0) -> dict[str, Any]:
        """The figure as an input of a model, times ``scale``."""
        told: dict[str, Any] = {"value": self.value * scale, "name": name}
        if self.low is not None and self.high is not None and self.low < self.high:
            told |= {"low": self.low * scale, "high": self.high * scale, "distribution": "pert"}
        if self.answer.source:
            told["source"] = self.answer.source
        if self.answer.on:
            told["dated"] = self.answer.on
        return told


def read(question: Question, answer: Answer | None) -> tuple[Figure | None, list[Problem]]:
    """A question's figure, from what was typed or else from its default. With problems, the figure is None."""
    given = answer if answer is not None and answer.given else Answer(value=question.default)
    if not given.given:
        wanted = [("value", say("Fyll i: {field}", field=question.label))] if question.required else []
        return None, [*wanted, *_stray(answer)]
    problems: list[Problem] = []
    found: dict[str, float | None] = {}
    for part in ("value", "low", "high"):
        text = getattr(given, part).strip()
        try:
            found[part] = typed.figure(text, question.measure) if text else None
        except Refused as refusal:
            problems.append((part, refusal.reasons[0]))
    problems += _range(found) if not problems else []
    value = found.get("value")
    if problems or value is None:
        return None, problems
    return Figure(value, found["low"], found["high"], given), []


def _stray(answer: Answer | None) -> list[Problem]:
    """A range without a value says nothing."""
    if answer is not None and (answer.low.strip() or answer.high.strip()):
        return [("value", say("Skriv också värdet, inte bara spannet"))]
    return []


def _range(found: Mapping[str, float | None]) -> list[Problem]:
    value, low, high = found["value"], found["low"], found["high"]
    if (low is None) != (high is None):
        return [("low" if low is None else "high", say("Skriv både lägst och högst, eller inget av dem"))]
    if value is None or low is None or high is None or low < value < high or low == value == high:
        return []
    if low > high:
        return [("low", say("Det lägsta är större än det högsta"))]
    if value in (low, high):  # a mean at the end of its range leaves nothing for the rest of it
        inside = say("Värdet är det ni räknar med i medeltal, och ligger då innanför spannet")
        return [("value", inside)]
    return [("low" if value < low else "high", say("Spannet rymmer inte värdet. Ändra spannet eller värdet"))]


def chosen(question: Question, answers: Answers) -> str:
    """The choice made, or the one that stands when nobody has chosen."""
    answer = answers.get(question.key)
    known = {key for key, _title in question.choices}
    return answer.value if answer is not None and answer.value in known else question.default


def text(answers: Answers, key: str) -> str:
    """What was typed as text; empty when nothing was."""
    return answers[key].value.strip() if key in answers else ""


def is_figure(question: Question) -> bool:
    """True for a question that is answered with one figure."""
    return question.measure not in (Measure.TEXT, Measure.CHOICE, Measure.DAYS, Measure.SIZES)

"""The form of a unit's report, in groups with a heading each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from introduction.domain.messages import Message, say
from introduction.web.forms.builder import Asked, Question

_GROUPS: tuple[tuple[Message, Message | None, tuple[str, ...]], ...] = (
    (say("Perioden"), None, ("period_end",)),
    (
        say("Patienterna"),
        say("Räkna alla sedan införandet började, inte bara dem som är nya sedan förra rapporten."),
        ("patients_started", "patients_continuing", "patients_stopped", "stopped_why"),
    ),
    (
        say("Kriterier och register"),
        None,
        ("start_criteria_met", "stop_criteria_met", "registry_covered"),
    ),
    (
        say("Nyttan mot målen"),
        say("Målen står i uppföljningsplanen."),
        ("indicators", "goals_result"),
    ),
    (say("Kostnaden"), None, ("cost_ore",)),
    (
        say("Jämlikheten"),
        say("Bara antal. Antal 1–4 visas aldrig för andra än er och dem som handlägger ärendet."),
        ("by_sex", "by_age", "by_area"),
    ),
    (say("Hindren"), None, ("obstacles",)),
)


@dataclass(frozen=True)
class Group:
    """Some questions under a heading."""

    title: Message
    help: Message | None
    questions: Sequence[Question]


def grouped(asked: Asked, record: str | None) -> list[Group]:
    """The questions of a report's form in groups; none for another record.

    Without goals in the plan there is nothing to ask of them.
    """
    if record != "follow_up_report":
        return []
    known = {question.field.key: question for question in asked.questions}
    rows = getattr(asked.form[known["indicators"].name], "rows", ()) if "indicators" in known else ()
    if not rows:
        known.pop("indicators", None)
    return [
        Group(title, hint, [known[key] for key in keys if key in known])
        for title, hint, keys in _GROUPS
        if any(key in known for key in keys)
    ]

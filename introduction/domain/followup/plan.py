"""The follow-up plan: what is measured, from which side, and when a plan is good enough to release money on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from introduction.domain import facts
from introduction.domain.fields.kinds import by_key, choice, quantity, text
from introduction.domain.messages import Message, say

#: What an introduction is followed up for. A plan has a goal of each.
DIMENSIONS: dict[str, Message] = {
    "equal_introduction": say("jämlikt införande"),
    "clinical_benefit": say("klinisk nytta"),
    "cost_effectiveness": say("kostnadseffektivitet"),
}
DIRECTIONS: dict[str, Message] = {"at_least": say("minst"), "at_most": say("högst")}

INDICATOR_FIELDS = by_key(
    choice("dimension", say("Vad följs upp?"), DIMENSIONS),
    text(
        "title", say("Vad mäts?"), say("Till exempel ”Andel av patienterna som är införda i registret”."), longest=200
    ),
    text("measure", say("I vilken enhet?"), say("Till exempel procent, dagar eller kr per patient."), longest=60),
    choice("direction", say("Ska värdet vara minst eller högst målet?"), DIRECTIONS),
    quantity("goal_milli", say("Mål"), say("Ett tal med högst tre decimaler, till exempel 80 eller 12,5.")),
    text("source", say("Varifrån kommer uppgiften?"), say("Till exempel ett kvalitetsregister."), longest=200),
    text("reported_by", say("Vem rapporterar?"), say("Till exempel varje behandlande enhet."), longest=160),
    text("reported_when", say("När?"), say("Till exempel efter 6, 12 och 24 månader."), longest=160),
)


def accept(given: Mapping[str, Any]) -> dict[str, Any]:
    """An indicator's values, cleaned: all of them are needed. Raises InvalidInput, field by field."""
    return facts.accept(given, INDICATOR_FIELDS, INDICATOR_FIELDS, {})


def lacking(dimensions: Iterable[str]) -> list[str]:
    """The dimensions of which a plan with indicators of the given ones has no goal."""
    given = set(dimensions)
    return [dimension for dimension in DIMENSIONS if dimension not in given]


def is_met(direction: str, goal_milli: int, value_milli: int) -> bool:
    """True when a value reaches the goal."""
    return value_milli >= goal_milli if direction == "at_least" else value_milli <= goal_milli

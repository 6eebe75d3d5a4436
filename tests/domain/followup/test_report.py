"""What cannot be right in a unit's report is refused at its field, with what can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from introduction.domain.errors import InvalidInput
from introduction.domain.followup.report import Bounds, Told, check

BOUNDS = Bounds(
    today=date(2026, 11, 20),
    begins=date(2026, 3, 1),
    areas=frozenset({"northern", "southern"}),
    indicators=frozenset({"7"}),
)
RIGHT: dict[str, Any] = {
    "period_end": date(2026, 8, 31),
    "patients_started": 20,
    "patients_continuing": 15,
    "patients_stopped": 4,
    "stopped_why": {"no_benefit": 3, "other": 1},
    "start_criteria_met": 20,
    "stop_criteria_met": 3,
    "registry_covered": 18,
    "indicators": {"7": 92_500},
    "by_sex": {"women": 12, "men": 8},
    "by_age": {"40_64": 12, "65_79": 7},
    "by_area": {"northern": 20},
}


def problems(bounds: Bounds = BOUNDS, **changed: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        check({**RIGHT, **changed}, bounds)
    return {key: str(message) for key, message in refusal.value.problems}


def test_a_report_that_adds_up_is_taken() -> None:
    check(RIGHT, BOUNDS)
    check({key: RIGHT[key] for key in RIGHT if key.startswith("patients") or key == "period_end"}, BOUNDS)


def test_somebody_who_moved_is_in_neither_count() -> None:
    check({**RIGHT, "patients_continuing": 10}, BOUNDS)


@pytest.mark.parametrize(
    ("field", "changed", "says"),
    [
        ("patients_continuing", {"patients_continuing": 21}, "21 fortsätter men bara 20 har börjat"),
        ("patients_stopped", {"patients_continuing": 17}, "fler än de 20 som har börjat"),
        ("stopped_why", {"stopped_why": {"other": 3}}, "Skälen är tillsammans 3, men 4 har slutat"),
        ("stopped_why", {"stopped_why": {"other": 5}}, "annat skäl"),
        ("registry_covered", {"registry_covered": 21}, "21 är införda i registret, men bara 20 har börjat"),
        ("start_criteria_met", {"start_criteria_met": 21}, "startkriterierna"),
        ("stop_criteria_met", {"stop_criteria_met": 21}, "stoppkriterium"),
        ("by_sex", {"by_sex": {"women": 12, "men": 9}}, "tillsammans 21"),
        ("by_age", {"by_age": {"80": 30}}, "efter ålder"),
        ("by_area", {"by_area": {"northern": 15, "southern": 6}}, "bostadsområde"),
        ("by_area", {"by_area": {"elsewhere": 1}}, "alternativen"),
        ("indicators", {"indicators": {"8": 1}}, "Uppföljningsplanen har ändrats"),
        ("cost_ore", {"cost_ore": -500}, "mindre än noll"),
        ("period_end", {"period_end": date(2026, 11, 21)}, "inte har varit"),
        ("period_end", {"period_end": date(2026, 2, 28)}, "2026-03-01"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, changed: dict[str, Any], says: str) -> None:
    found = problems(**changed)
    assert list(found) == [field]
    assert says in found[field]


def test_every_fault_is_told_at_once() -> None:
    found = problems(patients_continuing=30, registry_covered=21, by_sex={"women": 21})
    assert set(found) == {"patients_continuing", "registry_covered", "by_sex"}


def test_fewer_than_last_time_is_explained_or_put_right() -> None:
    before = replace(BOUNDS, before=Told(date(2026, 5, 31), 22))
    found = problems(before)
    assert "sade 22" in found["patients_started"]
    assert "anteckningen" in found["patients_started"]
    check(RIGHT, replace(before, explained=True))
    check(RIGHT, replace(before, before=Told(date(2026, 5, 31), 20)))


def test_more_than_a_later_report_tells_is_explained_or_put_right() -> None:
    later = replace(BOUNDS, before=Told(date(2026, 5, 31), 12), after=Told(date(2026, 10, 31), 19))
    found = problems(later)
    assert list(found) == ["patients_started"]
    assert "2026-10-31, säger 19" in found["patients_started"]
    check(RIGHT, replace(later, explained=True))
    check(RIGHT, replace(later, after=Told(date(2026, 10, 31), 20)))
    assert list(problems(later, period_end=date(2026, 2, 28))) == ["period_end"], "first the day is put right"

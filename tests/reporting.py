"""Introductions that are followed up, for tests: two clinics that treat, a plan, and what they report."""

from __future__ import annotations

from datetime import date
from typing import Any

from introduction.domain.roles import Role
from introduction.services import steps
from introduction.services.subjects import Subject
from introduction.store.task import TaskRow, tasks_of
from tests.money import put_case
from tests.planning import plan
from tests.world import VGR, World

BOTH = ("lung", "neuro")
START = date(2026, 3, 1)
COUNTS: dict[str, Any] = {
    "period_end": date(2026, 8, 31),
    "patients_started": 40,
    "patients_continuing": 30,
    "patients_stopped": 10,
}


def introduced(world: World, *, treating: tuple[str, ...] = BOTH, planned: bool = True, **facts: Any) -> Subject:
    """A case in its financed time, whose reports after three and six months are due."""
    known = {"introduction_start": START, "financed_until": date(2028, 2, 29), "registry_number": "RS 2026-1", **facts}
    case = put_case(world, "Införumab", "follow_up", outcome="approved", treating=treating, **known)
    if planned:
        plan(world.desk(Role.DRAFTING_GROUP), case.instance.id)
    return case


def task_of(world: World, case: Subject, unit: str = "lung", name: str = "report_month_6") -> TaskRow:
    """A unit's task of a name."""
    unit_id = world.units[VGR][unit].id
    rows = tasks_of(world.session, case.instance.id)
    return next(row for row in rows if row.name == name and row.unit_id == unit_id and row.state != "cancelled")


def report(
    world: World, case: Subject, unit: str = "lung", name: str = "report_month_6", *, note: str = "", **told: Any
) -> None:
    """A unit reports what is said, and else COUNTS."""
    row = task_of(world, case, unit, name)
    steps.do_task(world.desk(Role.COORDINATOR), row.id, record={**COUNTS, **told}, note=note)

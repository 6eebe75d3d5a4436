"""What tests of handovers stand on: a case whose money ends with 2027, with an approved analysis and open tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from introduction.domain.roles import Role
from introduction.services import cases, steps
from introduction.services.desk import Desk
from introduction.services.handover_file import HandoverFile, handover_file
from introduction.services.handover_view import Handover
from introduction.services.subjects import Subject
from introduction.store.person import PersonRow
from introduction.store.task import TaskRow, tasks_of
from tests.money import approve, put_case
from tests.world import VGR, World

LAST_DAY = date(2027, 12, 31)
FIRST_DAY = date(2028, 1, 1)
MILLION = 100_000_000
WHY = "Utrymmet räcker inte till patienterna som behandlas"


@dataclass
class Handing:
    """A case in its handover, between the lung clinic and neurology, each with a head."""

    world: World
    case: Subject
    neuro_head: PersonRow

    @classmethod
    def build(cls, world: World, *, analysed: bool = True, **facts: Any) -> Handing:
        """The case as the handover has begun; its units are asked."""
        known = {"financed_until": LAST_DAY, "registry_number": "RS 2026-01234", **facts}
        case = put_case(world, "Nordivumab", "handover", outcome="approved", treating=("lung", "neuro"), **known)
        if analysed:
            approve(world, case, financed={"first": "2026-01", "last": "2027-12"})
        head = world.add_person(Role.HEAD_OF_UNIT, unit_key="neuro", name="Chef Neuro")
        cases.change_facts(world.desk(Role.COORDINATOR), case.instance.id, {"goals": "Ett mål"}, note="Mål")
        return cls(world, case, head)

    def task(self, name: str, unit: str) -> TaskRow:
        """A unit's open task of a name."""
        unit_id = self.world.units[VGR][unit].id
        rows = tasks_of(self.world.session, self.case.instance.id)
        return next(row for row in rows if (row.name, row.unit_id, row.state) == (name, unit_id, "open"))

    def head(self, unit: str) -> Desk:
        """The desk of a unit's head."""
        return self.world.desk(Role.HEAD_OF_UNIT if unit == "lung" else self.neuro_head)

    def propose(self, unit: str, kronor: int = 2_000_000) -> Subject:
        """The economist proposes room."""
        record = {"forecast_ore": 2 * MILLION, "room_ore": kronor * 100, "comment": "Enligt planen"}
        return steps.do_task(self.world.desk(Role.ECONOMIST), self.task("propose_room", unit).id, record=record)

    def answer(self, unit: str, answer: str = "confirmed", comment: str | None = None) -> Subject:
        """A unit's head answers."""
        record = {"answer": answer, "forecast_ore": 2 * MILLION, "comment": comment}
        return steps.do_task(self.head(unit), self.task("confirm_responsibility", unit).id, record=record)

    def agree(self, *units: str) -> None:
        """Room is proposed for units, and they confirm."""
        for unit in units or ("lung", "neuro"):
            self.propose(unit)
            self.answer(unit)

    def conclude(self) -> None:
        """The follow-up has a conclusion, and the money has ended."""
        desk = self.world.desk(Role.COORDINATOR)
        cases.change_facts(desk, self.case.instance.id, {"follow_up_conclusion": "Målen är nådda"}, note="Slutsats")
        self.world.clock.now = self.world.clock.now.replace(year=2028, month=1, day=3)

    def take(self, action: str, by: Role = Role.COORDINATOR, **rest: Any) -> Subject:
        """Take an action."""
        return self.world.take(self.case, action, by, **rest)

    def seen(self, who: Role = Role.ECONOMIST) -> Handover:
        """The handover as the service reads it."""
        return self.file(who).handover

    def file(self, who: Role = Role.ECONOMIST) -> HandoverFile:
        """The handover's page."""
        return handover_file(self.world.desk(who), self.case.number)

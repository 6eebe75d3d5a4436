"""What tests of claims stand on: an introduction with money and a follow-up plan, and claims of its clinic."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from introduction.documents.ledger_file import amount
from introduction.domain.followup.plan import DIMENSIONS
from introduction.domain.ledger import CONTROL, RECEIPT_COLUMNS
from introduction.domain.roles import Role
from introduction.services import attachments, cases, claims, grants, steps
from introduction.services.desk import Desk
from introduction.services.grants import NewGrant
from introduction.services.subjects import Subject
from introduction.store.grant import GrantRow
from introduction.store.indicator import Indicator
from introduction.store.ledger import LedgerFile, lines_of
from tests import files
from tests.world import VGR, World

YEAR = 2026
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


@dataclass
class Clinic:
    """A clinic with a grant of 1 000 000 kr, in a case that has been introduced since the year began."""

    world: World
    case: Subject
    grant: GrantRow
    folder: Path
    region: str = VGR

    @classmethod
    def build(
        cls, world: World, folder: Path, kronor: int = 1_000_000, *, region: str = VGR, example: bool = False
    ) -> Clinic:
        """Introduce a medicine, plan its follow-up, and grant the hospital money for this year."""
        case = world.start_case(region=region, example=example)
        facts = {
            "introduction_start": date(YEAR, 1, 1),
            "financed_until": date(YEAR + 1, 12, 31),
            "treating_units": (world.units[region]["lung"].id, world.units[region]["neuro"].id),
        }
        cases.change_facts(world.desk(Role.COORDINATOR, region), case.instance.id, facts, note="Beslutet")
        plan(world, case)
        if not example:
            world.fund(YEAR, region=region)
        return cls(world, case, grant(world, case, kronor, region=region), folder, region)

    def desk(self, role: Role | str = Role.HEAD_OF_UNIT) -> Desk:
        """Somebody's desk in the clinic's region."""
        return self.world.desk(role, self.region)

    def draft(self, kronor: int = 10_000, days: tuple[date, date] = MARCH, unit: str = "lung", **facts: Any) -> Subject:
        """A claim with all that it asks for, evidence attached."""
        made = self.bare(unit, **{**figures(kronor, days), **facts})
        self.attach(made, f"Utskrift;{made.number}\n".encode())
        return made

    def bare(self, unit: str = "lung", **facts: Any) -> Subject:
        """A claim as it is begun."""
        unit_id = self.world.units[self.region][unit].id
        return claims.start(self.desk(), self.grant.id, unit_id, given=facts)

    def attach(self, claim: Subject, content: bytes = files.CSV) -> None:
        """Attach a file as evidence."""
        attachments.add(self.desk(), claim.instance.id, "utskrift.csv", io.BytesIO(content), files=self.folder)

    def submitted(self, kronor: int = 10_000, days: tuple[date, date] = MARCH, **facts: Any) -> Subject:
        """A claim that has been handed in."""
        return self.take(self.draft(kronor, days, **facts), "submit")

    def approved(self, kronor: int = 10_000, days: tuple[date, date] = MARCH, **facts: Any) -> Subject:
        """A claim that the economist has approved whole."""
        return self.approve(self.submitted(kronor, days, **facts), kronor)

    def take(self, claim: Subject, action: str, by: Role | str = Role.HEAD_OF_UNIT, **rest: Any) -> Subject:
        """Take an action on a claim."""
        return steps.take(self.desk(by), claim.instance.id, action, **rest)

    def approve(self, claim: Subject, kronor: int, **given: Any) -> Subject:
        """The economist approves so much."""
        return self.take(claim, "approve", Role.ECONOMIST, given={"approved_ore": kronor * 100, **given})

    def amounts(self) -> tuple[int, int, int, int]:
        """Unclaimed, claimed, approved and paid of the grant, in kronor; the fund agrees."""
        self.world.session.refresh(self.grant)
        found = self.grant
        return (
            found.unclaimed_ore // 100, found.claimed_ore // 100, found.approved_ore // 100, found.paid_ore // 100
        )  # fmt: skip


def plan(world: World, case: Subject) -> None:
    """A measurable goal of each kind."""
    for dimension in DIMENSIONS:
        world.session.add(
            Indicator(
                case_id=case.instance.id, dimension=dimension, title="Andel", measure="procent", source="Registret",
                direction="at_least", goal_milli=80_000, reported_by="Kliniken", reported_when="Varje kvartal",
                recorded_at=world.clock.now,
            )
        )  # fmt: skip
    world.session.flush()


def grant(world: World, case: Subject, kronor: int, year: int = YEAR, *, region: str = VGR) -> GrantRow:
    """Grant the hospital money of a year."""
    hospital = world.units[region]["hospital"].id
    new = NewGrant(hospital, year, kronor * 100, case.instance.id)
    return grants.give(world.desk(Role.ECONOMIST, region), world.regions[region], new)


def figures(kronor: int, days: tuple[date, date] = MARCH) -> dict[str, Any]:
    """What a claim says of a period's costs."""
    return {
        "period_from": days[0],
        "period_to": days[1],
        "basis": "requisition",
        "patients": 4,
        "quantity_milli": 8_000,
        "gross_new_ore": kronor * 150,
        "gross_displaced_ore": kronor * 50,
    }


def receipt(
    world: World, file: LedgerFile, *, changed: Mapping[int, Mapping[str, Any]] | None = None, **control: Any
) -> bytes:
    """The ledger's answer to a file; ``changed`` are other values by line, ``control`` those of the last row."""
    rows = []
    for line in lines_of(world.session, file.id):
        told = {"fil": file.number, "rekvisition": line.claim_number, "belopp": amount(line.amount_ore),
                "verifikation": f"V{line.number:04d}", "bokford": world.clock.today.isoformat()}  # fmt: skip
        rows.append(";".join(str(value) for value in (told | dict((changed or {}).get(line.number, {}))).values()))
    last = (CONTROL, control.get("lines", file.lines), control.get("total", amount(file.sum_ore)))
    return "\r\n".join([";".join(RECEIPT_COLUMNS), *rows, ";".join(map(str, last)), ""]).encode()

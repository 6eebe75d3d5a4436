"""Applications for extra money in tests: written, and taken along their way by the people who do that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from introduction.domain.roles import Role
from introduction.services import applications, funds, own_savings, steps
from introduction.services.applications import Concern
from introduction.services.books import Minutes
from introduction.services.funds import NewMoney
from introduction.services.own_savings import Told
from introduction.services.subjects import Subject
from introduction.store import application as store
from introduction.store.fund import Fund
from tests.world import NORRBOTTEN, World

KR = 100  #: öre
YEAR = 2027
SAVING = Told(
    "Byte till biosimilar av adalimumab", 250_000 * KR, "Kerstin Isaksson", "80 procent av patienterna",
    date(2027, 9, 30), "started",
)  # fmt: skip
NO_CASE = Concern(
    medicine="Examplumab", indication="svår eosinofil astma", no_case_reason="Läkemedlet kom efter nomineringen."
)
#: The way of an application that nobody holds up.
WAY = ("submit", "finish_savings", "propose", "grant")


def fund(world: World, kr: int = 10_000_000, region: str = NORRBOTTEN, year: int = YEAR) -> Fund:
    """What the region has set aside for the year."""
    new = NewMoney(year, kr * KR, "Regionfullmäktiges budget")
    desk = world.desk(Role.ECONOMIST, region)
    return funds.appropriate(desk, world.regions[region], new, Minutes(world.clock.today, "Budgeten är lagd."))


def need(kr: int = 1_200_000, months: int = 12) -> dict[str, Any]:
    """What the pages of an application say, with so much a year."""
    return {
        "budget_year": YEAR,
        "patients": 12,
        "period_from": date(YEAR, 1, 1),
        "period_to": date(YEAR, months, 31 if months in (1, 3, 5, 7, 8, 10, 12) else 30),
        "need_by_month": {f"{YEAR}-{month:02d}": kr * KR // months for month in range(1, months + 1)},
        "budget_reason": "Läkemedlet rekommenderades efter att budgeten lades.",
        "without_it": "Patienterna får vänta till nästa år.",
    }


def begin(
    world: World, concern: Concern = NO_CASE, *, unit: str = "lung", region: str = NORRBOTTEN, **said: Any
) -> Subject:
    """A draft of the unit; ``said`` is what its pages say."""
    desk = world.desk(Role.HEAD_OF_UNIT if unit == "lung" else Role.COORDINATOR, region)
    subject = applications.start(desk, world.units[region][unit].id, concern)
    return applications.save(desk, subject.instance.id, said) if said else subject


def written(world: World, concern: Concern = NO_CASE, *, kr: int = 1_200_000, **more: Any) -> Subject:
    """A draft with all that is asked for, and one own saving."""
    subject = begin(world, concern, **more, **need(kr))
    desk = world.desk(Role.COORDINATOR, more.get("region", NORRBOTTEN))
    own_savings.add(desk, subject.instance.id, SAVING)
    return subject


def taken(world: World, subject: Subject, ways: Sequence[str], *, region: str = NORRBOTTEN, **values: Any) -> Subject:
    """The application after some actions; ``values`` are what they are told: proposed (kr), granted (kr), note."""
    for way in ways:
        drawn = subject.definition.action_named(way)
        role = drawn.by[0] if drawn.by[0] is not Role.NOMINATOR else Role.COORDINATOR
        if way == "finish_savings":
            examine(world, subject)
        facts = {
            "review": "Behovet stämmer.",
            "proposed_ore": values.get("proposed", 1_000_000) * KR,
            "delay_reason": "Mötet är flyttat.",
        }
        record: dict[str, Any] = {}
        if drawn.record:
            record = {
                "decided_on": world.clock.today, "reasons": "Behovet är visat.", "registry_number": "RN 2026/1",
                "section": "§ 1",
            }  # fmt: skip
            if drawn.outcome != "refused":
                record["granted_ore"] = values.get("granted", 1_200_000) * KR
        given = {key: facts[key] for key in drawn.asks}
        note = values.get("note", "Rätta beloppen.") if drawn.note == "required" else ""
        subject = world.take(subject, way, role, region=region, given=given, record=record, note=note)
    return subject


def examine(world: World, subject: Subject) -> None:
    """The region's examiners confirm every own saving."""
    for saving in store.savings_of(world.session, subject.instance.id):
        own_savings.confirm(world.desk(Role.DRAFTING_GROUP, NORRBOTTEN), saving.id)


def decide(world: World, subject: Subject, action: str, kr: int | None, **more: Any) -> Subject:
    """Record the council's decision."""
    record = {"decided_on": world.clock.today, "reasons": "Behovet är visat.", "registry_number": "RN 2026/1", **more}
    if kr is not None:
        record["granted_ore"] = kr * KR
    return steps.take(world.desk(Role.COUNCIL_CHAIR, NORRBOTTEN), subject.instance.id, action, record=record)

"""A world for tests: time that is moved by hand, two regions, and people with roles in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from introduction.domain.calendar import STOCKHOLM, add_months, local_date
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import cases, funds, people, regions, steps
from introduction.services.books import Minutes
from introduction.services.desk import Desk
from introduction.services.funds import NewMoney
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store.fund import Fund
from introduction.store.person import PersonRow, RoleAssignment, as_person
from introduction.store.region import all_regions, by_slug
from introduction.store.unit import Unit

VGR = "vastra_gotaland"
NORRBOTTEN = "norrbotten"
PASSWORD = "korrekt häst batteri"
UNITS = {"hospital": "Sjukhuset", "lung": "Lungmedicin", "neuro": "Neurologi"}
NINE = datetime(2026, 11, 23, 9, tzinfo=STOCKHOLM)  #: a Monday


@dataclass
class Clock:
    """The time, moved by hand."""

    now: datetime

    @property
    def today(self) -> date:
        """The date in Sweden."""
        return local_date(self.now)

    def forward(self, *, minutes: float = 0, hours: float = 0, days: int = 0, months: int = 0) -> datetime:
        """Let time pass. Months and days keep the hour on the wall; returns the new time."""
        local = self.now.astimezone(STOCKHOLM)
        day = add_months(local.date(), months) + timedelta(days=days)
        moved = datetime.combine(day, local.time(), STOCKHOLM)
        self.now = moved + timedelta(minutes=minutes, hours=hours)
        return self.now


@dataclass
class World:
    """Two regions with units and one person for each role, where a test makes things happen.

    ``people`` and ``units`` are by region; ``desk`` is somebody's place of work, by role.
    """

    session: Session
    catalogue: Catalogue
    clock: Clock
    regions: dict[str, int] = field(default_factory=dict)
    people: dict[str, dict[Role, PersonRow]] = field(default_factory=dict)
    units: dict[str, dict[str, Unit]] = field(default_factory=dict)

    @property
    def operator(self) -> Desk:
        """The desk of the one who runs the machine."""
        return Desk(self.session, self.catalogue, None, self.clock.now, operator=True)

    def desk(self, who: PersonRow | Role | str | None, region: str = VGR) -> Desk:
        """The desk of a person, of the person with a role in a region, or of nobody."""
        row = who if who is None or isinstance(who, PersonRow) else self.people[region][Role(who)]
        by = as_person(self.session, row, self.clock.today) if row is not None else None
        return Desk(self.session, self.catalogue, by, self.clock.now)

    def add_region(self, slug: str) -> None:
        """Give a loaded region an administration with two operations, and a person for each role."""
        region_id = self.regions[slug] = by_slug(self.session, slug).id
        hospital = regions.add_unit(self.operator, region_id, UNITS["hospital"], "administration")
        self.units[slug] = {"hospital": hospital}
        for key in ("lung", "neuro"):
            unit = regions.add_unit(self.operator, region_id, UNITS[key], "operation", parent_id=hospital.id)
            self.units[slug][key] = unit
        self.people[slug] = {role: self.add_person(role, slug) for role in Role}

    def add_person(self, role: Role, region: str = VGR, *, unit_key: str = "lung", name: str = "") -> PersonRow:
        """Add somebody with a role (a local one at a unit) and the password PASSWORD."""
        name = name or f"{role.value.replace('_', ' ').title()} {region.title()}"
        email = f"{name.lower().replace(' ', '.')}@region.example"
        row = people.add_person(self.operator, email, name)
        people.set_password(self.operator, row.id, PASSWORD)
        local = role in (Role.NOMINATOR, Role.HEAD_OF_UNIT)
        unit_id = self.units[region][unit_key].id if local else None
        people.grant_role(self.operator, row.id, role, self.regions[region], unit_id=unit_id)
        return row

    def start_case(
        self,
        medicine: str = "Examplumab",
        indication: str = "svår migrän",
        *,
        by: Role | str = Role.COORDINATOR,
        region: str = VGR,
        example: bool = False,
    ) -> Subject:
        """Open a case from the horizon scan."""
        about = About.typed(medicine, indication)
        roots = cases.Roots(example=example)
        return cases.start(self.desk(by, region), f"{region}.new_medicine", "horizon_scan", about, roots=roots)

    def fund(
        self, year: int, kronor: int = 100_000_000, *, region: str = VGR, held_by: str = "region", example: bool = False
    ) -> Fund:
        """Give a region so much money for new medicines in a budget year, by a decision of today."""
        new = NewMoney(year, kronor * 100, f"Regionens budget för {year}", held_by)
        minutes = Minutes(self.clock.today, "Fullmäktige fastställde budgeten", "Regionfullmäktige", "§ 61")
        return funds.appropriate(self.desk(Role.ECONOMIST, region), self.regions[region], new, minutes, example=example)

    def take(self, case: Subject, action: str, by: Role | str, *, region: str = VGR, **rest: Any) -> Subject:
        """Take an action as the person with a role."""
        return steps.take(self.desk(by, region), case.instance.id, action, **rest)


def build(session: Session, catalogue: Catalogue, clock: Clock) -> None:
    """Load the regions, and give Västra Götaland and Norrbotten units and people."""
    made = World(session, catalogue, clock)
    regions.load(made.operator)
    for slug in (VGR, NORRBOTTEN):
        made.add_region(slug)


def find(session: Session, catalogue: Catalogue, clock: Clock) -> World:
    """The world in a database where it was built."""
    world = World(session, catalogue, clock)
    slugs = {region.id: region.slug for region in all_regions(session)}
    world.regions = {slug: region_id for region_id, slug in slugs.items()}
    keys = {name: key for key, name in UNITS.items()}
    for unit in session.scalars(select(Unit)):
        world.units.setdefault(slugs[unit.region_id], {})[keys.get(unit.name, unit.name)] = unit
    held = select(RoleAssignment, PersonRow).join(PersonRow, PersonRow.id == RoleAssignment.person_id)
    for assignment, row in session.execute(held):
        world.people.setdefault(slugs[assignment.region_id], {})[Role(assignment.role)] = row
    return world

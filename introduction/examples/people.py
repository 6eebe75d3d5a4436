"""The invented people of the demonstration: one for each role in Västra Götaland, and those that Norrbotten needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from introduction.domain.calendar import add_months
from introduction.domain.roles import Person, Role
from introduction.services import passwords, people
from introduction.services.desk import Desk
from introduction.store.person import PersonRow, as_person, by_email
from introduction.store.region import by_slug
from introduction.store.unit import units_of

#: The one password of all demonstration accounts.
DEMO_PASSWORD = "ordnat-inforande-demo"
#: The roles hold from this long before the loading, for the examples tell of years that have passed.
MANDATE_MONTHS = 72

VGR, NORRBOTTEN = "vastra_gotaland", "norrbotten"


@dataclass(frozen=True)
class Invented:
    """Somebody who does not exist: name, region, roles and, for a local role, the names of the units."""

    name: str
    region: str
    roles: tuple[Role, ...]
    units: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """An address that can never receive mail."""
        plain = self.name.lower().translate(str.maketrans("åäöé", "aaoe")).replace(" ", ".")
        return f"{plain}@{'vgr' if self.region == VGR else self.region}.example"


PEOPLE: tuple[Invented, ...] = (
    Invented("Karin Ek", VGR, (Role.COORDINATOR,)),
    Invented("Maria Lind", VGR, (Role.REGISTRAR,)),
    Invented("Sara Holm", VGR, (Role.DRAFTING_GROUP,)),
    Invented("Anders Berg", VGR, (Role.DRAFTING_GROUP,)),
    Invented("Per Nyström", VGR, (Role.COUNCIL_MEMBER,)),
    Invented("Ingrid Falk", VGR, (Role.COUNCIL_CHAIR,)),
    Invented("Lars Viklund", VGR, (Role.SECRETARY,)),
    Invented("Johan Sand", VGR, (Role.NOMINATOR,), ("Lungmedicin, Sahlgrenska",)),
    Invented("Eva Björk", VGR, (Role.NOMINATOR,), ("Neurologi, Kärnsjukhuset",)),
    Invented("Petra Ahl", VGR, (Role.ECONOMIST,)),
    Invented("Maja Strand", VGR, (Role.HEAD_OF_UNIT,), ("Hematologi, Sahlgrenska", "Onkologi, Sahlgrenska")),
    Invented("Olof Dahl", VGR, (Role.HEAD_OF_UNIT,), ("Medicin, NÄL",)),
    Invented("Helena Roos", VGR, (Role.HEAD_OF_UNIT,), ("Neurologi, Sahlgrenska",)),
    Invented("Bengt Åberg", VGR, (Role.AUDITOR,)),
    Invented("Lisa Öhman", VGR, (Role.READER,)),
    Invented("Nils Norén", VGR, (Role.ADMINISTRATOR,)),
    Invented("Anna Lindmark", NORRBOTTEN, (Role.COORDINATOR,)),
    Invented("Mikael Forsberg", NORRBOTTEN, (Role.DRAFTING_GROUP,)),
    Invented("Ulla Sundström", NORRBOTTEN, (Role.COUNCIL_MEMBER,)),
    Invented("Tomas Engman", NORRBOTTEN, (Role.COUNCIL_CHAIR,)),
    Invented("Birgitta Wikström", NORRBOTTEN, (Role.SECRETARY, Role.REGISTRAR)),
    Invented("Kerstin Isaksson", NORRBOTTEN, (Role.HEAD_OF_UNIT,), ("Medicin, Sunderbyn",)),
    Invented("Jan Lövgren", NORRBOTTEN, (Role.ECONOMIST,)),
)


@dataclass(frozen=True)
class Login:
    """An account worth trying: its address and what it shows."""

    email: str
    shows: str


LOGINS: tuple[Login, ...] = (
    Login("karin.ek@vgr.example", "samordnare, Västra Götaland"),
    Login("sara.holm@vgr.example", "beredningsgrupp, Västra Götaland"),
    Login("johan.sand@vgr.example", "nominerande verksamhet, Lungmedicin"),
    Login("maja.strand@vgr.example", "verksamhetschef, Hematologi och Onkologi"),
    Login("nils.noren@vgr.example", "administratör, Västra Götaland"),
    Login("anna.lindmark@norrbotten.example", "samordnare, Norrbotten"),
)


def add_people(desk: Desk) -> int:
    """Add the demonstration accounts that are missing, with their roles, and open those that have been ended.

    Returns how many were added or opened. The password is hashed once for all of them: what takes a tenth of a
    second each buys nothing here.
    """
    ended = [row for invented in PEOPLE if (row := by_email(desk.session, invented.email)) and not row.active]
    for row in ended:
        row.active = True
    missing = [invented for invented in PEOPLE if by_email(desk.session, invented.email) is None]
    if not missing:
        return len(ended)
    password_hash = passwords.hasher.hashed(DEMO_PASSWORD)
    since = add_months(desk.today, -MANDATE_MONTHS)
    for invented in missing:
        row = people.add_person(desk, invented.email, invented.name, example=True)
        row.password_hash, row.password_changed_at = password_hash, desk.now
        _grant_roles(desk, row, invented, since)
    return len(ended) + len(missing)


def _grant_roles(desk: Desk, row: PersonRow, invented: Invented, since: date) -> None:
    region_id = by_slug(desk.session, invented.region).id
    unit_ids = {unit.name: unit.id for unit in units_of(desk.session, region_id, desk.today)}
    for role in invented.roles:
        for unit in invented.units or (None,):
            unit_id = unit_ids[unit] if unit else None
            people.grant_role(desk, row.id, role, region_id, unit_id=unit_id, valid_from=since)


class Cast:
    """The demonstration people as actors: who plays a role in a region, and for a unit where it is local."""

    def __init__(self, desk: Desk) -> None:
        self._people: list[tuple[Invented, Person]] = []
        for invented in PEOPLE:
            row = by_email(desk.session, invented.email)
            assert row is not None, "the demonstration accounts are loaded first"
            self._people.append((invented, as_person(desk.session, row, desk.today)))

    def named(self, name: str) -> Person:
        """The person of a first or full name."""
        return next(person for invented, person in self._people if name in (invented.name, invented.name.split()[0]))

    def of(self, user_id: int) -> Person:
        """The person of an id."""
        return next(person for _invented, person in self._people if person.user_id == user_id)

    def playing(self, role: Role, region: str, unit: str | None = None, turn: int = 0) -> Person:
        """Who plays a role. Several take turns; where no one holds a local role for the unit, the coordinator acts."""
        able = [p for who, p in self._people if who.region == region and role in who.roles]
        if unit is not None or role in (Role.NOMINATOR, Role.HEAD_OF_UNIT):
            able = [p for who, p in self._people if who.region == region and role in who.roles and unit in who.units]
        if able:
            return able[turn % len(able)]
        return self.playing(Role.COORDINATOR, region)

"""Who is told: from roles, units and names to people who can be reached today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from introduction.domain.notices import Preference
from introduction.domain.process.loading import Catalogue
from introduction.domain.process.timing import Recipient
from introduction.domain.roles import LOCAL_ROLES, NEXT_IN_LINE, Role
from introduction.store import person as persons
from introduction.store import preference as preferences
from introduction.store import unit as units
from introduction.store.region import all_regions


@dataclass(frozen=True)
class Matter:
    """Something that somebody has: who it is with, and whom else it names."""

    region_id: int | None  #: None for what is national
    role: Role  #: whose it is
    person_id: int | None = None  #: to whom of them it was given
    unit_ids: Collection[int] = ()  #: the units concerned, for the local roles
    nominating_unit_id: int | None = None
    owner_id: int | None = None
    contact_person_id: int | None = None


@dataclass
class Found:
    """Who is told (with whom each stands in for), and who should have been but cannot be reached."""

    people: dict[int, int | None] = field(default_factory=dict)
    unreached: list[int] = field(default_factory=list)


class Directory:
    """The people who hold roles on a day, read once. Answers without asking the database again."""

    def __init__(self, session: Session, catalogue: Catalogue, day: date) -> None:
        self._holding = persons.holding(session, day)
        self._parents = units.parents(session)
        self._away = preferences.substitutes(session, day)
        regions = all_regions(session)
        self._rules = {region.id: catalogue.regions.get(region.slug) for region in regions}
        self._national_rules = catalogue.regions.get("national")  # which is there without being a row
        self.preferences: Mapping[int, Preference] = preferences.chosen(session, {h.person_id for h in self._holding})
        self._by_role: dict[tuple[int, Role], list[persons.Holding]] = {}
        for holding in self._holding:
            self._by_role.setdefault((holding.region_id, holding.role), []).append(holding)

    def recipients(self, matter: Matter, to: Recipient | None) -> Found:
        """Who is told of a matter. Nobody twice; whoever is away is stood in for; empty when nobody can be reached."""
        found = Found()
        role, named = self._meant(matter, to)
        if named is not None and not self.reaches(named, matter.region_id):
            found.unreached.append(named)
            named = None
        people = [named] if named is not None else self._first_who_hold(matter, role, but=found.unreached)
        away = [person for person in people if self._substituted(person, matter.region_id)]
        found.people = {person: None for person in people if person not in away}
        for person in away:
            found.people.setdefault(self._away[person], person)
        return found

    def reaches(self, person_id: int, region_id: int | None) -> bool:
        """True when the person can sign in and holds some role in the region today."""
        return any(h.person_id == person_id and region_id in (None, h.region_id) for h in self._holding)

    def holders(self, region_id: int | None, role: Role, unit_ids: Collection[int] = ()) -> list[int]:
        """The people with a role; of a local role those nearest to each unit, upwards from it."""
        held = self._held(region_id, role)
        if role not in LOCAL_ROLES:
            return list(dict.fromkeys(h.person_id for h in held))
        return list(dict.fromkeys(person for unit_id in unit_ids for person in self._nearest(held, unit_id)))

    def _held(self, region_id: int | None, role: Role) -> list[persons.Holding]:
        """Who holds a role in a region. What is national is with every region's."""
        if region_id is not None:
            return self._by_role.get((region_id, role), [])
        return [h for h in self._holding if h.role == role]

    def _nearest(self, held: Iterable[persons.Holding], unit_id: int) -> list[int]:
        at: dict[int | None, list[int]] = {}
        for holding in held:
            at.setdefault(holding.unit_id, []).append(holding.person_id)
        place: int | None = unit_id
        while place is not None:
            if place in at:
                return list(at[place])
            place = self._parents.get(place)
        return []

    def _meant(self, matter: Matter, to: Recipient | None) -> tuple[Role, int | None]:
        """The role that a recipient stands for, and the person where one is named."""
        match to:
            case None:
                return matter.role, matter.person_id
            case "owner":
                return Role.COORDINATOR, matter.owner_id
            case "contact_person":
                return Role.COORDINATOR, matter.contact_person_id
            case "unit_head":
                return Role.HEAD_OF_UNIT, None
            case "next_in_line":
                return self._after(matter.region_id, matter.role), None
        return Role(to), None

    def _after(self, region_id: int | None, role: Role) -> Role:
        rules = self._rules.get(region_id) if region_id is not None else self._national_rules
        return rules.comes_after(role) if rules is not None else NEXT_IN_LINE[role]

    def _first_who_hold(self, matter: Matter, role: Role, but: Collection[int]) -> list[int]:
        """The holders of the role; when there are none, of the next in line, and so on."""
        asked: list[Role] = []
        while role not in asked:
            asked.append(role)
            people = [p for p in self.holders(matter.region_id, role, self._units(matter, role)) if p not in but]
            if people:
                return people
            role = self._after(matter.region_id, role)
        return []

    def _units(self, matter: Matter, role: Role) -> Collection[int]:
        if role is Role.NOMINATOR and matter.nominating_unit_id is not None:
            return [matter.nominating_unit_id]
        return matter.unit_ids or ([matter.nominating_unit_id] if matter.nominating_unit_id is not None else [])

    def _substituted(self, person_id: int, region_id: int | None) -> bool:
        substitute = self._away.get(person_id)
        return substitute is not None and self.reaches(substitute, region_id)

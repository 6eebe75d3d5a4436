"""People who do whatever a case allows, with facts and records drawn from a random generator.

Most of what they say is such that a case gets on; the rest is what people also type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from introduction.domain.calendar import add_months
from introduction.domain.fields import RECORDS, Field, Kind, fields_of
from introduction.domain.process.definition import Action, Definition, Task
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person
from introduction.services import steps
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store.person import as_person
from introduction.store.instance import Instance
from introduction.store.task import tasks_of
from introduction.store.unit import Unit
from tests.world import World

#: Answers that let a case get on.
LEADING: Mapping[str, Any] = {
    "authorised": True,
    "routine_use": "not_routine",
    "evidence_exists": True,
    "reorganisation": True,
    "severity": "very_high",
    "rank": 3,
    "adherence": "followed",
    "answer": "confirmed",
    "outcome": "approved",
}
TEXTS = ("Svår migrän hos vuxna", "Enligt plan", "§ 12", "Inget jäv", "å ä ö É")


@dataclass
class Cast:
    """What a random doer needs to know of the world: people by role, and units, as plain values."""

    people: Mapping[str, Person]
    unit_ids: tuple[int, ...]
    administration_id: int
    contact_id: int

    @classmethod
    def of(cls, world: World, region: str) -> Cast:
        """Everybody in a region of the world."""
        people = {
            str(role): as_person(world.session, row, world.clock.today) for role, row in world.people[region].items()
        }
        units: dict[str, Unit] = world.units[region]
        return cls(people, (units["lung"].id, units["neuro"].id), units["hospital"].id, people["coordinator"].user_id)

    def playing(self, roles: Iterable[str], rng: Random) -> Person:
        """Somebody with one of the roles."""
        return self.people[rng.choice(list(roles))]


@dataclass
class Doer:
    """Draws what to do and what to say. ``wild`` is how often it says something else than what leads on."""

    rng: Random
    cast: Cast
    catalogue: Catalogue
    today: date
    wild: float = 0.15

    def value(self, drawn: Field) -> Any:
        """A value for a field."""
        rng = self.rng
        if drawn.key in LEADING and rng.random() > self.wild:
            return LEADING[drawn.key]
        match drawn.kind:
            case Kind.TEXT | Kind.LONG_TEXT:
                return "" if rng.random() < self.wild / 4 else rng.choice(TEXTS)
            case Kind.YES_NO:
                return rng.choice((True, False))
            case Kind.CHOICE:
                return rng.choice(drawn.choices)[0]
            case Kind.CHOICES:
                return tuple(key for key, _title in drawn.choices if rng.random() < 0.5)
            case Kind.WHOLE:
                return rng.randint(drawn.low or 0, drawn.high or 100)
            case Kind.MONEY:
                return rng.choice((0, 1, 90_000_000, 410_000_000, 890_000_000))
            case Kind.DATE:
                return self._date(drawn.key)
            case Kind.UNITS:
                return tuple(unit for unit in self.cast.unit_ids if rng.random() < 0.7)
            case Kind.UNIT:
                return (
                    self.cast.administration_id
                    if drawn.unit_kind == "administration"
                    else rng.choice(self.cast.unit_ids)
                )
            case Kind.PERSON:
                return self.cast.contact_id

    def _date(self, key: str) -> date:
        near = self.today + timedelta(days=self.rng.randint(-20, 0))
        if self.rng.random() < self.wild:
            return self.today + timedelta(days=self.rng.randint(-400, 900))
        return add_months(near, 24) if key in ("financed_until", "reassess_by", "expected_approval") else near

    def say(self, fields: Mapping[str, Field], asked: Iterable[str], may: Iterable[str] = ()) -> dict[str, Any]:
        """All that is asked for (seldom not), and some of what may be said."""
        rng = self.rng
        keys = [key for key in asked if rng.random() > self.wild / 5]
        keys += [key for key in may if rng.random() < 0.3]
        return {key: self.value(fields[key]) for key in dict.fromkeys(keys)}

    def record(self, kind: str | None) -> dict[str, Any] | None:
        """The fields of a record."""
        if kind is None:
            return None
        given = self.say(RECORDS[kind], RECORDS[kind])
        if "budget_year" in given:
            given["budget_year"] = self.today.year + self.rng.randint(0, 2)
        return given

    def note(self) -> str:
        """What the person wants to say with it."""
        return "" if self.rng.random() < self.wild / 4 else "Motivering"

    def take_something(self, session: Session, now: datetime, instance_id: int) -> None:
        """Take some action that is drawn from the stage; at an end there is none."""
        instance = session.get_one(Instance, instance_id, populate_existing=True)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        drawn = definition.actions_from(instance.stage)
        if drawn:
            action = self.rng.choice(drawn)
            steps.take(self._desk(session, action.by, now), instance_id, action.id, **self._words(definition, action))

    def do_something(self, session: Session, now: datetime, instance_id: int) -> None:
        """Do some open task; where there is none, take an action."""
        rows = [row for row in tasks_of(session, instance_id) if row.state == "open"]
        if not rows:
            return self.take_something(session, now, instance_id)
        instance = session.get_one(Instance, instance_id)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        row = self.rng.choice(rows)
        words = self._words(definition, task_named(definition, row.name))
        steps.do_task(self._desk(session, [row.role], now), row.id, **words)
        return None

    def _desk(self, session: Session, roles: Iterable[str], now: datetime) -> Desk:
        return Desk(session, self.catalogue, self.cast.playing(roles, self.rng), now)

    def _words(self, definition: Definition, asking: Action | Task) -> dict[str, Any]:
        fields = fields_of(definition.subject)
        return {
            "given": self.say(fields, asking.asks, asking.may),
            "record": self.record(asking.record),
            "note": self.note(),
        }

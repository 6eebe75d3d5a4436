"""People who do whatever a case allows, with facts and records drawn from a random generator.

Most of what they say is such that a case gets on; the rest is what people also type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from introduction.domain.calendar import add_months
from introduction.domain.fields import RECORDS, Field, Kind
from introduction.domain.followup.plan import lacking
from introduction.domain.process.definition import Action, Definition, Task
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person
from introduction.domain.subjects import fields_of
from introduction.services import follow_up_plan, steps
from introduction.services.desk import Desk
from introduction.services.subjects import task_named
from introduction.store import indicator as indicators
from introduction.store.instance import Instance
from introduction.store.person import as_person
from introduction.store.task import tasks_of
from introduction.store.unit import Unit
from tests.world import NINE, World

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
    "held_by": "region",
}
GOAL: Mapping[str, Any] = {
    "measure": "procent",
    "direction": "at_least",
    "goal_milli": 80_000,
    "source": "Registret",
    "reported_by": "Varje enhet",
    "reported_when": "Varje kvartal",
}
#: The budget years for which there is money.
FUNDED = range(NINE.year, NINE.year + 8)
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


def endow(world: World, region: str) -> None:
    """Give a region money for the years to come, of which every introduction can be granted its part."""
    for year in FUNDED:
        world.fund(year, 1_000_000_000, region=region)


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
        if drawn.key in LEADING and self.rng.random() > self.wild:
            return LEADING[drawn.key]
        if drawn.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
            return self._chosen(drawn)
        if drawn.kind in (Kind.UNITS, Kind.UNIT, Kind.PERSON):
            return self._somebody(drawn)
        return self._written(drawn)

    def _chosen(self, drawn: Field) -> Any:
        if drawn.kind is Kind.YES_NO:
            return self.rng.choice((True, False))
        keys = [key for key, _title in drawn.choices]
        return self.rng.choice(keys) if drawn.kind is Kind.CHOICE else tuple(k for k in keys if self.rng.random() < 0.5)

    def _somebody(self, drawn: Field) -> Any:
        if drawn.kind is Kind.PERSON:
            return self.cast.contact_id
        if drawn.kind is Kind.UNITS:
            return tuple(unit for unit in self.cast.unit_ids if self.rng.random() < 0.7)
        known = {"administration": (self.cast.administration_id,)}
        return self.rng.choice(known.get(drawn.unit_kind or "", self.cast.unit_ids))

    def _written(self, drawn: Field) -> Any:
        match drawn.kind:
            case Kind.WHOLE:
                return self.rng.randint(drawn.low or 0, drawn.high or 100)
            case Kind.MONEY:
                return self.rng.choice((0, 1, 90_000_000, 410_000_000, 890_000_000))
            case Kind.DATE:
                return self._date(drawn.key)
            case _:
                return "" if self.rng.random() < self.wild / 4 else self.rng.choice(TEXTS)

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
            given["budget_year"] = self.today.year + self.rng.choice((0, 0, 0, 1))
        return given

    def note(self) -> str:
        """What the person wants to say with it."""
        return "" if self.rng.random() < self.wild / 4 else "Motivering"

    def take_something(
        self, session: Session, now: datetime, instance_id: int, *, main: bool = False, but: Collection[str] = ()
    ) -> None:
        """Take some action that is drawn from the stage, the main one if asked for; at an end there is none."""
        instance = session.get_one(Instance, instance_id, populate_existing=True)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        drawn = [action for action in definition.actions_from(instance.stage) if action.id not in but]
        if drawn:
            action = self.rng.choice([action for action in drawn if action.main >= main] or drawn)
            if "follow_up_planned" in action.needs and self.rng.random() > self.wild:
                self.set_goals(session, now, instance_id)
            steps.take(self._desk(session, action.by, now), instance_id, action.id, **self._words(definition, action))

    def do_something(self, session: Session, now: datetime, instance_id: int, *, main: bool = False) -> None:
        """Do some open task; where there is none, take an action, the main one if asked for."""
        rows = [row for row in tasks_of(session, instance_id) if row.state == "open"]
        if not rows:
            return self.take_something(session, now, instance_id, main=main)
        instance = session.get_one(Instance, instance_id)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        row = self.rng.choice(rows)
        words = self._words(definition, task_named(definition, row.name))
        roles = ["coordinator"] if row.unit_id else [row.role, "coordinator"]
        steps.do_task(self._desk(session, roles, now), row.id, **words)
        return None

    def divide_money(self, session: Session, now: datetime, instance_id: int) -> None:
        """Grant money where the stage has an action for that."""
        instance = session.get_one(Instance, instance_id)
        definition = self.catalogue.get(instance.definition_id, instance.definition_version)
        for action in definition.actions_from(instance.stage):
            if action.record == "grant":
                words = self._words(definition, action)
                steps.take(self._desk(session, action.by, now), instance_id, action.id, **words)

    def set_goals(self, session: Session, now: datetime, case_id: int) -> None:
        """Say how the introduction will be followed up, where that has not been said."""
        desk = self._desk(session, ("drafting_group",), now)
        for dimension in lacking(row.dimension for row in indicators.plan_of(session, case_id)):
            follow_up_plan.add(desk, case_id, {**GOAL, "dimension": dimension, "title": f"Andel, {dimension}"})

    def _desk(self, session: Session, roles: Iterable[str], now: datetime) -> Desk:
        known = list(roles)
        if "coordinator" in known and self.rng.random() > 3 * self.wild:
            known = ["coordinator"]  # whose role holds for every unit
        return Desk(session, self.catalogue, self.cast.playing(known, self.rng), now)

    def _words(self, definition: Definition, asking: Action | Task) -> dict[str, Any]:
        fields = fields_of(definition.subject)
        return {
            "given": self.say(fields, asking.asks, asking.may),
            "record": self.record(asking.record),
            "note": self.note(),
        }

"""Two administrators at once: a person is named to read secret figures once, so that one ending ends it."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from introduction.domain.errors import InvalidInput
from introduction.domain.roles import Role
from introduction.services import net_readers
from introduction.services.desk import Desk
from introduction.store.net_price import NetReader
from tests.reliability.test_concurrency import Office
from tests.world import VGR, World

MANY = 6


def test_a_person_is_named_once_however_many_name_at_once(engine: Engine, world: World) -> None:
    region, person = world.regions[VGR], world.people[VGR][Role.ECONOMIST].id
    office = Office(engine, world)

    def name(desk: Desk) -> NetReader:
        return net_readers.name(desk, region, person, reason="Förhandlar priset")

    answers = office.at_once(*[lambda: office.act(name, "administrator")] * MANY)
    assert sum(isinstance(answer, InvalidInput) for answer in answers) == MANY - 1
    assert office.read(lambda session: session.scalar(select(func.count()).select_from(NetReader))) == 1

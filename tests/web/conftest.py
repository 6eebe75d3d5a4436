"""The service for tests of its pages: on both databases, with a case in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import cases
from introduction.services.cases import Roots
from introduction.services.medicines import About
from tests.journeys.answers import FACTS
from tests.journeys.site import Site, running, standing
from tests.world import VGR, Clock, World

PROCESS = f"{VGR}.new_medicine"


@pytest.fixture
def world(engine: Engine, catalogue: Catalogue, clock: Clock) -> Iterator[World]:
    """The world in the database, without holding its lock."""
    with standing(engine, catalogue, clock) as found:
        yield found


@pytest.fixture
def site(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> Iterator[Site]:
    """The running service."""
    with running(engine, world, clock, tmp_path) as service:
        yield service


@pytest.fixture
def case(site: Site) -> str:
    """The number of a case that the lung clinic has nominated."""
    with site.changing() as world:
        given = {key: FACTS[key] for key in ("target_population", "benefit", "conflicts_of_interest")}
        roots = Roots(nominating_unit_id=world.units[VGR]["lung"].id)
        about = About.typed("Påhittumab", "svår astma")
        return cases.start(world.desk(Role.NOMINATOR), PROCESS, "nomination", about, given=given, roots=roots).number

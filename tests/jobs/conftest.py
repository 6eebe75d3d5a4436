"""A worker at work, for tests of what it does."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from introduction.domain.roles import Role
from introduction.store.person import PersonRow
from tests.jobs.office import Office
from tests.world import Clock, World


@pytest.fixture
def office(engine: Engine, world: World, clock: Clock) -> Office:
    """A worker with its world, on both databases."""
    world.session.commit()  # nobody holds the lock that the worker wants
    return Office(engine, world, clock)


@pytest.fixture
def coordinator(office: Office) -> PersonRow:
    """Who has the first stage of a case."""
    return office.person(Role.COORDINATOR)


@pytest.fixture
def economist(office: Office) -> PersonRow:
    """Who is given tasks."""
    return office.person(Role.ECONOMIST)

"""The service for journeys: on both databases, at a time that the journey moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from introduction.domain.process.loading import Catalogue
from tests.journeys.site import Site, running, standing
from tests.journeys.story import Story
from tests.world import Clock, World


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
def story(site: Site) -> Story:
    """What people do with the service as time goes."""
    return Story(site)

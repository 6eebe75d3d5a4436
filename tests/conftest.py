"""What tests stand on: databases, the shipped processes, a clock that is moved by hand, and people with roles."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from introduction.domain.process import loading
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.services import passwords
from introduction.services.desk import Desk
from introduction.settings import bundled
from introduction.store import database
from introduction.store.person import PersonRow, as_person
from tests import ordering
from tests import world as world_module
from tests.databases import EMPTY, WORLD, Databases, writing
from tests.demonstration import Demonstration
from tests.demonstration import demonstration as load_demonstration
from tests.world import Clock, World


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the tests to the workers, where there are several."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = ordering.dealt(items, workers, lambda item: item.nodeid.partition("::")[0])


def pytest_collection_finish() -> None:
    """Let the garbage collector leave what has been imported alone, and come less often: a tenth of the time is its."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


# --- no network

_reached_out: list[str] = []


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop a connection to anything but this machine; mail is not sent to this machine's own server either."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        where = arguments[1][:2]
    elif event == "smtplib.connect":
        where = arguments[1:3]
    else:
        return
    if not _is_here(str(where[0])) or (event == "smtplib.connect" and where[1] < 1024):
        _reached_out.append(f"{where[0]}:{where[1]}")
        raise RuntimeError(f"a test may not connect to {where[0]}:{where[1]}")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """A test that tried to reach the network fails, even where the code took the refusal for an answer."""
    _reached_out.clear()
    yield _reached_out
    assert not _reached_out, f"the test tried to connect to {', '.join(_reached_out)}"


# --- databases


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all workers of the run know."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def databases(
    shared: Path, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, cheap_passwords: None
) -> Iterator[Databases]:
    """Makes databases; what it prepares is shared by all workers of the run."""

    def populate(engine: Engine) -> None:
        with writing(engine) as session:
            world_module.build(session, catalogue, Clock(world_module.NINE))

    found = Databases(shared, tmp_path_factory.mktemp("databases"), populate)
    yield found
    found.close()


@pytest.fixture
def sqlite_engine(databases: Databases) -> Iterator[Engine]:
    """A migrated SQLite database, for what does not depend on the database."""
    with databases.lent("sqlite") as engine:
        yield engine


@pytest.fixture
def postgresql_engine(databases: Databases) -> Iterator[Engine]:
    """A migrated PostgreSQL database, for what SQLite does not have."""
    with databases.lent("postgresql") as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated database, once of each kind: empty, or with the world where the test asks for that."""
    with databases.lent(request.param, WORLD if "world" in request.fixturenames else EMPTY) as made:
        yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A writing transaction. A test that looks from outside commits it, and begins another with ``begin_writing``."""
    with Session(engine, expire_on_commit=False) as opened:
        database.begin_writing(opened)
        yield opened


@pytest.fixture(scope="session")
def demonstration(shared: Path, catalogue: Catalogue, cheap_passwords: None) -> Demonstration:
    """Everything that ships to look at, loaded on Monday 23 November 2026. Who wants to change it takes a copy."""
    return load_demonstration(shared, catalogue)


# --- time, processes


@pytest.fixture
def now() -> datetime:
    """Monday 23 November 2026, nine in the morning in Stockholm."""
    return world_module.NINE


@pytest.fixture
def clock(now: datetime) -> Clock:
    """A clock that stands still until the test moves it."""
    return Clock(now)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped processes. Whether they are published is a test of its own."""
    return loading.load(bundled("workflows"), demand_published=False)


# --- people


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash at the lowest cost: what is tested is the rules around the hash."""
    passwords.hasher = passwords.Passwords(time_cost=1, memory_kib=32)


@pytest.fixture
def world(session: Session, catalogue: Catalogue, clock: Clock) -> World:
    """Västra Götaland and Norrbotten with units and people, on both databases."""
    return world_module.find(session, catalogue, clock)


@pytest.fixture
def desk(session: Session, catalogue: Catalogue, clock: Clock) -> Callable[[PersonRow | None], Desk]:
    """Makes a person's desk at the clock's present time."""

    def make(row: PersonRow | None) -> Desk:
        by = as_person(session, row, clock.today) if row is not None else None
        return Desk(session, catalogue, by, clock.now)

    return make


@pytest.fixture
def people(world: World) -> dict[str, dict[Role, PersonRow]]:
    """One person for each role in Västra Götaland and Norrbotten, by region and role."""
    return world.people

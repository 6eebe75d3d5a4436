"""Brings a database to the newest revision, or back. The revisions stand in the folder `migrations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from introduction.settings import bundled
from introduction.store.database import WRITES

if TYPE_CHECKING:
    from alembic.config import Config

#: Any number: two processes that start at once take turns on PostgreSQL.
_TURN = 20261123


def newest() -> str:
    """The newest revision. Revisions are numbered files, so their names say it without loading Alembic."""
    return max(path.name.split("_")[0] for path in bundled("migrations").glob("versions/[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def is_current(engine: Engine) -> bool:
    """True when the database has the newest revision."""
    return current(engine) == newest()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, whole or not at all. Quick when it is there already."""
    if not is_current(engine):
        _run(engine, "upgrade", "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision; ``base`` empties it."""
    _run(engine, "downgrade", revision)


def _run(engine: Engine, verb: str, revision: str) -> None:
    from alembic import command  # a start with nothing to do should not pay for loading it

    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        _take_turn(connection)
        getattr(command, verb)(_config(connection), revision)


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

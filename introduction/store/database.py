"""Engines and transactions, alike on SQLite and PostgreSQL.

A page that only reads uses a plain transaction (read-only on PostgreSQL). Anything that writes says so
when it begins: SQLite then takes its write lock at once, since a transaction that reads first and writes
later would silently overwrite what somebody else wrote in between.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

WRITES = "introduction_writes"


def open_engine(url: str, **options: Any) -> Engine:
    """An engine for a database URL, with the pragmas and transactions that this product needs."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return prepare(create_engine(parsed, **options))


def prepare(engine: Engine) -> Engine:
    """Give an engine its listeners. Safe to call once for each engine.

    Errors and logs never hold the values of a statement: they may be a secret share, or what somebody wrote.
    """
    engine.hide_parameters = True
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 15000", "journal_mode = WAL", "foreign_keys = ON", "recursive_triggers = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_reading(session: Session) -> None:
    """Begin a transaction that cannot write (on PostgreSQL it would be refused)."""
    session.connection(execution_options={"postgresql_readonly": True})


def begin_snapshot(session: Session) -> None:
    """Begin a transaction that cannot write and in which every statement sees the same moment."""
    options: dict[str, Any] = {"postgresql_readonly": True}
    if session.get_bind().dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    session.connection(execution_options=options)


def begin_writing(session: Session) -> None:
    """Begin a transaction that writes. Raises sqlalchemy's OperationalError when SQLite stays locked."""
    session.connection(execution_options={WRITES: True})


def alone(session: Session, work: str) -> bool:
    """True when nobody else does a piece of work at the same time; held until the transaction ends.

    On SQLite whoever writes is alone already.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"introduction:{work}", 0))
    return bool(session.scalar(select(lock)))

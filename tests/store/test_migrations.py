"""Migrations: up, down and up again on both databases, and no difference from the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from introduction.settings import bundled
from introduction.store import Base, database, migrate
from tests.databases import Databases


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(databases: Databases, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "postgresql":
        with databases.postgresql(template=None) as engine:
            yield engine
        return
    engine = database.open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    yield engine
    engine.dispose()


def triggers(engine: Engine) -> set[tuple[str, ...]]:
    """Every trigger with its full text."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query))}


def described(engine: Engine) -> dict[str, dict[str, Any]]:
    """Every table as the database describes it."""
    inspector = inspect(engine)
    ways: dict[str, Callable[[str], Any]] = {
        "columns": inspector.get_columns,
        "primary key": inspector.get_pk_constraint,
        "foreign keys": inspector.get_foreign_keys,
        "unique": inspector.get_unique_constraints,
        "checks": inspector.get_check_constraints,
        "indexes": inspector.get_indexes,
    }
    tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {table: {what: comparable(way(table)) for what, way in ways.items()} for table in tables}


def comparable(found: Any) -> Any:
    """Types as text and lists in order, so that two descriptions can be compared."""
    if isinstance(found, list):
        return sorted((comparable(part) for part in found), key=repr)
    if isinstance(found, dict):
        return {key: comparable(part) for key, part in found.items() if key != "comment"}
    return found if found is None or isinstance(found, bool | int) else str(found)


def test_an_empty_database_is_brought_to_the_newest_revision(empty_engine: Engine) -> None:
    assert migrate.current(empty_engine) is None
    migrate.upgrade(empty_engine)
    assert migrate.is_current(empty_engine)


def test_up_down_and_up_again_gives_the_same_tables_and_triggers(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    tables, guards = described(empty_engine), triggers(empty_engine)

    migrate.downgrade(empty_engine, "base")
    assert inspect(empty_engine).get_table_names() == ["alembic_version"]
    assert triggers(empty_engine) == set()

    migrate.upgrade(empty_engine)
    assert described(empty_engine) == tables
    assert triggers(empty_engine) == guards
    assert guards


def test_the_migrations_say_what_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": Base.metadata}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_tables_made_from_the_metadata_are_described_alike_with_every_check(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine)
    migrated = described(empty_engine)
    migrate.downgrade(empty_engine, "base")
    Base.metadata.create_all(empty_engine)
    assert described(empty_engine) == migrated


def test_the_numbered_files_are_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [migrate.newest()]
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_a_revision_that_fails_leaves_nothing_behind(empty_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE unit_terms (id INTEGER)"))  # in the way of the first revision
    with pytest.raises(Exception, match="unit_terms"):
        migrate.upgrade(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["unit_terms"]

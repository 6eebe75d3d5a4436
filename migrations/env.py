"""Runs revisions on the connection, and in the transaction, that introduction.store.migrate hands over."""

from __future__ import annotations

from alembic import context

from introduction.store import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can take back what a failed revision has made: the engine says BEGIN itself.
    transactional_ddl=True,
)
context.run_migrations()

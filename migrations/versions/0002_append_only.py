"""Triggers that keep what was written: events, decisions, issued recommendations, seals and disposals.

No later revision may rebuild one of these tables: SQLite drops a table's triggers with the table.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Tables whose rows are never changed, with the name of their row's chain of events: its beginning and a column.
#: While a disposal of the chain goes on, its rows may be deleted.
CHAINED = {
    "event": ("", "stream"),
    "decision": ("instance:", "case_id"),
    "recommendation_version": ("instance:", "recommendation_id"),
}
TABLES = (*CHAINED, "seal", "disposal")


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _downgrade_postgresql()
    else:
        _downgrade_sqlite()


# --- SQLite: recursive_triggers is on for every connection, so that REPLACE fires the trigger on DELETE


def _upgrade_sqlite() -> None:
    for table in TABLES:
        ends = "WHEN OLD.ended_at IS NOT NULL" if table == "disposal" else ""
        _sqlite_trigger(table, "update", ends)
        _sqlite_trigger(table, "delete", _unless_disposed(table))


def _sqlite_trigger(table: str, verb: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no {verb}'); END"
    )


def _unless_disposed(table: str) -> str:
    if table not in CHAINED:
        return ""
    beginning, column = CHAINED[table]
    stream = f"'{beginning}' || OLD.{column}"
    return f"WHEN NOT EXISTS (SELECT 1 FROM disposal WHERE stream = {stream} AND ended_at IS NULL)"


def _downgrade_sqlite() -> None:
    for table in TABLES:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")


# --- PostgreSQL

_REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are kept: no %', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$
"""
_REFUSE_UNLESS_DISPOSED = """
CREATE FUNCTION refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain text := TG_ARGV[0] || (to_jsonb(OLD) ->> TG_ARGV[1]);
BEGIN
    IF EXISTS (SELECT 1 FROM disposal WHERE stream = chain AND ended_at IS NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are kept: no delete', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _upgrade_postgresql() -> None:
    op.execute(_REFUSE)
    op.execute(_REFUSE_UNLESS_DISPOSED)
    for table in TABLES:
        ends = "WHEN (OLD.ended_at IS NOT NULL)" if table == "disposal" else ""
        _postgresql_trigger(table, "update", f"FOR EACH ROW {ends} EXECUTE FUNCTION refuse_change()")
        _postgresql_trigger(table, "truncate", "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
        if table in CHAINED:
            beginning, column = CHAINED[table]
            refusal = f"refuse_delete('{beginning}', '{column}')"
        else:
            refusal = "refuse_change()"
        _postgresql_trigger(table, "delete", f"FOR EACH ROW EXECUTE FUNCTION {refusal}")


def _postgresql_trigger(table: str, verb: str, rest: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {rest}")


def _downgrade_postgresql() -> None:
    for table in TABLES:
        for verb in ("update", "truncate", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb} ON {table}")
    op.execute("DROP FUNCTION refuse_delete()")
    op.execute("DROP FUNCTION refuse_change()")

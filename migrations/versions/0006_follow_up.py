"""The follow-up plan, fuller reports, the council's conclusion, proposals before the handover and changes of payer.

Reports and answers are kept from now on, since conclusions and handovers rest on them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

#: Tables whose rows are kept, with the columns that may still change. All hang on a case, and go with its disposal.
KEPT: dict[str, tuple[str, ...]] = {
    "indicator": ("ended_by", "ended_at"),
    "indicator_value": (),
    "handover_proposal": (),
    "payer_change": (),
    "follow_up_report": (),
    "handover_confirmation": (),
}
#: Those of them that were there before this revision.
OLDER = ("follow_up_report", "handover_confirmation")

_OUTCOMES = "'continue', 'adjust', 'stop', 'hand_over_early'"
#: What a decision may say, and what the council says of an objection.
_DECIDED = (
    "'approved', 'approved_with_conditions', 'without_financing', 'not_prioritised', 'postponed', 'extended', "
    "'ended_early'"
)
_OF_OBJECTIONS = "'objection_overruled', 'units_asked_again'"


def upgrade() -> None:
    op.create_table(
        "handover_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("forecast_ore", sa.BigInteger(), nullable=False),
        sa.Column("room_ore", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handover_proposal_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_handover_proposal_recorded_by")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_handover_proposal_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handover_proposal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_proposal")),
    )
    op.create_index(op.f("ix_handover_proposal_case_id"), "handover_proposal", ["case_id"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("goal_milli", sa.BigInteger(), nullable=False),
        sa.Column("reported_by", sa.String(length=160), nullable=False),
        sa.Column("reported_when", sa.String(length=160), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "dimension IN ('equal_introduction', 'clinical_benefit', 'cost_effectiveness')",
            name=op.f("ck_indicator_dimension_known"),
        ),
        sa.CheckConstraint("direction IN ('at_least', 'at_most')", name=op.f("ck_indicator_direction_known")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_indicator_ended_by_somebody")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_indicator_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_indicator_ended_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_indicator_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_index(op.f("ix_indicator_case_id"), "indicator", ["case_id"], unique=False)
    op.create_table(
        "payer_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_payer", sa.String(length=12), nullable=False),
        sa.Column("to_payer", sa.String(length=12), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("from_payer IN ('fund', 'unit', 'central')", name=op.f("ck_payer_change_from_payer_known")),
        sa.CheckConstraint("to_payer IN ('fund', 'unit', 'central')", name=op.f("ck_payer_change_to_payer_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_payer_change_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_payer_change_recorded_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_payer_change_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_change")),
        sa.UniqueConstraint(
            "case_id", "unit_id", "takes_effect_on", name=op.f("uq_payer_change_case_id_unit_id_takes_effect_on")
        ),
    )
    op.create_index(op.f("ix_payer_change_case_id"), "payer_change", ["case_id"], unique=False)
    op.create_table(
        "indicator_value",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("value_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_indicator_value_case_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_indicator_value_indicator_id")),
        sa.ForeignKeyConstraint(["report_id"], ["follow_up_report.id"], name=op.f("fk_indicator_value_report_id")),
        sa.PrimaryKeyConstraint("report_id", "indicator_id", name=op.f("pk_indicator_value")),
    )
    op.create_index(op.f("ix_indicator_value_case_id"), "indicator_value", ["case_id"], unique=False)
    op.add_column("follow_up_report", sa.Column("stopped_why", sa.Text(), nullable=True))
    op.add_column("follow_up_report", sa.Column("start_criteria_met", sa.Integer(), nullable=True))
    op.add_column("follow_up_report", sa.Column("stop_criteria_met", sa.Integer(), nullable=True))
    op.add_column("follow_up_report", sa.Column("registry_covered", sa.Integer(), nullable=True))
    op.add_column("follow_up_report", sa.Column("cost_ore", sa.BigInteger(), nullable=True))
    op.add_column("follow_up_report", sa.Column("by_sex", sa.Text(), nullable=True))
    op.add_column("follow_up_report", sa.Column("by_age", sa.Text(), nullable=True))
    op.add_column("follow_up_report", sa.Column("by_area", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE cases ADD COLUMN follow_up_outcome VARCHAR(40) "
        f"CONSTRAINT ck_cases_follow_up_outcome_known CHECK (follow_up_outcome IN ({_OUTCOMES}))"
    )
    _let_decisions_say(_DECIDED, f"{_DECIDED}, {_OF_OBJECTIONS}")
    for table in KEPT:
        _keep(table)


def downgrade() -> None:
    for table in OLDER:
        _keep_no_more(table)
    _let_decisions_say(f"{_DECIDED}, {_OF_OBJECTIONS}", _DECIDED)
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_cases_follow_up_outcome_known"), "cases", type_="check")
    op.drop_column("cases", "follow_up_outcome")
    op.drop_column("follow_up_report", "by_area")
    op.drop_column("follow_up_report", "by_age")
    op.drop_column("follow_up_report", "by_sex")
    op.drop_column("follow_up_report", "cost_ore")
    op.drop_column("follow_up_report", "registry_covered")
    op.drop_column("follow_up_report", "stop_criteria_met")
    op.drop_column("follow_up_report", "start_criteria_met")
    op.drop_column("follow_up_report", "stopped_why")
    op.drop_index(op.f("ix_indicator_value_case_id"), table_name="indicator_value")
    op.drop_table("indicator_value")
    op.drop_index(op.f("ix_payer_change_case_id"), table_name="payer_change")
    op.drop_table("payer_change")
    op.drop_index(op.f("ix_indicator_case_id"), table_name="indicator")
    op.drop_table("indicator")
    op.drop_index(op.f("ix_handover_proposal_case_id"), table_name="handover_proposal")
    op.drop_table("handover_proposal")


def _let_decisions_say(before: str, after: str) -> None:
    """Change which outcomes the check on decisions knows. Fails where a decision has one that it shall know no more.

    SQLite cannot alter a check, and no revision may rebuild this table (0002). So the text of its definition is changed
    in place, which SQLite allows for what is stored nowhere else (https://sqlite.org/lang_altertable.html, part 7).
    """
    name, known = op.f("ck_decision_outcome_known"), "outcome IN ({})"
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(name, "decision", type_="check")
        op.create_check_constraint(name, "decision", known.format(after))
        return
    connection = op.get_bind()
    lost = sa.text(f"SELECT count(*) FROM decision WHERE NOT {known.format(after)}")
    if connection.scalar(lost):
        raise ValueError("decisions on objections would be lost")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'decision'")
    connection.execute(change, {"before": known.format(before), "after": known.format(after)})
    op.execute("PRAGMA writable_schema = RESET")


# ------------------------------------------------------------------------------------- what is kept


def _keep(table: str) -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    (_keep_on_postgresql if postgresql else _keep_on_sqlite)(table)


def _changes(table: str, differs: str) -> str:
    """The condition that an update touches what is kept."""
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns if name not in KEPT[table])


def _keep_on_sqlite(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {_changes(table, 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no update'); END"
    )
    disposed = "SELECT 1 FROM disposal WHERE stream = 'instance:' || OLD.case_id AND ended_at IS NULL"
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT EXISTS ({disposed}) "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no delete'); END"
    )


def _keep_on_postgresql(table: str) -> None:
    when = f"WHEN ({_changes(table, 'IS DISTINCT FROM')})"
    _trigger(table, "update", f"FOR EACH ROW {when} EXECUTE FUNCTION refuse_change()")
    _trigger(table, "truncate", "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    _trigger(table, "delete", "FOR EACH ROW EXECUTE FUNCTION refuse_delete('instance:', 'case_id')")


def _trigger(table: str, verb: str, rest: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {rest}")


def _keep_no_more(table: str) -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    for verb in ("update", "delete", "truncate") if postgresql else ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if postgresql else ""))

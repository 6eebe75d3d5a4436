"""Budget-impact analyses, secret rebates and their readers, outcomes, savings, the fund's ceilings, submissions.

Triggers keep what was approved or recorded; each row may only be ended, replaced or superseded. Nothing of a case is
deleted but by its disposal.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Tables whose rows are kept, with the columns that may still change, and from when on the others may not.
KEPT: dict[str, tuple[tuple[str, ...], str]] = {
    "analysis": (("state", "superseded_at"), "OLD.state IN ('approved', 'superseded')"),
    "decision_analysis": ((), ""),
    "net_price": (("ended_at", "ended_by"), ""),
    "net_reader": (("ended_at", "ended_by"), ""),
    "outcome_month": (("replaced_at",), ""),
    "fund_ceiling": (("replaced_at",), ""),
    "saving": (("ended_at", "ended_by"), ""),
    "saving_year": ((), ""),
    "budget_submission": ((), ""),
    "budget_submission_row": ((), ""),
}
#: Those that hang on a case, and go with its disposal; the others are never deleted.
OF_CASES = ("analysis", "decision_analysis", "net_price", "outcome_month", "budget_submission_row")
#: A draft that nobody handed in may be thrown away.
DRAFT = "OLD.state = 'draft'"


def upgrade() -> None:
    op.create_table(
        "budget_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=False),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_budget_submission_year_bounds")),
        sa.ForeignKeyConstraint(["frozen_by"], ["person.id"], name=op.f("fk_budget_submission_frozen_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_budget_submission_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_submission")),
        sa.UniqueConstraint("region_id", "budget_year", name=op.f("uq_budget_submission_region_id_budget_year")),
    )
    op.create_table(
        "fund_ceiling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("amount_ore BETWEEN 0 AND 1000000000000", name=op.f("ck_fund_ceiling_amount_bounds")),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_fund_ceiling_year_bounds")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_fund_ceiling_recorded_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_fund_ceiling_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_ceiling")),
    )
    op.create_index(
        "uq_fund_ceiling_holds",
        "fund_ceiling",
        ["region_id", "budget_year"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
        sqlite_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "net_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("named_by", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_net_reader_valid_in_order")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_net_reader_ended_by")),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_net_reader_named_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_net_reader_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_net_reader_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_net_reader")),
    )
    op.create_index(op.f("ix_net_reader_person_id"), "net_reader", ["person_id"], unique=False)
    op.create_index(op.f("ix_net_reader_region_id"), "net_reader", ["region_id"], unique=False)
    op.create_table(
        "outcome_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_outcome_import_recorded_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_outcome_import_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_import")),
        sa.UniqueConstraint("region_id", "sha256", name=op.f("uq_outcome_import_region_id_sha256")),
    )
    op.create_table(
        "saving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("atc", sa.String(length=8), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('patent_expiry', 'biosimilar', 'switch', 'phase_out', 'other')", name=op.f("ck_saving_kind_known")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_saving_ended_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_saving_recorded_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_saving_region_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saving_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saving")),
    )
    op.create_index(op.f("ix_saving_region_id"), "saving", ["region_id"], unique=False)
    op.create_table(
        "saving_year",
        sa.Column("saving_id", sa.Integer(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("low_ore", sa.BigInteger(), nullable=False),
        sa.Column("high_ore", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_saving_year_year_bounds")),
        sa.CheckConstraint(
            "low_ore <= amount_ore AND amount_ore <= high_ore", name=op.f("ck_saving_year_range_holds_amount")
        ),
        sa.CheckConstraint(
            "low_ore >= -1000000000000 AND high_ore <= 1000000000000", name=op.f("ck_saving_year_amount_bounds")
        ),
        sa.ForeignKeyConstraint(["saving_id"], ["saving.id"], name=op.f("fk_saving_year_saving_id")),
        sa.PrimaryKeyConstraint("saving_id", "budget_year", name=op.f("pk_saving_year")),
    )
    op.create_table(
        "analysis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'superseded')) = (approved_at IS NOT NULL)",
            name=op.f("ck_analysis_approved_has_time"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (model IS NOT NULL AND result IS NOT NULL)",
            name=op.f("ck_analysis_computed_when_handed_in"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'reviewed', 'approved', 'superseded')",
            name=op.f("ck_analysis_state_known"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_analysis_approved_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_analysis_case_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"], name=op.f("fk_analysis_reviewed_by")),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_analysis_submitted_by")),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name=op.f("fk_analysis_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_analysis_case_id_number")),
    )
    op.create_index(op.f("ix_analysis_case_id"), "analysis", ["case_id"], unique=False)
    op.create_index(
        "uq_analysis_approved",
        "analysis",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
        sqlite_where=sa.text("state = 'approved'"),
    )
    op.create_table(
        "net_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("treatment", sa.String(length=48), nullable=False),
        sa.Column("rebate_ppm", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("provision", sa.String(length=80), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("rebate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_net_price_rebate_is_a_share")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_net_price_valid_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_net_price_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_net_price_ended_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_net_price_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_net_price")),
    )
    op.create_index(op.f("ix_net_price_case_id"), "net_price", ["case_id"], unique=False)
    op.create_table(
        "outcome_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("cost_ore", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "cost_ore BETWEEN -1000000000000 AND 1000000000000", name=op.f("ck_outcome_month_cost_bounds")
        ),
        sa.CheckConstraint("patients >= 0 AND quantity_milli >= 0", name=op.f("ck_outcome_month_counts_not_negative")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outcome_month_case_id")),
        sa.ForeignKeyConstraint(["import_id"], ["outcome_import.id"], name=op.f("fk_outcome_month_import_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_outcome_month_recorded_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_outcome_month_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_month")),
    )
    op.create_index(
        "uq_outcome_month_counts",
        "outcome_month",
        ["case_id", "unit_id", "month"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
        sqlite_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "budget_submission_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("purse", sa.String(length=24), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("low_ore", sa.BigInteger(), nullable=False),
        sa.Column("high_ore", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("low_ore <= high_ore", name=op.f("ck_budget_submission_row_range_in_order")),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_budget_submission_row_analysis_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_budget_submission_row_case_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["budget_submission.id"], name=op.f("fk_budget_submission_row_submission_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_budget_submission_row_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_submission_row")),
    )
    op.create_index(op.f("ix_budget_submission_row_case_id"), "budget_submission_row", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_budget_submission_row_submission_id"), "budget_submission_row", ["submission_id"], unique=False
    )
    op.create_table(
        "decision_analysis",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analysis.id"], name=op.f("fk_decision_analysis_analysis_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decision_analysis_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_analysis_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_analysis")),
    )
    op.create_index(op.f("ix_decision_analysis_case_id"), "decision_analysis", ["case_id"], unique=False)

    for table in KEPT:
        _keep(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_decision_analysis_case_id"), table_name="decision_analysis")
    op.drop_table("decision_analysis")
    op.drop_index(op.f("ix_budget_submission_row_submission_id"), table_name="budget_submission_row")
    op.drop_index(op.f("ix_budget_submission_row_case_id"), table_name="budget_submission_row")
    op.drop_table("budget_submission_row")
    op.drop_index(
        "uq_outcome_month_counts",
        table_name="outcome_month",
        postgresql_where=sa.text("replaced_at IS NULL"),
        sqlite_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_table("outcome_month")
    op.drop_index(op.f("ix_net_price_case_id"), table_name="net_price")
    op.drop_table("net_price")
    op.drop_index(
        "uq_analysis_approved",
        table_name="analysis",
        postgresql_where=sa.text("state = 'approved'"),
        sqlite_where=sa.text("state = 'approved'"),
    )
    op.drop_index(op.f("ix_analysis_case_id"), table_name="analysis")
    op.drop_table("analysis")
    op.drop_table("saving_year")
    op.drop_index(op.f("ix_saving_region_id"), table_name="saving")
    op.drop_table("saving")
    op.drop_table("outcome_import")
    op.drop_index(op.f("ix_net_reader_region_id"), table_name="net_reader")
    op.drop_index(op.f("ix_net_reader_person_id"), table_name="net_reader")
    op.drop_table("net_reader")
    op.drop_index(
        "uq_fund_ceiling_holds",
        table_name="fund_ceiling",
        postgresql_where=sa.text("replaced_at IS NULL"),
        sqlite_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_table("fund_ceiling")
    op.drop_table("budget_submission")


# ------------------------------------------------------------------------------------- what is kept


def _keep(table: str) -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    (_keep_on_postgresql if postgresql else _keep_on_sqlite)(table)


def _changes(table: str, differs: str) -> str:
    """The condition that an update touches what is kept."""
    allowed, since = KEPT[table]
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    touched = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns if name not in allowed)
    return f"({since or '1 = 1'}) AND ({touched})"


def _keep_on_sqlite(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {_changes(table, 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no update'); END"
    )
    when = "WHEN 1 = 1"
    if table in OF_CASES:
        disposed = "SELECT 1 FROM disposal WHERE stream = 'instance:' || OLD.case_id AND ended_at IS NULL"
        when = f"WHEN NOT EXISTS ({disposed})"
    if table == "analysis":
        when += f" AND NOT ({DRAFT})"
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no delete'); END"
    )


def _keep_on_postgresql(table: str) -> None:
    when = f"WHEN ({_changes(table, 'IS DISTINCT FROM')})"
    _trigger(table, "update", f"FOR EACH ROW {when} EXECUTE FUNCTION refuse_change()")
    _trigger(table, "truncate", "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    draft = f"WHEN (NOT ({DRAFT})) " if table == "analysis" else ""
    refusal = "refuse_delete('instance:', 'case_id')" if table in OF_CASES else "refuse_change()"
    _trigger(table, "delete", f"FOR EACH ROW {draft}EXECUTE FUNCTION {refusal}")


def _trigger(table: str, verb: str, rest: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {rest}")

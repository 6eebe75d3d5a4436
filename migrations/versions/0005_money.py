"""Funds with their postings and decisions, grants in the books, applications, claims, the ledger's files, attachments.

The yearly ceilings of the introduction fund become funds; nothing of them is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Tables whose rows are kept, with the columns that may still change.
KEPT: dict[str, tuple[str, ...]] = {
    "money_decision": (),
    "posting": (),
    "ledger_line": (),
    "ledger_file": ("receipt_sha256", "booked_on", "received_by", "received_at"),
}
#: What each may be deleted with: while a disposal of the one that the column names goes on.
DISPOSED: dict[str, tuple[tuple[str, str], ...]] = {
    "money_decision": (("instance:", "instance_id"), ("fund:", "fund_id")),
    "posting": (("instance:", "instance_id"), ("fund:", "fund_id")),
    "ledger_line": (("instance:", "claim_id"),),
    "ledger_file": (("ledger_file:", "id"),),
}
#: Indexes of some postings only, with their columns and their condition.
PARTS_OF_POSTING: dict[str, tuple[list[str], str]] = {
    "ix_posting_appropriated": (["fund_id", "decision_id"], "source = 'outside'"),
    "ix_posting_approved": (["fund_id", "on_day", "amount_ore"], "target = 'approved'"),
    "ix_posting_taken_back": (["fund_id", "on_day", "amount_ore"], "source = 'paid'"),
}


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("budget_line", sa.String(length=80), nullable=True),
        sa.Column("appropriated_ore", sa.BigInteger(), nullable=False),
        sa.Column("unreserved_ore", sa.BigInteger(), nullable=False),
        sa.Column("reserved_ore", sa.BigInteger(), nullable=False),
        sa.Column("unclaimed_ore", sa.BigInteger(), nullable=False),
        sa.Column("claimed_ore", sa.BigInteger(), nullable=False),
        sa.Column("approved_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("held_by IN ('region', 'council')", name=op.f("ck_fund_held_by_known")),
        sa.CheckConstraint("appropriated_ore BETWEEN 0 AND 1000000000000", name=op.f("ck_fund_appropriation_bounds")),
        sa.CheckConstraint("approved_ore >= 0", name=op.f("ck_fund_approved_not_overdrawn")),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_fund_year_bounds")),
        sa.CheckConstraint("claimed_ore >= 0", name=op.f("ck_fund_claimed_not_overdrawn")),
        sa.CheckConstraint(
            "paid_ore + approved_ore + claimed_ore + unclaimed_ore + reserved_ore + unreserved_ore = appropriated_ore",
            name=op.f("ck_fund_adds_up"),
        ),
        sa.CheckConstraint("paid_ore >= 0", name=op.f("ck_fund_paid_not_overdrawn")),
        sa.CheckConstraint("reserved_ore >= 0", name=op.f("ck_fund_reserved_not_overdrawn")),
        sa.CheckConstraint("unclaimed_ore >= 0", name=op.f("ck_fund_unclaimed_not_overdrawn")),
        sa.CheckConstraint("unreserved_ore >= 0", name=op.f("ck_fund_unreserved_not_overdrawn")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_fund_opened_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_fund_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint(
            "region_id", "budget_year", "held_by", "example", name=op.f("uq_fund_region_id_budget_year_held_by_example")
        ),
    )
    op.create_table(
        "ledger_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("sum_ore", sa.BigInteger(), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("receipt_sha256", sa.String(length=64), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(received_at IS NULL) = (receipt_sha256 IS NULL)", name=op.f("ck_ledger_file_received_by_file")
        ),
        sa.CheckConstraint("lines >= 1", name=op.f("ck_ledger_file_has_lines")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_ledger_file_made_by")),
        sa.ForeignKeyConstraint(["received_by"], ["person.id"], name=op.f("fk_ledger_file_received_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_ledger_file_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_file")),
        sa.UniqueConstraint("region_id", "number", name=op.f("uq_ledger_file_region_id_number")),
        sa.UniqueConstraint("region_id", "receipt_sha256", name=op.f("uq_ledger_file_region_id_receipt_sha256")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("size BETWEEN 1 AND 26214400", name=op.f("ck_attachment_size_bounds")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_attachment_instance_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_attachment_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_instance_id"), "attachment", ["instance_id"], unique=False)
    op.create_table(
        "money_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("body", sa.String(length=160), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=True),
        sa.Column("registry_number", sa.String(length=60), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("granted_ore", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('appropriation', 'grant', 'change_of_grant', 'reallocation', 'reservation', 'carried_over', 'returned', 'application')",
            name=op.f("ck_money_decision_kind_known"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_money_decision_fund_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_money_decision_instance_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_money_decision_recorded_by")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_money_decision_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_decision")),
    )
    op.create_index(op.f("ix_money_decision_fund_id"), "money_decision", ["fund_id"], unique=False)
    op.create_index(op.f("ix_money_decision_instance_id"), "money_decision", ["instance_id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("left_ore", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("amount_ore BETWEEN 1 AND 1000000000000", name=op.f("ck_reservation_amount_bounds")),
        sa.CheckConstraint("left_ore BETWEEN 0 AND amount_ore", name=op.f("ck_reservation_left_bounds")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_reservation_fund_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_reservation_instance_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_reservation_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_fund_id"), "reservation", ["fund_id"], unique=False)
    op.create_index(op.f("ix_reservation_instance_id"), "reservation", ["instance_id"], unique=False)
    op.create_table(
        "funding_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_number", sa.String(length=24), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("medicine_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_afterwards", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("budget_year", sa.Integer(), nullable=True),
        sa.Column("no_case_reason", sa.Text(), nullable=True),
        sa.Column("patients", sa.Integer(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("need_by_month", sa.Text(), nullable=True),
        sa.Column("budget_reason", sa.Text(), nullable=True),
        sa.Column("without_it", sa.Text(), nullable=True),
        sa.Column("no_savings_reason", sa.Text(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("proposed_ore", sa.BigInteger(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("delay_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_funding_application_budget_year_bounds")),
        sa.CheckConstraint("patients BETWEEN 0 AND 1000000", name=op.f("ck_funding_application_patients_bounds")),
        sa.CheckConstraint(
            "period_to IS NULL OR period_from IS NULL OR period_to >= period_from",
            name=op.f("ck_funding_application_period_in_order"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_funding_application_case_id")),
        sa.ForeignKeyConstraint(["id"], ["process_instance.id"], name=op.f("fk_funding_application_id")),
        sa.ForeignKeyConstraint(
            ["indication_id"], ["indication.id"], name=op.f("fk_funding_application_indication_id")
        ),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicine.id"], name=op.f("fk_funding_application_medicine_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_funding_application_owner_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_funding_application_region_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_funding_application_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_application")),
        sa.UniqueConstraint("public_number", name=op.f("uq_funding_application_public_number")),
    )
    op.create_index(op.f("ix_funding_application_case_id"), "funding_application", ["case_id"], unique=False)
    op.create_index(op.f("ix_funding_application_owner_id"), "funding_application", ["owner_id"], unique=False)
    op.create_index(
        "ix_funding_application_region_id", "funding_application", ["region_id", "budget_year"], unique=False
    )
    op.create_index("ix_funding_application_unit_id", "funding_application", ["unit_id"], unique=False)
    op.create_table(
        "application_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('renewed_from', 'reconsidered_from')", name=op.f("ck_application_link_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["funding_application.id"], name=op.f("fk_application_link_application_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_application_link_made_by")),
        sa.ForeignKeyConstraint(["other_id"], ["funding_application.id"], name=op.f("fk_application_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_link")),
        sa.UniqueConstraint(
            "application_id", "other_id", "kind", name=op.f("uq_application_link_application_id_other_id_kind")
        ),
    )
    op.create_index(op.f("ix_application_link_other_id"), "application_link", ["other_id"], unique=False)
    op.create_table(
        "own_saving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=160), nullable=False),
        sa.Column("goal", sa.String(length=300), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'started', 'achieved', 'not_possible')", name=op.f("ck_own_saving_state_known")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_own_saving_confirmed_by_somebody")
        ),
        sa.CheckConstraint("amount_ore BETWEEN 0 AND 1000000000000", name=op.f("ck_own_saving_amount_bounds")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["funding_application.id"], name=op.f("fk_own_saving_application_id")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_own_saving_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_saving")),
    )
    op.create_index(op.f("ix_own_saving_application_id"), "own_saving", ["application_id"], unique=False)
    _widen_grants()
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_number", sa.String(length=24), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("medicine_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=True),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_afterwards", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("voucher", sa.String(length=40), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=True),
        sa.Column("patients", sa.Integer(), nullable=True),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=True),
        sa.Column("gross_new_ore", sa.BigInteger(), nullable=True),
        sa.Column("gross_displaced_ore", sa.BigInteger(), nullable=True),
        sa.Column("extra_cost_ore", sa.BigInteger(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("approved_ore", sa.BigInteger(), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.CheckConstraint("basis IN ('requisition', 'prescription')", name=op.f("ck_claim_basis_known")),
        sa.CheckConstraint(
            "NOT counts OR extra_cost_ore = gross_new_ore - gross_displaced_ore",
            name=op.f("ck_claim_extra_cost_adds_up"),
        ),
        sa.CheckConstraint(
            "corrects_id IS NOT NULL OR NOT counts OR extra_cost_ore > 0", name=op.f("ck_claim_rises_unless_corrected")
        ),
        sa.CheckConstraint("NOT counts OR handed_in_on IS NOT NULL", name=op.f("ck_claim_handed_in_when_it_counts")),
        sa.CheckConstraint("(voucher IS NULL) = (booked_on IS NULL)", name=op.f("ck_claim_booked_with_voucher")),
        sa.CheckConstraint("patients BETWEEN 0 AND 1000000", name=op.f("ck_claim_patients_bounds")),
        sa.CheckConstraint(
            "period_to IS NULL OR period_from IS NULL OR period_to >= period_from",
            name=op.f("ck_claim_period_in_order"),
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["claim.id"], name=op.f("fk_claim_corrects_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant_row.id"], name=op.f("fk_claim_grant_id")),
        sa.ForeignKeyConstraint(["id"], ["process_instance.id"], name=op.f("fk_claim_id")),
        sa.ForeignKeyConstraint(["indication_id"], ["indication.id"], name=op.f("fk_claim_indication_id")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicine.id"], name=op.f("fk_claim_medicine_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_claim_region_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("public_number", name=op.f("uq_claim_public_number")),
    )
    op.create_index(op.f("ix_claim_corrects_id"), "claim", ["corrects_id"], unique=False)
    op.create_index("ix_claim_grant_id", "claim", ["grant_id"], unique=False)
    op.create_index("ix_claim_unit_id", "claim", ["unit_id", "period_from"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "source IN ('outside', 'unreserved', 'reserved', 'unclaimed', 'claimed', 'approved', 'paid')",
            name=op.f("ck_posting_source_known"),
        ),
        sa.CheckConstraint(
            "target IN ('outside', 'unreserved', 'reserved', 'unclaimed', 'claimed', 'approved', 'paid')",
            name=op.f("ck_posting_target_known"),
        ),
        sa.CheckConstraint("amount_ore BETWEEN 1 AND 1000000000000", name=op.f("ck_posting_amount_bounds")),
        sa.CheckConstraint("source <> target", name=op.f("ck_posting_moves")),
        sa.ForeignKeyConstraint(["decision_id"], ["money_decision.id"], name=op.f("fk_posting_decision_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_posting_fund_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grant_row.id"], name=op.f("fk_posting_grant_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_posting_instance_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_posting_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    for name, (columns, where) in PARTS_OF_POSTING.items():
        op.create_index(
            name, "posting", columns, unique=False, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )
    op.create_index(op.f("ix_posting_decision_id"), "posting", ["decision_id"], unique=False)
    op.create_index("ix_posting_fund_id", "posting", ["fund_id", "id"], unique=False)
    op.create_index(op.f("ix_posting_grant_id"), "posting", ["grant_id"], unique=False)
    op.create_index(op.f("ix_posting_instance_id"), "posting", ["instance_id"], unique=False)
    op.create_table(
        "ledger_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("claim_number", sa.String(length=24), nullable=False),
        sa.Column("case_number", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=160), nullable=False),
        sa.Column("cost_centre", sa.String(length=20), nullable=True),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("budget_line", sa.String(length=80), nullable=True),
        sa.Column("held_by", sa.String(length=12), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount_ore <> 0", name=op.f("ck_ledger_line_amount_not_nought")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_ledger_line_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["ledger_file.id"], name=op.f("fk_ledger_line_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_ledger_line_claim_id")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_ledger_line_file_id_number")),
    )
    _open_funds()
    op.drop_index("uq_fund_ceiling_holds", table_name="fund_ceiling")
    op.drop_table("fund_ceiling")
    if op.get_context().dialect.name == "postgresql":
        op.execute(_REFUSE_UNLESS_DISPOSED)
    for table, allowed in KEPT.items():
        _keep(table, allowed)


def downgrade() -> None:
    _create_ceilings()
    _close_funds()
    _keep("fund_ceiling", ("replaced_at",))
    op.drop_table("ledger_line")
    for name in PARTS_OF_POSTING:
        op.drop_index(name, table_name="posting")
    op.drop_index(op.f("ix_posting_instance_id"), table_name="posting")
    op.drop_index(op.f("ix_posting_grant_id"), table_name="posting")
    op.drop_index("ix_posting_fund_id", table_name="posting")
    op.drop_index(op.f("ix_posting_decision_id"), table_name="posting")
    op.drop_table("posting")
    op.drop_index("ix_claim_unit_id", table_name="claim")
    op.drop_index("ix_claim_grant_id", table_name="claim")
    op.drop_index(op.f("ix_claim_corrects_id"), table_name="claim")
    op.drop_table("claim")
    _narrow_grants()
    op.drop_index(op.f("ix_own_saving_application_id"), table_name="own_saving")
    op.drop_table("own_saving")
    op.drop_index(op.f("ix_application_link_other_id"), table_name="application_link")
    op.drop_table("application_link")
    op.drop_index("ix_funding_application_unit_id", table_name="funding_application")
    op.drop_index("ix_funding_application_region_id", table_name="funding_application")
    op.drop_index(op.f("ix_funding_application_owner_id"), table_name="funding_application")
    op.drop_index(op.f("ix_funding_application_case_id"), table_name="funding_application")
    op.drop_table("funding_application")
    op.drop_index(op.f("ix_reservation_instance_id"), table_name="reservation")
    op.drop_index(op.f("ix_reservation_fund_id"), table_name="reservation")
    op.drop_table("reservation")
    op.drop_index(op.f("ix_money_decision_instance_id"), table_name="money_decision")
    op.drop_index(op.f("ix_money_decision_fund_id"), table_name="money_decision")
    op.drop_table("money_decision")
    op.drop_index(op.f("ix_attachment_instance_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_table("ledger_file")
    op.drop_table("fund")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_delete_of_any()")


# ------------------------------------------------------------------------------------- grants

_IN_GRANT = ("paid", "approved", "claimed", "unclaimed")
_CHECKS = {
    "of_something": "case_id IS NOT NULL OR application_id IS NOT NULL",
    "valid_in_order": "valid_until IS NULL OR valid_until >= valid_from",
    **{f"{account}_not_overdrawn": f"{account}_ore >= 0" for account in _IN_GRANT},
    "adds_up": "fund_id IS NULL OR " + " + ".join(f"{account}_ore" for account in _IN_GRANT) + " = ceiling_ore",
}
_OLD = ("id", "case_id", "unit_id", "budget_year", "ceiling_ore", "recorded_by", "recorded_at")


def _widen_grants() -> None:
    """Grants come into the books. SQLite cannot alter a table so far: it gets a new one."""
    if op.get_context().dialect.name == "sqlite":
        _replace_grants(_create_grants)
        return
    op.add_column("grant_row", sa.Column("fund_id", sa.Integer(), nullable=True))
    op.add_column("grant_row", sa.Column("application_id", sa.Integer(), nullable=True))
    for account in _IN_GRANT:
        op.add_column("grant_row", sa.Column(f"{account}_ore", sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column("grant_row", f"{account}_ore", server_default=None)
    for name in ("valid_from", "valid_until", "settled_on"):
        op.add_column("grant_row", sa.Column(name, sa.Date(), nullable=True))
    op.alter_column("grant_row", "case_id", existing_type=sa.Integer(), nullable=True)
    op.create_unique_constraint(op.f("uq_grant_row_application_id"), "grant_row", ["application_id"])
    op.create_foreign_key(op.f("fk_grant_row_fund_id"), "grant_row", "fund", ["fund_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_grant_row_application_id"), "grant_row", "funding_application", ["application_id"], ["id"]
    )
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_grant_row_{name}"), "grant_row", condition)
    _index_grants()


def _narrow_grants() -> None:
    """Back to grants outside the books; those of applications alone cannot stay."""
    op.execute("DELETE FROM grant_row WHERE case_id IS NULL")
    for name in ("fund_id", "unit_id"):
        op.drop_index(op.f(f"ix_grant_row_{name}"), table_name="grant_row")
    if op.get_context().dialect.name == "sqlite":
        _replace_grants(_create_old_grants)
        return
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_grant_row_{name}"), "grant_row", type_="check")
    for name in ("fund_id", "application_id"):
        op.drop_constraint(op.f(f"fk_grant_row_{name}"), "grant_row", type_="foreignkey")
    op.drop_constraint(op.f("uq_grant_row_application_id"), "grant_row", type_="unique")
    op.alter_column("grant_row", "case_id", existing_type=sa.Integer(), nullable=False)
    added = ("fund_id", "application_id", "valid_from", "valid_until", "settled_on")
    for name in (*added, *(f"{account}_ore" for account in _IN_GRANT)):
        op.drop_column("grant_row", name)


def _replace_grants(create: Callable[[], None]) -> None:
    op.rename_table("grant_row", "grant_row_before")
    create()
    columns = ", ".join(_OLD)
    more = [f"{account}_ore" for account in _IN_GRANT] if create is _create_grants else []
    noughts = "".join(", 0" for _name in more)
    op.execute(f"INSERT INTO grant_row ({', '.join([columns, *more])}) SELECT {columns}{noughts} FROM grant_row_before")
    op.drop_table("grant_row_before")
    if create is _create_grants:
        _index_grants()


def _index_grants() -> None:
    for name in ("fund_id", "unit_id"):
        op.create_index(op.f(f"ix_grant_row_{name}"), "grant_row", [name])


def _columns_before() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("budget_year", sa.Integer(), nullable=False),
        sa.Column("ceiling_ore", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("budget_year BETWEEN 2000 AND 2100", name=op.f("ck_grant_row_year_bounds")),
        sa.CheckConstraint("ceiling_ore BETWEEN 0 AND 1000000000000", name=op.f("ck_grant_row_ceiling_bounds")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_grant_row_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_grant_row_recorded_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_grant_row_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_row")),
        sa.UniqueConstraint("case_id", "unit_id", "budget_year", name=op.f("uq_grant_row_case_id_unit_id_budget_year")),
    ]


def _create_old_grants() -> None:
    op.create_table("grant_row", sa.Column("case_id", sa.Integer(), nullable=False), *_columns_before())


def _create_grants() -> None:
    op.create_table(
        "grant_row",
        sa.Column("case_id", sa.Integer(), nullable=True),
        *_columns_before(),
        sa.Column("fund_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        *(sa.Column(f"{account}_ore", sa.BigInteger(), nullable=False) for account in _IN_GRANT),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("valid_from", "valid_until", "settled_on")),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_grant_row_{name}")) for name, condition in _CHECKS.items()),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_grant_row_fund_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["funding_application.id"], name=op.f("fk_grant_row_application_id")
        ),
        sa.UniqueConstraint("application_id", name=op.f("uq_grant_row_application_id")),
    )


# ------------------------------------------------------------------------------------- ceilings become funds


def _open_funds() -> None:
    """Each year's ceiling becomes a fund; what was decided in turn become its first postings."""
    connection = op.get_bind()
    ceilings = connection.execute(sa.text("SELECT * FROM fund_ceiling ORDER BY region_id, budget_year, id")).mappings()
    funds: dict[tuple[int, int], int] = {}
    for row in ceilings.all():
        key = (row["region_id"], row["budget_year"])
        fund = _fund_of(connection, funds, key, row)
        had = connection.scalar(sa.text("SELECT appropriated_ore FROM fund WHERE id = :fund"), {"fund": fund})
        _appropriate(connection, fund, row, row["amount_ore"] - had)


def _fund_of(
    connection: sa.Connection, funds: dict[tuple[int, int], int], key: tuple[int, int], row: Mapping[str, Any]
) -> int:
    if key not in funds:
        noughts = ", ".join(f"{name}_ore" for name in _AMOUNTS)
        funds[key] = connection.scalar(
            sa.text(
                f"INSERT INTO fund (region_id, budget_year, held_by, source, example, opened_by, opened_at, {noughts}) "
                "VALUES (:region_id, :budget_year, 'region', :source, false, :recorded_by, :recorded_at, "
                f"{', '.join('0' for _name in _AMOUNTS)}) RETURNING id"
            ),
            {**row, "source": row["source"][:300]},
        )
    return funds[key]


def _appropriate(connection: sa.Connection, fund: int, row: Mapping[str, Any], change: int) -> None:
    told = {**row, "fund": fund, "change": change, "size": abs(change), "day": str(row["recorded_at"])[:10]}
    decision = connection.scalar(
        sa.text(
            "INSERT INTO money_decision (region_id, fund_id, kind, decided_on, reasons, recorded_by, recorded_at) "
            "VALUES (:region_id, :fund, 'appropriation', CAST(:day AS DATE), :source, :recorded_by, :recorded_at) RETURNING id"
            if connection.dialect.name == "postgresql"
            else "INSERT INTO money_decision (region_id, fund_id, kind, decided_on, reasons, recorded_by, recorded_at) "
            "VALUES (:region_id, :fund, 'appropriation', :day, :source, :recorded_by, :recorded_at) RETURNING id"
        ),
        told,
    )
    if not change:
        return
    day = "CAST(:day AS DATE)" if connection.dialect.name == "postgresql" else ":day"
    source, target = ("outside", "unreserved") if change > 0 else ("unreserved", "outside")
    connection.execute(
        sa.text(
            "INSERT INTO posting (fund_id, decision_id, source, target, amount_ore, on_day, recorded_by, recorded_at) "
            f"VALUES (:fund, :decision, '{source}', '{target}', :size, {day}, :recorded_by, :recorded_at)"
        ),
        {**told, "decision": decision},
    )
    connection.execute(
        sa.text(
            "UPDATE fund SET appropriated_ore = appropriated_ore + :change, "
            "unreserved_ore = unreserved_ore + :change WHERE id = :fund"
        ),
        told,
    )


_AMOUNTS = ("appropriated", "unreserved", "reserved", "unclaimed", "claimed", "approved", "paid")


def _create_ceilings() -> None:
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
        op.f("uq_fund_ceiling_holds"),
        "fund_ceiling",
        ["region_id", "budget_year"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
        sqlite_where=sa.text("replaced_at IS NULL"),
    )


def _close_funds() -> None:
    """Each fund of the region becomes a ceiling again."""
    op.execute(
        "INSERT INTO fund_ceiling (region_id, budget_year, amount_ore, source, recorded_by, recorded_at) "
        "SELECT region_id, budget_year, appropriated_ore, source, opened_by, opened_at FROM fund "
        "WHERE held_by = 'region' AND NOT example"
    )


# ------------------------------------------------------------------------------------- what is kept


def _keep(table: str, allowed: tuple[str, ...]) -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    (_keep_on_postgresql if postgresql else _keep_on_sqlite)(table, allowed)


_REFUSE_UNLESS_DISPOSED = """
CREATE FUNCTION refuse_delete_of_any() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 0 .. TG_NARGS - 1 BY 2 LOOP
        IF EXISTS (SELECT 1 FROM disposal WHERE ended_at IS NULL
                   AND stream = TG_ARGV[place] || (to_jsonb(OLD) ->> TG_ARGV[place + 1])) THEN
            RETURN OLD;
        END IF;
    END LOOP;
    RAISE EXCEPTION 'rows of % are kept: no delete', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def _changes(table: str, allowed: tuple[str, ...], differs: str) -> str:
    """The condition that an update touches what is kept."""
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    return " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in columns if name not in allowed)


def _keep_on_sqlite(table: str, allowed: tuple[str, ...]) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {_changes(table, allowed, 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no update'); END"
    )
    when = ""
    if table in DISPOSED:
        streams = ", ".join(f"'{beginning}' || OLD.{column}" for beginning, column in DISPOSED[table])
        when = f"WHEN NOT EXISTS (SELECT 1 FROM disposal WHERE stream IN ({streams}) AND ended_at IS NULL) "
    op.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept: no delete'); END"
    )


def _keep_on_postgresql(table: str, allowed: tuple[str, ...]) -> None:
    when = f"WHEN ({_changes(table, allowed, 'IS DISTINCT FROM')})"
    _trigger(table, "update", f"FOR EACH ROW {when} EXECUTE FUNCTION refuse_change()")
    _trigger(table, "truncate", "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    streams = ", ".join(f"'{beginning}', '{column}'" for beginning, column in DISPOSED.get(table, ()))
    refusal = f"refuse_delete_of_any({streams})" if streams else "refuse_change()"
    _trigger(table, "delete", f"FOR EACH ROW EXECUTE FUNCTION {refusal}")


def _trigger(table: str, verb: str, rest: str) -> None:
    op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} {rest}")

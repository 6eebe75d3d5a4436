"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_event_stream_seq")),
    )
    op.create_table(
        "medicine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("folded", sa.String(length=160), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("substance", sa.String(length=300), nullable=True),
        sa.Column("atc", sa.String(length=40), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine")),
        sa.UniqueConstraint("folded", name=op.f("uq_medicine_folded")),
    )
    op.create_index(op.f("ix_medicine_atc"), "medicine", ["atc"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("language IN ('sv', 'en')", name=op.f("ck_person_language_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("prefix", sa.String(length=6), nullable=False),
        sa.Column("county_code", sa.String(length=2), nullable=True),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("prefix", name=op.f("uq_region_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_region_slug")),
    )
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_seal")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_key", "sign_in_attempt", ["key", "at"], unique=False)
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("does", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "does IN ('prepares', 'proposes', 'forwards', 'decides', 'carries_out')", name=op.f("ck_body_does_known")
        ),
        sa.CheckConstraint("how IN ('vote', 'consensus', 'official')", name=op.f("ck_body_how_known")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_body_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("region_id", "key", name=op.f("uq_body_region_id_key")),
    )
    op.create_table(
        "disposal",
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_disposal_decided_by")),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_disposal")),
    )
    op.create_table(
        "held_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_held_post_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_post")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_held_post_token_hash")),
    )
    op.create_table(
        "indication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("medicine_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicine.id"], name=op.f("fk_indication_medicine_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indication")),
        sa.UniqueConstraint("medicine_id", "folded", name=op.f("uq_indication_medicine_id_folded")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("definition_id", sa.String(length=100), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=48), nullable=False),
        sa.Column("stage_entered_on", sa.Date(), nullable=False),
        sa.Column("return_stage", sa.String(length=48), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "subject IN ('case', 'recommendation', 'funding_application', 'claim', 'meeting')",
            name=op.f("ck_process_instance_subject_known"),
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_process_instance_closed_after_opened")
        ),
        sa.CheckConstraint(
            "return_stage IS NULL OR return_stage <> stage", name=op.f("ck_process_instance_returns_elsewhere")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_process_instance_revision_counts")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_process_instance_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_process_instance_next_due", "process_instance", ["next_due_on"], unique=False)
    op.create_index("ix_process_instance_stage", "process_instance", ["definition_id", "stage"], unique=False)
    op.create_table(
        "request_key",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_request_key_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_key")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.String(length=10), nullable=True),
        sa.Column("body", sa.String(length=160), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.Column("items", sa.Integer(), nullable=True),
        sa.Column("ceiling_ore", sa.BigInteger(), nullable=True),
        sa.Column("ceiling_year", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_round_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("region_id", "name", name=op.f("uq_round_region_id_name")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("cost_centre", sa.String(length=20), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.CheckConstraint("kind IN ('administration', 'operation', 'unit')", name=op.f("ck_unit_kind_known")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_unit_not_its_own_parent")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_unit_not_its_own_successor")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_valid_in_order")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_unit_region_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_region_id"), "unit", ["region_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_comment_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_instance_id"), "comment", ["instance_id"], unique=False)
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_number", sa.String(length=24), nullable=False),
        sa.Column("medicine_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_afterwards", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("scan_summary", sa.Text(), nullable=True),
        sa.Column("expected_approval", sa.Date(), nullable=True),
        sa.Column("nomination_reason", sa.Text(), nullable=True),
        sa.Column("tlv_reference", sa.String(length=80), nullable=True),
        sa.Column("health_economics", sa.Text(), nullable=True),
        sa.Column("agreement_exists", sa.Boolean(), nullable=True),
        sa.Column("application_received", sa.Date(), nullable=True),
        sa.Column("talks_result", sa.Text(), nullable=True),
        sa.Column("regions_group", sa.String(length=300), nullable=True),
        sa.Column("reassess_by", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "route IN ('hospital_medicine', 'benefit_medicine')", name=op.f("ck_recommendation_route_known")
        ),
        sa.ForeignKeyConstraint(["id"], ["process_instance.id"], name=op.f("fk_recommendation_id")),
        sa.ForeignKeyConstraint(["indication_id"], ["indication.id"], name=op.f("fk_recommendation_indication_id")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicine.id"], name=op.f("fk_recommendation_medicine_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("public_number", name=op.f("uq_recommendation_public_number")),
    )
    op.create_index(op.f("ix_recommendation_sort_key"), "recommendation", ["sort_key"], unique=False)
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'coordinator', 'registrar', 'drafting_group', 'council_member', 'council_chair', 'secretary', 'nominator', 'economist', 'head_of_unit', 'auditor', 'reader')",
            name=op.f("ck_role_assignment_role_known"),
        ),
        sa.CheckConstraint(
            "role NOT IN ('nominator', 'head_of_unit') OR unit_id IS NOT NULL",
            name=op.f("ck_role_assignment_local_has_unit"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_role_assignment_valid_in_order")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_role_assignment_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_assignment_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_role_assignment_region_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    op.create_index("ix_role_assignment_person", "role_assignment", ["person_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("stage", sa.String(length=48), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_task_done_has_time")),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name=op.f("ck_task_state_known")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_task_assignee_id")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_task_done_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_task_instance_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(
        "ix_task_assignee",
        "task",
        ["assignee_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_task_instance", "task", ["instance_id", "state"], unique=False)
    op.create_table(
        "unit_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("contract_form", sa.String(length=16), nullable=False),
        sa.Column("bears_cost", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "contract_form IN ('own', 'choice_of_care', 'agreement', 'procured', 'national_rate', 'none')",
            name=op.f("ck_unit_terms_contract_form_known"),
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_terms_valid_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_terms_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_terms")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_terms_unit_id_valid_from")),
    )
    op.create_table(
        "workplace_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_workplace_code_valid_in_order")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_workplace_code_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workplace_code")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_workplace_code_code_valid_from")),
    )
    op.create_index(op.f("ix_workplace_code_unit_id"), "workplace_code", ["unit_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_number", sa.String(length=24), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=24), nullable=False),
        sa.Column("medicine_id", sa.Integer(), nullable=False),
        sa.Column("indication_id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=True),
        sa.Column("recommendation_version", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("round_cut_off", sa.Date(), nullable=True),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("recorded_afterwards", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("history_source", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("nominating_unit_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=True),
        sa.Column("target_population", sa.Text(), nullable=True),
        sa.Column("patients_per_year", sa.Integer(), nullable=True),
        sa.Column("comparator", sa.String(length=300), nullable=True),
        sa.Column("benefit", sa.Text(), nullable=True),
        sa.Column("risks", sa.Text(), nullable=True),
        sa.Column("authorised", sa.Boolean(), nullable=True),
        sa.Column("routine_use", sa.String(length=40), nullable=True),
        sa.Column("evidence_exists", sa.Boolean(), nullable=True),
        sa.Column("care_levels", sa.Text(), nullable=True),
        sa.Column("extra_cost_year1_ore", sa.BigInteger(), nullable=True),
        sa.Column("extra_cost_year2_ore", sa.BigInteger(), nullable=True),
        sa.Column("extra_cost_year3_ore", sa.BigInteger(), nullable=True),
        sa.Column("reorganisation", sa.Boolean(), nullable=True),
        sa.Column("complex_ethics", sa.Boolean(), nullable=True),
        sa.Column("diagnostics", sa.Text(), nullable=True),
        sa.Column("anchored_with", sa.Text(), nullable=True),
        sa.Column("conflicts_of_interest", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=40), nullable=True),
        sa.Column("effect", sa.String(length=40), nullable=True),
        sa.Column("risk", sa.String(length=40), nullable=True),
        sa.Column("evidence_grade", sa.String(length=40), nullable=True),
        sa.Column("rare_and_severe", sa.Boolean(), nullable=True),
        sa.Column("cost_effectiveness", sa.String(length=40), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("rank_reason", sa.Text(), nullable=True),
        sa.Column("national_rank", sa.Integer(), nullable=True),
        sa.Column("in_depth_analysis", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("registry_number", sa.String(length=60), nullable=True),
        sa.Column("consequence", sa.Text(), nullable=True),
        sa.Column("regional_preparation", sa.Boolean(), nullable=True),
        sa.Column("regional_statement", sa.Text(), nullable=True),
        sa.Column("implementation_manager", sa.String(length=300), nullable=True),
        sa.Column("adherence", sa.String(length=40), nullable=True),
        sa.Column("adherence_comment", sa.Text(), nullable=True),
        sa.Column("contact_person_id", sa.Integer(), nullable=True),
        sa.Column("goals", sa.Text(), nullable=True),
        sa.Column("introduction_start", sa.Date(), nullable=True),
        sa.Column("financed_until", sa.Date(), nullable=True),
        sa.Column("watch_until", sa.Date(), nullable=True),
        sa.Column("follow_up_conclusion", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "adherence IN ('followed', 'partly', 'not_followed')", name=op.f("ck_cases_adherence_known")
        ),
        sa.CheckConstraint("basis IN ('requisition', 'prescription')", name=op.f("ck_cases_basis_known")),
        sa.CheckConstraint("category IN ('standard', 'atmp', 'precision')", name=op.f("ck_cases_category_known")),
        sa.CheckConstraint(
            "cost_effectiveness IN ('reasonable', 'not_reasonable')", name=op.f("ck_cases_cost_effectiveness_known")
        ),
        sa.CheckConstraint("effect IN ('very_good', 'good', 'moderate', 'small')", name=op.f("ck_cases_effect_known")),
        sa.CheckConstraint("evidence_grade IN ('4', '3', '2', '1')", name=op.f("ck_cases_evidence_grade_known")),
        sa.CheckConstraint(
            "origin IN ('horizon_scan', 'recommendation', 'nomination', 'follow_on', 'recorded')",
            name=op.f("ck_cases_origin_known"),
        ),
        sa.CheckConstraint(
            "phase IN ('national_recommendation', 'regional_decision', 'introduction_financing', 'follow_up', 'handover')",
            name=op.f("ck_cases_phase_known"),
        ),
        sa.CheckConstraint(
            "rank IS NULL OR severity IS NULL OR rank >= CASE severity WHEN 'low' THEN 3 WHEN 'moderate' THEN 2 ELSE 1 END",
            name=op.f("ck_cases_rank_not_better_than_severity"),
        ),
        sa.CheckConstraint(
            "recorded_afterwards OR phase <> 'handover' OR introduction_start IS NOT NULL",
            name=op.f("ck_cases_introduced_has_start"),
        ),
        sa.CheckConstraint("risk IN ('low', 'moderate', 'high')", name=op.f("ck_cases_risk_known")),
        sa.CheckConstraint(
            "routine_use IN ('not_routine', 'unequal_with_plan', 'routine')", name=op.f("ck_cases_routine_use_known")
        ),
        sa.CheckConstraint(
            "severity IN ('very_high', 'high', 'moderate', 'low')", name=op.f("ck_cases_severity_known")
        ),
        sa.CheckConstraint(
            "(recommendation_id IS NULL) = (recommendation_version IS NULL)", name=op.f("ck_cases_version_of_advice")
        ),
        sa.CheckConstraint(
            "financed_until IS NULL OR introduction_start IS NULL OR financed_until > introduction_start",
            name=op.f("ck_cases_financed_in_order"),
        ),
        sa.CheckConstraint("national_rank BETWEEN 1 AND 10", name=op.f("ck_cases_national_rank_bounds")),
        sa.CheckConstraint("patients_per_year BETWEEN 0 AND 1000000", name=op.f("ck_cases_patients_per_year_bounds")),
        sa.CheckConstraint("rank BETWEEN 1 AND 3", name=op.f("ck_cases_rank_bounds")),
        sa.ForeignKeyConstraint(["contact_person_id"], ["person.id"], name=op.f("fk_cases_contact_person_id")),
        sa.ForeignKeyConstraint(["id"], ["process_instance.id"], name=op.f("fk_cases_id")),
        sa.ForeignKeyConstraint(["indication_id"], ["indication.id"], name=op.f("fk_cases_indication_id")),
        sa.ForeignKeyConstraint(["medicine_id"], ["medicine.id"], name=op.f("fk_cases_medicine_id")),
        sa.ForeignKeyConstraint(["nominating_unit_id"], ["unit.id"], name=op.f("fk_cases_nominating_unit_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_cases_owner_id")),
        sa.ForeignKeyConstraint(["recommendation_id"], ["recommendation.id"], name=op.f("fk_cases_recommendation_id")),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_cases_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("public_number", name=op.f("uq_cases_public_number")),
    )
    op.create_index("ix_cases_nominating_unit_id", "cases", ["nominating_unit_id"], unique=False)
    op.create_index(op.f("ix_cases_owner_id"), "cases", ["owner_id"], unique=False)
    op.create_index(op.f("ix_cases_recommendation_id"), "cases", ["recommendation_id"], unique=False)
    op.create_index("ix_cases_region_phase", "cases", ["region_id", "phase"], unique=False)
    op.create_index("ix_cases_sort_key", "cases", ["sort_key", "id"], unique=False)
    op.create_table(
        "due_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("anchor", sa.String(length=24), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("(kind = 'task') = (task_id IS NOT NULL)", name=op.f("ck_due_date_task_named")),
        sa.CheckConstraint("kind IN ('stage', 'task', 'milestone')", name=op.f("ck_due_date_kind_known")),
        sa.CheckConstraint("state IN ('pending', 'done', 'cancelled')", name=op.f("ck_due_date_state_known")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_due_date_instance_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_due_date_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_date")),
    )
    op.create_index("ix_due_date_instance", "due_date", ["instance_id"], unique=False)
    op.create_index(
        "ix_due_date_pending",
        "due_date",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "recommendation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=24), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.String(length=10), nullable=True),
        sa.Column("severity", sa.String(length=12), nullable=True),
        sa.Column("rarity", sa.String(length=12), nullable=True),
        sa.Column("grade_scale", sa.String(length=12), nullable=True),
        sa.Column("clinical_grade", sa.String(length=12), nullable=True),
        sa.Column("economic_grade", sa.String(length=12), nullable=True),
        sa.Column("cost_per_qaly_ore", sa.BigInteger(), nullable=True),
        sa.Column("comparator", sa.String(length=300), nullable=True),
        sa.Column("agreement_exists", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "clinical_grade IN ('very_low', 'low', 'moderate', 'high', 'very_high')",
            name=op.f("ck_recommendation_version_clinical_grade_known"),
        ),
        sa.CheckConstraint(
            "economic_grade IN ('very_low', 'low', 'moderate', 'high', 'very_high')",
            name=op.f("ck_recommendation_version_economic_grade_known"),
        ),
        sa.CheckConstraint(
            "grade_scale IN ('reliability', 'uncertainty')", name=op.f("ck_recommendation_version_grade_scale_known")
        ),
        sa.CheckConstraint(
            "level IN ('should', 'may', 'should_not', 'wait', 'conditional', 'positive_level_unknown', 'group_rule', 'not_covered', 'reimbursed', 'reimbursed_limited', 'not_reimbursed')",
            name=op.f("ck_recommendation_version_level_known"),
        ),
        sa.CheckConstraint(
            "rarity IN ('less_common', 'rare', 'very_rare')", name=op.f("ck_recommendation_version_rarity_known")
        ),
        sa.CheckConstraint(
            "severity IN ('very_high', 'high', 'moderate', 'low')",
            name=op.f("ck_recommendation_version_severity_known"),
        ),
        sa.CheckConstraint(
            "grade_scale IS NOT NULL OR (clinical_grade IS NULL AND economic_grade IS NULL)",
            name=op.f("ck_recommendation_version_grades_have_scale"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_recommendation_version_version_counts")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_version_recommendation_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_recommendation_version_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_version")),
        sa.UniqueConstraint(
            "recommendation_id", "version", name=op.f("uq_recommendation_version_recommendation_id_version")
        ),
    )
    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('renominated_from', 'widened_from', 'related')", name=op.f("ck_case_link_kind_known")
        ),
        sa.CheckConstraint("case_id <> other_id", name=op.f("ck_case_link_not_to_itself")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_case_link_made_by")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("case_id", "other_id", "kind", name=op.f("uq_case_link_case_id_other_id_kind")),
    )
    op.create_index(op.f("ix_case_link_other_id"), "case_link", ["other_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=160), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=True),
        sa.Column("registry_number", sa.String(length=60), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'approved_with_conditions' OR conditions IS NOT NULL", name=op.f("ck_decision_conditions_told")
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'approved_with_conditions', 'without_financing', 'not_prioritised', 'postponed', 'extended', 'ended_early')",
            name=op.f("ck_decision_outcome_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decision_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_decision_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"], unique=False)
    op.create_table(
        "follow_up_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("patients_started", sa.Integer(), nullable=False),
        sa.Column("patients_continuing", sa.Integer(), nullable=False),
        sa.Column("patients_stopped", sa.Integer(), nullable=False),
        sa.Column("goals_result", sa.Text(), nullable=True),
        sa.Column("obstacles", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "patients_started >= 0 AND patients_continuing >= 0 AND patients_stopped >= 0",
            name=op.f("ck_follow_up_report_counts_not_negative"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follow_up_report_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_follow_up_report_recorded_by")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_follow_up_report_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_follow_up_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_report")),
        sa.UniqueConstraint("task_id", name=op.f("uq_follow_up_report_task_id")),
    )
    op.create_index(op.f("ix_follow_up_report_case_id"), "follow_up_report", ["case_id"], unique=False)
    op.create_table(
        "grant_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
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
    )
    op.create_table(
        "handover_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("forecast_ore", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "answer <> 'objection' OR comment IS NOT NULL", name=op.f("ck_handover_confirmation_objection_has_reason")
        ),
        sa.CheckConstraint("answer IN ('confirmed', 'objection')", name=op.f("ck_handover_confirmation_answer_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handover_confirmation_case_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_handover_confirmation_recorded_by")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_handover_confirmation_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handover_confirmation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_confirmation")),
    )
    op.create_index(op.f("ix_handover_confirmation_case_id"), "handover_confirmation", ["case_id"], unique=False)
    op.create_table(
        "treating_unit",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_treating_unit_case_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_treating_unit_unit_id")),
        sa.PrimaryKeyConstraint("case_id", "unit_id", name=op.f("pk_treating_unit")),
    )


def downgrade() -> None:
    op.drop_table("treating_unit")
    op.drop_table("handover_confirmation")
    op.drop_table("grant_row")
    op.drop_table("follow_up_report")
    op.drop_table("decision")
    op.drop_table("case_link")
    op.drop_table("recommendation_version")
    op.drop_table("due_date")
    op.drop_table("cases")
    op.drop_table("workplace_code")
    op.drop_table("unit_terms")
    op.drop_table("task")
    op.drop_table("role_assignment")
    op.drop_table("recommendation")
    op.drop_table("comment")
    op.drop_table("unit")
    op.drop_table("sign_in_session")
    op.drop_table("round")
    op.drop_table("request_key")
    op.drop_table("process_instance")
    op.drop_table("indication")
    op.drop_table("held_post")
    op.drop_table("disposal")
    op.drop_table("body")
    op.drop_table("sign_in_attempt")
    op.drop_table("seal")
    op.drop_table("region")
    op.drop_table("person")
    op.drop_table("number_series")
    op.drop_table("medicine")
    op.drop_table("event")

"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_role",
            sa.Enum(
                "teacher",
                "school",
                "point",
                "district",
                "city",
                "province",
                "superuser",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column(
            "changes", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_actor_name", ["actor_name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entries_table_name_row_id", ["table_name", "row_id", "id"], unique=False)

    op.create_table(
        "calendar_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_days_day")),
    )
    op.create_table(
        "degrees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_degrees")),
        sa.UniqueConstraint("code", name=op.f("uq_degrees_code")),
    )
    with op.batch_alter_table("degrees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_degrees_name"), ["name"], unique=False)

    op.create_table(
        "divisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province", "city", "county", name="bureau_level", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "parent_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "successor_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["divisions.code"], name=op.f("fk_divisions_parent_code_divisions")),
        sa.ForeignKeyConstraint(
            ["successor_code"], ["divisions.code"], name=op.f("fk_divisions_successor_code_divisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sa.UniqueConstraint("code", name=op.f("uq_divisions_code")),
    )
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_divisions_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_divisions_parent_code"), ["parent_code"], unique=False)

    op.create_table(
        "educations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_educations")),
        sa.UniqueConstraint("code", name=op.f("uq_educations_code")),
    )
    with op.batch_alter_table("educations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_educations_name"), ["name"], unique=False)

    op.create_table(
        "ethnicities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ethnicities")),
        sa.UniqueConstraint("code", name=op.f("uq_ethnicities_code")),
    )
    with op.batch_alter_table("ethnicities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ethnicities_name"), ["name"], unique=False)

    op.create_table(
        "institutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("code", name=op.f("uq_institutions_code")),
    )
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_institutions_name"), ["name"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sent", "failed", name="mail_state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index("ix_mails_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "notice_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_texts")),
        sa.UniqueConstraint("key", "edition", name=op.f("uq_notice_texts_key_edition")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "id_kind",
            sa.Enum(
                "resident",
                "hk_macao_residence",
                "taiwan_residence",
                "hk_macao_permit",
                "taiwan_permit",
                name="id_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("id_kind", "id_number", name=op.f("uq_people_id_kind_id_number")),
    )
    op.create_table(
        "political_statuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_political_statuses")),
        sa.UniqueConstraint("code", name=op.f("uq_political_statuses_code")),
    )
    with op.batch_alter_table("political_statuses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_political_statuses_name"), ["name"], unique=False)

    op.create_table(
        "putonghua_grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_putonghua_grades")),
        sa.UniqueConstraint("code", name=op.f("uq_putonghua_grades_code")),
    )
    with op.batch_alter_table("putonghua_grades", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_putonghua_grades_name"), ["name"], unique=False)

    op.create_table(
        "qualification_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "issuing_level",
            sa.Enum(
                "province", "city", "county", name="bureau_level", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("level_rank", sa.Integer(), nullable=False),
        sa.Column("registrable", sa.Boolean(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_types")),
        sa.UniqueConstraint("code", name=op.f("uq_qualification_types_code")),
    )
    with op.batch_alter_table("qualification_types", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_types_name"), ["name"], unique=False)

    op.create_table(
        "reason_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "conclusion",
            sa.Enum(
                "none",
                "registered",
                "deferred",
                "refused",
                name="conclusion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_reason_codes_code")),
    )
    with op.batch_alter_table("reason_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reason_codes_name"), ["name"], unique=False)

    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("qualification_types", sa.String(length=32), nullable=False),
        sa.Column("teachable", sa.Boolean(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
        sa.UniqueConstraint("code", name=op.f("uq_subjects_code")),
    )
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subjects_name"), ["name"], unique=False)

    op.create_table(
        "titles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles")),
        sa.UniqueConstraint("code", name=op.f("uq_titles_code")),
    )
    with op.batch_alter_table("titles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_titles_name"), ["name"], unique=False)

    op.create_table(
        "authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province", "city", "county", name="bureau_level", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "division_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number_code", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "successor_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_authorities_validity")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["divisions.code"], name=op.f("fk_authorities_division_code_divisions")
        ),
        sa.ForeignKeyConstraint(
            ["successor_code"], ["authorities.code"], name=op.f("fk_authorities_successor_code_authorities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("code", name=op.f("uq_authorities_code")),
    )
    with op.batch_alter_table("authorities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorities_division_code"), ["division_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorities_name"), ["name"], unique=False)

    op.create_table(
        "bureaus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province", "city", "county", name="bureau_level", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "division_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["division_code"], ["divisions.code"], name=op.f("fk_bureaus_division_code_divisions")),
        sa.ForeignKeyConstraint(["parent_id"], ["bureaus.id"], name=op.f("fk_bureaus_parent_id_bureaus")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bureaus")),
        sa.UniqueConstraint("code", name=op.f("uq_bureaus_code")),
    )
    with op.batch_alter_table("bureaus", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bureaus_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_bureaus_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bureaus_path"), ["path"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "registration_type",
            sa.Enum(
                "first",
                "periodic",
                "reapply",
                name="registration_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("has_school_check", sa.Boolean(), nullable=False),
        sa.Column("has_city_review", sa.Boolean(), nullable=False),
        sa.Column("publicity_days", sa.Integer(), nullable=False),
        sa.Column("acceptance_ends_on", sa.Date(), nullable=False),
        sa.Column("reading_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_campaigns_bureau_id_bureaus")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("code", name=op.f("uq_campaigns_code")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_bureau_id"), ["bureau_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaigns_name"), ["name"], unique=False)

    op.create_table(
        "certificate_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "replacement",
                "reissue",
                "annotation",
                "central",
                name="certificate_service",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("certificate_number", sa.String(length=32), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_certificate_requests_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificate_requests_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_requests")),
    )
    with op.batch_alter_table("certificate_requests", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_requests_bureau_id_state", ["bureau_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_requests_person_id"), ["person_id"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "number",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "qualification_type_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "subject_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_certificates_authority_id_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["qualification_type_code"],
            ["qualification_types.code"],
            name=op.f("fk_certificates_qualification_type_code_qualification_types"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_code"], ["subjects.code"], name=op.f("fk_certificates_subject_code_subjects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_id_number", ["id_number"], unique=False)

    op.create_table(
        "confirmation_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=100), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_confirmation_points_bureau_id_bureaus")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_points")),
        sa.UniqueConstraint("code", name=op.f("uq_confirmation_points_code")),
    )
    with op.batch_alter_table("confirmation_points", schema=None) as batch_op:
        batch_op.create_index("ix_confirmation_points_bureau_id_status", ["bureau_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_points_name"), ["name"], unique=False)

    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column(
            "nature",
            sa.Enum(
                "public_kindergarten",
                "public_primary",
                "public_junior",
                "public_senior",
                "public_nine_year",
                "public_complete",
                "public_vocational",
                "public_special",
                "private_kindergarten",
                "private_primary",
                "private_junior",
                "private_senior",
                "private_nine_year",
                "private_complete",
                "private_vocational",
                "private_special",
                name="school_nature",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column(
            "code", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "active",
                "retired",
                name="entry_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_schools_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["schools.id"], name=op.f("fk_schools_merged_into_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("code", name=op.f("uq_schools_code")),
    )
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.create_index("ix_schools_bureau_id_status_name", ["bureau_id", "status", "name"], unique=False)
        batch_op.create_index(batch_op.f("ix_schools_name"), ["name"], unique=False)

    op.create_table(
        "staff_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "add_school",
                "add_institution",
                "add_authority",
                "add_subject",
                "duplicate_certificate",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(length=100), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_staff_requests_bureau_id_bureaus")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_requests")),
    )
    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.create_index("ix_staff_requests_bureau_id_state", ["bureau_id", "state", "id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "registration_number",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum("self", "import_unapplied", name="origin", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "registration_type",
            sa.Enum(
                "first",
                "periodic",
                "reapply",
                name="registration_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "draft",
                "submitted",
                "school_checked",
                "confirmed",
                "preliminary",
                "reviewed",
                "concluded",
                "returned",
                "withdrawn",
                "revoked",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "conclusion",
            sa.Enum(
                "none",
                "registered",
                "deferred",
                "refused",
                name="conclusion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("printed_version", sa.Integer(), nullable=False),
        sa.Column("signed_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "certificate_number",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "name",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column(
            "ethnicity_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "qualification_type_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("authority_id", sa.Integer(), nullable=True),
        sa.Column(
            "certificate_subject_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("certificate_issued_on", sa.Date(), nullable=True),
        sa.Column("certificate_reissued_on", sa.Date(), nullable=True),
        sa.Column(
            "teaching_stage",
            sa.Enum(
                "kindergarten",
                "primary",
                "junior",
                "senior",
                "vocational",
                "vocational_practice",
                "special",
                name="teaching_stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "teaching_subject_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("bureau_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("work_started_on", sa.Date(), nullable=True),
        sa.Column(
            "title_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "locality",
            sa.Enum("urban", "town", "rural", name="locality", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("contract_from", sa.Date(), nullable=True),
        sa.Column("contract_to", sa.Date(), nullable=True),
        sa.Column(
            "school_nature",
            sa.Enum(
                "public_kindergarten",
                "public_primary",
                "public_junior",
                "public_senior",
                "public_nine_year",
                "public_complete",
                "public_vocational",
                "public_special",
                "private_kindergarten",
                "private_primary",
                "private_junior",
                "private_senior",
                "private_nine_year",
                "private_complete",
                "private_vocational",
                "private_special",
                name="school_nature",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "post_kind",
            sa.Enum(
                "established",
                "private",
                "other",
                name="post_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "education_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "degree_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("major", sa.String(length=100), nullable=True),
        sa.Column(
            "putonghua_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "residence_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "birthplace_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "political_status_code",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("mobile", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("postcode", sa.String(length=6), nullable=True),
        sa.Column("landline", sa.LargeBinary(), nullable=True),
        sa.Column(
            "ethics",
            sa.Enum(
                "excellent",
                "qualified",
                "basic",
                "unqualified",
                name="ethics_grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("probation_passed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("stage <> 'concluded' OR conclusion <> 'none'", name=op.f("ck_applications_concluded")),
        sa.CheckConstraint(
            "stage NOT IN ('draft', 'submitted') OR conclusion = 'none'", name=op.f("ck_applications_undecided")
        ),
        sa.CheckConstraint(
            "form_version >= 0 AND signed_version <= form_version", name=op.f("ck_applications_versions")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_applications_authority_id_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["birthplace_code"], ["divisions.code"], name=op.f("fk_applications_birthplace_code_divisions")
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_applications_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_applications_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(
            ["certificate_subject_code"],
            ["subjects.code"],
            name=op.f("fk_applications_certificate_subject_code_subjects"),
        ),
        sa.ForeignKeyConstraint(["degree_code"], ["degrees.code"], name=op.f("fk_applications_degree_code_degrees")),
        sa.ForeignKeyConstraint(
            ["education_code"], ["educations.code"], name=op.f("fk_applications_education_code_educations")
        ),
        sa.ForeignKeyConstraint(
            ["ethnicity_code"], ["ethnicities.code"], name=op.f("fk_applications_ethnicity_code_ethnicities")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_applications_institution_id_institutions")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_applications_person_id_people")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["confirmation_points.id"], name=op.f("fk_applications_point_id_confirmation_points")
        ),
        sa.ForeignKeyConstraint(
            ["political_status_code"],
            ["political_statuses.code"],
            name=op.f("fk_applications_political_status_code_political_statuses"),
        ),
        sa.ForeignKeyConstraint(
            ["putonghua_code"], ["putonghua_grades.code"], name=op.f("fk_applications_putonghua_code_putonghua_grades")
        ),
        sa.ForeignKeyConstraint(
            ["qualification_type_code"],
            ["qualification_types.code"],
            name=op.f("fk_applications_qualification_type_code_qualification_types"),
        ),
        sa.ForeignKeyConstraint(
            ["reason_code"], ["reason_codes.code"], name=op.f("fk_applications_reason_code_reason_codes")
        ),
        sa.ForeignKeyConstraint(
            ["residence_code"], ["divisions.code"], name=op.f("fk_applications_residence_code_divisions")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_applications_school_id_schools")),
        sa.ForeignKeyConstraint(
            ["teaching_subject_code"], ["subjects.code"], name=op.f("fk_applications_teaching_subject_code_subjects")
        ),
        sa.ForeignKeyConstraint(["title_code"], ["titles.code"], name=op.f("fk_applications_title_code_titles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("registration_number", name=op.f("uq_applications_registration_number")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_bureau_id_stage", ["bureau_id", "stage", "id"], unique=False)
        batch_op.create_index("ix_applications_campaign_id_stage", ["campaign_id", "stage", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_certificate_number"), ["certificate_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_applications_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_applications_point_id_stage", ["point_id", "stage", "id"], unique=False)
        batch_op.create_index("ix_applications_school_id_stage", ["school_id", "stage", "id"], unique=False)
        batch_op.create_index(
            "uq_applications_live",
            ["person_id", "campaign_id"],
            unique=True,
            sqlite_where=sa.text("stage NOT IN ('withdrawn', 'revoked')"),
            postgresql_where=sa.text("stage NOT IN ('withdrawn', 'revoked')"),
        )

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_drafts_campaign_id_campaigns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_drafts_token_hash")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_saved_at"), ["saved_at"], unique=False)

    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "registration_type",
            sa.Enum(
                "first",
                "periodic",
                "reapply",
                name="registration_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_materials_campaign_id_campaigns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sa.UniqueConstraint("campaign_id", "position", name=op.f("uq_materials_campaign_id_position")),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "point_schools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["confirmation_points.id"],
            name=op.f("fk_point_schools_point_id_confirmation_points"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_point_schools_school_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_schools")),
    )
    with op.batch_alter_table("point_schools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_point_schools_school_id"), ["school_id"], unique=False)
        batch_op.create_index("uq_point_schools_point_id_school_id", ["point_id", "school_id"], unique=True)

    op.create_table(
        "publicities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_publicities_dates")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_publicities_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_publicities_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicities")),
        sa.UniqueConstraint(
            "campaign_id", "bureau_id", "starts_on", name=op.f("uq_publicities_campaign_id_bureau_id_starts_on")
        ),
    )
    with op.batch_alter_table("publicities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicities_bureau_id"), ["bureau_id"], unique=False)

    op.create_table(
        "roster_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column(
            "id_kind",
            sa.Enum(
                "resident",
                "hk_macao_residence",
                "taiwan_residence",
                "hk_macao_permit",
                "taiwan_permit",
                name="id_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id_number", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_roster_entries_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_roster_entries_school_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entries")),
        sa.UniqueConstraint(
            "campaign_id", "id_kind", "id_number", name=op.f("uq_roster_entries_campaign_id_id_kind_id_number")
        ),
    )
    with op.batch_alter_table("roster_entries", schema=None) as batch_op:
        batch_op.create_index("ix_roster_entries_school_id_campaign_id", ["school_id", "campaign_id"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "username",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "teacher",
                "school",
                "point",
                "district",
                "city",
                "province",
                "superuser",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("point_id", sa.Integer(), nullable=True),
        sa.Column("bureau_id", sa.Integer(), nullable=True),
        sa.Column("mobile", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.CheckConstraint("(role = 'point') = (point_id IS NOT NULL)", name=op.f("ck_staff_point")),
        sa.CheckConstraint("(role = 'school') = (school_id IS NOT NULL)", name=op.f("ck_staff_school")),
        sa.CheckConstraint("(role IN ('school', 'point')) = (bureau_id IS NULL)", name=op.f("ck_staff_bureau")),
        sa.CheckConstraint("role <> 'teacher'", name=op.f("ck_staff_not_a_teacher")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_staff_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["confirmation_points.id"], name=op.f("fk_staff_point_id_confirmation_points")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_staff_school_id_schools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_bureau_id"), ["bureau_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_point_id"), ["point_id"], unique=False)
        batch_op.create_index("ix_staff_role", ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_school_id"), ["school_id"], unique=False)

    op.create_table(
        "windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "apply",
                "school_check",
                "confirm",
                "preliminary",
                "review",
                "final",
                name="window_stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("workdays_only", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at OR closes_at = '00:00:00.000000'", name=op.f("ck_windows_hours")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_windows_dates")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_windows_campaign_id_campaigns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
    )
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_windows_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("notice_text_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_agreements_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notice_text_id"], ["notice_texts.id"], name=op.f("fk_agreements_notice_text_id_notice_texts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint(
            "application_id", "notice_text_id", name=op.f("uq_agreements_application_id_notice_text_id")
        ),
    )
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreements_notice_text_id"), ["notice_text_id"], unique=False)

    op.create_table(
        "assessment_years",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "assessment",
            sa.Enum(
                "excellent",
                "qualified",
                "basic",
                "unqualified",
                "ungraded",
                "absent",
                name="assessment_grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "ethics",
            sa.Enum(
                "excellent",
                "qualified",
                "basic",
                "unqualified",
                name="ethics_grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("training_hours", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.CheckConstraint("training_hours >= 0", name=op.f("ck_assessment_years_hours")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_assessment_years_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_years")),
        sa.UniqueConstraint("application_id", "year", name=op.f("uq_assessment_years_application_id_year")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column(
            "actor_role",
            sa.Enum(
                "teacher",
                "school",
                "point",
                "district",
                "city",
                "province",
                "superuser",
                "auditor",
                name="actor_role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column(
            "from_stage",
            sa.Enum(
                "draft",
                "submitted",
                "school_checked",
                "confirmed",
                "preliminary",
                "reviewed",
                "concluded",
                "returned",
                "withdrawn",
                "revoked",
                name="from_stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_stage",
            sa.Enum(
                "draft",
                "submitted",
                "school_checked",
                "confirmed",
                "preliminary",
                "reviewed",
                "concluded",
                "returned",
                "withdrawn",
                "revoked",
                name="to_stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_conclusion",
            sa.Enum(
                "none",
                "registered",
                "deferred",
                "refused",
                name="from_conclusion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_conclusion",
            sa.Enum(
                "none",
                "registered",
                "deferred",
                "refused",
                name="to_conclusion",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_events_application_id_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_application_id", ["application_id", "id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=100), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_messages_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_application_id_sent_at", ["application_id", "sent_at"], unique=False)

    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("master", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_photos_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("application_id", name=op.f("uq_photos_application_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_receipts_voided_pair")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_receipts_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["staff.id"], name=op.f("fk_receipts_issued_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["confirmation_points.id"], name=op.f("fk_receipts_point_id_confirmation_points")
        ),
        sa.ForeignKeyConstraint(["voided_by_id"], ["staff.id"], name=op.f("fk_receipts_voided_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("number", name=op.f("uq_receipts_number")),
        sa.UniqueConstraint("point_id", "year", "serial", name=op.f("uq_receipts_point_id_year_serial")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_application_id", ["application_id"], unique=False)

    op.create_table(
        "received_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_received_papers_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["materials.id"], name=op.f("fk_received_papers_material_id_materials")
        ),
        sa.ForeignKeyConstraint(["received_by_id"], ["staff.id"], name=op.f("fk_received_papers_received_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_papers")),
        sa.UniqueConstraint(
            "application_id", "material_id", name=op.f("uq_received_papers_application_id_material_id")
        ),
    )
    with op.batch_alter_table("received_papers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_received_papers_material_id"), ["material_id"], unique=False)

    op.create_table(
        "revocation_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "refused",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", name=op.f("ck_revocation_requests_decided")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_revocation_requests_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["staff.id"], name=op.f("fk_revocation_requests_decided_by_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["staff.id"], name=op.f("fk_revocation_requests_requested_by_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation_requests")),
    )
    with op.batch_alter_table("revocation_requests", schema=None) as batch_op:
        batch_op.create_index("ix_revocation_requests_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_revocation_requests_state", ["state", "id"], unique=False)

    op.create_table(
        "teaching_breaks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_teaching_breaks_dates")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_teaching_breaks_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teaching_breaks")),
    )
    with op.batch_alter_table("teaching_breaks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teaching_breaks_application_id"), ["application_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("teaching_breaks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teaching_breaks_application_id"))

    op.drop_table("teaching_breaks")
    with op.batch_alter_table("revocation_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_revocation_requests_state")
        batch_op.drop_index("ix_revocation_requests_application_id")

    op.drop_table("revocation_requests")
    with op.batch_alter_table("received_papers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_received_papers_material_id"))

    op.drop_table("received_papers")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_receipts_application_id")

    op.drop_table("receipts")
    op.drop_table("photos")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_application_id_sent_at")

    op.drop_table("messages")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_application_id")

    op.drop_table("events")
    op.drop_table("assessment_years")
    with op.batch_alter_table("agreements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreements_notice_text_id"))

    op.drop_table("agreements")
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_windows_campaign_id"))

    op.drop_table("windows")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_school_id"))
        batch_op.drop_index("ix_staff_role")
        batch_op.drop_index(batch_op.f("ix_staff_point_id"))
        batch_op.drop_index(batch_op.f("ix_staff_bureau_id"))

    op.drop_table("staff")
    with op.batch_alter_table("roster_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_entries_school_id_campaign_id")

    op.drop_table("roster_entries")
    with op.batch_alter_table("publicities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publicities_bureau_id"))

    op.drop_table("publicities")
    with op.batch_alter_table("point_schools", schema=None) as batch_op:
        batch_op.drop_index("uq_point_schools_point_id_school_id")
        batch_op.drop_index(batch_op.f("ix_point_schools_school_id"))

    op.drop_table("point_schools")
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_materials_campaign_id"))

    op.drop_table("materials")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_saved_at"))

    op.drop_table("drafts")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_applications_live",
            sqlite_where=sa.text("stage NOT IN ('withdrawn', 'revoked')"),
            postgresql_where=sa.text("stage NOT IN ('withdrawn', 'revoked')"),
        )
        batch_op.drop_index("ix_applications_school_id_stage")
        batch_op.drop_index("ix_applications_point_id_stage")
        batch_op.drop_index(batch_op.f("ix_applications_person_id"))
        batch_op.drop_index(batch_op.f("ix_applications_name"))
        batch_op.drop_index(batch_op.f("ix_applications_certificate_number"))
        batch_op.drop_index("ix_applications_campaign_id_stage")
        batch_op.drop_index("ix_applications_bureau_id_stage")

    op.drop_table("applications")
    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_requests_bureau_id_state")

    op.drop_table("staff_requests")
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schools_name"))
        batch_op.drop_index("ix_schools_bureau_id_status_name")

    op.drop_table("schools")
    with op.batch_alter_table("confirmation_points", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_points_name"))
        batch_op.drop_index("ix_confirmation_points_bureau_id_status")

    op.drop_table("confirmation_points")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index("ix_certificates_id_number")

    op.drop_table("certificates")
    with op.batch_alter_table("certificate_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_requests_person_id"))
        batch_op.drop_index("ix_certificate_requests_bureau_id_state")

    op.drop_table("certificate_requests")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_name"))
        batch_op.drop_index(batch_op.f("ix_campaigns_bureau_id"))

    op.drop_table("campaigns")
    with op.batch_alter_table("bureaus", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bureaus_path"))
        batch_op.drop_index(batch_op.f("ix_bureaus_parent_id"))
        batch_op.drop_index(batch_op.f("ix_bureaus_name"))

    op.drop_table("bureaus")
    with op.batch_alter_table("authorities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authorities_name"))
        batch_op.drop_index(batch_op.f("ix_authorities_division_code"))

    op.drop_table("authorities")
    with op.batch_alter_table("titles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_titles_name"))

    op.drop_table("titles")
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subjects_name"))

    op.drop_table("subjects")
    with op.batch_alter_table("reason_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reason_codes_name"))

    op.drop_table("reason_codes")
    with op.batch_alter_table("qualification_types", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualification_types_name"))

    op.drop_table("qualification_types")
    with op.batch_alter_table("putonghua_grades", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_putonghua_grades_name"))

    op.drop_table("putonghua_grades")
    with op.batch_alter_table("political_statuses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_political_statuses_name"))

    op.drop_table("political_statuses")
    op.drop_table("people")
    op.drop_table("notice_texts")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_state_due_at")

    op.drop_table("mails")
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institutions_name"))

    op.drop_table("institutions")
    with op.batch_alter_table("ethnicities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ethnicities_name"))

    op.drop_table("ethnicities")
    with op.batch_alter_table("educations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_educations_name"))

    op.drop_table("educations")
    with op.batch_alter_table("divisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_divisions_parent_code"))
        batch_op.drop_index(batch_op.f("ix_divisions_name"))

    op.drop_table("divisions")
    with op.batch_alter_table("degrees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_degrees_name"))

    op.drop_table("degrees")
    op.drop_table("calendar_days")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_table_name_row_id")
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index("ix_audit_entries_actor_name")

    op.drop_table("audit_entries")

"""Links in mails, days of a confirmation point, requests that name what they ask for, typing beside an application."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAYS_NAME = "ck_confirmation_points_days"
DAYS = "closes_on IS NULL OR opens_on IS NULL OR closes_on >= opens_on"


def upgrade() -> None:
    op.create_table(
        "account_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new_password", "verify_email", name="link_kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_account_links_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_links_token_hash")),
    )
    with op.batch_alter_table("account_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_links_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_links_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.alter_column("token_hash", existing_type=sa.String(length=64), nullable=True)
        batch_op.add_column(sa.Column("application_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_drafts_application_id_applications"),
            "applications",
            ["application_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_unique_constraint(batch_op.f("uq_drafts_application_id"), ["application_id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_drafts_owner"), "(token_hash IS NULL) <> (application_id IS NULL)"
        )
    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entry_code", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("application_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_staff_requests_application_id_applications"), "applications", ["application_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_staff_requests_application_id"), ["application_id"], unique=False)
        batch_op.create_index("ix_staff_requests_entry_code", ["entry_code", "state"], unique=False)
    # Never by making the table anew, as batches do in SQLite: dropping the old one would delete what hangs on it.
    op.add_column("confirmation_points", sa.Column("opens_on", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE confirmation_points ADD COLUMN closes_on DATE CONSTRAINT {DAYS_NAME} CHECK ({DAYS})")
    else:
        op.add_column("confirmation_points", sa.Column("closes_on", sa.Date(), nullable=True))
        op.create_check_constraint(op.f(DAYS_NAME), "confirmation_points", DAYS)


def downgrade() -> None:
    op.drop_column("confirmation_points", "closes_on")  # and the check with it
    op.drop_column("confirmation_points", "opens_on")
    with op.batch_alter_table("staff_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_requests_entry_code")
        batch_op.drop_index(batch_op.f("ix_staff_requests_application_id"))
        batch_op.drop_constraint(batch_op.f("fk_staff_requests_application_id_applications"), type_="foreignkey")
        batch_op.drop_column("application_id")
        batch_op.drop_column("entry_code")
    op.execute("DELETE FROM drafts WHERE token_hash IS NULL")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_drafts_owner"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_drafts_application_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_drafts_application_id_applications"), type_="foreignkey")
        batch_op.drop_column("application_id")
        batch_op.alter_column("token_hash", existing_type=sa.String(length=64), nullable=False)
    op.drop_table("account_links")

"""Objections to what is publicised."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    "open", "upheld", "dismissed", name="objection_state", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("registration_number", sa.String(length=32), nullable=False),
        sa.Column("raised_by", sa.String(length=100), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_objections_settled")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_objections_bureau_id_bureaus")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_objections_campaign_id_campaigns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    op.create_index(op.f("ix_objections_bureau_id"), "objections", ["bureau_id"])
    op.create_index("ix_objections_campaign_id", "objections", ["campaign_id", "bureau_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_objections_campaign_id", "objections")
    op.drop_index(op.f("ix_objections_bureau_id"), "objections")
    op.drop_table("objections")

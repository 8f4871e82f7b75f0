"""Applications are looked for by the reason of their conclusion."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_applications_reason_code", "applications", ["reason_code", "id"])


def downgrade() -> None:
    op.drop_index("ix_applications_reason_code", "applications")

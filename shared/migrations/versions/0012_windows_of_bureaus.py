"""Opening times of a bureau's own, closures, and why they were set."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("windows") as table:
        table.add_column(sa.Column("bureau_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_closure", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("reason", sa.String(length=100), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_windows_bureau_id_bureaus"), "bureaus", ["bureau_id"], ["id"])
        table.create_index(op.f("ix_windows_bureau_id"), ["bureau_id"])
    with op.batch_alter_table("windows") as table:
        table.alter_column("is_closure", server_default=None)
        table.alter_column("reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("windows") as table:
        table.drop_index(op.f("ix_windows_bureau_id"))
        table.drop_constraint(op.f("fk_windows_bureau_id_bureaus"), type_="foreignkey")
        table.drop_column("reason")
        table.drop_column("is_closure")
        table.drop_column("bureau_id")

"""What an import has replaced is kept among the files until its remains are cleared away: a further use of a piece."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHECK = "ck_file_pieces_file_use"
OLD, NEW = ("import", "faults", "export"), ("import", "faults", "export", "former")


def upgrade() -> None:
    _allow(NEW)


def downgrade() -> None:
    op.execute("DELETE FROM file_pieces WHERE use = 'former'")
    _allow(OLD)


def _allow(uses: tuple[str, ...]) -> None:
    # SQLite cannot drop a check: the table is written anew from this description, which has none.
    plain = sa.Table(
        "file_pieces",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_pieces")),
        sa.UniqueConstraint("use", "owner_id", "position", name=op.f("uq_file_pieces_use_owner_id_position")),
    )
    listed = ", ".join(f"'{use}'" for use in uses)
    with op.batch_alter_table("file_pieces", copy_from=plain) as batch:
        if op.get_bind().dialect.name == "postgresql":
            batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), sa.text(f"use IN ({listed})"))

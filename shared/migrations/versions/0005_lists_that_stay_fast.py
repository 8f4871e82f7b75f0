"""Indexes that lists, their counts, filters and search boxes need with a million rows; measured in decision 0012."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Everything that the count of a bureau's list asks for: SQLite then reads no row for it.
OLD = ["bureau_id", "stage", "id"]
NEW = [*OLD, "form_version", "origin", "conclusion"]
INDEXES = (
    ("applications", ["submitted_at"]),
    ("applications", ["stage_at"]),
    ("audit_entries", ["action", "id"]),
    ("people", ["id_number"]),
    ("roster_entries", ["id_number"]),
)
NAMES = ("people", "roster_entries", "staff")  # searched by the beginning: in byte order


def upgrade() -> None:
    op.drop_index("ix_applications_bureau_id_stage", "applications")
    op.create_index("ix_applications_bureau_id_stage", "applications", NEW)
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, columns)
    for table in NAMES:
        op.create_index(f"ix_{table}_name", table, ["name"], postgresql_ops={"name": "varchar_pattern_ops"})


def downgrade() -> None:
    for table in NAMES:
        op.drop_index(f"ix_{table}_name", table)
    for table, columns in INDEXES:
        op.drop_index(_name(table, columns), table)
    op.drop_index("ix_applications_bureau_id_stage", "applications")
    op.create_index("ix_applications_bureau_id_stage", "applications", OLD)


def _name(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{columns[0]}"

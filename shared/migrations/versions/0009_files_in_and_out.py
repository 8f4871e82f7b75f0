"""Imports with their rows, exports, and the contents of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def needed(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=True)


def link(table: str, column: str, other: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **options)


def upgrade() -> None:
    op.create_table(
        "file_pieces",
        needed("id", sa.Integer()),
        needed("version", sa.Integer()),
        needed("use", one_of("file_use", "import", "faults", "export")),
        needed("owner_id", sa.Integer()),
        needed("position", sa.Integer()),
        needed("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_pieces")),
        sa.UniqueConstraint("use", "owner_id", "position", name=op.f("uq_file_pieces_use_owner_id_position")),
    )
    op.create_table(
        "imports",
        needed("id", sa.Integer()),
        needed("version", sa.Integer()),
        needed("kind", sa.String(length=64)),
        needed("staff_id", sa.Integer()),
        optional("campaign_id", sa.Integer()),
        needed("file_name", sa.String(length=200)),
        needed("sha256", sa.String(length=64)),
        needed("size", sa.Integer()),
        needed(
            "state",
            one_of(
                "import_state", "checking", "checked", "writing", "done", "unreadable", "cancelled", "undoing", "undone"
            ),
        ),
        needed("partial", sa.Boolean()),
        *(needed(name, sa.Integer()) for name in ("total", "new", "changed", "unchanged", "refused", "undone")),
        needed("digest", sa.String(length=64)),
        *(needed(name, JSON) for name in ("columns", "notes", "faults")),
        needed("made_at", MOMENT),
        optional("started_at", MOMENT),
        optional("ended_at", MOMENT),
        optional("undone_at", MOMENT),
        optional("undone_by_id", sa.Integer()),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_imports_undone_pair")),
        link("imports", "staff_id", "staff"),
        link("imports", "campaign_id", "campaigns"),
        link("imports", "undone_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_campaign_id", "imports", ["campaign_id"])
    op.create_index("ix_imports_made_at", "imports", ["made_at"])
    op.create_index("ix_imports_sha256", "imports", ["sha256"])
    op.create_index("ix_imports_staff_id", "imports", ["staff_id", "id"])
    op.create_index("ix_imports_state", "imports", ["state", "id"])
    op.create_table(
        "import_rows",
        needed("id", sa.Integer()),
        needed("version", sa.Integer()),
        needed("import_id", sa.Integer()),
        needed("number", sa.Integer()),
        needed("action", one_of("import_action", "new", "changed", "unchanged", "refused")),
        optional("row_id", sa.Integer()),
        optional("left_version", sa.Integer()),
        optional("before", sa.LargeBinary()),
        needed("changes", JSON),
        needed("reasons", JSON),
        optional("taken_back", sa.Boolean()),
        link("import_rows", "import_id", "imports", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_import_id_action", "import_rows", ["import_id", "action", "number"])
    op.create_table(
        "exports",
        needed("id", sa.Integer()),
        needed("version", sa.Integer()),
        needed("staff_id", sa.Integer()),
        needed("table_name", sa.String(length=64)),
        needed("query", sa.LargeBinary()),
        needed("columns", JSON),
        needed("file_format", sa.String(length=32)),
        optional("reason", one_of("reveal_reason", "papers", "review", "contact", "duplicate", "other")),
        needed("note", sa.String(length=100)),
        needed("state", one_of("export_state", "waiting", "done", "failed", "cancelled")),
        needed("total", sa.Integer()),
        needed("file_name", sa.String(length=200)),
        needed("size", sa.Integer()),
        needed("faults", JSON),
        needed("made_at", MOMENT),
        optional("ended_at", MOMENT),
        link("exports", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index("ix_exports_made_at", "exports", ["made_at"])
    op.create_index("ix_exports_staff_id", "exports", ["staff_id", "id"])
    op.create_index("ix_exports_state", "exports", ["state", "id"])


def downgrade() -> None:
    for table in ("exports", "import_rows", "imports", "file_pieces"):
        op.drop_table(table)

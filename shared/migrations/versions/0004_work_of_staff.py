"""What staff work with: batches, holds, saved views, log-ins; a second factor; merged rows and other names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
NAME = sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
OPEN_HOLD = sa.text("lifted_at IS NULL")
# Tables that others hang on: never made anew, as batches do in SQLite, or what hangs on them would be deleted.
LINKS = (
    ("applications", "assigned_to_id", "staff"),
    ("authorities", "merged_into_id", "authorities"),
    ("institutions", "merged_into_id", "institutions"),
    ("staff_requests", "decided_by_id", "staff"),
    ("subjects", "merged_into_id", "subjects"),
)
COLUMNS = (
    ("staff", "id_number", sa.LargeBinary()),
    ("staff", "activation_hash", sa.String(length=64)),
    ("staff", "activation_expires_at", MOMENT),
    ("staff", "totp_secret", sa.LargeBinary()),
    ("staff", "totp_confirmed_at", MOMENT),
    ("staff", "totp_last_step", sa.Integer()),
    ("staff_requests", "decided_at", MOMENT),
)


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def row(*columns: sa.Column) -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
    )


def needed(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def optional(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=True)


def link(table: str, column: str, other: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **options)


def upgrade() -> None:
    op.create_table(
        "aliases",
        *row(
            needed("table_name", sa.String(length=64)),
            needed("row_id", sa.Integer()),
            needed("name", NAME),
            needed("note", sa.String(length=100)),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("table_name", "name", "row_id", name=op.f("uq_aliases_table_name_name_row_id")),
    )
    op.create_index("ix_aliases_table_name_row_id", "aliases", ["table_name", "row_id"])
    op.create_table(
        "batches",
        *row(
            needed("staff_id", sa.Integer()),
            needed("move", sa.String(length=32)),
            needed("wish", JSON),
            needed("chosen_by", sa.Text()),
            needed(
                "state", one_of("batch_state", "preview", "waiting", "running", "done", "cancelled", "undone")
            ),
            needed("total", sa.Integer()),
            needed("moved", sa.Integer()),
            needed("skipped", sa.Integer()),
            needed("made_at", MOMENT),
            optional("started_at", MOMENT),
            optional("ended_at", MOMENT),
            optional("undone_at", MOMENT),
            optional("undone_by_id", sa.Integer()),
        ),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_batches_undone_pair")),
        link("batches", "staff_id", "staff"),
        link("batches", "undone_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index("ix_batches_made_at", "batches", ["made_at"])
    op.create_index("ix_batches_staff_id", "batches", ["staff_id", "id"])
    op.create_table(
        "batch_rows",
        *row(
            needed("batch_id", sa.Integer()),
            needed("application_id", sa.Integer()),
            needed("seen_version", sa.Integer()),
            needed("state", one_of("batch_row_state", "chosen", "moved", "skipped", "undone", "kept")),
            needed("reasons", JSON),
            needed("before", JSON),
            optional("left_version", sa.Integer()),
        ),
        link("batch_rows", "application_id", "applications"),
        link("batch_rows", "batch_id", "batches", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_rows")),
        sa.UniqueConstraint("batch_id", "application_id", name=op.f("uq_batch_rows_batch_id_application_id")),
    )
    op.create_index("ix_batch_rows_application_id", "batch_rows", ["application_id"])
    op.create_index("ix_batch_rows_batch_id_state", "batch_rows", ["batch_id", "state", "id"])
    op.create_table(
        "holds",
        *row(
            needed("application_id", sa.Integer()),
            needed("reason", sa.Text()),
            needed("placed_at", MOMENT),
            needed("placed_by_id", sa.Integer()),
            optional("lifted_at", MOMENT),
            optional("lifted_by_id", sa.Integer()),
            needed("finding", sa.Text()),
        ),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_holds_lifted_pair")),
        link("holds", "application_id", "applications"),
        link("holds", "lifted_by_id", "staff"),
        link("holds", "placed_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_application_id", "holds", ["application_id"])
    op.create_index(
        "uq_holds_open", "holds", ["application_id"], unique=True, sqlite_where=OPEN_HOLD, postgresql_where=OPEN_HOLD
    )
    op.create_table(
        "old_passwords",
        *row(
            needed("staff_id", sa.Integer()), needed("password_hash", sa.String(length=200)), needed("set_at", MOMENT)
        ),
        link("old_passwords", "staff_id", "staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_passwords")),
    )
    op.create_index("ix_old_passwords_staff_id", "old_passwords", ["staff_id", "id"])
    op.create_table(
        "saved_views",
        *row(
            needed("staff_id", sa.Integer()),
            needed("table_name", sa.String(length=64)),
            needed("name", sa.String(length=100)),
            needed("query", sa.Text()),
            needed("shared", sa.Boolean()),
            optional("bureau_id", sa.Integer()),
            needed("is_default", sa.Boolean()),
        ),
        link("saved_views", "bureau_id", "bureaus"),
        link("saved_views", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("staff_id", "table_name", "name", name=op.f("uq_saved_views_staff_id_table_name_name")),
    )
    op.create_index(op.f("ix_saved_views_bureau_id"), "saved_views", ["bureau_id"])
    op.create_index("ix_saved_views_table_name_shared", "saved_views", ["table_name", "shared"])
    op.create_table(
        "staff_sessions",
        *row(
            needed("staff_id", sa.Integer()),
            needed("token_hash", sa.String(length=64)),
            needed("begun_at", MOMENT),
            needed("seen_at", MOMENT),
            optional("ended_at", MOMENT),
            needed("address", sa.String(length=100)),
            needed("browser", sa.String(length=200)),
        ),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= begun_at", name=op.f("ck_staff_sessions_times")),
        link("staff_sessions", "staff_id", "staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    op.create_index(op.f("ix_staff_sessions_seen_at"), "staff_sessions", ["seen_at"])
    op.create_index("ix_staff_sessions_staff_id_ended_at", "staff_sessions", ["staff_id", "ended_at"])
    for table, column, other in LINKS:
        _add_link(table, column, other)
    for table, column, kind in COLUMNS:
        op.add_column(table, optional(column, kind))
    op.create_index("ix_applications_assigned_to_id_stage", "applications", ["assigned_to_id", "stage", "id"])


def _add_link(table: str, column: str, other: str) -> None:
    name = f"fk_{table}_{column}_{other}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {other} (id)")
        return
    op.add_column(table, optional(column, sa.Integer()))
    op.create_foreign_key(op.f(name), table, other, [column], ["id"])


def downgrade() -> None:
    op.drop_index("ix_applications_assigned_to_id_stage", "applications")
    for table, column, _kind in reversed(COLUMNS):
        op.drop_column(table, column)
    for table, column, _other in reversed(LINKS):
        op.drop_column(table, column)
    for table in ("staff_sessions", "saved_views", "old_passwords", "holds", "batch_rows", "batches", "aliases"):
        op.drop_table(table)

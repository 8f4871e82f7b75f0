"""A table of reference data that only a test knows. docs/handbook/back-office-tables.md shows the same lines."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy import MetaData
from sqlalchemy.orm import Mapped, registry

from admin.views.reference import Codes
from shared.db import Base
from shared.models.base import Entry
from shared.text import _


class Apart(Entry):
    """Keeps the table out of the product's own: nothing that walks all tables meets it."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    _sa_registry = registry(metadata=metadata)


# [model]
class Course(Apart):
    """培训课程: what teachers can be trained in."""

    __tablename__ = "courses"

    hours: Mapped[int]
    held_on: Mapped[date | None]


# [migration]
CODE, NAME = (sa.String(n).with_variant(sa.String(n, collation="C"), "postgresql") for n in (32, 100))
KINDS = ("pending", "active", "retired")
STATUS = sa.Enum(*KINDS, name="entry_status", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
        sa.UniqueConstraint("code", name="uq_courses_code"),
    )
    op.create_index("ix_courses_name", "courses", ["name"])


# [declaration]
class Courses(Codes):
    model, label = Course, _("培训课程")
    hint = _("教师五年内可以参加的培训")
    column_list = ("code", "name", "hours", "held_on", "status")
    column_filters = ("status", "hours", "held_on")
    column_sortable_list = ("code", "name")
    column_editable_list = ("name", "hours", "status")
    form_columns = ("code", "name", "hours", "held_on", "status")


# [labels]
LABELS = {"hours": _("学时"), "held_on": _("举办日期")}
# [end]

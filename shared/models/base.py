"""Column shapes that many tables share."""

import re
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from shared.db import Base
from shared.models.kinds import EntryStatus

NAME = 100
CODE = 32


def one_of(enumeration: type[StrEnum], name: str = "") -> Enum:
    """A column of one of `enumeration`'s values, checked by the database; `name` tells two such columns apart."""
    return Enum(
        enumeration,
        name=name or re.sub(r"(?<!^)(?=[A-Z])", "_", enumeration.__name__).lower(),
        native_enum=False,
        create_constraint=True,
        length=CODE,
        values_callable=lambda members: [member.value for member in members],
    )


def key_text(length: int) -> String:
    """Text that is searched by its beginning: in PostgreSQL only an index in byte order can answer that."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def by_beginning(table: str, column: str) -> Index:
    """The index by which a column that sorts as people do is searched by its beginning: PostgreSQL's in byte order."""
    return Index(f"ix_{table}_{column}", column, postgresql_ops={column: "varchar_pattern_ops"})


class Row(Base):
    """A table with a number as its key and a version: the second of two people who save the same version is told."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    version: Mapped[int] = mapped_column(default=1, sort_order=-1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


class Entry(Row):
    """Reference data: a code, a name, and whether it is offered. In-use rows are retired, never deleted."""

    __abstract__ = True

    code: Mapped[str] = mapped_column(key_text(CODE), unique=True)
    name: Mapped[str] = mapped_column(key_text(NAME), index=True)
    status: Mapped[EntryStatus] = mapped_column(one_of(EntryStatus), default=EntryStatus.ACTIVE)

    def __str__(self) -> str:
        return self.name


class Record(Base):
    """A table whose rows are only ever added: events, audit."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)

"""What points to a row of reference data: found in the tables themselves, so that a new column cannot be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, UniqueConstraint, func, select

from shared.db import Base, session
from shared.models import Authority, Institution, School, StaffRequest, Subject
from shared.models.base import Entry
from shared.models.kinds import RequestKind

# Columns that name a row by its code without a foreign key, and the kind of request that says which table is meant.
ASKED: dict[type[Entry], RequestKind] = {
    Authority: RequestKind.ADD_AUTHORITY,
    Institution: RequestKind.ADD_INSTITUTION,
    School: RequestKind.ADD_SCHOOL,
    Subject: RequestKind.ADD_SUBJECT,
}
# Tables whose rows say nothing but that two things belong together: where both would be there, one is enough.
LINKS = frozenset({"point_schools"})
OWN = "merged_into_id"  # how a merged row names the one that took its place: kept by the merging itself


@dataclass(frozen=True)
class Pointer:
    """A column that names rows of another table, by number or by code; `only` narrows which of its rows do."""

    column: Any
    by_code: bool
    only: ColumnElement[bool] | None = None

    @property
    def table(self) -> Table:
        found: Table = self.column.table
        return found

    def key(self, row: Entry) -> int | str:
        """What the column holds of `row`."""
        return row.code if self.by_code else row.id

    def at(self, rows: Sequence[Entry]) -> ColumnElement[bool]:
        """The condition of the rows that point to one of `rows`."""
        found: ColumnElement[bool] = self.column.in_([self.key(row) for row in rows])
        return found if self.only is None else found & self.only


def of(model: type[Entry]) -> list[Pointer]:
    """Every column that points to `model`, in the order of the tables."""
    found = [
        Pointer(key.parent, by_code=key.column.name == "code")
        for table in Base.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is model.__table__ and key.parent.name != OWN
    ]
    if model in ASKED:
        asked = StaffRequest.__table__.c
        found.append(Pointer(asked.entry_code, by_code=True, only=asked.kind == ASKED[model]))
    return found


def counts(model: type[Entry], rows: Sequence[Entry]) -> list[tuple[Pointer, int]]:
    """How many rows of each table point to one of `rows`; what nothing points from is left out."""
    found = of(model)
    if not rows or not found:
        return []
    asked = [select(func.count()).select_from(one.table).where(one.at(rows)).scalar_subquery() for one in found]
    numbers = session.execute(select(*asked)).one()
    return [(one, number) for one, number in zip(found, numbers, strict=True) if number]


def unique_with(column: Any) -> list[list[Any]]:  # noqa: ANN401  a column
    """The other columns of each unique key that `column` is a part of: where a change of it may meet another row."""
    table: Table = column.table
    keys = [index.columns for index in table.indexes if index.unique]
    keys += [key.columns for key in table.constraints if isinstance(key, UniqueConstraint)]
    return [[other for other in key if other is not column] for key in map(list, keys) if column in key]

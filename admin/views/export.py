"""A list as CSV: rows are read and sent a few at a time, and the audit knows of it before the first one leaves."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, inspect, select

from shared.db import Base, session
from shared.services import exports
from shared.text import Text
from shared.web.login import by

AT_ONCE = 500
MARK = "\ufeff"  # by which Excel knows that the file is UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(
    model: type[Base],
    statement: Select[Any],
    columns: Sequence[str],
    label_of: Callable[[str], Text],
    value: Callable[[Base, str], str],
) -> Iterator[str]:
    """The lines of the file; the export is recorded before this returns."""
    matching = statement.with_only_columns(inspect(model).columns["id"]).order_by(None).subquery()
    total = session.scalar(select(func.count()).select_from(matching)) or 0
    exports.record_export(model.__tablename__, total, by=by())
    ordered = statement.order_by(inspect(model).columns["id"]).execution_options(yield_per=AT_ONCE)

    def rows() -> Iterator[list[str]]:  # asked for when the first line is sent
        for row in session.scalars(ordered):
            yield [value(row, name) for name in columns]

    return written([str(label_of(name)) for name in columns], rows())


def written(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A file of `rows`, line by line."""
    writer: Any = csv.writer(_Echo())
    yield MARK + writer.writerow(list(headings))
    for row in rows:
        yield writer.writerow([harmless(text) for text in row])

"""Many rows at once, as fast as each engine takes them: COPY in PostgreSQL, one prepared statement in SQLite.

The rows' numbers are taken beforehand, because reading them back makes an insert three times as slow.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, func, select, text

from shared.db import session

Values = Sequence[Any]


def take_ids(table: Table, count: int) -> list[int]:
    """`count` numbers for new rows of `table` that nobody else gets. Part of a verb, which in SQLite writes alone."""
    if session.get_bind().dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(session.scalars(drawn, {"name": table.name, "count": count}))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def binders(table: Table, names: Sequence[str]) -> list[Callable[[Any], Any] | None]:
    """What turns a value of each column into what the driver takes; None where it takes it as it is."""
    dialect = session.get_bind().dialect
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]


def insert(table: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert `rows`, whose values are in the order of `names` and as `binders` make them."""
    connection = session.connection()
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    prepared = [tuple(row) for row in rows]
    if prepared:
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', prepared)  # noqa: S608


def bound(values: Values, by: Sequence[Callable[[Any], Any] | None]) -> list[Any]:
    """`values` as the driver takes them."""
    return [value if bind is None or value is None else bind(value) for value, bind in zip(values, by, strict=True)]

"""Many rows at once, as fast as each engine takes them: COPY in PostgreSQL, one prepared statement in SQLite.

The rows' numbers are taken beforehand, because reading them back makes an insert three times as slow.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, Table, func, select, text

from shared.db import session

Values = Sequence[Any]


def take_ids(table: Table, count: int) -> list[int]:
    """`count` numbers for new rows of `table` that nobody else gets. Part of a verb, which in SQLite writes alone."""
    if session.get_bind().dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(session.scalars(drawn, {"name": table.name, "count": count}))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def binder(table: Table, names: Sequence[str]) -> Callable[[Values], list[Any]]:
    """What turns values in the order of `names` into what the driver takes."""
    dialect = session.get_bind().dialect
    found = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    bound = [(place, bind) for place, bind in enumerate(found) if bind is not None]
    empty = {place: bind([]) for place, bind in bound if isinstance(table.c[names[place]].type, JSON)}
    nothing = {place: bind({}) for place, bind in bound if place in empty}

    def bind_all(values: Values) -> list[Any]:
        made = list(values)
        for place, bind in bound:
            value = made[place]
            if value is None:
                continue
            if value or place not in empty:
                made[place] = bind(value)
            else:  # most rows of an import have nothing to say in their JSON columns
                made[place] = empty[place] if isinstance(value, list) else nothing[place]
        return made

    return bind_all


def insert(table: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert `rows`, whose values are in the order of `names` and as `binder` makes them."""
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

"""Many rows at once, as fast as each engine takes them: COPY in PostgreSQL, one prepared statement in SQLite.

The rows' numbers are taken beforehand, because reading them back makes an insert three times as slow.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    any_,
    func,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from shared.db import Encrypted, session

Values = Sequence[Any]
# The sequence is looked up once, not for each of its numbers.
_DRAWN = text(
    "WITH counter AS MATERIALIZED (SELECT pg_get_serial_sequence(:name, 'id')::regclass AS name)"
    " SELECT nextval(counter.name) FROM counter, generate_series(1, :count)"
)


def take_ids(table: Table, count: int) -> list[int]:
    """`count` numbers for new rows of `table` that nobody else gets. Part of a verb, which in SQLite writes alone."""
    if session.get_bind().dialect.name == "postgresql":
        return list(session.scalars(_DRAWN, {"name": table.name, "count": count}))
    last = session.scalar(select(func.max(table.c.id))) or 0
    return list(range(last + 1, last + 1 + count))


def bound(table: Table, name: str, values: Iterable[Any]) -> dict[Any, Any]:
    """The values of a column as the driver takes them: encrypted once for looking them up and for writing them."""
    bind = _bind(table.c[name].type)
    return {value: value if bind is None else bind(value) for value in values}


def among(column: ColumnElement[Any], bound: Mapping[Any, Any]) -> ColumnElement[bool]:
    """Whether the column has one of the values that `bound` has given."""
    if not isinstance(column.type, Encrypted):
        return column.in_(list(bound))
    plain, values = type_coerce(column, LargeBinary), list(bound.values())
    if session.get_bind().dialect.name == "postgresql":  # one parameter is sent and parsed faster than a thousand
        return plain == any_(literal(values, ARRAY(LargeBinary)))
    return plain.in_(values)


def binder(
    table: Table, names: Sequence[str], known: Mapping[str, Mapping[Any, Any]] | None = None
) -> Callable[[Values], list[Any]]:
    """What turns values in the order of `names` into what the driver takes; `known`: columns of which `bound` did."""
    found = [_bind(table.c[name].type) for name in names]
    binds = [(place, bind) for place, bind in enumerate(found) if bind is not None]
    empty = {place: bind([]) for place, bind in binds if isinstance(table.c[names[place]].type, JSON)}
    nothing = {place: bind({}) for place, bind in binds if place in empty}
    done = {place: known[name] for place, name in enumerate(names) if known and name in known}

    def bind_all(values: Values) -> list[Any]:
        made = list(values)
        for place, bind in binds:
            value = made[place]
            if value is None:
                continue
            if place in done and value in done[place]:
                made[place] = done[place][value]
            elif value or place not in empty:
                made[place] = bind(value)
            else:  # most rows of an import have nothing to say in their JSON columns
                made[place] = empty[place] if isinstance(value, list) else nothing[place]
        return made

    return bind_all


def _bind(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    dialect = session.get_bind().dialect
    if isinstance(kind, Encrypted):  # both drivers take bytes as they are, SQLAlchemy would wrap them
        return lambda value: kind.process_bind_param(value, dialect)
    if isinstance(kind, JSON):  # and a text where JSON is meant
        return json.dumps
    found: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


@contextmanager
def _as_sqlalchemy_says(connection: Connection) -> Iterator[None]:
    """Faults of the driver, which is used directly here, as everybody knows them."""
    driver: Any = connection.dialect.dbapi
    try:
        yield
    except driver.Error as fault:
        raise DBAPIError.instance("COPY", None, fault, driver.Error) from fault


def insert(table: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert `rows`, whose values are in the order of `names` and as `binder` makes them."""
    connection = session.connection()
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "postgresql":
        with _as_sqlalchemy_says(connection):
            driver: Any = connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    prepared = [tuple(row) for row in rows]
    if prepared:
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', prepared)  # noqa: S608

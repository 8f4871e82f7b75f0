"""A new key for personal data: everything that is encrypted is written anew with the first key of DATA_KEY."""

from collections.abc import Callable

from sqlalchemy import Column, Table, bindparam, func, select, update

from shared.db import Base, Encrypted, session, transaction
from shared.rules.rights import Actor
from shared.services import audit

BATCH = 1000

Progress = Callable[[str, int, int], None]


@transaction
def rotate(*, by: Actor, progress: Progress) -> dict[str, int]:
    """Re-encrypt every encrypted column in one transaction; return the number of rows by table.

    Both services must stand still meanwhile: they would look for a person with the new key and not find the old bytes.
    """
    return {table.name: _rewrite(table, columns, by, progress) for table, columns in encrypted_columns().items()}


def encrypted_columns() -> dict[Table, list[Column[str]]]:
    """The encrypted columns of every table that has some."""
    found = {
        table: [column for column in table.c if isinstance(column.type, Encrypted)]
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def _rewrite(table: Table, columns: list[Column[str]], by: Actor, progress: Progress) -> int:
    total = session.scalar(select(func.count()).select_from(table)) or 0
    change = update(table).where(table.c.id == bindparam("row"))
    change = change.values({column: bindparam(f"new_{column.name}") for column in columns})
    done, last = 0, 0
    while rows := session.execute(
        select(table.c.id, *columns).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
    ).all():
        values = [
            {"row": key} | {f"new_{column.name}": value for column, value in zip(columns, texts, strict=True)}
            for key, *texts in rows
        ]
        session.execute(change, values, execution_options={"recorded": True})
        done, last = done + len(rows), rows[-1].id
        progress(table.name, done, total)
    audit.record("rotate_data_key", table.name, None, {"rows": [None, str(done)]}, by=by)
    return done

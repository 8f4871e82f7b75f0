"""Many rows at once: what either database refuses is the fault that everybody else meets."""

from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError

from shared.db import session, transaction
from shared.models import School
from shared.models.kinds import EntryStatus
from shared.services.imports import bulk
from shared.services.imports.tables import table_of
from tests import build
from tests.conftest import Database

NAMES = ("id", "version", "code", "name", "bureau_id", "status")


@transaction
def put(*rows: tuple[Any, ...], by: Any) -> None:
    table = table_of(School)
    bind, keys = bulk.binder(table, NAMES), bulk.take_ids(table, len(rows))
    bulk.insert(table, NAMES, [bind([key, 1, *row]) for key, row in zip(keys, rows, strict=True)])


def a_row(code: str, bureau_id: int, name: str = "小学") -> tuple[Any, ...]:
    return code, name, bureau_id, EntryStatus.ACTIVE


def test_a_row_that_is_there_already_is_an_integrity_error(database: Database) -> None:
    school = build.a_school()
    session.commit()
    with pytest.raises(IntegrityError):
        put(a_row("S-NEW", school.bureau_id), a_row(school.code, school.bureau_id), by=build.SYSTEM)
    session.rollback()
    assert session.query(School).count() == 1


def test_what_a_column_cannot_hold_is_a_fault_of_the_data(database: Database) -> None:
    if database.name == "sqlite":
        pytest.skip("SQLite holds texts of any length and kind")
    school = build.a_school()
    session.commit()
    with pytest.raises(DataError):
        put(a_row("S-NEW", school.bureau_id, "很长" * 200), by=build.SYSTEM)
    session.rollback()
    assert session.query(School).count() == 1

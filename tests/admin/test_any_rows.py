"""Whatever the rows of a table hold: written to a file and read again they are the same, and nothing is changed."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from shared.db import session
from shared.models import Bureau, Subject
from shared.models.kinds import BureauLevel, ImportState, Role
from shared.rules.importing import As, Column
from shared.services.imports import bulk, formats
from shared.services.imports.formats import Format
from shared.services.imports.tables import defaults_of
from tests.admin import world
from tests.admin.test_round_trip import every_type_of, exported, sent
from tests.admin.world import City
from tests.conftest import Database
from tests.importing import counts, refusals, the
from tests.services.imports.test_values_survive import VALUES

EXAMPLES, ROWS = 3, 12
PERIODS = (("valid_from", "valid_to"), ("opens_on", "closes_on"))
# Columns that hold no more than their parents' rules allow.
ONLY: dict[str, Any] = {
    "qualification_types": st.sampled_from(["", "1", "2;3"]),
    "position": st.integers(1, 10**6),
    "copies": st.integers(0, 99),
    "level_rank": st.integers(0, 99),
}


def a_value(column: Column, form: Format) -> st.SearchStrategy[Any]:
    """Anything that the database holds in this column."""
    stands_in = form.target.table.c[column.name]
    if column.name in ONLY:
        return ONLY[column.name]
    if column.holds is As.ENTRY:
        key = column.entries.code if column.by_code else column.entries.id
        found: Any = st.sampled_from(sorted(session.scalars(select(key))))
    elif column.holds is As.KIND:
        found = st.sampled_from(column.kinds)
    else:
        found = VALUES[column.holds].filter(lambda value: value is not None)
        if column.holds is As.TEXT:
            found = found.map(lambda text: text[: column.longest].strip()).filter(bool)
    if stands_in.nullable:
        return st.none() | found
    empty = column.holds is As.TEXT and column.name not in form.key and not column.required
    return st.just("") | found if empty else found


def rows_of(form: Format) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({column.name: a_value(column, form) for column in form.columns})
    return st.lists(one, min_size=1, max_size=ROWS, unique_by=lambda row: tuple(row[name] for name in form.key))


def put(form: Format, rows: list[dict[str, Any]], campaign: int) -> None:
    """The rows in the table, beside those that are there, as the verbs would have let them in."""
    table = form.target.table
    taken = set(session.execute(select(*(table.c[name] for name in form.key))))
    fixed = {"campaign_id": campaign} if form.per_campaign else {}
    top = session.scalars(select(Bureau).order_by(func.length(Bureau.path), Bureau.id)).first()
    for row in rows:
        if tuple(row[name] for name in form.key) in taken:
            continue
        for first, last in PERIODS:
            if row.get(first) and row.get(last):
                row[first], row[last] = sorted((row[first], row[last]))
        key = bulk.take_ids(table, 1)[0] if "id" in table.c else None
        own = {"id": key} if key else {}
        if table.name == Bureau.__tablename__:
            row |= {"parent_id": top.id, "path": f"{top.path}{key}/", "level": BureauLevel.COUNTY}
        session.execute(insert(table).values(**defaults_of(table) | fixed | row | own))
    session.commit()


TABLES = [
    "authorities", "bureaus", "calendar_days", "confirmation_points", "degrees", "divisions", "educations",
    "ethnicities", "institutions", "materials", "point_schools", "political_statuses", "putonghua_grades",
    "qualification_types", "reason_codes", "schools", "subjects", "titles",
]  # fmt: skip


def test_every_table_that_takes_files_is_tried(app: Flask, city: City) -> None:
    views = [view for view in app.jinja_env.globals["menu"].views if getattr(view, "takes_files", False)]
    assert sorted(view.endpoint for view in views) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_any_rows_of_any_table_come_back_as_they_went(app: Flask, city: City, database: Database, name: str) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    form = formats.named(name)
    every_type_of(session.scalars(select(Subject.qualification_types)), "123")

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(rows_of(form), st.sampled_from(["xlsx", "csv"]))
    def come_back(rows: list[dict[str, Any]], suffix: str) -> None:
        with database.aside():
            put(form, rows, city.rows["campaigns"])
            key = sent(client, name, exported(client, name, suffix), city.rows["campaigns"], suffix)
            assert the(key).state is ImportState.CHECKED, the(key).faults
            new, changed, unchanged, refused = counts(key)
            assert (new, changed, refused) == (0, 0, 0), refusals(key)
            assert unchanged == session.query(form.target.table).count()

    come_back()

"""How the databases read lists: from an index, without sorting. docs/speed.md says what that is worth at a million."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from admin.views import rows
from shared.db import session
from shared.models import Application, Staff
from tests.admin import world
from tests.bench import million
from tests.bench.million import Million
from tests.conftest import Database

ROWS = 5_000
FEW = 300  # more than these are walked in their order
Plans = Callable[[str, str], list[str]]
SORTS = re.compile(r"USE TEMP B-TREE|(?<!Incremental )Sort  \(")  # of one name there are few: they may be sorted
READS_ALL = ("SCAN applications\n", "Seq Scan on applications")


@pytest.fixture
def filled(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> Million:
    monkeypatch.setattr(million, "ROWS", ROWS)
    monkeypatch.setattr(rows, "MOST_COUNTED", FEW)
    return million.fill(own_database.engine)


@pytest.fixture
def plans(filled: Million, own_database: Database) -> Plans:
    """How the database reads for a list's address: the plans of the count and of the keys of the page."""
    asked: list[tuple[str, object]] = []
    engine, app = own_database.engine, world.the_app(own_database)

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        asked.append((" ".join(statement.split()), values))

    def plans_of(who: str, query: str) -> list[str]:
        client = world.logged_in(app, getattr(filled, who))
        asked.clear()
        event.listen(engine, "before_cursor_execute", note)
        answer = client.get(f"/applications/?{query}")
        event.remove(engine, "before_cursor_execute", note)
        assert answer.status_code == 200
        found = [one for one in asked if " LIMIT " in one[0] and "FROM applications" in one[0]]
        assert len(found) == 2, "the count and the keys of the page"
        word = "EXPLAIN QUERY PLAN" if own_database.name == "sqlite" else "EXPLAIN"
        with engine.connect() as connection:
            read = [connection.exec_driver_sql(f"{word} {statement}", values) for statement, values in found]
            return ["".join(f"{row[-1]}\n" for row in one) for one in read]

    return plans_of


@pytest.mark.parametrize(
    ("who", "query"),
    [("officer", ""), ("district", ""), ("officer", "page=9"), ("officer", "stage=reviewed"), ("officer", "sort=name")],
)
def test_a_long_list_is_walked_in_its_order(plans: Plans, own_database: Database, who: str, query: str) -> None:
    count, keys = plans(who, query)
    assert not SORTS.search(keys), keys
    if own_database.name == "sqlite":
        assert ("ix_applications_name" if "name" in query else "COVERING INDEX ix_applications_walk") in keys
        assert "COVERING INDEX ix_applications_bureau_id_stage" in count


@pytest.mark.parametrize("who", ["officer", "district"])
def test_a_number_and_a_name_are_found_by_their_index(plans: Plans, filled: Million, who: str) -> None:
    bureau = session.get_one(Staff, filled.district).bureau_id
    wanted = select(Application.registration_number, Application.name)
    mine = wanted.where(Application.bureau_id == bureau, Application.form_version > 0)
    number, name = session.execute(mine.limit(1)).one()
    session.rollback()
    for text in (number, name):
        for plan in plans(who, f"q={text}"):
            assert not any(word in plan for word in READS_ALL), plan
            assert "ix_applications_name" in plan


@pytest.mark.parametrize("own_database", ["sqlite"], indirect=True)
def test_days_of_a_bureau_are_counted_without_reading_its_rows(plans: Plans) -> None:
    count, _keys = plans("district", "submitted_at.from=2020-01-01&submitted_at.to=2099-01-01")
    assert "COVERING INDEX" in count or "ix_applications_submitted_at" in count

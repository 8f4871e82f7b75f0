"""How Alembic meets the database: on the connection that `shared.services.schema` hands over."""

from alembic import context

from shared import models  # noqa: F401  makes every table known
from shared.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()

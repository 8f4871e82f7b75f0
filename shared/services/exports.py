"""Personal data that leave their mask or the building: noted before they go."""

from typing import TypeVar

from shared.db import Base, transaction
from shared.rules.rights import Actor, Can
from shared.services import access, audit

M = TypeVar("M", bound=Base)


@transaction
def record_export(table: str, count: int, *, by: Actor) -> None:
    """Note that `by` takes `count` rows of `table` out of the system."""
    audit.record("export", table, None, {"rows": [None, str(count)]}, by=by)


@transaction
def reveal(model: type[M], key: int, *, by: Actor) -> M:
    """The row, whose personal values `by` is about to see in full; `NotYours` where the role may not."""
    row = access.one(model, key, by=by, to=Can.REVEAL)
    audit.record("reveal", model.__tablename__, key, by=by)
    return row

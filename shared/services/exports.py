"""Personal data that leave their mask or the building: noted before they go."""

from typing import TypeVar

from shared.db import Base, transaction
from shared.models.kinds import RevealReason
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit
from shared.services.errors import Refused
from shared.text import _

M = TypeVar("M", bound=Base)

WITHOUT_NOTE = Problem("note", "note", _("请说明为什么要查看完整号码"))


@transaction
def record_export(table: str, count: int, *, by: Actor) -> None:
    """Note that `by` takes `count` rows of `table` out of the system."""
    audit.record("export", table, None, {"rows": [None, str(count)]}, by=by)


@transaction
def reveal(model: type[M], key: int, *, by: Actor, reason: RevealReason, note: str = "") -> M:
    """The row, whose personal values `by` is about to see in full; `NotYours` where the role may not."""
    row = access.one(model, key, by=by, to=Can.REVEAL)
    if reason is RevealReason.OTHER and not note:
        raise Refused(WITHOUT_NOTE)
    why = "：".join(filter(None, (reason.label.message, note)))
    audit.record("reveal", model.__tablename__, key, {"reason": [None, why]}, by=by)
    return row

"""Taking back a batch: only its owner's last one, and only what nothing has happened to since."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, DateTime, Enum, inspect, select

from shared.db import UTCDateTime, session
from shared.models import Application, Batch, BatchRow
from shared.models.kinds import BatchRowState, BatchState
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, deeds
from shared.services.deeds import DEEDS
from shared.services.errors import Refused
from shared.services.workflow import Left, Outcome
from shared.text import _

WAS_RUN = (BatchState.WAITING, BatchState.RUNNING, BatchState.DONE)


def why_not(batch: Batch) -> Problem | None:
    """Why the batch as a whole cannot be taken back; None if it can."""
    deed = DEEDS[batch.move]
    if not deed.can_be_taken_back:
        return Problem("for_good", "", _("“{move}”不能撤回", move=deed.label))
    if batch.state is BatchState.UNDONE or batch.undone_at is not None:
        return Problem("undone", "", _("这一批已经撤回"))
    if batch.state is not BatchState.DONE:
        return Problem("state", "", _("这一批“{state}”，办完后才能撤回", state=batch.state.label))
    if not batch.moved:
        return Problem("none", "", _("这一批没有办成的申请，不需要撤回"))
    later = select(Batch.id).where(Batch.staff_id == batch.staff_id, Batch.id > batch.id, Batch.state.in_(WAS_RUN))
    if session.scalar(later.limit(1)) is not None:
        return Problem("not_last", "", _("之后您又办理了别的批次，只能先撤回最后一批"))
    return None


def preview(key: int, *, by: Actor) -> Outcome:
    """What taking back would do now, without doing it."""
    batch = access.one(Batch, key, by=by, to=Can.EDIT)
    problem = why_not(batch)
    if problem:
        raise Refused(problem)
    columns = (BatchRow.application_id, BatchRow.left_version, BatchRow.before)
    rows = session.execute(select(*columns).where(BatchRow.batch_id == key, BatchRow.state == BatchRowState.MOVED))
    return DEEDS[batch.move].take_back(made(rows.all()), deeds.wish_of(batch.wish), by=by, trial=True)


def made(rows: Sequence[Any]) -> dict[int, Left]:
    """How the batch has left each application, as the workflow wants to know it."""
    return {row.application_id: Left(row.left_version, unpacked(row.before)) for row in rows}


def packed(values: dict[str, Any]) -> dict[str, Any]:
    """Values of an application's columns as JSON keeps them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401  the value of any column
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def unpacked(values: dict[str, Any]) -> dict[str, Any]:
    """What `packed` was given."""
    columns = inspect(Application).columns
    return {name: None if value is None else _as(columns[name].type, value) for name, value in values.items()}


def _as(kind: Any, value: Any) -> Any:  # noqa: ANN401  a column's type, and its value in JSON
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, UTCDateTime | DateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value

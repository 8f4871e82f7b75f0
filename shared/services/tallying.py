"""What became of a batch, in numbers and names: for its preview, its progress and its result."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from shared.db import session
from shared.models import Application, Batch, BatchRow
from shared.models.kinds import BatchRowState
from shared.rules.rights import Actor
from shared.services import access
from shared.services.deeds import DEEDS
from shared.services.workflow import Wish
from shared.text import Text

AT_ONCE = 500
BEGUN = (BatchRowState.MOVED, BatchRowState.SKIPPED)
TAKEN = (BatchRowState.UNDONE, BatchRowState.KEPT)


@dataclass(frozen=True)
class Group:
    """Applications of a batch that have fared alike. `like` is one of its rows, by which the group is asked for."""

    state: BatchRowState
    reasons: tuple[Text, ...]
    count: int
    like: int


@dataclass(frozen=True)
class Line:
    """A row of a batch; the application only if the reader may see it now."""

    row: BatchRow
    application: Application | None

    @property
    def reasons(self) -> list[Text]:
        return [Text.unpacked(one) for one in self.row.reasons]


def groups(batch_id: int) -> list[Group]:
    """All rows by what became of them and why, the largest group first."""
    columns = (BatchRow.state, BatchRow.reasons, func.count().label("size"), func.min(BatchRow.id).label("like"))
    found = select(*columns).where(BatchRow.batch_id == batch_id).group_by(BatchRow.state, BatchRow.reasons)
    rows = session.execute(found.order_by(func.count().desc(), func.min(BatchRow.id)))
    return [Group(row.state, tuple(Text.unpacked(one) for one in row.reasons), row.size, row.like) for row in rows]


def becoming(batch: Batch, wish: Wish, *, by: Actor) -> list[tuple[Text, int]]:
    """What the rows that will be moved become, and how many become it."""
    deed = DEEDS[batch.move]
    columns = (Application.stage, Application.conclusion, func.count())
    going = select(*columns).join(BatchRow, BatchRow.application_id == Application.id)
    going = going.where(BatchRow.batch_id == batch.id, BatchRow.state == BatchRowState.CHOSEN)
    found: Counter[Text] = Counter()
    for stage, conclusion, count in session.execute(going.group_by(Application.stage, Application.conclusion)):
        found[deed.becomes(stage, conclusion, wish, by=by)] += count
    return found.most_common()


def done(batch: Batch) -> int:
    """How many of its rows are settled: by running it, or by taking it back once that has begun."""
    settled = BEGUN if batch.undone_at is None else TAKEN
    counted = select(func.count()).where(BatchRow.batch_id == batch.id, BatchRow.state.in_(settled))
    return session.scalar(counted) or 0


def of_group(batch_id: int, like: int | None) -> Select[BatchRow]:
    """The rows of the group that the row `like` belongs to; without one, all rows."""
    wanted = select(BatchRow).where(BatchRow.batch_id == batch_id).order_by(BatchRow.id)
    return wanted if like is None else wanted.where(_alike(like))


def _alike(like: int) -> ColumnElement[bool]:
    state, reasons = (
        select(column).where(BatchRow.id == like).correlate(None).scalar_subquery()
        for column in (BatchRow.state, BatchRow.reasons)
    )
    return (BatchRow.state == state) & (BatchRow.reasons == reasons)


def lines(rows: Sequence[BatchRow], *, by: Actor) -> list[Line]:
    """The rows with their applications, as far as `by` sees them: one may have left the own area meanwhile."""
    ids = [row.application_id for row in rows]
    mine = access.query(Application, by=by).where(Application.id.in_(ids)).options(joinedload(Application.school))
    seen = session.scalars(mine)
    known = {application.id: application for application in seen}
    return [Line(row, known.get(row.application_id)) for row in rows]


def all_lines(wanted: Select[Any], *, by: Actor) -> Iterator[Line]:
    """Every row of `wanted`, read a few at a time."""
    last = 0
    while rows := session.scalars(wanted.where(BatchRow.id > last).limit(AT_ONCE)).all():
        yield from lines(rows, by=by)
        last = rows[-1].id
        session.expunge_all()

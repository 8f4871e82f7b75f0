"""An import is taken back: rows that nothing happened to since are put back, the others stay, each with its reason."""

import time
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import bindparam, func, select, update

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Import, ImportRow
from shared.models.kinds import ImportAction, ImportState
from shared.rules.rights import Actor, Can
from shared.services import access, jobs
from shared.services.imports import verbs
from shared.services.imports.formats import Format, Run
from shared.services.imports.reading import CHUNK
from shared.text import Text


def preview(key: int, *, by: Actor) -> list[tuple[Text, int]]:
    """Why how many rows would not be taken back, without taking any back; the most frequent reason first."""
    row = access.one(Import, key, by=by, to=Can.EDIT)
    form = verbs.allowed(row.kind, by)
    run = Run(by, clock.today(), import_id=key, campaign_id=row.campaign_id)
    kept: dict[Text, int] = {}
    for rows in _written(key):
        for text in form.target.take_back(rows, run).values():
            kept[text] = kept.get(text, 0) + 1
    return sorted(kept.items(), key=lambda pair: -pair[1])


@transaction
def take_back(key: int, form: Format, *, by: Actor) -> None:
    """Put back what can be, in one transaction."""
    row = verbs.locked(key)
    if row.state is not ImportState.UNDOING:
        return
    run = verbs.run_of(key, by)
    run.writing = True
    done, total, begun = 0, row.new + row.changed, time.monotonic()
    for rows in _written(key):
        kept = form.target.take_back(rows, run)
        _note(rows, kept)
        session.expunge_all()
        done += len(rows)
        seconds = time.monotonic() - begun
        jobs.tell(verbs.JOB, key, {"phase": "undo", "read": done, "total": total, "seconds": seconds})
    back = select(func.count()).where(ImportRow.import_id == key, ImportRow.taken_back.is_(True))
    row = verbs.locked(key)
    row.undone = session.scalar(back) or 0
    row.state = ImportState.UNDONE


def _note(rows: Sequence[ImportRow], kept: Mapping[int, Text]) -> None:
    """What became of `rows`, by one statement for those that were taken back and one for the others."""
    table = Base.metadata.tables[ImportRow.__tablename__]
    some = update(table).values(version=table.c.version + 1)
    taken = [row.id for row in rows if row.id not in kept]
    connection = session.connection()
    connection.execute(some.where(table.c.id.in_(taken)).values(taken_back=True))
    if kept:
        stay = some.where(table.c.id == bindparam("row")).values(taken_back=False, reasons=bindparam("why"))
        connection.execute(stay, [{"row": key, "why": [["", text.packed()]]} for key, text in kept.items()])


def _written(key: int) -> Iterator[list[ImportRow]]:
    """The rows that were written, the last ones first, some at a time."""
    mine = select(ImportRow).where(
        ImportRow.import_id == key, ImportRow.action.in_((ImportAction.NEW, ImportAction.CHANGED))
    )
    last: int | None = None
    while True:
        some = list(
            session.scalars((mine if last is None else mine.where(ImportRow.id < last))
                            .order_by(ImportRow.id.desc()).limit(CHUNK))
        )  # fmt: skip
        if not some:
            return
        last = some[-1].id
        yield some

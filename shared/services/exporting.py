"""Long lists as files: asked for at the door, written by the worker, fetched within a week.

An export is begun again if its worker was killed, a list from the start, papers after their last finished part: until
the whole file is kept, in one transaction with the word that it is there, nothing of it can be fetched. Doors register
who makes the rows of which table, for only they know the columns as people read them.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from shared import clock
from shared.db import session, transaction
from shared.models import Export, FilePiece, Staff
from shared.models.kinds import ExportState, FileUse
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, exports, files, jobs
from shared.services.errors import NotYours, Refused
from shared.services.exports import Order, Sheet
from shared.text import Text, _

log = logging.getLogger(__name__)

JOB = "export"
KEPT_DAYS = 7
MOST_WAITING = 5  # of one person at a time
LOST_RIGHT = _("账号已没有导出这个列表的权限，没有生成文件")
SWITCHED_OFF = _("账号已停用，没有生成文件")
BROKEN = _("生成文件时出错，请再导出一次；如果仍不成功，请联系系统管理员")

Maker = Callable[[Order, Actor], AbstractContextManager[Sheet]]
MAKERS: dict[str, Maker] = {}


class Stopped(Exception):
    """Somebody has cancelled it while it was written."""


def register(table: str, maker: Maker) -> None:
    """Let `maker` open the rows of `table` for whoever wants them, outside any request."""
    MAKERS[table] = maker


@transaction
def begin(order: Order, sheet: Sheet, *, by: Actor) -> int:
    """Keep the order for the worker, and note it; the export's number."""
    waiting = select(func.count()).where(Export.staff_id == by.id, Export.state == ExportState.WAITING)
    if (session.scalar(waiting) or 0) >= MOST_WAITING or by.id is None:
        many = _("您已有{most}个导出正在生成，请等它们完成，或在“导出的文件”中取消不需要的", most=MOST_WAITING)
        raise Refused(Problem("waiting", "", many))
    now = clock.now()
    row = Export(
        staff_id=by.id,
        table_name=order.table,
        query=order.query,
        columns=list(order.columns),
        file_format=order.file_format,
        reason=order.reason,
        note=order.note,
        total=sheet.total,
        file_name=sheet.file_name(order, by=by, at=now),
        made_at=now,
    )
    session.add(row)
    session.flush()
    exports.record(order, sheet, by=by)
    return row.id


def waiting() -> Sequence[int]:
    """Exports that are not written, where this process can: nobody has begun them, or whoever had is gone."""
    if not MAKERS:
        return []
    return session.scalars(select(Export.id).where(Export.state == ExportState.WAITING).order_by(Export.id)).all()


def work_off(key: int) -> None:
    """Write the file for whoever asked for it, as far as they still may."""
    export = session.get(Export, key)
    if export is None or export.state is not ExportState.WAITING:
        jobs.forget(JOB, key)
        return
    if not MAKERS:
        return  # a worker that knows the tables will
    staff, at = session.get_one(Staff, export.staff_id), export.made_at
    by, order = access.actor_of_staff(staff), order_of(export)
    if not staff.active or (staff.valid_until and staff.valid_until < clock.today()):
        _fail(key, [SWITCHED_OFF], by=by)
        return
    try:
        _write(key, order, by, at)
    except Stopped:
        log.info("export %d was cancelled", key)
    except NotYours:
        _fail(key, [LOST_RIGHT], by=by)
    except Refused as refused:
        _fail(key, [problem.text for problem in refused.problems], by=by)
    except Exception:
        log.exception("export %d failed", key)
        _fail(key, [BROKEN], by=by)
    finally:
        jobs.forget(JOB, key)


def order_of(export: Export) -> Order:
    """What was asked for."""
    return Order(export.table_name, export.query, tuple(export.columns), export.file_format, export.reason, export.note)


def _write(key: int, order: Order, by: Actor, at: datetime) -> None:
    maker = MAKERS.get(order.table)
    if maker is None:
        raise NotYours
    with maker(order, by) as sheet, exports.scratch(f"export-{key}") as folder:
        path = exports.write(folder, sheet, order, by=by, at=at, told=partial(_tell, key, sheet.total, clock.now()))
        _keep(key, path, by=by)


def _tell(key: int, total: int, begun: datetime, done: int) -> None:
    """How far it is, and how long it will go on as it did so far."""
    if jobs.is_stopping(JOB, key):
        raise Stopped
    seconds = (clock.now() - begun).total_seconds()
    jobs.tell(JOB, key, {"done": done, "total": total, "left": round(seconds / done * max(total - done, 0))})


@transaction
def _keep(key: int, path: Path, *, by: Actor) -> None:
    """The whole file, and that it is there; nothing where it was cancelled meanwhile."""
    export = _locked(key)
    if export.state is not ExportState.WAITING:
        return
    with path.open("rb") as file:
        export.size, _digest = files.keep(FileUse.EXPORT, key, file)
    export.state, export.ended_at = ExportState.DONE, clock.now()


@transaction
def _fail(key: int, reasons: Sequence[Text], *, by: Actor) -> None:
    export = _locked(key)
    if export.state is ExportState.WAITING:
        export.state, export.ended_at = ExportState.FAILED, clock.now()
        export.faults = [text.packed() for text in reasons]


def _locked(key: int) -> Export:
    found = select(Export).where(Export.id == key).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one()


def cancel(key: int, *, by: Actor) -> None:
    """Give up a file that is not written yet; a worker that is at it hears of it at its next step."""
    _cancel(key, by=by)
    jobs.ask_to_stop(JOB, key)


@transaction
def _cancel(key: int, *, by: Actor) -> None:
    export = access.one(Export, key, by=by, to=Can.EDIT, lock=True)
    if export.state is not ExportState.WAITING:
        raise Refused(Problem("state", "", _("这个文件“{state}”，不能再取消", state=export.state.label)))
    export.state, export.ended_at = ExportState.CANCELLED, clock.now()


@transaction
def fetch(key: int, *, by: Actor) -> Export:
    """The export whose file its owner takes away, which is noted; the file's parts are in `files.pieces`."""
    export = access.one(Export, key, by=by, to=Can.EDIT)
    if not is_there(export):
        raise Refused(Problem("gone", "", _("文件保留{days}天，现在已经删除。请回到列表重新导出", days=KEPT_DAYS)))
    audit.record("fetch", Export.__tablename__, key, {"file_name": [None, export.file_name]}, by=by)
    return export


def is_there(export: Export) -> bool:
    """Whether the file can be fetched."""
    return export.state is ExportState.DONE and files.is_kept(FileUse.EXPORT, export.id)


def told(export: Export) -> dict[str, int]:
    """How far it is: rows written, of how many, and the seconds that are left (-1 where nobody knows)."""
    return {"done": 0, "total": export.total, "left": -1, **jobs.told(JOB, export.id)}


@transaction
def clear_away(*, by: Actor, now: datetime) -> int:
    """Remove files that were kept for a week, and what killed workers left; return how many files."""
    exports.sweep(now=now, older_than=timedelta(days=1))
    kept = select(FilePiece.id).where(FilePiece.use == FileUse.EXPORT, FilePiece.owner_id == Export.id)
    old = select(Export.id).where(Export.ended_at < now - timedelta(days=KEPT_DAYS), kept.exists())
    keys = list(session.scalars(old))
    if keys:
        files.remove(FileUse.EXPORT, keys)
        audit.record("delete", FilePiece.__tablename__, None, {"rows": [None, str(len(keys))]}, by=by)
    return len(keys)

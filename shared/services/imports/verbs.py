"""What people do with an import: send a file in, let it be written, leave it, have it taken back; the worker works."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import func, select, update

from shared import clock
from shared.adapters.sheets import MAX_BYTES
from shared.db import session, transaction
from shared.models import Campaign, Import
from shared.models.kinds import FileUse, ImportState
from shared.models.transfers import FILE_NAME
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, files, jobs
from shared.services.errors import NotYours, Refused
from shared.services.imports import formats
from shared.services.imports.formats import Format, Run
from shared.text import _

JOB = "import"
UNDER_WAY = (ImportState.CHECKING, ImportState.WRITING, ImportState.UNDOING)
WAS_WRITTEN = (ImportState.WRITING, ImportState.DONE, ImportState.UNDOING)
KEEP_FILES = timedelta(days=30)
KEEP_UNDECIDED = timedelta(days=7)
_MINE = {"recorded": True, "synchronize_session": False}  # counts and states: the rows' own audit says it all


@transaction
def receive(name: str, file: IO[bytes], file_name: str, *, by: Actor, campaign_id: int | None = None) -> int:
    """Take in a file of the format `name`, to be checked by the worker; the import's number."""
    form = allowed(name, by)
    if form.per_campaign:
        campaign_id = access.one(Campaign, campaign_id, by=by).id
    row = Import(
        kind=name,
        staff_id=by.id,
        campaign_id=campaign_id if form.per_campaign else None,
        file_name=Path(file_name.replace("\\", "/")).name[-FILE_NAME:] or "-",
        sha256="",
        size=0,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    row.size, row.sha256 = files.keep(FileUse.IMPORT, row.id, file)
    if not row.size:
        raise Refused(Problem("empty", "file", _("文件是空的，请重新选择")))
    if row.size > MAX_BYTES:
        raise Refused(Problem("size", "file", _("文件超过{most}MB，请分成几个文件", most=MAX_BYTES // 1024 // 1024)))
    return row.id


@transaction
def start(key: int, *, by: Actor, digest: str, partial: bool = False) -> int:
    """Let what was shown under `digest` be written; `partial`: without the refused rows. How many rows it is about."""
    row = _mine(key, by)
    if row.state is not ImportState.CHECKED or row.digest != digest:
        raise Refused(Problem("stale", "", _("这次导入已经变动，请查看现在的核对结果")))
    if row.refused and not partial:
        raise Refused(
            Problem("refused", "", _("有{count}项不能导入。请改好后重新上传，或选择只导入其余的", count=row.refused))
        )
    going = row.new + row.changed
    if not going:
        raise Refused(Problem("none", "", _("没有需要导入的内容")))
    row.state, row.partial, row.started_at, row.faults = ImportState.WRITING, partial, clock.arrival(), []
    return going


def cancel(key: int, *, by: Actor) -> None:
    """Leave it: what is not written stays unwritten. A writing worker is asked to stop, and does or has just ended."""
    if access.one(Import, key, by=by, to=Can.EDIT).state is ImportState.WRITING:
        jobs.ask_to_stop(JOB, key)
    else:
        _cancel(key, by=by)


@transaction
def _cancel(key: int, *, by: Actor) -> None:
    row = _mine(key, by)
    if row.state not in (ImportState.CHECKING, ImportState.CHECKED):
        raise Refused(Problem("state", "", _("这次导入“{state}”，不能取消", state=row.state.label)))
    if row.state is ImportState.CHECKING:
        jobs.ask_to_stop(JOB, key)
    row.state, row.ended_at = ImportState.CANCELLED, clock.now()


@transaction
def start_undoing(key: int, *, by: Actor) -> None:
    """Let the import be taken back as far as nothing later happened to its rows."""
    row = _mine(key, by)
    problem = why_not_undo(row)
    if problem:
        raise Refused(problem)
    row.state, row.undone_at, row.undone_by_id = ImportState.UNDOING, clock.arrival(), by.id


def why_not_undo(row: Import) -> Problem | None:
    """Why the import as a whole cannot be taken back; None if it can."""
    if row.state is ImportState.UNDONE or row.undone_at is not None:
        return Problem("undone", "", _("这次导入已经撤回"))
    if row.state is not ImportState.DONE:
        return Problem("state", "", _("这次导入“{state}”，导入后才能撤回", state=row.state.label))
    form = formats.named(row.kind)
    if form is not None and form.is_final:
        return Problem("final", "", _("导入的是最终结论，不能撤回"))
    return None if row.new + row.changed else Problem("none", "", _("没有导入任何内容，不需要撤回"))


def same_file(row: Import) -> Import | None:
    """The last import of the very same file that was written."""
    same = select(Import).where(Import.sha256 == row.sha256, Import.kind == row.kind, Import.id != row.id)
    return session.scalar(same.where(Import.state.in_(WAS_WRITTEN)).order_by(Import.id.desc()).limit(1))


@transaction
def fetched(key: int, use: FileUse, *, by: Actor) -> None:
    """Note that `by` takes a file with whole rows of people out of the system, before it goes."""
    row = _mine(key, by)
    audit.record("export", Import.__tablename__, key, {"rows": [None, str(row.total)], "use": [None, use.value]}, by=by)


@transaction
def clear_away(*, by: Actor, now: datetime) -> int:
    """Keep no file longer than it is of use, and no undecided import; return how many files went."""
    idle = Import.state == ImportState.CHECKED, Import.made_at < now - KEEP_UNDECIDED
    session.execute(
        update(Import).where(*idle).values(state=ImportState.CANCELLED, ended_at=now), execution_options=_MINE
    )
    over = Import.state.not_in((*UNDER_WAY, ImportState.CHECKED))
    old = func.coalesce(Import.ended_at, Import.made_at) < now - KEEP_FILES
    gone = over & (old | (Import.state == ImportState.CANCELLED))
    ids = list(session.scalars(select(Import.id).where(gone)))
    count = len([key for key in ids if files.is_kept(FileUse.IMPORT, key)])
    for use in (FileUse.IMPORT, FileUse.FAULTS, FileUse.FORMER):
        files.remove(use, ids)
    if count:
        audit.record("delete", "file_pieces", None, {"rows": [None, str(count)]}, by=by)
    return count


def run_of(key: int, by: Actor) -> Run:
    """A pass over the file of an import."""
    row = session.get_one(Import, key)
    return Run(by, clock.today(), import_id=key, campaign_id=row.campaign_id)


def allowed(name: str, by: Actor) -> Format:
    """The format, if there is one of that name and `by` may send in files of it."""
    form = formats.named(name)
    if form is None or by.id is None or not form.allowed(by):
        raise NotYours
    return form


def _mine(key: int, by: Actor) -> Import:
    row = access.one(Import, key, by=by, to=Can.EDIT, lock=True)
    allowed(row.kind, by)
    return row


def locked(key: int) -> Import:
    """The import as it is now, until the end of the verb nobody else's."""
    mine = select(Import).where(Import.id == key).with_for_update(of=Import)
    return session.scalars(mine, execution_options={"populate_existing": True}).one()

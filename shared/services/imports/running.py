"""An import's way: sent in → checked → shown → written, all or nothing → perhaps taken back. The worker does the work.

Each step is one transaction at its end, so whoever is killed at any moment leaves nothing half done, and the worker
begins the step anew. How far it is, and whether it shall stop, is told beside the database (`jobs`).
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from shared import clock
from shared.adapters.sheets import MAX_BYTES
from shared.db import Base, session, transaction
from shared.models import Campaign, Import, ImportRow, Staff
from shared.models.kinds import FileUse, ImportAction, ImportState
from shared.models.transfers import FILE_NAME
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, files, jobs
from shared.services.errors import NotYours, Refused
from shared.services.imports import formats, marking, reading, tally
from shared.services.imports.formats import Format, Line, Run
from shared.services.imports.reading import CHUNK, Unusable
from shared.services.imports.tally import Tally
from shared.text import Text, _

log = logging.getLogger(__name__)
JOB = "import"
UNDER_WAY = (ImportState.CHECKING, ImportState.WRITING, ImportState.UNDOING)
WAS_WRITTEN = (ImportState.WRITING, ImportState.DONE, ImportState.UNDOING)
KEEP_FILES = timedelta(days=30)
KEEP_UNDECIDED = timedelta(days=7)
_MINE = {"recorded": True, "synchronize_session": False}  # counts and states: the rows' own audit says it all

MOVED = _("核对之后数据有变动，没有导入任何内容。下面是按现在的数据重新核对的结果，请再看一遍")
FAILED = _("数据库没有接受这些内容，没有导入任何内容。请检查代码、日期等是否符合要求")
BEYOND = _("有些行不归您管理，没有导入任何内容")
OFF = _("账号已停用或没有导入的权限，没有导入任何内容")


class _Stopped(Exception):
    """Somebody asked the worker to leave it."""


class _Moved(Exception):
    """What would be written is not what was shown."""


@transaction
def receive(name: str, file: IO[bytes], file_name: str, *, by: Actor, campaign_id: int | None = None) -> int:
    """Take in a file of the format `name`, to be checked by the worker; the import's number."""
    form = _allowed(name, by)
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
            Problem("refused", "", _("有{count}行不能导入。请改好后重新上传，或选择只导入其余的行", count=row.refused))
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
    row.state, row.ended_at = ImportState.CANCELLED, clock.now()
    jobs.ask_to_stop(JOB, key)


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
    return None if row.new + row.changed else Problem("none", "", _("没有导入任何内容，不需要撤回"))


def undo_preview(key: int, *, by: Actor) -> list[tuple[Text, int]]:
    """Why how many rows would not be taken back, without taking any back; the most frequent reason first."""
    row = access.one(Import, key, by=by, to=Can.EDIT)
    form = _allowed(row.kind, by)
    run = Run(by, clock.today(), import_id=key, campaign_id=row.campaign_id)
    kept: dict[Text, int] = {}
    for rows in _written(key):
        for text in form.target.take_back(rows, run).values():
            kept[text] = kept.get(text, 0) + 1
    return sorted(kept.items(), key=lambda pair: -pair[1])


def same_file(row: Import) -> Import | None:
    """The last import of the very same file that was written."""
    same = select(Import).where(Import.sha256 == row.sha256, Import.kind == row.kind, Import.id != row.id)
    return session.scalar(same.where(Import.state.in_(WAS_WRITTEN)).order_by(Import.id.desc()).limit(1))


def waiting() -> Sequence[int]:
    """Imports that the worker must look after: nobody has begun, or whoever had is gone."""
    return session.scalars(select(Import.id).where(Import.state.in_(UNDER_WAY)).order_by(Import.id)).all()


def work_off(key: int, address: str = "") -> None:
    """Do what an import waits for, for its owner."""
    row = session.get(Import, key)
    if row is None or row.state not in UNDER_WAY:
        return
    form, owner = formats.named(row.kind), session.get_one(Staff, row.staff_id)
    if form is None:
        log.error(
            "import %s waits for %s, which this worker does not know: start it by flask --app admin", key, row.kind
        )
        return
    by = access.actor_of_staff(owner, address)
    steps: dict[ImportState, Callable[[int, Format, Actor], None]] = {
        ImportState.CHECKING: _check,
        ImportState.WRITING: _write_or_say_why,
        ImportState.UNDOING: _undo,
    }
    try:
        if not owner.active or not form.allowed(by):
            _end(key, ImportState.CANCELLED, [OFF], by=by)
        else:
            steps[row.state](key, form, by)
    except Unusable as fault:
        _end(key, ImportState.UNREADABLE, fault.texts, by=by)
    except _Stopped:
        _end(key, ImportState.CANCELLED, (), by=by)
    finally:
        jobs.forget(JOB, key)


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
    for use in (FileUse.IMPORT, FileUse.FAULTS):
        files.remove(use, ids)
    if count:
        audit.record("delete", "file_pieces", None, {"rows": [None, str(count)]}, by=by)
    return count


# The worker's side.


def _check(key: int, form: Format, by: Actor) -> None:
    with _file(key) as path:
        counted, told, notes, columns = Tally(), [], [], []
        run = _run(key, by)
        with reading.opened(path, form) as found:
            run.columns = found.headings.columns
            columns = [column.name for column in run.columns]
            for lines in _passed(found.lines, form, run, counted, "check", 0):
                told += [line for line in lines if line.action in (ImportAction.REFUSED, ImportAction.CHANGED)]
            notes = found.notes
        if not counted.read:
            raise Unusable(_("标题行下面没有数据"))
        _checked(key, counted, told, notes, columns, by=by)
        if counted.counts[ImportAction.REFUSED]:
            _keep_marked(key, form, path, by=by, only_refused=False)


def _passed(
    chunks: Iterator[list[Line]], form: Format, run: Run, counted: Tally, phase: str, total: int
) -> Iterator[list[Line]]:
    """The lines, examined and counted; the world is told how far it is."""
    begun = time.monotonic()
    jobs.tell(JOB, run.import_id, {"phase": phase, "read": 0, "total": total, "seconds": 0})
    for lines in chunks:
        form.target.examine(lines, run)
        counted.add(lines)
        yield lines
        if jobs.is_stopping(JOB, run.import_id):
            raise _Stopped
        seconds = time.monotonic() - begun
        jobs.tell(JOB, run.import_id, {"phase": phase, "read": counted.read, "total": total, "seconds": seconds})


@transaction
def _checked(
    key: int, counted: Tally, told: Sequence[Line], notes: Sequence[Text], columns: Sequence[str], *, by: Actor
) -> None:
    row = _locked(key)
    if row.state is not ImportState.CHECKING:
        return
    _count(row, counted)
    row.state, row.digest, row.columns = ImportState.CHECKED, counted.digest, list(columns)
    row.notes = [note.packed() for note in notes]
    session.execute(delete(ImportRow).where(ImportRow.import_id == key))
    tally.note(key, told)


def _count(row: Import, counted: Tally) -> None:
    row.total = counted.read
    for action in ImportAction:
        setattr(row, action.value, counted.counts[action])


def _write_or_say_why(key: int, form: Format, by: Actor) -> None:
    """All of it, or nothing and the reason."""
    with _file(key) as path:
        try:
            row = session.get_one(Import, key)
            rest = bool(row.partial and row.refused)
            _write(key, form, path, by=by)
        except _Moved:
            _again(key, by=by)
            jobs.enqueue(JOB, key)
        except IntegrityError:
            log.exception("import %s was not accepted", key)
            _end(key, ImportState.CHECKED, [FAILED], by=by)
        except PermissionError:
            _end(key, ImportState.CHECKED, [BEYOND], by=by)
        else:
            if rest:
                _keep_marked(key, form, path, by=by, only_refused=True)


@transaction
def _write(key: int, form: Format, path: Path, *, by: Actor) -> None:
    row = _locked(key)
    if row.state is not ImportState.WRITING:
        return
    session.execute(delete(ImportRow).where(ImportRow.import_id == key, ImportRow.action != ImportAction.REFUSED))
    counted, run = Tally(), _run(key, by)
    run.writing = True
    with reading.opened(path, form) as found:
        run.columns = found.headings.columns
        for lines in _passed(found.lines, form, run, counted, "write", row.total):
            good = [line for line in lines if line.action in (ImportAction.NEW, ImportAction.CHANGED)]
            if good:
                form.target.write(good, run)
                tally.note(key, good)
    if counted.digest != row.digest:
        raise _Moved
    _audit_new(key, form, by)
    row.state, row.ended_at = ImportState.DONE, clock.now()


def _audit_new(key: int, form: Format, by: Actor) -> None:
    """One line for each new row, by one statement: which import it came with."""
    table = Base.metadata.tables[form.target.table_name]
    new = select(ImportRow.row_id).where(ImportRow.import_id == key, ImportRow.action == ImportAction.NEW)
    audit.record_set("import", table, table.c.id.in_(new), {"import": [None, str(key)]}, by=by)


@transaction
def _again(key: int, *, by: Actor) -> None:
    """What was shown is no longer true: show it anew."""
    row = _locked(key)
    row.state, row.started_at, row.faults = ImportState.CHECKING, None, [MOVED.packed()]


def _undo(key: int, form: Format, by: Actor) -> None:
    """Take back on behalf of whoever asked for it."""
    who = session.get_one(Import, key).undone_by_id
    by = access.actor_of_staff(session.get_one(Staff, who)) if who else by
    _take_back(key, form, by=by)


@transaction
def _take_back(key: int, form: Format, *, by: Actor) -> None:
    row = _locked(key)
    if row.state is not ImportState.UNDOING:
        return
    run = _run(key, by)
    run.writing = True
    done, total, begun = 0, row.new + row.changed, time.monotonic()
    for rows in _written(key):
        kept = form.target.take_back(rows, run)
        for one in rows:
            one.taken_back = one.id not in kept
            if one.id in kept:
                one.reasons = [["", kept[one.id].packed()]]
        session.flush()
        session.expunge_all()
        done += len(rows)
        seconds = time.monotonic() - begun
        jobs.tell(JOB, key, {"phase": "undo", "read": done, "total": total, "seconds": seconds})
    back = select(func.count()).where(ImportRow.import_id == key, ImportRow.taken_back.is_(True))
    row = _locked(key)
    row.undone = session.scalar(back) or 0
    row.state = ImportState.UNDONE


@transaction
def _end(key: int, state: ImportState, texts: Sequence[Text], *, by: Actor) -> None:
    row = _locked(key)
    if row.state not in UNDER_WAY:
        return
    row.state, row.faults = state, [text.packed() for text in texts]
    row.ended_at = None if state is ImportState.CHECKED else clock.now()


def _keep_marked(key: int, form: Format, path: Path, *, by: Actor, only_refused: bool) -> None:
    """Made outside a transaction, for it takes its time."""
    target = path.with_name("marked.xlsx")
    marking.marked(path, target, form, key, by=by, only_refused=only_refused)
    with target.open("rb") as made:
        _keep(FileUse.FAULTS, key, made, by=by)


@transaction
def _keep(use: FileUse, key: int, made: IO[bytes], *, by: Actor) -> None:
    files.keep(use, key, made)


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


def _run(key: int, by: Actor) -> Run:
    row = session.get_one(Import, key)
    return Run(by, clock.today(), import_id=key, campaign_id=row.campaign_id)


@contextmanager
def _file(key: int) -> Iterator[Path]:
    """The file that was sent in, for a reader that wants one on disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        if not files.copy_to(path, FileUse.IMPORT, key):
            raise Unusable(_("文件已经清理，请重新上传"))
        yield path


def _allowed(name: str, by: Actor) -> Format:
    form = formats.named(name)
    if form is None or by.id is None or not form.allowed(by):
        raise NotYours
    return form


def _mine(key: int, by: Actor) -> Import:
    row = access.one(Import, key, by=by, to=Can.EDIT, lock=True)
    _allowed(row.kind, by)
    return row


def _locked(key: int) -> Import:
    mine = select(Import).where(Import.id == key).with_for_update(of=Import)
    return session.scalars(mine, execution_options={"populate_existing": True}).one()

"""An import's way: sent in → checked → shown → written, all or nothing → perhaps taken back. The worker does the work.

Each step is one transaction at its end, so whoever is killed at any moment leaves nothing half done, and the worker
begins the step anew. How far it is, and whether it shall stop, is told beside the database (`jobs`).
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError

from shared import clock
from shared.db import session, transaction
from shared.models import Import, ImportRow, Staff
from shared.models.kinds import FileUse, ImportAction, ImportState
from shared.rules.rights import Actor
from shared.services import access, audit, files, jobs
from shared.services.imports import formats, marking, reading, tally, undoing, verbs
from shared.services.imports.formats import Format, Line, Moved, Run
from shared.services.imports.reading import Unusable
from shared.services.imports.tally import Tally
from shared.text import Text, _

log = logging.getLogger(__name__)

MOVED = _("核对之后数据有变动，没有导入任何内容。下面是按现在的数据重新核对的结果，请再看一遍")
FAILED = _("数据库没有接受这些内容，没有导入任何内容。请检查代码、日期等是否符合要求")
OURS = _("系统出错，没有改动任何内容。请再试一次；如果仍然这样，请联系管理员")
BEYOND = _("有些行不归您管理，没有导入任何内容")
OFF = _("账号已停用或没有导入的权限，没有导入任何内容")


class _Stopped(Exception):
    """Somebody asked the worker to leave it."""


def waiting() -> Sequence[int]:
    """Imports that the worker must look after: nobody has begun, or whoever had is gone."""
    return session.scalars(select(Import.id).where(Import.state.in_(verbs.UNDER_WAY)).order_by(Import.id)).all()


def work_off(key: int, address: str = "") -> None:
    """Do what an import waits for, for its owner."""
    row = session.get(Import, key)
    if row is None or row.state not in verbs.UNDER_WAY:
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
            with clock.arrived(row.undone_at or row.started_at or clock.now()):  # in time is what was asked for in time
                steps[row.state](key, form, by)
    except Unusable as fault:
        _end(key, ImportState.UNREADABLE, fault.texts, by=by)
    except _Stopped:
        _end(key, ImportState.CANCELLED, (), by=by)
    except (OperationalError, InterfaceError):
        raise  # the database is busy or away: the worker looks again
    except Exception:
        log.exception("import %s has met a fault of ours", key)
        _give_up(key, by=by)
    finally:
        jobs.forget(verbs.JOB, key)


def _check(key: int, form: Format, by: Actor) -> None:
    with _file(key) as path:
        counted, told, notes, columns = Tally(), [], [], []
        run = verbs.run_of(key, by)
        with reading.opened(path, form) as found:
            run.columns = found.headings.columns
            columns = [column.name for column in run.columns]
            for lines in _passed(found.lines, form, run, counted, "check", 0):
                told += [line for line in lines if line.action in (ImportAction.REFUSED, ImportAction.CHANGED)]
            notes = [*found.notes, *run.notes.values()]
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
    jobs.tell(verbs.JOB, run.import_id, {"phase": phase, "read": 0, "total": total, "seconds": 0})
    for lines in chunks:
        form.target.examine(lines, run)
        counted.add(lines)
        yield lines
        if jobs.is_stopping(verbs.JOB, run.import_id):
            raise _Stopped
        seconds = time.monotonic() - begun
        jobs.tell(verbs.JOB, run.import_id, {"phase": phase, "read": counted.read, "total": total, "seconds": seconds})


@transaction
def _checked(
    key: int, counted: Tally, told: Sequence[Line], notes: Sequence[Text], columns: Sequence[str], *, by: Actor
) -> None:
    row = verbs.locked(key)
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
    with _file(key) as file:
        path, run = _prepared(key, form, file, by=by)
        try:
            row = session.get_one(Import, key)
            rest = bool(row.partial and row.refused)
            _write(key, form, path, run, by=by)
        except Moved:
            _again(key, by=by)
            jobs.enqueue(verbs.JOB, key)
        except (IntegrityError, DataError):
            log.exception("import %s was not accepted", key)
            _end(key, ImportState.CHECKED, [FAILED], by=by)
        except PermissionError:
            _end(key, ImportState.CHECKED, [BEYOND], by=by)
        else:
            if rest:
                _keep_marked(key, form, path, by=by, only_refused=True)


def _prepared(key: int, form: Format, path: Path, *, by: Actor) -> tuple[Path, Run]:
    """What takes long is done before the transaction, for which in SQLite everybody else waits."""
    run, ready = verbs.run_of(key, by), path
    steps: Iterator[int] = iter(())
    if form.archive is not None:
        ready = path.with_suffix(form.archive.suffix)
        steps = form.archive.prepare(path, ready)
    elif form.ahead is not None:
        steps = _ahead(form, path, run)
    total, begun = session.get_one(Import, key).total, time.monotonic()
    for read in steps:
        if jobs.is_stopping(verbs.JOB, key):
            raise _Stopped
        told = {"phase": "prepare", "read": read, "total": total, "seconds": time.monotonic() - begun}
        jobs.tell(verbs.JOB, key, told)
    return ready, run


def _ahead(form: Format, path: Path, run: Run) -> Iterator[int]:
    assert form.ahead is not None  # noqa: S101  asked by `_prepared`
    passed = 0
    with reading.opened(path, form) as found:
        run.columns = found.headings.columns
        for lines in found.lines:
            yield from (passed + some for some in form.ahead(lines, run))
            passed += len(lines)


@transaction
def _write(key: int, form: Format, path: Path, run: Run, *, by: Actor) -> None:
    row = verbs.locked(key)
    if row.state is not ImportState.WRITING:
        return
    session.execute(delete(ImportRow).where(ImportRow.import_id == key, ImportRow.action != ImportAction.REFUSED))
    counted, run.writing = Tally(), True
    with reading.opened(path, form) as found:
        run.columns = found.headings.columns
        for lines in _passed(found.lines, form, run, counted, "write", row.total):
            good = [line for line in lines if line.action in (ImportAction.NEW, ImportAction.CHANGED)]
            if good:
                form.target.write(good, run)
                tally.note(key, good)
    if counted.digest != row.digest:
        raise Moved
    _audit_new(key, form, by)
    if not form.keeps_file:
        files.remove(FileUse.IMPORT, [key])
    row.state, row.ended_at = ImportState.DONE, clock.now()


def _audit_new(key: int, form: Format, by: Actor) -> None:
    """One line for each new row, by one statement: which import it came with."""
    table = form.target.table
    new = select(ImportRow.row_id).where(ImportRow.import_id == key, ImportRow.action == ImportAction.NEW)
    audit.record_set("import", table, table.c.id.in_(new), {"import": [None, str(key)]}, by=by)


@transaction
def _again(key: int, *, by: Actor) -> None:
    """What was shown is no longer true: show it anew."""
    row = verbs.locked(key)
    row.state, row.started_at, row.faults = ImportState.CHECKING, None, [MOVED.packed()]


def _undo(key: int, form: Format, by: Actor) -> None:
    """Take back on behalf of whoever asked for it."""
    who = session.get_one(Import, key).undone_by_id
    by = access.actor_of_staff(session.get_one(Staff, who)) if who else by
    undoing.take_back(key, form, by=by)


@transaction
def _give_up(key: int, *, by: Actor) -> None:
    """Trying again and again would meet the same fault; nothing was written, so its owner may decide."""
    ends = {
        ImportState.CHECKING: ImportState.UNREADABLE,
        ImportState.WRITING: ImportState.CHECKED,
        ImportState.UNDOING: ImportState.DONE,
    }
    row = verbs.locked(key)
    if row.state is ImportState.UNDOING:
        row.undone_at = row.undone_by_id = None
    _end(key, ends.get(row.state, row.state), [OURS], by=by)


@transaction
def _end(key: int, state: ImportState, texts: Sequence[Text], *, by: Actor) -> None:
    row = verbs.locked(key)
    if row.state not in verbs.UNDER_WAY:
        return
    row.state, row.faults = state, [text.packed() for text in texts]
    form = formats.named(row.kind)
    if state is not ImportState.CHECKED and form is not None and not form.keeps_file:
        files.remove(FileUse.IMPORT, [key])
    row.ended_at = None if state is ImportState.CHECKED else clock.now()


def _keep_marked(key: int, form: Format, path: Path, *, by: Actor, only_refused: bool) -> None:
    """Made outside a transaction, for it takes its time."""
    target = path.with_name("marked.xlsx")
    if form.archive is not None:
        marking.listed(target, form, key, by=by)
    else:
        marking.marked(path, target, form, key, by=by, only_refused=only_refused)
    with target.open("rb") as made:
        _keep(FileUse.FAULTS, key, made, by=by)


@transaction
def _keep(use: FileUse, key: int, made: IO[bytes], *, by: Actor) -> None:
    files.keep(use, key, made)


@contextmanager
def _file(key: int) -> Iterator[Path]:
    """The file that was sent in, for a reader that wants one on disk."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        if not files.copy_to(path, FileUse.IMPORT, key):
            raise Unusable(_("文件已经清理，请重新上传"))
        yield path

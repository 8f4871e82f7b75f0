"""Batches: one deed for many applications, in three steps. They are chosen, previewed, and then run; see decision 0015.

A batch's rows are what was chosen, each with the version that was seen. What was previewed is what runs: a row that has
changed since stays as it is. It runs in chunks, each a transaction of its own, so that whoever is interrupted at any
moment goes on where it stopped, and two who run the same batch only share the work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, literal, select, update

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Batch, BatchRow, Staff
from shared.models.kinds import BatchRowState, BatchState
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, deeds, undoing, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Outcome, Wish
from shared.text import Text, _

MOST = 50_000  # in one batch; a list that is longer is narrowed down first
AT_ONCE = 500  # more than these are run by the worker
KEPT_WISHES = ("reason", "reason_code", "conclusion", "colleague_id")
UNDER_WAY = (BatchState.WAITING, BatchState.RUNNING)
KEEP_PREVIEWS = timedelta(days=1)

_ROWS = Base.metadata.tables[BatchRow.__tablename__]
_MINE = {"recorded": True, "synchronize_session": False}  # counts only: the applications' own audit says it all


@transaction
def choose(name: str, among: Select[Any], *, by: Actor, chosen_by: str = "") -> int:
    """Remember the applications of `among` for the deed `name`, as they are now; the batch's number.

    `among` is a query inside the chooser's SCOPE, of the ticked rows or of all that a list shows.
    """
    if name not in {deed.name for deed in deeds.offered(by.role)} or by.id is None:
        raise NotYours
    batch = Batch(staff_id=by.id, move=name, chosen_by=chosen_by, made_at=clock.now())
    session.add(batch)
    session.flush()
    found = among.with_only_columns(
        literal(batch.id), Application.id, Application.version, maintain_column_froms=True
    ).order_by(None)
    wanted = found.order_by(Application.id).limit(MOST + 1)
    session.execute(insert(BatchRow).from_select(["batch_id", "application_id", "seen_version"], wanted))
    batch.total = session.scalar(select(func.count()).where(BatchRow.batch_id == batch.id)) or 0
    if batch.total == 0:
        raise Refused(Problem("none", "", _("请先在列表中勾选申请，再选择要办理的事项")))
    if batch.total > MOST:
        raise Refused(Problem("many", "", _("一次最多办理{most}件，请先用筛选缩小范围", most=f"{MOST:,}")))
    return batch.id


@transaction
def preview(key: int, wish: Wish, *, by: Actor) -> None:
    """Judge every row of the batch as it stands now, with what the move asks for; nothing moves yet."""
    batch = _waiting_for_its_owner(key, by)
    deed = deeds.DEEDS[batch.move]
    faults = deed.faults(wish, by=by)
    if faults:
        raise Refused.because(faults)
    batch.wish = {name: value for name, value in asdict(wish).items() if name in KEPT_WISHES}
    now = select(Application.version).where(Application.id == BatchRow.application_id).scalar_subquery()
    anew = update(BatchRow).where(BatchRow.batch_id == key)
    session.execute(anew.values(state=BatchRowState.CHOSEN, reasons=[], seen_version=now), execution_options=_MINE)
    ids = session.scalars(select(BatchRow.application_id).where(BatchRow.batch_id == key)).all()
    outcome = deed.preview(ids, wish, by=by)
    _note_refused(key, outcome, BatchRowState.SKIPPED)
    batch.skipped = len(outcome.refused)


@transaction
def start(key: int, *, by: Actor) -> int:
    """Let the batch run: once, whoever else presses the same button. How many applications it is about."""
    batch = _waiting_for_its_owner(key, by)
    if not batch.wish:
        raise NotYours  # never previewed
    going = batch.total - batch.skipped
    if not going:
        raise Refused(Problem("none", "", _("没有可以办理的申请，请返回列表重新勾选")))
    batch.state, batch.started_at = BatchState.WAITING, clock.arrival()
    return going


@transaction
def cancel(key: int, *, by: Actor) -> None:
    """Give up a batch that has not begun."""
    _waiting_for_its_owner(key, by).state = BatchState.CANCELLED


@transaction
def start_undoing(key: int, *, by: Actor) -> int:
    """Let the batch be taken back; how many applications it is about."""
    batch = access.one(Batch, key, by=by, to=Can.EDIT, lock=True)
    problem = undoing.why_not(batch)
    if problem:
        raise Refused(problem)
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.WAITING, clock.arrival(), by.id
    return batch.moved


def work_off(key: int, address: str = "") -> None:
    """Do what is left of a batch, for its owner and as of the moment at which it was started."""
    batch = session.get(Batch, key)
    if batch is None or batch.state not in UNDER_WAY:
        return
    owner = batch.staff_id
    asked_at = batch.undone_at or batch.started_at or clock.now()
    step = _run_some if batch.undone_at is None else _take_some_back
    with clock.arrived(asked_at):
        # Read anew for each chunk: whoever has another role or place since then goes on with nothing.
        while step(key, by=access.actor_of_staff(session.get_one(Staff, owner, populate_existing=True), address)):
            pass


def waiting() -> Sequence[int]:
    """Batches that are not done: nobody has begun them, or whoever had is gone."""
    return session.scalars(select(Batch.id).where(Batch.state.in_(UNDER_WAY)).order_by(Batch.id)).all()


@transaction
def clear_away(*, by: Actor, now: datetime) -> int:
    """Delete choices that came to nothing, a day later; return how many."""
    idle = Batch.state.in_((BatchState.PREVIEW, BatchState.CANCELLED)), Batch.made_at < now - KEEP_PREVIEWS
    count = len(session.scalars(delete(Batch).where(*idle).returning(Batch.id), execution_options=_MINE).all())
    if count:
        audit.record("delete", Batch.__tablename__, None, {"rows": [None, str(count)]}, by=by)
    return count


def wish_of(batch: Batch) -> Wish:
    """What was asked for, as it was typed before the preview."""
    return deeds.wish_of(batch.wish)


def _waiting_for_its_owner(key: int, by: Actor) -> Batch:
    batch = access.one(Batch, key, by=by, to=Can.EDIT, lock=True)
    if batch.state is not BatchState.PREVIEW:
        raise Refused(Problem("state", "", _("这一批“{state}”，不能再更改", state=batch.state.label)))
    return batch


@transaction
def _run_some(key: int, *, by: Actor) -> bool:
    """Run the next chunk; whether there may be more."""
    batch = _locked(key)
    if batch.state not in UNDER_WAY or batch.undone_at is not None:
        return False
    rows = _next(key, BatchRowState.CHOSEN)
    versions = {row.application_id: row.seen_version for row in rows}
    batch.state = BatchState.RUNNING
    if not _may_still_act(by):
        outcome = Outcome(refused=dict.fromkeys(versions, _NO_LONGER))
    else:
        outcome = deeds.DEEDS[batch.move].run(versions, wish_of(batch), by=by)
    _note_moved(rows, outcome)
    _note_refused(key, outcome, BatchRowState.SKIPPED)
    return _counted(key, rows, BatchState.DONE, moved=len(outcome.moved), skipped=len(outcome.refused))


@transaction
def _take_some_back(key: int, *, by: Actor) -> bool:
    """Take back the next chunk; whether there may be more."""
    batch = _locked(key)
    if batch.state not in UNDER_WAY or batch.undone_at is None:
        return False
    rows = _next(key, BatchRowState.MOVED)
    batch.state = BatchState.RUNNING
    made = undoing.made(rows)
    if not _may_still_act(by):
        outcome = Outcome(refused=dict.fromkeys(made, _NO_LONGER))
    else:
        outcome = deeds.DEEDS[batch.move].take_back(made, wish_of(batch), by=by)
    done = update(BatchRow).where(BatchRow.batch_id == key, BatchRow.application_id.in_(outcome.moved))
    session.execute(done.values(state=BatchRowState.UNDONE), execution_options=_MINE)
    _note_refused(key, outcome, BatchRowState.KEPT)
    return _counted(key, rows, BatchState.UNDONE)


_NO_LONGER = [Problem("inactive", "", _("办理人的账号已停用，其余申请不再办理"))]


def _may_still_act(by: Actor) -> bool:
    return access.is_in_force(session.get_one(Staff, by.id))


def _locked(key: int) -> Batch:
    found = select(Batch).where(Batch.id == key).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one()


def _next(key: int, state: BatchRowState) -> Sequence[Any]:
    wanted = select(BatchRow.id, BatchRow.application_id, BatchRow.seen_version, BatchRow.left_version, BatchRow.before)
    mine = wanted.where(BatchRow.batch_id == key, BatchRow.state == state)
    return session.execute(mine.order_by(BatchRow.id).limit(workflow.CHUNK)).all()


def _note_moved(rows: Sequence[Any], outcome: Outcome) -> None:
    """One statement for all; each row keeps what its application was before."""
    noted = [
        {"key": row.id, "was": undoing.packed(left.before), "now": left.version}
        for row in rows
        if (left := outcome.left.get(row.application_id))
    ]
    if noted:
        values = {"state": BatchRowState.MOVED, "before": bindparam("was"), "left_version": bindparam("now")}
        session.execute(update(_ROWS).where(_ROWS.c.id == bindparam("key")).values(values), noted)


def _note_refused(key: int, outcome: Outcome, state: BatchRowState) -> None:
    """One statement for each set of reasons."""
    for reasons, ids in by_reasons(outcome.refused).items():
        texts = [text.packed() for text in reasons]
        for start in range(0, len(ids), workflow.CHUNK):
            some = BatchRow.application_id.in_(ids[start : start + workflow.CHUNK])
            change = update(BatchRow).where(BatchRow.batch_id == key, some)
            session.execute(change.values(state=state, reasons=texts), execution_options=_MINE)


def by_reasons(refused: Mapping[int, Sequence[Problem]]) -> dict[tuple[Text, ...], list[int]]:
    """The applications that stay, under all that keeps each of them."""
    found: dict[tuple[Text, ...], list[int]] = defaultdict(list)
    for key, problems in refused.items():
        found[tuple(problem.text for problem in problems)].append(key)
    return found


def _counted(key: int, rows: Sequence[Any], end: BatchState, **more: int) -> bool:
    """Write down how far it is; whether there may be more. Whoever finds fewer than a chunk has found the last."""
    session.flush()
    counts = {name: getattr(Batch, name) + count for name, count in more.items()}
    if counts:
        session.execute(update(Batch).where(Batch.id == key).values(counts), execution_options=_MINE)
    session.expire_all()
    if len(rows) == workflow.CHUNK:
        return True
    batch = session.get_one(Batch, key)
    batch.state, batch.ended_at = end, clock.now()
    return False

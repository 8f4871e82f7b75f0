"""Holds (暂停办理): something must be cleared up before anybody decides on an application; the guards ask for them."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import joinedload

from shared import clock
from shared.db import Base, session, transaction
from shared.models import Application, Bureau, Hold, Staff
from shared.models.kinds import Stage
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Left, Outcome
from shared.text import _

OVER = (Stage.WITHDRAWN, Stage.REVOKED)
WhyNot = Callable[[Application, Hold | None, Actor], list[Problem]]
_HOLDS = Base.metadata.tables[Hold.__tablename__]


@transaction
def place(application_id: int, reason: str, *, by: Actor) -> Hold:
    """From now on nobody decides, until somebody lifts it and says what was found."""
    application = access.one(Application, application_id, by=by, to=Can.HOLD, lock=True)
    problems = faults(reason) or _why_not(application.stage, held=open_on(application_id, by=by) is not None)
    if problems:
        raise Refused.because(problems)
    hold = Hold(application_id=application_id, reason=reason.strip(), placed_at=clock.now(), placed_by_id=by.id)
    session.add(hold)
    session.flush()
    return hold


@transaction
def lift(hold_id: int, finding: str, *, by: Actor) -> Hold:
    """It is cleared up: say what was found. Nobody below the bureau that placed a hold lifts it."""
    hold = access.one(Hold, hold_id, by=by, lock=True)
    if not access.may(Application, hold.application_id, by=by, to=Can.HOLD):
        raise NotYours
    if hold.lifted_at is not None:
        raise Refused(Problem("lifted", "", _("暂停已经解除，请刷新页面")))
    problems = faults_of_finding(finding)
    if problems:
        raise Refused.because(problems)
    if not may_lift(hold, by=by):
        raise Refused(_from_above(hold.placed_by.bureau))
    hold.lifted_at, hold.lifted_by_id, hold.finding = clock.now(), by.id, finding.strip()
    return hold


def open_on(application_id: int, *, by: Actor) -> Hold | None:
    """The hold that is open on the application, if its reader sees holds."""
    wanted = access.query(Hold, by=by).where(Hold.application_id == application_id, Hold.lifted_at.is_(None))
    return session.scalar(wanted)


def stands(application_id: int, *, by: Actor) -> bool:
    """Whether there is an open hold: all that the desk is told of it."""
    wanted = access.query(Hold, by=by, to=Can.REFER).where(Hold.application_id == application_id)
    return session.scalar(wanted.where(Hold.lifted_at.is_(None)).with_only_columns(Hold.id)) is not None


def may_lift(hold: Hold, *, by: Actor) -> bool:
    """The bureau that placed it, and those above."""
    return _is_below(hold.placed_by.bureau, by)


def faults(reason: str) -> list[Problem]:
    """What is wrong with the reason of a hold."""
    return [] if reason.strip() else [Problem("reason", "reason", _("请填写暂停办理的原因，其他审核人员会看到"))]


def faults_of_finding(finding: str) -> list[Problem]:
    """What is wrong with the finding that ends a hold."""
    return [] if finding.strip() else [Problem("finding", "finding", _("请填写查实的情况，再解除暂停"))]


def preview(ids: Sequence[int], *, by: Actor) -> Outcome:
    """What `place_many` would do now, without doing it."""
    return _each(ids, _may_be_held, by=by, lock=False)


@transaction
def place_many(ids: Sequence[int], reason: str, *, by: Actor) -> Outcome:
    """Hold all of `ids` for one reason, where that is possible; say of each other one why not."""
    if problems := faults(reason):
        return Outcome(refused=dict.fromkeys(ids, problems))
    outcome = _each(ids, _may_be_held, by=by, lock=True)
    said = reason.strip()
    values = {"reason": said, "placed_at": clock.now(), "placed_by_id": by.id}
    for chunk in workflow.chunks(outcome.moved):
        rows = [{"application_id": key} | values for key in chunk]
        session.execute(insert(Hold), rows, execution_options={"recorded": True})
        audit.record_set("insert", _HOLDS, _open_on(chunk), _told(reason=said), by=by)
    return outcome


def preview_lifting(ids: Sequence[int], *, by: Actor) -> Outcome:
    """What `lift_many` would do now, without doing it."""
    return _each(ids, _may_be_freed, by=by, lock=False)


@transaction
def lift_many(ids: Sequence[int], finding: str, *, by: Actor) -> Outcome:
    """End the holds of all of `ids` with one finding, where that is possible; say of each other one why not."""
    if problems := faults_of_finding(finding):
        return Outcome(refused=dict.fromkeys(ids, problems))
    outcome = _each(ids, _may_be_freed, by=by, lock=True)
    said = finding.strip()
    values = {"finding": said, "lifted_at": clock.now(), "lifted_by_id": by.id}
    for chunk in workflow.chunks(outcome.moved):
        audit.record_set("update", _HOLDS, _open_on(chunk), _told(finding=said), by=by)
        change = update(Hold).where(_open_on(chunk)).values(**values, version=Hold.version + 1)
        session.execute(change, execution_options={"recorded": True, "synchronize_session": False})
        session.expire_all()
    return outcome


def _why_not(stage: Stage, *, held: bool) -> list[Problem]:
    if stage in OVER:
        return [Problem("stage", "", _("申请已经结束，不需要暂停办理"))]
    return [Problem("held", "", _("申请已经暂停办理，请先查清并解除原来的暂停"))] if held else []


def _may_be_held(application: Application, hold: Hold | None, by: Actor) -> list[Problem]:
    return _why_not(application.stage, held=hold is not None)


def _may_be_freed(_application: Application, hold: Hold | None, by: Actor) -> list[Problem]:
    if hold is None:
        return [Problem("free", "", _("申请没有暂停办理，不需要解除"))]
    return [] if may_lift(hold, by=by) else [_from_above(hold.placed_by.bureau)]


def _each(ids: Sequence[int], why_not: WhyNot, *, by: Actor, lock: bool) -> Outcome:
    """Which of `ids` may be held, or freed; and how the others fare."""
    outcome = Outcome()
    for chunk in workflow.chunks(ids):
        mine = access.query(Application, by=by, to=Can.HOLD).where(Application.id.in_(chunk)).order_by(Application.id)
        rows = session.scalars(mine.with_for_update(of=Application) if lock else mine).all()
        with_their_places = joinedload(Hold.placed_by).joinedload(Staff.bureau)
        open_ones = session.scalars(select(Hold).where(_open_on(chunk)).options(with_their_places))
        holds = {hold.application_id: hold for hold in open_ones}
        problems = {row.id: why_not(row, holds.get(row.id), by) for row in rows}
        for key in chunk:
            found = problems.get(key, [workflow.not_yours()])
            if found:
                outcome.refused[key] = found
            else:
                outcome.moved.append(key)
        outcome.left |= {row.id: Left(row.version, {}) for row in rows if not problems[row.id]}
    return outcome


def _open_on(ids: Sequence[int]) -> ColumnElement[bool]:
    return _HOLDS.c.application_id.in_(ids) & _HOLDS.c.lifted_at.is_(None)


def _told(**values: str) -> audit.Changes:
    return {name: [None, audit.as_text(value)] for name, value in values.items()}


def _is_below(bureau: Bureau | None, by: Actor) -> bool:
    return bool(by.bureau_path) and bureau is not None and bureau.path.startswith(by.bureau_path)


def _from_above(bureau: Bureau | None) -> Problem:
    told = bureau.name if bureau else ""
    return Problem("above", "", _("暂停由{bureau}提出，只能由该机构或上级解除", bureau=told))

"""分派: which colleague looks at an application. It tells the others, and takes nobody's rights."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, not_, select, update

from shared.db import session, transaction
from shared.models import Application, Staff
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import audit, workflow
from shared.services.errors import NotYours, Refused
from shared.services.workflow import Left, Outcome
from shared.text import _

NOBODY = 0  # as a choice among colleagues
DECIDING = (Can.PRELIMINARY, Can.REVIEW, Can.FINAL)


def colleagues(*, by: Actor) -> Sequence[Staff]:
    """Those of the same bureau who may decide, by name; whoever asks is one of them."""
    return session.scalars(select(Staff).where(_colleagues(by)).order_by(Staff.name, Staff.id)).all()


def _colleagues(by: Actor) -> ColumnElement[bool]:
    roles = {role for model, role, action in policy.SCOPE if model is Application and action in DECIDING}
    return (Staff.bureau_id == by.bureau_id) & Staff.active & Staff.role.in_(roles)


def nobodys(*, by: Actor) -> ColumnElement[bool]:
    """Applications that no colleague looks at; an assignment at another bureau says nothing to this one."""
    ours = select(Staff.id).where(Staff.bureau_id == by.bureau_id).correlate(None)
    return Application.assigned_to_id.is_(None) | not_(Application.assigned_to_id.in_(ours))


@transaction
def assign(application_id: int, staff_id: int | None, *, by: Actor) -> None:
    """Give one application to a colleague, or to nobody."""
    if not assign_many([application_id], staff_id, by=by):
        raise NotYours


@transaction
def assign_many(ids: Sequence[int], staff_id: int | None, *, by: Actor) -> list[int]:
    """Give all of `ids` that are the actor's to give to a colleague; those that are the colleague's now.

    The version stays: a page that somebody has open for a decision must not become old by this.
    """
    if staff_id is not None and not _is_colleague(staff_id, by):
        raise Refused(_unknown())
    given: list[int] = []
    for chunk in workflow.chunks(ids):
        before = _mine(chunk, by, lock=True)
        _write({key: left.before["assigned_to_id"] for key, left in before.items()}, staff_id, by)
        given += before
    return given


def faults(staff_id: int | None, *, by: Actor) -> list[Problem]:
    """What is wrong with the choice of a colleague; `NOBODY` is a choice, none at all is not."""
    return [] if staff_id == NOBODY or (staff_id is not None and _is_colleague(staff_id, by)) else [_unknown()]


def preview(ids: Sequence[int], staff_id: int | None, *, by: Actor) -> Outcome:
    """What `give` would do now, without doing it."""
    outcome = Outcome()
    for chunk in workflow.chunks(ids):
        _judge(chunk, staff_id, by, outcome, lock=False)
    return outcome


@transaction
def give(ids: Sequence[int], staff_id: int | None, *, by: Actor) -> Outcome:
    """Give all of `ids` that are the actor's to a colleague or to `NOBODY`; say of each other one why not."""
    problems = faults(staff_id, by=by)
    if problems:
        return Outcome(refused=dict.fromkeys(ids, problems))
    outcome = Outcome()
    for chunk in workflow.chunks(ids):
        going = _judge(chunk, staff_id, by, outcome, lock=True)
        _write({key: left.before["assigned_to_id"] for key, left in going.items()}, staff_id or None, by)
        outcome.left |= going
    return outcome


@transaction
def give_back(made: Mapping[int, Left], staff_id: int | None, *, by: Actor, trial: bool = False) -> Outcome:
    """Put back what `give` has changed, unless somebody has given it to another meanwhile; a trial only looks."""
    outcome = Outcome()
    for chunk in workflow.chunks(made):
        now = _mine(chunk, by, lock=not trial)
        back: dict[int | None, dict[int, int | None]] = defaultdict(dict)
        for key in chunk:
            if key not in now:
                outcome.refused[key] = [workflow.not_yours()]
            elif (current := now[key].before["assigned_to_id"]) != (staff_id or None):
                outcome.refused[key] = [Problem("stale", "", _("办理之后又分派给了别人，不能撤回"))]
            else:
                outcome.moved.append(key)
                back[made[key].before["assigned_to_id"]][key] = current
        for old, changed in () if trial else back.items():
            _write(changed, old, by)
    return outcome


def _unknown() -> Problem:
    return Problem("colleague", "assigned_to_id", _("请选择本机构能够审核的同事"))


def _is_colleague(staff_id: int, by: Actor) -> bool:
    return session.scalar(select(Staff.id).where(Staff.id == staff_id, _colleagues(by))) is not None


def _judge(ids: Sequence[int], staff_id: int | None, by: Actor, outcome: Outcome, *, lock: bool) -> dict[int, Left]:
    """Split `ids` into those that will be given (returned as they are) and the others, with the reason."""
    mine = _mine(ids, by, lock=lock)
    going = {key: left for key, left in mine.items() if left.before["assigned_to_id"] != (staff_id or None)}
    outcome.moved += going
    outcome.refused |= {key: [workflow.not_yours()] for key in ids if key not in mine}
    same = _("已经是这样分派的，不需要再分派")
    outcome.refused |= {key: [Problem("same", "", same)] for key in mine if key not in going}
    return going


def _mine(ids: Sequence[int], by: Actor, *, lock: bool) -> dict[int, Left]:
    """Those of `ids` that are the actor's to give, and to whom they are given now."""
    columns = (Application.id, Application.version, Application.assigned_to_id)
    found = select(*columns).where(Application.id.in_(ids), policy.condition(Application, by, Can.ASSIGN))
    if lock:
        found = found.with_for_update(of=Application)
    rows = session.execute(found.order_by(Application.id))
    return {row.id: Left(row.version, {"assigned_to_id": row.assigned_to_id}) for row in rows}


def _write(before: Mapping[int, int | None], staff_id: int | None, by: Actor) -> None:
    changed = {key: old for key, old in before.items() if old != staff_id}
    if not changed:
        return
    change = update(Application).where(Application.id.in_(changed)).values(assigned_to_id=staff_id)
    session.execute(change, execution_options={"recorded": True, "synchronize_session": False})
    pairs = {key: {"assigned_to_id": [audit.as_text(old), audit.as_text(staff_id)]} for key, old in changed.items()}
    audit.record_many(Application.__tablename__, pairs, by=by)
    session.expire_all()

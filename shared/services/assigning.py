"""分派: which colleague looks at an application. It tells the others, and takes nobody's rights."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, not_, select, update

from shared.db import session, transaction
from shared.models import Application, Staff
from shared.rules import policy
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import audit
from shared.services.errors import NotYours, Refused
from shared.text import _

CHUNK = 500
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
    """Give all of `ids` that are the actor's to give to a colleague; those that were given.

    The version stays: a page that somebody has open for a decision must not become old by this.
    """
    if staff_id is not None and session.scalar(select(Staff.id).where(Staff.id == staff_id, _colleagues(by))) is None:
        raise Refused(Problem("colleague", "assigned_to_id", _("请选择本机构能够审核的同事")))
    given: list[int] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        given += _assign(wanted[start : start + CHUNK], staff_id, by)
    return given


def _assign(ids: Sequence[int], staff_id: int | None, by: Actor) -> list[int]:
    mine = policy.condition(Application, by, Can.ASSIGN)
    found = select(Application.id, Application.assigned_to_id).where(Application.id.in_(ids), mine)
    before = {row.id: row.assigned_to_id for row in session.execute(found)}
    changed = {key: old for key, old in before.items() if old != staff_id}
    if changed:
        change = update(Application).where(Application.id.in_(changed)).values(assigned_to_id=staff_id)
        session.execute(change, execution_options={"recorded": True, "synchronize_session": False})
        pairs = {key: {"assigned_to_id": [audit.as_text(old), audit.as_text(staff_id)]} for key, old in changed.items()}
        audit.record_many(Application.__tablename__, pairs, by=by)
        session.expire_all()
    return list(before)

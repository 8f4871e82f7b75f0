"""The tree of bureaus: who lies below whom, and moving a part of it; whoever works there moves with it."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from shared.db import session, transaction
from shared.models import Bureau, ConfirmationPoint, School, Staff
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, reference
from shared.services.errors import Refused
from shared.text import _


@dataclass(frozen=True)
class Node:
    """A bureau and how deep it lies below the first one shown."""

    bureau: Bureau
    depth: int


@dataclass(frozen=True)
class Below:
    """What moves with a bureau."""

    bureaus: int
    schools: int
    points: int
    staff: int


def tree(*, by: Actor) -> list[Node]:
    """The bureaus that `by` sees, each after the one above it."""
    rows = session.scalars(access.query(Bureau, by=by)).all()
    ordered = sorted(rows, key=lambda row: [int(part) for part in row.path.strip("/").split("/") if part])
    top = min((row.path.count("/") for row in rows), default=0)
    return [Node(row, row.path.count("/") - top) for row in ordered]


def below(bureau: Bureau) -> Below:
    """How much lies in and below `bureau`."""
    ids = select(Bureau.id).where(Bureau.path.startswith(bureau.path, autoescape=True))
    schools, points = select(School.id).where(School.bureau_id.in_(ids)), select(ConfirmationPoint.id)
    points = points.where(ConfirmationPoint.bureau_id.in_(ids))
    staff = select(Staff.id).where(
        or_(Staff.bureau_id.in_(ids), Staff.school_id.in_(schools), Staff.point_id.in_(points))
    )
    counted = [
        select(func.count()).select_from(one.subquery()).scalar_subquery() for one in (ids, schools, points, staff)
    ]
    bureaus, *rest = session.execute(select(*counted)).one()
    return Below(bureaus - 1, *rest)


@transaction
def move(bureau_id: int, parent_id: int | None, *, by: Actor, version: int) -> None:
    """Put a bureau below another one; the paths of everything below follow in the same transaction."""
    # Two moves at a time could each put the other's part below itself: the tree is changed by one person at a time.
    session.execute(select(Bureau.id).order_by(Bureau.id).with_for_update())
    row = access.one(Bureau, bureau_id, by=by, to=Can.EDIT)
    parent = session.get(Bureau, parent_id) if parent_id else None
    if parent is None or not access.may(Bureau, parent.id, by=by, to=Can.EDIT):
        raise Refused(Problem("parent", "parent_id", _("请选择您管理范围内的一个上级部门")))
    reference.change(Bureau, row.id, {"parent_id": parent.id}, by=by, version=version)

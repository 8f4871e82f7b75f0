"""Which schools a confirmation point serves: many at a time."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from shared.db import session, transaction
from shared.models import Alias, Bureau, ConfirmationPoint, PointSchool, School
from shared.models.kinds import EntryStatus
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, aliases
from shared.services.errors import Refused
from shared.text import _

MOST_SHOWN = 200


def served(point: ConfirmationPoint) -> Sequence[School]:
    """The schools that the point serves, by name."""
    linked = select(PointSchool.school_id).where(PointSchool.point_id == point.id)
    return session.scalars(select(School).where(School.id.in_(linked)).order_by(School.name, School.id)).all()


def candidates(point: ConfirmationPoint, text: str = "") -> Sequence[School]:
    """Schools of the point's bureau and of those below that it does not serve yet; `text` narrows by name."""
    found = _around(point).where(School.status == EntryStatus.ACTIVE)
    linked = select(PointSchool.school_id).where(PointSchool.point_id == point.id)
    found = found.where(School.id.not_in(linked))
    if text:
        named = aliases.called(School, Alias.name.contains(text, autoescape=True))
        found = found.where(School.name.contains(text, autoescape=True) | named)
    return session.scalars(found.order_by(School.name, School.id).limit(MOST_SHOWN)).all()


def _around(point: ConfirmationPoint) -> Select[School]:
    bureaus = select(Bureau.id).where(Bureau.path.startswith(point.bureau.path, autoescape=True))
    return select(School).where(School.bureau_id.in_(bureaus), aliases.unmerged(School))


def named(point: ConfirmationPoint, lines: Sequence[str]) -> tuple[list[int], list[str]]:
    """The schools that typed or pasted names and codes stand for, and the lines that stand for none."""
    wanted = [line.strip() for line in lines if line.strip()]
    around = School.id.in_(_around(point).with_only_columns(School.id))
    found = aliases.resolve_many(School, wanted, around)
    return [found[line].id for line in wanted if line in found], [line for line in wanted if line not in found]


@transaction
def serve(point_id: int, school_ids: Sequence[int], *, by: Actor) -> int:
    """Let the point serve these schools, too; return how many are new."""
    point = access.one(ConfirmationPoint, point_id, by=by, to=Can.EDIT, lock=True)
    around = set(session.scalars(_around(point).with_only_columns(School.id).where(School.id.in_(school_ids))))
    if set(school_ids) - around:
        raise Refused(Problem("schools", "", _("只能添加本部门和下级部门的学校，请重新选择")))
    known = set(session.scalars(select(PointSchool.school_id).where(PointSchool.point_id == point.id)))
    new = sorted(around - known)
    session.add_all(PointSchool(point_id=point.id, school_id=key) for key in new)
    session.flush()
    return len(new)


@transaction
def stop(point_id: int, school_ids: Sequence[int], *, by: Actor) -> int:
    """The point serves these schools no more; return how many those were."""
    access.one(ConfirmationPoint, point_id, by=by, to=Can.EDIT, lock=True)
    mine = access.query(PointSchool, by=by, to=Can.DELETE).where(
        PointSchool.point_id == point_id, PointSchool.school_id.in_(school_ids)
    )
    rows = session.scalars(mine).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)

"""The list of papers to hand in for a campaign (S22): its order, and last year's as a beginning."""

from collections.abc import Sequence

from sqlalchemy import select

from shared.db import session, transaction
from shared.models import Campaign, Material
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access
from shared.services.errors import Refused
from shared.text import _


def of(campaign_id: int, *, by: Actor) -> Sequence[Material]:
    """A campaign's papers in their order."""
    mine = access.query(Material, by=by).where(Material.campaign_id == campaign_id)
    return session.scalars(mine.order_by(Material.position, Material.id)).all()


@transaction
def shift(material_id: int, steps: int, *, by: Actor) -> None:
    """Move a paper up (-1) or down (1) in its list; positions are numbered anew."""
    row = access.one(Material, material_id, by=by, to=Can.EDIT, lock=True)
    rows = list(of(row.campaign_id, by=by))
    place = rows.index(row)
    rows.insert(max(0, min(len(rows) - 1, place + steps)), rows.pop(place))
    for position, one in enumerate(rows, 1):
        one.position = position


@transaction
def copy(source_id: int, target_id: int, *, by: Actor) -> int:
    """Add the papers of another campaign that this one has not; return how many were added."""
    source = access.one(Campaign, source_id, by=by)
    target = access.one(Campaign, target_id, by=by, to=Can.EDIT, lock=True)
    if source.id == target.id:
        raise Refused(Problem("same", "source", _("请选择另一个批次")))
    theirs = session.scalars(
        select(Material).where(Material.campaign_id == source.id).order_by(Material.position)
    ).all()
    mine = session.scalars(select(Material).where(Material.campaign_id == target.id)).all()
    known, last = {(row.name, row.registration_type) for row in mine}, max((row.position for row in mine), default=0)
    new = [row for row in theirs if (row.name, row.registration_type) not in known]
    for position, row in enumerate(new, last + 1):
        session.add(
            Material(
                campaign_id=target.id,
                position=position,
                name=row.name,
                registration_type=row.registration_type,
                copies=row.copies,
                original=row.original,
                required=row.required,
            )
        )
    session.flush()
    return len(new)

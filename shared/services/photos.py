"""The applicant's photo: re-encoded on the way in, seen only by those who see the application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import bindparam, delete, insert, select, update

from shared import clock
from shared.adapters import photo as adapter
from shared.adapters.picture import BadPhoto, Box
from shared.db import Base, session, transaction
from shared.models import Application, Photo
from shared.models.kinds import Stage, WindowStage
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, windows, workflow
from shared.services.errors import Refused
from shared.services.workflow import Outcome, Wish

Size = Literal["small", "master"]
LONGEST_PREVIEW = 1200
REPLACE = "photograph"  # the move of staff who bring the photos of many
_TABLE = Base.metadata.tables[Photo.__tablename__]
_HIDDEN = "***"  # as the audit keeps a picture


def put(application_id: int, original: bytes, *, by: Actor, crop: Box | None = None) -> None:
    """Replace the photo by a part of `original`, whatever camera it comes from; `Refused` says what to do instead.

    `crop` is (x, y, width, height) in fractions of the upright picture; without it the middle is taken.
    """
    _refuse_if_settled(application_id, by=by)
    try:
        prepared = adapter.prepare(original, crop)  # outside the transaction: it takes a while
    except BadPhoto as fault:
        raise _refusal(fault) from None
    _put(application_id, prepared, by=by)


def upright(application_id: int, original: bytes, *, by: Actor) -> bytes:
    """What `original` looks like, as a JPEG, for a browser that cannot show it; nothing is kept."""
    _refuse_if_settled(application_id, by=by)
    try:
        return adapter.upright(original, LONGEST_PREVIEW)
    except BadPhoto as fault:
        raise _refusal(fault) from None


def _refuse_if_settled(application_id: int, *, by: Actor) -> None:
    """Before a picture is decoded, which takes a while; `_put` asks once more."""
    application = access.one(Application, application_id, by=by, to=Can.AMEND)
    if application.stage is not Stage.DRAFT:
        problems = workflow.preview([application_id], "amend", by=by).refused.get(application_id, [])
    else:
        problems = windows.closed(application.campaign_id, (WindowStage.APPLY,), application.bureau_id)
    if problems:
        raise Refused.because(problems)


def _refusal(fault: BadPhoto) -> Refused:
    return Refused(Problem("photo", "photo", fault.text))


@transaction
def _put(application_id: int, prepared: adapter.Photo, *, by: Actor) -> None:
    application = access.one(Application, application_id, by=by, to=Can.AMEND, lock=True)
    if application.stage is not Stage.DRAFT:
        workflow.move(application_id, "amend", by=by)
    elif problems := windows.closed(application.campaign_id, (WindowStage.APPLY,), application.bureau_id):
        raise Refused.because(problems)
    row = session.scalar(select(Photo).where(Photo.application_id == application_id))
    if row is None:
        row = Photo(application_id=application_id)
        session.add(row)
    row.master, row.small, row.taken_in_at = prepared.master, prepared.small, clock.now()


def get(application_id: int, *, by: Actor, size: Size = "small") -> bytes | None:
    """The photo as JPEG, or None where there is none."""
    access.one(Application, application_id, by=by)
    column = Photo.small if size == "small" else Photo.master
    return session.scalar(select(column).where(Photo.application_id == application_id))


@dataclass(frozen=True)
class Standing:
    """A photo that is kept: which row, as it was read."""

    id: int
    version: int
    application_id: int


@transaction
def replace_many(
    pictures: Mapping[int, adapter.Photo | None], *, by: Actor, told: str = ""
) -> tuple[Outcome, dict[int, Standing]]:
    """Give each of these applications its photo, or none; as after `put` their forms must be signed anew (S20).

    `told`: what the applicants read of it, where it is no new photo.
    What became of them, and by application the photos that stand there now. Those that the move refuses stay as they
    were.
    """
    outcome = workflow.move_many(list(pictures), REPLACE, by=by, wish=Wish(reason=told))
    there = standing(outcome.moved)
    wanted = {key: pictures[key] for key in outcome.moved}
    _remove([there[key].id for key, picture in wanted.items() if picture is None and key in there], by)
    _renew({there[key].id: picture for key, picture in wanted.items() if picture and key in there}, by)
    _add({key: picture for key, picture in wanted.items() if picture and key not in there}, by)
    return outcome, standing(outcome.moved)


def standing(application_ids: Sequence[int]) -> dict[int, Standing]:
    """The photos of these applications, by application; their pictures are not read."""
    columns = _TABLE.c.id, _TABLE.c.version, _TABLE.c.application_id
    found = session.execute(select(*columns).where(_TABLE.c.application_id.in_(application_ids)))
    return {row.application_id: Standing(*row) for row in found}


def _remove(ids: Sequence[int], by: Actor) -> None:
    session.connection().execute(delete(_TABLE).where(_TABLE.c.id.in_(ids)))
    audit.record_many(_TABLE.name, {key: {"master": [_HIDDEN, None]} for key in ids}, by=by, action="delete")


def _renew(pictures: Mapping[int, adapter.Photo], by: Actor) -> None:
    if not pictures:
        return
    now = clock.now()
    change = update(_TABLE).where(_TABLE.c.id == bindparam("key"))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("master", "small", "taken_in_at")}
    rows = [
        {"key": key, "new_master": picture.master, "new_small": picture.small, "new_taken_in_at": now}
        for key, picture in pictures.items()
    ]
    session.connection().execute(change.values(**values, version=_TABLE.c.version + 1), rows)
    audit.record_many(_TABLE.name, {key: {"master": [_HIDDEN, _HIDDEN]} for key in pictures}, by=by)


def _add(pictures: Mapping[int, adapter.Photo], by: Actor) -> None:
    if not pictures:
        return
    now = clock.now()
    rows = [
        {"application_id": key, "master": one.master, "small": one.small, "taken_in_at": now, "version": 1}
        for key, one in pictures.items()
    ]
    session.connection().execute(insert(_TABLE), rows)
    new = [one.id for one in standing(list(pictures)).values()]
    audit.record_many(_TABLE.name, {key: {"master": [None, _HIDDEN]} for key in new}, by=by, action="insert")

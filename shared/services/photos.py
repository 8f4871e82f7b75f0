"""The applicant's photo: re-encoded on the way in, seen only by those who see the application."""

from typing import Literal

from sqlalchemy import select

from shared import clock
from shared.adapters import photo as adapter
from shared.adapters.picture import BadPhoto, Box
from shared.db import session, transaction
from shared.models import Application, Photo
from shared.models.kinds import Stage, WindowStage
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, windows, workflow
from shared.services.errors import Refused

Size = Literal["small", "master"]
LONGEST_PREVIEW = 1200


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
        problems = windows.closed(application.campaign_id, (WindowStage.APPLY,))
    if problems:
        raise Refused.because(problems)


def _refusal(fault: BadPhoto) -> Refused:
    return Refused(Problem("photo", "photo", fault.text))


@transaction
def _put(application_id: int, prepared: adapter.Photo, *, by: Actor) -> None:
    application = access.one(Application, application_id, by=by, to=Can.AMEND, lock=True)
    if application.stage is not Stage.DRAFT:
        workflow.move(application_id, "amend", by=by)
    elif problems := windows.closed(application.campaign_id, (WindowStage.APPLY,)):
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

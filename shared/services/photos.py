"""The applicant's photo: re-encoded on the way in, seen only by those who see the application."""

from typing import Literal

from sqlalchemy import select

from shared import clock
from shared.adapters import photo as adapter
from shared.db import session, transaction
from shared.models import Application, Photo
from shared.models.kinds import Stage, WindowStage
from shared.rules.checks import Problem
from shared.rules.policy import Actor, Can
from shared.services import access, windows, workflow
from shared.services.errors import Refused

Size = Literal["small", "master"]


def put(application_id: int, original: bytes, *, by: Actor) -> None:
    """Replace the photo by `original`, whatever camera it comes from; `Refused` says what to do instead."""
    access.one(Application, application_id, by=by, to=Can.AMEND)
    try:
        prepared = adapter.prepare(original)  # outside the transaction: it takes a while
    except adapter.BadPhoto as fault:
        raise Refused(Problem("photo", "photo", fault.text)) from None
    _put(application_id, prepared, by=by)


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

"""Log-ins of staff that are open: each on one machine, listed, and ended one by one or all at once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from shared import clock
from shared.db import session, transaction
from shared.models import Staff, StaffSession
from shared.rules import accounts as rules
from shared.rules.rights import Actor, Can
from shared.services import access, audit
from shared.services.errors import NotYours

STAFF = Staff.__tablename__
LONGEST_BROWSER = 200
KEPT = timedelta(days=90)  # `have_come_from` knows an address as long; the audit tells of log-ins for longer
ENDED, ALL_ENDED = "end_session", "end_sessions"


@transaction
def begin(*, browser: str, by: Actor) -> str:
    """Open a session for somebody who has shown all that the log-in asks for; the token belongs into the cookie."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = StaffSession(staff_id=by.id, token_hash=_hash(token), begun_at=now, seen_at=now)
    row.address, row.browser = by.address, browser[:LONGEST_BROWSER]
    session.add(row)
    return token


def seen(staff_id: int, token: str) -> tuple[datetime, Staff] | None:
    """When this session was last noted as used, and its owner: one statement; None when it has ended."""
    this = StaffSession.staff_id == staff_id, StaffSession.token_hash == _hash(token)
    wanted = select(StaffSession.seen_at, Staff).join(Staff, Staff.id == StaffSession.staff_id)
    found = session.execute(wanted.where(*this, *_open())).first()
    return (found[0], found[1]) if found else None


def have_come_from(address: str, staff_ids: Sequence[int]) -> bool:
    """Whether one of these people has logged in from this network address before."""
    theirs = select(StaffSession.id).where(StaffSession.staff_id.in_(staff_ids), StaffSession.address == address)
    return session.scalar(theirs.limit(1)) is not None


@transaction
def touch(token: str, *, by: Actor) -> None:
    """Note that the session is in use: every other minute, not with every page."""
    this = update(StaffSession).where(StaffSession.token_hash == _hash(token))
    session.execute(this.values(seen_at=clock.now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _open() -> list[ColumnElement[bool]]:
    now = clock.now()
    return [
        StaffSession.ended_at.is_(None),
        StaffSession.begun_at > now - rules.SESSION_LASTS,
        StaffSession.seen_at > now - rules.IDLE - rules.SEEN_EVERY,
    ]


def of(staff_id: int, *, by: Actor) -> Sequence[StaffSession]:
    """The open sessions of one member of staff, as far as `by` may see them; the last used first."""
    theirs = access.query(StaffSession, by=by).where(StaffSession.staff_id == staff_id, *_open())
    return session.scalars(theirs.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())).all()


def is_here(row: StaffSession, token: str) -> bool:
    """Whether this is the session with that token: the one in which the page is shown."""
    return row.token_hash == _hash(token)


@transaction
def end(key: int, staff_id: int | None, *, by: Actor) -> None:
    """End one session of that member of staff: of oneself, or as a superuser of somebody in the area."""
    row = access.one(StaffSession, key, by=by, to=Can.DELETE, lock=True)
    if row.staff_id != staff_id:
        raise NotYours
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(ENDED, STAFF, row.staff_id, by=by)


@transaction
def end_others(token: str, *, by: Actor) -> None:
    """End all of one's own sessions but the one with that token."""
    close(StaffSession.staff_id == by.id, StaffSession.token_hash != _hash(token))
    audit.record(ALL_ENDED, STAFF, by.id, by=by)


@transaction
def end_all(staff_id: int, *, by: Actor) -> None:
    """End every session of a member of staff in the area of `by`."""
    staff = access.one(Staff, staff_id, by=by, to=Can.EDIT, lock=True)
    end_every(staff)
    audit.record(ALL_ENDED, STAFF, staff.id, by=by)


@transaction
def leave(token: str, *, by: Actor) -> None:
    """The session with that token is over: its owner logs out."""
    close(StaffSession.staff_id == by.id, StaffSession.token_hash == _hash(token))


def end_every(staff: Staff) -> None:
    """Part of a verb that changes what a log-in is worth: whoever is in must come in again."""
    staff.session_epoch += 1
    close(StaffSession.staff_id == staff.id)


def close(*which: ColumnElement[bool]) -> None:
    session.execute(update(StaffSession).where(StaffSession.ended_at.is_(None), *which).values(ended_at=clock.now()))


@transaction
def clear_away(*, by: Actor, now: datetime) -> int:
    """Delete log-ins that nobody has used for ninety days, all of them long over; return how many."""
    old = delete(StaffSession).where(StaffSession.seen_at < now - KEPT).returning(StaffSession.id)
    count = len(session.scalars(old, execution_options={"synchronize_session": False}).all())
    if count:
        audit.record("delete", StaffSession.__tablename__, None, {"rows": [None, str(count)]}, by=by)
    return count

"""A one-time code for somebody on the staff: with it they choose their own password, which nobody else ever knows (S4).

For a new account, and for whoever forgot the password. The code is shown once, to be printed, and kept as a hash.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from shared import clock
from shared.adapters import qr
from shared.db import Base, session, transaction
from shared.models import Staff
from shared.rules import accounts as rules
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, links, locks, passwords, sessions, throttle
from shared.services.errors import Refused
from shared.text import _

STAFF = Staff.__tablename__
PAGE = "/activate"
GIVE = "give_activation"  # as the audit calls it
WRONG = Problem(
    "code",
    "code",
    _("用户名或激活码不正确，或激活码已过期、已用过。请逐字核对，仍不行请管理员重新发放；连续输错5次将锁定30分钟"),
)
GIVEN = Problem("stale", "", _("刚刚已发放过激活码。没有记下的，请重新打开本页，再发放一个新的"))
OWN = Problem("self", "", _("不能给自己发放激活码；修改密码请到“我的账号”"))


@dataclass(frozen=True)
class Slip:
    """What is handed to a member of staff: shown once, kept nowhere."""

    name: str
    place: str  # where they work: slips of many are sorted and handed out by it
    username: str
    code: str
    address: str
    picture: str
    until: datetime


@transaction
def give_code(staff_id: int, *, by: Actor, version: int, admin_url: str) -> Slip:
    """A code for an account in the area of `by`; an earlier one is void. A form that is sent twice gives one code."""
    staff = access.one(Staff, staff_id, by=by, to=Can.EDIT, lock=True)
    if staff.id == by.id:
        raise Refused(OWN)
    if staff.version != version:
        raise Refused(GIVEN)
    return _give(staff, by, admin_url)


@transaction
def give_first_code(staff: Staff, *, by: Actor, admin_url: str) -> Slip:
    """The code of an account that `by` is making in the same transaction."""
    return _give(staff, by, admin_url)


@transaction
def give_first_codes(some: Sequence[Staff], *, by: Actor, admin_url: str) -> list[Slip]:
    """The codes of accounts that nobody has used yet, which `by` keeps: found and locked by the caller."""
    audit.record_many(STAFF, {staff.id: {} for staff in some}, by=by, action=GIVE)
    address = admin_url + PAGE
    picture = qr.svg(address)
    return [_made(staff, address, picture) for staff in some]


def _give(staff: Staff, by: Actor, admin_url: str) -> Slip:
    audit.record(GIVE, STAFF, staff.id, by=by)
    address = admin_url + PAGE
    return _made(staff, address, qr.svg(address))


def _made(staff: Staff, address: str, picture: str) -> Slip:
    code, until = links.new_code(), clock.now() + rules.ACTIVATION_LASTS
    staff.activation_hash, staff.activation_expires_at = _hash(code), until
    locks.unlock(staff)  # whoever has forgotten the password has mostly tried too often before
    works_at = staff.point or staff.school or staff.bureau
    above = f"{staff.point.bureau.name} " if staff.point else ""  # points of two districts may have one name
    place = f"{above}{works_at.name}" if works_at else ""
    return Slip(staff.name, place, staff.username, rules.spelled(code), address, picture, until)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def activate(username: str, code: str, password: str, *, by: Actor) -> None:
    """Choose the first password, or a new one, with a code; wrong ones count like failed log-ins."""
    throttle.refuse_busy(by=by)
    if not _activate(username.strip(), rules.read_code(code), password, by=by):
        raise Refused(WRONG)


@transaction
def _activate(username: str, code: str, password: str, *, by: Actor) -> bool:
    """Committed in any case: a wrong code must be counted. The same answer for an unknown name and a locked account."""
    staff = session.scalar(select(Staff).where(Staff.username == username).with_for_update())
    if staff is None or locks.is_locked(staff) or not _is_good(staff, code):
        if staff is not None and not locks.is_locked(staff):
            locks.count_failure(staff)
        audit.record(throttle.CODE_FAILED, STAFF, staff.id if staff else None, by=by)
        return False
    passwords.require_good(staff, password)
    passwords.put(staff, password)
    staff.activation_hash = staff.activation_expires_at = None
    staff.must_change_password = False
    locks.unlock(staff)
    sessions.end_every(staff)
    audit.record("activate", STAFF, staff.id, by=access.actor_of_staff(staff, by.address))
    return True


def _is_good(staff: Staff, code: str) -> bool:
    until = staff.activation_expires_at
    return bool(code and staff.active and until and until > clock.now() and staff.activation_hash == _hash(code))


@transaction
def clear_away(*, by: Actor, now: datetime) -> int:
    """Take codes that nobody used in time off their accounts; return how many."""
    expired = Staff.activation_expires_at < now
    audit.record_set("update", Base.metadata.tables[STAFF], expired, {"activation_hash": ["***", None]}, by=by)
    off = update(Staff).where(expired).values(activation_hash=None, activation_expires_at=None).returning(Staff.id)
    return len(session.scalars(off, execution_options={"recorded": True, "synchronize_session": False}).all())

"""The second factor: a code of six digits that changes every half minute on the owner's phone (TOTP, RFC 6238).

Level 3 of GB/T 22239-2019 asks for two factors. The key is encrypted in its column, and a code is good for once.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass

import pyotp
from sqlalchemy import select

from shared import clock
from shared.adapters import qr
from shared.db import session, transaction
from shared.models import Staff
from shared.models.kinds import Role
from shared.rules import accounts as rules
from shared.rules.checks import Problem
from shared.rules.rights import Actor, Can
from shared.services import access, audit, locks, sessions
from shared.services.errors import NotYours, Refused
from shared.text import _

STAFF = Staff.__tablename__
ISSUER = _("教师资格定期注册")
ENROLLED, DROPPED, RESET = "second_factor_on", "second_factor_off", "second_factor_reset"
WRONG = Problem(
    "code",
    "code",
    _("动态码不正确或已用过。请等手机上的动态码换新后再输入，并核对手机时间；连续输错5次将锁定30分钟"),
)
ALREADY = Problem("second_factor", "", _("已绑定动态码。更换手机请先用现有的动态码解除绑定"))
NOT_BEGUN = Problem("second_factor", "", _("还没有开始绑定，请重新打开本页，点“开始绑定”"))
OWN = Problem("self", "", _("不能重置自己的动态码，请由其他管理员重置"))


@dataclass(frozen=True)
class Enrolment:
    """What the owner's phone is to take in: the key as text, and as a picture of it."""

    key: str
    picture: str


def is_on(staff: Staff) -> bool:
    """Whether the log-in asks for a code."""
    return staff.totp_confirmed_at is not None and bool(staff.totp_secret)


def is_due(staff: Staff) -> bool:
    """Whether the account may do nothing before it has a second factor."""
    return staff.role in rules.SECOND_FACTOR_ROLES and not is_on(staff)


def state(*, by: Actor) -> tuple[bool, bool]:
    """Whether one's own second factor is on, and whether the role needs one."""
    staff = session.get_one(Staff, by.id)
    return is_on(staff), staff.role in rules.SECOND_FACTOR_ROLES


@transaction
def begin(*, by: Actor) -> None:
    """A key for a phone, in force once a code has shown that the phone has it."""
    staff = _own(by)
    if is_on(staff):
        raise Refused(ALREADY)
    staff.totp_secret, staff.totp_last_step = pyotp.random_base32(), None


def waiting(*, by: Actor) -> Enrolment | None:
    """The key that waits to be confirmed; None before `begin` and after `confirm`."""
    staff = session.get_one(Staff, by.id)
    if is_on(staff) or not staff.totp_secret:
        return None
    address = pyotp.TOTP(staff.totp_secret).provisioning_uri(name=staff.username, issuer_name=str(ISSUER))
    return Enrolment(key=" ".join(re.findall("....", staff.totp_secret)), picture=qr.svg(address))


def confirm(code: str, *, by: Actor) -> None:
    """The phone has the key, as its code shows: from now on every log-in asks for one."""
    _with_code(code, ENROLLED, by=by)


def drop(code: str, *, by: Actor) -> None:
    """Take the phone off the account, by a code of it; a role that needs a second factor must set up another."""
    _with_code(code, DROPPED, by=by)


def _with_code(code: str, action: str, *, by: Actor) -> None:
    if not _try(code, action, by=by):
        raise Refused(WRONG)


@transaction
def _try(code: str, action: str, *, by: Actor) -> bool:
    """Committed in any case: a wrong code must be counted."""
    staff = _own(by)
    if not staff.totp_secret or is_on(staff) is (action == ENROLLED):
        raise Refused(ALREADY if is_on(staff) else NOT_BEGUN)
    if not take(staff, code, by=by):
        return False
    if action == ENROLLED:
        staff.totp_confirmed_at = clock.now()
    else:
        _clear(staff)
    audit.record(action, STAFF, staff.id, by=by)
    return True


def take(staff: Staff, code: str, *, by: Actor) -> bool:
    """Use up `code` if it is good now; otherwise a failure that counts like a wrong password."""
    locks.refuse_locked(staff)
    step = _step_of(staff.totp_secret or "", code)
    if step is None or step <= (staff.totp_last_step or 0):
        locks.count_failure(staff)
        audit.record(rules.SECOND_FAILED, STAFF, staff.id, by=by)
        return False
    staff.totp_last_step = step
    locks.unlock(staff)
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The half minute that `code` belongs to: this one or, as clocks differ, one beside it."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isdigit())
    now = int(clock.now().timestamp()) // rules.CODE_SECONDS
    good = [step for step in (now, now - 1, now + 1) if hmac.compare_digest(code_at(secret, step), plain.encode())]
    return max(good, default=None)


def code_at(secret: str, step: int) -> bytes:
    """The code of one half minute, counted from 1970."""
    return str(pyotp.TOTP(secret, interval=rules.CODE_SECONDS).generate_otp(step)).encode()


@transaction
def reset(staff_id: int, *, by: Actor) -> None:
    """For a lost phone, by a superuser who knows who asks: every session ends, the next log-in sets up another."""
    if staff_id == by.id:
        raise Refused(OWN)
    _reset(access.one(Staff, staff_id, by=by, to=Can.EDIT, lock=True), by)


@transaction
def reset_by_name(username: str, *, by: Actor) -> None:
    """The operator's way, for the one superuser above whom there is nobody."""
    if by.role is not None:
        raise NotYours
    staff = session.scalar(select(Staff).where(Staff.username == username).with_for_update())
    if staff is None:
        raise Refused(Problem("username", "username", _("没有用户名为{username}的工作人员", username=username)))
    _reset(staff, by)


def _reset(staff: Staff, by: Actor) -> None:
    _clear(staff)
    sessions.end_every(staff)
    audit.record(RESET, STAFF, staff.id, by=by)


def _clear(staff: Staff) -> None:
    staff.totp_secret = staff.totp_confirmed_at = staff.totp_last_step = None


def _own(by: Actor) -> Staff:
    if by.role in (None, Role.TEACHER):
        raise NotYours
    return session.get_one(Staff, by.id, with_for_update=True, populate_existing=True)


def code_now(username: str) -> tuple[str, int]:
    """The present code of an account and the seconds it lasts: for trying out, never for a page."""
    secret = session.scalar(select(Staff.totp_secret).where(Staff.username == username))
    if not secret:
        raise Refused(Problem("second_factor", "", _("这个账号没有绑定动态码")))
    step, gone = divmod(int(clock.now().timestamp()), rules.CODE_SECONDS)
    return code_at(secret, step).decode(), rules.CODE_SECONDS - gone

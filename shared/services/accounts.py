"""Logging in and out, passwords, accounts of staff. The same sentence answers a wrong name and a wrong password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import AuditEntry, Bureau, Person, Staff
from shared.models.kinds import IdKind, Role
from shared.models.people import Login
from shared.rules import accounts as rules
from shared.rules import identity
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import access, audit, throttle
from shared.services.errors import Refused
from shared.text import _

# OWASP's parameters: 19 MiB, two passes, one lane; 25 ms here, so that a rush of log-ins does not stop the service.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")  # checked for unknown names, so that they take as long
WRONG = _("账号或密码不正确。连续输错5次将锁定30分钟；忘记密码请点“忘记密码”，或带身份证请学校审校员当面办理")
WRONG_STAFF = _("账号或密码不正确。连续输错5次将锁定30分钟，忘记密码请联系上级管理员")
MOST_LOG_INS_SHOWN = 5


@dataclass(frozen=True)
class Account:
    """A logged-in account: who it is, and the epoch by which its sessions can all be ended."""

    actor: Actor
    epoch: int
    username: str
    must_change_password: bool = False


def anonymous(address: str) -> Actor:
    """Somebody without an account: may begin a draft, sees no row."""
    return Actor(role=None, id=None, name="anonymous", address=address)


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt in it."""
    return _hasher.hash(password)


def log_in_teacher(id_number: str, password: str, *, address: str) -> Account:
    """The teacher's account, or `Refused`."""
    by = anonymous(address)
    throttle.refuse_busy(by=by)
    # The few people with equal numbers of different kinds are told apart by the password.
    key = _attempt(Person, people_with(id_number), password, by=by)
    found = teacher(key, None, address) if key else None
    if found is None:
        raise Refused(Problem("login", "password", WRONG))
    return found


def people_with(id_number: str) -> list[int]:
    """The numbers of those whose document has this number: it is unique only with its kind."""
    number = identity.normalise(IdKind.RESIDENT, id_number)
    return list(session.scalars(select(Person.id).where(Person.id_number == number)))


def log_in_staff(username: str, password: str, *, address: str) -> Account:
    """The account of a member of staff, or `Refused`."""
    by = anonymous(address)
    throttle.refuse_busy(by=by)
    found = session.scalars(select(Staff.id).where(Staff.username == username.strip())).all()
    key = _attempt(Staff, list(found), password, by=by)
    account = staff_member(key, None, address) if key else None
    if account is None:
        raise Refused(Problem("login", "password", WRONG_STAFF))
    return account


@transaction
def _attempt(model: type[Person | Staff], keys: list[int], password: str, *, by: Actor) -> int | None:
    """Check `password`; count failures and lock after five. Committed in any case: a failure must be counted."""
    for key in keys:
        row = _locked(model, key)
        _refuse_locked(row)
        if matches(row, password):
            unlock(row)
            audit.record(throttle.LOGGED_IN, model.__tablename__, key, by=_owner(row, by.address))
            return key
    if not keys:
        _verify(_NOBODY, password)
        audit.record(throttle.LOG_IN_FAILED, model.__tablename__, None, by=by)
    for key in keys:
        count_failure(_locked(model, key))
        audit.record(throttle.LOG_IN_FAILED, model.__tablename__, key, by=by)
    return None


def _locked(model: type[Person | Staff], key: int | None) -> Person | Staff:
    if model is Person:
        return session.get_one(Person, key, with_for_update=True)
    return session.get_one(Staff, key, with_for_update=True)


def is_locked(row: Login) -> bool:
    """Whether five failures have shut the account for a while."""
    return row.locked_until is not None and row.locked_until > clock.now()


def unlock(row: Login) -> None:
    """Its owner has come back: earlier failures count no more."""
    row.failed_logins, row.locked_until = 0, None


def _refuse_locked(row: Login) -> None:
    if row.locked_until and is_locked(row):
        until = clock.local(row.locked_until).strftime("%H:%M")
        raise Refused(Problem("locked", "password", _("连续输错5次，账号已锁定，请在{until}之后再试", until=until)))


def matches(row: Login, password: str) -> bool:
    """Whether this is the account's password."""
    if not _verify(row.password_hash, password):
        return False
    if _hasher.check_needs_rehash(row.password_hash):
        row.password_hash = hash_password(password)
    return True


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def count_failure(row: Login) -> None:
    """One more wrong password or code: the fifth locks the account."""
    row.failed_logins += 1
    if row.failed_logins >= rules.FAILURES_TO_LOCK:
        row.failed_logins = 0
        row.locked_until = clock.now() + timedelta(minutes=rules.LOCK_MINUTES)


def _owner(row: Person | Staff, address: str) -> Actor:
    return access.actor_of_staff(row, address) if isinstance(row, Staff) else access.actor_of_person(row, address)


def teacher(person_id: int, epoch: int | None, address: str) -> Account | None:
    """The account of a session; None when the session was ended elsewhere. `epoch` None: just logged in."""
    person = session.get(Person, person_id)
    if person is None or epoch not in (None, person.session_epoch):
        return None
    return Account(access.actor_of_person(person, address), person.session_epoch, person.name)


def staff_member(staff_id: int, epoch: int | None, address: str) -> Account | None:
    """The account of a session; None when it was ended, the person is no longer active, or the account has expired."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active or epoch not in (None, staff.session_epoch):
        return None
    if staff.valid_until and staff.valid_until < clock.today():
        return None
    actor = access.actor_of_staff(staff, address)
    return Account(actor, staff.session_epoch, staff.username, staff.must_change_password)


def log_out(*, by: Actor) -> None:
    """Note that somebody left."""
    _note("logout", by=by)


@transaction
def _note(action: str, *, by: Actor) -> None:
    table = Person.__tablename__ if by.role is Role.TEACHER else Staff.__tablename__
    audit.record(action, table, by.id, by=by)


@transaction
def change_password(old: str, new: str, *, by: Actor) -> Account:
    """Set a new password and end every other session; return the account for this one."""
    row = _locked(Person if by.role is Role.TEACHER else Staff, by.id)
    if not matches(row, old):
        raise Refused(Problem("password.old", "old_password", _("原密码不正确，请重新输入")))
    renew(row, new)
    if isinstance(row, Staff):
        row.must_change_password = False
        return Account(access.actor_of_staff(row, by.address), row.session_epoch, row.username)
    return Account(access.actor_of_person(row, by.address), row.session_epoch, row.name)


def renew(row: Person | Staff, new: str) -> None:
    """Give an account a new password, if it obeys the rules and is not the present one: every open session ends."""
    names = [row.username, row.name] if isinstance(row, Staff) else [row.id_number]
    problems = rules.password_problems(new, names=names, staff=isinstance(row, Staff))
    if _verify(row.password_hash, new):
        problems.append(Problem("password.same", "password", _("新密码不能与原密码相同")))
    if problems:
        raise Refused.because(problems)
    row.password_hash, row.password_changed_at = hash_password(new), clock.now()
    row.session_epoch += 1
    unlock(row)


def last_log_ins(*, by: Actor) -> Sequence[AuditEntry]:
    """When and from where somebody logged in to this account, or tried to; newest first."""
    table = Person.__tablename__ if by.role is Role.TEACHER else Staff.__tablename__
    mine = select(AuditEntry).where(AuditEntry.table_name == table, AuditEntry.row_id == by.id)
    tried = mine.where(AuditEntry.action.in_((throttle.LOGGED_IN, throttle.LOG_IN_FAILED)))
    return session.scalars(tried.order_by(AuditEntry.id.desc()).limit(MOST_LOG_INS_SHOWN)).all()


@transaction
def create_superuser(username: str, name: str, password: str, bureau_code: str, *, by: Actor) -> Staff:
    """A superuser for the bureau with the code `bureau_code`; the first log-in must change the password."""
    bureau = session.scalar(select(Bureau).where(Bureau.code == bureau_code))
    problems = rules.password_problems(password, names=[username, name], staff=True)
    if bureau is None:
        problems.append(Problem("bureau", "bureau", _("没有代码为{code}的教育行政部门", code=bureau_code)))
    if session.scalar(select(Staff.id).where(Staff.username == username)):
        problems.append(Problem("username", "username", _("用户名已被使用，请换一个")))
    if problems or bureau is None:
        raise Refused.because(problems)
    staff = Staff(
        username=username,
        name=name,
        role=Role.SUPERUSER,
        bureau=bureau,
        password_hash=hash_password(password),
        password_changed_at=clock.now(),
    )
    session.add(staff)
    return staff

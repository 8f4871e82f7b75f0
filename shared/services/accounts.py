"""Logging in and out, passwords, accounts of staff. The same sentence answers a wrong name and a wrong password."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import AuditEntry, Bureau, Person, Staff
from shared.models.kinds import IdKind, Role
from shared.rules import accounts as rules
from shared.rules import identity
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import access, audit, locks, passwords, second_factor, sessions, throttle
from shared.services.errors import Refused
from shared.services.passwords import hash_password
from shared.text import _

WRONG = _("账号或密码不正确。连续输错5次将锁定30分钟；忘记密码请点“忘记密码”，或带身份证请学校审校员当面办理")
WRONG_STAFF = _("账号或密码不正确。连续输错5次将锁定30分钟，忘记密码请联系上级管理员")
AGAIN = _("登录已过期，请重新输入用户名和密码")
MOST_LOG_INS_SHOWN = 5
AT_THE_SHELL = "cli"  # what the audit says in place of an address


@dataclass(frozen=True)
class Account:
    """A logged-in account: who it is, and the epoch by which its sessions can all be ended."""

    actor: Actor
    epoch: int
    username: str
    must_change_password: bool = False
    password_is_old: bool = False  # the reason why, where it is not the initial one
    needs_code: bool = False  # the password was right: nobody is in before the second factor is shown
    must_enrol: bool = False  # the role needs a second factor, and none is set up yet
    token: str = ""

    @property
    def key(self) -> str:
        """What the cookie holds."""
        return f"{self.actor.id}:{self.epoch}" + (f":{self.token}" if self.token else "")


def anonymous(address: str) -> Actor:
    """Somebody without an account: may begin a draft, sees no row."""
    return Actor(role=None, id=None, name="anonymous", address=address)


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
    """The account of a member of staff, or `Refused`; with `needs_code` its second step is `log_in_with_code`."""
    by = anonymous(address)
    found = list(session.scalars(select(Staff.id).where(Staff.username == username.strip())))
    if not sessions.have_come_from(address, found):  # a school's staff work on whatever somebody beside them tries
        throttle.refuse_busy(by=by)
    key = _attempt(Staff, found, password, by=by)
    account = staff_member(key, None, address) if key else None
    if account is None:
        raise Refused(Problem("login", "password", WRONG_STAFF))
    return replace(account, needs_code=second_factor.is_on(session.get_one(Staff, key)))


def log_in_with_code(staff_id: int, epoch: int, code: str, *, address: str) -> Account:
    """The second step: the account of somebody whose password was right a moment ago, or `Refused`."""
    account = staff_member(staff_id, epoch, address)
    if account is None:
        raise Refused(Problem("login", "", AGAIN))
    if not _try_code(staff_id, code, by=account.actor):
        raise Refused(second_factor.WRONG)
    return account


@transaction
def _try_code(staff_id: int, code: str, *, by: Actor) -> bool:
    staff = session.get_one(Staff, staff_id, with_for_update=True)
    if not second_factor.is_on(staff):
        raise Refused(Problem("login", "", AGAIN))  # it was taken off meanwhile
    good = second_factor.take(staff, code, by=anonymous(by.address))  # a failure counts for the address, too
    if good:
        audit.record(rules.LOGGED_IN, Staff.__tablename__, staff_id, by=by)
    return good


def begin_session(account: Account, *, browser: str) -> Account:
    """Let a member of staff in who has shown everything: the account with the token that the cookie is to hold."""
    if account.needs_code:
        message = "a session begins after the second factor, not before"
        raise RuntimeError(message)
    return replace(account, token=sessions.begin(browser=browser, by=account.actor))


@transaction
def _attempt(model: type[Person | Staff], keys: list[int], password: str, *, by: Actor) -> int | None:
    """Check `password`; count failures and lock after five. Committed in any case: a failure must be counted."""
    for key in keys:
        row = _locked(model, key)
        locks.refuse_locked(row)
        if passwords.matches(row, password):
            half = isinstance(row, Staff) and second_factor.is_on(row)
            if not half:  # failed codes still count: a password that somebody knows buys no more guesses
                locks.unlock(row)
            action = throttle.HALF_IN if half else rules.LOGGED_IN
            audit.record(action, model.__tablename__, key, by=_owner(row, by.address))
            return key
    if not keys:
        passwords.verify(passwords.NOBODY, password)
        audit.record(rules.LOG_IN_FAILED, model.__tablename__, None, by=by)
    for key in keys:
        locks.count_failure(_locked(model, key))
        audit.record(rules.LOG_IN_FAILED, model.__tablename__, key, by=by)
    return None


def _locked(model: type[Person | Staff], key: int | None) -> Person | Staff:
    if model is Person:
        return session.get_one(Person, key, with_for_update=True)
    return session.get_one(Staff, key, with_for_update=True)


def _owner(row: Person | Staff, address: str) -> Actor:
    return access.actor_of_staff(row, address) if isinstance(row, Staff) else access.actor_of_person(row, address)


def teacher_at(key: str, address: str) -> Account | None:
    """The teacher behind a cookie's key."""
    number, _colon, epoch = key.partition(":")
    return teacher(int(number), int(epoch), address)


def teacher(person_id: int, epoch: int | None, address: str) -> Account | None:
    """The account of a session; None when the session was ended elsewhere. `epoch` None: just logged in."""
    person = session.get(Person, person_id)
    if person is None or epoch not in (None, person.session_epoch):
        return None
    return Account(access.actor_of_person(person, address), person.session_epoch, person.name)


def staff_at(key: str, address: str) -> Account | None:
    """The member of staff behind a cookie's key; None when the session has ended, for whatever reason."""
    number, epoch, token = [*key.split(":"), "", ""][:3]
    here = sessions.seen(int(number), token)
    account = _still(here[1], int(epoch), address) if here else None
    if here is None or account is None:
        return None
    if clock.now() - here[0] > rules.SEEN_EVERY:
        sessions.touch(token, by=account.actor)
    return replace(account, token=token)


def staff_member(staff_id: int, epoch: int | None, address: str) -> Account | None:
    """The account; None when its sessions were ended, the person is no longer active, or the account has expired."""
    staff = session.get(Staff, staff_id)
    return _still(staff, epoch, address) if staff else None


def _still(staff: Staff, epoch: int | None, address: str) -> Account | None:
    if not access.is_in_force(staff) or epoch not in (None, staff.session_epoch):
        return None
    return _account(staff, address)


def _account(staff: Staff, address: str) -> Account:
    old = passwords.is_old(staff.password_changed_at)
    return Account(
        access.actor_of_staff(staff, address),
        staff.session_epoch,
        staff.username,
        must_change_password=staff.must_change_password or old,
        password_is_old=old and not staff.must_change_password,
        must_enrol=second_factor.is_due(staff),
    )


def at_the_shell(username: str) -> Actor:
    """The account in whose name a command of the operator's acts, with its rights; `Refused` where it has none."""
    staff = session.scalar(select(Staff).where(Staff.username == username))
    if staff is None or not access.is_in_force(staff):
        gone = _("没有用户名为{username}的工作人员，或者账号已停用、已过期", username=username)
        raise Refused(Problem("username", "username", gone))
    return access.actor_of_staff(staff, AT_THE_SHELL)


def leave_session(account: Account) -> None:
    """End this session of a member of staff, and note that they left."""
    sessions.leave(account.token, by=account.actor)
    log_out(by=account.actor)


def log_out(*, by: Actor) -> None:
    """Note that somebody left."""
    _note("logout", by=by)


@transaction
def _note(action: str, *, by: Actor) -> None:
    table = Person.__tablename__ if by.role is Role.TEACHER else Staff.__tablename__
    audit.record(action, table, by.id, by=by)


def change_password(old: str, new: str, *, by: Actor) -> Account:
    """Set a new password and end every other session; return the account for this one.

    A wrong `old` counts like a wrong password at the door (§9.2): an open browser is no place to guess it.
    """
    if not _knows_password(old, by=by):
        raise Refused(Problem("password.old", "old_password", _("原密码不正确，请重新输入")))
    return _change_password(new, by=by)


@transaction
def _knows_password(old: str, *, by: Actor) -> bool:
    """Check it and count a failure. Committed in any case: a failure must be counted."""
    row = _own(by)
    locks.refuse_locked(row)
    known = passwords.matches(row, old)
    if not known:
        locks.count_failure(row)
        audit.record(rules.LOG_IN_FAILED, row.__tablename__, by.id, by=by)
    return known


@transaction
def _change_password(new: str, *, by: Actor) -> Account:
    row = _own(by)
    renew(row, new)
    if isinstance(row, Person):
        return Account(access.actor_of_person(row, by.address), row.session_epoch, row.name)
    row.must_change_password = False
    return _account(row, by.address)


def _own(by: Actor) -> Person | Staff:
    return _locked(Person if by.role is Role.TEACHER else Staff, by.id)


def renew(row: Person | Staff, new: str) -> None:
    """Give an account a new password, if it obeys the rules and is not the present one: every open session ends."""
    passwords.require_good(row, new)
    passwords.put(row, new)
    if isinstance(row, Staff):
        sessions.end_every(row)
    else:
        row.session_epoch += 1
    locks.unlock(row)


def own_staff(*, by: Actor) -> Staff:
    """One's own account."""
    return session.get_one(Staff, by.id)


def last_log_ins(*, by: Actor) -> Sequence[AuditEntry]:
    """When and from where somebody logged in to this account, or tried to; newest first."""
    table = Person.__tablename__ if by.role is Role.TEACHER else Staff.__tablename__
    mine = select(AuditEntry).where(AuditEntry.table_name == table, AuditEntry.row_id == by.id)
    tried = mine.where(AuditEntry.action.in_(rules.LOG_INS))
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

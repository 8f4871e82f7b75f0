"""Passwords: how they are kept, and when a new one will do. Argon2id now; another algorithm would change only here."""

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from shared import clock
from shared.db import session
from shared.models import OldPassword, Person, Staff
from shared.models.people import Login
from shared.rules import accounts as rules
from shared.rules.checks import Problem
from shared.services.errors import Refused
from shared.text import _

# OWASP's parameters: 19 MiB, two passes, one lane; 25 ms here, so that a rush of log-ins does not stop the service.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
NOBODY = _hasher.hash("nobody has this password")  # checked for unknown names, so that they take as long
SAME = Problem("password.same", "password", _("新密码不能与原密码相同"))
USED = Problem(
    "password.used", "password", _("新密码不能与最近{count}次用过的密码相同，请换一个", count=rules.REMEMBERED)
)


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt in it."""
    return _hasher.hash(password)


def verify(hashed: str, password: str) -> bool:
    """Whether `password` is the one behind `hashed`; of no hash at all: no."""
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def matches(row: Login, password: str) -> bool:
    """Whether this is the account's password."""
    if not verify(row.password_hash, password):
        return False
    if _hasher.check_needs_rehash(row.password_hash):
        row.password_hash = hash_password(password)
    return True


def problems_with(row: Person | Staff, new: str) -> list[Problem]:
    """What is wrong with a new password for this account; staff may not go back to one of the last five (§9.2)."""
    names = [row.username, row.name, row.id_number or ""] if isinstance(row, Staff) else [row.id_number]
    problems = rules.password_problems(new, names=names, staff=isinstance(row, Staff))
    if verify(row.password_hash, new):
        problems.append(SAME)
    elif isinstance(row, Staff) and any(verify(old, new) for old in _earlier(row)):
        problems.append(USED)
    return problems


def put(row: Person | Staff, new: str) -> None:
    """Give the account this password; what a member of staff had before is remembered as a hash."""
    if isinstance(row, Staff) and row.password_hash:
        _remember(row)
    row.password_hash, row.password_changed_at = hash_password(new), clock.now()


def require_good(row: Person | Staff, new: str) -> None:
    """`Refused` with every reason why `new` will not do."""
    if problems := problems_with(row, new):
        raise Refused.because(problems)


def is_old(changed_at: datetime | None) -> bool:
    """Whether a member of staff must choose a new password: §9.2 asks for one every ninety days."""
    return changed_at is not None and changed_at + rules.PASSWORD_LASTS < clock.now()


def _earlier(staff: Staff) -> list[str]:
    kept = select(OldPassword.password_hash).where(OldPassword.staff_id == staff.id).order_by(OldPassword.id.desc())
    return list(session.scalars(kept.limit(rules.REMEMBERED - 1)))  # the present one is the fifth


def _remember(staff: Staff) -> None:
    set_at = staff.password_changed_at or clock.now()
    session.add(OldPassword(staff_id=staff.id, password_hash=staff.password_hash, set_at=set_at))
    session.flush()
    kept = select(OldPassword.id).where(OldPassword.staff_id == staff.id).order_by(OldPassword.id.desc())
    last = session.scalars(kept.limit(rules.REMEMBERED - 1)).all()
    session.execute(delete(OldPassword).where(OldPassword.staff_id == staff.id, OldPassword.id.not_in(last)))

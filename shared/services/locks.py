"""Five wrong passwords or codes shut an account for half an hour (§9.2)."""

from datetime import timedelta

from shared import clock
from shared.models.people import Login
from shared.rules import accounts as rules
from shared.rules.checks import Problem
from shared.services.errors import Refused
from shared.text import _


def is_locked(row: Login) -> bool:
    """Whether five failures have shut the account for a while."""
    return row.locked_until is not None and row.locked_until > clock.now()


def unlock(row: Login) -> None:
    """Its owner has come back: earlier failures count no more."""
    row.failed_logins, row.locked_until = 0, None


def refuse_locked(row: Login) -> None:
    """`Refused` with the time at which it opens again."""
    if row.locked_until and is_locked(row):
        until = clock.local(row.locked_until).strftime("%H:%M")
        raise Refused(Problem("locked", "password", _("连续输错5次，账号已锁定，请在{until}之后再试", until=until)))


def count_failure(row: Login) -> None:
    """One more wrong password or code: the fifth locks the account."""
    row.failed_logins += 1
    if row.failed_logins >= rules.FAILURES_TO_LOCK:
        row.failed_logins = 0
        row.locked_until = clock.now() + timedelta(minutes=rules.LOCK_MINUTES)

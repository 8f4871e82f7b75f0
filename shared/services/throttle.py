"""Too many failures from one address: whoever guesses waits, and a school that shares one address works on."""

from datetime import timedelta
from ipaddress import ip_address

from sqlalchemy import func, select

from shared import clock
from shared.db import session, transaction
from shared.models import AuditEntry
from shared.rules.accounts import LOG_IN_FAILED, LOGGED_IN, SECOND_FAILED
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import audit
from shared.services.errors import Refused
from shared.text import _

HALF_IN = "login_half"  # half: the password was right, the second factor is still to come
CODE_FAILED, PASSWORD_ASKED = "code_failed", "ask_password"
PAPER_MISSED = "paper_missed"  # a form's code was asked for that is on no paper
ACCOUNT_MET = "account_met"  # a number was entered in step 3 that has an account: tells who has one
COUNTED = (LOG_IN_FAILED, CODE_FAILED, PASSWORD_ASKED, SECOND_FAILED, ACCOUNT_MET, PAPER_MISSED)
MOST, WITHIN = 50, timedelta(minutes=15)
WAIT = Problem("busy", "", _("您所在的网络登录失败次数过多，请15分钟后再试，或换用手机网络"))


def refuse_busy(*, by: Actor, problem: Problem = WAIT) -> None:
    """`Refused` while more than fifty attempts of the last minutes failed there, and more failed than succeeded.

    The second half is for the networks of a city's education bureau, through which thousands of teachers come with
    one address: among them fifty mistakes are nothing, whereas somebody who guesses hardly ever succeeds.
    """
    if not _is_elsewhere(by.address):
        return
    since = (
        select(AuditEntry.id)
        .where(AuditEntry.at >= clock.now() - WITHIN)
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(1)
    )
    first = session.scalar(since)  # numbers grow with time; by number and name an index finds the few that count
    if first is None:
        return
    here = AuditEntry.id >= first, AuditEntry.address == by.address
    wrong = select(func.count()).where(*here, AuditEntry.actor_name == by.name, AuditEntry.action.in_(COUNTED))
    failed = session.scalar(wrong) or 0
    # Different accounts: whoever guesses cannot make up for it by logging in to an own one.
    right = select(func.count(AuditEntry.row_id.distinct())).where(*here, AuditEntry.action == LOGGED_IN)
    if failed > MOST and failed > (session.scalar(right) or 0):
        raise Refused(problem)


@transaction
def count(action: str, *, by: Actor) -> None:
    """Note an attempt that counts."""
    audit.record(action, "people", None, by=by)


def _is_elsewhere(address: str) -> bool:
    """From this very machine comes only a proxy that TRUSTED_PROXIES forgets: behind it stands everybody."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False

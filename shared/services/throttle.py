"""Too many failures from one address: whoever guesses waits, and a school that shares one address works on."""

from datetime import timedelta
from ipaddress import ip_address

from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import AuditEntry
from shared.rules.checks import Problem
from shared.rules.policy import Actor
from shared.services.errors import Refused
from shared.text import _

LOGGED_IN = "login"
LOG_IN_FAILED, CODE_FAILED, PASSWORD_ASKED = "login_failed", "code_failed", "ask_password"
COUNTED = (LOG_IN_FAILED, CODE_FAILED, PASSWORD_ASKED)
MOST, WITHIN = 50, timedelta(minutes=15)
WAIT = Problem("busy", "", _("您所在的网络登录失败次数过多，请15分钟后再试，或换用手机网络"))


def refuse_busy(*, by: Actor) -> None:
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
    here = select(func.count()).where(AuditEntry.id >= first, AuditEntry.address == by.address)
    failed = session.scalar(here.where(AuditEntry.actor_name == by.name, AuditEntry.action.in_(COUNTED))) or 0
    if failed > MOST and failed > (session.scalar(here.where(AuditEntry.action == LOGGED_IN)) or 0):
        raise Refused(WAIT)


def _is_elsewhere(address: str) -> bool:
    """From this very machine comes only a proxy that TRUSTED_PROXIES forgets: behind it stands everybody."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False

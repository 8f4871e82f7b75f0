"""Secrets that open one thing for one person: found by their hash, good for a while and for once.

A link is mailed; a code is the same with a secret that can be read out and typed. Nothing was mailed for a code, so its
row has no address.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from shared import clock
from shared.db import session
from shared.models import AccountLink, Person
from shared.models.kinds import LinkKind
from shared.rules import accounts as rules
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import access
from shared.services.errors import Refused
from shared.text import _

HOUR = timedelta(hours=1)
VOID = {
    LinkKind.NEW_PASSWORD: Problem(
        "link", "", _("这个链接或重设码已失效（已用过、已过期或不完整）。请重新申请，或带身份证请学校审校员当面办理")
    ),
    LinkKind.VERIFY_EMAIL: Problem(
        "link", "", _("这个链接已失效（已用过、已过期或不完整）。请登录后在“我的账号”中重新发送验证邮件")
    ),
}


def new_secret() -> str:
    """What stands in the address of a mailed link."""
    return secrets.token_urlsafe(32)


def new_code(length: int = rules.CODE_LENGTH) -> str:
    """What somebody can read from paper and type."""
    return "".join(secrets.choice(rules.CODE_SIGNS) for _sign in range(length))


def _hash(secret: str) -> str:
    return hashlib.sha256((rules.read_code(secret) or secret).encode()).hexdigest()


def locked(person_id: int | None) -> Person:
    """The person, locked: of two who follow one link or ask at one moment, the second sees what the first did."""
    return session.get_one(Person, person_id, with_for_update=True)


def make(kind: LinkKind, person: Person, secret: str, *, email: str, lasts: timedelta) -> datetime:
    """Remember `secret`, by its hash alone; return until when it is good."""
    now = clock.now()
    link = AccountLink(
        person_id=person.id, kind=kind, token_hash=_hash(secret), email=email, made_at=now, expires_at=now + lasts
    )
    session.add(link)
    return link.expires_at


def mailed_lately(person_id: int, kind: LinkKind) -> int:
    """How many links of this kind were mailed within the last hour."""
    mailed = select(func.count()).where(
        AccountLink.person_id == person_id, AccountLink.kind == kind, AccountLink.email != ""
    )
    return session.scalar(mailed.where(AccountLink.made_at > clock.now() - HOUR)) or 0


def last_code(person_id: int) -> int:
    """The number of the last code that was given to somebody; 0 for none."""
    codes = select(func.max(AccountLink.id)).where(AccountLink.person_id == person_id, AccountLink.email == "")
    return session.scalar(codes) or 0


def _good(kind: LinkKind) -> Select[AccountLink]:
    mine = select(AccountLink).where(AccountLink.kind == kind, AccountLink.used_at.is_(None))
    return mine.where(AccountLink.expires_at > clock.now())


def open_links(person_id: int, kind: LinkKind) -> Sequence[AccountLink]:
    """The person's links that could still be followed, newest first."""
    return session.scalars(_good(kind).where(AccountLink.person_id == person_id).order_by(AccountLink.id.desc())).all()


def end(links: Sequence[AccountLink]) -> None:
    """Nobody follows these any more."""
    for link in links:
        link.expires_at = clock.now()


def use(person_id: int, kind: LinkKind) -> None:
    """One link was followed: it and its like are used up."""
    for link in open_links(person_id, kind):
        link.used_at = clock.now()


def find(kind: LinkKind, secret: str) -> AccountLink | None:
    """The link with this secret, if it may still be followed."""
    found = _good(kind).where(AccountLink.token_hash == _hash(secret))
    return session.scalar(found.execution_options(populate_existing=True))


def require(kind: LinkKind, secret: str) -> AccountLink:
    """The link with this secret; `Refused` with what to do if it may not be followed."""
    link = find(kind, secret)
    if link is None:
        raise Refused(VOID[kind])
    return link


def follow(kind: LinkKind, secret: str, *, by: Actor) -> tuple[Person, AccountLink]:
    """The person and the link, which proves that the person acts; asked again once nobody else can follow it."""
    person = locked(require(kind, secret).person_id)
    link = require(kind, secret)
    session.info["actor"] = access.actor_of_person(person, by.address)
    return person, link

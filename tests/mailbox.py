"""What has come by mail, and the links in it."""

import re

from sqlalchemy import select

from shared.db import session
from shared.models import Mail

PORTAL = "https://portal.example.cn"
LINK = re.compile(re.escape(PORTAL) + r"/account/(?:new-password|verify)/(\S+)")


def mails(to: str = "wang@example.cn") -> list[Mail]:
    """Everything for an address, oldest first."""
    return list(session.scalars(select(Mail).where(Mail.to == to).order_by(Mail.id)))


def secret_in(mail: Mail) -> str:
    """What the mail's link proves that its reader has."""
    found = LINK.search(mail.body)
    assert found
    return found.group(1)

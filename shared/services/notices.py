"""Texts of the wizard by edition: a published one stays as it is, because agreeing to it is evidence (PIPL 17)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import NoticeText
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import reference
from shared.services.errors import Refused
from shared.text import _

LEEWAY = timedelta(minutes=5)  # a form that says “now” takes a while to be sent


def newest(key: str) -> NoticeText | None:
    """The latest edition of a text, published or not."""
    return session.scalar(select(NoticeText).where(NoticeText.key == key).order_by(NoticeText.edition.desc()).limit(1))


@transaction
def new_edition(key: str, body: str, published_at: datetime | None, *, by: Actor) -> NoticeText:
    """The next edition; without a moment it waits as a draft."""
    last = newest(key)
    problems = []
    if not body.strip():
        problems.append(Problem("body", "body", _("请填写正文")))
    if last is not None and (last.published_at is None or last.published_at > clock.now()):
        text = _("第{edition}版还没有发布，请先修改或发布那一版", edition=last.edition)
        problems.append(Problem("waiting", "", text))
    if published_at is not None and published_at < clock.now() - LEEWAY:
        problems.append(Problem("past", "published_at", _("发布时间不能早于现在")))
    if problems:
        raise Refused.because(problems)
    edition = last.edition + 1 if last else 1
    values = {"key": key, "edition": edition, "body": body, "published_at": published_at}
    return reference.create(NoticeText, values, by=by)

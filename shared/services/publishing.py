"""Texts that applicants agree to: once published they stay as they are (PIPL article 17: notice must be provable)."""

from collections.abc import Mapping
from typing import Any

from shared import clock
from shared.db import session, transaction
from shared.models import NoticeText
from shared.rules.checks import Problem
from shared.rules.policy import Actor, Can
from shared.services import access, reference
from shared.services.errors import Refused
from shared.text import _

FIXED = ("key", "edition", "body")
PUBLISHED = _("这个版次已发布，不能再改；请新增一个版次")


@transaction
def change_notice(key: int, values: Mapping[str, Any], *, by: Actor, version: int) -> NoticeText:
    """Change a text that is not published; of one that will be, only the moment may still be set."""
    notice = access.one(NoticeText, key, by=by, to=Can.EDIT, lock=True)
    fixed = _fixed(notice)
    problems = [
        Problem("published", name, PUBLISHED)
        for name in fixed
        if name in values and _plain(values[name]) != _plain(getattr(notice, name))
    ]
    if problems:
        raise Refused.because(problems)
    # What counts as unchanged is not written again: a browser sends other line ends, and a moment to the minute.
    loose = {name: value for name, value in values.items() if name not in fixed}
    session.expire(notice)
    return reference.change(NoticeText, key, loose, by=by, version=version)


def _fixed(notice: NoticeText) -> tuple[str, ...]:
    if notice.published_at is None:
        return ()
    return FIXED if notice.published_at > clock.now() else (*FIXED, "published_at")


def _plain(value: Any) -> Any:  # noqa: ANN401  a text, a number, a moment
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.splitlines()).strip()
    return value.replace(second=0, microsecond=0) if hasattr(value, "microsecond") else value

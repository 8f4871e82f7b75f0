"""Texts that applicants agree to: once published they stay as they are (PIPL article 17: notice must be provable)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from admin.views import editions
from admin.views.base import Table
from shared import clock
from shared.db import Base
from shared.models import NoticeText
from shared.rules.checks import Problem
from shared.rules.rights import Can
from shared.services import reference
from shared.services.errors import Refused
from shared.text import Text, _
from shared.web.login import by

PUBLISHED = _("这个版次已发布，不能再改；请新增一个版次")
FIXED = ("key", "edition", "body")
NOTICES: Mapping[str, Text] = {
    "must_read": _("申报必读"),
    "terms": _("服务条款"),
    "attention": _("注意事项"),
    "form_title": _("申请表·标题"),
    "form_pledge": _("申请表·本人承诺"),
    "form_notes": _("申请表·说明"),
    "receipt_note": _("受理凭证·补充说明"),
    "notice_remedies": _("告知书·救济途径"),
}


class NoticeTexts(editions.Editions, Table):
    model, label = NoticeText, _("申报须知和打印文本")
    hint = _("已发布的版次不能再改，修改请新增一个版次")
    on = (Can.VIEW, Can.CREATE, Can.EDIT)
    column_list = ("key", "edition", "published_at")
    column_details_list = ("key", "edition", "published_at", "body")
    form_columns = ("key", "edition", "body", "published_at")
    form_create_only = ("key", "edition")
    import_key = ("key", "edition")
    newest_first = is_small = True
    names = NOTICES
    pages_beside = (("edition_view", _("起草新版"), Can.CREATE),)
    pages_of_row = (("preview_view", _("预览"), Can.VIEW),)

    def _edit(self) -> ResponseReturnValue:
        """What is published is not edited: the next edition begins with its text."""
        notice = self.row(request.args.get("id"), Can.EDIT)
        if request.method == "GET" and "published_at" in _fixed(notice) and self.may(Can.CREATE):
            flash(str(_("已发布的版次不能再改，下面起草新的一版")), "warning")
            return redirect(self.get_url(".edition_view", key=notice.key))
        return super()._edit()

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        return str(NOTICES.get(found, found)) if name == "key" else found

    def title_of(self, row: Base) -> str:
        return str(_("{name}第{edition}版", name=self.value(row, "key"), edition=self.value(row, "edition")))

    def change_row(self, key: int, values: dict[str, Any], version: int, form: FlaskForm) -> NoticeText:  # noqa: ARG002
        """Of a text that will be published only the moment may change, of one that is published nothing."""
        # What is published between this and the verb has another version, which the verb refuses.
        notice = self.row(key, Can.EDIT)
        fixed = _fixed(notice)
        problems = [Problem("published", name, PUBLISHED) for name in fixed if _differs(values, notice, name)]
        if problems:
            raise Refused.because(problems)
        # A browser sends other line ends, and a moment to the minute: neither is a change.
        loose = {name: value for name, value in values.items() if name not in fixed}
        return reference.change(NoticeText, key, loose, by=by(), version=version)


def _fixed(notice: NoticeText) -> tuple[str, ...]:
    if notice.published_at is None:
        return ()
    return FIXED if notice.published_at > clock.now() else (*FIXED, "published_at")


def _differs(values: Mapping[str, Any], notice: NoticeText, name: str) -> bool:
    return name in values and _plain(values[name]) != _plain(getattr(notice, name))


def _plain(value: object) -> object:
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.splitlines()).strip()
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value

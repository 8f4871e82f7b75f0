"""The audit in words: what was done, to which columns, from what to what; times by the users' clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_admin import Admin
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, inspect

from admin.forms.typed import number_of
from admin.views.cells import NO, NOTHING, YES, words
from admin.views.labels import LABELS
from shared.db import Base, UTCDateTime, session
from shared.models import AuditEntry, Campaign
from shared.models.base import Entry
from shared.rules import fields
from shared.services import accounts, history
from shared.text import Text, _

ACTIONS: Mapping[str, Text] = {
    "insert": _("新增"),
    "update": _("修改"),
    "delete": _("删除"),
    "login": _("登录"),
    "login_failed": _("登录失败"),
    "login_half": _("密码正确，待验证动态码"),
    "logout": _("退出"),
    "second_factor_on": _("绑定动态码"),
    "second_factor_off": _("解除动态码"),
    "second_factor_reset": _("重置动态码"),
    "second_factor_failed": _("动态码错误"),
    "give_activation": _("发放激活码"),
    "give_slips": _("打印激活单"),
    "activate": _("用激活码设置密码"),
    "end_session": _("结束一处登录"),
    "end_sessions": _("结束全部登录"),
    "ask_password": _("申请重设密码"),
    "give_code": _("发放密码重设码"),
    "mail_again": _("再发一次邮件"),
    "account_met": _("填写了已有账号的证件号码"),
    "clear_away": _("清理无人使用的新增条目"),
    "code_failed": _("密码重设码或激活码错误"),
    "new_password": _("重设密码"),
    "export": _("导出"),
    "import": _("导入"),
    "fetch": _("下载导出的文件"),
    "merge": _("合并重复项"),
    "reveal": _("查看完整号码"),
    "seed": _("补齐基础数据"),
    "demo": _("生成演示数据"),
    "rotate_data_key": _("更换数据密钥"),
}
NOBODY = accounts.anonymous("").name
NOT_LOGGED_IN = _("未登录")
BETWEEN = _("；")
# Columns that no list or form shows; only the audit speaks of them.
UNSEEN: Mapping[str, Text] = {
    "activation_expires_at": _("激活码有效期至"),
    "activation_hash": _("激活码"),
    "agreed_at": _("同意时间"),
    "begun_at": _("登录时间"),
    "breaks": _("中止教学"),
    "columns": _("列"),
    "browser": _("浏览器"),
    "chosen_by": _("选择条件"),
    "created_at": _("建立时间"),
    "decided_by_id": _("处理人编号"),
    "decided_on": _("初审日期"),
    "email_verified_at": _("邮箱验证时间"),
    "ended_at": _("结束时间"),
    "entry_code": _("对应的代码"),
    "expires_at": _("失效时间"),
    "file_format": _("文件格式"),
    "file_name": _("文件名"),
    "personal": _("个人信息"),
    "selection": _("范围"),
    "failed_logins": _("登录失败次数"),
    "finding": _("查实情况"),
    "import": _("第几次导入"),
    "is_default": _("默认打开"),
    "issued_at": _("出具时间"),
    "issued_by_id": _("出具人编号"),
    "issued_on": _("发证日期"),
    "lifted_at": _("解除时间"),
    "lifted_by_id": _("解除人编号"),
    "made_at": _("生成时间"),
    "master": _("照片"),
    "material_id": _("材料编号"),
    "merged_into_id": _("并入的记录"),
    "moved": _("已办理"),
    "notice_text_id": _("须知文本编号"),
    "number": _("号码"),
    "origin": _("申报来源"),
    "password_changed_at": _("密码修改时间"),
    "password_hash": _("密码"),
    "path": _("隶属关系"),
    "placed_at": _("暂停时间"),
    "placed_by_id": _("暂停人编号"),
    "printed_version": _("打印的申请表版本"),
    "qualification_type_code": _("资格种类"),
    "query": _("条件"),
    "received_at": _("收到时间"),
    "received_by_id": _("收件人编号"),
    "requested_by_id": _("提出人编号"),
    "rows": _("条数"),
    "seen_at": _("最近使用"),
    "sender": _("发送人"),
    "serial": _("流水号"),
    "session_epoch": _("登录批次"),
    "set_at": _("设置时间"),
    "sex": _("性别"),
    "shared": _("共享"),
    "signed_version": _("签名的申请表版本"),
    "skipped": _("跳过"),
    "small": _("照片（小图）"),
    "staff_id": _("工作人员编号"),
    "started_at": _("开始时间"),
    "subject_code": _("证书学科"),
    "taken_in_at": _("上传时间"),
    "token_hash": _("密钥"),
    "total": _("选择件数"),
    "totp_confirmed_at": _("动态码绑定时间"),
    "totp_last_step": _("已用动态码的时段"),
    "totp_secret": _("动态码密钥"),
    "undone_at": _("撤回时间"),
    "undone_by_id": _("撤回人编号"),
    "use": _("用途"),
    "used_at": _("使用时间"),
    "voided_at": _("作废时间"),
    "voided_by_id": _("作废人编号"),
    "wish": _("办理内容"),
    "years": _("年度考核与培训"),
}
Told = AuditEntry | history.Entry
# Tables that have no page of their own.
WITHOUT_PAGE: Mapping[str, Text] = {
    "account_links": _("账号链接"),
    "aliases": _("别名"),
    "certificates": _("证书信息库"),
    "exports": _("导出的文件"),
    "file_pieces": _("保存的文件"),
    "holds": _("暂停办理"),
    "import_rows": _("导入的行"),
    "messages": _("留言"),
    "photos": _("照片"),
    "prints": _("申请表打印"),
    "receipts": _("受理凭证"),
    "received_papers": _("收到的纸质材料"),
    "saved_views": _("常用筛选"),
}
_MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def tables(admin: Admin) -> dict[str, Text | str]:
    """Every table, by what the menu calls it where it stands there."""
    shown = {view.endpoint: view.name for view in admin._views if hasattr(view, "model")}  # noqa: SLF001  its only list
    return {**WITHOUT_PAGE, **shown}


def action(entry: Told) -> str:
    """What was done."""
    return str(ACTIONS.get(entry.action, entry.action))


def actor(entry: Told) -> str:
    """Who did it; before a log-in nobody has a name."""
    return name_of(entry.actor_name)


def name_of(actor_name: str) -> str:
    """An actor's name as the pages give it."""
    return str(NOT_LOGGED_IN) if actor_name == NOBODY else actor_name


@dataclass(frozen=True)
class Pair:
    """One column of an entry in words; None for a side that the entry does not tell of."""

    label: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        change = " → ".join(text for text in (self.old, self.new) if text is not None)
        return str(_("{name}：{change}", name=self.label, change=change)) if self.label else change


def pairs(entry: Told) -> list[Pair]:
    """Column by column: old and new; the new value alone where there was none before, of a deleted row the old."""
    columns = inspect(_MODELS[entry.table_name]).columns if entry.table_name in _MODELS else {}
    gone = entry.action == "delete"
    return [
        Pair(
            str(label_of(name, columns.get(name))) if name else "",
            None if old is None else named(columns.get(name), old),
            None if gone else named(columns.get(name), new),
        )
        for name, (old, new) in entry.changes.items()
    ]


def changes(entry: Told) -> str:
    """All pairs of an entry on one line."""
    return str(BETWEEN).join(str(pair) for pair in pairs(entry)) or NOTHING


def named(column: Column[Any] | None, text: str | None) -> str:
    """A value in words; the number of a place or a round by its name, which is asked for once on a page."""
    model = _target(column)
    number = number_of(text)
    if model is None or number is None:
        return value(column, text)
    known = g.setdefault("names_in_trail", {})
    if (model, number) not in known:
        known[model, number] = session.get(model, number)
    row = known[model, number]
    return str(row) if row else value(column, text)


def _target(column: Column[Any] | None) -> type[Base] | None:
    """Of what kind of row a column holds the number; only rows whose names are nobody's secret."""
    key = next(iter(column.foreign_keys), None) if column is not None else None
    model = _MODELS.get(key.column.table.name) if key is not None and key.column.name == "id" else None
    return model if model is not None and issubclass(model, (Entry, Campaign)) else None


def when(entry: Told) -> str:
    """The moment of an entry, by the users' clock."""
    return words(entry.at)


def label_of(name: str, column: Column[Any] | None) -> Text | str:
    """What a column is called; one of an application as in the form."""
    of_form = fields.BY_NAME.get(name) if column is not None and column.table.name == "applications" else None
    return of_form.label if of_form else LABELS.get(name) or UNSEEN.get(name) or name


def value(column: Column[Any] | None, text: str | None) -> str:
    """A stored value in words: the audit keeps everything as text."""
    if text is None or column is None:
        return text or NOTHING
    kind = column.type
    if isinstance(kind, Enum):
        member = next((one for one in kind.enum_class or () if one.value == text), None)
        return words(member) if member else text
    if isinstance(kind, Boolean):
        return str({"True": YES, "False": NO}.get(text, text))
    if isinstance(kind, (UTCDateTime, DateTime)) and not isinstance(kind, Date):
        return words(_moment(text) or text)
    return text or NOTHING


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

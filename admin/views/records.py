"""Records: audit, events, mail. They are read, never changed."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from admin.views.base import Table
from shared.db import Base
from shared.models import AuditEntry, Event, Mail
from shared.rules.policy import Can
from shared.rules.states import MOVES
from shared.text import Text, _

ACTIONS: Mapping[str, Text] = {
    "insert": _("新增"),
    "update": _("修改"),
    "delete": _("删除"),
    "login": _("登录"),
    "login_failed": _("登录失败"),
    "logout": _("退出"),
    "export": _("导出"),
    "reveal": _("查看完整号码"),
}


class AuditEntries(Table):
    model, label = AuditEntry, _("审计记录")
    on = (Can.VIEW, Can.EXPORT)
    column_list = ("at", "actor_name", "actor_role", "address", "action", "table_name", "row_id", "changes")
    column_searchable_list = ("actor_name",)
    column_filters = ("actor_role", "action", "table_name", "row_id")
    column_labels: ClassVar = {"address": _("来源地址"), "actor_role": _("角色")}
    newest_first = True

    def filter_choices(self) -> Mapping[str, Callable[[], Mapping[str, Text | str]]]:
        return {"action": lambda: ACTIONS, "table_name": self._tables}

    def _tables(self) -> dict[str, Text | str]:
        """The tables that have a view, by what the menu calls them."""
        return {view.endpoint: view.name for view in self.admin._views if hasattr(view, "model")}  # noqa: SLF001

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        if name == "table_name":
            return str(self._tables().get(found, found))
        return str(ACTIONS.get(found, found)) if name == "action" else found


class Events(Table):
    model, label = Event, _("办理记录")
    on = (Can.VIEW,)
    column_list = (
        "at", "application_id", "move", "actor_name", "actor_role", "from_stage", "to_stage", "to_conclusion", "reason"
    )  # fmt: skip
    column_filters = ("application_id", "actor_role", "to_stage")
    column_labels: ClassVar = {"application_id": _("申请编号"), "actor_role": _("角色")}
    newest_first = True

    def value(self, row: Base, name: str) -> str:
        found = super().value(row, name)
        return str(MOVES[found].label) if name == "move" and found in MOVES else found


class Mails(Table):
    model, label = Mail, _("邮件")
    on = (Can.VIEW,)
    column_list = ("to", "subject", "state", "attempts", "due_at", "sent_at", "fault")
    column_filters = ("state",)
    newest_first = True

"""Records: audit, events, mail. They are read, never changed."""

from typing import ClassVar

from admin.views.base import Table
from shared.models import AuditEntry, Event, Mail
from shared.rules.policy import Can
from shared.text import _


class AuditEntries(Table):
    model, label = AuditEntry, _("审计记录")
    on: ClassVar = (Can.VIEW, Can.EXPORT)
    column_list: ClassVar = ("at", "actor_name", "actor_role", "address", "action", "table_name", "row_id", "changes")
    column_searchable_list: ClassVar = ("actor_name",)
    column_filters: ClassVar = ("actor_role", "action", "table_name", "row_id")
    column_labels: ClassVar = {"address": _("来源地址"), "actor_role": _("角色")}
    newest_first = True


class Events(Table):
    model, label = Event, _("办理记录")
    on: ClassVar = (Can.VIEW,)
    column_list: ClassVar = (
        "at", "application_id", "move", "actor_name", "actor_role", "from_stage", "to_stage", "to_conclusion", "reason"
    )  # fmt: skip
    column_filters: ClassVar = ("application_id", "actor_role", "to_stage")
    column_labels: ClassVar = {"application_id": _("申请编号"), "actor_role": _("角色")}
    newest_first = True


class Mails(Table):
    model, label = Mail, _("邮件")
    on: ClassVar = (Can.VIEW,)
    column_list: ClassVar = ("to", "subject", "state", "attempts", "due_at", "sent_at", "fault")
    column_filters: ClassVar = ("state",)
    newest_first = True
